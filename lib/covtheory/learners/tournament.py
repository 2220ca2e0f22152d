"""Selection for coverage: which model is never beaten by a factor N, from held-out log-probabilities alone."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import TIE, tie
from covtheory.validation import SUM_TOLERANCE, in_range, threshold

_COLUMNS, _OPPONENTS = 2040, 64
"""Block of a comparison: at most 255 words of 8 one-byte counters in a row, so that no counter overflows."""

_LOWEST = np.finfo(float).min


class Selection(NamedTuple):
    """Chosen model and the scores of all models (the lowest score wins); one per threshold if N was an array."""

    choice: np.ndarray
    scores: np.ndarray


def log_prob_matrix(policies: Sequence, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
    """``log pi_k(y_i | x_i)``, shape ``(K, n)``, nats, of held-out responses under several policies.

    Raises
    ------
    ValueError
        No policy, no response, or policies whose prompts or responses differ.

    Examples
    --------
    >>> from covtheory.policies import Tabular
    >>> log_prob_matrix([Tabular([0.5, 0.5]), Tabular([1.0, 0.0])], [0, 1, 1]).round(3)
    array([[-0.693, -0.693, -0.693],
           [ 0.   ,   -inf,   -inf]])
    """
    policies = list(policies)
    if not policies:
        raise ValueError("policies: got none, expected at least one")
    shapes = [_response_set(policy) for policy in policies]
    for k, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(f"policies: model {k} has {shape}, model 0 has {shapes[0]}; expected one response set")
    return _matrix("log_probs", [policy.log_prob(np.asarray(y), x) for policy in policies])


def wins(log_probs: ArrayLike | Sequence[ArrayLike], N: ArrayLike) -> np.ndarray:
    """On how many held-out responses model j gives at least N times the probability that model k gives.

    Blocked over responses and opponents: memory is that of the input and of the answer, whatever n is. Comparisons are
    made in float64, ties within ``TIE`` count. ``pi_j > 0 = pi_k`` is a win for every N, ``0/0`` is none.

    Parameters
    ----------
    log_probs : array_like, shape (K, n), or K arrays of length n
        Nats, ``-inf`` allowed; one row per model, one column per held-out response.
    N : float or array_like, shape (T,)
        More than 1.

    Returns
    -------
    ndarray of int, shape (K, K) or (T, K, K)
        Entry (j, k): wins of j over k.

    Raises
    ------
    ValueError
        A log-probability above 0, NaN, rows of different length, an empty held-out set, ``N <= 1``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. 28 (times n).

    Examples
    --------
    >>> wins(np.log([[0.3, 0.6, 0.1], [0.62, 0.377, 0.003]]), 8).tolist()
    [[0, 1], [0, 0]]
    """
    lp, edges = _matrix("log_probs", log_probs), _edges(N)
    K, n = lp.shape
    counts = np.zeros((edges.size, K, K), dtype=np.int64)
    floor = np.where(lp == -np.inf, _LOWEST, lp)  # so that -inf against -inf is no win
    width = min(_COLUMNS, -(-n // 8) * 8)
    for start in range(0, n, width):
        stop = min(start + width, n)
        block = np.full((K, width), -np.inf)  # padding never wins
        block[:, : stop - start] = lp[:, start:stop]
        bar = np.zeros((K, width))
        bar[:, : stop - start] = floor[:, start:stop]
        for first in range(0, K, _OPPONENTS):
            group = block[first : first + _OPPONENTS]
            won = np.empty(group.shape, dtype=bool)
            for t, edge in enumerate(edges):
                raised = bar + edge
                for k in range(K):
                    np.greater_equal(group, raised[k], out=won)
                    lanes = won.view(np.uint64).sum(axis=1, dtype=np.uint64)  # eight counters below 256 in a word
                    bytewise = lanes.view(np.uint8).reshape(-1, 8)
                    counts[t, first : first + _OPPONENTS, k] += bytewise.sum(axis=1, dtype=np.int64)
    return counts.reshape((*np.shape(N), K, K))


def tournament(log_probs: ArrayLike | Sequence[ArrayLike], N: ArrayLike, prefer: ArrayLike | None = None) -> Selection:
    """Choose the model whose worst opponent beats it by a factor N on the fewest held-out responses.

    Needs no data policy, no sampling, no reward. ``scores`` are frequencies ``max_j wins(j over k)/n``.

    Parameters
    ----------
    log_probs, N
        As in :func:`wins`.
    prefer : array_like, shape (K,), optional
        Among equal scores the largest ``prefer`` wins, then the lowest index; the mean held-out log-likelihood is a
        natural choice. The guarantee holds however ties are broken.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. 29 and Thm 6.3.

    Examples
    --------
    >>> picked = tournament(np.log([[0.3, 0.6, 0.1], [0.62, 0.377, 0.003]]), [2, 8])
    >>> picked.choice.tolist(), picked.scores.round(3).tolist()
    ([0, 0], [[0.333, 0.333], [0.0, 0.333]])
    """
    lp = _matrix("log_probs", log_probs)
    most = wins(lp, N).max(axis=-2)
    return Selection(_least(most, prefer), most / lp.shape[1])


def offset_tournament(
    log_probs: ArrayLike | Sequence[ArrayLike], on_policy: ArrayLike, N: float, gamma: float,
    prefer: ArrayLike | None = None,
) -> Selection:
    """Tournament in which a win of j over k is discounted by what k's own samples would concede to j.

    ``scores`` are ``max_j { wins(j over k)/n - 2 gamma on_policy[j, k] }``; the opponent k itself contributes 0.

    Parameters
    ----------
    on_policy : array_like, shape (K, K)
        Mean over the held-out prompts of ``P_{y ~ pi_k}[pi_j >= N pi_k > 0]``, from :func:`on_policy_wins` or exact.
    gamma : float
        At least 1: the factor by which some model is assumed to approximate the data policy.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. 32 and Thm 6.4.

    Examples
    --------
    >>> lp = np.log([[0.5, 0.5], [0.01, 0.99]])[:, [0, 1, 1]]
    >>> offset_tournament(lp, [[0, 0.01], [0, 0]], 8, 1).scores.round(4).tolist()
    [0.0, 0.3133]
    """
    lp = _matrix("log_probs", log_probs)
    K, n = lp.shape
    conceded = in_range("on_policy", on_policy, 0, 1)
    if conceded.shape != (K, K):
        raise ValueError(f"on_policy: shape {conceded.shape}, expected ({K}, {K}) to match log_probs {lp.shape}")
    if np.ndim(N):
        raise ValueError(f"N: shape {np.shape(N)}, expected one number, the threshold of on_policy")
    scores = (wins(lp, N) / n - 2 * float(threshold("gamma", gamma)) * conceded).max(axis=0)
    return Selection(_least(scores, prefer, TIE), scores)


def on_policy_wins(log_probs_by_sampler: Iterable[ArrayLike], N: float) -> np.ndarray:
    """Frequency with which samples of model k are at least N times likelier under model j, shape (K, K).

    Parameters
    ----------
    log_probs_by_sampler : iterable of K array_like, shape (K, m_k)
        The k-th: log-probabilities under all models of samples from model k on the held-out prompts. One at a time is
        held in memory.

    Examples
    --------
    >>> a, b = np.log([[0.5, 0.5], [0.1, 0.9]])[:, [0, 1]], np.log([[0.5, 0.5], [0.1, 0.9]])[:, [1, 1]]
    >>> on_policy_wins([a, b], 4).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    edges, columns = _edges(N), []
    if np.ndim(N):
        raise ValueError(f"N: shape {np.shape(N)}, expected one number")
    for k, rows in enumerate(log_probs_by_sampler):
        lp = _matrix(f"log_probs_by_sampler[{k}]", rows)
        if k >= len(lp):
            raise ValueError(f"log_probs_by_sampler: more than the {len(lp)} models of array {k}")
        if (lp[k] == -np.inf).any():
            raise ValueError(f"log_probs_by_sampler[{k}]: a sample of model {k} has probability 0 under model {k}")
        columns.append((lp >= lp[k] + edges[0]).mean(axis=1))
    if not columns or any(len(column) != len(columns) for column in columns):
        shapes = [column.shape for column in columns]
        raise ValueError(f"log_probs_by_sampler: {len(columns)} arrays with rows {shapes}, expected K with K rows each")
    return np.stack(columns, axis=1)


def beaten(log_probs: ArrayLike, N: float) -> np.ndarray:
    """Where model j beats model k by a factor N: booleans of shape ``(K, K, *outcomes)`` for a table (K, *outcomes).

    Examples
    --------
    >>> beaten(np.log([[0.3, 0.6, 0.1], [0.62, 0.377, 0.003]]), 8)[0, 1].tolist()
    [False, False, True]
    """
    lp = np.asarray(log_probs, dtype=float)
    _matrix("log_probs", lp.reshape(len(lp), -1) if lp.ndim > 1 else lp)
    return lp[:, None] >= np.where(lp == -np.inf, _LOWEST, lp)[None] + _edges(N)[0]


def tournament_on_counts(
    log_probs: ArrayLike, counts: ArrayLike, N: float, prefer: ArrayLike | None = None, *, gamma: float | None = None
) -> Selection:
    """Tournaments on many data sets at once, each given by how often every outcome of a table occurs.

    Parameters
    ----------
    log_probs : array_like, shape (K, R) or (K, P, R)
        ``log pi_k(y|x)`` of every outcome.
    counts : array_like, shape (..., R) or (..., P, R)
        Counts of a data set, or the data law itself: then the population's choice.
    gamma : float, optional
        If given, the offset tournament with exact on-policy probabilities at the prompts that the data show; a table
        without prompts is one prompt.
    prefer : array_like, shape (K,), optional
        Among equal scores the largest wins: with a loss here the choice is the worst that a tie rule may make.

    Examples
    --------
    >>> tournament_on_counts(np.log([[0.3, 0.6, 0.1], [0.62, 0.377, 0.003]]), [[60, 36, 4], [7, 3, 0]], 8,
    ...                      prefer=[0, 1]).choice.tolist()
    [0, 1]
    """
    lp, c = np.asarray(log_probs, dtype=float), np.asarray(counts, dtype=float)
    over = beaten(lp, N).astype(float)
    K, outcomes = len(lp), lp.shape[1:]
    if lp.ndim not in (2, 3) or c.shape[c.ndim - len(outcomes) :] != outcomes:
        raise ValueError(f"counts: shape {c.shape}, expected (..., {', '.join(map(str, outcomes))}) to match log_probs")
    if not (np.isfinite(c) & (c >= 0)).all():
        raise ValueError("counts: expected finite non-negative counts")
    rows = c.reshape(-1, *outcomes)
    total = rows.reshape(len(rows), -1).sum(axis=1)
    if (total == 0).any() or not rows.size:
        raise ValueError("counts: an empty held-out set selects nothing")
    gain = over.reshape(K * K, -1)
    if gamma is not None:  # a prompt's offset is the same whatever was answered: spread over its outcomes
        offset = 2 * float(threshold("gamma", gamma)) * (np.exp(lp)[None] * over).sum(axis=-1, keepdims=True)
        gain = gain - np.broadcast_to(offset, over.shape).reshape(K * K, -1)
    scores = np.empty((len(rows), K))
    step = max(1, (1 << 22) // (K * K))
    for start in range(0, len(rows), step):
        block = rows[start : start + step].reshape(-1, gain.shape[1])
        scores[start : start + step] = (block @ gain.T).reshape(-1, K, K).max(axis=1)
    scores /= total[:, None]
    shape = c.shape[: c.ndim - len(outcomes)]
    return Selection(_least(scores, prefer, TIE).reshape(shape), scores.reshape(*shape, K))


def _least(scores, prefer, slack=0.0):
    K = scores.shape[-1]
    weight = np.zeros(K) if prefer is None else np.asarray(prefer, dtype=float)
    if weight.shape != (K,) or np.isnan(weight).any():
        raise ValueError(f"prefer: shape {weight.shape}, expected ({K},) without NaN")
    order = np.lexsort((np.arange(K), -weight))
    tied = scores <= scores.min(axis=-1, keepdims=True) + slack
    return order[np.argmax(tied[..., order], axis=-1)]


def _edges(N):
    log_N = np.log(np.atleast_1d(threshold("N", N, strict=True)))
    if log_N.ndim > 1 or not np.isfinite(log_N).all():
        raise ValueError(f"N: got {N!r}, expected finite thresholds, one or a list of them")
    return log_N - tie(log_N)


def _matrix(name, rows):
    if not isinstance(rows, np.ndarray):
        rows = [np.asarray(row, dtype=float) for row in rows]
        if len({row.shape for row in rows}) > 1:
            k = next(k for k, row in enumerate(rows) if row.shape != rows[0].shape)
            raise ValueError(f"{name}: model {k} has shape {rows[k].shape}, model 0 {rows[0].shape}; expected the same "
                             "held-out responses for all models")
    lp = np.asarray(rows, dtype=float)
    if lp.ndim != 2 or not len(lp):
        raise ValueError(f"{name}: shape {lp.shape}, expected (models, held-out responses)")
    if not lp.shape[1]:
        raise ValueError(f"{name}: shape {lp.shape}: the held-out set is empty")
    if np.isnan(lp).any():
        k, i = np.argwhere(np.isnan(lp))[0]
        raise ValueError(f"{name}: NaN for model {k}, response {i}")
    if (lp > SUM_TOLERANCE).any():
        k, i = np.argwhere(lp > SUM_TOLERANCE)[0]
        raise ValueError(f"{name}: {lp[k, i]:.6g} for model {k}, response {i}; expected log-probabilities, at most 0")
    return lp


def _response_set(policy):
    names = ("n_prompts", "n_responses", "V", "H")
    return ", ".join(f"{name} {getattr(policy, name)}" for name in names if hasattr(policy, name))

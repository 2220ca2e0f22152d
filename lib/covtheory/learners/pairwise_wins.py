"""How often one model gives held-out responses at least N times the probability that another one gives."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import tie
from covtheory.validation import SUM_TOLERANCE, threshold

_COLUMNS, _OPPONENTS = 2040, 64
"""Block of a comparison: at most 255 words of 8 one-byte counters in a row, so that no counter overflows."""

_LOWEST = np.finfo(float).min


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
    return checked_matrix("log_probs", [policy.log_prob(np.asarray(y), x) for policy in policies])


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
    lp, edges = checked_matrix("log_probs", log_probs), log_edges(N)
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
    edges, columns = log_edges(N), []
    if np.ndim(N):
        raise ValueError(f"N: shape {np.shape(N)}, expected one number")
    for k, rows in enumerate(log_probs_by_sampler):
        lp = checked_matrix(f"log_probs_by_sampler[{k}]", rows)
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
    checked_matrix("log_probs", lp.reshape(len(lp), -1) if lp.ndim > 1 else lp)
    return lp[:, None] >= np.where(lp == -np.inf, _LOWEST, lp)[None] + log_edges(N)[0]


def log_edges(N: ArrayLike) -> np.ndarray:
    """``log N`` less the slack of a tie, shape (T,); ValueError unless the thresholds are finite and above 1.

    Examples
    --------
    >>> log_edges([2, 8]).round(4).tolist()
    [0.6931, 2.0794]
    """
    log_N = np.log(np.atleast_1d(threshold("N", N, strict=True)))
    if log_N.ndim > 1 or not np.isfinite(log_N).all():
        raise ValueError(f"N: got {N!r}, expected finite thresholds, one or a list of them")
    return log_N - tie(log_N)


def checked_matrix(name: str, rows: ArrayLike | Sequence[ArrayLike]) -> np.ndarray:
    """Return log-probabilities of shape (models, held-out responses); ValueError if they are none.

    Examples
    --------
    >>> checked_matrix("log_probs", [[0.0, -1.0], [-2.0]])
    Traceback (most recent call last):
    ...
    ValueError: log_probs: model 1 has shape (1,), model 0 (2,); expected the same held-out responses for all models
    """
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

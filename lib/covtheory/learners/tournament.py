"""Selection for coverage: which model is never beaten by a factor N, from held-out log-probabilities alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import TIE
from covtheory.learners.pairwise_wins import beaten, checked_matrix, wins
from covtheory.validation import threshold


class Selection(NamedTuple):
    """Chosen model and the scores of all models (the lowest score wins); one per threshold if N was an array."""

    choice: np.ndarray
    scores: np.ndarray


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
    lp = checked_matrix("log_probs", log_probs)
    most = wins(lp, N).max(axis=-2)
    return Selection(_least(most, prefer), most / lp.shape[1])


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

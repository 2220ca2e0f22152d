"""How often one model gives held-out responses at least N times the probability that another one gives."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import tie
from covtheory.validation import SUM_TOLERANCE, threshold

_COLUMNS, _OPPONENTS = 2040, 64
"""Block of a comparison: at most 255 words of 8 one-byte counters in a row, so that no counter overflows."""

_LOWEST = np.finfo(float).min


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

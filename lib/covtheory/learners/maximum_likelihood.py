"""Maximum likelihood over a table of log-probabilities, for many data sets at once, ties decided by one rule."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import SUM_TOLERANCE

TIE = 64 * np.finfo(float).eps
"""Log-likelihoods within this fraction of the sum of their terms' absolute values are tied."""

_BLOCK = 1 << 22


def maximum_likelihood(log_probs: ArrayLike, counts: ArrayLike, prefer: ArrayLike | None = None) -> np.ndarray:
    """Index of the model with the largest log-likelihood, for many data sets at once.

    Parameters
    ----------
    log_probs : array_like, shape (K, R)
        Log-probability of every outcome under every model (nats); ``-inf`` allowed.
    counts : array_like, shape (R,) or (m, R)
        How often each outcome occurs in each data set.
    prefer : array_like, shape (K,), optional
        Among tied models the largest ``prefer`` wins, then the lowest index. With a loss as ``prefer`` the choice is
        the worst one that a maximum-likelihood rule may make.

    Returns
    -------
    ndarray of int, shape () or (m,)

    Raises
    ------
    ValueError
        Shapes differ, a count is negative, or every model gives some data set probability zero.

    Examples
    --------
    >>> int(maximum_likelihood(np.log([[0.5, 0.5], [0.9, 0.1]]), [7, 1]))
    1
    """
    lp, c = log_table(log_probs), np.asarray(counts, dtype=float)
    rows = np.atleast_2d(c)
    if rows.ndim != 2 or rows.shape[1] != lp.shape[1]:
        raise ValueError(f"counts: shape {c.shape}, expected (..., {lp.shape[1]}) to match log_probs {lp.shape}")
    if not (np.isfinite(rows) & (rows >= 0)).all():
        raise ValueError("counts: expected finite non-negative counts")
    weight = np.zeros(len(lp)) if prefer is None else np.asarray(prefer, dtype=float)
    if weight.shape != (len(lp),) or np.isnan(weight).any():
        raise ValueError(f"prefer: shape {weight.shape}, expected ({len(lp)},) without NaN")
    order = np.lexsort((np.arange(len(lp)), -weight))
    ranked, impossible = np.where(lp == -np.inf, 0.0, lp)[order].T, (lp == -np.inf)[order].T.astype(float)
    chosen = np.empty(len(rows), dtype=np.int64)
    step = max(1, _BLOCK // len(lp))
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        value = np.where(block @ impossible > 0, -np.inf, block @ ranked)
        best = value.max(axis=1)
        if (best == -np.inf).any():
            where = start + int(np.argmax(best == -np.inf))
            raise ValueError(f"counts: every model gives data set {where} probability zero, no maximum likelihood")
        slack = TIE * (block @ np.abs(ranked)).max(axis=1)
        chosen[start : start + step] = order[np.argmax(value >= (best - slack)[:, None], axis=1)]
    return chosen.reshape(c.shape[:-1])


def log_table(log_probs: ArrayLike) -> np.ndarray:
    """Check a table of log-probabilities, one model a row."""
    lp = np.asarray(log_probs, dtype=float)
    if lp.ndim != 2 or lp.size == 0:
        raise ValueError(f"log_probs: shape {lp.shape}, expected (K, R) with at least one model and outcome")
    if np.isnan(lp).any() or (lp > SUM_TOLERANCE).any():
        raise ValueError("log_probs: expected log-probabilities (at most 0, -inf allowed, no NaN)")
    return lp

"""Answer-level coverage: push a pair forward through an answer map, and the worst that any answer map can do."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage.log_ratio import LogRatioLaw


def push_forward(probs: ArrayLike, answers: ArrayLike) -> np.ndarray:
    """Law of the answer: ``out[..., a] = sum over responses y with answers[y] = a of probs[..., y]``.

    Parameters
    ----------
    probs : array_like, shape (R,) or (P, R)
    answers : array_like of int, shape (R,)
        Answer of each response, ``0 .. A-1``; answers that no response has are allowed.

    Returns
    -------
    ndarray, shape (A,) or (P, A) with ``A = max(answers) + 1``

    Raises
    ------
    ValueError
        Not a distribution, or ``answers`` of another length, not whole, or negative.

    Examples
    --------
    >>> push_forward([0.5, 0.25, 0.25], [0, 0, 1])
    array([0.75, 0.25])
    """
    probs, label = validation.probabilities("probs", probs), np.asarray(answers)
    if label.shape != probs.shape[-1:] or label.dtype.kind not in "iu" or label.min() < 0:
        raise ValueError(f"answers: got {label.dtype} of shape {label.shape}, expected {probs.shape[-1]} integers >= 0")
    return probs @ (label[:, None] == np.arange(label.max() + 1))


def row_coverage(p: ArrayLike, q: ArrayLike, N: ArrayLike, tie: float = 1e-12) -> np.ndarray:
    """``P[p/q >= N]`` row by row, for many pairs at once; any ``N > 0``, ties within ``tie`` (relative) count.

    Parameters
    ----------
    p, q : array_like, shape (..., R)
    N : array_like, shape (...)

    Examples
    --------
    >>> row_coverage([[0.5, 0.5], [1.0, 0.0]], [[0.25, 0.75], [0.0, 1.0]], [2, 1e9])
    array([0.5, 1. ])
    """
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    N = validation.threshold("N", N, least=0.0, strict=True)[..., None]
    return np.minimum((p * (p >= N * q * (1 - tie))).sum(axis=-1), 1.0)


def buffered_coverage(law: LogRatioLaw, N: ArrayLike) -> np.ndarray:
    """Largest answer-level coverage: ``max{alpha : beta(alpha) <= alpha / N}``, ``beta`` the Neyman-Pearson trade-off.

    It is the mass of the largest top part of the data law on which the mean of ``pi/pi_D`` is at most ``1/N`` (the
    buffered probability of exceedance of ``-pi/pi_D`` at ``-1/N``), and equals
    ``min over 0 <= gamma < N of E_gamma / (1 - gamma/N)``. No answer map, random or not, gives a coverage above it;
    merging that top part into one answer gives exactly it. At least ``Cov_N``.

    Parameters
    ----------
    law : LogRatioLaw
        Of one prompt; for the joint law of several prompts the value is still an upper bound.
    N : array_like
        ``N >= 1``; shape of the result. Ratios within 1e-12 of N count as N.

    Source: this collection (notebook 16, Theorem 2); Rockafellar and Royset 2010 for the functional.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> law = law_from_pmfs([0.9, 0.1, 0.0], [0.5, 0.0, 0.5])
    >>> buffered_coverage(law, [2, 4]).round(4)
    array([1.    , 0.1818])
    """
    N = validation.threshold("N", N)
    p, q = law.p[::-1], law.q[::-1]
    mass, model = np.cumsum(p), np.cumsum(q)
    excess = mass - N[..., None] * (1 - 1e-12) * model  # concave along the curve, zero at its start
    start = np.concatenate([np.zeros((*N.shape, 1)), excess[..., :-1]], axis=-1)
    # in each piece: all of it while the excess is non-negative at its end, a part of it where the excess crosses zero
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(excess >= 0, 1.0, np.clip(start, 0, None) / (start - excess))
    return np.minimum((p * np.clip(part, 0.0, 1.0)).sum(axis=-1), 1.0)

"""Confidence limits that hold at every sample size, and the estimate that carries them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrc, betainccinv, betaincinv

from covtheory import validation


@dataclass(frozen=True)
class Estimate:
    """A sampled value with a two-sided interval that misses the truth with probability at most ``false_alarm``.

    Examples
    --------
    >>> Estimate(0.5, 0.4, 0.6, draws=100, false_alarm=0.05, method="example").contains(0.45)
    True
    """

    value: float | np.ndarray
    lower: float | np.ndarray
    upper: float | np.ndarray
    draws: int
    false_alarm: float
    method: str

    def contains(self, value: ArrayLike) -> bool | np.ndarray:
        """Whether ``value`` lies in the interval, ends included."""
        inside = (np.asarray(value) >= self.lower) & (np.asarray(value) <= self.upper)
        return bool(inside) if inside.ndim == 0 else inside


def clopper_pearson(hits: ArrayLike, draws: int, false_alarm: float) -> tuple[np.ndarray, np.ndarray]:
    """Exact binomial confidence limits (Clopper and Pearson, Biometrika 26, 1934), equal tails.

    Parameters
    ----------
    hits : array_like of int
        Between 0 and ``draws``.
    draws : int
    false_alarm : float
        Probability of missing, in (0, 1), for each entry of ``hits`` separately.

    Raises
    ------
    ValueError
        Hits outside 0..draws or not whole, false alarm outside (0, 1).

    Examples
    --------
    >>> lower, upper = clopper_pearson([0, 5], 10, 0.05)
    >>> lower.round(3), upper.round(3)
    (array([0.   , 0.187]), array([0.308, 0.813]))
    """
    draws = validation.count("draws", draws)
    k = validation.in_range("hits", hits, 0, draws)
    if np.any(k != np.floor(k)):
        raise ValueError("hits: expected whole numbers")
    tail = float(validation.in_range("false_alarm", false_alarm, 0.0, 1.0, open_ends=True)) / 2
    lower = np.where(k > 0, betaincinv(np.maximum(k, 1), draws - np.maximum(k, 1) + 1, tail), 0.0)
    upper = np.where(k < draws, betainccinv(k + 1, np.maximum(draws - k, 1), tail), 1.0)
    return lower, upper


def bernstein_radius(z: np.ndarray, false_alarm: float) -> float:
    """Empirical Bernstein radius of Maurer and Pontil (2009, theorem 4) for n numbers in [0, 1] around their mean.

    ``sqrt(2 v L / n) + 7 L / (3 (n - 1))`` with the sample variance v, ``L = log(2 / a)`` and ``a = false_alarm / 2``
    on each side.

    Examples
    --------
    >>> round(bernstein_radius(np.array([0.0, 1.0, 1.0, 1.0]), 0.5), 4)
    2.1272
    """
    n, logs = len(z), np.log(4.0 / false_alarm)
    return float(np.sqrt(2.0 * z.var(ddof=1) * logs / n) + 7.0 * logs / (3.0 * (n - 1)))


def binomial_verdict(hits: int, draws: int, probability: float, false_alarm: float) -> bool:
    """Whether ``hits`` is compatible with a success probability: exact two-sided test at level ``false_alarm``.

    Examples
    --------
    >>> binomial_verdict(50, 100, 0.5, 1e-6), binomial_verdict(90, 100, 0.5, 1e-6)
    (True, False)
    """
    validation.in_range("hits", hits, 0, validation.count("draws", draws))
    probability = float(validation.in_range("probability", probability, 0.0, 1.0))
    alarm = float(validation.in_range("false_alarm", false_alarm, 0.0, 1.0, open_ends=True))
    tails = bdtr(hits, draws, probability), bdtrc(hits - 1, draws, probability)
    return bool(min(tails) > alarm / 2)

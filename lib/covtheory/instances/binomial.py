"""The binomial law, its masses and tails accurate where they are small and for many trials."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammaln, rel_entr


def binomial_tail(k: ArrayLike, trials: int, p: ArrayLike) -> np.ndarray:
    """``P[Bin(trials, p) >= k]`` for whole ``k``, accurate for small tails.

    Examples
    --------
    >>> binomial_tail([0, 1, 2, 3], 2, 0.5)
    array([1.  , 0.75, 0.25, 0.  ])
    """
    k = np.asarray(k, dtype=float)
    tail = betainc(np.clip(k, 1, trials), np.clip(trials - k + 1, 1, trials), p)
    return np.where(k <= 0, 1.0, np.where(k > trials, 0.0, tail))


def binomial_law(trials: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    """Values and masses of Bin(trials, p), without values further than ``12 sd + 40`` from the mean."""
    if trials == 0 or p in (0.0, 1.0):
        return np.full(1, trials * p), np.ones(1)
    reach = 12 * np.sqrt(trials * p * (1 - p)) + 40
    k = np.arange(max(0, int(trials * p - reach)), min(trials, int(trials * p + reach) + 1) + 1, dtype=float)
    log_choose = gammaln(trials + 1) - gammaln(k + 1) - gammaln(trials - k + 1)
    if trials > 200:  # large factorials cancel: use the divergence form of Loader's saddle-point expansion
        return k, _loader(k, trials, p)
    with np.errstate(divide="ignore"):
        return k, np.exp(log_choose + k * np.log(p) + np.where(k < trials, (trials - k) * np.log1p(-p), 0.0))


def _loader(k: np.ndarray, n: int, p: float) -> np.ndarray:
    """Binomial masses as ``sqrt(n/(2 pi k (n-k))) exp(S(n) - S(k) - S(n-k) - n kl(k/n, p))``, S = Stirling's error."""
    inner = (k > 0) & (k < n)
    a = np.where(inner, k, 1.0)
    b = n - a
    divergence = rel_entr(a / n, p) + rel_entr(b / n, 1 - p)

    def stirling(x):
        x = np.asarray(x, dtype=float)
        series = 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5) - 1 / (1680 * x**7)
        exact = gammaln(x + 1) - (x + 0.5) * np.log(x) + x - 0.5 * np.log(2 * np.pi)
        return np.where(x > 30, series, exact)

    mass = np.exp(stirling(n) - stirling(a) - stirling(b) - n * divergence) * np.sqrt(n / (2 * np.pi * a * b))
    return np.where(inner, mass, np.where(k == 0, np.exp(n * np.log1p(-p)), np.exp(n * np.log(p))))

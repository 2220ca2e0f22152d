"""The binomial law without ``scipy.stats``, which takes half a second to import and a tenth of a millisecond a call.

Functions have the names and arguments of ``scipy.stats.binom``, and broadcast; ``k`` and ``n`` are whole.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincc, rel_entr, xlog1py, xlogy


def logpmf(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``log P[Bin(n, p) = k]``, accurate for many trials: Loader's form of the saddle-point expansion.

    With ``S`` the error of Stirling's formula, ``sqrt(n/(2 pi k (n-k))) exp(S(n) - S(k) - S(n-k) - n kl(k/n, p))``.

    Examples
    --------
    >>> np.exp(logpmf([0, 1, 2, 3], 2, 0.5)).round(15)
    array([0.25, 0.5 , 0.25, 0.  ])
    """
    k, n, p = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (k, n, p)))
    inner = (k > 0) & (k < n)
    a, b = np.where(inner, k, 1.0), np.where(inner, n - k, 1.0)
    m = a + b
    with np.errstate(divide="ignore"):
        log_mass = (_stirling(m) - _stirling(a) - _stirling(b) - m * (rel_entr(a / m, p) + rel_entr(b / m, 1 - p))
                    + 0.5 * np.log(m / (2 * np.pi * a * b)))
        ends = np.where(k == 0, xlog1py(n, -p), xlogy(n, p))
    return np.where(inner, log_mass, np.where((k == 0) | (k == n), ends, -np.inf))[()]


def pmf(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``P[Bin(n, p) = k]``.

    Examples
    --------
    >>> pmf(2, 4, 0.5).round(15)
    np.float64(0.375)
    """
    return np.exp(logpmf(k, n, p))


def cdf(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``P[Bin(n, p) <= k]``, zero below zero.

    Examples
    --------
    >>> cdf([-1, 0, 1, 2], 2, 0.5)
    array([0.  , 0.25, 0.75, 1.  ])
    """
    return _tail(betaincc, k, n, p, 0.0, 1.0)


def sf(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``P[Bin(n, p) > k]``, accurate where it is small.

    Examples
    --------
    >>> sf([-1, 0, 1, 2], 2, 0.5)
    array([1.  , 0.75, 0.25, 0.  ])
    """
    return _tail(betainc, k, n, p, 1.0, 0.0)


def logcdf(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``log P[Bin(n, p) <= k]``, by the other tail where that is the smaller one.

    Examples
    --------
    >>> logcdf(1, 2, 0.5), logcdf(0, 1, 1e-20)
    (np.float64(-0.2876820724517809), np.float64(-1e-20))
    """
    above, below = sf(k, n, p), cdf(k, n, p)
    with np.errstate(divide="ignore"):
        return np.where(above < 0.5, np.log1p(-np.minimum(above, 0.5)), np.log(below))[()]


def law(n: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    """Return values and masses of Bin(n, p), without values further than ``12 sd + 40`` from the mean.

    Examples
    --------
    >>> law(2, 0.5)[1].round(15)
    array([0.25, 0.5 , 0.25])
    """
    if n == 0 or p in (0.0, 1.0):
        return np.full(1, n * p), np.ones(1)
    reach = 12 * np.sqrt(n * p * (1 - p)) + 40
    k = np.arange(max(0, int(n * p - reach)), min(n, int(n * p + reach) + 1) + 1, dtype=float)
    return k, pmf(k, n, p)


def _tail(integral, k, n, p, before, after):
    k, n, p = np.broadcast_arrays(np.floor(np.asarray(k, dtype=float)), np.asarray(n, dtype=float),
                                  np.asarray(p, dtype=float))
    inner = (k >= 0) & (k < n)
    value = integral(np.where(inner, k, 0.0) + 1, np.where(inner, n - k, 1.0), p)
    return np.where(inner, value, np.where(k < 0, before, after))[()]


def _series(x):
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * x * x)) / (x * x)) / (x * x)) / x


def _table(size=31):
    """The error of Stirling's formula below ``size``, by recursion from its series there."""
    errors = [_series(float(size))]
    for x in range(size - 1, 0, -1):
        errors.append(errors[-1] + (x + 0.5) * np.log1p(1 / x) - 1)
    return np.array([0.0, *errors[:0:-1]])


_SMALL = _table()


def _stirling(x):
    """``log(x!)`` minus Stirling's formula, for whole numbers above zero."""
    return np.where(x < _SMALL.size, _SMALL[np.minimum(x, _SMALL.size - 1).astype(int)], _series(x))

"""The needle: K signs, each rival overfits one of them; both constants of the two-scale theorem tend to one on it."""

import math
from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, gammaln

from covtheory.instances.rare_event import RareEventGame
from covtheory.validation import count, in_range, threshold

_SMALL = 10_000
"""Up to this many tosses, or minus signs up to 100, gamma functions; else Stirling's series, then good to 1e-14."""


class Needle(RareEventGame):
    """K rivals; rival j tilts sign j alone, to ``(1 + g v_j)/2``, and gives the rare event only ``p/N``.

    The best rival gains ``(m/2) log(1 - g^2) + artanh(g) max_j W_j``, ``W_j`` a sum of m fair signs: about ``log K``
    nats for ``g = sqrt(2 log K/n)``, while every rival lies within ``-log(1 - g)`` of the one without a tilt.

    Parameters
    ----------
    log_K : float
        Log number of rivals; K itself may be far beyond what a float holds.
    g : float, optional
        The tilt, in (0, 1); the default is ``sqrt(2 log K/n)``.

    Source: this collection, notebook 19, Theorem N.

    Examples
    --------
    >>> game = Needle(n=10**6, log_K=100.0)
    >>> round(game.bad_probability(game.critical_p(1e3), 1e3), 6), round(game.radius, 4)
    (0.5, 0.0142)
    """

    def __init__(self, n: int, log_K: float, g: float | None = None):
        self.n, self.log_K = count("n", n), float(threshold("log_K", log_K, least=0.0, strict=True))
        self.g = float(in_range("g", math.sqrt(2 * self.log_K / n) if g is None else g, 0, 1, open_ends=True))

    @property
    def log_class_size(self) -> float:
        """``log(K + 1)``, nats."""
        return self.log_K + math.log1p(math.exp(-self.log_K))

    @property
    def radius(self) -> float:
        """``-log(1 - g)`` nats; from there on ``{pi_D, no tilt}`` is a net of two points."""
        return -math.log1p(-self.g)

    def gain_exceeds(self, rows: np.ndarray, bar: np.ndarray) -> np.ndarray:
        """``1 - (1 - P[W > w])^K``, ``w`` the sum of signs at which one rival's gain is ``bar``."""
        rows, bar = np.asarray(rows, dtype=float), np.asarray(bar, dtype=float)
        w = (bar - 0.5 * rows * math.log1p(-self.g**2)) / math.atanh(self.g)
        plus = np.floor((rows + w) / 2 + 1e-9) + 1  # least number of plus signs whose sum is above w
        log_one = log_upper_tail(rows, plus)
        with np.errstate(divide="ignore"):  # K log(1 - tail), also where K tail is beyond floats
            log_rate = self.log_K + np.where(log_one > -30, np.log(-np.log1p(-np.exp(np.minimum(log_one, -1e-300)))),
                                             log_one)
        return -np.expm1(-np.exp(np.minimum(log_rate, 50.0)))


def log_upper_tail(m: np.ndarray, k: np.ndarray) -> np.ndarray:
    """``log P[Bin(m, 1/2) >= k]``, far beyond where the probability itself is a float.

    The incomplete beta function within eight standard deviations of the mean; beyond, the probability of k times a
    continued fraction. Relative error of the logarithm below 1e-9.

    Examples
    --------
    >>> round(float(log_upper_tail(4, 3)), 12) == round(math.log(5 / 16), 12)
    True
    >>> math.isclose(log_upper_tail(20_000, 19_999), math.log(20_001) - 20_000 * math.log(2), rel_tol=1e-12)
    True
    """
    m, k = np.broadcast_arrays(np.asarray(m, dtype=float), np.asarray(k, dtype=float))
    far = (2 * k - m > 8 * np.sqrt(m)) & (k < m)
    rows, start = np.where(far, m, 4.0), np.where(far, k, 4.0)
    with np.errstate(divide="ignore"):
        near = np.log(betainc(np.clip(k, 0.5, m), np.maximum(m - k + 1, 1.0), 0.5))
    near = np.where(k <= 0, 0.0, np.where(k > m, -np.inf, near))
    return np.where(far, _log_half_pmf(rows, start) + np.log(_fraction(start, rows - start + 1)), near)


def _log_half_pmf(m: np.ndarray, k: np.ndarray) -> np.ndarray:
    """``log(P[Bin(m, 1/2) = k] / 2)``; by the entropy of ``k/m`` and Stirling's series where m is large."""
    x = (2 * k - m) / m
    entropy = m * ((1 + x) * np.log1p(x) + (1 - x) * np.log1p(np.where(x < 1, -x, 0.0))) / 2
    stirling = _stirling(m) - _stirling(k) - _stirling(np.maximum(m - k, 1.0))
    with np.errstate(divide="ignore"):
        large = stirling - entropy - 0.5 * np.log(math.pi * m * (1 - x**2) / 2)
    small = gammaln(m + 1) - gammaln(k + 1) - gammaln(m - k + 1) - m * math.log(2.0)
    return np.where((m > _SMALL) & (m - k > 100), large, small) - math.log(2.0)


def _stirling(n: np.ndarray) -> np.ndarray:
    return 1 / (12 * n) - 1 / (360 * n**3) + 1 / (1260 * n**5)


def _fraction(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The continued fraction of ``I_1/2(a, b)``, by Lentz's method."""
    c, d = np.ones_like(a), 1 / (1 - (a + b) / (2 * (a + 1)))
    value = d.copy()
    for i in range(1, 500):
        change = np.ones_like(a)
        for term in (i * (b - i) / ((a - 1 + 2 * i) * (a + 2 * i)),
                     -(a + i) * (a + b + i) / ((a + 2 * i) * (a + 1 + 2 * i))):
            d, c = 1 / (1 + term * d / 2), 1 + term / 2 / c
            change = change * d * c
            value = value * d * c
        if np.all(np.abs(change - 1) < 1e-11):
            return value
    raise ArithmeticError("the continued fraction of a binomial tail did not converge")


class Needles(NamedTuple):
    """Needles of several sizes, thresholds and levels, one a row: what a bound needs, and the exact quantile ``p``."""

    n: np.ndarray
    log_K: np.ndarray
    N: np.ndarray
    delta: np.ndarray
    radius: np.ndarray
    p: np.ndarray
    names: list[str]


def needles(log_K: Iterable[float], N: Iterable[float], delta: Iterable[float]) -> Needles:
    """All combinations, each with ``n = 10^5 log K`` samples, so that every radius is 0.0045 nats.

    Source: this collection, notebook 19, Theorem N.

    Examples
    --------
    >>> few = needles([100.0], [1e3, 1e6], [0.5])
    >>> (few.n * few.p).round(1)  # rare samples that log K = 100 nats can pay for
    array([16.7,  7.7])
    """
    rows = []
    for nats, threshold_, level in product(log_K, N, delta):
        game = Needle(round(1e5 * nats), nats)
        rows.append((game.n, nats, threshold_, level, game.radius, game.critical_p(threshold_, level)))
    names = [f"log K={k:.0e}, N={v:.0e}, delta={d:g}" for _, k, v, d, *_ in rows]
    return Needles(*np.array(rows).T, names)

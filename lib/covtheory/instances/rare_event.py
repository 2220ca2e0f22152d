"""A rare event against what a class can overfit: the law of the MLE on the fine term's instances (notebook 19)."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincc

from covtheory import binom
from covtheory.bounds.divergences import kl_price
from covtheory.validation import in_range, threshold

NEGLIGIBLE = 36.0
"""Nats: tails below ``e^-36 = 2.3e-16`` are dropped."""


class RareEventGame(ABC):
    """``pi_D`` against rivals that give an event of probability p only ``p/N`` and overfit the rest of a sample.

    A sample is ``(b, v)``: ``b ~ Ber(p)``; if ``b = 0``, a fair ``v``. Each rival tilts the law of ``v``, all within
    ``radius`` nats of no tilt. With S rare samples the best rival wins iff its gain on the other ``n - S`` exceeds
    ``S log N - (n - S) rest``, ``rest = log((1 - p/N)/(1 - p))`` for the mass it moved; then ``Cov_N = p`` exactly if
    ``log N > radius``. A game: class and data are made for each N and p anew.

    Subclasses have ``n``, ``log_class_size``, ``radius`` and :meth:`gain_exceeds`.
    """

    n: int

    @property
    @abstractmethod
    def log_class_size(self) -> float:
        """Log number of models, ``pi_D`` included, nats."""

    @property
    @abstractmethod
    def radius(self) -> float:
        """Sup-log distance of every rival from the one without a tilt, nats."""

    @abstractmethod
    def gain_exceeds(self, rows: np.ndarray, bar: np.ndarray) -> np.ndarray:
        """``P[the best tilt gains more than bar nats on that many rows]``, for arrays of integers and of nats."""

    def excess_tail(self, p: float, N: float, price: float, x: float) -> float:
        """``P[some rival has sum_i -min(l(z_i), price) > x]`` for ``radius <= price <= log N`` and ``x >= 0``."""
        p, N = float(in_range("p", p, 0, 1)), float(threshold("N", N, strict=True))
        in_range("price", price, 0.0, math.log(N) * (1 + 1e-12))
        rest = math.log1p(-p / N) - math.log1p(-p) if p < 1 else math.inf
        mean = self.n * p  # Bernstein: P(|S - mean| >= reach) <= 2 e^-36
        reach = NEGLIGIBLE / 3 + math.sqrt(NEGLIGIBLE**2 / 9 + 2 * NEGLIGIBLE * mean)
        low, high = max(0, int(mean - reach)), min(self.n, int(mean + reach) + 1)

        def wins(b: np.ndarray) -> np.ndarray:
            return self.gain_exceeds(self.n - b, x + b * price - (self.n - b) * rest)

        if price >= self.radius:
            low, high = _undecided(wins, low, high)
        b = np.arange(low, high + 1)
        sure = betaincc(low, self.n - low + 1, p) if low > 0 and price >= self.radius else 0.0  # P(S < low)
        return float(min(sure + binom.pmf(b, self.n, p) @ wins(b), 1.0))

    def bad_probability(self, p: float, N: float) -> float:
        """Exact probability that some rival has a larger likelihood than ``pi_D`` (round-off about 1e-12)."""
        return self.excess_tail(p, N, math.log(threshold("N", N, strict=True)), 0.0)

    def critical_p(self, N: float, level: float = 0.5) -> float:
        """Largest ``p`` at which the MLE is bad with probability at least ``level``: an exact quantile of coverage."""
        in_range("level", level, 0, 1, open_ends=True)
        low, high = 1e-9 / self.n, 0.05 * self.log_class_size / (self.n * float(kl_price(N)))
        while high < 0.5 and self.bad_probability(high, N) > level:
            low, high = high, 2 * high
        return float(brentq(lambda p: self.bad_probability(p, N) - level, low, min(high, 0.5), rtol=1e-10))

    def excess_quantile(self, p: float, N: float, price: float, delta: float) -> float:
        """Exact upper delta-quantile of ``max(0, sup over rivals of sum_i -min(l(z_i), price))``, nats.

        Not divided by n. In place of Lemma 2's ``log(K/delta)/s``, at any truncation from ``radius`` to ``log N``.
        """
        in_range("delta", delta, 0, 1, open_ends=True)
        threshold("price", price, least=self.radius)
        if self.excess_tail(p, N, price, 0.0) <= delta:
            return 0.0
        high = self.log_class_size
        while self.excess_tail(p, N, price, high) > delta:
            high *= 2
        jump = brentq(lambda x: self.excess_tail(p, N, price, x) - delta, 0.0, high, rtol=1e-8)
        return float(jump * (1 + 4e-8))  # the tail is a staircase: land beyond the jump


def _undecided(wins: Callable[[np.ndarray], np.ndarray], low: int, high: int) -> tuple[int, int]:
    """Narrow ``low..high`` to where a non-increasing probability is neither 1 - 1e-14 nor 1e-16; below it is one.

    One rare sample more takes a row, worth at most ``radius`` to any rival, and raises the bar by ``price + rest``, so
    for ``price >= radius`` a sample that wins still wins with one rare sample fewer: what wins is non-increasing.
    """
    while high - low > 256:
        grid = np.unique(np.linspace(low, high, 33).astype(int))
        chance = wins(grid)
        sure, lost = np.flatnonzero(chance >= 1 - 1e-14), np.flatnonzero(chance <= 1e-16)
        ends = grid[sure[-1]] if sure.size else low, grid[lost[0]] if lost.size else high
        if ends == (low, high):
            break
        low, high = (int(end) for end in ends)
    return low, high

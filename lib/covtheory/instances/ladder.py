"""The ladder: one class, one law and one fitted model whose coverage is C / log N at every rung (notebook 05)."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from covtheory import binom
from covtheory.instances.two_scale import OverfitBudget
from covtheory.validation import count, in_range, threshold

RUNGS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 23, 26, 29, 33, 37, 41, 45, 50, 55, 60)
"""Powers of ten from 1e2 to 1e60."""


class Ladder:
    """Rare events k = 1..K against d fair signs that can be overfitted; every rival divides ALL rare events.

    A sample is rare event k with probability ``p_k``; otherwise it is d fair signs. The class is ``pi_D`` and ``2^d``
    rivals ``pi_sigma``, which give event k the mass ``p_k/N_k`` and sign j the law ``(1 + g sigma_j v)/2``,
    ``g = a/sqrt n``. With ``p_k + ... + p_K = C/log N_k`` every rival has ``Cov_N = C/log N`` at every rung, once
    ``log N > radius``. The likelihood compares nats earned on the signs with ``sum_k S_k log N_k`` nats paid.

    Parameters
    ----------
    n, d : int
        Samples, signs.
    share : float
        ``C n/d``: what ``n Cov_N log N/d`` is at every rung.
    exponents : sequence of int
        ``N_k = base^exponents[k]``, strictly increasing, so that prices are whole multiples of ``log base``.
    a : float
        Tilt in units of ``1/sqrt n``.

    Source: this collection, notebook 05, the ladder.

    Examples
    --------
    >>> ladder = Ladder(n=2000, d=40, share=0.05)
    >>> [round(float(v), 9) for v in ladder.coverage([1e2, 1e20]) * np.log([1e2, 1e20]) * 2000 / 40]
    [0.05, 0.05]
    >>> 0 < ladder.rival_probability() < 1
    True
    """

    def __init__(self, n: int, d: int, share: float, exponents: Sequence[int] = RUNGS, base: float = 10.0,
                 a: float = math.sqrt(2 / math.pi)):
        self.signs = OverfitBudget(n, d, a)
        self.n, self.d = self.signs.n, self.signs.d
        self.exponents = np.array([count("exponents", e) for e in exponents])
        if (np.diff(self.exponents) <= 0).any():
            raise ValueError(f"exponents: got {list(exponents)}, expected strictly increasing whole numbers")
        self.step = math.log(float(threshold("base", base, strict=True)))
        self.share = float(threshold("share", share, least=0.0, strict=True))
        self.tails = self.share * self.d / self.n / (self.exponents * self.step)
        in_range("share: probability of a rare event", self.tails[0], 0, 1, open_ends=True)
        self.p = -np.diff(np.append(self.tails, 0.0))

    @property
    def radius(self) -> float:
        """Nats that no rival's log ratio exceeds on a sample of signs."""
        return self.signs.radius

    @property
    def area(self) -> float:
        """``(n/d) sum_k p_k log N_k``: nats under every rival's profile, in units of ``d/n``."""
        return float(self.n / self.d * self.step * (self.p @ self.exponents))

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``Cov_N`` of every rival, for ``log N > radius``.

        Raises
        ------
        ValueError
            For a smaller N, where the signs contribute.
        """
        rung = np.log(threshold("N", N)) / self.step
        if np.any(rung * self.step <= self.radius):
            raise ValueError(f"N: got {np.min(N):.6g}, expected log N > radius = {self.radius:.6g}")
        k = np.searchsorted(self.exponents, rung - 1e-9)
        return np.append(self.tails, 0.0)[k]

    def rival_probability(self) -> float:
        """Exact probability that a rival has a larger likelihood than ``pi_D`` (round-off about 1e-12)."""
        total, sums = 0.0, np.ones(1)  # law of the sum of exponents of s rare samples
        given_rare = np.zeros(self.exponents[-1] + 1)
        given_rare[self.exponents] = self.p / self.p.sum()
        moved = math.log1p(-float(self.p @ np.exp(-self.step * self.exponents))) - math.log1p(-self.p.sum())
        for s in range(self.n + 1):
            weight = binom.pmf(s, self.n, self.p.sum())
            if s > self.n * self.p.sum() and weight < 1e-17:
                break
            values, mass = self.signs.overfit_law(self.n - s)
            bar = self.step * np.arange(sums.size) - (self.n - s) * moved
            above = np.append(mass[::-1].cumsum()[::-1], 0.0)
            total += weight * (sums @ above[np.searchsorted(values, bar + 1e-9 * np.maximum(1.0, np.abs(bar)))])
            sums = np.convolve(sums, given_rare)
        return float(min(total, 1.0))

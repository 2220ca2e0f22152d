"""Instances on which both terms of the two-scale theorem are paid (notebook 19), with exact laws of the MLE."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from covtheory import binom
from covtheory.instances.rare_event import NEGLIGIBLE, RareEventGame
from covtheory.validation import count, in_range, threshold


def independent_events_quantile(K: int, n: int, delta: float) -> float:
    """Coverage that the MLE has with probability exactly ``delta`` on K independent events, for EVERY ``N``.

    Responses are K independent bits of mean ``eps``; candidate j swears that bit j is 0. The MLE is a wrong candidate
    as soon as some bit never shows, with probability ``1 - (1 - (1-eps)^n)^K``, and then ``Cov_N = eps`` for all N.

    Source: this collection, notebook 19.

    Examples
    --------
    >>> eps = independent_events_quantile(50, 200, 0.5)
    >>> round(1 - (1 - (1 - eps) ** 200) ** 50, 12)
    0.5
    """
    count("K", K)
    in_range("delta", delta, 0, 1, open_ends=True)
    missed = -math.expm1(math.log1p(-delta) / K)  # probability that one given bit never shows
    return -math.expm1(math.log(missed) / count("n", n))


def some_rival_wins(p: ArrayLike, log_N: ArrayLike, n: int) -> float:
    """Exact probability that a wrong candidate wins, on independent bits each with a threshold of its own.

    Bit j has mean ``p_j``; rival j believes ``p_j/N_j`` of it and wins iff
    ``S_j log N_j < (n - S_j) log((1 - p_j/N_j)/(1 - p_j))``, ``S_j ~ Bin(n, p_j)``. Its ``Cov_N`` is ``p_j`` up to N_j.

    Source: this collection, notebook 19, Theorem T2.

    Examples
    --------
    >>> round(some_rival_wins([0.25, 0.25], [700.0, 700.0], 2), 12) == round(1 - (1 - 0.75**2) ** 2, 12)
    True
    """
    p, log_N = in_range("p", p, 0, 1, open_ends=True), threshold("log_N", log_N, least=0.0, strict=True)
    rest = np.log1p(-p * np.exp(-log_N)) - np.log1p(-p)
    most = np.ceil(count("n", n) * rest / (log_N + rest) - 1e-9) - 1  # largest S at which the rival wins
    return float(-np.expm1(np.log1p(-binom.cdf(most, n, p)).sum()))


def unseen_law(draws: int, symbols: int, mass: float) -> np.ndarray:
    """Exact pmf, shape ``(symbols + 1,)``, of how many of ``symbols`` events of equal mass ``draws`` draws never show.

    The events are disjoint; ``symbols * mass <= 1``.

    Source: this collection, notebook 19 (a recursion over draws).

    Examples
    --------
    >>> unseen_law(2, 2, 0.5)
    array([0.5, 0.5, 0. ])
    """
    symbols = count("symbols", symbols)
    in_range("symbols * mass", symbols * in_range("mass", mass, 0, 1), 0, 1 + 1e-12)
    seen = np.zeros(symbols + 1)
    seen[0] = 1.0
    hit = (symbols - np.arange(symbols + 1)) * float(mass)  # a draw shows one more of them
    for _ in range(count("draws", draws, least=0)):
        seen = seen * (1 - hit) + np.concatenate(([0.0], (seen * hit)[:-1]))
    return seen[::-1].copy()


@dataclass(frozen=True)
class BoxSoftmax:
    """Prop 4.1(a): softmax over d symbols, logits in [-B, B]; one heavy symbol, d - 1 light ones of mass ~ 1/(4n).

    ``pi_D(0) = 4n/(d-1+4n)`` and ``pi_D(y) = q = 1/(d-1+4n)`` otherwise. With ``e^B >= 5n`` every unseen light symbol
    has ``pi_D/pihat >= e^B``, so that ``Cov_N >= q * unseen`` for all ``N <= e^B``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop 4.1(a).

    Examples
    --------
    >>> instance = BoxSoftmax(n=100, d=20, B=7.0)
    >>> bool(instance.unseen_law()[10:].sum() >= 0.5)  # at least half of the light symbols
    True
    """

    n: int
    d: int
    B: float

    def __post_init__(self):
        count("n", self.n)
        count("d", self.d, least=2)
        threshold("B", self.B, least=math.log(5 * self.n) - 1e-12)  # np.log and math.log may differ by an ulp

    @property
    def light(self) -> float:
        """Mass ``q`` of each light symbol."""
        return 1.0 / (self.d - 1 + 4 * self.n)

    @property
    def pi_D(self) -> np.ndarray:
        """Data law, shape (d,), heavy symbol first."""
        return np.array([4 * self.n * self.light] + [self.light] * (self.d - 1))

    def unseen_law(self) -> np.ndarray:
        """Exact pmf, shape (d,), of the number of light symbols that n draws never show."""
        return unseen_law(self.n, self.d - 1, self.light)

    def mle(self, counts: ArrayLike) -> np.ndarray:
        """Maximum-likelihood softmax for counts, shape (d,): ``clip(counts/n, e^-B/Z, e^B/Z)`` with total one."""
        c = np.asarray(counts, dtype=float)
        if c.shape != (self.d,) or (c < 0).any() or c.sum() <= 0:
            raise ValueError(f"counts: shape {c.shape}, expected ({self.d},) non-negative with a positive total")
        frequency = c / c.sum()

        def clipped(log_Z):
            return np.clip(frequency, math.exp(-self.B - log_Z), math.exp(self.B - log_Z))

        ends = -self.B - 1.0, self.B + math.log(self.d) + 1.0
        log_Z = brentq(lambda z: clipped(z).sum() - 1.0, *ends, xtol=1e-14, rtol=1e-14)
        return clipped(log_Z) / clipped(log_Z).sum()


class OverfitBudget(RareEventGame):
    """A rare event of probability p against d fair coins that can be overfitted: the fine term (cf. Prop 4.1(b)).

    A sample is ``(b, v)``: ``b ~ Ber(p)``; if ``b = 0``, d fair signs ``v``. The class is ``pi_D`` and ``2^d`` models
    ``pi_sigma``, ``sigma`` in {-1, 1}^d, which give ``b = 1`` only ``p/N`` and sign j the law ``(1 + g sigma_j v)/2``,
    ``g = a/sqrt n``. Hence ``Cov_N(pi_sigma) = p`` exactly once ``log N > radius``, while the best sigma gains
    ``over ~ (a sqrt(2/pi) - a^2/2) d`` nats on the coins; it wins iff ``over > S log N - (n - S) rest``, ``S`` the
    number of rare samples, ``rest = log((1 - p/N)/(1 - p))``.

    Parameters
    ----------
    a : float
        Tilt in units of ``1/sqrt n``; the default maximises the overfit.

    Source: this collection, notebook 19 (after Chen et al. 2025, arXiv 2510.15020v2, Prop 4.1(b)).

    Examples
    --------
    >>> game = OverfitBudget(n=2000, d=40)
    >>> p = game.critical_p(64.0)
    >>> round(game.bad_probability(p, 64.0), 6)
    0.5
    """

    def __init__(self, n: int, d: int, a: float = math.sqrt(2 / math.pi)):
        self.n, self.d = count("n", n), count("d", d)
        self.g = float(threshold("a", a, least=0.0, strict=True)) / math.sqrt(n)
        in_range("g = a/sqrt(n)", self.g, 0, 1, open_ends=True)
        self._laws: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    @property
    def log_class_size(self) -> float:
        """``log(2^d + 1)``, nats."""
        return self.d * math.log(2.0) + math.log1p(0.5**self.d)

    @property
    def radius(self) -> float:
        """Sup-log distance of every ``pi_sigma`` from the untilted model: ``-d log(1 - g)`` nats."""
        return -self.d * math.log1p(-self.g)

    def net_entropy(self, rho: ArrayLike) -> np.ndarray:
        """Log size of a verified sup-log net: ``{pi_D, untilted}`` from ``rho = radius`` on, the whole class below."""
        return np.where(np.asarray(rho, dtype=float) >= self.radius, math.log(2.0), self.log_class_size)

    def overfit_law(self, m: int) -> tuple[np.ndarray, np.ndarray]:
        """Law of the best sigma's gain on m rows of coins: values (nats, ascending) and probabilities.

        ``gain = (m d/2) log(1 - g^2) + (1/2) log((1+g)/(1-g)) sum_j |W_j|``, ``W_j`` a sum of m signs; the law of the
        sum is a d-fold convolution, by FFT on a window outside which McDiarmid's bound leaves less than 1e-15.
        """
        count("m", m, least=0)
        if m not in self._laws:
            self._laws[m] = self._convolve(m)
        return self._laws[m]

    def gain_exceeds(self, rows: np.ndarray, bar: np.ndarray) -> np.ndarray:
        """``P[the best sigma gains more than bar nats on that many rows]``, one number a pair."""
        chances = np.zeros(len(rows))
        for i, (m, nats) in enumerate(zip(rows, bar, strict=True)):
            values, mass = self.overfit_law(int(m))
            chances[i] = mass[np.searchsorted(values, nats + 1e-9 * max(1.0, abs(nats))):].sum()
        return chances

    def _convolve(self, m: int) -> tuple[np.ndarray, np.ndarray]:
        scale, shift = 0.5 * (math.log1p(self.g) - math.log1p(-self.g)), 0.5 * m * self.d * math.log1p(-self.g**2)
        top = min(m // 2, int(4.3 * math.sqrt(m)) + 1)  # |W| = parity + 2 i; P(|W| > 8.6 sqrt m) < 2e-16
        i = np.arange(top + 1)
        parity = m % 2
        plus = (m + parity) // 2 + i
        pmf = binom.pmf(plus, m, 0.5)
        pmf *= np.where((parity == 0) & (i == 0), 1.0, 2.0)
        pmf /= pmf.sum()
        mean, spread = self.d * (pmf @ i), math.sqrt(NEGLIGIBLE * m * self.d / 2) + 1  # McDiarmid, steps of 2 in W
        low = max(0, int(mean - spread))
        high = min(self.d * top, int(mean + spread) + 1)
        size = 1 << int(high - low + 1 + top).bit_length()
        folded = np.fft.irfft(np.fft.rfft(pmf, size) ** self.d, size)  # the sum modulo size
        k = np.arange(low, high + 1)
        mass = np.clip(folded[k % size], 0.0, None)
        return shift + scale * (2 * k + parity * self.d), mass / mass.sum()

"""One coin per prompt, prompts of halving frequency: a family whose MLE has an exact expected coverage (notebook 05).

Prompt x = 1..d has probability ``2^-x`` (the last one twice that). The response is H tokens, each 1 with probability
``sigmoid(theta_x)``, ``|theta_x| <= B``: d parameters, H tokens. The likelihood depends on the data only through
visits and ones per prompt, so every expectation over data sets is a finite sum.
"""

import math
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlogy

from covtheory import binom
from covtheory.instances.coin_box import CoinBox, sigmoid
from covtheory.validation import count, in_range, threshold

_NEGLIGIBLE = 28.0
"""Nats: what is dropped is below ``2 e^-28 = 1.4e-12`` and is added to the upper ends."""

class Expected(NamedTuple):
    """Certified lower and upper end of an expectation over data sets.

    ``fine`` and ``fine_upper`` are the ends of the part that visited prompts contribute.
    """

    lower: np.ndarray
    upper: np.ndarray
    fine: np.ndarray

    @property
    def fine_upper(self) -> np.ndarray:
        """Upper end of the part from visited prompts."""
        return self.fine + (self.upper - self.lower)


class PromptCoins(CoinBox):
    """The family above with truth ``|theta*_x| = theta``; the MLE breaks ties at unvisited prompts the worst way.

    Parameters
    ----------
    H : int
        Tokens per response.
    d : int
        Prompts, and parameters.
    B, theta : float
        Bound on the parameters; the size of every true one (its sign is irrelevant by symmetry).

    Source: this collection, notebook 05.

    Examples
    --------
    >>> family = PromptCoins(H=8, d=6)
    >>> low, high, _ = family.coverage(64, [4.0])
    >>> bool(0 < high[0] - low[0] < 1e-9)
    True
    """

    def __init__(self, H: int, d: int = 16, B: float = 2.0, theta: float = 1.0):
        super().__init__(H, d, B)
        self.theta = float(in_range("theta", theta, 0, self.B, open_ends=True))
        self.p = sigmoid(self.theta)
        self._log_factorial = np.zeros(2)
        self._tables: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        self.masses = 0.5 ** np.concatenate([np.arange(1, self.d), [self.d - 1]])

    @cached_property
    def _tails(self) -> np.ndarray:
        """``P[S >= k]``, k = 0..H+1, for S ~ Bin(H, p)."""
        return np.append(binom.sf(np.arange(-1, self.H), self.H, self.p), 0.0)

    def model_coverage(self, q: ArrayLike, N: ArrayLike) -> np.ndarray:
        """``P[pi_D/pi >= N]`` at a prompt where the model's coin is ``q``; shape ``(len(q), len(N))``."""
        q = np.atleast_1d(in_range("q", q, 0, 1, open_ends=True))[:, None]
        L = np.log(np.atleast_1d(threshold("N", N, strict=True)))
        base = self.H * (math.log1p(-self.p) - np.log1p(-q))
        slope = math.log(self.p / (1 - self.p)) - np.log(q / (1 - q))  # log ratio = base + slope * ones
        with np.errstate(divide="ignore", invalid="ignore"):
            bar = np.clip((L - base) / slope, -1.0, self.H + 1.0)
        bar = np.where(slope == 0, self.H + 1.0, bar)
        most = self._tails[np.clip(np.ceil(bar - 1e-9), 0, self.H + 1).astype(int)]
        least = 1.0 - self._tails[np.clip(np.floor(bar + 1e-9) + 1, 0, self.H + 1).astype(int)]
        return np.where(slope > 0, most, np.where(slope < 0, np.maximum(least, 0.0), 0.0))

    def visited_coverage(self, t: int, N: ArrayLike) -> np.ndarray:
        """``E Cov_N`` at a prompt visited t times (t = 0: the worse end of the box), up to 1.4e-12; shape of N."""
        if t == 0:
            return self.model_coverage([self.floor, 1 - self.floor], N).max(axis=0)
        q, weight = self._fits(t)
        return weight @ self.model_coverage(q, N)

    def coverage(self, n: ArrayLike, N: ArrayLike) -> Expected:
        """``E Cov_N(pihat)`` over data sets of n samples: certified ends, each of shape ``(len(n), len(N))``."""
        n, N = np.atleast_1d(n), np.atleast_1d(threshold("N", N, strict=True)).astype(float)
        if tuple(N) not in self._tables:
            self._tables[tuple(N)] = self._tabulate(N)
        table, beyond = self._tables[tuple(N)]
        visits = self.visits(n, len(table) - 1)
        lower = visits @ table
        upper = lower + 2 * math.exp(-_NEGLIGIBLE) + beyond
        return Expected(lower, upper, lower - visits[:, :1] * table[0])

    def _tabulate(self, N: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``E Cov_N`` after t = 0, 1, ... visits, and a bound for all later t."""
        depth = np.array([self._depth(float(v)) for v in N])
        table = np.zeros((depth.max() + 1, N.size))
        for t in range(depth.max() + 1):
            table[t, depth >= t] = self.visited_coverage(t, N[depth >= t])
        return table, np.array([self._late(int(T) + 1, math.log(v)) for T, v in zip(depth, N, strict=True)])

    def visits(self, n: ArrayLike, most: int) -> np.ndarray:
        """Probability mass of prompts visited t = 0..most times by n samples; shape ``(len(n), most + 1)``."""
        out = np.zeros((np.size(n), count("most", most, least=0) + 1))
        for i, size in enumerate(np.atleast_1d(n)):
            t = np.arange(min(most, count("n", size)) + 1)
            out[i, : t.size] = self.masses @ binom.pmf(t, size, self.masses[:, None])
        return out

    def kl(self, n: ArrayLike) -> Expected:
        """``E KL(pi_D || pihat)`` over data sets, nats: certified ends, shape ``(len(n),)``."""
        n, lower, upper = np.atleast_1d(n), [], []
        known = self._kl_known
        for size in n:
            ends = np.zeros(2)
            for mass in self.masses:
                mean = count("n", size) * mass  # Bernstein: fewer or more visits have probability < 2 e^-28
                reach = _NEGLIGIBLE / 3 + math.sqrt(_NEGLIGIBLE**2 / 9 + 2 * _NEGLIGIBLE * mean)
                t = np.arange(max(0, int(mean - reach)), min(int(size), int(mean + reach) + 1) + 1)
                late = t >= known.size
                values = np.stack([known[np.minimum(t, known.size - 1)]] * 2)
                values[:, late] = self._kl_late(t[late])
                ends += mass * (values @ binom.pmf(t, size, mass))
            lower.append(ends[0]), upper.append(ends[1])
        lower = np.array(lower)
        fine = lower - self.visits(n, 0)[:, 0] * known[0]
        return Expected(lower, np.array(upper) + 4 * math.exp(-_NEGLIGIBLE) * known[0], fine)

    @cached_property
    def _kl_known(self) -> np.ndarray:
        return np.array([self._kl_visited(t) for t in range(201)])

    def kl_unvisited(self, n: ArrayLike) -> np.ndarray:
        """What unvisited prompts alone contribute to ``E KL``, nats: at most :meth:`kl`, at any real n; shape of n."""
        n = threshold("n", n)
        return float(self._kl_coin(self.floor)) * (np.exp(n[..., None] * np.log1p(-self.masses)) @ self.masses)

    def exact_fits(self, t: int) -> tuple[np.ndarray, np.ndarray]:
        """Every fitted coin after ``t >= 1`` visits and its probability, none dropped (:meth:`coverage` drops 1e-12).

        Examples
        --------
        >>> [v.round(3).tolist() for v in PromptCoins(H=1, theta=0.5).exact_fits(1)]
        [[0.119, 0.881], [0.378, 0.622]]
        """
        ones = np.arange(count("t", t) * self.H + 1)
        return np.clip(ones / ones[-1], self.floor, 1 - self.floor), binom.pmf(ones, ones[-1], self.p)

    def proper_lower_bound(self, n: ArrayLike, N: ArrayLike) -> np.ndarray:
        """What EVERY rule that answers inside the family suffers on average over the signs of ``theta*``.

        ``(1/2) P[prompt unvisited] * Cov_N(theta = 0)``: at an unvisited prompt the sign is still a fair coin, and on
        the wrong side the coverage is at least that of ``theta = 0``. Shape ``(len(n), len(N))``.
        """
        return 0.5 * self.visits(n, 0) * self.model_coverage(0.5, N)

    def _fits(self, t: int) -> tuple[np.ndarray, np.ndarray]:
        """Maximum-likelihood coins after t visits, with their probabilities, on a window of mass 1 - 1.4e-12."""
        tosses = t * self.H
        reach = math.sqrt(tosses * _NEGLIGIBLE / 2)
        k = np.arange(max(0, int(tosses * self.p - reach)), min(tosses, int(tosses * self.p + reach) + 1) + 1)
        if tosses >= self._log_factorial.size:
            self._log_factorial = gammaln(np.arange(max(tosses + 1, 2 * self._log_factorial.size)) + 1.0)
        log_pmf = self._log_factorial[tosses] - self._log_factorial[k] - self._log_factorial[tosses - k]
        log_pmf += k * math.log(self.p) + (tosses - k) * math.log1p(-self.p)
        return np.clip(k / tosses, self.floor, 1 - self.floor), np.exp(log_pmf)

    def _depth(self, N: float) -> int:
        """Number of visits beyond which the coverage is certified to be below ``3e-10 min(1, 8/N)``."""
        small = 3e-10 * min(1.0, 8.0 / N)
        low, high = 1, 2
        while self._late(high, math.log(N)) > small:
            low, high = high, 2 * high
        while high - low > max(1, low // 50):
            middle = (low + high) // 2
            low, high = (middle, high) if self._late(middle, math.log(N)) > small else (low, middle)
        return high

    def _late(self, t: int, L: float) -> float:
        """Upper bound on ``E Cov`` for every number of visits >= t: shells of the error, Chernoff inside and out.

        ``P(|phat - p| >= delta)`` is at most ``sum exp(-t H kl(p +- delta || p))``; on the shell the coverage is at
        most ``e^(-a L) E r^a`` at the outer edge, for each ``a > 0`` (Renyi divergences grow away from p).
        """
        scale = min(math.sqrt(self.p * (1 - self.p) / (t * self.H)), 1.0)
        edges = np.concatenate([[0.0], np.geomspace(0.2, 12, 60)]) * scale
        a = np.geomspace(1e-2, 1e4, 80)[:, None]
        total, inside = 0.0, {}
        for sign in (1, -1):
            q = np.clip(self.p + sign * edges, self.floor, 1 - self.floor)
            r1, r0 = np.log(self.p / q), math.log1p(-self.p) - np.log1p(-q)
            moment = np.logaddexp(math.log(self.p) + a * r1, math.log1p(-self.p) + a * r0)
            inside[sign] = np.exp(np.minimum(np.min(self.H * moment - a * L, axis=0), 0.0))
            edge = self.p + sign * edges
            valid = (edge > 0) & (edge < 1)
            safe = np.where(valid, edge, self.p)
            kl = xlogy(safe, safe / self.p) + xlogy(1 - safe, (1 - safe) / (1 - self.p))
            outside = np.where(valid, np.exp(-t * self.H * kl), 0.0)
            outside[0] = 1.0
            total += float(outside[:-1] @ inside[sign][1:] + outside[-1])
        return total

    def _kl_visited(self, t: int) -> float:
        q, weight = (np.array([self.floor]), np.ones(1)) if t == 0 else self._fits(t)
        return float(weight @ self._kl_coin(q))

    def _kl_coin(self, q):
        return self.H * (self.p * np.log(self.p / q) + (1 - self.p) * (math.log1p(-self.p) - np.log1p(-q)))

    def _kl_late(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ends of ``E KL`` after many visits: ``(q - p)^2 / (2 v)`` with v between the extreme variances nearby."""
        reach = np.sqrt(_NEGLIGIBLE / (2 * t * self.H))
        ends = np.clip(np.stack([self.p - reach, self.p + reach]), self.floor, 1 - self.floor)
        variance = ends * (1 - ends)
        most = np.where((ends[0] < 0.5) & (ends[1] > 0.5), 0.25, variance.max(axis=0))
        mean = self.p * (1 - self.p) / (2 * t)
        missing = self.H * math.exp(-_NEGLIGIBLE)  # what the window and the box may take from the squared error
        return np.maximum(mean - missing, 0.0) / most, mean / variance.min(axis=0)

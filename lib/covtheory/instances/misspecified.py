"""Two models, neither of them the data policy: maximum likelihood prefers the one that does not cover (notebook 07)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize_scalar

from covtheory import binom
from covtheory.bounds.misspecification import coin_divergence
from covtheory.policies import Tabular
from covtheory.validation import count, in_range, threshold

_NEGLIGIBLE = 42.0
"""Nats: counts whose Bernstein or Hoeffding tail is below ``e^-42 = 6e-19`` are left out."""

_TIE = 64 * np.finfo(float).eps
"""Scores within this fraction of the sum of their terms' absolute values are ties."""


@dataclass(frozen=True)
class MisspecifiedPair:
    """Prompts + and -, ``mu(-) = p``, responses {0, 1}; fair coins ``pi_D``, models ``pi_1``, ``pi_2`` and their hull.

    ``pi_1(1|+) = e^-alpha / 2``, ``pi_1(1|-) = 1/2``: off by at most ``alpha`` nats everywhere. ``pi_2(1|+) = 1/2``,
    ``pi_2(1|-) = 1/(2M)``: right except on a prompt of mass p. Rows of the policies are the prompts (+, -).

    Parameters
    ----------
    alpha : float
        In (0, 1], nats.
    log_M : float
        More than alpha, nats.
    p : float
        In (0, 1).

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop E.1.

    Examples
    --------
    >>> pair = MisspecifiedPair(np.log(2), np.log(64), 1 / 32)
    >>> round(pair.selection_probability(2), 12) == 3008 / 4096
    True
    """

    alpha: float
    log_M: float
    p: float

    def __post_init__(self):
        in_range("alpha", self.alpha, 0, 1)
        threshold("alpha", self.alpha, least=0, strict=True)
        threshold("log_M", self.log_M, least=self.alpha, strict=True)
        in_range("p", self.p, 0, 1, open_ends=True)

    @property
    def prompt_probs(self) -> np.ndarray:
        """``mu`` of the prompts (+, -)."""
        return np.array([1 - self.p, self.p])

    @property
    def pi_D(self) -> Tabular:
        """Fair coins."""
        return Tabular(np.full((2, 2), 0.5))

    @property
    def pi_1(self) -> Tabular:
        """Covers everything within ``e^alpha``; wrong on the common prompt."""
        return self.hull(0.0)

    @property
    def pi_2(self) -> Tabular:
        """Right on the common prompt; misses half of the rare one by a factor M."""
        return self.hull(1.0)

    def hull(self, weight: float) -> Tabular:
        """``(1 - weight) pi_1 + weight pi_2``."""
        w, common = float(in_range("weight", weight, 0, 1)), math.expm1(-self.alpha)
        with np.errstate(divide="ignore"):
            low = np.logaddexp(np.log1p(-w), np.log(w) - self.log_M)  # of 2 pi(1|-)
        plus = np.log1p((1 - w) * common * np.array([-1.0, 1.0]))
        return Tabular.from_log_probs(np.log(0.5) + np.array([plus, [np.log(2 - np.exp(low)), low]]))

    @property
    def kl(self) -> np.ndarray:
        """``KL(pi_D || pi_1)`` and ``KL(pi_D || pi_2)``, nats."""
        rare = (self.log_M - math.log(2 - math.exp(-self.log_M))) / 2
        return np.array([(1 - self.p) * float(coin_divergence(self.alpha)), self.p * rare])

    def coverage_2(self, log_N: ArrayLike) -> np.ndarray:
        """``Cov_N(pi_2)``: ``p/2`` for ``1 < N <= M``, 0 beyond, ``1 - p/2`` at N = 1."""
        L = threshold("log_N", log_N, least=0.0)
        return np.where(L == 0, 1 - self.p / 2, np.where(self.log_M * (1 + 1e-12) >= L, self.p / 2, 0.0))

    @property
    def increments(self) -> np.ndarray:
        """``log pi_2 - log pi_1`` at (+,1), (+,0), (-,0), (-,1)."""
        return np.array([self.alpha, -math.log(2 - math.exp(-self.alpha)), math.log(2 - math.exp(-self.log_M)),
                         -self.log_M])

    def selection_probability(self, n: int) -> float:
        """Exact probability that ``pi_2`` has strictly the larger likelihood on n samples."""
        return score_probability(n, self.p, self.increments)

    def selection_error_rate(self) -> float:
        """Chernoff: ``P[MLE is not pi_2] <= exp(-rate n)`` for every n; 0 if ``pi_2`` has the larger KL."""
        mass, step = self._mass, self.increments
        def log_mgf(s):
            return float(np.log(mass @ np.exp(-s * step)))
        best = minimize_scalar(log_mgf, bounds=(0, min(1.0, 600 / self.log_M)), method="bounded")
        return max(0.0, -float(best.fun))

    def hull_weight(self, log_N: ArrayLike) -> np.ndarray:
        """Least weight at which the hull's model has ``Cov_N > 0``, for ``alpha < log N <= log M``."""
        L = threshold("log_N", log_N, least=self.alpha, strict=True)
        if (self.log_M * (1 + 1e-12) < L).any():
            raise ValueError(f"log_N: got {L.max():.6g}, expected log N <= log M = {self.log_M:.6g}")
        return np.minimum(np.expm1(-L) / np.expm1(-self.log_M), 1.0)

    def hull_miss_probability(self, n: int, log_N: float) -> float:
        """Exact probability that the MLE over the hull has ``Cov_N > 0`` (then it is p/2).

        The log-likelihood is concave in the weight, so the event is a linear inequality for the counts: the score at
        ``hull_weight(log_N)`` is not negative.
        """
        self.hull_weight(log_N)  # the range of log_N
        return score_probability(n, self.p, self._score(math.exp(-log_N)), ties=True)

    def score(self, weight: float) -> np.ndarray:
        """Derivative of ``log hull(weight)`` in the weight at (+,1), (+,0), (-,0), (-,1)."""
        w = float(in_range("weight", weight, 0, 1))
        return self._score((1 - w) + w * math.exp(-self.log_M))

    def hull_projection(self) -> float:
        """Weight of the hull's model of least ``KL(pi_D || .)``."""
        return float(brentq(lambda w: self._mass @ self.score(w), 0.0, 1.0, xtol=1e-15))

    @property
    def _mass(self):
        return np.array([1 - self.p, 1 - self.p, self.p, self.p]) / 2

    def _score(self, shown):
        """The score where ``2 pi(1|-) = shown``; near zero this stays exact."""
        common, rare = -math.expm1(-self.alpha), -math.expm1(-self.log_M)
        off = (shown - math.exp(-self.log_M)) / rare * common
        return np.array([common / (1 - off), -common / (1 + off), rare / (2 - shown), -rare / shown])


def score_probability(n: int, p: float, weights: ArrayLike, *, ties: bool = False) -> float:
    """``P[sum of weights over n draws > 0]`` when draws fall on (+,1), (+,0), (-,0), (-,1) w.p. (1-p,1-p,p,p)/2.

    Exact up to dropped mass of 1e-17: given the counts of the rare prompt, the rest is a binomial tail.

    Parameters
    ----------
    weights : array_like, shape (4,)
        ``weights[0] > weights[1]``.
    ties : bool
        Count a sum of zero as well.

    Examples
    --------
    >>> [round(score_probability(2, 0.5, [1, -1, 1, -1], ties=ties), 12) for ties in (False, True)]
    [0.25, 0.75]
    """
    n, p, w = count("n", n), float(in_range("p", p, 0, 1, open_ends=True)), np.asarray(weights, dtype=float)
    if w.shape != (4,) or not np.isfinite(w).all() or w[0] <= w[1]:
        raise ValueError(f"weights: got {weights!r}, expected four numbers with weights[0] > weights[1]")
    reach = _NEGLIGIBLE / 3 + math.sqrt(_NEGLIGIBLE**2 / 9 + 2 * _NEGLIGIBLE * n * p * (1 - p))
    rare = np.arange(max(0, math.ceil(n * p - reach)), min(n, math.floor(n * p + reach)) + 1)
    k = np.repeat(rare, rare + 1)
    d = np.concatenate([np.arange(r + 1) for r in rare])
    keep = np.abs(d - k / 2) <= np.sqrt(_NEGLIGIBLE * k / 2) + 1
    k, d = k[keep], d[keep]
    m = n - k
    terms = np.stack([(k - d) * w[2], d * w[3], m * w[1]])
    least, slack = -terms.sum(axis=0) / (w[0] - w[1]), _TIE * np.abs(terms).sum(axis=0) / (w[0] - w[1])
    tail = binom.sf(np.ceil(least - slack) - 1 if ties else np.floor(least + slack), m, 0.5)
    return float(min(1.0, (binom.pmf(k, n, p) * binom.pmf(d, k, 0.5) * tail).sum()))

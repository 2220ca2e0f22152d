"""Instances of notebook 04: where the classical bounds are attained, and where each of them stops.

Every loss and every probability is a closed form; ``finite_class`` writes small cases out so that they can be
enumerated instead.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import binom
from covtheory.bounds.two_point import binary_divergence
from covtheory.learners.finite_class import FiniteClass
from covtheory.validation import count, in_range, threshold


@dataclass(frozen=True)
class IndependentEvents:
    """``K`` independent bits, each on with probability ``eps``; model j turns bit j off, or divides its mass by ``B``.

    Class: the data law P, and for each j the law with ``Q_j(b_j = 1) = eps/B`` and the other bits as in P (``B = inf``:
    ``Q_j = P(. | b_j = 0)``). All ``Q_j`` lose the same, so the law of every loss of maximum likelihood is two points.

    Parameters
    ----------
    K : float
        Number of bits, at least 1; only ``log`` and powers of it are used, so 1e300 is fine.
    eps : float
        In (0, 1).
    B : float
        More than 1, possibly ``inf``.

    Examples
    --------
    >>> rare = IndependentEvents(K=1, eps=0.5)
    >>> round(rare.mle_error(2), 12), rare.coverage(np.inf).item(), rare.kl
    (0.25, 0.5, inf)
    """

    K: float
    eps: float
    B: float = math.inf

    def __post_init__(self):
        threshold("K", self.K)
        in_range("eps", self.eps, 0, 1, open_ends=True)
        threshold("B", self.B, strict=True)

    def critical_count(self, n: int) -> int:
        """Largest count of a bit in ``n`` samples at which its ``Q_j`` is at least as likely as P."""
        n = count("n", n)
        if math.isinf(self.B):
            return 0
        off = math.log1p(-self.eps / self.B) - math.log1p(-self.eps)
        edge = n * off / (math.log(self.B) + off)
        return math.floor(edge * (1 + 1e-12))

    def mle_error(self, n: int) -> float:
        """Probability that some ``Q_j`` is at least as likely as P, ``1 - P[Bin(n, eps) > critical_count]^K``."""
        missed = math.exp(n * math.log1p(-self.eps)) if math.isinf(self.B) else float(
            binom.cdf(self.critical_count(n), n, self.eps))
        return 1.0 if missed == 1 else -math.expm1(self.K * math.log1p(-missed))

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``Cov_N`` of each ``Q_j`` for ``N > 1``: ``eps`` up to ``N = B``, then 0."""
        return np.where(threshold("N", N, strict=True) <= self.B * (1 + 1e-12), self.eps, 0.0)

    @property
    def kl(self) -> float:
        """``KL(P || Q_j) = kl(eps || eps/B)``, nats."""
        return math.inf if math.isinf(self.B) else float(binary_divergence("kl", self.eps, self.eps / self.B))

    @property
    def hellinger_sq(self) -> float:
        """``D_H^2(P, Q_j)``, unnormalised."""
        return float(binary_divergence("hellinger", self.eps, self.eps / self.B))

    def finite_class(self) -> FiniteClass:
        """The class on all ``2^K`` bit strings, P first; ``K <= 12``."""
        K = count("K", self.K)
        if K > 12:
            raise ValueError(f"K: got {K}, expected at most 12 bits to write out")
        models = np.full((K + 1, K), self.eps)
        models[np.arange(1, K + 1), np.arange(K)] = self.eps / self.B
        return _bits(models[0], models)


@dataclass(frozen=True)
class TiedHypotheses:
    """Proper lower bound: ``K`` models, model i never sets bit i and sets every other with probability ``eps``.

    ``eps = 1 - q^(1/n)``, so that a bit stays off in all ``n`` samples with probability ``q``. Under model i the
    likelihood is the same for every bit that was never on, and any wrong answer has ``Cov_N = eps`` for every N > 1.

    Examples
    --------
    >>> two = TiedHypotheses(K=2, n=1)
    >>> two.eps, two.bayes_error
    (0.5, 0.25)
    """

    K: int
    n: int
    q: float | None = None

    def __post_init__(self):
        count("K", self.K, least=2)
        count("n", self.n)
        in_range("q", self._q, 0, 1, open_ends=True)

    @property
    def _q(self) -> float:
        return 1 / self.K if self.q is None else self.q

    @property
    def eps(self) -> float:
        """Mass of the bits that can be on."""
        return -math.expm1(math.log(self._q) / self.n)

    @property
    def bayes_error(self) -> float:
        """``1 - E[1/|U|]``, ``|U| - 1 ~ Bin(K - 1, q)`` the other bits never on: ``1 - (1 - (1-q)^K)/(K q)``."""
        return 1 + math.expm1(self.K * math.log1p(-self._q)) / (self.K * self._q)

    def finite_class(self, truth: int = 0) -> FiniteClass:
        """The class on all ``2^K`` bit strings with data from model ``truth``; ``K <= 12``."""
        if self.K > 12:
            raise ValueError(f"K: got {self.K}, expected at most 12 bits to write out")
        models = np.where(np.eye(self.K, dtype=bool), 0.0, self.eps)
        return _bits(models[truth], models)


@dataclass(frozen=True)
class RareContexts:
    """``m`` contexts of mass ``mu`` each (the rest is a context with one answer), labels ``y*(j)`` among ``B``.

    The class holds all ``B^m`` labellings; one sample of context j reveals ``y*(j)``.

    Examples
    --------
    >>> contexts = RareContexts(m=1, B=4, mu=0.5)
    >>> contexts.mle_coverage(2), contexts.mixture_coverage(2, 2.0).item()
    (0.125, 0.25)
    """

    m: int
    B: int
    mu: float

    def __post_init__(self):
        count("m", self.m)
        count("B", self.B, least=2)
        in_range("m mu", self.m * in_range("mu", self.mu, 0, 1, open_ends=True), 0, 1 + 1e-12)

    @property
    def log_size(self) -> float:
        """``log |Pi| = m log B``, nats."""
        return self.m * math.log(self.B)

    def mle_coverage(self, n: int) -> float:
        """``E Cov_N`` of maximum likelihood that guesses wrong on unseen contexts, every N > 1: their expected mass."""
        return self.m * self.mu * (1 - self.mu) ** count("n", n)

    def mixture_coverage(self, n: int, N: ArrayLike) -> np.ndarray:
        """``E Cov_N`` of the time-averaged uniform Bayes mixture.

        The predictor gives ``y*(j)`` probability ``1/B`` until context j is first seen, 1 afterwards. With the first
        sight at time T the average is ``1 - (min(T, n)/n)(1 - 1/B)``, at most ``1/N`` when T is late enough.
        """
        N, n = threshold("N", N, strict=True), count("n", n)
        edge = n * (1 - 1 / N) / (1 - 1 / self.B)
        late = np.ceil(edge * (1 - 1e-12))
        return np.where(late <= n, self.m * self.mu * (1 - self.mu) ** (late - 1), 0.0)

    def mixture_kl(self, n: int) -> float:
        """``sum_t E KL(pi_D || phat_t) = log|Pi| (1 - (1 - mu)^n)``, nats: a context costs ``log B`` until seen."""
        return -self.log_size * math.expm1(count("n", n) * math.log1p(-self.mu))

    def guess_coverage(self, n: int, N: ArrayLike) -> np.ndarray:
        """``E Cov_N`` of the best estimator: on unseen contexts ``ceil(N) - 1`` random labels share the mass."""
        labels = np.minimum(np.ceil(threshold("N", N, strict=True)) - 1, self.B)
        return self.mle_coverage(n) * (1 - labels / self.B)


def _bits(truth: np.ndarray, models: np.ndarray) -> FiniteClass:
    strings = np.indices((2,) * len(truth)).reshape(len(truth), -1).T
    law = np.array([np.where(strings, on, 1 - on).prod(axis=1) for on in np.vstack([truth[None], models])])
    return FiniteClass.from_probs(law[0], law[1:])

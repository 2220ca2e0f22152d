"""Classes from which a model is selected: extremal for tournaments, or misleading for cross-entropy (notebook 11)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import binom
from covtheory.bounds.misspecification import coin_divergence
from covtheory.coverage.rounding import tie
from covtheory.validation import count, in_range, threshold

_MARGIN = 1e-8
"""How far the extremal class stays from the ties that it approaches."""


@dataclass(frozen=True)
class SharpTournament:
    """Three models on which the tournament's choice loses all that Theorem 1 of notebook 11 allows.

    Outcomes A, B, C, D; rows ``pi_star, pi_hat, pi_prime``. ``pi_star`` misses A and is almost N' times too small on
    C, where ``pi_prime`` puts nearly all its mass and beats it by N. ``pi_hat`` misses A and B. With
    ``P(C) = N'/N`` and ``P(B) = P(A) + P(C)`` (each but for ``1e-8``) ``pi_hat`` is chosen, and
    ``Cov_{N N'} = 2 P(A) + P(C)``.

    Parameters
    ----------
    N, N_prime : float
        ``N > N' > 1``.
    miss : float
        ``P(A) = min_pi Cov_{N'}``.
    b : float, optional
        ``P(B)``; the default makes the choice a tie.

    Source: this collection, notebook 11.

    Examples
    --------
    >>> case = SharpTournament(8, 2)
    >>> case.p.round(6).tolist()
    [0.0, 0.25, 0.25, 0.5]
    """

    N: float
    N_prime: float
    miss: float = 0.0
    b: float | None = None

    def __post_init__(self):
        threshold("N_prime", self.N_prime, strict=True)
        threshold("N", self.N, least=self.N_prime, strict=True)
        in_range("miss", self.miss, 0, 1)
        if self.p.min() < 0 or self.log_probs.max() > 0:
            raise ValueError(f"miss, b: no mass left, P = {self.p.round(4).tolist()} for (A, B, C, D)")

    @property
    def p(self) -> np.ndarray:
        """Data law of A, B, C, D."""
        c = self.N_prime / self.N * (1 - _MARGIN) / (1 + _MARGIN)
        b = self.miss + c if self.b is None else self.b
        return np.array([self.miss, b, c, 1 - self.miss - b - c])

    @property
    def gamma(self) -> float:
        """Without A: the least factor within which ``pi_star`` approximates the data law."""
        return self.N_prime / (1 + _MARGIN)

    @property
    def log_probs(self) -> np.ndarray:
        """Table, shape (3, 4), nats."""
        a, b, c, _ = self.p
        low = c * (1 + _MARGIN) / self.N_prime
        tiny = _MARGIN if a else 0.0
        star = np.array([0.0, b, low, 1 - b - low])
        hat = np.array([0.0, 0.0, c, 1 - c])
        prime = np.array([tiny, 0.0, 1 - tiny, 0.0])
        with np.errstate(divide="ignore"):
            return np.log(np.stack([star, hat, prime]))

    def uncovered(self, N: float) -> np.ndarray:
        """``Cov_N`` of the three models."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self.p > 0, np.log(self.p) - self.log_probs, -np.inf)
        log_N = np.log(threshold("N", N))
        return (ratio >= log_N - tie(log_N)) @ self.p

    def choice_probability(self, n: int) -> float:
        """Exact ``P[n_B <= n_C]``: n data choose ``pi_hat`` (ties included; without A)."""
        if self.miss:
            raise ValueError(f"miss: got {self.miss}, the closed form is for miss = 0")
        _, b, c, _ = self.p
        mean, sd = n * (b + c), math.sqrt(count("n", n) * (b + c) * max(1 - b - c, 0.0)) + 1
        m = np.arange(max(0, math.floor(mean - 8 * sd)), min(n, math.ceil(mean + 8 * sd)) + 1)
        return float(binom.pmf(m, n, b + c) @ binom.cdf(m // 2, m, b / (b + c)))


@dataclass(frozen=True)
class CheckpointPath:
    """Checkpoints whose cross-entropy falls all the way while a rare prompt is abandoned; data are fair coins.

    Prompts + and -, ``mu(-) = p``. Checkpoint t = 0..steps has ``pi(1|+) = exp(-a_t)/2`` with ``a_t`` falling from
    ``alpha`` to ``alpha_end``, and ``pi(1|-) = exp(-b_t)/2`` with ``b_t`` rising from 0 to ``log_M``, both linearly.

    Source: this collection, notebook 11 (a path through Prop E.1 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> path = CheckpointPath()
    >>> bool((np.diff(path.kl) < 0).all()), path.coverage(16)[[0, -1]].tolist()
    (True, [0.0, 0.01])
    """

    alpha: float = 1.0
    alpha_end: float = 0.25
    log_M: float = 14.0
    p: float = 0.02
    steps: int = 14

    def __post_init__(self):
        threshold("alpha_end", self.alpha_end, least=0.0)
        threshold("alpha", self.alpha, least=self.alpha_end)
        threshold("log_M", self.log_M, least=0.0, strict=True)
        in_range("p", self.p, 0, 1, open_ends=True)
        count("steps", self.steps)

    @property
    def a(self) -> np.ndarray:
        """Shortfall on the common prompt, nats, shape (steps + 1,)."""
        return np.linspace(self.alpha, self.alpha_end, self.steps + 1)

    @property
    def b(self) -> np.ndarray:
        """Shortfall on the rare prompt, nats, shape (steps + 1,)."""
        return np.linspace(0.0, self.log_M, self.steps + 1)

    @property
    def log_probs(self) -> np.ndarray:
        """Table (steps + 1, 2, 2): checkpoint, prompt (+, -), response (0, 1)."""
        short = np.stack([self.a, self.b], axis=1)
        return math.log(0.5) + np.stack([np.log(2 - np.exp(-short)), -short], axis=2)

    @property
    def p_outcomes(self) -> np.ndarray:
        """Data law of the four outcomes, shape (2, 2)."""
        return np.array([[1 - self.p] * 2, [self.p] * 2]) / 2

    @property
    def kl(self) -> np.ndarray:
        """``KL(pi_D || pi_t)``, nats; the cross-entropy is ``log 2`` more."""
        return (1 - self.p) * coin_divergence(self.a) + self.p * coin_divergence(self.b)

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``Cov_N`` of the checkpoints, shape ``(steps + 1, *N.shape)``; ties count."""
        log_N = np.log(threshold("N", N))
        edge = log_N - tie(log_N)
        ratio = (math.log(0.5) - self.log_probs).reshape(self.steps + 1, 4, *[1] * edge.ndim)
        return np.einsum("kr...,r->k...", ratio >= edge, self.p_outcomes.ravel())

    def count_law(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """``(counts (m, 2, 2), weights (m,))`` of n data, exact but for mass below 1e-12."""
        n = count("n", n)
        reach = 30 + 8 * math.sqrt(n * self.p)
        rare = np.arange(min(n, math.ceil(n * self.p + reach)) + 1)
        rare = rare[binom.pmf(rare, n, self.p) > 1e-15]
        k = np.repeat(rare, rare + 1)
        ones = np.concatenate([np.arange(r + 1) for r in rare])
        weight = binom.pmf(k, n, self.p) * binom.pmf(ones, k, 0.5)
        k, ones, weight = (v[weight > 1e-16] for v in (k, ones, weight))
        half = math.ceil(4 * math.sqrt(n)) + 1  # of n/2: eight standard deviations
        up = np.maximum(0, (n - k) // 2 - half)[:, None] + np.arange(2 * half + 2)
        chance = binom.pmf(up, (n - k)[:, None], 0.5) * weight[:, None]
        keep = chance > 1e-17
        row = np.broadcast_to(np.arange(len(k))[:, None], up.shape)[keep]
        k, ones, up = k[row], ones[row], up[keep]
        return np.stack([n - k - up, up, k - ones, ones], axis=1).reshape(-1, 2, 2), chance[keep]


def random_class(
    rng: np.random.Generator, K: int, R: int, gamma: float | None = None, P: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """A data law and K models on P prompts and R responses: ``(p (P, R) joint, log_probs (K, P, R))``.

    Model 0 is near the data law, within ``gamma`` everywhere if that is given, the second half of the models drop
    responses, the others have log-normal errors of 2 nats.

    Examples
    --------
    >>> p, lp = random_class(np.random.default_rng(0), 4, 3, gamma=1.5, P=2)
    >>> bool(np.abs(np.log(p / p.sum(axis=1, keepdims=True)) - lp[0]).max() <= np.log(1.5))
    True
    """
    K, R, P = count("K", K, least=2), count("R", R, least=2), count("P", P)
    law = rng.dirichlet(np.full(R, 1.0), P) * 0.97 + 0.03 / R
    noise = 2 * rng.standard_normal((K, P, R))
    if gamma is None:
        noise[0] /= 4
    else:
        noise[0] = math.log(float(threshold("gamma", gamma))) / 2 * rng.uniform(-1, 1, (P, R))
    weights = law * np.exp(noise)
    dropped = rng.random((K, P, R)) < 0.4
    dropped[: (K + 1) // 2] = False
    dropped[np.arange(K)[:, None], np.arange(P), rng.integers(R, size=(K, P))] = False
    weights[dropped] = 0.0
    with np.errstate(divide="ignore"):
        return law * rng.dirichlet(np.full(P, 3.0))[:, None], np.log(weights / weights.sum(axis=-1, keepdims=True))

"""Instances of notebook 06: rare prompts, near-deterministic text, and independent signs at every position."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit

from covtheory import binom
from covtheory.certificates.bracket import Bracket
from covtheory.certificates.composition import composition_bracket
from covtheory.coverage.rounding import tie
from covtheory.policies.autoregressive_linear import AutoregressiveLinear
from covtheory.policies.features import TokenFeatures
from covtheory.policies.finite_context import FiniteContextFeatures, last_tokens
from covtheory.validation import count, in_range, threshold


@dataclass(frozen=True)
class RarePrompts:
    """``d`` rare prompts, each with its own coordinate: ``phi(i, y) = B y e_i``, ``y = +-1``; prompt 0 has no features.

    Prompt ``i >= 1`` has mass ``mu``; its ``H`` tokens are independent, ``P(+1) = 1/(1 + e^{-2 B theta_i})``. Over
    the box ``|theta_i| <= 1/sqrt d`` (inside the unit ball) maximum likelihood is one clipped frequency per prompt, so
    that its law is exact. With d = B = 1 this is the instance of Prop 3.2 of arXiv 2510.15020v2.

    Examples
    --------
    >>> instance = RarePrompts(d=4, H=8, B=2.0, mu=0.01, theta_star=0.4)
    >>> instance.half_width, round(instance.inherent_variance, 6)
    (0.5, 0.715591)
    """

    d: int
    H: int
    B: float
    mu: float
    theta_star: float

    def __post_init__(self) -> None:
        count("d", self.d)
        count("H", self.H)
        threshold("B", self.B, least=0.0, strict=True)
        in_range("mu", self.mu, 0.0, 1.0 / self.d)
        in_range("theta_star", self.theta_star, -self.half_width, self.half_width)

    @property
    def half_width(self) -> float:
        """Half the side of the largest box in the unit ball, ``1/sqrt d``."""
        return float(1 / np.sqrt(self.d))

    @property
    def plus(self) -> float:
        """Probability of a plus after a rare prompt."""
        return float(expit(2 * self.B * self.theta_star))

    @property
    def inherent_variance(self) -> float:
        """``sigma_star^2 = d mu H B^2 4 p (1 - p)``."""
        return self.d * self.mu * self.H * self.B**2 * 4 * self.plus * float(expit(-2 * self.B * self.theta_star))

    @property
    def prompt_probs(self) -> np.ndarray:
        """Masses of prompts 0..d."""
        return np.concatenate([[1 - self.d * self.mu], np.full(self.d, self.mu)])

    def features(self) -> TokenFeatures:
        """The feature map, token 0 = minus and 1 = plus."""
        table = np.zeros((self.d + 1, 2, self.d))
        i = np.arange(self.d)
        table[i + 1, 0, i], table[i + 1, 1, i] = -self.B, self.B
        return TokenFeatures(table)

    def policy(self, features: TokenFeatures) -> AutoregressiveLinear:
        """The data law; ``features`` from :meth:`features`, shared with the models it is compared with."""
        return AutoregressiveLinear(np.full(self.d, self.theta_star), features, self.H)

    def token_kl(self, theta: ArrayLike) -> np.ndarray:
        """KL per token of a rare prompt, nats, at the coordinates ``theta``."""
        z, z_star = 2 * self.B * np.asarray(theta, dtype=float), 2 * self.B * self.theta_star
        p = self.plus
        kl = p * (log_expit(z_star) - log_expit(z)) + (1 - p) * (log_expit(-z_star) - log_expit(-z))
        return np.maximum(kl, 0.0)

    def prompt_coverage(self, theta: ArrayLike, N: ArrayLike) -> np.ndarray:
        """``P[ratio >= N | a rare prompt]`` at its coordinate, exact; shapes broadcast; ties count."""
        theta, log_N = np.broadcast_arrays(np.asarray(theta, dtype=float), np.log(threshold("N", N)))
        level = log_N - tie(log_N)
        down = log_expit(-2 * self.B * self.theta_star) - log_expit(-2 * self.B * theta)
        slope = 2 * self.B * (self.theta_star - theta)
        flat = np.abs(slope) < 1e-14
        edge = np.clip((level - self.H * down) / np.where(flat, 1.0, slope), -1.0, self.H + 1.0)
        up = slope > 0  # the ratio grows with the number of pluses, or with that of minuses
        token = np.where(up, self.plus, expit(-2 * self.B * self.theta_star))
        tail = binom.sf(np.where(up, np.ceil(edge), self.H - np.floor(edge)) - 1, self.H, token)
        return np.where(flat, (level <= 0).astype(float), tail)

    def fitted_law(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Exact law of one coordinate of the fit on ``n`` sequences: ``(weight, m, theta_hat)``.

        ``m ~ Bin(n, mu)`` sequences show the prompt; given m the number of pluses is binomial; unseen prompts get
        ``theta_hat = 0`` (least norm). Left out: values more than ``12 sd + 40`` from a mean, mass below 1e-20 by
        Bernstein's inequality.

        Examples
        --------
        >>> weight, m, theta = RarePrompts(1, 4, 1.0, 0.1, 0.5).fitted_law(10)
        >>> round(float(weight.sum()), 12), round(float(weight[m == 0].sum()), 6)
        (1.0, 0.348678)
        """
        n = count("n", n)
        parts = []
        for m, mass in zip(*binom.law(n, self.mu), strict=True):
            pluses, law = binom.law(int(m) * self.H, self.plus)
            with np.errstate(divide="ignore"):
                raw = (np.log(pluses) - np.log(m * self.H - pluses)) / (2 * self.B) if m else np.zeros(1)
            parts.append((mass * law, np.full(len(law), m), np.clip(raw, -self.half_width, self.half_width)))
        weight, m, theta = (np.concatenate(part) for part in zip(*parts, strict=True))
        return weight, m, theta


def pivotal_text(rng: np.random.Generator, k: int, H: int, B: float, pivotal: int) -> AutoregressiveLinear:
    """Text over two tokens that is a fair coin in ``pivotal`` of the ``2^k`` contexts and almost certain in the others.

    The context is the last ``k`` tokens, ``d = 2^k``, ``phi(c, y) = B y e_c``; the other coordinates of theta are
    ``+-0.95 / sqrt(2^k - pivotal)``, so that ``P(the likely token) = 1/(1 + exp(-2 B |theta_c|))``.

    Examples
    --------
    >>> pivotal_text(np.random.default_rng(0), k=3, H=5, B=4.0, pivotal=2)
    AutoregressiveLinear(H=5, V=2, d=8)
    """
    d = 2 ** count("k", k)
    pivotal = count("pivotal", pivotal, least=0)
    if pivotal >= d:
        raise ValueError(f"pivotal: got {pivotal}, expected fewer than the {d} contexts")
    theta = rng.choice([-1.0, 1.0], d) * 0.95 / np.sqrt(d - pivotal)
    theta[rng.permutation(d)[:pivotal]] = 0.0
    table = np.zeros((d, 2, d))
    table[np.arange(d), 0, np.arange(d)], table[np.arange(d), 1, np.arange(d)] = -float(B), float(B)
    return AutoregressiveLinear(theta, FiniteContextFeatures(table, last_tokens(2, k)), H)


@dataclass(frozen=True)
class Signs:
    """Prop I.1: ``d = H``; after prompt "+", ``P(y_h = s_h) = 1/(1 + e^{-2u})`` at position h, the signs ``s`` unknown.

    ``u = B epsilon`` with ``theta = epsilon s`` and ``epsilon sqrt H <= 1``, so ``B >= u sqrt H``. Prompt "-" is
    trivial. Signs are uniform; by symmetry risks are computed at ``s = +1``.

    Examples
    --------
    >>> Signs(H=64, u=0.25).least_B
    2.0
    """

    H: int
    u: float

    def __post_init__(self) -> None:
        count("H", self.H)
        threshold("u", self.u, least=0.0, strict=True)

    @property
    def least_B(self) -> float:
        """Smallest feature bound for which the parameters fit into the unit ball."""
        return float(self.u * np.sqrt(self.H))

    def features(self, B: float) -> FiniteContextFeatures:
        """Contexts: 0 after prompt "-" (prompt 0), then one per position after prompt "+" (prompt 1)."""
        threshold("B", B, least=self.least_B * (1 - 1e-12))
        table = np.zeros((self.H + 1, 2, self.H))
        h = np.arange(self.H)
        table[h + 1, 0, h], table[h + 1, 1, h] = -float(B), float(B)
        following = np.concatenate([[0], np.minimum(h + 2, self.H)])
        return FiniteContextFeatures(table, np.repeat(following[:, None], 2, axis=1), [0, 1])

    def bayes(self, m: int) -> np.ndarray:
        """Coordinates ``B theta_h`` of the Bayes prediction for each number 0..m of pluses seen at a position.

        ``tanh t = tanh(u) tanh(u K)``, ``K`` = pluses minus minuses. As ``|t| <= u`` this improper-looking mixture is a
        member of the class.
        """
        K = 2.0 * np.arange(count("m", m, least=0) + 1) - m
        return np.arctanh(np.tanh(self.u) * np.tanh(self.u * K))

    def token_laws(self, m: int, t: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Joint laws of (pluses seen, next token) at one position: under the truth, and with the model ``t[k]``.

        Their log ratio is the position's log ratio, so the coverage of the product of ``H`` of them is the risk.
        """
        t = np.asarray(t, dtype=float)
        if t.shape != (m + 1,) or not np.isfinite(t).all():
            raise ValueError(f"t: shape {t.shape}, expected ({m + 1},), finite")
        mass = binom.pmf(np.arange(m + 1), m, expit(2 * self.u))
        mass /= mass.sum()
        true = np.outer(mass, expit([2 * self.u, -2 * self.u]))
        model = mass[:, None] * expit(np.stack([2 * t, -2 * t], axis=1))
        return true.ravel(), model.ravel()

    def risk(self, m: int, t: ArrayLike, log_N: ArrayLike, points: int = 2**16) -> Bracket:
        """Certified ``E Cov_N`` after prompt "+" of the rule ``t`` trained on ``m`` sequences that show it.

        Examples
        --------
        >>> bracket = Signs(4, 0.5).risk(0, [0.0], np.log(2))
        >>> bracket.contains(expit(1.0) ** 4)
        True
        """
        return composition_bracket(*self.token_laws(m, t), self.H, log_N, points=points)

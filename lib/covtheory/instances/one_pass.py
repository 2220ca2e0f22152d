"""Where vanilla one-pass SGD loses coverage: it oscillates at large steps and crawls at small ones (notebook 08).

Both instances need an adversarial start and a threshold that the length can reach; both are hypotheses here, not fine
print: the start is an attribute, the largest admissible ``log N`` a property.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, gammaln, log_expit

from covtheory import binom
from covtheory.coverage.rounding import tie
from covtheory.policies.autoregressive_linear import AutoregressiveLinear, log_softmax
from covtheory.policies.features import TokenFeatures
from covtheory.policies.finite_context import inherent_variance
from covtheory.validation import count, in_range, threshold


@dataclass(frozen=True)
class Oscillating:
    """One prompt, three tokens with features ``B v_0, B v_1, B v_-1`` in the plane, nearly all data ``00...0``.

    ``v_0 = (1, 0)``, ``v_+-1 = (alpha, +-sqrt(1 - alpha^2))``, ``alpha = eta_bar/(2 (eta_bar - 1))``, the truth is
    ``theta_star = v_0``. With the step ``eta = eta_bar/(H B)`` one step from ``v_1`` lands, up to an exponentially
    small error, on ``(eta_bar - 1) v_-1``, and the projection puts it on ``v_-1``; and back.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Lemma I.6. Tokens are numbered 0, 1, 2 for ``v_0, v_1, v_-1``.

    Examples
    --------
    >>> bad = Oscillating(eta_bar=8.0, B=60.0, H=64)
    >>> round(bad.alpha, 6), round(bad.step_size, 9), bool(bad.nonzero_sequence < 1e-9)
    (0.571429, 0.002083333, True)
    """

    eta_bar: float
    B: float
    H: int

    def __post_init__(self) -> None:
        threshold("eta_bar", self.eta_bar, least=2.0, strict=True)
        threshold("B", self.B, least=0.0, strict=True)
        count("H", self.H)

    @property
    def alpha(self) -> float:
        """Cosine of the angle between ``v_0`` and ``v_+-1``."""
        return self.eta_bar / (2 * (self.eta_bar - 1))

    @property
    def step_size(self) -> float:
        """The step for which the instance is built."""
        return self.eta_bar / (self.H * self.B)

    @property
    def directions(self) -> np.ndarray:
        """``v_0, v_1, v_-1``, shape (3, 2)."""
        side = np.sqrt(1 - self.alpha**2)
        return np.array([[1.0, 0.0], [self.alpha, side], [self.alpha, -side]])

    @property
    def theta_star(self) -> np.ndarray:
        """The truth, ``v_0``."""
        return self.directions[0]

    @property
    def start(self) -> np.ndarray:
        """The adversarial start, ``v_1``."""
        return self.directions[1]

    @property
    def nonzero_token(self) -> float:
        """Probability that a token of the data is not 0."""
        return float(expit(np.log(2) - self.B * (1 - self.alpha)))

    @property
    def nonzero_sequence(self) -> float:
        """Probability that a sequence of the data is not all zeros."""
        return float(-np.expm1(self.H * np.log1p(-self.nonzero_token)))

    @property
    def inherent_variance(self) -> float:
        """``sigma_star^2`` of the data, exact."""
        features = self.features()
        return inherent_variance(AutoregressiveLinear(self.theta_star, features, self.H))

    def features(self) -> TokenFeatures:
        """The feature map."""
        return TokenFeatures(self.B * self.directions)

    def zero_counts(self) -> np.ndarray:
        """Token counts (1, 3) of the all-zero sequence."""
        return np.array([[self.H, 0, 0]])

    def log_ratios(self, theta: ArrayLike) -> np.ndarray:
        """``log pi_D/pi_theta`` per token value, nats, shape (..., 3)."""
        v = self.B * self.directions
        return log_softmax(v @ self.theta_star) - log_softmax(np.asarray(theta, dtype=float) @ v.T)

    def coverage(self, theta: ArrayLike, log_N: float, most: int = 4) -> np.ndarray:
        """``Cov_N`` counting sequences with at most ``most`` non-zero tokens, shape (...).

        The rest of the data has mass ``P[Bin(H, nonzero_token) > most]``, so this is exact to within that.
        """
        ratio, log_p = self.log_ratios(theta), log_softmax(self.B * self.directions @ self.theta_star)
        total = np.zeros(ratio.shape[:-1])
        for a in range(min(most, self.H) + 1):
            for b in range(min(most, self.H) + 1 - a):
                k = np.array([self.H - a - b, a, b])
                mass = np.exp(gammaln(self.H + 1) - gammaln(k + 1).sum() + k @ log_p)
                total += mass * (ratio @ k >= log_N - tie(log_N))
        return total


@dataclass(frozen=True)
class Crawling:
    """Prompt + has features ``(B_plus y, 0)``, prompt - has ``(0, B y)``, ``y`` in {0, 1}; nearly all data ``11...1``.

    The truth is ``(1/2, 1/2)``, the start ``(r - 1/B_plus, 1/4)`` with ``e^{r B_plus} = H/(4 log N)``: there prompt +
    is not covered, and its gradient is so small that about ``H B/(B_plus^2 log N)`` visits are needed to leave.
    Prompt + has mass ``mu``, chosen so rare that in ``T`` steps these visits do not happen.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Lemma I.7, with tokens {0, 1}.

    Examples
    --------
    >>> slow = Crawling(H=4096, B=2500.0, B_plus=50.0, T=1000, N=16.0)
    >>> round(slow.visits, 2), round(slow.mu, 6), slow.problems()
    (16.98, 0.001061, [])
    """

    H: int
    B: float
    B_plus: float
    T: int
    N: float

    def __post_init__(self) -> None:
        count("H", self.H)
        count("T", self.T)
        threshold("B_plus", self.B_plus, least=0.0, strict=True)
        threshold("B", self.B, least=self.B_plus)
        threshold("N", self.N, strict=True)
        in_range("log_N", self.log_N, 0.0, self.H / 4, open_ends=True)

    @property
    def log_N(self) -> float:
        """Threshold, nats."""
        return float(np.log(self.N))

    @property
    def edge(self) -> float:
        """``r``: below it prompt + is not covered."""
        return float(np.log(self.H / (4 * self.log_N)) / self.B_plus)

    @property
    def start(self) -> np.ndarray:
        """The adversarial start."""
        return np.array([self.edge - 1 / self.B_plus, 0.25])

    @property
    def theta_star(self) -> np.ndarray:
        """The truth."""
        return np.array([0.5, 0.5])

    @property
    def visits(self) -> float:
        """``H B/(32 e B_plus^2 log N)``: visits to prompt + needed at least, for every step up to ``8/(H B)``."""
        return self.H * self.B / (32 * np.e * self.B_plus**2 * self.log_N)

    @property
    def mu(self) -> float:
        """Mass of prompt +."""
        return float(min(1.0, self.visits / (16 * self.T)))

    @property
    def inherent_variance(self) -> float:
        """``sigma_star^2`` of the data, exact."""
        pair = ((self.mu, self.B_plus), (1 - self.mu, self.B))
        return float(sum(m * self.H * b**2 * expit(b / 2) * expit(-b / 2) for m, b in pair))

    def problems(self) -> list[str]:
        """Which conditions of the theorem fail: an empty list if none. Equality holds up to round-off (1e-12)."""
        room, L = 1 + 1e-12, 2 * np.log(32 * self.T * self.H)
        conditions = {"B_plus": self.B_plus * room >= L, "B": self.B_plus**2 <= self.B * room,
                      "sigma_star": self.inherent_variance <= 1}
        return [name for name, fine in conditions.items() if not fine]

    def features(self) -> TokenFeatures:
        """The feature map; prompt 0 is +, prompt 1 is -."""
        table = np.zeros((2, 2, 2))
        table[0, 1, 0], table[1, 1, 1] = self.B_plus, self.B
        return TokenFeatures(table)

    def plus_gradient(self, theta: ArrayLike) -> np.ndarray:
        """First coordinate of the gradient on an all-ones sequence of prompt +, at first coordinate ``theta``."""
        return self.B_plus * self.H * expit(-self.B_plus * np.asarray(theta, dtype=float))

    def ones_log_ratio(self, theta: ArrayLike) -> np.ndarray:
        """``log pi_D/pi_theta`` of the all-ones sequence of prompt +, nats."""
        return self.H * (log_expit(self.B_plus / 2) - log_expit(self.B_plus * np.asarray(theta, dtype=float)))

    def plus_coverage(self, theta: ArrayLike) -> np.ndarray:
        """``P[pi_D/pi >= N | prompt +]``, exact: the ratio falls with the number of zeros while ``theta <= 1/2``."""
        theta = np.asarray(theta, dtype=float)
        if (theta > 0.5).any():
            raise ValueError(f"theta: got {theta.max():.6g}, expected first coordinates at most 1/2")
        zero = log_expit(-self.B_plus / 2) - log_expit(-self.B_plus * theta)
        top, drop = self.ones_log_ratio(theta), self.ones_log_ratio(theta) / self.H - zero
        with np.errstate(divide="ignore", invalid="ignore"):
            zeros = np.floor((top - self.log_N) / drop + 1e-9)
        return np.where(top >= self.log_N, binom.cdf(zeros, self.H, expit(-self.B_plus / 2)), 0.0)

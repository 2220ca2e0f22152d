"""One law, one start, every step: an oscillating and a crawling prompt that share no coordinate (notebook 08)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from covtheory.bounds.one_law import visits_while_crawling
from covtheory.instances.one_pass import Crawling, Oscillating
from covtheory.learners.sgd import project_ball
from covtheory.policies.autoregressive_linear import log_softmax
from covtheory.validation import in_range, threshold


@dataclass(frozen=True)
class OneLaw:
    """Prompt ``o`` of mass ``1 - mu`` oscillates at large steps, prompt ``+`` of mass ``mu`` crawls at small ones.

    ``theta`` is in the product of the unit disc and ``[-1, 1]``, a convex set. Prompt ``o`` has three tokens with
    features ``(B v_0, 0), (B v_1, 0), (B v_-1, 0)``, ``v_+-1 = (4/7, +-sqrt(33)/7)`` whatever the step is; prompt ``+``
    has two with ``(0, 0, 0), (0, 0, B_plus)``. The truth is ``(v_0, 1/2)``: nearly all data are ``00...0`` and
    ``11...1``. The start is ``(v_1, r - 1/B_plus)`` with ``e^{r B_plus} = H/(2 log N)``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Lemmas I.6 and I.7, put into one law here.

    Examples
    --------
    >>> law = OneLaw.for_horizon(H=1024, T=10**4, N=16.0)
    >>> round(law.B_plus, 2), round(law.B, 1), round(law.visits, 1), round(law.mu, 5)
    (39.22, 1537.8, 30.2, 0.00113)
    """

    H: int
    B: float
    B_plus: float
    N: float
    mu: float = 0.5

    def __post_init__(self) -> None:
        threshold("B", self.B, least=threshold("B_plus", self.B_plus, least=0.0, strict=True))
        in_range("mu", self.mu, 0.0, 1.0, open_ends=True)
        threshold("H", self.slow.H)  # building it refuses H, N and log N >= H/4

    @classmethod
    def for_horizon(cls, H: int, T: int, N: float) -> "OneLaw":
        """The least ``B_plus = 2 log(32 T H)`` and ``B = B_plus^2`` of the theorem, ``mu = min{1/2, 3 m/(8 T)}``."""
        wide = 2 * np.log(32 * threshold("T", T) * H)
        visits = visits_while_crawling(H, wide**2, wide, N)
        return cls(H, float(wide**2), float(wide), N, float(min(0.5, 3 * visits / (8 * T))))

    @cached_property
    def loud(self) -> Oscillating:
        """Prompt ``o`` by itself."""
        return Oscillating(8.0, self.B, self.H)

    @cached_property
    def slow(self) -> Crawling:
        """Prompt ``+`` by itself."""
        return Crawling(self.H, self.B, self.B_plus, 1, self.N)

    @property
    def log_N(self) -> float:
        """Threshold, nats."""
        return self.slow.log_N

    @property
    def edge(self) -> float:
        """``r``: third coordinate up to which prompt ``+`` is not covered."""
        return float(np.log(self.H / (2 * self.log_N)) / self.B_plus)

    @property
    def start(self) -> np.ndarray:
        """The one start, shape (3,)."""
        return np.append(self.loud.start, self.edge - 1 / self.B_plus)

    @property
    def visits(self) -> float:
        """Visits to prompt ``+`` needed at every step up to ``9/(4 H B)``."""
        return float(visits_while_crawling(self.H, self.B, self.B_plus, self.N))

    @property
    def inherent_variance(self) -> float:
        """``sigma_star^2`` of the data, exact."""
        plus = self.H * self.B_plus**2 * expit(self.B_plus / 2) * expit(-self.B_plus / 2)
        return (1 - self.mu) * self.loud.inherent_variance + self.mu * float(plus)

    @property
    def zeros(self) -> float:
        """Probability that a response to prompt ``o`` is all zeros."""
        return 1 - self.loud.nonzero_sequence

    @property
    def ones(self) -> float:
        """Probability that a response to prompt ``+`` is all ones."""
        return float(np.exp(-self.H * np.log1p(np.exp(-self.B_plus / 2))))

    def log_ratios(self, theta: np.ndarray) -> np.ndarray:
        """``log pi_D/pi_theta`` of ``00...0`` and of ``11...1``, nats, shape (..., 2)."""
        zeros = self.H * self.loud.log_ratios(theta[..., :2])[..., 0]
        return np.stack([zeros, self.slow.ones_log_ratio(theta[..., 2])], axis=-1)

    def gradient(self, theta: np.ndarray, plus: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Gradients of ``log pi_theta(y|x)``, shape (S, 3), run by run.

        Parameters
        ----------
        theta : ndarray, shape (S, 3)
        plus : ndarray of bool, shape (S,)
            Whether the prompt is ``+``.
        counts : ndarray, shape (S, 3)
            Tokens 0, 1, -1 of the response to ``o``; of the response to ``+`` the second entry counts the ones.
        """
        v = self.loud.directions
        p = np.exp(log_softmax(self.B * theta[:, :2] @ v.T))
        g = np.zeros((len(theta), 3))
        g[:, :2] = np.where(plus[:, None], 0.0, self.B * (counts - self.H * p) @ v)
        g[:, 2] = np.where(plus, self.B_plus * (counts[:, 1] - self.H * expit(self.B_plus * theta[:, 2])), 0.0)
        return g

    def draw(self, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return ``n`` prompts (n,) and token counts (n, 3) as :meth:`gradient` takes them."""
        plus = rng.random(n) < self.mu
        v = self.loud.directions
        counts = rng.multinomial(self.H, np.exp(log_softmax(self.B * v @ v[0])), size=n)
        ones = rng.binomial(self.H, expit(self.B_plus / 2), size=n)
        counts[plus] = np.stack([self.H - ones, ones, 0 * ones], axis=1)[plus]
        return plus, counts

    @staticmethod
    def project(theta: np.ndarray) -> np.ndarray:
        """Nearest points of the parameter set, row by row."""
        return np.concatenate([project_ball(theta[:, :2]), np.clip(theta[:, 2:], -1, 1)], axis=1)

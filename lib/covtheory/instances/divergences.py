"""Instances of notebook 03: Prop 3.2 and the extremal law of the weak converse."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit

from covtheory import binom
from covtheory.bounds.sequences import rare_prompt_mass
from covtheory.coverage.rounding import tie
from covtheory.instances.pair import Pair
from covtheory.validation import count, in_range, threshold


@dataclass(frozen=True)
class RarePrompt:
    """Prop 3.2: prompt 1 has mass ``mu`` and H signs with ``pi_theta(y) prop. to e^(theta y)``; prompt 0 is trivial.

    The model ``theta`` against the data law ``theta_star``; KL in nats.
    """

    mu: float
    H: int
    theta_star: float
    theta: float

    @property
    def kl(self) -> float:
        """``KL(theta_star || theta) = mu H kl(Bernoulli tokens)``, exact."""
        up, down = self._log_ratios
        p = math.exp(float(log_expit(2 * self.theta_star)))
        return self.mu * self.H * (p * up + math.exp(float(log_expit(-2 * self.theta_star))) * down)

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``Cov_N`` from the binomial law of the number of plus signs; ties count."""
        log_N = np.log(threshold("N", N))
        up, down = self._log_ratios
        plus = np.arange(self.H + 1)
        log_ratio = plus * up + (self.H - plus) * down
        mass = binom.pmf(plus, self.H, expit(2 * self.theta_star))
        reached = log_ratio >= (log_N - tie(log_N))[..., None]
        return self.mu * (reached * mass).sum(axis=-1) + (1 - self.mu) * (log_N <= 0)

    @property
    def _log_ratios(self) -> tuple[float, float]:
        return tuple(float(log_expit(z * self.theta_star) - log_expit(z * self.theta)) for z in (2, -2))


def prop_3_2(n: int, H: int, theta_star: float = 1.0, theta: float = 0.0, variant: str = "paper") -> RarePrompt:
    """Instance of Chen et al. 2025, arXiv 2510.15020v2, Prop 3.2, for ``n`` samples; ``theta`` in [-1, 1].

    ``variant``: prompt mass ``1/(2n)`` ("paper") or ``1 - 2^(-1/n)`` ("best"). ``Cov_N <= mu`` for every N > 1 and H.

    Examples
    --------
    >>> instance = prop_3_2(n=10, H=100)
    >>> round(instance.kl, 4), bool((instance.coverage([2, 1e6]) <= instance.mu).all())
    (1.6391, True)
    """
    theta_star, theta = (float(in_range(k, v, -1, 1)) for k, v in (("theta_star", theta_star), ("theta", theta)))
    return RarePrompt(float(rare_prompt_mass(count("n", n), variant)), count("H", H), theta_star, theta)


def weak_converse_pair(C: float, W_max: float, R: int = 1000) -> Pair:
    """Law with ``sup_N Cov_N log N = C`` and largest ratio ``W_max``; KL tends to ``C (1 + log(log W_max / C))``.

    ``R`` responses at geometric log-ratio levels from ``C`` to ``log W_max``; the model's spare mass sits where
    ``pi_D = 0``.

    Examples
    --------
    >>> pair = weak_converse_pair(0.5, np.e, R=4)
    >>> bool(np.isclose(np.max(pair.log_ratio), 1.0))
    True
    """
    log_W = float(np.log(threshold("W_max", W_max, strict=True)))
    C = float(in_range("C", C, 0, log_W, open_ends=True))
    levels = np.geomspace(C, log_W, count("R", R, least=2))
    tail = C / levels
    p = np.append(tail[:-1] - tail[1:], tail[-1])
    q = p * np.exp(-levels)
    return Pair(np.append(p, 0.0) / p.sum(), np.append(q, 1 - q.sum()))

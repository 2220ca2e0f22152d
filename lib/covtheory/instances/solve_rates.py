"""Laws of the probability p that one draw solves a random prompt, with exact coverage and exact fail@k (notebook 21).

``coverage(N) = P[p <= 1/N]``, ``fail(k) = E (1 - p)^k``; both take arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.scaling import power_failures
from covtheory.validation import count, in_range, probabilities, same_shape, threshold


@dataclass(frozen=True)
class PowerTail:
    """``p = u0 U^(1/b)`` on a share ``hard``, else uniform on ``[u0, 1]``: ``Cov_N = hard (u0 N)^-b`` from 1/u0 on.

    Examples
    --------
    >>> law = PowerTail(b=1.0, u0=0.5, hard=0.5)  # the uniform law
    >>> law.coverage([4.0, 4 / 3]).tolist(), round(float(law.fail(3.0)), 12)
    ([0.25, 0.75], 0.25)
    """

    b: float
    u0: float = 1.0
    hard: float = 1.0

    def __post_init__(self):
        threshold("b", self.b, least=0.0, strict=True)
        in_range("u0", self.u0, 1e-12, 1)
        in_range("hard", self.hard, 0, 1)

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``P[p <= 1/N]``."""
        u = 1 / threshold("N", N)
        easy = np.clip((u - self.u0) / (1 - self.u0), 0, 1) if self.u0 < 1 else np.zeros(u.shape)
        return self.hard * np.minimum(u / self.u0, 1) ** self.b + (1 - self.hard) * easy

    def fail(self, k: ArrayLike) -> np.ndarray:
        """``E (1 - p)^k``."""
        k = threshold("k", k)
        above = (1 - self.u0) ** k
        return self.hard * (power_failures(self.b, k, self.u0) * self.u0**-self.b + above) + (
            1 - self.hard) * above / (k + 1)

    def sample(self, rng: np.random.Generator, prompts: int) -> np.ndarray:
        """Success probabilities of so many prompts."""
        hard, u = rng.random(prompts) < self.hard, rng.random(prompts)
        return np.where(hard, self.u0 * u ** (1 / self.b), self.u0 + (1 - self.u0) * u)


@dataclass(frozen=True)
class PowerMixture:
    """``Cov_N = sum_i w_i N^-b_i``: the local exponent moves from the mean of the b towards the least of them.

    Examples
    --------
    >>> law = PowerMixture([0.5, 0.5], [1.0, 2.0])
    >>> float(law.coverage(2.0)), round(float(law.fail(1.0)), 12)
    (0.375, 0.416666666667)
    """

    weights: ArrayLike
    exponents: ArrayLike

    def __post_init__(self):
        same_shape(weights=np.asarray(probabilities("weights", self.weights, ndim=1)),
                   exponents=threshold("exponents", self.exponents, least=0.0, strict=True))

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``P[p <= 1/N]``."""
        return threshold("N", N)[..., None] ** -np.asarray(self.exponents, dtype=float) @ np.asarray(self.weights)

    def fail(self, k: ArrayLike) -> np.ndarray:
        """``E (1 - p)^k``."""
        return power_failures(np.asarray(self.exponents), threshold("k", k)[..., None]) @ np.asarray(self.weights)

    def sample(self, rng: np.random.Generator, prompts: int) -> np.ndarray:
        """Success probabilities of so many prompts."""
        b = rng.choice(np.asarray(self.exponents, dtype=float), size=prompts, p=self.weights)
        return rng.random(prompts) ** (1 / b)


@dataclass(frozen=True)
class Staircase:
    """``p = base^-j`` with probability ``(1 - base^-b) base^(-bj)``, j = 0, 1, ...: ``Cov_N`` is a staircase.

    It is ``N^-b`` at the powers of the base and ``base^-b`` times that just behind them: no ``c`` makes
    ``Cov_N ~ c N^-b``, yet fail@k is a straight line to the eye, that of the mean level.

    Examples
    --------
    >>> law = Staircase(b=1.0)
    >>> law.coverage([1.0, 2.0, 3.9, 4.0]).tolist(), law.fail(1.0).round(6).tolist()
    ([1.0, 0.5, 0.25, 0.25], 0.333333)
    """

    b: float
    base: float = 2.0

    def __post_init__(self):
        threshold("b", self.b, least=0.0, strict=True)
        threshold("base", self.base, strict=True)

    @property
    def level(self) -> float:
        """Mean of ``Cov_N N^b`` over log N: fail@k is about this times ``Gamma(1+b) k^-b``."""
        return float((1 - self.base**-self.b) / (self.b * np.log(self.base)))

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``P[p <= 1/N]``; a tie counts within round-off."""
        j = np.ceil(np.log(threshold("N", N)) / np.log(self.base) - 1e-9)
        return self.base ** (-self.b * j)

    def fail(self, k: ArrayLike) -> np.ndarray:
        """``E (1 - p)^k``, up to ``1e-17``: the steps left out weigh less."""
        j = np.arange(1, int(np.ceil(39.2 / (self.b * np.log(self.base)))) + 1)
        with np.errstate(divide="ignore"):
            missed = np.exp(threshold("k", k)[..., None] * np.log1p(-(self.base ** -j.astype(float))))
        return missed @ ((1 - self.base**-self.b) * self.base ** (-self.b * j))


def twin_laws(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Success probabilities and two laws on them whose files of n draws a prompt have exactly the same law.

    ``1 - p_j = cos^2(j pi / (2n + 2))`` for ``j = 0, ..., n + 1``, weighted by ``c_j / (n + 1)`` times two, ``c_j`` one
    half at the ends and one between; the first law keeps the even j, the second the odd. The weights with alternating
    signs are those of a divided difference of order ``n + 1``, which kills every polynomial of degree n: all
    ``E (1 - p)^i p^(n-i)`` agree.

    Returns
    -------
    p, even, odd : ndarray, shape (n + 2,)

    Source: this collection (notebook 21, Theorem 6).

    Examples
    --------
    >>> p, even, odd = twin_laws(1)
    >>> p.round(12).tolist(), even.tolist(), odd.tolist()
    ([0.0, 0.5, 1.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0])
    """
    j = np.arange(count("n", n) + 2)
    weight = np.where((j == 0) | (j == n + 1), 1.0, 2.0) / (n + 1)
    return np.sin(j * np.pi / (2 * n + 2)) ** 2, np.where(j % 2 == 0, weight, 0.0), np.where(j % 2 == 1, weight, 0.0)

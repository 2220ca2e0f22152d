"""The golden-ratio law: expected coverage of maximum likelihood in a Gaussian location family, exactly (notebook 05).

The response is ``z = theta + noise`` in R^d with standard Gaussian noise, the model the sample mean of ``n`` responses.
Its log ratio on a fresh response is ``G_a - G_b``, independent Gamma variables of shape ``d/2`` and rates ``a < b``
with ``a b = n`` and ``b = a + 1``: for ``n = 1`` these are ``1/phi`` and ``phi``, the golden ratio. Least squares at a
prompt of leverage ``h`` obeys the law at ``n = 1/h``, so ``n`` may be any positive number.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, ndtr

from covtheory.validation import count, threshold

_NODES = 96
"""Points of the quadrature for odd d; 96 to 400 of them agree within 1e-13."""

_REACH = 60.0
"""Nats by which the integrand must have fallen where the quadrature stops."""


class Rates(NamedTuple):
    """The two rates, solutions of ``a b = n`` and ``b = a + 1``."""

    a: np.ndarray
    b: np.ndarray


def rates(n: ArrayLike) -> Rates:
    """``a = sqrt(n + 1/4) - 1/2`` and ``b = a + 1``: ``(1/phi, phi)`` for one sample, ``(k, k+1)`` for ``k (k+1)``.

    Source: this collection, notebook 05, golden-ratio law.

    Examples
    --------
    >>> [round(float(v), 6) for v in rates(1)]
    [0.618034, 1.618034]
    >>> [float(v) for v in rates(12)]
    [3.0, 4.0]
    """
    n = threshold("n", n, least=0.0, strict=True)
    b = np.sqrt(n + 0.25) + 0.5
    return Rates(n / b, b)


def expected_coverage(n: ArrayLike, N: ArrayLike, d: int = 2) -> np.ndarray:
    """``E Cov_N = P[G_a - G_b >= log N]`` over data sets of ``n`` samples; ``n`` and ``N`` broadcast.

    For even d a finite sum: ``d/2`` points of a race of two Poisson processes (d = 2: ``b/(a+b) N^-a``). For odd d an
    integral over the squared error, by the trapezoidal rule in its logarithm (relative error about 1e-13 down to
    1e-280).

    Parameters
    ----------
    n : array_like
        Sample sizes, or any positive numbers: one over a leverage, an effective number of visits.
    N : array_like
        Thresholds above one.
    d : int
        Number of parameters, which is the dimension of the response.

    Raises
    ------
    ValueError
        For ``n <= 0``, ``N <= 1`` or a dimension that is no whole number.

    Source: this collection, notebook 05, golden-ratio law.

    Examples
    --------
    >>> round(float(expected_coverage(6, 10.0)), 9)  # a = 2, b = 3: 3/5 of 10^-2
    0.006
    >>> [round(float(v), 6) for v in expected_coverage([1, 2], 4.0, d=1)]
    [0.155458, 0.075529]
    """
    rate, L = rates(n), np.log(threshold("N", N, strict=True))
    if count("d", d) % 2:
        return _integral(np.asarray(n, dtype=float), L, d / 2)
    a, b = rate
    first = b / (a + b)  # the next point of both processes belongs to the one of rate b
    x, half = a * L, d // 2
    failures = first**half  # negative binomial: points of rate a before the half-th of rate b
    at_most = [failures]
    for j in range(1, half):
        failures = failures * (half + j - 1) / j * (1 - first)
        at_most.append(at_most[-1] + failures)
    poisson = np.exp(-x)
    total = poisson * at_most[half - 1]
    for i in range(1, half):
        poisson = poisson * x / i
        total = total + poisson * at_most[half - 1 - i]
    return total


def expected_kl(n: ArrayLike, d: int = 2) -> np.ndarray:
    """``E KL(pi_D || pihat) = (d/2)(1/a - 1/b) = d/(2n)`` nats.

    Source: this collection, notebook 05, golden-ratio law.

    Examples
    --------
    >>> float(expected_kl(10, d=4))
    0.2
    """
    return count("d", d) / (2 * threshold("n", n, least=0.0, strict=True))


def chernoff(n: ArrayLike, N: ArrayLike, d: int = 2) -> np.ndarray:
    """``min over 0 <= t < a of N^-t (1 - t(t+1)/n)^(-d/2)``: at least ``E Cov_N``, in every dimension; at most one.

    The best ``t`` solves ``(log N) (n - t - t^2) = (d/2)(1 + 2t)``, a quadratic equation.

    Source: this collection, notebook 05, golden-ratio law.

    Examples
    --------
    >>> bool(expected_coverage(20, 100.0) < chernoff(20, 100.0) < 1e-6)
    True
    """
    n = threshold("n", n, least=0.0, strict=True)
    L = np.log(threshold("N", N, strict=True))
    k = count("d", d) / (2 * L)
    t = np.maximum(np.sqrt(k**2 + n + 0.25) - k - 0.5, 0.0)  # t^2 + (1 + 2k) t = n - k
    return np.exp(-t * L) * (1 - t * (t + 1) / n) ** (-d / 2)


def _integral(n: np.ndarray, L: np.ndarray, shape: float) -> np.ndarray:
    """``P[l >= L]`` from ``l = N(w/(2n), w/n)`` given ``w``, chi-squared with ``2 shape`` degrees of freedom.

    In ``v = log w`` the integrand is analytic and falls at least like ``exp(shape v - x cosh(v - top))``,
    ``x = L sqrt(n + 1/4)``; the window ends where that has fallen by ``_REACH`` nats (on the left the fall at
    distance ``u`` from the peak is at least ``shape (u - 1 + e^-u) >= shape u^2/(2 + u)``). Beyond ``w = 2 n L`` the
    normal tail is no longer small and only the density falls: from ``top = max(2 n L, 2 shape)`` to ``r top`` by at
    least ``(top/2)(r - 1 - log r) >= (top/2)(sqrt(r) - 1)^2``.
    """
    n, L = (array[..., None] for array in np.broadcast_arrays(n, L))
    x = L * np.sqrt(n + 0.25)
    lean = np.arcsinh(shape / x)
    peak = np.log(L * n / np.sqrt(n + 0.25)) + lean
    wide = (_REACH + np.sqrt(_REACH**2 + 8 * _REACH * shape)) / (2 * shape)
    low = peak - np.minimum(np.arccosh(1 + _REACH / x) + lean, wide)
    high = np.maximum(peak, np.log(2 * shape)) + np.arccosh(1 + _REACH / np.hypot(x, shape))
    top = np.maximum(2 * n * L, 2 * shape)
    high = np.where(high > np.log(top), np.log(top) + 2 * np.log1p(np.sqrt(2 * _REACH / top)), high)
    step = (high - low) / (_NODES - 1)
    v = low + step * np.arange(_NODES)
    w = np.exp(v)
    density = np.exp(shape * v - w / 2 - shape * np.log(2.0) - gammaln(shape))
    return (density * ndtr((w / (2 * n) - L) / np.sqrt(w / n)) * step).sum(axis=-1)

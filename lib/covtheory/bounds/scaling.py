"""How pass@k grows with k, from the tail of the prompts' success probabilities, and back (notebook 21).

``p`` is the probability that one draw solves a random prompt, ``Cov_N = P[p <= 1/N]`` the coverage profile of the
always-right comparator, ``fail@k = E (1 - p)^k = 1 - pass@k``; ``k`` may be real. Integration by parts gives
``fail@k = k int_0^1 (1 - u)^(k-1) Cov_{1/u} du``: every statement here weighs the profile with that kernel.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gamma, poch

from covtheory.validation import in_range, threshold


def power_failures(b: ArrayLike, k: ArrayLike, u0: ArrayLike = 1.0) -> np.ndarray:
    """``k int_0^u0 (1-u)^(k-1) u^b du``: the part below ``p = u0`` of fail@k if ``Cov_N = N^-b``; ``b >= 0, k >= 1``.

    It is ``Gamma(1+b) Gamma(k+1) / Gamma(k+1+b)`` times the regularised incomplete beta function of ``(1+b, k)`` at
    ``u0``; with ``u0 = 1`` it is fail@k of the law ``P[p <= u] = u^b``, and about ``Gamma(1+b) k^-b``.

    Source: this collection (notebook 21, Theorem 1).

    Examples
    --------
    >>> float(power_failures(1.0, 3.0)), float(power_failures(0.0, 2.0, 0.5))  # 1/(k+1) and 1 - (1-u0)^k
    (0.25, 0.75)
    """
    b, k, u0 = threshold("b", b, least=0.0), threshold("k", k), in_range("u0", u0, 0, 1)
    return gamma(1 + b) / poch(k + 1, b) * betainc(1 + b, k, u0)


def failures_upper(c: ArrayLike, b: ArrayLike, k: ArrayLike, u0: ArrayLike = 1.0) -> np.ndarray:
    """Largest fail@k if ``Cov_N <= c N^-b`` for ``N >= 1/u0``: attained.

    With ``v = min(u0, c^(-1/b))``, the point from which the hypothesis says nothing, it is ``c power_failures(b, k, v)
    + (1 - v)^k``. ``c > 0``, ``b > 0``, ``k >= 1``, ``u0`` in (0, 1].

    Source: this collection (notebook 21, Theorem 1).

    Examples
    --------
    >>> float(failures_upper(1.0, 1.0, 3.0))
    0.25
    """
    c, b = threshold("c", c, least=0.0, strict=True), threshold("b", b, least=0.0, strict=True)
    v = np.minimum(_cut(u0), c ** (-1 / b))
    return c * power_failures(b, k, v) + (1 - v) ** threshold("k", k)


def failures_lower(c: ArrayLike, b: ArrayLike, k: ArrayLike, u0: ArrayLike = 1.0) -> np.ndarray:
    """Least fail@k if ``Cov_N >= c N^-b`` for ``N >= 1/u0``: ``c (power_failures + u0^b (1 - u0)^k)``, attained.

    Raises
    ------
    ValueError
        ``c u0^b > 1``: no profile is so large.

    Source: this collection (notebook 21, Theorem 1).

    Examples
    --------
    >>> float(failures_lower(0.5, 1.0, 1.0, 0.5))  # P[p <= u] = u/2 up to 1/2, then 1/4 until all the rest at 1
    0.1875
    """
    c, b, u0 = threshold("c", c, least=0.0), threshold("b", b, least=0.0), _cut(u0)
    level = c * u0**b
    if np.any(level > 1 + 1e-12):
        raise ValueError(f"c: got c u0^b = {np.max(level):.6g}, expected at most 1, a probability")
    return c * power_failures(b, k, u0) + level * (1 - u0) ** threshold("k", k)


def coverage_upper(fail_k: ArrayLike, k: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= fail@k (1 - 1/N)^-k`` for every k, ``N > 1``; attained by prompts at ``p = 1/N`` and at one.

    Source: this collection (notebook 21, Theorem 2).

    Examples
    --------
    >>> float(coverage_upper(0.125, 2.0, 2.0))
    0.5
    """
    N = threshold("N", N, strict=True)
    return in_range("fail_k", fail_k, 0, 1) * np.exp(-threshold("k", k) * np.log1p(-1 / N))


def coverage_lower(fail_k: ArrayLike, k: ArrayLike, fail_j: ArrayLike, j: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N >= (fail@k - a fail@j) / (1 - a)`` with ``a = (1 - 1/N)^(k-j)``, ``0 <= j < k``, ``N > 1``.

    Attained by prompts at zero and at one if ``j > 0``. It is the formula itself and may be negative; ``fail@0 = 1``.

    Raises
    ------
    ValueError
        Unless ``j < k`` and ``fail_k <= fail_j``.

    Source: this collection (notebook 21, Theorem 2).

    Examples
    --------
    >>> float(coverage_lower(0.5, 2.0, 1.0, 0.0, 2.0))
    0.3333333333333333
    """
    N, k, j = threshold("N", N, strict=True), threshold("k", k), threshold("j", j, least=0.0)
    fail_k, fail_j = in_range("fail_k", fail_k, 0, 1), in_range("fail_j", fail_j, 0, 1)
    if np.any(j >= k):
        raise ValueError(f"j: got {np.max(j):g}, expected less than k = {np.min(k):g}")
    if np.any(fail_k > fail_j * (1 + 1e-12)):
        raise ValueError(f"fail_k: got {np.max(fail_k):g}, expected at most fail_j: failures fall with k")
    log_a = (k - j) * np.log1p(-1 / N)
    return (fail_k - np.exp(log_a) * fail_j) / -np.expm1(log_a)


def growth_factor(b: ArrayLike, n: ArrayLike, K: ArrayLike, u0: ArrayLike = 1.0) -> np.ndarray:
    """``power_failures(b, K, u0) / power_failures(b, n, u0)``: what K draws leave of what n draws left, ``K >= n``.

    About ``(n/K)^b``; it decreases in b. If ``Cov_N N^b`` is non-increasing in N from ``1/u0`` on, then the part below
    ``u0`` of fail@K is at most this times that of fail@n; if it is non-decreasing, at least.

    Raises
    ------
    ValueError
        ``K < n``, or a domain of :func:`power_failures`.

    Source: this collection (notebook 21, Theorem 4).

    Examples
    --------
    >>> round(float(growth_factor(1.0, 9.0, 99.0)), 12)
    0.1
    """
    n, K = threshold("n", n), threshold("K", K)
    if np.any(n > K):
        raise ValueError(f"K: got {np.min(K):g}, expected at least n = {np.max(n):g}")
    u0 = _cut(u0)
    return power_failures(b, K, u0) / power_failures(b, n, u0)


def forecast_upper(fail_n: ArrayLike, b: ArrayLike, n: ArrayLike, K: ArrayLike, u0: ArrayLike = 1.0) -> np.ndarray:
    """Largest fail@K given fail@n if ``Cov_N N^b`` is non-increasing in N from ``1/u0`` on; ``K >= n``, ``b >= 0``.

    ``fail@n min(1, growth_factor)``: what lies above ``u0`` falls faster than what lies below.

    Source: this collection (notebook 21, Theorem 4).

    Examples
    --------
    >>> round(float(forecast_upper(0.5, 1.0, 9.0, 99.0)), 12)
    0.05
    """
    return in_range("fail_n", fail_n, 0, 1) * np.minimum(growth_factor(b, n, K, u0), 1.0)


def forecast_lower(fail_n: ArrayLike, b: ArrayLike, n: ArrayLike, K: ArrayLike, u0: ArrayLike = 1.0) -> np.ndarray:
    """Least fail@K given fail@n if ``Cov_N N^b`` is non-decreasing in N from ``1/u0`` on; ``K >= n``, ``b >= 0``.

    The larger of ``growth_factor (fail@n - (1 - u0)^n)``, for at most ``(1 - u0)^n`` of fail@n lies above ``u0``, and
    of ``(fail@n)^(K/n)``, which needs no condition (Jensen's inequality).

    Source: this collection (notebook 21, Theorem 4).

    Examples
    --------
    >>> round(float(forecast_lower(0.5, 1.0, 9.0, 99.0)), 12)
    0.05
    """
    fail_n, n = in_range("fail_n", fail_n, 0, 1), threshold("n", n)
    below = fail_n - (1 - _cut(u0)) ** n
    return np.maximum(growth_factor(b, n, K, u0) * below, fail_n ** (threshold("K", K) / n))


def _cut(u0: ArrayLike) -> np.ndarray:
    u0 = in_range("u0", u0, 0, 1)
    if np.any(u0 <= 0):
        raise ValueError(f"u0: got {np.min(u0):g}, expected a success probability in (0, 1]")
    return u0

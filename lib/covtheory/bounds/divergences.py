"""Coverage from divergences and back (notebook 03).

``P`` is the data law, ``Q`` the model, ``r = P/Q``. ``D_H2 = sum (sqrt p - sqrt q)^2`` is unnormalised, in [0, 2]; the
paper's appendix uses half of it. Every upper bound holds without absolute continuity (``r = inf`` counts for all N)
and is the formula itself: it may exceed one.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, threshold


def kl_price(N: ArrayLike) -> np.ndarray:
    """``g(N) = log N - 1 + 1/N``, the least KL per unit of coverage at ``N >= 1``; accurate near ``N = 1``.

    Source: this collection (the denominator of Prop D.1).

    Examples
    --------
    >>> kl_price([1.0, 1.00001, 4.0])
    array([0.00000000e+00, 4.99993333e-11, 6.36294361e-01])
    """
    return price(log_threshold(N))


def phi_s(s: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``phi_s(N) = 1 - s + s/N - N^(-s)`` for ``s`` in (0, 1), ``N >= 1``; ``phi_s / s`` tends to ``g`` as s -> 0.

    Source: this collection.

    Examples
    --------
    >>> float(phi_s(0.5, 4.0))  # half of (1 - 1/sqrt 4)^2
    0.125
    """
    s, L = in_range("s", s, 0, 1, open_ends=True), log_threshold(N)
    return np.where(np.isinf(L), 1.0 - s, s * price_or_zero(L) - price_or_zero(s * L))


def kl_to_coverage(KL: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= KL / (log N - 1 + 1/N)``, ``N > 1``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.1 (there for N >= 2).

    Examples
    --------
    >>> round(float(kl_to_coverage(0.1, 16)), 6)
    0.054493
    """
    return divergence_argument("KL", KL) / price(log_threshold(N, strict=True))


def kl_to_coverage_simple(KL: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= KL / log(N / e)``, ``N > e``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop 3.1.

    Examples
    --------
    >>> round(float(kl_to_coverage_simple(0.1, 16)), 6)
    0.056415
    """
    return divergence_argument("KL", KL) / (np.log(threshold("N", N, least=math.e, strict=True)) - 1.0)


def hellinger_to_coverage(D_H2: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= D_H2 / (1 - 1/sqrt N)^2``, ``N > 1``, with the unnormalised ``D_H2``.

    Source: this collection (the same inequality as Prop D.4).

    Examples
    --------
    >>> round(float(hellinger_to_coverage(0.1, 16)), 6)
    0.177778
    """
    return in_range("D_H2", D_H2, 0, 2) / np.expm1(-0.5 * log_threshold(N, strict=True)) ** 2


def hellinger_to_coverage_paper(half_D_H2: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= 2 N / (sqrt N - 1)^2 * half_D_H2`` with the paper's ``half_D_H2 = (1/2) sum (sqrt p - sqrt q)^2``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.4.

    Examples
    --------
    >>> round(float(hellinger_to_coverage_paper(0.05, 16)), 6)
    0.177778
    """
    N = threshold("N", N, strict=True)
    return in_range("half_D_H2", half_D_H2, 0, 1) * 2.0 * N / (np.sqrt(N) - 1.0) ** 2


def chernoff_to_coverage(affinity_s: ArrayLike, s: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= (1 - affinity_s) / phi_s(N)`` with ``affinity_s = E_P r^(-s) = sum p^(1-s) q^s``, ``N > 1``.

    Source: this collection (s = 1/2 is the Hellinger bound).

    Examples
    --------
    >>> round(float(chernoff_to_coverage(0.95, 0.5, 16)), 6)
    0.177778
    """
    threshold("N", N, strict=True)
    return (1.0 - in_range("affinity_s", affinity_s, 0, 1)) / phi_s(s, N)


def renyi_to_coverage(D_alpha: ArrayLike, alpha: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= exp((alpha - 1)(D_alpha - log N))`` for the Renyi divergence of order ``alpha > 1``.

    Source: this collection (Markov's inequality for r^(alpha - 1)).

    Examples
    --------
    >>> float(renyi_to_coverage(0.0, 2.0, 4.0))
    0.25
    """
    alpha = threshold("alpha", alpha, least=1.0, strict=True)
    with np.errstate(over="ignore"):
        return np.exp((alpha - 1.0) * (divergence_argument("D_alpha", D_alpha) - np.log(threshold("N", N))))


def chi_squared_to_coverage(chi2: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= (1 + chi2) / N`` with ``chi2 = sum p^2 / q - 1``.

    Source: this collection (Renyi order 2).

    Examples
    --------
    >>> float(chi_squared_to_coverage(1.0, 8))
    0.25
    """
    return (1.0 + divergence_argument("chi2", chi2)) / threshold("N", N)


def tv_to_coverage(TV: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= TV / (1 - 1/N)``, ``N > 1``, with ``TV = (1/2) sum |p - q|``; equality on two-point pairs.

    Source: this collection.

    Examples
    --------
    >>> float(tv_to_coverage(0.375, 4))
    0.5
    """
    return in_range("TV", TV, 0, 1) / -np.expm1(-log_threshold(N, strict=True))


def kl_weak_converse(C: ArrayLike, W_max: ArrayLike) -> np.ndarray:
    """``KL <= C (1 + log(log W_max / C))`` with ``C = sup_N Cov_N log N`` and ``W_max = sup r``.

    Raises
    ------
    ValueError
        ``C < 0`` or ``C > log W_max`` (impossible: ``Cov_N = 0`` above ``W_max``).

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.3.

    Examples
    --------
    >>> float(kl_weak_converse(0.0, 10.0)), float(kl_weak_converse(1.0, np.e))
    (0.0, 1.0)
    """
    C, log_W = np.broadcast_arrays(divergence_argument("C", C), np.log(threshold("W_max", W_max)))
    bad = log_W * (1 + 1e-12) < C
    if np.any(bad):
        raise ValueError(f"C: got {C[bad][0]:.6g}, expected C <= log W_max = {log_W[bad][0]:.6g}")
    safe = np.where(C > 0, C, 1.0)
    return np.where(C > 0, C * (1.0 + np.log(np.where(C > 0, log_W, 1.0) / safe)), 0.0)


def kl_by_hellinger(D_H2: ArrayLike, V: ArrayLike) -> np.ndarray:
    """``KL <= (2 + log V) D_H2`` when ``r <= V``, unnormalised ``D_H2``.

    Source: Foster & Rakhlin, arXiv 2312.16730v1, Lemma 20.

    Examples
    --------
    >>> float(kl_by_hellinger(0.25, 1.0))
    0.5
    """
    return (2.0 + np.log(threshold("V", V))) * in_range("D_H2", D_H2, 0, 2)


def kl_by_hellinger_sharp(D_H2: ArrayLike, V: ArrayLike) -> np.ndarray:
    """``KL <= K(V) D_H2`` when ``r <= V``, ``K(V) = g(V) / (1 - 1/sqrt V)^2``, ``K(1) = 2``, unnormalised ``D_H2``.

    K increases and is at most ``2 + log V``; two-point pairs of ratio V on a rare event approach equality.

    Source: this collection (notebook 03, Theorem 5).

    Examples
    --------
    >>> round(float(kl_by_hellinger_sharp(1.0, 100.0)), 4), float(kl_by_hellinger_sharp(1.0, 1.0))
    (4.4632, 2.0)
    """
    L = log_threshold(V, name="V")
    with np.errstate(invalid="ignore"):
        K = np.where(L > 0, price(L) / np.expm1(-0.5 * L) ** 2, 2.0)
    return K * in_range("D_H2", D_H2, 0, 2)


def divergence_argument(name: str, values: ArrayLike) -> np.ndarray:
    """Return ``values`` as non-negative floats, possibly infinite."""
    return threshold(name, values, least=0.0)


def log_threshold(N: ArrayLike, *, strict: bool = False, name: str = "N") -> np.ndarray:
    """``log N`` for ``N >= 1`` (``N > 1`` if strict), accurate near one; ``name`` is what the caller calls it."""
    return np.log1p(threshold(name, N, strict=strict) - 1.0)


def price(L: np.ndarray) -> np.ndarray:
    """``L - 1 + exp(-L)``: by its alternating series below 0.1, where the closed form cancels."""
    small = np.minimum(L, 0.1)
    series, term = np.zeros_like(small), np.ones_like(small)
    for k in range(1, 15):
        term = term * -small / k
        series = series + (term if k > 1 else 0.0)
    return np.where(L < 0.1, series, L + np.expm1(-L))


def price_or_zero(L: np.ndarray) -> np.ndarray:
    """``price(L)``, and 0 at infinity, where the caller takes the limit itself."""
    return price(np.where(np.isinf(L), 0.0, L))

"""Trigonometric polynomials just above and just below a one-sided exponential, repeated with period K.

``G(x) = sum_m e^{-lam (x + mK)} 1{x + mK >= 0}`` falls as ``c e^{-lam x}`` on [0, K), ``c = 1/(1 - e^{-lam K})``, and
jumps up by one at the multiples of K. Among trigonometric polynomials ``sum_{|k| < K} a_k e^{2 pi i k x / K}`` there
is one, T, with ``T(j) = G(j)`` for j = 0, ..., K-1 and ``T'(j) = G'(j)`` for j = 1, ..., K-1; and the Fejer kernel F
has ``F(0) = 1`` and double zeros at 1, ..., K-1. Then ``T - F <= G <= T`` everywhere:

``f = T - c e^{-lam x}`` has 2K-1 zeros on [0, K), counted with multiplicity. With one more, Rolle would give
``(e^{lam x} f)'``, that is ``T' + lam T``, 2K-1 zeros in a period: one more than a polynomial of degree below K can
have. So f changes sign nowhere in (0, K), and ``f(K) = 1 > 0``. For ``T - F`` count the zeros on (0, K] in the same
way; there the sign is that of ``(T - F)(0) - c = -1``. On the line this is the extremal pair of Graham and Vaaler
(1981); notebook 18 has the full proof.
"""

import numpy as np
from numpy.typing import ArrayLike

COEFFICIENT = 200
"""Error of a coefficient of the majorant, in units of round-off of its bound."""


def majorant_coefficients(k: ArrayLike, K: int, lam: float) -> np.ndarray:
    """Fourier coefficients of the majorant T at frequencies ``0 <= k < K``; those at ``-k`` are their conjugates.

    Hermite interpolation with nodal functions F and ``sin^2(pi x) cot(pi x / K) / (pi K)``. All differences of nearly
    equal numbers are rewritten, with whole numbers ``K - k`` and ``K - 2k``, so that every factor has a small relative
    error: 3 roundings and one function for sine and cosine of ``pi k / K``, hence at most ``(3 FUNCTION + 12) u`` for
    ``1 - e^{-lam - i angle}`` (real and imaginary part are sums of terms of one sign) and ``(7 FUNCTION + 40) u`` for
    ``slopes``. As ``lam e^{-lam} <= 1 - e^{-lam}``, and four roundings of lam change a coefficient by less than
    ``12u``, the error is below ``COEFFICIENT u`` times :func:`coefficient_bound`.

    Examples
    --------
    >>> majorant_coefficients([0, 1], 2, 0.5).round(4)
    array([1.2707+0.j    , 0.1556-0.0764j])
    """
    k = np.asarray(k, dtype=float)
    half, cosine = _half_angle(k, K), np.sin(np.pi * (K - 2 * k) / (2 * K))
    decay, loss, sine = np.exp(-lam), -np.expm1(-lam), 2 * half * cosine
    denominator = loss + 2 * decay * half**2 + 1j * decay * sine  # 1 - e^{-lam - i angle}
    turn = 2 * half**2 + 1j * sine  # 1 - e^{-i angle}
    values = (K - k) / K / denominator
    slopes = np.where(k > 0, lam * decay * turn / (loss * denominator), 0.0)
    return (values + slopes / (2j * np.pi)) / K


def coefficient_bound(k: ArrayLike, K: int, lam: float) -> np.ndarray:
    """Upper bound of the modulus of :func:`majorant_coefficients`: ``(1 + 1/pi) / (K |1 - e^{-lam - 2 pi i k / K}|)``.

    Examples
    --------
    >>> bool(np.all(np.abs(majorant_coefficients(range(9), 9, 0.3)) <= coefficient_bound(range(9), 9, 0.3)))
    True
    """
    half = _half_angle(np.asarray(k, dtype=float), K)
    return (1 + 1 / np.pi) / (K * np.sqrt(np.expm1(-lam) ** 2 + 4 * np.exp(-lam) * half**2))


def fejer_coefficients(k: ArrayLike, K: int) -> np.ndarray:
    """Fourier coefficients of the Fejer kernel F with ``F(0) = 1``.

    Examples
    --------
    >>> fejer_coefficients([0, 1], 2)
    array([0.5 , 0.25])
    """
    return (K - np.asarray(k, dtype=float)) / K / K


def repeated_exponential(x: ArrayLike, K: int, lam: float) -> np.ndarray:
    """The function G between minorant and majorant.

    Examples
    --------
    >>> repeated_exponential([0.0, 1.0], 2, np.log(2)).round(4)
    array([1.3333, 0.6667])
    """
    return np.exp(-lam * np.mod(x, K)) / -np.expm1(-lam * K)


def majorant(x: ArrayLike, K: int, lam: float) -> np.ndarray:
    """Values of T.

    Examples
    --------
    >>> majorant([0.0, 1.0], 2, np.log(2)).round(4)
    array([1.3333, 0.6667])
    """
    return _series(x, majorant_coefficients(np.arange(K), K, lam))


def minorant(x: ArrayLike, K: int, lam: float) -> np.ndarray:
    """Values of ``T - F``.

    Examples
    --------
    >>> minorant([0.0, 1.0], 2, np.log(2)).round(4)
    array([0.3333, 0.6667])
    """
    return _series(x, majorant_coefficients(np.arange(K), K, lam) - fejer_coefficients(np.arange(K), K))


def _half_angle(k: np.ndarray, K: int) -> np.ndarray:
    """``sin(pi k / K)`` to full relative accuracy also near ``k = K``."""
    return np.sin(np.pi * np.minimum(k, K - k) / K)


def _series(x: ArrayLike, coefficients: np.ndarray) -> np.ndarray:
    K = len(coefficients)
    waves = np.exp(2j * np.pi * np.multiply.outer(np.asarray(x, dtype=float), np.arange(K)) / K)
    return (waves @ (2 * coefficients)).real - coefficients[0].real

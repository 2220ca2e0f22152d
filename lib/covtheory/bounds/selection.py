"""Coverage of the model that a tournament selects, with every constant (notebook 11)."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from covtheory.validation import count, in_range, threshold

OFFSET_CONSTANTS = 7.0, 0.7, 14 / 3
"""Constants of :func:`offset_general` before E_gamma(pi_D || pi), E_gamma(pi || pi_D) and log(2K/delta)/n."""


def chernoff_slope(c: float = 2.0) -> float:
    """``lambda > 0`` with ``e^lambda - 1 = c lambda``, ``c > 1``: then ``phat <= c p + log(1/delta)/(lambda n)``.

    Source: this collection, notebook 11, Lemma 2.

    Examples
    --------
    >>> round(1 / chernoff_slope(2.0), 4)
    0.7959
    """
    c = float(threshold("c", c, least=1.0, strict=True))
    return float(brentq(lambda v: np.expm1(v) - c * v, np.log(c), 2 * np.log(c) + 2, xtol=1e-15))


def chernoff_slope_below(c: float = 2.0) -> float:
    """``lambda`` in (0, 1) with ``1 - e^(-c lambda) = lambda``: then ``p <= c phat + log(1/delta)/(lambda n)``.

    Source: this collection, notebook 11, Lemma 2.

    Examples
    --------
    >>> round(1 / chernoff_slope_below(2.0), 4)
    1.255
    """
    c = float(threshold("c", c, least=1.0, strict=True))
    return float(brentq(lambda v: -np.expm1(-c * v) - v, np.log(c) / c, 1.0, xtol=1e-15))


def tournament_population(best: ArrayLike, N: ArrayLike, N_prime: ArrayLike) -> np.ndarray:
    """``Cov_{N N'}(pihat) <= 2 min_pi Cov_{N'}(pi) + N'/N`` for the tournament with infinitely many data.

    Parameters
    ----------
    best : array_like
        ``min_pi Cov_{N'}(pi)``.
    N : array_like
        Threshold of the tournament, more than 1.
    N_prime : array_like
        At least 1.

    Source: this collection, notebook 11, Theorem 1.

    Examples
    --------
    >>> float(tournament_population(0.01, 64, 4))
    0.0825
    """
    return 2 * in_range("best", best, 0, 1) + _share(N, N_prime)


def tournament(
    best: ArrayLike, N: ArrayLike, N_prime: ArrayLike, n: ArrayLike, K: int, delta: ArrayLike, c: float = 2.0
) -> np.ndarray:
    """Coverage at ``N N'`` of the tournament's choice among K models, with probability ``1 - delta``; one free ``c``.

    ``(1 + c^2) min Cov_{N'} + c^2 N'/N + (1/b + c/a) log(2K/delta)/n`` with ``a, b`` the two Chernoff slopes at ``c``;
    at ``c = 2``: 5, 4 and 2.847.

    Source: this collection, notebook 11, Theorem 2 (Thm 6.3 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> round(float(tournament(0.0, 64, 1, 1000, 100, 0.05)), 4)
    0.0861
    """
    price = 1 / chernoff_slope_below(c) + c / chernoff_slope(c)
    L = _log_union(2 * count("K", K), delta) / threshold("n", n)
    return (1 + c * c) * in_range("best", best, 0, 1) + c * c * _share(N, N_prime) + price * L


def tournament_bernstein(
    best: ArrayLike, N: ArrayLike, N_prime: ArrayLike, n: ArrayLike, K: int, delta: ArrayLike
) -> np.ndarray:
    """``5 min Cov_{N'} + 4 N'/N + (11/3) log(2K/delta)/n``.

    Source: this collection, notebook 11, Theorem 2 (Thm 6.3 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> round(float(tournament_bernstein(0.0, 64, 1, 1000, 100, 0.05)), 4)
    0.0929
    """
    L = _log_union(2 * count("K", K), delta) / threshold("n", n)
    return 5 * in_range("best", best, 0, 1) + 4 * _share(N, N_prime) + 11 / 3 * L


def tournament_relative(
    best: ArrayLike, N: ArrayLike, N_prime: ArrayLike, n: ArrayLike, K: int, delta: ArrayLike, *, factor: float = 4.0
) -> np.ndarray:
    """``5 min Cov_{N'} + factor N'/N + 32 log(4K/delta)/n``: the constants of the paper's route, ``factor = 4``.

    With ``factor = 1`` it is false (notebook 11, "Break it").

    Source: Chen et al. 2025, arXiv 2510.15020v2, Thm 6.3 with the constants of its proof.

    Examples
    --------
    >>> round(float(tournament_relative(0.0, 64, 1, 10**5, 100, 0.05)), 4)
    0.0654
    """
    L = _log_union(4 * count("K", K), delta) / threshold("n", n)
    return 5 * in_range("best", best, 0, 1) + factor * _share(N, N_prime) + 32 * L


def offset(n: ArrayLike, K: int, delta: ArrayLike) -> np.ndarray:
    """``Cov_{gamma N}(pihat) <= (14/3) log(2K/delta)/n`` if some model is within ``gamma``, ``N >= 8 gamma^2``.

    Source: this collection, notebook 11, Theorem 3 (Thm 6.4 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> round(float(offset(1000, 100, 0.05)), 4)
    0.0387
    """
    return OFFSET_CONSTANTS[2] * _log_union(2 * count("K", K), delta) / threshold("n", n)


def offset_general(above: ArrayLike, below: ArrayLike, n: ArrayLike, K: int, delta: ArrayLike) -> np.ndarray:
    """``Cov_{2 gamma N}(pihat) <= 7 E_gamma(pi_D || pi) + 0.7 E_gamma(pi || pi_D) + (14/3) log(2K/delta)/n``.

    Parameters
    ----------
    above, below : array_like
        ``sum (pi_D - gamma pi)_+`` and ``sum (pi - gamma pi_D)_+`` of one model, averaged over prompts; ``N >= 8
        gamma^2``.

    Source: this collection, notebook 11, Theorem 3 (Thm 6.4' of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> round(float(offset_general(0.01, 0.01, 1000, 100, 0.05)), 4)
    0.1157
    """
    one, two = in_range("above", above, 0, 1), in_range("below", below, 0, 1)
    return OFFSET_CONSTANTS[0] * one + OFFSET_CONSTANTS[1] * two + offset(n, K, delta)


def chance(loss: ArrayLike, floor: ArrayLike, price: float, n: ArrayLike, K: ArrayLike, union: int = 2) -> np.ndarray:
    """The ``delta`` at which ``floor + price log(union K/delta)/n`` equals ``loss``; infinite below the floor.

    Any bound of this module, solved for its failure probability: ``P[Cov > loss] <= chance``.

    Source: this collection, notebook 11.

    Examples
    --------
    >>> round(float(chance(tournament_bernstein(0.1, 64, 1, 50, 3, 0.05), 0.5 + 4 / 64, 11 / 3, 50, 3)), 9)
    0.05
    """
    excess = np.asarray(loss, dtype=float) - np.asarray(floor, dtype=float)
    delta = union * threshold("K", K) * np.exp(-threshold("n", n) * np.maximum(excess, 0) / price)
    return np.where(excess > 0, delta, np.inf)


def _share(N, N_prime):
    return threshold("N_prime", N_prime) / threshold("N", N, strict=True)


def _log_union(size, delta):
    return np.log(size) - np.log(in_range("delta", delta, 0, 1, open_ends=True))

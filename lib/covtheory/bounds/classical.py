"""Classical bounds for maximum likelihood and its rivals (notebook 04); for every estimator: :mod:`.estimators`.

``size`` is the number of models that the union bound runs over: ``|Pi|``, or ``|Pi| - 1`` when the data law is a model
(it cannot lose). ``D_H2`` is unnormalised, in [0, 2]. Every bound is the formula itself and may exceed one.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from covtheory.bounds.divergences import kl_price
from covtheory.validation import alarm, in_range, threshold


def phi_star(N: ArrayLike) -> np.ndarray:
    """``phi*(N) = max_s phi_s(N) = 1 - x + x log x`` with ``x = (1 - 1/N)/log N``, ``N > 1``; increases from 0 to 1.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> (1 / phi_star([16.0, 1000.0, 1e6, np.inf])).round(3)
    array([3.387, 1.737, 1.356, 1.   ])
    """
    return _rate(_one_minus_x(N))


def s_star(N: ArrayLike) -> np.ndarray:
    """The order ``s* = -log x / log N`` in (0, 1) that attains ``phi*(N)``; ``N > 1`` finite.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> float(s_star(16.0).round(4))
    0.3911
    """
    return -np.log1p(-_one_minus_x(N)) / np.log(N)


def mle_hellinger(size: ArrayLike, n: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """``D_H2(pihat) <= 2 log(size/delta)/n`` with probability at least ``1 - delta``.

    Source: this collection, notebook 04 (classical).

    Examples
    --------
    >>> round(float(mle_hellinger(100, 1000, 0.05)), 6)
    0.015202
    """
    return 2 * _cost(size, n, delta)


def mle_hellinger_sharp(size: ArrayLike, n: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """``D_H2(pihat) <= 2 (1 - (delta/size)^(1/n))`` with probability at least ``1 - delta``: never above 2.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> round(float(mle_hellinger_sharp(1, 1, 0.5)), 6)
    1.0
    """
    return -2 * np.expm1(-_cost(size, n, delta))


def mle_hellinger_mean(size: ArrayLike, n: ArrayLike) -> np.ndarray:
    """``E D_H2(pihat) <= 2 (1 + log size)/n``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> float(mle_hellinger_mean(1, 10))
    0.2
    """
    return 2 * _cost(size, n, np.exp(-1.0))


def mle_renyi(size: ArrayLike, n: ArrayLike, delta: ArrayLike, s: ArrayLike) -> np.ndarray:
    """``D_{1-s}(pi_D || pihat) <= log(size/delta)/(s n)`` with probability at least ``1 - delta``, ``s`` in (0, 1).

    Source: this collection, notebook 04.

    Examples
    --------
    >>> bool(np.isclose(mle_renyi(10, 100, 0.1, 0.5), mle_hellinger(10, 100, 0.1)))
    True
    """
    return _cost(size, n, delta) / in_range("s", s, 0, 1, open_ends=True)


def mle_coverage(size: ArrayLike, n: ArrayLike, delta: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N(pihat) <= log(size/delta)/(n phi*(N))`` with probability at least ``1 - delta``, each ``N > 1``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> round(float(mle_coverage(100, 1000, 0.05, 16)), 5)
    0.02575
    """
    return _cost(size, n, delta) / phi_star(N)


def mle_coverage_sharp(size: ArrayLike, n: ArrayLike, delta: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N(pihat) <= (1 - (delta/size)^(1/n))/phi*(N)`` with probability at least ``1 - delta``, each ``N > 1``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> round(float(mle_coverage_sharp(1, 2, 0.25, np.inf)), 6)
    0.5
    """
    return -np.expm1(-_cost(size, n, delta)) / phi_star(N)


def mle_coverage_mean(size: ArrayLike, n: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``E Cov_N(pihat) <= (1 + log size)/(n phi*(N))``, ``N > 1``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> float(mle_coverage_mean(1, 10, np.inf))
    0.1
    """
    return mle_coverage(size, n, np.exp(-1.0), N)


def mle_kl(size: ArrayLike, n: ArrayLike, delta: ArrayLike, W_max: ArrayLike) -> np.ndarray:
    """``KL(pi_D || pihat) <= 2 (2 + log W_max) log(size/delta)/n``: the price ``W_max = sup pi_D/pi`` of KL, nats.

    Source: this collection, notebook 04 (the Hellinger bound and Lemma 20 of Foster & Rakhlin, arXiv 2312.16730v1).

    Examples
    --------
    >>> round(float(mle_kl(100, 1000, 0.05, 1.0)), 6)
    0.030404
    """
    return (2 + np.log(threshold("W_max", W_max))) * mle_hellinger(size, n, delta)


def mle_hellinger_brackets(size: ArrayLike, n: ArrayLike, delta: ArrayLike, eta: ArrayLike) -> np.ndarray:
    """``D_H2(pihat) <= (sqrt(2 log(size/delta)/n + eta) + sqrt(eta))^2`` with probability at least ``1 - delta``.

    ``size`` functions ``u_j`` of total mass at most ``1 + eta`` such that every model lies below one of them on ALL
    outcomes, not only where ``pi_D > 0``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> bool(np.isclose(mle_hellinger_brackets(10, 100, 0.1, 0.0), mle_hellinger(10, 100, 0.1)))
    True
    """
    eta = threshold("eta", eta, least=0.0)
    return (np.sqrt(2 * _cost(size, n, delta) + eta) + np.sqrt(eta)) ** 2


def mle_hellinger_cover(size: ArrayLike, n: ArrayLike, delta: ArrayLike, eps: ArrayLike) -> np.ndarray:
    """``D_H2(pihat) <= 2 (1 - (delta/size)^(1/n) e^(-eps))`` with probability at least ``1 - delta``.

    ``size`` models such that every model is within ``eps`` of one of them in ``|log pi - log pi'|`` wherever
    ``pi_D > 0``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> bool(np.isclose(mle_hellinger_cover(10, 100, 0.1, 0.0), mle_hellinger_sharp(10, 100, 0.1)))
    True
    """
    return -2 * np.expm1(-_cost(size, n, delta) - threshold("eps", eps, least=0.0))


def mixture_coverage(size: ArrayLike, n: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``E Cov_N <= log(size)/(n (log N - 1 + 1/N))`` for the time average of the uniform Bayes mixture, ``N > 1``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> round(float(mixture_coverage(100, 1000, 16)), 5)
    0.00251
    """
    threshold("N", N, strict=True)
    return np.log(threshold("size", size)) / (threshold("n", n) * kl_price(N))


def bernoulli_coverage(n: ArrayLike, delta: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N(pihat) <= log(2/delta)/(n h(1/N))`` for all ``N > 1`` at once, ``h(x) = 1 - x + x log x``.

    Holds with probability at least ``1 - delta`` for the observed frequency of a coin of any bias.

    Source: this collection, notebook 04 (the coin of Chen et al. 2025, arXiv 2510.15020v2, section 3).

    Examples
    --------
    >>> round(float(bernoulli_coverage(100, 0.05, np.inf)), 6)
    0.036889
    """
    N = threshold("N", N, strict=True)
    return _cost(2.0, n, delta) / _rate(np.where(np.isinf(N), 1.0, (np.where(np.isinf(N), 2.0, N) - 1) / N))


def missing_mass_mean(V: ArrayLike, n: ArrayLike) -> np.ndarray:
    """``E[missing mass] <= V/(e n)`` whatever the law on ``V`` symbols.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> round(float(missing_mass_mean(10, 100)), 6)
    0.036788
    """
    return threshold("V", V) / (np.e * threshold("n", n))


def _cost(size: ArrayLike, n: ArrayLike, delta: ArrayLike) -> np.ndarray:
    return (np.log(threshold("size", size)) - np.log(alarm(delta))) / threshold("n", n)


def _rate(d: np.ndarray) -> np.ndarray:
    """``h(x) = 1 - x + x log x`` at ``x = 1 - d``, by its series where ``d`` is small."""
    small = np.minimum(d, 0.05)
    series = sum(small**k / (k * (k - 1)) for k in range(2, 13))
    return np.where(d < 0.05, series, d + xlogy(1 - d, 1 - d))


def _one_minus_x(N: ArrayLike) -> np.ndarray:
    """``1 - (1 - 1/N)/log N = (log N - 1 + 1/N)/log N`` without cancellation near ``N = 1``; 1 at ``N = inf``."""
    N = threshold("N", N, strict=True)
    finite = np.where(np.isinf(N), 2.0, N)
    return np.where(np.isinf(N), 1.0, kl_price(finite) / np.log1p(finite - 1.0))

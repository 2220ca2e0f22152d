"""What coverage says about Best-of-N (notebook 02).

``regret = E_{pi_T} r - E r(BoN_N(pi_hat))`` for a reward ``r`` in [0, 1]; ``cov_M = Cov_M(pi_T || pi_hat)``.
Number of draws ``N >= 1`` and ratio ``M >= 1`` may be real in the formulas.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from covtheory.bounds.divergences import divergence_argument, price
from covtheory.validation import in_range, same_shape, threshold


def bon_average_bound(log_ratio: ArrayLike, prob: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Regret bound ``E_{pi_T} (1 - 1/r)_+^N``, ``r = pi_T / pi_hat``: linear in the coverage profile.

    It is ``E Cov_{1/B}``, ``B`` the least of ``N`` uniform numbers, so it may be averaged over prompts; with equality
    for every N where the ratio is constant at each prompt, and at N = 1 always.

    Parameters
    ----------
    log_ratio, prob : array_like, shape (k,)
        Atoms of the law of ``log r`` under ``pi_T`` (prompts included; ``inf`` where the model is 0), and their masses.
    N : array_like
        Number of draws, at least 1.

    Returns
    -------
    ndarray, shape of N

    Source: this collection (notebook 02, Theorem A).

    Examples
    --------
    >>> bon_average_bound(np.log([2.0, 4.0]), [0.5, 0.5], [1, 2])
    array([0.625  , 0.40625])
    """
    value, mass = np.atleast_1d(np.asarray(log_ratio, dtype=float)), np.atleast_1d(in_range("prob", prob, 0, 1))
    same_shape(log_ratio=value, prob=mass)
    if np.isnan(value).any():
        raise ValueError("log_ratio: got NaN, expected numbers")
    seen = (value > 0) & (mass > 0)
    return _power_of_complement(np.exp(-value[seen]), threshold("N", N)[..., None]) @ mass[seen]


def bon_power_law(C: ArrayLike, a: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Regret bound ``C Gamma(1 + a) Gamma(N + 1) / Gamma(N + 1 + a)`` if ``Cov_u <= C u^(-a)`` for all ``u >= 1``.

    The mean of ``C B^a``, ``B`` the least of ``N`` uniform numbers: at most ``C Gamma(1 + a) N^(-a)``, which it
    approaches. No logarithm of N.

    Source: this collection (notebook 02, Theorem A).

    Examples
    --------
    >>> round(float(bon_power_law(1.0, 1.0, 9)), 12)
    0.1
    """
    C, a = (threshold(name, value, least=0.0) for name, value in (("C", C), ("a", a)))
    N = threshold("N", N)
    return C * np.exp(gammaln(1.0 + a) + gammaln(N + 1.0) - gammaln(N + 1.0 + a))


def bon_by_kl(KL: ArrayLike, log_N: ArrayLike) -> np.ndarray:
    """Regret bound ``KL sup_R (1 - 1/R)^N / g(R)``, ``g(R) = log R - 1 + 1/R``: all that KL promises, up to a little.

    The supremum over ``R > 1`` is where ``(R - 1)^2 / (R g(R)) = N``; for ``N <= 2`` it is at ``R = 1`` (2 at N = 2,
    infinite below). Prompts that are certain of one response have ``KL sup_R (1 - 1/R)^N / log R``.

    Parameters
    ----------
    KL : array_like
        ``KL(pi_T || pi_hat)``, averaged over prompts, nats.
    log_N : array_like
        Natural logarithm of the number of draws (which may be too large for a float).

    Source: this collection (notebook 02, Theorem A).

    Examples
    --------
    >>> float(bon_by_kl(0.5, np.log(2)))
    1.0
    """
    KL, log_N = np.broadcast_arrays(divergence_argument("KL", KL), threshold("log_N", log_N, least=0.0))
    low, high = np.zeros(log_N.shape), log_N + np.log(log_N + 2.0) + 2.0  # of the logarithm of the best R
    for _ in range(60):
        x = (low + high) / 2
        with np.errstate(divide="ignore"):
            up = x + 2.0 * np.log(-np.expm1(-x)) - np.log(price(x)) < log_N
        low, high = np.where(up, x, low), np.where(up, high, x)
    with np.errstate(divide="ignore", invalid="ignore"):
        miss = np.exp(-np.exp(log_N + np.log(-np.log1p(-np.exp(-high))))) / price(high)
    top = np.where(log_N > np.log(2.0), miss, np.where(log_N == np.log(2.0), 2.0, np.inf))
    return np.where(KL > 0, np.where(KL > 0, KL, 1.0) * top, 0.0)


def bon_sufficient(cov_M: ArrayLike, eps: ArrayLike) -> np.ndarray:
    """Regret bound ``Cov_M + eps`` at ``N >= bon_sufficient_budget(M, eps)`` draws.

    Raises
    ------
    ValueError
        ``cov_M`` outside [0, 1/2] (the printed hypothesis) or ``eps`` outside (0, 1).

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.6.

    Examples
    --------
    >>> float(bon_sufficient(0.25, 0.125))
    0.375
    """
    return in_range("cov_M", cov_M, 0, 0.5) + in_range("eps", eps, 0, 1, open_ends=True)


def bon_sufficient_budget(M: ArrayLike, eps: ArrayLike) -> np.ndarray:
    """Number of draws ``ceil(2 M log(1 / eps))`` that Prop D.6 asks for.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.6.

    Examples
    --------
    >>> float(bon_sufficient_budget(10, 0.05))
    60.0
    """
    return np.ceil(-2.0 * threshold("M", M) * np.log(in_range("eps", eps, 0, 1, open_ends=True)))


def bon_sufficient_sharp(cov_M: ArrayLike, M: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Regret bound ``Cov_M + (1 - Cov_M) (1 - 1/M)^N``, for all ``M, N >= 1``, averaged over prompts.

    No condition on ``Cov_M``; ``N >= M log(1/eps)`` makes it at most ``Cov_M + (1 - Cov_M) eps``. It cannot be improved
    as a function of the average coverage: prompts with coverage 0 or 1 approach it.

    Source: this collection (sharpens Chen et al. 2025, arXiv 2510.15020v2, Prop D.6).

    Examples
    --------
    >>> float(bon_sufficient_sharp(0.5, 2, 2))
    0.625
    """
    C = in_range("cov_M", cov_M, 0, 1)
    return C + (1.0 - C) * _power_of_complement(1.0 / threshold("M", M), threshold("N", N))


def bon_sufficient_sharp_budget(cov_M: ArrayLike, M: ArrayLike, target: ArrayLike) -> np.ndarray:
    """Least whole number of draws at which ``bon_sufficient_sharp`` is at most ``target``; ``inf`` if none is.

    Source: this collection (notebook 02).

    Examples
    --------
    >>> bon_sufficient_sharp_budget([0.0, 0.02, 0.05], 10, 0.05)
    array([29., 34., inf])
    """
    C, M = in_range("cov_M", cov_M, 0, 1), threshold("M", M)
    target = in_range("target", target, 0, 1, open_ends=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        draws = np.log((target - C) / (1.0 - C)) / np.log1p(-1.0 / M)
    reached = np.where((target == C) & (M == 1.0), 1.0, np.inf)
    return np.where(target > C, np.maximum(1.0, np.ceil(draws * (1 - 1e-12))), reached)


def bon_sufficient_sharp_per_prompt(cov_M: ArrayLike, M: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Regret bound ``max{C, (1 - (1 - C)/M)^N}`` at one prompt with ``C = Cov_M(x)``; approached for every C.

    Convex in ``C``, so it must not be applied to an average of ``C`` over prompts.

    Source: this collection.

    Examples
    --------
    >>> bon_sufficient_sharp_per_prompt([0.0, 0.5, 0.9], 2, 2)
    array([0.25 , 0.5625, 0.9025])
    """
    C = in_range("cov_M", cov_M, 0, 1)
    return np.maximum(C, _power_of_complement((1.0 - C) / threshold("M", M), threshold("N", N)))


def bon_necessary(cov_2N: ArrayLike) -> np.ndarray:
    """Some binary reward has regret at least ``Cov_{2N} / 2`` with ``N`` draws.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.7.

    Examples
    --------
    >>> float(bon_necessary(0.25))
    0.125
    """
    return 0.5 * in_range("cov_2N", cov_2N, 0, 1)


def bon_necessary_sharp(cov_cN: ArrayLike, c: ArrayLike) -> np.ndarray:
    """Some binary reward has regret at least ``(1 - 1/c) Cov_{cN}`` with ``N`` draws, for every ``c >= 1``.

    The constant is approached by the two-point pair with ratio ``cN`` as its coverage goes to 0.

    Source: this collection (Prop D.7 is c = 2).

    Examples
    --------
    >>> float(bon_necessary_sharp(0.25, 5))
    0.2
    """
    return (1.0 - 1.0 / threshold("c", c)) * in_range("cov_cN", cov_cN, 0, 1)


def bon_necessary_exact(cov_cN: ArrayLike, c: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Some binary reward has regret at least ``C - 1 + (1 - C/(cN))^N``, ``C = Cov_{cN}``; attained for every C.

    At least ``bon_necessary_sharp``; convex in ``C``, hence (Jensen) valid for the average over prompts too.

    Source: this collection.

    Examples
    --------
    >>> float(bon_necessary_exact(1.0, 2, 1))
    0.5
    """
    C, c, N = in_range("cov_cN", cov_cN, 0, 1), threshold("c", c), threshold("N", N)
    with np.errstate(divide="ignore"):
        return C + np.expm1(N * np.log1p(-C / (c * N)))


def coverage_chain_rule(cov_D: ArrayLike, M2: ArrayLike, cov_T: ArrayLike) -> np.ndarray:
    """Bound ``Cov_{M1}(pi_T || pi) <= M2 Cov_{M1/M2}(pi_D || pi) + Cov_{M2}(pi_T || pi_D)``, ``M2 > 0``.

    Parameters
    ----------
    cov_D, cov_T : array_like
        ``Cov_{M1/M2}(pi_D || pi)`` and ``Cov_{M2}(pi_T || pi_D)``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.5.

    Examples
    --------
    >>> float(coverage_chain_rule(0.01, 10, 0.05))
    0.15000000000000002
    """
    return threshold("M2", M2, least=0.0, strict=True) * in_range("cov_D", cov_D, 0, 1) + in_range("cov_T", cov_T, 0, 1)


def _power_of_complement(x: np.ndarray, N: np.ndarray) -> np.ndarray:
    """``(1 - x)^N`` for ``x`` in [0, 1], accurate for small ``x``."""
    with np.errstate(divide="ignore"):
        return np.exp(N * np.log1p(-x))

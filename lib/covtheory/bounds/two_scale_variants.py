"""Relatives of the two-scale theorem: online predictors and convex classes (notebook 19).

Notation of :mod:`covtheory.bounds.two_scale`.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.two_scale import entropy, log_inverse, samples
from covtheory.bounds.two_scale_best import fine_price, largest_event
from covtheory.validation import threshold


def regret_to_coverage(regret: ArrayLike, n: ArrayLike, N: ArrayLike, delta: ArrayLike, *,
                       lam: ArrayLike | None = 10.0) -> np.ndarray:
    """Theorem T3: coverage of online predictors with ``sum_t l_t <= regret``, with probability ``1 - delta``.

    ``lam/(lam - 1)`` times ``largest_event(B, log(2/delta)/n)``, where ``L = log(N/lam) > 1`` and
    ``B = ((1 - 1/L) regret + log(2/delta)) / (n (L - 1 - log L))``.

    Parameters
    ----------
    lam : array_like or None
        The average predictor is bounded, by its share ``1 - 1/lam`` of predictors with ratio ``N/lam``. None: the
        average ``(1/n) sum_t Cov_N(phat_t)`` is, with ``L = log N`` and without the factor.

    Source: this collection, notebook 19, Theorem T3.

    Examples
    --------
    >>> round(float(regret_to_coverage(5.0, 1000, 1e6, 0.05)), 6)
    0.007358
    """
    lam = np.inf if lam is None else threshold("lam", lam, strict=True)
    L = np.log(threshold("N", N)) - np.where(np.isinf(lam), 0.0, np.log(lam))
    if np.any(L <= 1):
        raise ValueError(f"N: got {np.min(N):.6g}, expected N > e lam, and N > e without lam")
    tail, n = np.log(2.0) + log_inverse(delta), samples(n)
    hits = (1 - 1 / L) * threshold("regret", regret, least=0.0) + tail
    return largest_event(hits / (n * fine_price(L)), tail / n) / (1 - 1 / lam)


def convex_class(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                 rho: ArrayLike, eps: ArrayLike = 0.0) -> np.ndarray:
    """Theorem C: for a CONVEX class that contains ``pi_D`` the fine term falls like a power of N.

    ``largest_event(B, log(2 N_inf(rho)/delta)/n)``, where ``M = e^(-2 rho) N > 1`` and
    ``B = min{1/M, (log(2 K_eps/delta)/n + eps)/(M - 1 - log M)}``.

    Source: this collection, notebook 19, Theorem C (well-specified Chen et al. 2025, arXiv 2510.15020v2, Thm E.1).

    Examples
    --------
    >>> round(float(convex_class(1e6, 10_000, 0.05, 32.0, 0.0, rho=3.0)), 6)
    0.000378
    """
    log_M = np.log(threshold("N", N)) - 2 * threshold("rho", rho, least=0.0)
    if np.any(log_M <= 0):
        raise ValueError(f"N: got {np.min(N):.6g}, expected N > e^(2 rho)")
    tail, n = np.log(2.0) + log_inverse(delta), samples(n)
    F = (entropy("log_K", log_K) + tail) / n + threshold("eps", eps, least=0.0)
    hits = np.minimum(np.exp(-log_M), F / (np.expm1(log_M) - log_M))
    return largest_event(hits, (entropy("log_N_inf", log_N_inf) + tail) / n)

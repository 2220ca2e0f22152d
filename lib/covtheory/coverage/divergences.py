"""Divergences as functionals of the log-ratio law: ``P = pi_D``, ``Q`` the model, both averaged over prompts.

Each returns exactly ``inf`` where it is infinite. Sums are arranged so that terms are non-negative and nothing cancels
when the laws are close: with ``t = log r``, ``KL = E_P[t - 1 + exp(-t)] + Q(P = 0)`` since ``E_P[exp(-t)] = Q(P > 0)``.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from covtheory.coverage.log_ratio import LogRatioLaw


def kl(law: LogRatioLaw) -> float:
    """Kullback-Leibler divergence ``KL(P || Q) = E_P[log r]`` in nats.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> law = law_from_pmfs([0.5, 0.5], [0.25, 0.75])
    >>> round(kl(law), 6)
    0.143841
    """
    if law.p_inf > 0:
        return np.inf
    t, p, q = law.finite
    small = np.abs(t) < 0.05
    s = np.where(small, t, 0.0)
    # t - 1 + exp(-t) = t^2/2! - t^3/3! + ...: ten terms leave a relative error below 1e-18 for |t| < 0.05
    series = np.zeros_like(s)
    for k in range(11, 1, -1):
        series = (1.0 - series) * s / k
    return float(np.sum(np.where(small, p * series * s, p * (t - 1.0) + q)) + law.q_only)


def kl_positive_part(law: LogRatioLaw) -> float:
    """``E_P[(log r)_+]`` in nats.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> round(kl_positive_part(law_from_pmfs([0.5, 0.5], [0.25, 0.75])), 6)
    0.346574
    """
    t, p, _ = law.finite
    return np.inf if law.p_inf > 0 else float(np.sum(p * np.maximum(t, 0.0)))


def hellinger_sq(law: LogRatioLaw) -> float:
    """Squared Hellinger distance ``sum (sqrt P - sqrt Q)^2``, unnormalised: range [0, 2].

    Appendix D of the coverage paper uses half of this.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> hellinger_sq(law_from_pmfs([1.0, 0.0], [0.0, 1.0]))
    2.0
    """
    t, p, q = law.finite
    near = np.abs(t) < 1.0
    terms = np.where(near, p * np.expm1(-0.5 * np.where(near, t, 0.0)) ** 2, (np.sqrt(p) - np.sqrt(q)) ** 2)
    return float(terms.sum() + law.p_inf + law.q_only)


def total_variation(law: LogRatioLaw) -> float:
    """Total variation ``sum (P - Q)_+``, range [0, 1] (half the L1 distance).

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> total_variation(law_from_pmfs([0.5, 0.5], [0.25, 0.75]))
    0.25
    """
    t, p, _ = law.finite
    return float(np.sum(p * -np.expm1(-np.maximum(t, 0.0))) + law.p_inf)


def chi_squared(law: LogRatioLaw) -> float:
    """``chi2(P || Q) = sum (P - Q)^2 / Q = E_P[r] - 1``.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> round(chi_squared(law_from_pmfs([0.5, 0.5], [0.25, 0.75])), 12)
    0.333333333333
    """
    if law.p_inf > 0:
        return np.inf
    t, p, q = law.finite
    near = np.abs(t) < 1.0
    with np.errstate(over="ignore", divide="ignore"):
        far = np.exp(np.log(p) + t) - 2.0 * p + q
    return float(np.sum(np.where(near, 4.0 * p * np.sinh(0.5 * np.where(near, t, 0.0)) ** 2, far)) + law.q_only)


def affinity(law: LogRatioLaw, s: float) -> float:
    """``E_P[r^(-s)] = sum P^(1-s) Q^s`` for real ``s``; at ``s = 1/2`` it is ``1 - hellinger_sq / 2``.

    ``r = inf`` contributes nothing for ``s > 0``, its mass for ``s = 0`` and ``inf`` for ``s < 0``.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> round(affinity(law_from_pmfs([0.5, 0.5], [0.25, 0.75]), 1.0), 12)
    1.0
    """
    with np.errstate(over="ignore"):
        return float(np.exp(_log_affinity(law, s)))


def renyi(law: LogRatioLaw, alpha: float) -> float:
    """Renyi divergence ``log(sum P^alpha Q^(1-alpha)) / (alpha - 1)`` in nats, for ``alpha > 0``, ``alpha != 1``.

    Absolute error about ``1e-15 / |alpha - 1|``.

    Raises
    ------
    ValueError
        If ``alpha`` is not positive, or is one (the limit is :func:`kl`).

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> round(renyi(law_from_pmfs([0.5, 0.5], [0.25, 0.75]), 2.0), 6)
    0.287682
    """
    if not 0 < alpha < np.inf or alpha == 1:
        raise ValueError(f"alpha: got {alpha!r}, expected 0 < alpha < inf other than 1 (use kl)")
    return max(0.0, _log_affinity(law, 1.0 - alpha) / (alpha - 1.0))


def f_divergence(
    law: LogRatioLaw, f: Callable[[np.ndarray], np.ndarray], *, f_at_zero: float, slope_at_infinity: float
) -> float:
    """``D_f(P || Q) = sum Q f(P/Q)`` for convex ``f`` with ``f(1) = 0``.

    Off absolute continuity: ``f_at_zero = lim f(r), r -> 0`` is charged on ``Q(P = 0)`` and ``slope_at_infinity =
    lim f(r)/r, r -> inf`` on ``P(Q = 0)``; a zero mass is charged nothing, even at an infinite price.

    Parameters
    ----------
    f : callable
        Vectorised, on positive finite ratios.
    f_at_zero, slope_at_infinity : float
        Limits, possibly ``inf``.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> law = law_from_pmfs([0.5, 0.5], [0.25, 0.75])
    >>> round(f_divergence(law, lambda r: abs(r - 1) / 2, f_at_zero=0.5, slope_at_infinity=0.5), 12)
    0.25
    """
    t, _, q = law.finite
    on = q > 0
    total = float(np.sum(q[on] * f(np.exp(t[on]))))
    for mass, price in ((law.q_only, f_at_zero), (law.p_inf, slope_at_infinity)):
        if mass > 0:
            total += mass * price
    return total


def _log_affinity(law: LogRatioLaw, s: float) -> float:
    t, p, _ = law.finite
    if law.p_inf > 0 and s < 0:
        return np.inf
    if law.p_inf > 0 and s == 0:
        t, p = np.append(t, 0.0), np.append(p, law.p_inf)
    on = p > 0
    return float(logsumexp(-s * t[on], b=p[on])) if on.any() else -np.inf

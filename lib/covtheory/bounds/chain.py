"""Nested events at the price of one: the chain lemma, all thresholds at once, and the area of overfit (notebook 19).

Notation of :mod:`covtheory.bounds.two_scale`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlog1py, xlogy

from covtheory.bounds.two_scale import entropy, log_inverse, samples, training_excess, truncation_level
from covtheory.validation import count, threshold


def chain_crossing(n: int, theta: float, x: float) -> float:
    """Exact ``P[some u in [0,1] has n (1 - e^-theta) u >= theta #{U_i <= u} + x]``, n uniform points; at most ``e^-x``.

    Nothing of the kind happens iff for every k with ``b_k = (x + theta k)/(n (1 - e^-theta)) <= 1`` more than k points
    lie below ``b_k``: a recursion over the walls ``b_k``, in ``O(n^3)``.

    Source: this collection, notebook 19, Lemma 4.

    Examples
    --------
    >>> round(chain_crossing(1, np.log(2.0), 0.25), 12)  # one point, beyond 2 x 0.25
    0.5
    """
    n = count("n", n)
    theta = float(threshold("theta", theta, least=0.0, strict=True))
    x = float(threshold("x", x, least=0.0, strict=True))
    points, below, place = np.arange(n + 1), np.zeros(n + 1), 0.0
    more, left = np.triu(points - points[:, None]), n - points  # from i points below a wall to j below the next
    ways = gammaln(left + 1)[:, None] - gammaln(more + 1) - gammaln(left + 1)
    ways[points < points[:, None]] = -np.inf
    below[0], crossed = 1.0, 0.0
    for k in range(n + 1):
        wall = (x + theta * k) / (-n * np.expm1(-theta))
        if wall > 1:
            break
        step = (wall - place) / (1 - place) if place < 1 else 0.0
        below = below @ np.exp(ways + xlogy(more, step) + xlog1py(left, -step))
        crossed, below[k] = crossed + below[k], 0.0
        place = wall
    return float(crossed)


def all_thresholds(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, radii: ArrayLike,
                   log_sizes: ArrayLike, *, eps: ArrayLike = 0.0, s: ArrayLike = 0.5, theta: ArrayLike = 1.0,
                   kappa: ArrayLike = 0.0) -> np.ndarray:
    """Theorem T2: with probability ``1 - delta``, ``Cov_N(pihat)`` is below this for ALL N at once.

    With J nets, the j-th of radius ``rho_j`` and ``S_j`` points, the least over ``log N - 2 rho_j > m(s)`` of
    ``(theta F/(log N - 2 rho_j - m(s)) + log(2 J S_j/delta)/n)/(1 - e^-theta)``,
    ``F = log(2 K_eps/delta)/(s n) + eps + kappa``.

    Parameters
    ----------
    radii, log_sizes : array_like, shape (J,)
        Radii in sup-log distance, nats, and log numbers of points.

    Raises
    ------
    ValueError
        Unless every N has a net with ``log N - 2 rho_j > m(s)``.

    Source: this collection, notebook 19, Theorem T2.

    Examples
    --------
    >>> round(float(all_thresholds(1e6, 10_000, 0.05, 32.0, [0.5, 2.0], [9.0, 0.0])), 6)
    0.002033
    """
    radii = threshold("radii", np.atleast_1d(radii), least=0.0)
    sizes = entropy("log_sizes", np.broadcast_to(log_sizes, radii.shape))
    room = np.log(threshold("N", N))[..., None] - 2 * radii - truncation_level(s)[..., None]
    if np.any(room.max(axis=-1) <= 0):
        raise ValueError(f"N: got {np.min(N):.6g}, expected log N > 2 rho + m(s) for one of the radii")
    theta = threshold("theta", theta, least=0.0, strict=True)
    log_K = entropy("log_K", log_K)
    F = training_excess(log_K + np.log(2.0), n, delta, eps=eps, s=s) + threshold("kappa", kappa, least=0.0)
    noise = np.asarray(np.log(2.0 * radii.size) + log_inverse(delta))[..., None] + sizes
    fine = (theta * F)[..., None] / np.where(room > 0, room, np.nan)
    return np.nanmin(fine + noise / samples(n)[..., None], axis=-1) / -np.expm1(-theta)


def area(T: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, log_N_inf: ArrayLike, *,
         rho: ArrayLike, eps: ArrayLike = 0.0, s: ArrayLike = 0.5, theta: ArrayLike = 1.0,
         kappa: ArrayLike = 0.0) -> np.ndarray:
    """Theorem A: with probability ``1 - delta``, for ALL T, above ``E (min(l_pihat, T) - m(s) - 2 rho)_+``, nats.

    ``(theta F + (T - m(s) - 2 rho)_+ log(2 N_inf(rho)/delta)/n) / (1 - e^-theta)`` with F as in
    :func:`all_thresholds`: the area under the coverage profile over ``log N`` from ``m(s) + 2 rho`` to T.

    Source: this collection, notebook 19, Theorem A.

    Examples
    --------
    >>> round(float(area(20.0, 10_000, 0.05, 32.0, 0.0, rho=0.5)), 6)
    0.021571
    """
    theta = threshold("theta", theta, least=0.0, strict=True)
    log_K = entropy("log_K", log_K)
    F = training_excess(log_K + np.log(2.0), n, delta, eps=eps, s=s) + threshold("kappa", kappa, least=0.0)
    width = threshold("T", T, least=0.0) - truncation_level(s) - 2 * threshold("rho", rho, least=0.0)
    noise = (entropy("log_N_inf", log_N_inf) + np.log(2.0) + log_inverse(delta)) / samples(n)
    return (theta * F + np.maximum(width, 0.0) * noise) / -np.expm1(-theta)

"""The two-scale theorem with its best constants: nothing to choose but the two covers (notebook 19).

Notation of :mod:`covtheory.bounds.two_scale`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.two_scale import Entropy, best_theta, entropy, log_inverse, samples
from covtheory.validation import threshold


class Scales(NamedTuple):
    """Scales of the net and of the cover, nats, and the bound on the coverage that they give."""

    rho: float
    eps: float
    total: float


def fine_price(L: ArrayLike) -> np.ndarray:
    """``L - 1 - log L = max_s s (L - m(s))``, at ``s = 1 - 1/L``: what ``L > 1`` nats cost the likelihood's overfit.

    Source: this collection, notebook 19, Theorem T1.

    Examples
    --------
    >>> round(float(fine_price(np.log(1e6))), 6)
    10.189719
    """
    L = threshold("L", L, strict=True)
    return L - 1.0 - np.log(L)


def largest_event(hits: ArrayLike, noise: ArrayLike) -> np.ndarray:
    """Root ``v >= hits`` of ``v - hits - hits log(v/hits) = noise``; at most ``B + C + sqrt(C^2 + 2 B C)``.

    Lemma 3 with its best ``theta``: if ``Phat(A) <= hits = B``, a number fixed before the data, then ``P(A) <= v``
    but with probability ``e^(-n noise)``.

    Source: this collection, notebook 19, Theorem T1.

    Examples
    --------
    >>> round(float(largest_event(0.0, 0.25)), 6), round(float(largest_event(0.1, 0.1)), 6)
    (0.25, 0.314619)
    """
    hits, noise = threshold("hits", hits, least=0.0), threshold("noise", noise, least=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        theta = best_theta(np.where(noise > 0, noise / hits, 0.0))
    return np.where(noise > 0, (theta * hits + noise) / -np.expm1(-theta), hits)


def two_scale_best(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                   rho: ArrayLike, eps: ArrayLike = 0.0, kappa: ArrayLike = 0.0) -> np.ndarray:
    """Theorem T1 without constants to choose: ``Cov_N(pihat) <= largest_event(B, C)``, ``C = log(2 N_inf/delta)/n``.

    ``B = (log(2 K_eps/delta)/n + (1 - 1/L)(eps + kappa)) / (L - 1 - log L)`` with ``L = log N - 2 rho > 1``.

    Parameters
    ----------
    log_K, log_N_inf : array_like
        Log sizes of the one-sided cover at ``eps`` and of the net at scale ``rho``.
    rho : array_like
        Scale of the net, nats.
    kappa : array_like
        Excess training log-loss per sample over ``pi_D`` (0 for the exact MLE).

    Source: this collection, notebook 19, Theorem T1 (the form of Chen et al. 2025, arXiv 2510.15020v2, Thm 4.1).

    Examples
    --------
    >>> round(float(two_scale_best(1e6, 10_000, 0.05, 32.0, 0.0, rho=0.5)), 6)
    0.001188
    """
    L = np.log(threshold("N", N)) - 2 * threshold("rho", rho, least=0.0)
    if np.any(L <= 1):
        raise ValueError(f"N: got {np.min(N):.6g}, expected log N > 1 + 2 rho")
    extra = np.log(2.0) + log_inverse(delta)
    slack = threshold("eps", eps, least=0.0) + threshold("kappa", kappa, least=0.0)
    hits = ((entropy("log_K", log_K) + extra) / samples(n) + (1 - 1 / L) * slack) / fine_price(L)
    return largest_event(hits, (entropy("log_N_inf", log_N_inf) + extra) / samples(n))


def one_equation(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                 rho: ArrayLike, eps: ArrayLike = 0.0, kappa: ArrayLike = 0.0) -> np.ndarray:
    """Theorem S, every ``N > 1``: ``Cov_N(pihat) <= p* = min_s (C + s a)/phi_s(e^L)``, ``L = log N - 2 rho > 0``.

    ``C = log(N_inf/delta)/n``, ``a = log_K/n + eps + kappa``, ``phi_s(M) = 1 - s + s/M - M^(-s)``. The best order
    ``s = theta/L`` solves ``L - (1 - e^-L) e^theta = (a/C)(e^theta - 1 - theta)``; each ``theta`` tried gives a bound.

    Parameters
    ----------
    log_K : array_like
        ``log(J/N_inf)`` nats, ``J`` the number of pairs (kernel of the cover at ``eps``, point of the net) in use:
        at most the log size of the cover, and zero if each point of the net goes with one kernel.
    log_N_inf, rho : array_like
        Log size and scale of the net, nats.
    kappa : array_like
        Excess training log-loss per sample over ``pi_D`` (0 for the exact MLE).

    Raises
    ------
    ValueError
        Unless ``log N > 2 rho``.

    Source: this collection, notebook 19, Theorem S.

    Examples
    --------
    >>> round(float(one_equation(1e6, 10_000, 0.05, 32.0, 0.0, rho=0.5)), 6)
    0.000988
    """
    L = np.log(threshold("N", N)) - 2 * threshold("rho", rho, least=0.0)
    if np.any(L <= 0):
        raise ValueError(f"N: got {np.min(N):.6g}, expected log N > 2 rho")
    noise = (entropy("log_N_inf", log_N_inf) + log_inverse(delta)) / samples(n)
    fine = entropy("log_K", log_K) / n + threshold("eps", eps, least=0.0) + threshold("kappa", kappa, least=0.0)
    miss = -np.expm1(-L)
    low, high = np.broadcast_arrays(0.0 * (noise + fine), np.log(L / miss))
    for _ in range(64):
        middle = (low + high) / 2
        rising = noise * (L - miss * np.exp(middle)) > fine * (np.expm1(middle) - middle)
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return (noise + fine * high / L) / (-np.expm1(-high) - high * miss / L)


def best_scales(N: float, n: float, delta: float | None, net: Entropy, cover: Entropy | None = None) -> Scales:
    """The scales ``(rho, eps)`` at which :func:`two_scale_best` is least, on grids fixed before the data.

    Parameters
    ----------
    net, cover : callable
        Vectorised: scale (nats, array) -> log size of a net in sup-log distance; of a one-sided cover (default: the
        net, which is one).

    Source: this collection, notebook 19, Theorem T1.

    Examples
    --------
    >>> best_scales(1e6, 10_000, 0.05, lambda rho: np.full_like(rho, 32.0)).rho < 1e-3
    True
    """
    room = (np.log(threshold("N", N, least=np.e, strict=True)) - 1) / 2
    rho = room * np.concatenate([np.geomspace(1e-4, 0.1, 60, endpoint=False), np.linspace(0.1, 0.99, 90)])[:, None]
    eps = np.concatenate([[0.0], np.geomspace(1e-8, 30.0, 240)])
    costs = np.asarray((net if cover is None else cover)(eps), dtype=float)
    L = np.log(N) - 2 * rho
    j = np.argmin(costs / samples(n) + (1 - 1 / L) * eps, axis=1)  # the event grows with hits
    rho = rho[:, 0]
    total = np.nan_to_num(two_scale_best(N, n, delta, costs[j], net(rho), rho=rho, eps=eps[j]), nan=np.inf)
    i = int(np.argmin(total))
    return Scales(float(rho[i]), float(eps[j[i]]), float(total[i]))

"""The constants ``(s, c, theta, eps)`` at which :func:`covtheory.bounds.two_scale.two_scale` is least (notebook 19)."""

from typing import NamedTuple

import numpy as np

from covtheory.bounds.two_scale import Entropy, best_theta, log_inverse, samples, truncation_level
from covtheory.validation import threshold


class Tuned(NamedTuple):
    """Constants chosen by :func:`tune`, with the two terms they give."""

    s: float
    c: float
    theta: float
    eps: float
    fine: float
    coarse: float

    @property
    def total(self) -> float:
        """The bound on the coverage."""
        return self.fine + self.coarse


def tune(N: float, n: float, delta: float | None, net: Entropy, cover: Entropy | None = None) -> Tuned:
    """Choose ``(s, c, theta, eps)`` of :func:`two_scale` to make the bound small; only valid choices are considered.

    ``s``, ``c``, ``eps`` run over grids restricted to ``(1 - 2c) log N > m(s)``; the best ``theta`` given the rest
    solves ``e^theta - 1 - theta = coarse / fine`` (both before the factors of theta). Any ``N > e`` has valid choices.

    Parameters
    ----------
    net, cover : callable
        Vectorised: scale (nats, array) -> log size of a net in sup-log distance; of a one-sided cover (default: the
        net, which is one).

    Source: this collection, notebook 19, Theorem T1.

    Examples
    --------
    >>> from covtheory.bounds.two_scale import two_scale
    >>> flat = lambda rho: np.full_like(np.asarray(rho, dtype=float), 32.0)
    >>> best = tune(1e6, 10_000, 0.05, flat)
    >>> bool(best.total < two_scale(1e6, 10_000, 0.05, 32.0, 32.0).total)
    True
    """
    cover = net if cover is None else cover
    L, n = float(np.log(threshold("N", N, least=np.e, strict=True))), float(samples(n))
    extra = np.log(2.0) + log_inverse(delta)
    s = np.concatenate([np.geomspace(1e-3, 0.5, 40, endpoint=False), 1 - np.geomspace(0.5, 1e-4, 60)])
    eps = np.concatenate([[0.0], np.geomspace(1e-8, 30.0, 240)])
    K = (np.asarray(cover(eps), dtype=float) + extra)[:, None] / (s * n) + eps[:, None]
    which = np.argmin(K, axis=0)
    F = K[which, np.arange(s.size)]
    c = np.concatenate([np.geomspace(1e-4, 0.1, 60, endpoint=False), np.linspace(0.1, 0.499, 80)])
    room = (1 - 2 * c)[:, None] * L - truncation_level(s)
    fine = np.where(room > 0, F / np.where(room > 0, room, 1.0), np.inf)
    best_s = np.argmin(fine, axis=1)
    fine = fine[np.arange(c.size), best_s]
    coarse = (np.asarray(net(c * L), dtype=float) + extra) / n
    valid = np.isfinite(fine) & np.isfinite(coarse)
    if not valid.any():
        raise ValueError(f"N: no valid constants at N = {float(N):.6g}; the entropies are infinite or N is too near e")
    c, fine, coarse, best_s = c[valid], fine[valid], coarse[valid], best_s[valid]
    theta = best_theta(coarse / fine)
    total = (theta * fine + coarse) / -np.expm1(-theta)
    i = int(np.argmin(total))
    j, scale = best_s[i], -np.expm1(-theta[i])
    return Tuned(float(s[j]), float(c[i]), float(theta[i]), float(eps[which[j]]),
                 float(theta[i] * fine[i] / scale), float(coarse[i] / scale))

"""Classical approximations of the coverage of i.i.d. tokens: normal, Bahadur-Rao, Lugannani-Rice. None is a bound."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import logsumexp, ndtr

from covtheory import validation
from covtheory.coverage.rounding import normalised, token_log_ratios


class TailApproximations(NamedTuple):
    """Three approximations of ``Cov_N`` and the Chernoff bound, at one threshold."""

    normal: float
    bahadur_rao: float
    lugannani_rice: float
    chernoff: float


def tail_approximations(p: ArrayLike, q: ArrayLike, H: int, log_N: float) -> TailApproximations:
    """Approximate ``P[S >= log N]`` for the sum S of ``H`` i.i.d. token log ratios that have no lattice.

    With cumulant function ``Lam`` of a token, saddle point ``Lam'(s) = log N / H`` and rate
    ``I = s log N / H - Lam(s)``: the normal law with the mean and variance of S (Strassen's second order); the Chernoff
    bound ``e^{-HI}`` for s > 0; Bahadur and Rao (1960) divide it by ``s sqrt(2 pi H Lam''(s))``; Lugannani and Rice
    (1980) are ``Q(w) + phi(w) (1/u - 1/w)`` with ``w = sign(s) sqrt(2HI)``, ``u = s sqrt(H Lam''(s))``.

    Parameters
    ----------
    p, q : array_like, shape (V,)
        Token laws with the same support.
    log_N : float
        Strictly between H times the least and the largest token log ratio, and not the mean of S (there ``s = 0``).

    Raises
    ------
    ValueError
        An infinite ratio, or a threshold outside that range.

    Examples
    --------
    >>> found = tail_approximations([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 1000, 40.0)
    >>> found.lugannani_rice < found.chernoff
    True
    """
    p, q = validation.probabilities("p", p, ndim=1), validation.probabilities("q", q, ndim=1)
    validation.same_shape(p=p, q=q)
    p, q = normalised(p), normalised(q)
    H, a = validation.count("H", H), float(log_N) / H
    x, p = token_log_ratios(p, q)[p > 0], p[p > 0]
    if not np.isfinite(x).all():
        raise ValueError("q: zero where p is positive, expected a finite log ratio everywhere")
    if not x.min() < a < x.max():
        raise ValueError(f"log_N: got {log_N!r}, expected a number between {H * x.min():.6g} and {H * x.max():.6g}")

    def tilted(s: float) -> tuple[float, float, float]:
        lam = logsumexp(s * x, b=p)
        w = p * np.exp(s * x - lam)
        mean = w @ x
        return float(lam), float(mean), float(w @ (x - mean) ** 2)

    reach = 1.0
    while not tilted(-reach)[1] < a < tilted(reach)[1]:
        reach *= 2
    s = brentq(lambda s: tilted(s)[1] - a, -reach, reach, xtol=1e-14, rtol=1e-13)
    lam, _, variance = tilted(s)
    _, mean, spread = tilted(0.0)
    rate = max(s * a - lam, 0.0)
    w, u = np.sign(s) * np.sqrt(2 * H * rate), s * np.sqrt(H * variance)
    normal = float(ndtr(-(H * a - H * mean) / np.sqrt(H * spread)))
    chernoff = float(np.exp(-H * rate)) if s > 0 else 1.0
    bahadur_rao = float(np.exp(-H * rate) / (u * np.sqrt(2 * np.pi))) if s > 0 else float("nan")
    rice = float(ndtr(-w) + np.exp(-w * w / 2) / np.sqrt(2 * np.pi) * (1 / u - 1 / w)) if w else float("nan")
    return TailApproximations(normal, bahadur_rao, rice, chernoff)

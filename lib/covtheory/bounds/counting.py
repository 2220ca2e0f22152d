"""Bounds for counting by sampling and back (notebook 15).

Words of ``H`` letters below ``V``. A counter within ``under`` and ``over`` has ``N/under <= Nhat <= over N`` at every
prefix; "within ``r``" is both equal to ``r``, "one-sided" is ``under = 1``.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, share, threshold


def spectral_gap(over: ArrayLike, under: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Gap of the lazy walk is at least ``(1 - cos(pi/(2H)))/(2 over under) >= 1/(2 over under H^2)``.

    Source: this collection (notebook 15, Theorem 1); equality for exact counts when the root branches.

    Examples
    --------
    >>> round(float(spectral_gap(1, 1, 1)), 12)
    0.5
    """
    return np.sin(np.pi / (4 * threshold("H", H))) ** 2 / _product(over, under)


def conductance(over: ArrayLike, under: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Conductance is at least ``1/(2 + 4 over under (H - 1))``; equality for exact counts if a half is possible.

    Source: this collection (notebook 15, Theorem 2).

    Examples
    --------
    >>> float(conductance(1, 1, 3))
    0.1
    """
    return 1 / (2 + 4 * _product(over, under) * (threshold("H", H) - 1))


def solution_mass(over: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Stationary mass of the solutions is at least ``1/(2 over H)``."""
    return 1 / (2 * threshold("over", over) * threshold("H", H))


def steps(over: ArrayLike, under: ArrayLike, H: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Lazy steps after which the law given a solution is within ``delta`` of uniform in total variation.

    ``ceil(2 over under H^2 ln(sqrt(2 over under) over H^1.5/delta))``. Source: notebook 15, Theorem 3.

    Examples
    --------
    >>> float(steps(10, 1, 9, 0.05))
    16350.0
    """
    product, H = _product(over, under), threshold("H", H)
    inside = np.sqrt(2 * product) * threshold("over", over) * H**1.5 / share("delta", delta)
    return np.ceil(2 * product * H**2 * np.log(inside))


def reruns(over: ArrayLike, H: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Runs after which a solution was seen with probability ``1 - delta``: ``ceil(2 over H ln(1/delta)/(1 - delta))``.

    Source: notebook 15, Theorem 3; each run is a solution with probability at least ``(1 - delta)/(2 over H)``.
    """
    delta = in_range("delta", delta, 0, 1, open_ends=True)
    return np.ceil(np.log(1 / delta) / ((1 - delta) * solution_mass(over, H)))


def sampler_distance(V: ArrayLike, H: ArrayLike, eps: ArrayLike) -> np.ndarray:
    """Distance to uniform that the samples of one round of counting may have: ``eps/(8 V H)``."""
    return share("eps", eps) / (8 * threshold("V", V, least=2) * threshold("H", H))


def samples_per_level(V: ArrayLike, H: ArrayLike, eps: ArrayLike) -> np.ndarray:
    """Fresh samples at each prefix for one estimate: ``ceil(51 V H/eps^2)``. Source: notebook 15, Theorem 5.

    Examples
    --------
    >>> float(samples_per_level(2, 9, 0.5))
    3672.0
    """
    return np.ceil(51 * threshold("V", V, least=2) * threshold("H", H) / share("eps", eps) ** 2)


def pilot_per_level(V: ArrayLike, H: ArrayLike, failure: ArrayLike = 1 / 12) -> np.ndarray:
    """Pilot samples whose most frequent letter has true share ``1/(2V)`` or more at all prefixes, but for ``failure``.

    ``ceil(10.6 V ln(V H/failure))``. Source: notebook 15, Theorem 5 (Chernoff's inequality).

    Examples
    --------
    >>> float(pilot_per_level(2, 9))
    114.0
    """
    V = threshold("V", V, least=2)
    return np.ceil(10.6 * V * np.log(V * threshold("H", H) / share("failure", failure)))


def repetitions(alpha: ArrayLike) -> np.ndarray:
    """Estimates whose median fails with probability at most ``alpha`` if each fails with at most 1/3.

    ``ceil(18 ln(1/alpha))``, made odd. Source: Hoeffding's inequality.

    Examples
    --------
    >>> float(repetitions(0.05))
    55.0
    """
    k = np.ceil(18 * np.log(1 / in_range("alpha", alpha, 0, 1, open_ends=True)))
    return k + (k % 2 == 0)


def _product(over: ArrayLike, under: ArrayLike) -> np.ndarray:
    return threshold("over", over) * threshold("under", under)

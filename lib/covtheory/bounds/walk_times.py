"""How long the backtracking walk takes for one response, and for one good one (notebook 22).

Uniform error in two one-sided factors, ``V*/under <= Vhat <= over V*`` at partial responses, exact at responses;
average error as in notebook 25, Theorem 3. Times are moves of the non-lazy walk unless "lazy" is said.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import share, threshold


def first_response(over: ArrayLike, under: ArrayLike, H: ArrayLike) -> np.ndarray:
    """The exact supremum, over all trees and errors, of the expected moves to the first response.

    ``H + 2 [C(m,2) + C(l,2) + over under m l + over m + l/under]`` with ``m = floor(H/2)`` and ``l = H - 1 - m``:
    on every tree the slowest errors overvalue the first ``m`` levels and undervalue the ``l`` that follow.

    Source: this collection (notebook 22, Theorem 1).

    Examples
    --------
    >>> [float(first_response(1, 1, H)) for H in (1, 2, 5)], float(first_response(3, 2, 3))
    ([1.0, 4.0, 25.0], 22.0)
    """
    over, under, H = threshold("over", over), threshold("under", under), _whole(H)
    m = np.floor(H / 2)
    rest = H - 1 - m
    return H + m * (m - 1) + rest * (rest - 1) + 2 * (over * under * m * rest + over * m + rest / under)


def first_response_average(over: ArrayLike, under: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Expected moves to the first response under average error: at most ``H + 2 over (H-1) (under (H-1) + 1)``.

    ``over`` bounds ``E_{pi_ref} Vhat/Z`` and ``under`` bounds ``E_{pi*}[V*/Vhat]`` at every depth below ``H``; dead
    ends with positive values are allowed. Source: this collection (notebook 22, Theorem 2).
    """
    over, under, H = threshold("over", over), threshold("under", under), threshold("H", H)
    return H + 2 * over * (H - 1) * (under * (H - 1) + 1)


def trace_height(under: ArrayLike, H: ArrayLike) -> np.ndarray:
    """``S = under (H-1) + 1``: the gap of the trace on responses is at least ``1/S``, whatever ``over``.

    ``S`` also bounds the density of the first response relative to the target. Equality in the gap if every value at
    a partial response is ``V*/under`` and the root branches. Source: this collection (notebook 22, Theorem 3).
    """
    return threshold("under", under) * (threshold("H", H) - 1) + 1


def visits(under: ArrayLike, H: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Responses to visit after the first until the law is within ``delta`` of ``pi*`` in total variation.

    ``ceil(S ln(sqrt(S - 1)/(2 delta)))``, at least 0, ``S`` of :func:`trace_height`. Source: notebook 22, Theorem 3.

    Examples
    --------
    >>> float(visits(1, 40, 0.01)), float(visits(1, 1, 0.01))
    (230.0, 0.0)
    """
    S = trace_height(under, H)
    with np.errstate(divide="ignore"):
        return np.maximum(0.0, np.ceil(S * (np.log(np.sqrt(S - 1) / 2) - np.log(share("delta", delta)))))


def moves_to_response(over: ArrayLike, under: ArrayLike, H: ArrayLike, k: ArrayLike) -> np.ndarray:
    """Expected moves from the root until ``k`` responses after the first one were met.

    At most ``c k + under (c-2) (H-1) + c - H - (H-1)(H-2)`` with ``c = 2 (over (H-1) + 1)``, the largest mean number
    of moves between responses in the stationary regime. Equality for exact values, every ``k``.

    Source: this collection (notebook 22, Theorem 3).

    Examples
    --------
    >>> [float(moves_to_response(1, 1, 5, k)) for k in (0, 1, 2)]
    [25.0, 35.0, 45.0]
    """
    H, k = threshold("H", H), threshold("k", k, least=0.0)
    c = 2 * (threshold("over", over) * (H - 1) + 1)
    return c * k + threshold("under", under) * (c - 2) * (H - 1) + c - H - (H - 1) * (H - 2)


def bottleneck_steps(p: ArrayLike, kappa: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Below this ``T`` the walk stopped at a uniform time has not covered the narrow way of a bottleneck tree.

    ``(1-p) kappa^2 (H-1)^2/(8 (1-p+kappa) p^2) - (4 H^2 - 1)/3`` lazy steps, ``p`` the narrow way's share of the
    target: for every smaller ``T`` its response has ``pi*/pihat > 8 H kappa_+``, where ``kappa_+ = 1 - p + kappa``.

    Source: this collection (notebook 22, Theorem 4); ``H`` odd.
    """
    p, kappa, H = share("p", p), threshold("kappa", kappa), _whole(H, least=3.0)
    if (H % 2 == 0).any():
        raise ValueError(f"H: got {H[H % 2 == 0].flat[0]:.6g}, expected odd numbers")
    return (1 - p) * (kappa * (H - 1) / p) ** 2 / (8 * (1 - p + kappa)) - (4 * H**2 - 1) / 3


def _whole(H: ArrayLike, least: float = 1.0) -> np.ndarray:
    H = threshold("H", H, least=least)
    if (H % 1 != 0).any():
        raise ValueError(f"H: got {H[H % 1 != 0].flat[0]:.6g}, expected whole numbers")
    return H

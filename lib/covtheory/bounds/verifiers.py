"""Bounds for value-guided sampling with backtracking (notebooks 14, 25). ``kappa >= 1`` is the factor of the error.

Uniform error: ``V*/kappa <= Vhat <= kappa V*`` at partial responses, exact at responses. One-sided factors ``r_+`` and
``r_-`` (``V*/r_- <= Vhat <= r_+ V*``) may replace the square: where only ``kappa^2`` occurs put ``sqrt(r_+ r_-)``.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import count, in_range, share, threshold


def spectral_gap(kappa: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Gap of the lazy walk is at least ``(1 - cos(pi/(2H)))/(2 kappa^2) >= 1/(2 kappa^2 H^2)``.

    Source: this collection (notebook 14, Theorem 3); equality at ``kappa = 1`` when the root branches.

    Examples
    --------
    >>> round(float(spectral_gap(1.0, 1)), 12)
    0.5
    """
    return np.sin(np.pi / (4 * threshold("H", H))) ** 2 / threshold("kappa", kappa) ** 2


def leaf_mass(kappa: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Stationary mass of the responses is at least ``1/(2 kappa H)``; equality for exact values."""
    return 1 / (2 * threshold("kappa", kappa) * threshold("H", H))


def steps_total_variation(kappa: ArrayLike, H: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """``T`` after which the output given a response is within ``delta`` of ``pi*`` in total variation.

    ``ceil(2 kappa^2 H^2 ln(sqrt(2) kappa^2 H^1.5/delta))``. Source: notebook 14, Theorem 4.

    Examples
    --------
    >>> float(steps_total_variation(2.0, 8, 0.01))
    4843.0
    """
    kappa, H = threshold("kappa", kappa), threshold("H", H)
    return np.ceil(2 * (kappa * H) ** 2 * (np.log(np.sqrt(2) * kappa**2 * H**1.5) - np.log(share("delta", delta))))


def steps_kl(kappa: ArrayLike, H: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """``T`` after which KL(output given a response || ``pi*``) is at most ``delta`` nats.

    ``ceil(kappa^2 H^2 ln(16 kappa^3 H^2/delta))``. Source: notebook 14, Theorem 4.
    """
    kappa, H = threshold("kappa", kappa), threshold("H", H)
    return np.ceil((kappa * H) ** 2 * (np.log(16 * kappa**3 * H**2) - np.log(share("delta", delta))))


def cost_per_response(kappa: ArrayLike, H: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Expected lazy steps for one response: ``2 kappa H T/(1 - delta)``, rerunning ``T`` steps until a response."""
    return steps_total_variation(kappa, H, delta) / (leaf_mass(kappa, H) * (1 - share("delta", delta)))


def hitting_time(kappa: ArrayLike, H: ArrayLike) -> np.ndarray:
    """Expected non-lazy steps to the first response: at most ``H + 2 kappa (H-1) + kappa^2 (H-1)(H-2)``.

    Equality for exact values (``H^2``) and at ``H = 2``; :func:`covtheory.bounds.walk_times.first_response` is the
    supremum. Source: notebook 14, Theorem 4.
    """
    kappa, H = threshold("kappa", kappa), threshold("H", H)
    return H + kappa * (H - 1) * (2 + kappa * (H - 2))


def average_error_steps(over: ArrayLike, under: ArrayLike, H: ArrayLike, delta: ArrayLike, *,
                        exact_leaves: bool = True) -> np.ndarray:
    """``T`` of the average-error theorem: ``ceil(64 over under H^2 delta^-2 ln(2 over under H))``.

    144 in place of 64 when the values of responses may be wrong. ``over`` bounds ``E_{pi_ref} Vhat/Z`` and ``under``
    bounds ``E_{pi*}[V*/Vhat]`` at every depth. The theorem speaks of a stopping time uniform on ``0..T-1``.

    Source: this collection (notebook 25, Theorem 3).
    """
    square = threshold("over", over) * threshold("under", under)
    H, constant = threshold("H", H), 64 if exact_leaves else 144
    return np.ceil(constant * square * H**2 / share("delta", delta) ** 2 * np.log(2 * square * H))


def average_error_ratio(over: ArrayLike, under: ArrayLike, H: ArrayLike, delta: ArrayLike, *,
                        exact_leaves: bool = True) -> np.ndarray:
    """``pi*/pihat`` is at most this outside ``pi*``-mass ``delta``: ``8 H over``, or ``24 H over under/delta``."""
    over, under, H = threshold("over", over), threshold("under", under), threshold("H", H)
    delta = share("delta", delta)
    return 8 * H * over * np.ones_like(under * delta) if exact_leaves else 24 * H * over * under / delta


def first_leaf_factors(kappa: float, H: int) -> tuple[float, float]:
    """Least and largest possible ``law(y)/pi*(y)`` of the first response under uniform error; sharp.

    The largest is ``(1 + kappa (H-1)) prod_{k=1}^{H-1} (1 + 1/(kappa (1 + kappa (k-1))))^-1``, at most
    ``kappa H g(1/kappa^2)`` with ``g(r) = Gamma(H) Gamma(1+r)/Gamma(H+r)``; the least has ``1/kappa`` for ``kappa``.

    Source: this collection (notebook 25, Theorem 1).

    Examples
    --------
    >>> first_leaf_factors(1.0, 5)
    (1.0, 1.0)
    """
    kappa, H = float(threshold("kappa", kappa)), count("H", H)
    k = np.arange(1, H)
    both = [(1 + r * (H - 1)) * np.exp(-np.log1p(1 / (r * (1 + r * (k - 1)))).sum()) for r in (1 / kappa, kappa)]
    return round_one(both[0]), round_one(both[1])


def last_letter_distance(eps: ArrayLike, H: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Bracket of the total variation of the action-level sampler on the last-letter tree, ``0 < eps <= 1``, ``H >= 2``.

    ``min(1, eps sqrt(H-1))/14`` and ``eps sqrt((H-1)/(1+eps))/4``, which says nothing from one on.
    Source: notebook 14, Theorem 1.

    Examples
    --------
    >>> [round(float(end), 4) for end in last_letter_distance(0.5, 3)]
    [0.0505, 0.1443]
    """
    eps, steps = in_range("eps", eps, 0, 1), threshold("H", H, least=2.0) - 1
    return np.minimum(1, eps * np.sqrt(steps)) / 14, eps * np.sqrt(steps / (1 + eps)) / 4


def round_one(number: float) -> float:
    """Clear round-off next to one."""
    return 1.0 if abs(number - 1) < 1e-14 else float(number)

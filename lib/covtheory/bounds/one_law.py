"""One data law on which every constant step of vanilla SGD fails: lead of the two-cycle, coverage lost (notebook 08).

``v_0 = (1, 0)``, ``v_1`` and ``v_-1`` unit vectors with first coordinate 4/7; ``rho = ||v_0 - v_1|| = sqrt(42)/7``.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import threshold

RHO = np.sqrt(42.0) / 7
"""Distance of ``v_0`` and ``v_1``."""

LEAST_STEP = 49 / (4 * np.sqrt(42.0))
"""``7/(4 rho) = 1.8902``: above it :func:`next_lead` is positive for large ``B``, below it for none."""


def next_lead(eta_bar: ArrayLike, B: ArrayLike, lead: ArrayLike) -> np.ndarray:
    """Lead of token -1 over token 0 after a step ``eta_bar/(H B)``, if token 1 had ``lead`` before; in units of ``B``.

    With ``eps = 3 e^{-B lead}`` and ``R = eta_bar rho (1 - eps)`` it is at least
    ``rho min{1, R - 1} cos(arccos(4/7) + arcsin eps + arcsin(1/R))``; minus one where ``eps >= 1`` or ``R <= 1``,
    where nothing is said. If it is at least ``lead``, the lead is kept for ever, at this and every larger step.

    Source: this collection (notebook 08, Theorem 2).

    Examples
    --------
    >>> float(next_lead(2.25, 83.0, 0.09).round(3)), float(next_lead(8.0, 18.0, 0.4).round(3))
    (0.097, 0.42)
    """
    eta_bar = threshold("eta_bar", eta_bar, least=0.0, strict=True)
    B, lead = threshold("B", B, least=0.0, strict=True), threshold("lead", lead, least=0.0, strict=True)
    eps = 3 * np.exp(-B * lead)
    R = eta_bar * RHO * (1 - eps)
    said = (eps < 1) & (R > 1)
    eps, R = np.where(said, eps, 0.0), np.where(said, R, 2.0)
    angle = np.arccos(4 / 7) + np.arcsin(eps) + np.arcsin(1 / R)
    return np.where(said, RHO * np.minimum(1.0, R - 1) * np.cos(angle), -1.0)


def visits_while_crawling(
    H: ArrayLike, B: ArrayLike, B_plus: ArrayLike, N: ArrayLike, eta_bar: ArrayLike = 2.25
) -> np.ndarray:
    """``H B/(2 e eta_bar B_plus^2 log N)``: visits to the crawling prompt needed at steps up to ``eta_bar/(H B)``.

    Source: this collection (notebook 08, Theorem 3); form of Lemma I.7 of arXiv 2510.15020v2.

    Examples
    --------
    >>> round(float(visits_while_crawling(4096, 2500.0, 50.0, 16)), 2)
    120.77
    """
    H, B = threshold("H", H), threshold("B", B, least=0.0, strict=True)
    eta_bar = threshold("eta_bar", eta_bar, least=0.0, strict=True)
    L = np.log(threshold("N", N, strict=True))
    return H * B / (2 * np.e * eta_bar * threshold("B_plus", B_plus, least=0.0, strict=True) ** 2 * L)


def one_law_coverage(H: ArrayLike, T: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N >= (31/32) min{1/2, H/(33 T log N)}`` for all iterates up to ``T``, with probability 1/2, at every step.

    Source: this collection (notebook 08, Theorem 4); Proposition 5.1 of arXiv 2510.15020v2 with the quantifiers
    exchanged: one law for every step.

    Examples
    --------
    >>> float(one_law_coverage(64, 1, 16)), round(float(one_law_coverage(1024, 10**4, 16)), 6)
    (0.484375, 0.001084)
    """
    H, T = threshold("H", H), threshold("T", T)
    return 31 / 32 * np.minimum(0.5, H / (33 * T * np.log(threshold("N", N, strict=True))))

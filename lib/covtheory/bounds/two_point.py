"""Sharp inversion of any f-divergence: the largest coverage that a divergence allows (notebook 03).

With ``a = Cov_N`` and ``A = {r >= N}`` the model has ``Q(A) <= a/N``, so data processing and monotonicity give
``D_f(P || Q) >= d_f(a || a/N)``; the two-point pair ``P = (a, 1-a), Q = (a/N, 1-a/N)`` has equality for every a.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, threshold

Kind = str | Callable[[np.ndarray], np.ndarray]
NAMES = ("kl", "hellinger", "tv", "chi2")
ROUNDING = 64 * np.finfo(float).eps
"""Allowance for round-off in a two-point divergence, relative to the sum of the absolute values of its terms."""


def binary_divergence(kind: Kind, a: ArrayLike, b: ArrayLike, s: float | None = None) -> np.ndarray:
    """``d_f(a || b)`` between Bernoulli laws.

    Parameters
    ----------
    kind : str or callable
        ``"kl"``, ``"hellinger"`` (unnormalised, squared), ``"tv"``, ``"chi2"``, ``"order"`` (``1 - E_P r^(-s)``, needs
        ``s``), or a convex ``f`` with ``f(1) = 0`` that accepts 0, for ``sum q f(p/q)``.
    a, b : array_like
        In [0, 1]. A callable needs ``b`` in (0, 1).

    Examples
    --------
    >>> round(float(binary_divergence("kl", 0.5, 0.25)), 6)
    0.143841
    >>> float(binary_divergence(lambda t: abs(t - 1) / 2, 0.5, 0.25)), float(binary_divergence("tv", 0.5, 0.25))
    (0.25, 0.25)
    """
    a, b = np.broadcast_arrays(in_range("a", a, 0, 1), in_range("b", b, 0, 1))
    first, second = _terms(kind, a, b, s)
    return np.maximum(first + second, 0.0)


def coverage_from_divergence(divergence: ArrayLike, N: ArrayLike, kind: Kind, s: float | None = None) -> np.ndarray:
    """Largest ``a`` in [0, 1] with ``d_f(a || a/N) <= divergence``: the best bound on ``Cov_N`` from ``D_f`` alone.

    Bisection on ``log a`` keeps an upper end whose two-point divergence exceeds ``divergence`` by more than the
    round-off allowance, so the result is rounded up: an upper bound on coverage, within about 1e-12 relative
    (more where ``N - 1`` is tiny).

    Raises
    ------
    ValueError
        Negative divergence, ``N <= 1``, unknown ``kind``.

    Source: this collection.

    Examples
    --------
    >>> D = binary_divergence("kl", 0.3, 0.3 / 16)
    >>> round(float(coverage_from_divergence(D, 16, "kl")), 9)
    0.3
    """
    D, N = np.broadcast_arrays(threshold("divergence", divergence, least=0.0), threshold("N", N, strict=True))
    # floor of log a: keeps a/N above underflow, where a rounded-off 0 would fake an infinite divergence
    lo = np.minimum(np.where(np.isinf(N), 0.0, np.log(np.where(np.isinf(N), 1.0, N))) - 690.0, -1.0)
    hi = np.zeros(D.shape)
    for _ in range(64):
        mid = 0.5 * (lo + hi)
        above = _surely_above(D, np.exp(mid), N, kind, s)
        lo, hi = np.where(above, lo, mid), np.where(above, mid, hi)
    return np.where(D == 0, 0.0, np.where(_surely_above(D, np.ones(D.shape), N, kind, s), np.exp(hi), 1.0))


def _surely_above(D: np.ndarray, a: np.ndarray, N: np.ndarray, kind: Kind, s: float | None) -> np.ndarray:
    first, second = _terms(kind, a, a / N, s)
    total = first + second
    margin = np.where(np.isinf(total), 0.0, ROUNDING * (np.abs(first) + np.abs(second) + a))
    return total - margin > D


def _terms(kind: Kind, a: np.ndarray, b: np.ndarray, s: float | None) -> tuple[np.ndarray, np.ndarray]:
    """The two cells' contributions, each written to avoid cancellation when ``a`` and ``b`` are small."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if callable(kind):
            if np.any((b <= 0) | (b >= 1)):
                raise ValueError("b: a callable f needs b strictly between 0 and 1")
            return b * kind(a / b), (1 - b) * kind((1 - a) / (1 - b))
        log_ratio, log_rest = np.log(a) - np.log(b), np.log1p(-a) - np.log1p(-b)
        if kind == "kl":
            return np.where(a > 0, a * log_ratio, 0.0), np.where(a < 1, (1 - a) * log_rest, 0.0)
        if kind == "hellinger":
            rest = np.sqrt(1 - a) + np.sqrt(1 - b)
            return (np.sqrt(a) - np.sqrt(b)) ** 2, np.where(rest > 0, (a - b) ** 2 / rest**2, 0.0)
        if kind == "tv":
            return np.abs(a - b), np.zeros_like(a)
        if kind == "chi2":
            square = (a - b) ** 2
            return np.where(square > 0, square / b, 0.0), np.where(square > 0, square / (1 - b), 0.0)
        if kind == "order":
            if s is None:
                raise ValueError("s: got None, expected an order in (0, 1) for kind 'order'")
            s = in_range("s", s, 0, 1, open_ends=True)
            return (
                np.where(a > 0, -a * np.expm1(-s * log_ratio), 0.0),
                np.where(a < 1, -(1 - a) * np.expm1(-s * log_rest), 0.0),
            )
    raise ValueError(f"kind: got {kind!r}, expected one of {(*NAMES, 'order')} or a function f")

"""Certified two-sided bounds on the coverage of a product of many independent tokens, where nothing can be listed.

Certificate. Let ``S`` be the sum of token log ratios and ``P_th`` its exponential tilt, ``p_th ~ p e^{th x}``. Then
``P[S >= t] = e^{Lam(th) - th t} E_th[g(S - t)]`` with ``g(z) = e^{-th z} 1{z >= 0}``. Graham and Vaaler (Trans. AMS
265, 1981) give functions ``G >= g`` and ``G - F <= g`` whose Fourier transforms vanish beyond a frequency ``K / L``;
``F`` is a Fejer kernel. Summed over translates by ``L`` they are trigonometric polynomials with ``K`` frequencies, and

- ``E_th G_L(S - t)`` is above ``E_th g(S - t)``: translates of ``g`` are non-negative;
- ``E_th (G_L - F_L)(S - t) - A`` is below it, ``A`` bounding the translates of ``g`` by two geometric Chernoff sums.

Both expectations are finite sums over the characteristic function at ``2 pi k / L``. Atoms are never rounded to a grid,
so nothing accumulates over positions: the relative gap is about ``th L / K``, whatever ``H`` and however deep the tail.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from covtheory import validation
from covtheory.coverage.log_ratio import token_log_ratios

UNIT = 2.0**-53


@dataclass(frozen=True)
class Bracket:
    """Two-sided bound ``lower <= value <= upper``; arrays if several thresholds were asked for.

    Examples
    --------
    >>> bracket = Bracket(0.1, 0.2, "example")
    >>> bracket.contains(0.15), round(bracket.width, 12)
    (True, 0.1)
    """

    lower: float | np.ndarray
    upper: float | np.ndarray
    method: str
    detail: dict[str, Any] = field(default_factory=dict)

    def contains(self, value: ArrayLike) -> bool | np.ndarray:
        """Whether ``value`` lies inside, ends included."""
        inside = (np.asarray(value) >= self.lower) & (np.asarray(value) <= self.upper)
        return bool(inside) if inside.ndim == 0 else inside

    @property
    def width(self) -> float | np.ndarray:
        """``upper - lower``."""
        return self.upper - self.lower

    @property
    def relative_gap(self) -> float | np.ndarray:
        """``(upper - lower) / upper``; 0 for an empty bracket at zero, 1 if the lower end is zero."""
        return self.width / np.where(np.asarray(self.upper) > 0, self.upper, 1.0)


def composition_bracket(
    p: ArrayLike, q: ArrayLike, H: int | None, log_N: ArrayLike, *, points: int = 2**16, tilt: bool = True
) -> Bracket:
    """Certified bracket of ``Cov_N`` for independent tokens.

    The round-off budget is part of the bracket. One evaluation of a characteristic function is a convex combination of
    ``V`` unit vectors: absolute error at most ``(V + 16 + 4 u max|x - t/H|) 2**-53`` at frequency ``u``, so the product
    of ``H`` of them is off by at most ``H`` times that times the ``H-1``-st power of its modulus; a product abandoned
    below ``e^-45`` is charged its modulus. ``Lam(th) - th t`` is charged ``8 (H + |.| + sum |x| th) 2**-53``.
    Thresholds within ``1e-12 max(1, |log N|)`` of an atom are treated as ties both ways. Without tilt the budget is an absolute
    1e-13 or so, which swallows small tails; with it, it is relative.

    Parameters
    ----------
    p, q : array_like, shape (V,) or (H, V)
        Token laws of the data and of the model. A token with ``p > 0 = q`` makes the ratio infinite.
    H : int or None
        Number of positions; may be None if ``p`` has one row per position.
    log_N : array_like
        Thresholds in nats.
    points : int
        Number ``K`` of frequencies; the relative gap is inversely proportional.
    tilt : bool
        Tilt to the saddle point; otherwise use the least tilt that makes ``g`` integrable (0.3 standard deviations).

    Raises
    ------
    ValueError
        Bad probabilities, shapes that differ, NaN thresholds, or fewer than 16 points.

    Examples
    --------
    >>> bracket = composition_bracket([0.5, 0.5], [0.25, 0.75], 2, np.log(3))
    >>> bracket.contains(0.25), bool(bracket.relative_gap < 1e-2)
    (True, True)
    """
    p, q = validation.probabilities("p", p), validation.probabilities("q", q)
    validation.same_shape(p=p, q=q)
    points = validation.count("points", points, least=16)
    if p.ndim == 1:
        counts = np.array([validation.count("H", H)])
        p, q = p[None], q[None]
    elif H is not None and len(p) != H:
        raise ValueError(f"H: got {H}, expected {len(p)}, the rows of p")
    else:
        pairs, counts = np.unique(np.hstack([p, q]), axis=0, return_counts=True)
        p, q = np.split(pairs, 2, axis=1)
    thresholds = np.asarray(log_N, dtype=float)
    if np.isnan(thresholds).any():
        raise ValueError("log_N: got NaN, expected numbers")
    tokens = _Tokens(p, q, counts)
    rows = [_one(tokens, float(t), points, tilt) for t in thresholds.ravel()]
    lower, upper = (np.array([row[i] for row in rows]).reshape(thresholds.shape) for i in (0, 1))
    detail = {name: np.array([row[2][name] for row in rows]).reshape(thresholds.shape) for name in rows[0][2]}
    if thresholds.ndim == 0:
        lower, upper, detail = float(lower), float(upper), {name: float(v) for name, v in detail.items()}
    return Bracket(lower, upper, f"band-limited majorant, {points} frequencies", detail)


class _Tokens:
    """Distinct positions with multiplicities: finite log ratios, masses, cumulant function, mass at infinity."""

    def __init__(self, p: np.ndarray, q: np.ndarray, counts: np.ndarray):
        x = token_log_ratios(p, q)
        self.counts, self.H, self.V = counts, int(counts.sum()), p.shape[1]
        self.on = (p > 0) & np.isfinite(x)
        self.x = np.where(self.on, x, 0.0)
        with np.errstate(divide="ignore"):
            self.log_p = np.where(self.on, np.log(p), -np.inf)
            p_inf = np.where((p > 0) & ~self.on, p, 0.0).sum(axis=1)
            self.p_inf = float(0.0 - np.expm1(counts @ np.log1p(-np.minimum(p_inf, 1.0))))
        self.possible = bool(self.on.any(axis=1).all())
        self.low = np.where(self.on, x, np.inf).min(axis=1)
        self.high = np.where(self.on, x, -np.inf).max(axis=1)

    def cumulant(self, theta: float) -> tuple[float, float, float, np.ndarray]:
        """``Lam``, ``Lam'``, ``Lam''`` of the finite part, and the tilted token laws."""
        scores = self.log_p + theta * self.x
        peak = scores.max(axis=1, keepdims=True)
        weights = np.exp(scores - peak)
        total = weights.sum(axis=1, keepdims=True)
        law = weights / total
        mean = (law * self.x).sum(axis=1)
        variance = (law * (self.x - mean[:, None]) ** 2).sum(axis=1)
        return float(self.counts @ (peak + np.log(total))[:, 0]), self.counts @ mean, self.counts @ variance, law


def _one(tokens: _Tokens, t: float, points: int, tilt: bool) -> tuple[float, float, dict[str, float]]:
    detail = {"theta": 0.0, "period": 0.0, "alias": 0.0, "round_off": 0.0}
    tie = 1e-12 * max(1.0, abs(t)) if np.isfinite(t) else 0.0
    slack = 4 * tokens.H * UNIT
    inf_low, inf_high = tokens.p_inf * (1 - slack), min(1.0, tokens.p_inf * (1 + slack))
    if not tokens.possible or t - tie > tokens.counts @ tokens.high:
        return inf_low, inf_high, detail
    lam_0, mean, variance, _ = tokens.cumulant(0.0)
    mass_low, mass_high = np.exp(lam_0) * (1 - slack), min(1.0, np.exp(lam_0) * (1 + slack))
    if t + tie <= tokens.counts @ tokens.low:
        return min(1.0, inf_low + mass_low), min(1.0, inf_high + mass_high), detail
    if np.all(tokens.low == tokens.high):  # S is a constant, and t is tied with it
        return inf_low, min(1.0, inf_high + mass_high), detail
    theta = _saddle(tokens, t, mean, variance, tilt)
    lam, _, variance, law = tokens.cumulant(theta)
    period, alias = _period(tokens, theta, lam, t, variance)
    above, kernel, noise = _integrate(tokens, law, theta, t, period, points, tie)
    size = theta * (tokens.counts @ np.abs(tokens.x).max(axis=1))
    scale_error = 8 * UNIT * (tokens.H + abs(lam) + abs(theta * t) + size)
    log_scale = lam - theta * t
    upper = np.exp(log_scale + theta * tie + scale_error) * (above[0] + noise)
    lower = np.exp(log_scale - theta * tie - scale_error) * max(0.0, above[1] - kernel - alias - noise)
    detail = {"theta": theta, "period": period, "alias": alias, "round_off": noise}
    upper = min(upper, mass_high)
    return min(1.0, inf_low + min(lower, upper)), min(1.0, inf_high + upper), detail


def _saddle(tokens: _Tokens, t: float, mean: float, variance: float, tilt: bool) -> float:
    """Tilt whose mean is ``t``, between 0.3 standard deviations and full concentration."""
    span = float((tokens.high - tokens.low).max())
    least, most = 0.3 / np.sqrt(max(variance, 1e-300)), 40.0 / span
    least = min(least, most)
    if not tilt or tokens.cumulant(least)[1] >= t:
        return least
    if tokens.cumulant(most)[1] <= t:
        return most
    return float(brentq(lambda theta: tokens.cumulant(theta)[1] - t, least, most, xtol=1e-9 * least, rtol=1e-9))


def _period(tokens: _Tokens, theta: float, lam: float, t: float, variance: float) -> tuple[float, float]:
    """Shortest period on a ladder whose translates carry less than 1e-9 of the target, and the bound on them.

    For ``0 < b <= th``, ``g(z) <= e^{-b z}``; for ``c > 0``, ``g(z) <= e^{c z}``. Translates by ``m L``, ``m >= 1``,
    are summed with the first, those by ``-m L`` with the second.
    """
    sd = np.sqrt(variance)
    down = [(b, tokens.cumulant(theta - b)[0] - lam + b * t) for b in theta * np.linspace(0.1, 1.0, 10)]
    steps = np.geomspace(0.5, 30.0, 10) / max(sd, 1e-3 * float((tokens.high - tokens.low).max()))
    up = [(c, tokens.cumulant(theta + c)[0] - lam - c * t) for c in steps]
    period = 8.0 * sd + float((tokens.high - tokens.low).max())
    for _ in range(60):
        with np.errstate(over="ignore"):
            alias = sum(min(np.exp(e - s * period) / -np.expm1(-s * period) for s, e in side) for side in (down, up))
        if alias * max(1.0, theta * sd) <= 1e-9:
            break
        period *= 1.25
    return period, float(alias) * (1 + 1e-9)


def _integrate(
    tokens: _Tokens, law: np.ndarray, theta: float, t: float, period: float, points: int, tie: float
) -> tuple[tuple[float, float], float, float]:
    """``E G_L`` at ``t - tie`` and ``t + tie``, ``E F_L``, and the round-off budget of each."""
    k = np.arange(points)
    u = 2 * np.pi / period * k
    psi, error = _characteristic(tokens, law, u, t)
    tau, lam = k[1:] / points, theta * period / points
    q = np.exp(-lam - 2j * np.pi * tau)
    transform = (1 - tau) / (1 - q) + (lam / np.expm1(lam) - lam * q / (1 - q)) / (2j * np.pi)
    transform = np.concatenate(([1 / -np.expm1(-lam)], 2 * transform)) / points
    fejer = np.concatenate(([1.0], 2 * (1 - tau))) / points
    above = tuple(float((transform * psi * np.exp(sign * 1j * u * tie)).real.sum()) for sign in (1, -1))
    size = np.abs(transform) + fejer
    noise = float((size * (error + 64 * UNIT * np.abs(psi) * (1 + np.log2(points)))).sum())
    return above, float((fejer * psi.real).sum()), noise


def _characteristic(tokens: _Tokens, law: np.ndarray, u: np.ndarray, t: float) -> tuple[np.ndarray, np.ndarray]:
    """``E exp(i u (S - t))`` at frequencies ``u`` and a bound on the absolute error of each."""
    shift = t / tokens.H
    log_abs, phase = np.zeros(len(u)), np.zeros(len(u))
    one_error = np.zeros(len(u))
    active = np.arange(len(u))
    for x, p, on, count in zip(tokens.x, law, tokens.on, tokens.counts, strict=True):
        y, p = x[on] - shift, p[on]
        phi = np.empty(len(active), dtype=complex)
        for i in range(0, len(active), 4096):
            angle = np.multiply.outer(u[active[i : i + 4096]], y)
            phi[i : i + 4096] = np.cos(angle) @ p + 1j * (np.sin(angle) @ p)
        eps = UNIT * (tokens.V + 16 + 4 * u[active] * np.abs(y).max())
        with np.errstate(divide="ignore"):
            log_abs[active] += count * np.log(np.abs(phi) + eps)
        phase[active] += count * np.angle(phi)
        one_error[active] += count * eps / (np.abs(phi) + eps)
        active = active[log_abs[active] > -45.0]
    size = np.exp(log_abs)
    alive = np.zeros(len(u), dtype=bool)
    alive[active] = True
    psi = np.where(alive, size * np.exp(1j * phase), 0.0)
    return psi, np.where(alive, size * (3 * one_error + 8 * UNIT * (tokens.H + np.abs(log_abs))), size)

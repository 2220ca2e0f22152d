"""Certified brackets of the coverage of many independent tokens: round the log ratios to a grid, tilt, then FFT.

Rounding every token's log ratio down (up) to a grid of step ``h`` can only lower (raise) the sum ``S``, so the tail of
the rounded sum is a lower (upper) bound: stochastic dominance, not an approximation. Its price is a shift of up to
``h`` per token, which grows with ``H``.

The rounded sum's law is a power of a characteristic function, computed by FFT. Plain FFT round-off is absolute, about
1e-13, and swamps small tails. So tilt first: with ``p_th ~ p e^{th x}`` and ``Lam`` the log of its normaliser,
``P[S >= t] = e^{H Lam - th t} E_th[g(S - t)]``, ``g(z) = e^{-th z} 1{z >= 0}``; at the saddle point ``E_th[g]`` is of
order one and the same round-off becomes relative.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from covtheory import validation
from covtheory.certificates.banded import positions
from covtheory.certificates.bracket import Bracket
from covtheory.coverage.rounding import ENTRY, FUNCTION, LEAST, UNIT, mass_at_infinity, tie, token_laws

LARGEST_TRANSFORM = 2**26
"""More FFT points than this are refused."""


def composition_bracket(
    p: ArrayLike, q: ArrayLike, H: int | None, log_N: ArrayLike, *, points: int = 2**18, tilt: bool = True
) -> Bracket:
    """Certified bracket of ``Cov_N`` for independent tokens by rounding down and up.

    The bracket contains, besides the rounding of the ratios: (i) the mass that wraps around the FFT's period, bounded
    by Chernoff's inequality; (ii) the FFT's round-off: with M points the error of a transform is at most
    ``7 u log2(M)`` in relative l2 norm (Higham 2002, Thm 24.2; u = 2**-53), the H-th power multiplies it by at most H
    and adds 16 u H per coefficient, a sum against g multiplies it by the l2 norm of g and adds M u; (iii) the rounding
    of the tilted weights, ``ENTRY``, two functions and five roundings with arguments of at most ``|log p| + theta |x|``
    per token, and of ``H Lam - th t``; (iv) what can move an atom: the laws that are meant and the rounding of ratios
    (:func:`~covtheory.coverage.rounding.token_laws`), and the tie: the bracket is that of the thresholds ``log N -+
    window``, so that at an atom it contains the coverage with and without it.

    Parameters
    ----------
    p, q : array_like, shape (V,) or (H, V)
        Token laws of the data and of the model. A token with ``p > 0 = q`` makes the ratio infinite.
    H : int or None
        Number of positions; may be None if ``p`` has one row per position.
    log_N : array_like
        Thresholds in nats.
    points : int
        FFT points, rounded up to a power of two; the width is inversely proportional.
    tilt : bool
        Tilt to the saddle point before the FFT; without it small tails drown in round-off, and the bracket says so.

    Raises
    ------
    ValueError
        Bad probabilities, shapes that differ, NaN thresholds, too few or too many points.

    Examples
    --------
    >>> bracket = composition_bracket([0.5, 0.5], [0.25, 0.75], 2, np.log(3))
    >>> bracket.contains(0.25), bool(bracket.relative_gap < 1e-9)
    (True, True)
    """
    tokens = _Tokens(*positions(p, q, H))
    points = 1 << (validation.count("points", points, least=16) - 1).bit_length()
    if points > LARGEST_TRANSFORM:
        raise ValueError(f"points: got {points}, expected at most {LARGEST_TRANSFORM}")
    thresholds = np.asarray(log_N, dtype=float)
    if np.isnan(thresholds).any():
        raise ValueError("log_N: got NaN, expected numbers")
    if not thresholds.size:
        return Bracket(thresholds, thresholds, "no threshold", {})
    rows = [_bracket(tokens, float(t), points, tilt) for t in thresholds.ravel()]
    lower, upper = (np.array([row[i] for row in rows]).reshape(thresholds.shape) for i in (0, 1))
    detail = {name: np.array([row[2][name] for row in rows]).reshape(thresholds.shape) for name in rows[0][2]}
    if thresholds.ndim == 0:
        lower, upper, detail = float(lower), float(upper), {name: float(v) for name, v in detail.items()}
    return Bracket(lower, upper, f"grid rounding, FFT of {points} points", detail)


class _Tokens:
    """Distinct positions with multiplicities: finite log ratios, their masses, the mass at infinity."""

    def __init__(self, p: np.ndarray, q: np.ndarray, counts: np.ndarray):
        law, x, slip = token_laws(p, q)
        self.counts, self.H = counts, int(counts.sum())
        self.on = (law >= LEAST) & np.isfinite(x)
        self.x = np.where(self.on, x, 0.0)
        self.room = np.where(self.on, slip, 0.0)
        self.slip = 2.02 * float(counts @ self.room.max(axis=1))  # of the laws meant, and of rounding to the grid
        with np.errstate(divide="ignore"):
            self.log_p = np.where(self.on, np.log(law), -np.inf)
        self.p_inf = mass_at_infinity(law, (law >= LEAST) & (x == np.inf), counts.astype(float))
        self.lost = 1.01 * float(counts @ np.where(law < LEAST, law, 0.0).sum(axis=1))
        self.possible = bool(self.on.any(axis=1).all())
        self.least = float(counts @ np.where(self.on, x, np.inf).min(axis=1))
        self.most = float(counts @ np.where(self.on, x, -np.inf).max(axis=1))
        self.span = float((np.where(self.on, x, -np.inf).max(axis=1) - np.where(self.on, x, np.inf).min(axis=1)).max())

    def tilted(self, theta: float, x: np.ndarray) -> tuple[float, np.ndarray]:
        """``H Lam(theta)`` for token values ``x``, and the tilted masses."""
        scores = self.log_p + theta * x
        peak = scores.max(axis=1, keepdims=True)
        mass = np.exp(scores - peak)
        total = mass.sum(axis=1, keepdims=True)
        return float(self.counts @ (peak + np.log(total))[:, 0]), mass / total

    def moments(self, theta: float) -> tuple[float, float]:
        """Mean and standard deviation of the tilted sum."""
        _, law = self.tilted(theta, self.x)
        mean = (law * self.x).sum(axis=1, keepdims=True)
        return float(self.counts @ mean[:, 0]), float(self.counts @ (law * (self.x - mean) ** 2).sum(axis=1)) ** 0.5


def _bracket(tokens: _Tokens, t: float, points: int, tilt: bool) -> tuple[float, float, dict[str, float]]:
    detail = {"tilt": 0.0, "grid": 0.0, "wrap": 0.0, "round_off": 0.0}
    low_inf, high_inf = tokens.p_inf[0], min(1.0, tokens.p_inf[1] + tokens.lost)
    slack = 8 * tokens.H * UNIT
    window = tokens.slip + float(tie(t)) + (8 * UNIT * abs(t) if np.isfinite(t) else 0.0)
    if not tokens.possible or t - window > tokens.most + slack * abs(tokens.most):
        return low_inf, high_inf, detail
    if t + window <= tokens.least - slack * abs(tokens.least):
        return max(0.0, 1.0 - slack - tokens.lost), 1.0, detail
    if tokens.span == 0:  # the sum is a constant, and t is tied with it
        return low_inf, 1.0, detail
    theta = _saddle(tokens, t) if tilt else 0.0
    period = _period(tokens, theta, t, points)
    low, _ = _tail(tokens, theta, t + window, period, points, down=True)
    high, found = _tail(tokens, theta, t - window, period, points, down=False)
    detail = {"tilt": theta, "grid": period / points, **found}
    low, high = low if np.isfinite(low) else 0.0, high if np.isfinite(high) else 1.0
    return min(1.0, low_inf + max(0.0, low)) * (1 - 2 * UNIT), min(1.0, (high_inf + high) * (1 + 2 * UNIT)), detail


def _saddle(tokens: _Tokens, t: float) -> float:
    """Tilt that moves the mean to ``t``: none below the mean, at most 60 per span, where one atom has it all."""
    most = 60.0 / max(tokens.span, 1e-300)
    if tokens.moments(0.0)[0] >= t:
        return 0.0
    if tokens.moments(most)[0] <= t:
        return most
    return float(brentq(lambda theta: tokens.moments(theta)[0] - t, 0.0, most, rtol=1e-10))


def _period(tokens: _Tokens, theta: float, t: float, points: int) -> float:
    """Length of the window centred at ``t``: the whole support if that is short, else 20 tilted deviations."""
    mean, deviation = tokens.moments(theta)
    whole = 2 * max(tokens.most - t, t - tokens.least) + 4 * tokens.span
    wanted = 2 * (abs(mean - t) + 10 * deviation + tokens.span)
    period = min(whole, wanted)
    return period * (1 + 4 * tokens.H / points)  # room for the rounding of the atoms themselves


def _tail(tokens: _Tokens, theta: float, t: float, period: float, points: int, *, down: bool):
    """A bound on the tail of the finite part: from below with ``down``, else from above; and its error budget."""
    h = period / points
    steps = grid_steps(tokens.x, h, down, tokens.room)
    log_scale, mass = tokens.tilted(theta, steps * h)
    spectrum = np.ones(points // 2 + 1, dtype=complex)
    for row, index, number in zip(mass, steps.astype(np.int64) % points, tokens.counts, strict=True):
        spectrum *= np.fft.rfft(np.bincount(index, weights=row, minlength=points)) ** int(number)
    law = np.fft.irfft(spectrum, points)
    first = int(grid_steps(np.array(t), h, not down))
    distance = np.arange(points // 2)
    value = float(law[(first + distance) % points] @ np.exp(-theta * h * distance))
    l2_of_g = min(np.sqrt(points / 2), 1 / np.sqrt(max(-np.expm1(-2 * theta * h), 1e-300)))
    round_off = UNIT * ((14 * (tokens.H + 1) * np.log2(points) + 16 * tokens.H) * l2_of_g + points)
    wrap_up, wrap_down = _wrap(tokens, theta, steps * h, first * h, period / 2 - h)
    size = tokens.H + abs(log_scale) + theta * abs(first * h)
    slack = weights_slack(tokens, theta) + 4 * UNIT * size
    with np.errstate(over="ignore", invalid="ignore"):
        scale = np.exp(log_scale - theta * first * h + (-slack if down else slack))
    if down:
        return scale * (value - wrap_up - wrap_down - round_off), {}
    return scale * (value + np.exp(-theta * (period / 2 - h)) * wrap_up + round_off), {
        "wrap": wrap_up + wrap_down, "round_off": round_off}


def grid_steps(x: np.ndarray, h: float, down: bool, room: np.ndarray | float = 0.0) -> np.ndarray:
    """Whole numbers n with ``n h <= x + room`` (``>= x - room`` unless ``down``), however the quotient is rounded.

    With some room a number that round-off has put just beside a grid point is on it, not a whole step away.

    Examples
    --------
    >>> grid_steps(np.array([0.25, -0.25]), 0.1, True)
    array([ 2., -3.])
    """
    guard = (4 * UNIT * (np.abs(x) + room) - room) / h
    return np.floor(x / h - guard) if down else np.ceil(x / h + guard)


def weights_slack(tokens: _Tokens, theta: float) -> float:
    """What the laws meant and rounding can change in the logarithm of the weight of a sequence of tokens."""
    largest = np.abs(np.where(tokens.on, tokens.log_p, 0.0)).max(axis=1) + theta * np.abs(tokens.x).max(axis=1)
    return float(tokens.counts @ (1.01 * ENTRY + (2 * FUNCTION + 7 + (FUNCTION + 4) * largest) * UNIT))


def _wrap(tokens: _Tokens, theta: float, x: np.ndarray, t: float, reach: float) -> tuple[float, float]:
    """Chernoff bounds on the tilted mass of the rounded sum beyond ``t + reach`` and below ``t - reach``."""
    base, _ = tokens.tilted(theta, x)
    deviation = max(tokens.moments(theta)[1], 1e-3 * tokens.span, 1e-300)
    highest = float(tokens.counts @ np.where(tokens.on, x, -np.inf).max(axis=1))
    lowest = float(tokens.counts @ np.where(tokens.on, x, np.inf).min(axis=1))
    bounds = []
    for sign, end in ((1, highest), (-1, lowest)):
        if sign * (end - t) < reach:
            bounds.append(0.0)
            continue
        powers = [tokens.tilted(theta + sign * s, x)[0] - base - s * (sign * t + reach)
                  for s in np.geomspace(0.3, 30.0, 12) / deviation]
        bounds.append(1.01 * float(np.exp(min(0.0, min(powers)))))  # the exponents' round-off is far below a hundredth
    return bounds[0], bounds[1]

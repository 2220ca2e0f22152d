"""How a number is held against two ends: a certified bracket, or a predicted window."""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from claimcheck.outcome import NEGLIGIBLE, Outcome, conclude, prepared, ratios, slack_in_range

FACTOR, WIDEST = 8, 0.25
"""A window's ends lie within this factor of each other, or, around zero, so far apart at most."""


def contains(
    label: str, lower: ArrayLike, value: ArrayLike, upper: ArrayLike, *, where=None, rtol: float = 0.0,
    route: str = "certified", twin: bool = False,
) -> Outcome:
    """Compare ``lower <= value <= upper`` with no slack: a certificate needs none.

    Exact values (Fraction, int or mpmath numbers) are compared exactly with the ends; a value that is itself a float
    with an error of its own needs ``rtol``, the error it is known to have. The ratio is value/upper or lower/value,
    whichever is closer to one.

    Examples
    --------
    >>> contains("bracket", 0.1, Fraction(11, 100), 0.12).ok
    True
    >>> contains("bracket", 0.1, Fraction(1, 10), 0.12).ok  # the float 0.1 is above one tenth
    False
    """
    inputs = {"lower": lower, "value": value, "upper": upper, "where": where, "rtol": rtol}
    slack_in_range(label, route, rtol, 0.0)
    exact = np.atleast_1d(np.asarray(value, dtype=object))
    low, exact, high = np.broadcast_arrays(np.asarray(lower, dtype=float), exact, np.asarray(upper, dtype=float))
    low, exact, high = low.ravel(), exact.ravel(), high.ravel()
    shown = np.array([float(v) for v in exact])
    prepared(label, np.concatenate([low, shown]), np.concatenate([high, high]), None)
    slack = Fraction(rtol)
    ok = np.array([_between(a, v, b, slack) for a, v, b in zip(low, exact, high, strict=True)], dtype=bool)
    near = rtol * shown
    ratio = np.maximum(ratios(shown, high, ok, near), ratios(low, shown, ok, near))
    ratio[ok] = np.minimum(ratio[ok], 1.0)
    mask = np.ones(shown.size, dtype=bool)
    says = (low > 0) | (high < np.inf)
    return conclude(contains, label, route, ok, shown, high, ratio, mask, says, where, inputs)


def within(
    label: str, value: ArrayLike, low: float, high: float, *, where=None, route: str = "exact", twin: bool = False
) -> Outcome:
    """Compare ``low <= value <= high``: a fitted slope, a predicted window. The ratio is the place in the window.

    Raises
    ------
    ValueError
        For a window that is not finite, or so wide that it holds nearly anything.

    Examples
    --------
    >>> within("slope", -0.98, -1.1, -0.9).ok
    True
    """
    inputs = {"value": value, "low": low, "high": high, "where": where}
    if not (np.isfinite(low) & np.isfinite(high) & np.less(low, high)).all():
        raise ValueError(f"{label}: low, high: expected a finite window, low below high, got {low!r} and {high!r}")
    slack_in_range(label, route, 0.0, 0.0)
    value, _, mask = prepared(label, value, 0.0, None, signed=True)
    ends = np.sort(np.abs([np.broadcast_to(low, value.shape), np.broadcast_to(high, value.shape)]), axis=0)
    around = np.less_equal(np.multiply(low, high), 0)
    if not twin and np.where(around, ends.sum(axis=0) > WIDEST, ends[1] > FACTOR * ends[0]).any():
        raise ValueError(f"{label}: the window from {low!r} to {high!r} is wide: expected ends within a factor "
                         f"{FACTOR}, around zero a width of at most {WIDEST}")
    ok = (value >= low) & (value <= high)
    place = np.abs(2 * (value - low) / (high - low) - 1)
    place[np.abs(place) < NEGLIGIBLE] = 0.0
    return conclude(within, label, route, ok, value, np.full_like(value, high), place, mask, mask, where, inputs)


def _between(lower, value, upper, slack):
    value = _rational(value)
    room = abs(value) * slack
    return _rational(lower) - room <= value and (upper == np.inf or value <= _rational(upper) + room)


def _rational(number) -> Fraction:
    if hasattr(number, "man_exp"):  # an mpmath number
        man, exp = number.man_exp
        return Fraction(int(man)) * Fraction(2) ** int(exp) * (-1 if number < 0 and man > 0 else 1)
    return number if isinstance(number, Fraction) else Fraction(number)

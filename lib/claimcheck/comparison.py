"""How a number is held against another: pure functions that return what came out, and never raise on a violation.

The rules of instances, ties and witnesses that they share are those of :mod:`claimcheck.outcome`.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from claimcheck.arguments import count
from claimcheck.outcome import (
    ATOL,
    HIDDEN,
    RTOL,
    Outcome,
    conclude,
    made,
    not_hidden,
    prepared,
    ratios,
    slack_in_range,
)


def at_most(
    label: str, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, ceiling: float = np.inf, outside=None,
    rtol: float = RTOL, atol: float = ATOL, route: str = "exact", twin: bool = False,
) -> Outcome:
    """Compare ``value <= bound`` over instances.

    Parameters
    ----------
    label : str
        Which set of instances this is; unique within a claim, since teeth name it.
    value, bound : array_like
        Non-negative; broadcast against each other.
    where : sequence of str or callable, optional
        Names the instance with a given flat index, for the witness.
    active : array_like of bool, optional
        Where the hypothesis of the statement holds.
    ceiling : float
        What the value cannot exceed by definition (one for a probability): a bound that reaches it says nothing.
    outside : pair of array_like, optional
        Values and bounds of instances at which a hypothesis fails: not judged here, but by a tooth that drops it.
    twin : bool
        Set by :func:`claimcheck.twin.twin`: a bound that vanishes is then no instance.

    Returns
    -------
    Outcome

    Raises
    ------
    ValueError
        For NaN, negative numbers, a slack above ``LOOSEST`` or one that hides most bounds, or a thing compared with
        itself.

    Examples
    --------
    >>> at_most("pairs", [0.1, 0.2], [0.2, 0.25]).ratio
    0.8
    >>> at_most("pairs", [0.1, 0.3], [0.2, 0.25], where=["a", "b"]).witness
    'b'
    >>> at_most("probabilities", [0.1, 1.0], [0.2, 3.0], ceiling=1).says
    1
    """
    _two_things(label, value, bound)
    inputs = {"value": value, "bound": bound, "where": where, "active": active, "ceiling": ceiling,
              "outside": outside, "rtol": rtol, "atol": atol}
    slack_in_range(label, route, rtol, atol)
    value, bound, mask = prepared(label, value, bound, active)
    not_hidden(label, bound, mask & (not twin), atol)
    if not twin and (value[mask] > ceiling * (1 + rtol) + atol).any():
        raise ValueError(f"{label}: value {value[mask].max():.6g} above the ceiling {ceiling:g}, which by "
                         "definition it cannot exceed")
    counted = mask & (bound < np.inf) & (bound > atol)
    ok = (value <= bound * (1 + rtol) + atol) | ~(counted if twin else mask)
    says = counted & (bound < ceiling - (rtol * ceiling + atol if np.isfinite(ceiling) else 0))
    ratio = ratios(value, bound, ok, rtol * bound + atol)
    outside = (~mask | (bound == np.inf)).sum()
    return conclude(at_most, label, route, ok, value, bound, ratio, counted, says, where, inputs, outside)


def at_least(
    label: str, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, floor: float = 0.0, outside=None,
    rtol: float = RTOL, atol: float = ATOL, route: str = "exact", twin: bool = False,
) -> Outcome:
    """Compare ``value >= bound``, with the parameters of :func:`at_most`; a bound up to ``floor`` says nothing.

    Examples
    --------
    >>> at_least("pairs", [0.4, 0.2], [0.1, 0.1]).ratio
    0.5
    """
    _two_things(label, value, bound)
    inputs = {"value": value, "bound": bound, "where": where, "active": active, "floor": floor, "outside": outside,
              "rtol": rtol, "atol": atol}
    slack_in_range(label, route, rtol, atol)
    value, bound, mask = prepared(label, value, bound, active)
    not_hidden(label, bound, mask & (not twin), atol)
    if not twin and (value[mask] < floor * (1 - rtol) - atol).any():
        raise ValueError(f"{label}: value {value[mask].min():.6g} below the floor {floor:g}, which by "
                         "definition it cannot be")
    counted = mask & (bound > atol)
    ok = (value >= bound * (1 - rtol) - atol) | ~mask
    says = counted & (bound > floor * (1 + rtol) + atol)
    if (value[says] == np.inf).all():  # an overflow would do as well
        says &= bound == np.inf
    ratio = ratios(bound, value, ok, rtol * np.where(np.isfinite(bound), bound, 0) + atol)
    return conclude(at_least, label, route, ok, value, bound, ratio, counted, says, where, inputs, (~mask).sum())


def equal(
    label: str, value: ArrayLike, expected: ArrayLike, *, where=None, active=None, outside=None, rtol: float = RTOL,
    atol: float = ATOL, decimals: int | None = None, route: str = "exact", twin: bool = False,
) -> Outcome:
    """Compare ``value == expected`` within ``atol + rtol * |expected|``; two infinities of one sign are equal.

    Two numbers that both are round-off of zero are no instance, unless the whole check is about zero. Infinities alone
    say nothing, since an overflow gives them too, unless ``expected`` is one number. What a source prints is compared
    to its ``decimals``, that is within half a unit of the last; nothing else forgives as much, and a printed zero is no
    number to compare with. Whole numbers and fractions without slack are compared exactly.

    Examples
    --------
    >>> equal("halves", [0.5, np.inf], [0.5, np.inf]).ok
    True
    >>> equal("halves", 0.5, 0.6).ok, equal("no tolerance", [0.0, 0.5], [0.0, 0.5], rtol=0, atol=0).ok
    (False, True)
    >>> equal("as printed", 2 / 3, 0.67, decimals=2).ok, equal("as printed", 2 / 3, 0.66, decimals=2).ok
    (True, False)
    """
    _two_things(label, value, expected, order=False)  # indicators may be equal at many instances
    inputs = {"value": value, "expected": expected, "where": where, "active": active, "outside": outside,
              "rtol": rtol, "atol": atol, "decimals": decimals}
    if decimals is not None:
        rtol, atol = 0.0, 0.5 * 10.0 ** -count("decimals", decimals, least=0) * (1 + RTOL)
        if not twin and (np.abs(np.asarray(expected, dtype=float)) <= atol).all():
            raise ValueError(f"{label}: {decimals} decimals of zero hide every digit of the value")
    slack_in_range(label, route, *((0.0, 0.0) if decimals is not None else (rtol, atol)))
    exact = _exactly_equal(value, expected) if rtol == atol == 0 else True
    value, expected, mask = prepared(label, value, expected, active, signed=True)
    not_hidden(label, expected, mask & (not twin), atol)
    infinite = np.isinf(value) | np.isinf(expected)
    same = infinite & (value == expected)
    gap = np.abs(np.where(infinite, 0.0, value) - np.where(infinite, 0.0, expected))
    allowed = atol + rtol * np.abs(np.where(infinite, 0.0, expected))
    error = np.divide(gap, allowed, out=np.where(gap > 0, np.inf, 0.0), where=allowed > 0)
    error = np.where(exact, np.where(same, 0.0, np.where(infinite, np.inf, error)), np.inf)
    ok = (error <= 1) | ~mask
    beyond = mask & (np.maximum(np.abs(value), np.abs(expected)) > atol)
    counted = beyond if beyond.any() else mask
    ratio = np.where(ok, 1.0, error)  # equal within the slack: a tie everywhere, so the first is the witness
    named = np.ndim(inputs["expected"]) == 0  # an author who writes infinity means it
    says = counted if named or (counted & ~same).any() else counted & ~same
    outcome = conclude(equal, label, route, ok, value, expected, ratio, counted, says, where, inputs, (~mask).sum())
    return outcome if decimals is None else made(replace(outcome, slack=f"{decimals} decimals"))


def exceeds(
    label: str, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, outside=None, margin: float = 1e-6,
    atol: float = ATOL, route: str = "exact", twin: bool = False,
) -> Outcome:
    """Compare ``value > bound`` by a relative margin and the absolute slack at EVERY instance: a counterexample.

    The worst instance is the least convincing one; its ratio is bound/value, so a counterexample has ratio < 1. That a
    number exceeds zero, or what the slack hides, says nothing: name what it exceeds; nor does an infinite value, which
    an overflow gives too.

    Examples
    --------
    >>> exceeds("tempting bound", 0.1, 0.048).ok
    True
    """
    _two_things(label, value, bound)
    if not RTOL <= margin < np.inf:
        raise ValueError(f"{label}: margin is {margin!r}, expected at least {RTOL}: a tie exceeds nothing")
    inputs = {"value": value, "bound": bound, "where": where, "active": active, "outside": outside, "margin": margin,
              "atol": atol}
    slack_in_range(label, route, 0.0, atol)
    value, bound, mask = prepared(label, value, bound, active)
    ok = (value > bound * (1 + margin) + atol) | ~mask
    ratio, says = ratios(bound, value, ok, 0.0), mask & (bound > HIDDEN * atol) & (value < np.inf)
    return conclude(exceeds, label, route, ok, value, bound, ratio, mask, says, where, inputs, (~mask).sum())


def _two_things(label, value, bound, order=True):
    """Refuse a truth value, which does not say by how much, and a thing compared with itself: one object, or memory."""
    if any(np.asarray(numbers).dtype == bool and (order or np.ndim(numbers) == 0) for numbers in (value, bound)):
        raise ValueError(f"{label}: a truth value, expected the numbers that it is about")
    if value is bound and not np.isscalar(value):
        raise ValueError(f"{label}: compares a thing with itself")
    if not isinstance(value, np.ndarray) or not isinstance(bound, np.ndarray) or value.dtype == object:
        return
    places = [(a.__array_interface__["data"][0], a.shape, a.strides) for a in (value, bound)]
    if places[0] == places[1]:
        raise ValueError(f"{label}: compares a thing with itself")


def _exactly_equal(value, expected):
    """Compare whole numbers and fractions before they become floats; anything else is left to the floats."""
    sides = [np.asarray(numbers) for numbers in (value, expected)]
    if any(side.dtype.kind not in "iuO" for side in sides):
        return True
    value, expected = np.broadcast_arrays(*(side.astype(object) for side in sides))
    return (value == expected).astype(bool).ravel()

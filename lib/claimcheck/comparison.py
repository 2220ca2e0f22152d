"""How a number is held against a bound: pure functions that return what came out, and never raise on a violation.

The rules of instances, ties and witnesses that they share are those of :mod:`claimcheck.outcome`.
"""

from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from claimcheck.arguments import count, in_range
from claimcheck.outcome import ATOL, NEGLIGIBLE, RTOL, Outcome, conclude, name_of, prepared, ratios, slack_in_range


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
        Set by :meth:`Outcome.twin`: a bound that vanishes is then no instance.

    Returns
    -------
    Outcome

    Raises
    ------
    ValueError
        For NaN, negative numbers, a slack above ``LOOSEST``, or a thing compared with itself.

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
    value, bound, mask = prepared(label, value, bound, active, rtol, atol)
    counted = mask & (bound < np.inf) & (bound > atol)
    ok = (value <= bound * (1 + rtol) + atol) | ~(counted if twin else mask)
    says = counted & (bound < ceiling - (rtol * ceiling + atol if np.isfinite(ceiling) else 0))
    ratio = ratios(value, bound, ok, rtol * bound + atol)
    return conclude(at_most, label, route, ok, value, bound, ratio, counted, says, where, inputs)


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
    value, bound, mask = prepared(label, value, bound, active, rtol, atol)
    counted = mask & (bound > atol)
    ok = (value >= bound * (1 - rtol) - atol) | ~mask
    says = counted & (bound > floor * (1 + rtol) + atol)
    ratio = ratios(bound, value, ok, rtol * np.where(np.isfinite(bound), bound, 0) + atol)
    return conclude(at_least, label, route, ok, value, bound, ratio, counted, says, where, inputs)


def equal(
    label: str, value: ArrayLike, expected: ArrayLike, *, where=None, active=None, outside=None, rtol: float = RTOL,
    atol: float = ATOL, route: str = "exact", twin: bool = False,
) -> Outcome:
    """Compare ``value == expected`` within ``atol + rtol * |expected|``; two infinities of one sign are equal.

    Two numbers that both are round-off of zero are no instance, unless the whole check is about zero.

    Examples
    --------
    >>> equal("halves", [0.5, np.inf], [0.5, np.inf]).ok
    True
    >>> equal("halves", 0.5, 0.6).ok, equal("no tolerance", [0.0, 0.5], [0.0, 0.5], rtol=0, atol=0).ok
    (False, True)
    """
    _two_things(label, value, expected)
    inputs = {"value": value, "expected": expected, "where": where, "active": active, "outside": outside,
              "rtol": rtol, "atol": atol}
    value, expected, mask = prepared(label, value, expected, active, rtol, atol, signed=True)
    infinite = np.isinf(value) | np.isinf(expected)
    same = infinite & (value == expected)
    gap = np.abs(np.where(infinite, 0.0, value) - np.where(infinite, 0.0, expected))
    allowed = atol + rtol * np.abs(np.where(infinite, 0.0, expected))
    error = np.divide(gap, allowed, out=np.where(gap > 0, np.inf, 0.0), where=allowed > 0)
    error = np.where(same, 0.0, np.where(infinite, np.inf, error))
    ok = (error <= 1) | ~mask
    beyond = mask & (np.maximum(np.abs(value), np.abs(expected)) > atol)
    counted = beyond if beyond.any() else mask
    ratio = np.where(ok, 1.0, error)  # equal within the slack: a tie everywhere, so the first is the witness
    return conclude(equal, label, route, ok, value, expected, ratio, counted, counted, where, inputs)


def exceeds(
    label: str, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, outside=None, margin: float = 1e-6,
    atol: float = ATOL, route: str = "exact", twin: bool = False,
) -> Outcome:
    """Compare ``value > bound`` by a relative margin and the absolute slack at EVERY instance: a counterexample.

    The worst instance is the least convincing one; its ratio is bound/value, so a counterexample has ratio < 1.

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
    value, bound, mask = prepared(label, value, bound, active, 0.0, atol)
    ok = (value > bound * (1 + margin) + atol) | ~mask
    ratio = ratios(bound, value, ok, 0.0)
    return conclude(exceeds, label, route, ok, value, bound, ratio, mask, mask, where, inputs)


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
    slack_in_range(label, rtol, 0.0)
    exact = np.atleast_1d(np.asarray(value, dtype=object))
    low, exact, high = np.broadcast_arrays(np.asarray(lower, dtype=float), exact, np.asarray(upper, dtype=float))
    low, exact, high = low.ravel(), exact.ravel(), high.ravel()
    shown = np.array([float(v) for v in exact])
    prepared(label, np.concatenate([low, shown]), np.concatenate([high, high]), None, rtol, 0.0)
    slack = Fraction(rtol)
    ok = np.array([_between(a, v, b, slack) for a, v, b in zip(low, exact, high, strict=True)], dtype=bool)
    near = rtol * shown
    ratio = np.maximum(ratios(shown, high, ok, near), ratios(low, shown, ok, near))
    ratio[ok] = np.minimum(ratio[ok], 1.0)
    mask = np.ones(shown.size, dtype=bool)
    return conclude(contains, label, route, ok, shown, high, ratio, mask, mask, where, inputs)


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
    if not -np.inf < np.min(low) <= np.max(high) < np.inf:
        raise ValueError(f"{label}: low, high: expected a finite window, got {low!r} and {high!r}")
    value, _, mask = prepared(label, value, 0.0, None, 0.0, 0.0, signed=True)
    if not twin and np.max(np.subtract(high, low)) > max(1.0, 10 * np.abs(value).max()):
        raise ValueError(f"{label}: the window from {low!r} to {high!r} is wide beside the values it should hold; "
                         "expected at most ten times the largest, or one")
    ok = (value >= low) & (value <= high)
    place = np.abs(2 * (value - low) / (high - low) - 1)
    place[np.abs(place) < NEGLIGIBLE] = 0.0
    return conclude(within, label, route, ok, value, np.full_like(value, high), place, mask, mask, where, inputs)


def frequency_at_most(
    label: str, hits: int, draws: int, bound: float, *, false_alarm: float, where=None, route: str = "monte_carlo",
    twin: bool = False,
) -> Outcome:
    """Compare a simulated frequency with ``P <= bound``: violated only if the exact binomial lower limit is above it.

    If the statement is true, this says "violated" with probability at most ``false_alarm`` (Clopper-Pearson). The
    ratio is that lower limit over the bound.

    Raises
    ------
    ValueError
        If no outcome could refute the statement: even ``draws`` hits leave the limit below the bound.

    Examples
    --------
    >>> frequency_at_most("failures", 40, 1000, 0.05, false_alarm=1e-9).ok
    True
    >>> frequency_at_most("failures", 400, 1000, 0.05, false_alarm=1e-9).ok
    False
    """
    draws, hits = count("draws", draws), count("hits", hits, least=0)
    in_range("false_alarm", false_alarm, 0, 1e-6, open_ends=False)
    if route not in ("monte_carlo", "experiment"):
        raise ValueError(f"{label}: route is {route!r}, expected monte_carlo or experiment")
    if false_alarm ** (1 / draws) <= bound:
        raise ValueError(f"{label}: {draws} hits of {draws} draws would not refute P <= {bound:.6g} at false alarm "
                         f"{false_alarm:g}: a check that cannot fail; take more draws or drop it")
    inputs = {"hits": hits, "draws": draws, "bound": bound, "false_alarm": false_alarm, "where": where}
    lower = 0.0 if hits == 0 else float(betaincinv(hits, draws - hits + 1, false_alarm))
    ratio = lower / bound if bound > 0 else (np.inf if lower > 0 else 0.0)
    name = name_of(where, 0, f"{hits} of {draws} draws")
    ratio = 0.0 if ratio < NEGLIGIBLE else float(ratio)
    ok, value, bound = bool(lower <= bound), hits / draws, float(bound)
    return Outcome("frequency_at_most", label, route, ok, 1, 1, value, bound, ratio, name, True, draws, false_alarm,
                   frequency_at_most, inputs)


def symbolic(label: str, left, right=0) -> Outcome:
    """Let sympy reduce ``left - right`` to zero (or ``left`` to true): holds for every value of the symbols.

    Examples
    --------
    >>> x = sympy.Symbol("x", positive=True)
    >>> symbolic("derivative", sympy.diff(sympy.log(x) - 1 + 1 / x, x), (x - 1) / x**2).ok
    True
    """
    if left is sympy.true or left is sympy.false or isinstance(left, bool):
        ok, shown = bool(left), str(left)
    else:
        difference = sympy.simplify(sympy.sympify(left) - sympy.sympify(right))
        ok, shown = difference == 0, f"difference {sympy.sstr(difference)}"
    witness = "every value of the symbols" if ok else shown
    return Outcome("symbolic", label, "symbolic", ok, 1, 1, 1.0, 1.0, 1.0, witness, True, again=symbolic,
                   inputs={"left": left, "right": right})


def proved(label: str, certificate, *, twin: bool = False) -> Outcome:
    """Take over the verdict of an interval certificate (see :mod:`claimcheck.certify`).

    As a tooth it bites only if the certificate refutes: a proof that was not found refutes nothing.
    """
    ok = not certificate.refuted if twin else certificate.proved
    return Outcome("proved", label, "interval", ok, 1, 1, 1.0, 1.0, 1.0, certificate.summary, True,
                   again=proved, inputs={"certificate": certificate})


def _two_things(label, value, bound):
    """Refuse a thing compared with itself: one object, or one stretch of memory."""
    if value is bound and not np.isscalar(value):
        raise ValueError(f"{label}: compares a thing with itself")
    if not isinstance(value, np.ndarray) or not isinstance(bound, np.ndarray) or value.dtype == object:
        return
    places = [(a.__array_interface__["data"][0], a.shape, a.strides) for a in (value, bound)]
    if places[0] == places[1]:
        raise ValueError(f"{label}: compares a thing with itself")


def _between(lower, value, upper, slack):
    value = _rational(value)
    room = abs(value) * slack
    return _rational(lower) - room <= value and (upper == np.inf or value <= _rational(upper) + room)


def _rational(number) -> Fraction:
    if hasattr(number, "man_exp"):  # an mpmath number
        man, exp = number.man_exp
        return Fraction(int(man)) * Fraction(2) ** int(exp) * (-1 if number < 0 and man > 0 else 1)
    return number if isinstance(number, Fraction) else Fraction(number)

"""How a number is held against a bound: pure functions that return what came out, and never raise on a violation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from covtheory.validation import count, in_range

RTOL, ATOL = 1e-9, 1e-12
"""Default slack for floating-point round-off: relative to the bound, and absolute."""

ATTAINED = 1e-6
"""An extremal family attains its bound when some ratio is within this of one."""


@dataclass(frozen=True)
class Outcome:
    """What one comparison found: the verdict, how many active instances, and the instance closest to violating it.

    ``ratio`` is value/bound for an upper bound and bound/value for a lower one, so that one is the edge either way.
    """

    comparison: str
    label: str
    route: str
    ok: bool
    instances: int
    value: float
    bound: float
    ratio: float
    witness: str
    attained: bool = False
    draws: int = 0
    false_alarm: float = 0.0


def at_most(label, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, rtol=RTOL, atol=ATOL, route="exact"):
    """Compare ``value <= bound`` over instances; an infinite bound or an inactive hypothesis is no instance.

    Parameters
    ----------
    label : str
        Which set of instances this is.
    value, bound : array_like
        Non-negative; broadcast against each other.
    where : sequence of str or callable, optional
        Names the instance with a given flat index, for the witness.
    active : array_like of bool, optional
        Where the hypothesis of the statement holds.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> at_most("pairs", [0.1, 0.2], [0.2, 0.25]).ratio
    0.8
    >>> at_most("pairs", [0.1, 0.3], [0.2, 0.25], where=["a", "b"]).witness
    'b'
    """
    value, bound, mask = _instances(label, value, bound, active)
    mask &= bound < np.inf
    ok = (value <= bound * (1 + rtol) + atol) | ~mask
    ratio = _ratio(value, bound, ok, atol)
    return _worst("at_most", label, route, ok, value, bound, ratio, mask, where)


def at_least(
    label, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, rtol=RTOL, atol=ATOL, route="exact"
):
    """Compare ``value >= bound`` over instances; a bound of zero is no instance, since it says nothing.

    Examples
    --------
    >>> at_least("pairs", [0.4, 0.2], [0.1, 0.1]).ratio
    0.5
    """
    value, bound, mask = _instances(label, value, bound, active)
    mask &= bound > 0
    ok = (value >= bound * (1 - rtol) - atol) | ~mask
    ratio = _ratio(bound, value, ok, atol)
    return _worst("at_least", label, route, ok, value, bound, ratio, mask, where)


def equal(
    label, value: ArrayLike, expected: ArrayLike, *, where=None, active=None, rtol=RTOL, atol=ATOL, route="exact"
):
    """Compare ``value == expected`` within ``atol + rtol * |expected|``; two infinities of one sign are equal.

    Examples
    --------
    >>> equal("halves", [0.5, np.inf], [0.5, np.inf]).ok
    True
    >>> equal("halves", 0.5, 0.6).ok, equal("no tolerance", [0.0, 0.5], [0.0, 0.5], rtol=0, atol=0).ok
    (False, True)
    """
    value, expected, mask = _instances(label, value, expected, active, signed=True)
    infinite = np.isinf(value) | np.isinf(expected)
    same = infinite & (value == expected)
    gap = np.abs(np.where(infinite, 0.0, value) - np.where(infinite, 0.0, expected))
    allowed = atol + rtol * np.abs(np.where(infinite, 0.0, expected))
    error = np.divide(gap, allowed, out=np.where(gap > 0, np.inf, 0.0), where=allowed > 0)
    error = np.where(same, 0.0, np.where(infinite, np.inf, error))
    ok = (error <= 1) | ~mask
    if ok.all() and mask.any():  # round-off decides which of the equal ones is worst: report the first instead
        first = int(np.flatnonzero(mask)[0])
        return Outcome("equal", label, route, True, int(mask.sum()), float(value[first]), float(expected[first]), 1.0,
                       _name(where, first, label))
    return _worst("equal", label, route, ok, value, expected, error, mask, where)


def exceeds(label, value: ArrayLike, bound: ArrayLike, *, where=None, active=None, margin=1e-6, route="exact"):
    """Compare ``value > bound`` by a relative margin at EVERY instance: the shape of a counterexample.

    The worst instance is the least convincing one; its ratio is bound/value, so a counterexample has ratio < 1.

    Examples
    --------
    >>> exceeds("tempting bound", 0.1, 0.048).ok
    True
    """
    value, bound, mask = _instances(label, value, bound, active)
    ok = (value > bound * (1 + margin)) | ~mask
    ratio = _ratio(bound, value, ok, 0.0)
    return _worst("exceeds", label, route, ok, value, bound, ratio, mask, where)


def contains(label, lower: ArrayLike, value: ArrayLike, upper: ArrayLike, *, where=None, route="certified"):
    """Compare ``lower <= value <= upper`` with no slack at all: a certificate needs none.

    The ratio is value/upper or lower/value, whichever is closer to one.

    Examples
    --------
    >>> contains("bracket", 0.1, 0.11, 0.12).ok
    True
    """
    lower, value = np.broadcast_arrays(np.atleast_1d(lower).astype(float), np.atleast_1d(value).astype(float))
    value, upper, mask = _instances(label, value, upper, None)
    lower = np.broadcast_to(lower, np.broadcast_shapes(lower.shape, value.shape)).ravel()
    ok = (lower <= value) & (value <= upper)
    ratio = np.maximum(_ratio(value, upper, value <= upper, 0.0), _ratio(lower, value, lower <= value, 0.0))
    return _worst("contains", label, route, ok, value, upper, ratio, mask, where)


def within(label, value: ArrayLike, low: float, high: float, *, where=None, route="exact"):
    """Compare ``low <= value <= high``: a fitted slope, a predicted window. The ratio is the place in the window.

    Examples
    --------
    >>> within("slope", -0.98, -1.1, -0.9).ok
    True
    """
    value, _, mask = _instances(label, value, 0.0, None, signed=True)
    ok = (value >= low) & (value <= high)
    place = np.abs(2 * (value - low) / (high - low) - 1)
    return _worst("within", label, route, ok, value, np.full_like(value, high), place, mask, where)


def frequency_at_most(label, hits: int, draws: int, bound: float, *, false_alarm: float, where=None):
    """Compare a simulated frequency with ``P <= bound``: violated only if the exact binomial lower limit is above it.

    If the statement is true, this says "violated" with probability at most ``false_alarm`` (Clopper-Pearson).

    Examples
    --------
    >>> frequency_at_most("failures", 40, 1000, 0.05, false_alarm=1e-9).ok
    True
    >>> frequency_at_most("failures", 400, 1000, 0.05, false_alarm=1e-9).ok
    False
    """
    draws, hits = count("draws", draws), count("hits", hits, least=0)
    in_range("false_alarm", false_alarm, 0, 1e-6, open_ends=False)
    lower = 0.0 if hits == 0 else float(betaincinv(hits, draws - hits + 1, false_alarm))
    value = hits / draws
    name = _name(where, 0, f"{hits} of {draws} draws")
    return Outcome("frequency_at_most", label, "monte_carlo", lower <= bound, 1, value, bound, value / bound, name,
                   draws=draws, false_alarm=false_alarm)


def symbolic(label, left, right=0):
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
    return Outcome("symbolic", label, "symbolic", ok, 1, 1.0, 1.0, 1.0, "every value of the symbols" if ok else shown)


def proved(label, certificate):
    """Take over the verdict of an interval certificate (see :mod:`covtheory.claims.certify`)."""
    return Outcome("proved", label, "interval", certificate.proved, 1, 1.0, 1.0, 1.0, certificate.summary)


def _instances(label, value, bound, active, signed=False):
    value, bound = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(bound, dtype=float))
    mask = np.broadcast_to(True if active is None else np.asarray(active, dtype=bool), value.shape).ravel().copy()
    value, bound = value.ravel(), bound.ravel()
    for name, array in (("value", value), ("bound", bound)):
        if np.isnan(array[mask]).any():
            where = int(np.flatnonzero(np.isnan(array) & mask)[0])
            raise ValueError(f"{label}: NaN in {name} at active instance {where}")
        if not signed and (array[mask] < -ATOL).any():
            raise ValueError(f"{label}: negative {name} {array[mask].min():.6g}; compare non-negative quantities")
    return value, bound, mask


def _ratio(top, bottom, ok, atol):
    """``top/bottom``; where both are round-off of zero, 0 if the comparison was fine and infinity if not."""
    ratio = np.zeros_like(top)
    np.divide(top, bottom, out=ratio, where=(bottom > 0) & (top < np.inf) & (bottom < np.inf))
    ratio[(top == np.inf) | ((bottom <= 0) & (top > 0))] = np.inf
    tiny = ok & (np.abs(top) <= atol)
    ratio[tiny] = np.minimum(ratio[tiny], 1.0)
    ratio[ok & ~np.isfinite(ratio)] = 1.0
    return ratio


def _worst(comparison, label, route, ok, value, bound, ratio, mask, where):
    if not mask.any():
        return Outcome(comparison, label, route, True, 0, 0.0, 0.0, 0.0, "no active instance")
    score = np.where(mask, np.where(ok, ratio, np.maximum(ratio, np.inf)), -np.inf)
    top = score.max()
    index = int(np.flatnonzero(score >= (top - 1e-9 * abs(top) if np.isfinite(top) else top))[0])
    return Outcome(comparison, label, route, bool(ok[mask].all()), int(mask.sum()), float(value[index]),
                   float(bound[index]), float(ratio[index]), _name(where, index, label))


def _name(where, index: int, label: str) -> str:
    if where is None:
        return label if index == 0 else f"{label} #{index}"
    if callable(where):
        return str(where(index))
    return where if isinstance(where, str) else str(_pick(where, index))


def _pick(names: Sequence[str], index: int) -> str:
    flat = np.asarray(names, dtype=object).ravel()
    return flat[index] if index < flat.size else f"#{index}"

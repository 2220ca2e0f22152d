"""What a comparison found, by rules that make the verdict travel between processors.

- An instance counts if its hypothesis is active and its bound is finite and exceeds the absolute slack; whether the
  statement holds is judged wherever the hypothesis is active.
- An instance *says* something if its bound is not trivial: below ``ceiling`` for an upper bound (one, for a
  probability), above ``floor`` for a lower one. The worst ratio is taken over these alone.
- A tie is an instance that is fine and whose value and bound agree within the slack: its ratio is exactly one. Among
  equals (ratios within 1e-9) the first instance is the witness. A ratio below 1e-9 is zero.
- The witness is *unique* if no other ratio comes within twice the tolerance with which stored ratios are compared.
- What is not counted is *outside*: the hypothesis is not active there, or an upper bound is infinite.
- The *margin* is what the largest ratio that is no tie lacks to one.
- A few instances that share one ratio below one say as much as one of them.
- An inequality whose ratios are one number, to the last digits, while its values vary, compares a value with itself or
  with a bound computed from it: that ratio is *shared*.
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

RTOL, ATOL = 1e-9, 1e-12
"""Default slack for floating-point round-off: relative to the bound, and absolute."""

LOOSEST = {"exact": 1e-6, "certified": 1e-6, "monte_carlo": 1e-2, "experiment": 1e-2}
"""No slack may be larger, by route: a check that forgives more checks nothing."""

HIDDEN = 10
"""Bounds up to this many absolute slacks are hidden by it: of most instances they must not be."""

MANY, NEARLY_ALL, SAME = 20, 0.9, 1e-12
"""A ratio is shared if of at least so many instances (more than a search keeps) this part has it, up to this relative
difference; ties, which equalities leave on honest instances too, only if all are ties."""

ATTAINED, LOOSEST_ATTAINED = 1e-6, 0.05
"""An extremal family attains its bound when some ratio is within this of one; at most the second may be asked for."""

CLOSE, NEGLIGIBLE = 1e-3, 1e-9
"""Stored ratios are compared within the first, relatively; a ratio below the second is zero."""

NUMERIC = tuple(LOOSEST)
"""Routes of comparisons of numbers; ``symbolic`` and ``interval`` belong to symbolic() and proved() alone."""

ORDERED = ("at_most", "at_least", "exceeds")
INEQUALITIES = (*ORDERED, "contains", "frequency_at_most")


@dataclass(frozen=True)
class Outcome:
    """What one comparison found: the verdict, how many instances, and the one closest to violating it.

    ``ratio`` is value/bound for an upper bound and bound/value for a lower one, so that one is the edge either way.
    ``says`` counts the instances whose bound is not trivial, ``outside`` those that are not judged. ``slack`` names a
    tolerance above the default one, ``power`` what a simulation would detect.
    """

    comparison: str
    label: str
    route: str
    ok: bool
    instances: int
    says: int
    value: float
    bound: float
    ratio: float
    witness: str
    unique: bool = False
    draws: int = 0
    false_alarm: float = 0.0
    outside: int = 0
    margin: float | None = None
    shared: float | None = None
    slack: str = ""
    power: str = ""
    again: Callable[..., "Outcome"] | None = field(default=None, repr=False, compare=False)
    inputs: dict = field(default_factory=dict, repr=False, compare=False)

    def twin(self, **change) -> "Outcome":
        """Return the same comparison on the same instances with one argument changed (:mod:`claimcheck.twin`)."""
        from claimcheck.twin import twin

        return twin(self, **change)


_MADE: weakref.WeakValueDictionary[int, Outcome] = weakref.WeakValueDictionary()


def made(outcome: Outcome) -> Outcome:
    """Return an outcome that a comparison made, remembered as such."""
    _MADE[id(outcome)] = outcome
    return outcome


def is_made(outcome: Outcome) -> bool:
    """Whether a comparison made this outcome, and nobody edited it (``dataclasses.replace``) since.

    Examples
    --------
    >>> from claimcheck.comparison import at_most
    >>> from dataclasses import replace
    >>> bad = at_most("pairs", 2.0, 1.0)
    >>> is_made(bad), is_made(replace(bad, ok=True))
    (True, False)
    """
    return outcome.again is not None and _MADE.get(id(outcome)) is outcome


def slack_in_range(label, route, rtol, atol):
    """Refuse an unknown route, and a slack that forgives too much for it."""
    if route not in NUMERIC:
        raise ValueError(f"{label}: route is {route!r}; numbers take one of {', '.join(NUMERIC)}")
    for name, slack in (("rtol", rtol), ("atol", atol)):
        if not 0 <= slack <= LOOSEST[route]:
            raise ValueError(f"{label}: {name} is {slack!r}, expected 0 to {LOOSEST[route]} on the {route} route: a "
                             "check that forgives more checks nothing")


def not_hidden(label, size, active, atol):
    """Refuse instances most of whose bounds the absolute slack hides."""
    size = np.abs(size[active & np.isfinite(size) & (size != 0)])
    if (count := int((size <= HIDDEN * atol).sum())) * 2 > size.size:
        raise ValueError(f"{label}: {count} of {size.size} bounds are at most {HIDDEN} times the absolute slack "
                         f"{atol:g}, which hides them: compare logarithms, or give a smaller atol")


def prepared(label, value, bound, active, signed=False):
    """Return value, bound and activity as flat arrays of one shape, after looking for NaN and wrong signs.

    A masked array is refused, since its mask would be lost: what is left out is named by ``active``.
    """
    if any(isinstance(numbers, np.ma.MaskedArray) for numbers in (value, bound, active)):
        raise ValueError(f"{label}: a masked array, whose mask would be lost: fill it, and give active=")
    if np.iscomplexobj(value) or np.iscomplexobj(bound):
        raise ValueError(f"{label}: complex numbers, expected real ones")
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


def ratios(top, bottom, ok, slack):
    """``top/bottom``; exactly one where all is well and both agree within ``slack``, zero below ``NEGLIGIBLE``."""
    ratio = np.zeros(top.shape)
    np.divide(top, bottom, out=ratio, where=(bottom > 0) & (top < np.inf) & (bottom < np.inf))
    ratio[(top == np.inf) | ((bottom <= 0) & (top > 0))] = np.inf
    with np.errstate(invalid="ignore"):
        ratio[ok & ((np.abs(top - bottom) <= slack) | (top == bottom) | (ratio > 1))] = 1.0
    ratio[ratio < NEGLIGIBLE] = 0.0
    return ratio


def conclude(again, label, route, ok, value, bound, ratio, counted, says, where, inputs, outside=0):
    """Return the outcome of instances that were judged (``ok``), counted, and found to say something or not."""
    slacks = ((name, inputs.get(name, 0.0), usual) for name, usual in (("rtol", RTOL), ("atol", ATOL)))
    kept = {"again": again, "inputs": inputs, "outside": int(outside),
            "slack": ", ".join(f"{name} {slack:g}" for name, slack, usual in slacks if slack > usual)}
    if not counted.any() and ok.all():
        return made(Outcome(again.__name__, label, route, True, 0, 0, 0.0, 0.0, 0.0, "no active instance", **kept))
    score = np.where(ok, np.where(says, ratio, -1.0), np.inf)
    top = score.max()
    index = int(np.flatnonzero(score >= (top * (1 - NEGLIGIBLE) if 0 < top < np.inf else top))[0])
    unique = bool(0 < top < np.inf and int((score >= top * (1 - 2 * CLOSE)).sum()) == 1)
    shown = float(ratio[index]) if says.any() or top == np.inf else 0.0
    short = ratio[says & ok & (ratio < 1)]
    kept["margin"] = float(1 - short.max()) if short.size else None
    count = int(says.sum())
    if again.__name__ in ORDERED:
        kept["shared"] = shared_ratio(ratio[says & ok], value[says & ok])
        count = telling_apart(ratio[says], value[says]) if ok.all() else count
    return made(Outcome(again.__name__, label, route, bool(ok.all()), int((counted | ~ok).sum()), count,
                        float(value[index]), float(bound[index]), shown, name_of(where, index, label), unique, **kept))


def telling_apart(ratio: np.ndarray, value: np.ndarray) -> int:
    """Return how many instances say something: all, or one if they are a few that share a ratio below one.

    Many that do are refused, or an extremal family (see :func:`shared_ratio`).

    Examples
    --------
    >>> v = np.linspace(0.1, 0.9, 5)
    >>> telling_apart(v / 0.9, v), telling_apart(v / (1.25 * v), v), telling_apart(v / v, v)
    (5, 1, 5)
    """
    few = 2 < ratio.size < MANY and 0 < ratio[0] < 1
    return 1 if few and np.ptp(ratio) <= SAME * ratio[0] and np.ptp(value) > SAME * value.max() else ratio.size


def shared_ratio(ratio: np.ndarray, value: np.ndarray, least: int = MANY) -> float | None:
    """Return the ratio that nearly all of many instances have to the last digits, though their values differ, if any.

    Examples
    --------
    >>> v = np.linspace(0.1, 0.9, 20)
    >>> shared_ratio(v / (1.25 * v), v), shared_ratio(v / 0.9, v)
    (0.8, None)
    """
    telling = ratio > 0
    ratio, value = ratio[telling], value[telling]
    if ratio.size < least:
        return None
    middle = np.median(ratio)
    same = np.abs(ratio - middle) <= SAME * middle
    if same.mean() < (1 if middle == 1 else NEARLY_ALL) or np.ptp(value[same]) <= ATTAINED * value[same].max():
        return None
    return float(f"{middle:.12g}")


def name_of(where, index: int, label: str) -> str:
    """Return what an instance is called, by its flat index."""
    if where is None:
        return label if index == 0 else f"{label} #{index}"
    if callable(where):
        return str(where(index))
    return where if isinstance(where, str) else str(_pick(where, index))


def _pick(names: Sequence[str], index: int) -> str:
    flat = np.asarray(names, dtype=object).ravel()
    return flat[index] if index < flat.size else f"#{index}"

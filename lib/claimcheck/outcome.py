"""What a comparison found, by rules that make the verdict travel between processors.

- An instance counts if its hypothesis is active and its bound is finite and exceeds the absolute slack; whether the
  statement holds is judged wherever the hypothesis is active.
- An instance *says* something if its bound is not trivial: below ``ceiling`` for an upper bound (one, for a
  probability), above ``floor`` for a lower one. The worst ratio is taken over these alone.
- A tie is an instance that is fine and whose value and bound agree within the slack: its ratio is exactly one. Among
  equals (ratios within 1e-9) the first instance is the witness. A ratio below 1e-9 is zero.
- The witness is *unique* if no other ratio comes within twice the tolerance with which stored ratios are compared.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

RTOL, ATOL = 1e-9, 1e-12
"""Default slack for floating-point round-off: relative to the bound, and absolute."""

LOOSEST = 1e-2
"""No slack may be larger: a check that forgives more checks nothing."""

ATTAINED, LOOSEST_ATTAINED = 1e-6, 0.05
"""An extremal family attains its bound when some ratio is within this of one; at most the second may be asked for."""

CLOSE, NEGLIGIBLE = 1e-3, 1e-9
"""Stored ratios are compared within the first, relatively; a ratio below the second is zero."""

NUMERIC = ("exact", "certified", "monte_carlo", "experiment")
"""Routes of comparisons of numbers; ``symbolic`` and ``interval`` belong to symbolic() and proved() alone."""

INEQUALITIES = ("at_most", "at_least", "exceeds", "contains", "frequency_at_most")


@dataclass(frozen=True)
class Outcome:
    """What one comparison found: the verdict, how many instances, and the one closest to violating it.

    ``ratio`` is value/bound for an upper bound and bound/value for a lower one, so that one is the edge either way.
    ``says`` counts the instances whose bound is not trivial.
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
    again: Callable[..., "Outcome"] | None = field(default=None, repr=False, compare=False)
    inputs: dict = field(default_factory=dict, repr=False, compare=False)

    def twin(self, **change) -> "Outcome":
        """Return the same comparison on the same instances with one argument changed: a sabotage.

        ``outside=True`` compares on the instances outside the hypothesis that the check was given.

        Raises
        ------
        ValueError
            If not exactly one argument is changed, instances are added or lost, or the bound of an upper bound
            vanishes everywhere: a bound of zero bites whatever the statement says.

        Examples
        --------
        >>> from claimcheck.comparison import at_most
        >>> at_most("pairs", [0.1, 0.2], [0.2, 0.25]).twin(bound=[0.1, 0.1]).ok
        False
        """
        terms = [name for name, parameter in inspect.signature(self.again).parameters.items()
                 if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name != "label"]
        if len(change) != 1 or not set(change) <= {*terms, "outside"}:
            raise ValueError(f"tooth of {self.label!r}: change one of {', '.join(terms)}, got {sorted(change)}")
        ((name, new),) = change.items()
        if name == "outside":
            if new is not True or self.inputs.get("outside") is None:
                raise ValueError(f"tooth of {self.label!r}: outside=True needs a check that was given outside=")
            value, bound = self.inputs["outside"]
            settings = {key: self.inputs[key] for key in ("rtol", "atol", "margin") if key in self.inputs}
            return self.again(self.label, value, bound, route=self.route, **settings)
        if self.comparison in ("symbolic", "proved"):
            as_twin = {"twin": True} if self.comparison == "proved" else {}
            return self.again(self.label, **{**self.inputs, name: new, **as_twin})
        shape = np.broadcast_shapes(*(np.shape(self.inputs[term]) for term in terms))
        try:
            np.broadcast_to(np.empty(np.shape(new)), shape)
        except ValueError:
            raise ValueError(f"tooth of {self.label!r}: numbers of shape {np.shape(new)} for instances of shape {shape}"
                             ) from None
        twin = self.again(self.label, route=self.route, **{**self.inputs, name: new, "twin": True})
        if twin.instances == 0:
            raise ValueError(f"tooth of {self.label!r}: its {name} vanishes or is infinite at every instance")
        return twin


def slack_in_range(label, rtol, atol):
    """Refuse a slack that forgives too much."""
    for name, slack in (("rtol", rtol), ("atol", atol)):
        if not 0 <= slack <= LOOSEST:
            raise ValueError(f"{label}: {name} is {slack!r}, expected 0 to {LOOSEST}: a check that forgives more "
                             "checks nothing")


def prepared(label, value, bound, active, rtol, atol, signed=False):
    """Return value, bound and activity as flat arrays of one shape, after looking for NaN and wrong signs."""
    slack_in_range(label, rtol, atol)
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


def conclude(again, label, route, ok, value, bound, ratio, counted, says, where, inputs):
    """Return the outcome of instances that were judged (``ok``), counted, and found to say something or not."""
    if route not in NUMERIC:
        raise ValueError(f"{label}: route is {route!r}; numbers take one of {', '.join(NUMERIC)}")
    kept = {"again": again, "inputs": inputs}
    if not counted.any() and ok.all():
        return Outcome(again.__name__, label, route, True, 0, 0, 0.0, 0.0, 0.0, "no active instance", **kept)
    score = np.where(ok, np.where(says, ratio, -1.0), np.inf)
    top = score.max()
    index = int(np.flatnonzero(score >= (top * (1 - NEGLIGIBLE) if 0 < top < np.inf else top))[0])
    unique = bool(0 < top < np.inf and int((score >= top * (1 - 2 * CLOSE)).sum()) == 1)
    shown = float(ratio[index]) if says.any() or top == np.inf else 0.0
    return Outcome(again.__name__, label, route, bool(ok.all()), int((counted | ~ok).sum()), int(says.sum()),
                   float(value[index]), float(bound[index]), shown, name_of(where, index, label), unique, **kept)


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

"""The sabotaged twin of a comparison: the same instances with one argument changed, by as much as an error might."""

import inspect

import numpy as np

from claimcheck.outcome import ORDERED, Outcome, shared_ratio

FACTOR = 1e5
"""A changed number is at most so many times the numbers of its instance, an upper bound at least that part of them:
beyond, anything is rejected, whatever the statement says. (A forgotten term may well cost four digits.)"""

SHARE = 0.1
"""The part of the active instances that must change."""


def twin(outcome: Outcome, **change) -> Outcome:
    """Return a comparison again on the same instances with one argument changed: a sabotage.

    ``outside=True`` compares on the instances outside the hypothesis that the check was given. Where a changed number
    is not plausible (see ``FACTOR``), the old one stays, so that it cannot be what is rejected.

    Raises
    ------
    ValueError
        If not exactly one argument is changed, instances are added or lost, or nothing plausible is left of the change.

    Examples
    --------
    >>> from claimcheck.comparison import at_most
    >>> twin(at_most("pairs", [0.1, 0.2], [0.2, 0.25]), bound=[0.1, 0.1]).ok
    False
    """
    inputs, again = outcome.inputs, outcome.again
    if again is None:
        raise _refused(outcome, "it was made by hand, expected one that a comparison made")
    terms = [name for name, parameter in inspect.signature(again).parameters.items()
             if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name != "label"]
    if len(change) != 1 or not set(change) <= {*terms, "outside"}:
        raise _refused(outcome, f"change one of {', '.join(terms)}, got {sorted(change)}")
    ((name, new),) = change.items()
    if name == "outside":
        return _outside(outcome, new, terms)
    if outcome.comparison in ("symbolic", "proved"):
        as_twin = {"twin": True} if outcome.comparison == "proved" else {}
        return again(outcome.label, **{**inputs, name: new, **as_twin})
    if again(outcome.label, route=outcome.route, **inputs) != outcome:
        raise _refused(outcome, "its numbers have changed since it was made, so that the change alone is not judged")
    shape = np.broadcast_shapes(*(np.shape(inputs[term]) for term in terms))
    try:
        np.broadcast_to(np.empty(np.shape(new)), shape)
    except ValueError:
        raise _refused(outcome, f"numbers of shape {np.shape(new)} for instances of shape {shape}") from None
    new = _plausible(outcome, name, new, terms, shape)
    return again(outcome.label, route=outcome.route, **{**inputs, name: new, "twin": True})


def _plausible(outcome, name, new, terms, shape):
    """Return the changed numbers, old ones where the change is not plausible; refuse if little or nothing is left."""
    old, changed = (np.broadcast_to(np.asarray(numbers), shape) for numbers in (outcome.inputs[name], new))
    before, after = old.astype(float), changed.astype(float)
    scale = _scale(outcome, terms, shape)
    kept = np.isnan(after) | (np.abs(after) <= FACTOR * scale)
    if outcome.comparison == "at_most" and name == "bound":
        value = np.broadcast_to(np.asarray(outcome.inputs["value"]), shape).astype(float)
        kept &= ~(after < np.minimum(before, value) / FACTOR) & (after > 0)
    moved = ~((before == after) | (np.isnan(before) & np.isnan(after)))
    active = outcome.inputs.get("active")
    active = np.broadcast_to(True if active is None else np.asarray(active, dtype=bool), shape)
    count, size = int((moved & active).sum()), int(active.sum())
    if count < SHARE * size:
        raise _refused(outcome, f"changes {count} of {size} instances, expected at least a tenth")
    if not (kept & moved & active).any():
        raise _refused(outcome, f"its {name} vanishes, is infinite or over {FACTOR:,.0f} times off at every instance")
    if outcome.comparison in ORDERED:
        (other,) = (np.broadcast_to(np.asarray(outcome.inputs[term], dtype=float), shape) for term in terms[:2]
                    if term != name)
        places = kept & moved & active & (other != 0) & (before != 0) & np.isfinite(other) & np.isfinite(before)
        with np.errstate(over="ignore"):
            of_other, of_old = (shared_ratio(after[places] / side[places], after[places], least=3)
                                for side in (other, before))
        if of_other not in (None, 1) and of_old is None and outcome.shared is None:
            raise _refused(outcome, f"its {name} is {of_other:.6g} times the other side everywhere: computed from it, "
                           "it is rejected whatever the statement says")
    return new if kept.all() else np.where(kept, changed, old)


def _outside(outcome, new, terms):
    if new is not True or outcome.inputs.get("outside") is None:
        raise _refused(outcome, "outside=True needs a check that was given outside=")
    value, bound = (np.asarray(numbers, dtype=float) for numbers in outcome.inputs["outside"])
    largest = _scale(outcome, terms, None).max()
    own = np.asarray(outcome.inputs[terms[1]], dtype=float)
    small = np.minimum(value, own[own > 0].min(initial=np.inf)) / FACTOR if outcome.comparison == "at_most" else -np.inf
    far = [numbers for numbers in (value, bound) if not (np.abs(numbers) <= FACTOR * largest).all()]
    if far or (bound < small).any():
        raise _refused(outcome, f"outside= is infinite or over {FACTOR:,.0f} times off the instances of the check")
    settings = {key: outcome.inputs[key] for key in ("rtol", "atol", "margin", "decimals") if key in outcome.inputs}
    return outcome.again(outcome.label, value, bound, route=outcome.route, twin=True, **settings)


def _scale(outcome, terms, shape):
    """Return the size of the numbers at each instance; where all vanish, of the check; where that does, one."""
    sizes = [np.abs(np.asarray(outcome.inputs[term]).astype(float)) for term in terms]
    sizes = [np.where(np.isfinite(size), size, 0.0) for size in sizes]
    scale = np.max(np.broadcast_arrays(*sizes), axis=0)
    scale = np.where(scale > 0, scale, scale.max(initial=0.0) or 1.0)
    return scale if shape is None else np.broadcast_to(scale, shape)


def _refused(outcome, why):
    return ValueError(f"tooth of {outcome.label!r}: {why}")

"""A claim in a notebook: registered statement, checks, teeth, and a verdict that CI can read."""

import difflib
import math

from claimcheck.outcome import ATTAINED, INEQUALITIES, LOOSEST_ATTAINED, Outcome, is_made
from claimcheck.record import MIME, line, plain, sealed
from claimcheck.register import ROUTES, RegisterError, Registration, load_register

SLACK = 0.1
"""An inequality whose worst ratio stays below this must say why."""

CONSTANTS = 3
"""An equality of so few numbers is a check of constants: beside an inequality, its twin is not one of the statement."""

_NEEDS = {
    "identity": ("equal", "symbolic"),
    "upper": ("at_most", "frequency_at_most", "contains"),
    "lower": ("at_least", "contains", "exceeds"),
    "tight": ("at_most", "at_least"),
    "rate": ("within", "equal"),
    "counterexample": ("exceeds",),
    "phenomenon": ("at_most", "at_least", "equal", "exceeds", "within", "frequency_at_most"),
}


class Claim:
    """Collects what shows the registered statement, the steps of its proof and sabotaged twins, and concludes.

    Show it as the last expression of a cell: the text line is for the reader, the record under ``MIME`` for the
    comparison with what is stored, and for the ledger.

    Examples
    --------
    >>> from claimcheck.comparison import at_most
    >>> entry = Registration("some-claim", "01", "upper", ("exact",), "a <= b", "none", "key", "Thm 1", "nothing", 1)
    >>> c = Claim(entry).states(at_most("pairs", [1, 2], [2, 2])).tooth("b/2 for b", "pairs", bound=[1, 1])
    >>> c.status
    'holds'
    """

    def __init__(self, registration: Registration):
        self.registration = registration
        self.stated: list[Outcome] = []
        self.steps: list[Outcome] = []
        self.teeth: list[tuple[str, str, Outcome]] = []
        self.slack_note = ""
        self._reaching: set[str] = set()
        self._missed: list[str] = []

    def states(self, *outcomes: Outcome) -> "Claim":
        """Add checks of the registered statement itself; worst ratio, instances and route shown are those of these."""
        self.stated += outcomes
        return self

    def attained(self, *outcomes: Outcome, tolerance: float = ATTAINED) -> "Claim":
        """Add checks of the statement on an extremal family: they must be fine AND their ratio must reach one.

        Raises
        ------
        ValueError
            For a tolerance above ``LOOSEST_ATTAINED``.
        """
        if not 0 <= tolerance <= LOOSEST_ATTAINED:
            raise ValueError(f"tolerance: got {tolerance!r}, expected 0 to {LOOSEST_ATTAINED}")
        for outcome in outcomes:
            self._reaching.add(outcome.label)
            if outcome.ratio < 1 - tolerance:
                self._missed.append(f"{outcome.label} reaches only {outcome.ratio:.6g} of the bound")
        return self.states(*outcomes)

    def step(self, *outcomes: Outcome) -> "Claim":
        """Add checks of lemmas and steps of the proof: they must come out fine, but say nothing about the statement."""
        self.steps += outcomes
        return self

    def tooth(self, change: str, of: str, **changed) -> "Claim":
        """Add a sabotaged twin of the check labelled ``of``: same instances, one argument changed; it must be rejected.

        Parameters
        ----------
        change : str
            What was changed, in words: the constant, the term, the dropped hypothesis.
        **changed
            The one argument of the comparison with its sabotaged value, ``bound=...``, ``value=...``,
            ``expected=...``; or ``outside=True``, to judge the instances outside the hypothesis that the check knows.

        Raises
        ------
        ValueError
            If no check has this label, or the twin is not one (see :func:`claimcheck.twin.twin`).
        """
        named = [outcome for outcome in self.stated + self.steps if outcome.label == of]
        if not named:
            raise ValueError(f"tooth {change!r}: no check is labelled {of!r}; there are "
                             f"{', '.join(repr(o.label) for o in self.stated + self.steps) or 'none yet'}")
        self.teeth.append((change, of, named[0].twin(**changed)))
        return self

    def slack(self, note: str) -> "Claim":
        """Say why the bound is far from attained on everything that was tried."""
        self.slack_note = note.strip()
        return self

    @property
    def problems(self) -> list[str]:
        """What keeps this claim from its good status; empty if nothing does."""
        entry, checks = self.registration, self.stated + self.steps
        found = [_violation(o) for o in checks if not o.ok] + self._missed
        found += [f"{o.label}: fine at a ratio of {o.ratio:.6g}" for o in checks
                  if o.ok and o.comparison in INEQUALITIES and o.ratio > 1 + 1e-9]
        found += [f"{o.label}: made by hand, not by a comparison" for o in checks if not is_made(o)]
        found += [f"{o.label}: no instance is active" for o in checks if not o.instances]
        found += [f"{o.label}: every bound is trivial, so no instance says anything" for o in checks
                  if o.instances and not o.says and o.ok and not o.power]
        found += [f"{o.label}: of {o.says} instances all or nearly all have the ratio {o.shared:.6g}: is one side "
                  "computed from the other? use equal(), or attained() for an extremal family"
                  for o in checks if o.shared is not None and o.label not in self._reaching]
        labels = [o.label.strip() for o in checks]
        found += ["a check without a label"] * ("" in labels)
        found += [f"{label}: two checks have this label" for label in sorted(set(labels)) if labels.count(label) > 1]
        found += [f"tooth does not bite: {change}" for change, _, outcome in self.teeth if outcome.ok]
        told = [(change.strip(), of) for change, of, _ in self.teeth]
        found += [f"tooth {change!r} of {of!r} stands twice" for change, of in sorted(set(told))
                  if told.count((change, of)) > 1]
        needs = _NEEDS["counterexample" if entry.corrected_by else entry.kind]
        telling = {o.label for o in self.stated
                   if o.comparison in needs or (o.comparison == "equal" and o.instances > CONSTANTS)}
        if not any(of in telling for _, of, _ in self.teeth):
            found.append("no sabotaged twin of the statement: a check that cannot fail is a defect")
        if len(self.teeth) != entry.teeth:
            found.append(f"{len(self.teeth)} teeth, registered are {entry.teeth}")
        if not self.stated:
            return [*found, "no check of the statement itself: use states()"]
        if not any(o.comparison in needs for o in self.stated):
            found.append(f"a claim of kind {entry.kind} needs one of {', '.join(needs)} among states()")
        if missing := set(entry.routes) - {outcome.route for outcome in self.stated}:
            found.append(f"registered route not taken by states(): {', '.join(sorted(missing))}")
        if entry.kind == "tight" and not any(o.comparison in INEQUALITIES and o.ratio >= 1 - ATTAINED
                                             for o in self.stated):
            found.append("a tight claim must reach its bound on some family")
        if entry.kind in ("upper", "lower") and self.worst.ratio < SLACK and not self.slack_note:
            found.append(f"worst ratio {self.worst.ratio:.3g} is below {SLACK}: say why with slack()")
        return found

    @property
    def status(self) -> str:
        """``holds``, what was found of a corrected statement, ``fails``, or ``not_checked`` without an instance."""
        if not any(outcome.instances for outcome in self.stated):
            return "not_checked"
        if self.problems:
            return "fails"
        return self.registration.finding.replace(" ", "_") if self.registration.corrected_by else "holds"

    @property
    def worst(self) -> Outcome:
        """The check of the statement closest to its bound (the first one among equals)."""
        compared = [o for o in self.stated if o.comparison in INEQUALITIES and (o.says or not o.ok)] or self.stated
        edge = max(o.ratio if o.ok else math.inf for o in compared)
        return next(o for o in compared if (o.ratio if o.ok else math.inf) >= edge * (1 - 1e-9))

    def record(self) -> dict:
        """Return the ledger's entry for this claim: plain JSON values, floats rounded to six digits."""
        entry, checks = self.registration, [("states", o) for o in self.stated] + [("step", o) for o in self.steps]
        draws, routes = sum(o.draws for _, o in checks), {o.route for o in self.stated}
        worst = self.worst if self.stated else None
        rivals = [o for o in self.stated if worst and o is not worst and o.comparison in INEQUALITIES
                  and o.ratio >= worst.ratio * 0.998]
        return {
            "id": entry.id, "notebook": entry.notebook, "kind": entry.kind,
            "route": " + ".join(route for route in ROUTES if route in routes), "status": self.status,
            "statement": entry.statement, "hypotheses": entry.hypotheses, "does_not_say": entry.does_not_say,
            "source": {"key": entry.source_key, "locator": entry.source_locator},
            "worst": {"value": plain(worst.value), "bound": plain(worst.bound), "ratio": plain(worst.ratio),
                      "check": worst.label, "comparison": worst.comparison, "witness": worst.witness,
                      "unique": worst.unique and not rivals} if worst else None,
            "instances": sum(o.instances for o in self.stated), "says": sum(o.says for o in self.stated),
            "outside": sum(o.outside for o in self.stated),
            "teeth": [{"change": change, "of": of, "bites": not outcome.ok} for change, of, outcome in self.teeth],
            "monte_carlo": {"draws": draws, "false_alarm": plain(sum(o.false_alarm for _, o in checks))}
            if draws else None,
            "slack_note": self.slack_note, "corrected_by": entry.corrected_by, "problems": self.problems,
            "checks": [{"label": o.label, "role": role, "comparison": o.comparison, "route": o.route, "ok": o.ok,
                        "instances": o.instances, "says": o.says, "outside": o.outside, "ratio": plain(o.ratio),
                        "margin": None if o.margin is None else plain(o.margin),
                        **{name: text for name in ("slack", "power") if (text := getattr(o, name))}}
                       for role, o in checks],
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        record = sealed(self.record())
        return {"text/plain": line(record), MIME: record}


def claim(id: str) -> Claim:
    """Start checking a registered claim.

    Raises
    ------
    RegisterError
        If the id is not in references/claims.toml; the message lists near misses.
    """
    register = load_register()
    if id not in register:
        near = difflib.get_close_matches(id, register, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise RegisterError(f"claim {id!r} is not registered in references/claims.toml{hint}")
    return Claim(register[id])


def _violation(o: Outcome) -> str:
    away = f", {abs(o.value - o.bound):.3g} apart" if math.isfinite(o.value) and math.isfinite(o.bound) else ""
    numbers = "" if o.comparison in ("symbolic", "proved") else f": value {o.value:.6g}, bound {o.bound:.6g}{away}"
    return f"{o.label}: {o.comparison} violated at {o.witness}{numbers}"

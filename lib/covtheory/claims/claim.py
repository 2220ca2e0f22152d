"""A claim in a notebook: registered statement, checks, teeth, and a verdict that CI can read."""

import difflib
import math

from covtheory.claims.comparison import ATTAINED, Outcome
from covtheory.claims.register import ROUTES, RegisterError, Registration, load_register

MIME = "application/vnd.covtheory.claim+json"
"""Under this type a claim's record travels in the notebook's outputs."""

GOOD = ("holds", "refuted_as_printed")
SLACK = 0.1
"""An inequality whose worst ratio stays below this must say why."""

_INEQUALITIES = ("at_most", "at_least", "exceeds", "contains", "frequency_at_most")
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
    """Collects outcomes of checks and of sabotaged twins, and concludes.

    Show it as the last expression of a cell: the text line is for the reader and for strict nbval, the record under
    ``MIME`` for the ledger.

    Examples
    --------
    >>> from covtheory.claims.comparison import at_most
    >>> entry = Registration("some-claim", "01", "upper", ("exact",), "a <= b", "none", "key", "Thm 1", "nothing")
    >>> c = Claim(entry).check(at_most("pairs", [1, 2], [2, 2])).tooth("b/2 instead", at_most("pairs", [1, 2], [1, 1]))
    >>> c.status
    'holds'
    """

    def __init__(self, registration: Registration):
        self.registration = registration
        self.outcomes: list[Outcome] = []
        self.teeth: list[tuple[str, Outcome]] = []
        self.slack_note = ""
        self._missed: list[str] = []

    def check(self, *outcomes: Outcome) -> "Claim":
        """Add comparisons that must all come out fine."""
        self.outcomes += outcomes
        return self

    def attained(self, *outcomes: Outcome, tolerance: float = ATTAINED) -> "Claim":
        """Add comparisons on an extremal family: they must be fine AND their ratio must reach one."""
        for outcome in outcomes:
            if outcome.ratio < 1 - tolerance:
                self._missed.append(f"{outcome.label} reaches only {outcome.ratio:.6g} of the bound")
        return self.check(*outcomes)

    def tooth(self, change: str, outcome: Outcome) -> "Claim":
        """Add a sabotaged twin: the same comparison with one thing changed, which must be rejected."""
        self.teeth.append((change, outcome))
        return self

    def slack(self, note: str) -> "Claim":
        """Say why the bound is far from attained on everything that was tried."""
        self.slack_note = note
        return self

    @property
    def problems(self) -> list[str]:
        """What keeps this claim from its good status; empty if nothing does."""
        entry, used = self.registration, {outcome.comparison for outcome in self.outcomes}
        found = [f"{o.label}: {o.comparison} violated at {o.witness}" for o in self.outcomes if not o.ok] + self._missed
        found += [f"tooth does not bite: {change}" for change, outcome in self.teeth if outcome.ok]
        found += [f"tooth {change!r} uses {outcome.comparison}, which no check uses"
                  for change, outcome in self.teeth if outcome.comparison not in used]
        if not self.teeth:
            found.append("no sabotaged twin: a check that cannot fail is a defect")
        if self.outcomes and not used.intersection(_NEEDS["counterexample" if entry.corrected_by else entry.kind]):
            found.append(f"a claim of kind {entry.kind} needs one of {', '.join(_NEEDS[entry.kind])}")
        missing = set(entry.routes) - {outcome.route for outcome in self.outcomes}
        if self.outcomes and missing:
            found.append(f"registered route not taken: {', '.join(sorted(missing))}")
        if entry.kind == "tight" and not any(o.comparison in _INEQUALITIES and o.ratio >= 1 - ATTAINED
                                             for o in self.outcomes):
            found.append("a tight claim must reach its bound on some family")
        if entry.kind in ("upper", "lower") and self.outcomes and self.worst.ratio < SLACK and not self.slack_note:
            found.append(f"worst ratio {self.worst.ratio:.3g} is below {SLACK}: say why with slack()")
        return found

    @property
    def status(self) -> str:
        """``holds``, ``refuted_as_printed``, ``fails``, or ``not_checked`` when no hypothesis was ever active."""
        if not any(outcome.instances for outcome in self.outcomes):
            return "not_checked"
        if self.problems:
            return "fails"
        return "refuted_as_printed" if self.registration.corrected_by else "holds"

    @property
    def worst(self) -> Outcome:
        """The check closest to its bound (the first one among equals)."""
        compared = [o for o in self.outcomes if o.comparison in _INEQUALITIES and o.instances] or self.outcomes
        edge = max(o.ratio if o.ok else math.inf for o in compared)
        return next(o for o in compared if (o.ratio if o.ok else math.inf) >= edge - 1e-9)

    def record(self) -> dict:
        """Return the ledger's entry for this claim: plain JSON values, floats rounded to six digits."""
        entry, draws = self.registration, sum(o.draws for o in self.outcomes)
        routes = {o.route for o in self.outcomes}
        worst = self.worst if self.outcomes else None
        return {
            "id": entry.id, "notebook": entry.notebook, "kind": entry.kind,
            "route": " + ".join(route for route in ROUTES if route in routes), "status": self.status,
            "statement": entry.statement,
            "source": {"key": entry.source_key, "locator": entry.source_locator},
            "worst": {"value": _plain(worst.value), "bound": _plain(worst.bound), "ratio": _plain(worst.ratio),
                      "witness": worst.witness} if worst else None,
            "instances": sum(o.instances for o in self.outcomes),
            "teeth": [{"change": change, "bites": not outcome.ok} for change, outcome in self.teeth],
            "monte_carlo": {"draws": draws, "false_alarm": _plain(sum(o.false_alarm for o in self.outcomes))}
            if draws else None,
            "slack_note": self.slack_note, "corrected_by": entry.corrected_by, "problems": self.problems,
            "checks": [{"label": o.label, "comparison": o.comparison, "route": o.route, "ok": o.ok,
                        "instances": o.instances, "ratio": _plain(o.ratio)} for o in self.outcomes],
        }

    def line(self) -> str:
        """Return the verdict as one line of text, compared exactly by strict nbval."""
        record, status = self.record(), self.status
        bite = sum(tooth["bites"] for tooth in record["teeth"])
        head = f"{record['id']}: {status.replace('_', ' ')} ({record['kind']}; {record['route'] or 'no route'})."
        if status in ("fails", "not_checked"):
            return f"{head} " + ("; ".join(self.problems) or "no instance with an active hypothesis")
        body = f" {record['instances']:,} instances, {bite} of {len(record['teeth'])} teeth bite."
        if self.worst.comparison in _INEQUALITIES:
            body = f" Worst ratio {self.worst.ratio:.4g} at {self.worst.witness}." + body
        tail = f" Corrected by {self.registration.corrected_by}." if self.registration.corrected_by else ""
        return head + body + tail

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.line(), MIME: self.record()}


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


def _plain(number: float) -> float | int | str:
    if not math.isfinite(number):
        return str(number)
    return 0 if number == 0 else float(f"{number:.6g}")

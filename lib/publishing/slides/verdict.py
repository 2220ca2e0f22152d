"""A claim's verdict in words that a lecture hall reads: what holds, how it was checked, what would have broken it."""

import re
from html import escape

from publishing.numerals import typeset
from publishing.statements import on_board

ROUTES = {"symbolic": "computer algebra", "interval": "certified intervals over the whole range",
          "exact": "exact enumeration", "certified": "certified brackets", "monte_carlo": "simulation with an exact "
          "binomial verdict", "experiment": "training runs"}
KINDS = {"identity": "identity", "upper": "upper bound", "lower": "lower bound", "tight": "tight bound", "rate": "rate",
         "counterexample": "counterexample", "phenomenon": "phenomenon"}


def headline(record: dict) -> str:
    """Return the verdict in a few words.

    Examples
    --------
    >>> headline({"status": "refuted_as_printed", "kind": "upper"})
    'Refuted as printed'
    """
    if record["status"] != "holds":
        return record["status"].replace("_", " ").capitalize()
    return {"counterexample": "Counterexample confirmed", "phenomenon": "Seen as stated"}.get(record["kind"], "Holds")


def checked(record: dict) -> str:
    """Return how a claim was checked, in a sentence or three.

    Examples
    --------
    >>> checked({"route": "exact", "instances": 12, "says": 12, "kind": "upper", "worst": {"ratio": 0.5},
    ...          "teeth": [{"change": "half", "bites": True}], "monte_carlo": None, "status": "holds",
    ...          "corrected_by": None, "checks": [{"comparison": "at_most", "role": "states"}]})
    'Checked by exact enumeration on 12 instances. At worst 0.5 of the bound. The one sabotaged version was caught.'
    """
    routes = _join([ROUTES.get(route, route) for route in record["route"].split(" + ") if route])
    count, says = record["instances"], record["says"]
    silent = f", {says:,} of which say something" if says != count else ""
    parts = [f"Checked by {routes} on {count:,} instance{'s' if count != 1 else ''}{silent}."]
    ratio = record["worst"]["ratio"] if record["worst"] else None
    inequality = {"at_most", "at_least"} & {check["comparison"] for check in record["checks"]
                                            if check["role"] == "states"}
    if record["kind"] in ("upper", "lower", "tight") and record["status"] == "holds" and inequality \
            and isinstance(ratio, (int, float)):
        parts.append("The bound is attained." if abs(ratio - 1) < 5e-7 else f"At worst {ratio:.3g} of the bound.")
    bites = sum(tooth["bites"] for tooth in record["teeth"])
    parts.append("The one sabotaged version was caught." if bites == 1 == len(record["teeth"])
                 else f"{bites} of {len(record['teeth'])} sabotaged versions were caught.")
    if record["corrected_by"]:
        parts.append(f"The corrected claim {record['corrected_by']} holds.")
    return " ".join(parts)


def routes(record: dict) -> str:
    """Return the routes of a check in a few words, for a table."""
    named = [ROUTES.get(route, route) for route in record["route"].split(" + ") if route]
    return ", ".join(re.split(" with | over ", name)[0] for name in named)


def card(record: dict) -> str:
    """Return the HTML that shows a claim with its verdict."""
    refuted = record["status"] != "holds"
    return (f'<div class="claim{" refuted" if refuted else ""}">'
            f'<p class="verdict"><strong>{"✗" if refuted else "✓"} {headline(record)}</strong> '
            f'<span>{KINDS[record["kind"]]} · <code>{escape(record["id"])}</code></span></p>'
            f'<p class="statement">{on_board(record["statement"])}</p>'
            f'<p class="checked">{typeset(escape(checked(record), quote=False))}</p></div>')


def note(record: dict, register: dict) -> str:
    """Return what to say about a claim: where it comes from, under what, what it does not say, what broke."""
    entry = register.get(record["id"])
    name, how = escape(record["id"]), typeset(escape(checked(record)))
    lines = [f"<p><strong>{headline(record)}:</strong> <code>{name}</code>. {how}</p>"]
    if entry is not None:
        source = "" if entry.source_key == "thiscollection" else f"{escape(entry.source_key)}, "
        lines += [f"<p><strong>Under:</strong> {on_board(entry.hypotheses)}</p>",
                  f"<p><strong>It does not say:</strong> {on_board(entry.does_not_say)}</p>",
                  f"<p><strong>Source:</strong> {source}{escape(entry.source_locator)}</p>"]
    teeth = "; ".join(on_board(tooth["change"]) for tooth in record["teeth"] if tooth["bites"])
    if teeth:
        lines.append(f"<p><strong>Would have broken it:</strong> {teeth}.</p>")
    return "".join(lines)


def _join(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]

"""A claim's record: what travels in a notebook's outputs, read as a line, sealed, compared with a stored one."""

import hmac
import json
import math
import os
from collections import Counter

from claimcheck.arithmetic import arithmetic
from claimcheck.outcome import CLOSE, INEQUALITIES, NEGLIGIBLE
from claimcheck.printed import agree

MIME = "application/vnd.claimcheck.claim+json"
"""Under this type a claim's record travels in the notebook's outputs."""

GOOD = ("holds", "refuted_as_printed", "condition_missing", "proof_step_refuted")
"""Verdicts that let a run pass. The last three are of statements with a correction that holds: false as printed; true
with a condition that the source omits; the printed proof has a wrong step, the statement stands."""

SEAL = "CLAIMCHECK_SEAL"
"""The run that reads the records sets this to a secret, so that a record displayed by hand is told from a claim's."""

EXACT = ("id", "notebook", "kind", "route", "status", "statement", "hypotheses", "does_not_say", "source", "slack_note",
         "corrected_by")
_CHECK, _TOOTH = ("label", "role", "comparison", "route", "ok", "slack"), ("change", "of", "bites")
_UNCOMPARED = ("arithmetic", "seal")
COUNTS = 0.01
"""Counts of instances are compared within this, relatively."""


def line(record: dict) -> str:
    """Return a record as one line of text.

    Examples
    --------
    >>> line({"id": "a-b", "status": "not_checked", "kind": "upper", "route": "", "problems": []})
    'a-b: not checked (upper; no route). no instance with an active hypothesis'
    """
    head = f"{record['id']}: {record['status'].replace('_', ' ')} ({record['kind']}; {record['route'] or 'no route'})."
    if record["status"] not in GOOD:
        return f"{head} " + ("; ".join(record["problems"]) or "no instance with an active hypothesis")
    worst, bite = record["worst"], sum(tooth["bites"] for tooth in record["teeth"])
    silent = record["instances"] - record["says"]
    body = f" {record['instances']:,} instance{'s' * (record['instances'] != 1)}"
    body += f", {record['says']:,} of them say something" if silent else ""
    body += f", {record['outside']:,} more outside the hypothesis" if record.get("outside") else ""
    powerless = sum("no power" in check.get("power", "") for check in record.get("checks", ()))
    body += f", {powerless} simulation{'s' * (powerless > 1)} without power" if powerless else ""
    body += f", {bite} of {len(record['teeth'])} teeth bite."
    if worst["comparison"] in INEQUALITIES:
        body = f" Worst ratio {worst['ratio']:.4g} at {worst['witness']}." + body
    return head + body + (f" Corrected by {record['corrected_by']}." if record["corrected_by"] else "")


def sealed(record: dict) -> dict:
    """Return the record with the arithmetic that ran and, under a run that asks for it, the seal of this process."""
    record = {**record, "arithmetic": arithmetic()}
    return {**record, "seal": _seal(record)} if SEAL in os.environ else record


def unsealed(record: dict) -> tuple[dict, bool]:
    """Return the record without its seal, and whether the seal is this run's."""
    bare = {key: value for key, value in record.items() if key != "seal"}
    return bare, SEAL in os.environ and hmac.compare_digest(str(record.get("seal", "")), _seal(bare))


def differences(new: dict, old: dict) -> list[str]:
    """Return where two records of a claim differ in what the mathematics decides.

    Texts, verdicts, labels of checks and teeth exactly; ratios within ``CLOSE``; counts within ``COUNTS``; value, bound
    and witness of the worst instance where it is unique in either, so that no record can switch this off. A field that
    only one of them has is a difference.

    Examples
    --------
    >>> differences({"status": "holds", "instances": 1000}, {"status": "holds", "instances": 1005})
    []
    >>> differences({"status": "fails"}, {"status": "holds"})
    ["status: 'fails', was 'holds'"]
    """
    found = [f"{name}: {new.get(name)!r}, was {old.get(name)!r}" for name in EXACT if new.get(name) != old.get(name)]
    ours, theirs = _fields(new), _fields(old)
    found += [f"{path}: not in the stored record" for path in sorted(ours - theirs)]
    found += [f"{path}: only in the stored record" for path in sorted(theirs - ours)]
    for name in ("instances", "says", "outside"):
        found += _count(name, new, old)
    for name, keys in (("teeth", _TOOTH), ("checks", _CHECK)):
        ours, theirs = ([tuple(entry.get(key) for key in keys) for entry in r.get(name) or []] for r in (new, old))
        found += [f"{name}: new {entry!r}" for entry in ours if entry not in theirs]
        found += [f"{name}: missing {entry!r}" for entry in theirs if entry not in ours]
        if not found and ours != theirs:
            found.append(f"{name}: in another order")
    if found:
        return found
    for ours, theirs in zip(new.get("checks") or [], old.get("checks") or [], strict=True):
        lines = [*(text for name in ("instances", "says", "outside") for text in _count(name, ours, theirs)),
                 *_number("ratio", ours["ratio"], theirs["ratio"], ours.get("comparison") == "within")]
        found += [f"check {ours['label']!r}: {text}" for text in lines]
    ours, theirs = new.get("worst"), old.get("worst")
    if (ours is None) != (theirs is None):
        found.append(f"worst: {ours!r}, was {theirs!r}")
    elif ours:
        found += _number("worst ratio", ours["ratio"], theirs["ratio"])
        if ours["unique"] or theirs["unique"]:  # at the edge of unique the witness is the same, so one word is enough
            found += _number("worst value", ours["value"], theirs["value"])
            found += _number("worst bound", ours["bound"], theirs["bound"])
            if not agree(ours["witness"], theirs["witness"]) or ours.get("check") != theirs.get("check"):
                found.append(f"worst witness: {ours['witness']!r}, was {theirs['witness']!r}")
    ours, theirs = new.get("monte_carlo"), old.get("monte_carlo")
    if (ours is None) != (theirs is None) or (ours and ours["draws"] != theirs["draws"]):
        found.append(f"monte_carlo: {ours!r}, was {theirs!r}")
    elif ours:
        found += _number("false alarm", ours["false_alarm"], theirs["false_alarm"])
    return found


def verdicts(record: dict) -> dict:
    """Return what must be the same at every seed: the registered texts, labels and verdicts, no numbers."""
    kept = {name: record.get(name) for name in EXACT if name != "slack_note"}
    kept["teeth"] = record.get("teeth")
    kept["checks"] = [{**{key: check.get(key) for key in _CHECK}, "ratio": 1} for check in record.get("checks") or []]
    return kept


def tally(records: list[dict]) -> str:
    """Return the verdicts of some claims, counted.

    Examples
    --------
    >>> tally([{"status": "holds"}, {"status": "holds"}, {"status": "condition_missing"}])
    '2 hold, 1 condition missing'
    """
    many = {"holds": "hold", "fails": "fail", "condition_missing": "conditions missing",
            "proof_step_refuted": "proof steps refuted"}
    found = Counter(record["status"] for record in records)
    return ", ".join(f"{n} {many.get(status, status) if n != 1 else status}".replace("_", " ")
                     for status, n in sorted(found.items(), key=lambda item: item[0] != "holds"))


def plain(number: float) -> float | int | str:
    """Return a number as the ledger holds it: six digits, plain zero, infinities as text.

    Examples
    --------
    >>> plain(0.12345678), plain(float("inf"))
    (0.123457, 'inf')
    """
    if not math.isfinite(number):
        return str(number)
    return 0 if number == 0 else float(f"{number:.6g}")


def _fields(record, path="") -> set[str]:
    """The names of all fields, those of lists and of parts included."""
    if isinstance(record, dict):
        return {part for name, value in record.items() if path or name not in _UNCOMPARED
                for part in ({f"{path}{name}"} | _fields(value, f"{path}{name}."))}
    if isinstance(record, list):
        return {part for number, value in enumerate(record) for part in _fields(value, f"{path}{number}.")}
    return set()


def _count(name, new, old):
    a, b = new.get(name, 0), old.get(name, 0)
    return [] if abs(a - b) <= COUNTS * max(a, b) else [f"{name}: {a:,}, was {b:,}"]


def _number(name, a, b, place=False):
    """Compare relatively; a place in a window, which may be its middle, absolutely."""
    numbers = not isinstance(a, str) and not isinstance(b, str)
    close = a == b or (numbers and abs(a - b) <= max(CLOSE * (1 if place else max(abs(a), abs(b))), NEGLIGIBLE))
    return [] if close else [f"{name}: {a!r}, was {b!r}"]


def _seal(record) -> str:
    text = json.dumps(record, sort_keys=True, ensure_ascii=True)
    return hmac.new(os.environ[SEAL].encode(), text.encode(), "sha256").hexdigest()

"""The ledger: what held, by how much, and what would have broken it."""

import json
from pathlib import Path

from claimcheck import record
from claimcheck.files import write_text
from claimcheck.register import RegisterError, Registration

SCHEMA = "ledger/1"
"""The end of the schema's name; before it stands the collection's."""

FALSE_ALARM_BUDGET = 1e-6
"""The false-alarm probabilities of the whole collection add up to at most this."""


def collect(records: list[dict], register: dict[str, Registration], notebooks: list[str] | None = None,
            name: str = "claimcheck") -> dict:
    """Assemble the records of a run into a ledger in the register's order, and judge completeness.

    Parameters
    ----------
    records : list of dict
        What the claims of the notebooks displayed (:meth:`claimcheck.claim.Claim.record`), each with the number
        of the notebook that displayed it under ``shown_in``.
    register : dict
        From :func:`claimcheck.register.load_register`.
    notebooks : list of str, optional
        Which notebooks ran; only their claims are expected. Default: all.
    name : str
        Of the collection.

    Raises
    ------
    RegisterError
        For an unregistered or twice checked claim, a claim checked in another notebook than registered, a registered
        claim that no notebook checks, or a false-alarm budget overdrawn.
    """
    seen: dict[str, dict] = {}
    for entry in records:
        id, shown_in = entry["id"], entry["shown_in"]
        if id not in register:
            raise RegisterError(f"notebook {shown_in} checks {id!r}, which references/claims.toml does not register")
        if id in seen:
            raise RegisterError(f"claim {id!r} is checked twice: in notebook {seen[id]['shown_in']} and in {shown_in}")
        if register[id].notebook != shown_in:
            raise RegisterError(f"claim {id!r} is registered for notebook {register[id].notebook} "
                                f"but checked in {shown_in}")
        seen[id] = entry
    wanted = [entry for entry in register.values() if notebooks is None or entry.notebook in notebooks]
    if unchecked := [entry for entry in wanted if entry.id not in seen]:
        raise RegisterError("registered but checked by no notebook: "
                            + ", ".join(f"{entry.id} (notebook {entry.notebook})" for entry in unchecked))
    claims = [{k: v for k, v in seen[entry.id].items() if k != "shown_in"} for entry in wanted]
    spent = sum(entry["monte_carlo"]["false_alarm"] for entry in claims if entry["monte_carlo"])
    if spent > FALSE_ALARM_BUDGET:
        raise RegisterError(f"false-alarm probabilities add up to {spent:.3g}, more than {FALSE_ALARM_BUDGET:g}")
    return {"schema": f"{name}.{SCHEMA}", "claims": claims}


def faults(ledger: dict) -> list[str]:
    """Return what is wrong with a ledger: claims that do not hold, corrections that do not, teeth that do not bite."""
    status = {entry["id"]: entry["status"] for entry in ledger["claims"]}
    found = [f"{entry['id']}: {entry['status']}: {'; '.join(entry['problems']) or 'no active instance'}"
             for entry in ledger["claims"] if entry["status"] not in record.GOOD]
    found += [f"{entry['id']}: its correction {entry['corrected_by']} does not hold" for entry in ledger["claims"]
              if entry["corrected_by"] and status.get(entry["corrected_by"], "holds") != "holds"]
    found += [f"{entry['id']}: no biting tooth" for entry in ledger["claims"]
              if not any(tooth["bites"] for tooth in entry["teeth"])]
    return found


def write(ledger: dict, path: Path) -> None:
    """Write a ledger whole or not at all (temporary file in the same folder, then replace)."""
    write_text(path, json.dumps(ledger, indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> dict:
    """Read a ledger and check its schema.

    Raises
    ------
    RegisterError
        If the file is not a ledger of this schema.
    """
    try:
        ledger = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise RegisterError(f"{path.name}: not valid JSON: {error}") from None
    if not isinstance(ledger, dict) or not str(ledger.get("schema")).endswith("." + SCHEMA):
        raise RegisterError(f"{path.name}: expected schema '<name>.{SCHEMA}'")
    return ledger


def differences(new: list[dict], old: list[dict]) -> list[str]:
    """Return where the claims of two ledgers differ (see :func:`claimcheck.record.differences`), a line each.

    Examples
    --------
    >>> differences([], [{"id": "a-b"}])
    ['a-b: missing']
    """
    ours, theirs = ({entry["id"]: entry for entry in claims} for claims in (new, old))
    found = [f"{id}: missing" for id in theirs if id not in ours] + [f"{id}: new" for id in ours if id not in theirs]
    return found + [f"{id}: {text}" for id in ours if id in theirs for text in record.differences(ours[id], theirs[id])]

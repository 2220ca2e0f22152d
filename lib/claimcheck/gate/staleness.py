"""Whether the stored notebooks, the ledger and the register tell the same story, and a good one."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat

from claimcheck import ledger as ledgers
from claimcheck.gate.contract import notebooks, strays
from claimcheck.gate.update import stored_records
from claimcheck.register import RegisterError, load_register

MOST = 8
"""How many findings an error names one by one."""


class StaleError(ValueError):
    """What is stored must not be published; the message names notebooks and claims and says what to run."""


def assert_fresh(root: Path, only: str | None = None) -> dict:
    """Return the ledger, if the notebooks were run and hold exactly its records, all of them good.

    Parameters
    ----------
    only : str, optional
        Two digits: look at this notebook alone.

    Raises
    ------
    StaleError
        Names every notebook and claim that keeps the collection from being published.
    """
    path = root / "references" / "ledger.json"
    try:
        register, ledger = load_register(root), ledgers.read(path)
    except (OSError, RegisterError) as error:
        raise StaleError(f"{error}: run make update") from None
    found = [*strays(root), *unrun(root), *differences(stored_records(root), ledger, register), *failures(ledger)]
    if found := [line for line in found if only is None or line.startswith(f"notebook {only.zfill(2)}:")]:
        more = [f"... and {len(found) - MOST} more"] if len(found) > MOST else []
        raise StaleError("\n".join([*found[:MOST], *more, "run make update, and repair what it names"]))
    return ledger


def unrun(root: Path) -> Iterator[str]:
    """Yield the notebooks with code cells that were never run: their outputs are no outputs of theirs."""
    for path in notebooks(root):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        if count := sum(cell.execution_count is None for cell in cells):
            yield f"notebook {path.name[:2]}: {count} of {len(cells)} code cells were never run"


def differences(records: list[dict], ledger: dict, register: dict) -> list[str]:
    """Return how the notebooks' records, the ledger and the register differ, one line a claim.

    Examples
    --------
    >>> differences([{"id": "a-b", "shown_in": "01", "ratio": 1}], {"claims": []}, {})
    ["notebook 01: claim 'a-b' is not in references/ledger.json"]
    """
    found, entries = [], {entry["id"]: entry for entry in ledger["claims"]}
    counts = Counter(record["id"] for record in records)
    for record in records:
        where = f"notebook {record['shown_in']}: claim {record['id']!r}"
        content = {key: value for key, value in record.items() if key != "shown_in"}
        if counts[record["id"]] > 1:
            found.append(f"{where} is shown {counts[record['id']]} times")
        elif record["id"] not in entries:
            found.append(f"{where} is not in references/ledger.json")
        elif content != entries[record["id"]]:  # both were stored by one update: equal to the last digit
            lines = ledgers.differences([content], [entries[record["id"]]]) or ["another record"]
            found.append(f"{where}: its stored output is stale against references/ledger.json: {lines[0]}")
    for id, entry in entries.items():
        where = f"notebook {entry['notebook']}: claim {id!r}"
        if id not in counts:
            found.append(f"{where} is in references/ledger.json, but no notebook's stored output shows it")
        if id not in register:
            found.append(f"{where} is in references/ledger.json, but not registered in references/claims.toml")
        elif (register[id].statement, register[id].notebook) != (entry["statement"], entry["notebook"]):
            found.append(f"{where}: references/claims.toml has another statement or notebook than the ledger")
    found += [f"notebook {entry.notebook}: claim {entry.id!r} is in references/claims.toml, but checked nowhere"
              for entry in register.values() if entry.id not in entries and entry.id not in counts]
    return found


def failures(ledger: dict) -> list[str]:
    """Return the claims of a ledger that do not hold, with their notebook."""
    notebook = {entry["id"]: entry["notebook"] for entry in ledger["claims"]}
    return [f"notebook {notebook[id]}: claim {id!r}: {rest.strip()}"
            for id, rest in (line.split(":", 1) for line in ledgers.faults(ledger))]

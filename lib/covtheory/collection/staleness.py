"""Whether stored outputs and the ledger tell the same story; what is built from stale outputs would mislead."""

from pathlib import Path

import nbformat

from covtheory.claims import ledger as ledgers
from covtheory.claims.claim import GOOD, MIME


def check_fresh(notebooks: list[Path], ledger: dict) -> None:
    """Check that the notebooks were run, that their claims hold, and that the ledger records exactly these verdicts.

    Parameters
    ----------
    notebooks : list of Path
        Notebooks with stored outputs.
    ledger : dict
        As read by :func:`covtheory.claims.ledger.read`.

    Raises
    ------
    ValueError
        Names every notebook and claim that is stale or does not hold.
    """
    found = [fault for path in notebooks for fault in _faults(path, ledger)]
    if found:
        raise ValueError("\n".join([*found, "run make update first"]))


def _faults(path, ledger):
    nb = nbformat.read(path, as_version=4)
    recorded = {entry["id"]: entry for entry in ledger["claims"] if entry["notebook"] == path.name[:2]}
    status = {entry["id"]: entry["status"] for entry in ledger["claims"]}
    shown = {}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            yield f"{path.name}: a code cell was never run: {cell.source.strip().splitlines()[:1]}"
        shown |= {output["data"][MIME]["id"]: output["data"][MIME] for output in cell.outputs
                  if MIME in output.get("data", {})}
    for id, record in shown.items():
        if record["status"] not in GOOD:
            yield f"{path.name}: claim {id} {record['status'].replace('_', ' ')}: {'; '.join(record['problems'])}"
        elif id not in recorded:
            yield f"{path.name}: claim {id} is not in references/ledger.json"
        elif differ := ledgers.differences(record, recorded[id], id):
            yield f"{path.name}: claim {id}: the stored output is stale against references/ledger.json ({differ[0]})"
        elif record["corrected_by"] and status.get(record["corrected_by"]) != "holds":
            yield f"{path.name}: claim {id}: its correction {record['corrected_by']} does not hold"
    for id in recorded:
        if id not in shown:
            yield f"{path.name}: claim {id} of references/ledger.json is not in the notebook's outputs"

"""What a failed run says: value, bound and distance of a claim that fails, whose fault it may be, what to do next."""

import re
from pathlib import Path

import nbformat

from claimcheck.gate.runner import Run
from claimcheck.record import GOOD, MIME

SYMPTOMS = {
    r"(pytest|the kernel) imports \w+ from [^\n!]*": "{found}: use make verify in the checkout",
    r"No space left on device|Disk quota exceeded": "your machine: no space left on a disk: make room and try again",
    r"Permission denied|Read-only file system": "your machine: a file may not be written: {line}",
    r"Kernel dead|Kernel died|MemoryError": "your machine: the kernel died, most often for want of memory: try "
                                            "verify --workers 1",
    r"Timeout of [\d.]+ seconds": "your machine: a cell took longer than it may: try again when the machine is less "
                                  "busy, or verify --workers 1",
}
"""What in the output of a run tells that no claim is at fault, and what to do then."""


def diagnose(run: Run, path: Path, seed: int = 0) -> list[str]:
    """Return what went wrong in a run that did not pass, one sentence a line; the last says whose fault it may be.

    Parameters
    ----------
    run : Run
        A run of the notebook at ``path``, whose stored records it is compared with.
    """
    for pattern, advice in SYMPTOMS.items():
        if found := re.search(pattern, run.output):
            line = next(line for line in run.output.splitlines() if found.group().splitlines()[0] in line)
            return [f"{run.notebook}: " + advice.format(found=found.group().strip(), line=line.strip())]
    bad = [record for record in run.records if record["status"] not in GOOD]
    fault = _fault(run, stored_in(path), bad, seed)
    return [*(f"{run.notebook}: {record['id']} {failing(record)}" for record in bad), f"{run.notebook}: {fault}"]


def failing(record: dict) -> str:
    """Return value, bound and distance of the check that decides a claim.

    Examples
    --------
    >>> worst = {"value": 0.36, "bound": 0.3, "ratio": 1.2, "witness": "draw #7"}
    >>> failing({"status": "fails", "worst": worst, "problems": ["draws: at_most violated at draw #7"]})
    'fails: value 0.36, bound 0.3, 0.06 apart (20 % of the bound), at draw #7; draws: at_most violated at draw #7'
    """
    said, worst = record["status"].replace("_", " "), record.get("worst")
    if worst:
        value, bound = float(worst["value"]), float(worst["bound"])
        share = f" ({100 * abs((value - bound) / bound):.3g} % of the bound)" if bound else ""
        said += f": value {value:.6g}, bound {bound:.6g}, {abs(value - bound):.3g} apart{share}, at {worst['witness']}"
    return "; ".join([said, *record.get("problems", [])])


def stored_in(path: Path) -> list[dict]:
    """Return the claim records that a notebook holds."""
    return [output["data"][MIME] for cell in nbformat.read(path, as_version=4).cells
            for output in cell.get("outputs", []) if MIME in output.get("data", {})]


def _fault(run, stored, bad, seed):
    """Return one sentence: what may be at fault, what to do, and which arithmetic ran and was stored, where known."""
    number = run.notebook[:2]
    here, there = ({r["arithmetic"] for r in records if r.get("arithmetic")} for records in (run.records, stored))
    other = bool(here and there and here != there)
    stored_with = f"; stored with {_all(there)}" if other or not there else ", as what is stored"
    computed = f" [computed with {_all(here)}{stored_with}]" if here else ""
    silent = sorted({record["id"] for record in stored} - {record["id"] for record in run.records})
    if silent:
        said = f"the notebook, or the library it calls: no verdict on {', '.join(silent)}; the error is shown above"
    elif bad and seed:
        said = (f"the notebook: what holds at the stored seed fails at seed {seed}, so it is true of some draws only: "
                "repair the claim, do not change the seed")
    elif bad and other:
        said = ("the notebook, on your machine: a claim that held when stored fails with another arithmetic, so it "
                "hangs on last digits; make platforms shows where")
    elif bad:
        said = ("the notebook, the library or the statement in references/claims.toml was changed since the outputs "
                "were stored, and is wrong: git status names what, or git log since the last make update; repair "
                f"it, then make update NB={number}")
    elif other:
        said = ("the notebook, on your machine: every verdict holds, but something printed hangs on last digits of "
                "another arithmetic; make platforms shows where")
    else:
        said = ("the stored outputs: every verdict holds, but what is shown above differs from what is stored; if the "
                f"change of notebook or library is meant, make update NB={number}")
    return said + computed


def _all(arithmetics):
    return " and ".join(sorted(arithmetics)) or "an unknown arithmetic"

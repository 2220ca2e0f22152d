"""Executes a notebook in a fresh kernel, normalises it and stores outputs and ledger."""

import importlib
import subprocess
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager
from nbval.plugin import coalesce_streams
from traitlets import default

from claimcheck import files
from claimcheck import ledger as ledgers
from claimcheck.configuration import configuration
from claimcheck.gate.contract import breaches, notebooks, strays
from claimcheck.gate.diagnosis import stored_in
from claimcheck.gate.environment import environment, foreign
from claimcheck.gate.runner import CELL_TIMEOUT, profile
from claimcheck.register import RegisterError, load_register


class OwnKernel(AsyncKernelManager):
    """Starts a kernel of the Python that runs this, whatever kernel a user has called python3."""

    @default("kernel_spec_manager")
    def _own(self):
        return NbvalKernelspecManager()


def update(root: Path, only: str | None = None) -> int:
    """Re-execute notebooks (all, or one), store them, and refresh references/ledger.json and what is written from it.

    A notebook whose execution fails is left as it was. Returns the exit status.
    """
    try:
        return _update(root, only)
    except OSError as error:
        return _stop(f"{files.refusal(error)}\nno notebook and no ledger is half-written")


def _update(root, only):
    try:
        paths = notebooks(root, only)
    except ValueError as error:
        return _stop(str(error))
    if found := [line for line in (foreign(root), *strays(root)) if line]:
        return _stop("\n".join(found))
    status = 0
    for number, path in enumerate(paths, start=1):
        print(f"[{number}/{len(paths)}] executing {path.name}", flush=True)
        try:
            store_outputs(root, path)
        except (CellControlSignal, DeadKernelError) as error:
            status = _stop(f"{path.name} is unchanged: {error}")
    return status or update_ledger(root)


def store_outputs(root: Path, path: Path) -> None:
    """Execute one notebook in a fresh kernel at seed 0, as a verification would, normalise it, and replace the file."""
    nb = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": path.parent}}
    client = NotebookClient(nb, timeout=CELL_TIMEOUT, kernel_name=CURRENT_ENV_KERNEL_NAME, resources=where,
                            kernel_manager_class=OwnKernel)
    with files.scratch(root) as scratch:
        inherited = environment(root, 0, profile(Path(scratch) / path.stem))
        client.execute(env=inherited, stderr=subprocess.DEVNULL)  # the kernel's own log, not the cells' stderr
    ledgers.write_text(path, nbformat.writes(normalise(nb)) + "\n")


def normalise(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook without anything that differs from run to run: times, versions, ids, split streams."""
    nb.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })
    nb.nbformat, nb.nbformat_minor = 4, 5
    for number, cell in enumerate(nb.cells):
        cell.id = f"cell-{number:02d}"
        kept = {key: cell.metadata[key] for key in ("slideshow", "tags") if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept or {"slideshow": {"slide_type": "-"}})
        if cell.cell_type == "code":
            cell.outputs = coalesce_streams(cell.outputs)
    return nb


def update_ledger(root: Path) -> int:
    """Collect the stored verdicts of all notebooks into references/ledger.json, if the contract is kept everywhere."""
    try:
        register = load_register(root)
        found = [f"{path.name}: {line}" for path in notebooks(root) for line in breaches(path, register)]
        if found:
            raise RegisterError("\n".join(found))
        ledger = ledgers.collect(stored_records(root), register, name=configuration(root).name)
        if problems := ledgers.faults(ledger):
            raise RegisterError("\n".join(problems))
    except RegisterError as error:
        return _stop(f"{error}\nreferences/ledger.json is untouched")
    ledgers.write(ledger, root / "references" / "ledger.json")
    if hook := configuration(root).after_update:
        module, _, function = hook.partition(":")
        getattr(importlib.import_module(module), function)(root)
    print("references/ledger.json and what is written from it are up to date")
    return 0


def stored_records(root: Path) -> list[dict]:
    """Return the claim records that the committed notebooks hold."""
    return [{**record, "shown_in": path.name[:2]} for path in notebooks(root) for record in stored_in(path)]


def _stop(message: str) -> int:
    print(f"update: {message}", file=sys.stderr)
    return 1

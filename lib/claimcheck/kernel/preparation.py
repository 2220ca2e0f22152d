"""Prepares a kernel: where warnings go, which files of the collection it opens, whether its arithmetic is perturbed."""

import gc
import json
import logging
import os
import sys
import sysconfig
import warnings
from pathlib import Path

RECORD = "CLAIMCHECK_WARNINGS"
"""Names the file that collects the dependencies' warnings of a kernel, one JSON object a line."""

PERTURB = "CLAIMCHECK_PERTURB"
"""Set to a whole number: the kernel computes with perturbed arithmetic of this seed."""

OPENED = "CLAIMCHECK_OPENED"
"""Names the file that collects the paths of what a kernel reads, and the folder below which they are collected."""

_OURS = Path(__file__).resolve().parents[1]


def environment(record: Path | None = None, perturb: int | None = None, opened: Path | None = None,
                root: Path | None = None) -> dict[str, str]:
    """Return the variables that make a new kernel prepare itself.

    Parameters
    ----------
    record : pathlib.Path, optional
        Where the dependencies' warnings are collected; without it they are dropped.
    perturb : int, optional
        Seed of the perturbed arithmetic (:mod:`claimcheck.kernel.perturbed`).
    opened, root : pathlib.Path, optional
        Where the paths of files below ``root`` that the kernel reads are collected, one a line.

    Examples
    --------
    >>> environment(perturb=3)["CLAIMCHECK_PERTURB"]
    '3'
    """
    found = {"PYTHONSTARTUP": str(Path(__file__).with_name("start.py"))}
    if record is not None:
        found[RECORD] = str(record)
    if perturb is not None:
        found[PERTURB] = str(perturb)
    if opened is not None:
        found[OPENED] = os.pathsep.join((str(opened), os.path.abspath(root)))
    return found


def prepare() -> None:
    """Route the warnings of this process, shown or logged, and perturb its arithmetic, as the environment says.

    A kernel lives for a minute and frees little: collecting garbage less often saves it a tenth of a second on imports.
    """
    gc.set_threshold(100_000, 50, 50)
    default, log = warnings.showwarning, logging.lastResort.emit

    def show(message, category, filename, lineno, file=None, line=None):
        if file is not None or not of_dependency(filename):
            default(message, category, filename, lineno, file, line)
        else:
            _note(category.__name__, filename, str(message))

    def emit(record):
        if of_dependency(record.pathname):
            _note(f"log of {record.name}", record.pathname, record.getMessage())
        else:
            log(record)

    warnings.showwarning, logging.lastResort.emit = show, emit
    if told := os.environ.get(OPENED):
        _watch(*told.split(os.pathsep))
    if seed := os.environ.get(PERTURB):
        from claimcheck.kernel.perturbed import perturb

        perturb(int(seed))


def _watch(target: str, root: str) -> None:
    """Write down which files below a folder this process reads, modules among them, each once."""
    seen, inside = {os.path.abspath(target)}, os.path.join(root, "")

    def hook(event, arguments):
        if event != "open" or not isinstance(arguments[0], (str, bytes)):
            return
        name, mode, flags = os.path.abspath(os.fsdecode(arguments[0])), arguments[1] or "", arguments[2] or 0
        written = not {"r", "+"} & set(mode) if mode else flags & (os.O_WRONLY | os.O_RDWR) == os.O_WRONLY
        if name.startswith(inside) and name not in seen and not written:
            seen.add(name)
            with open(target, "a", encoding="utf-8") as file:
                file.write(name + "\n")

    sys.addaudithook(hook)


def of_dependency(filename: str) -> bool:
    """Say whether a warning raised in this file is a dependency's: a file of Python or of an installed package.

    Cells, this library and code that was made on the way (``<string>``) are ours.

    Examples
    --------
    >>> of_dependency(json.__file__), of_dependency(__file__), of_dependency("<string>")
    (True, False, False)
    """
    if filename.startswith("<frozen "):
        return True
    path = Path(filename)
    if not path.is_absolute() or path.resolve().is_relative_to(_OURS):
        return False
    homes = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return any(path.is_relative_to(home) or path.resolve().is_relative_to(Path(home).resolve()) for home in homes)


def read(record: Path) -> list[str]:
    """Return the dependencies' warnings that a kernel left in a file, each once, as sentences.

    Examples
    --------
    >>> read(Path("no such file"))
    []
    """
    if not record.exists():
        return []
    notes = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(f"{n['where']}: {n['category']}: {' '.join(n['message'].split())[:200]}" for n in notes))


def _note(category, filename, message):
    if record := os.environ.get(RECORD):
        with open(record, "a", encoding="utf-8") as target:
            target.write(json.dumps({"category": category, "where": _place(filename), "message": message}) + "\n")


def _place(filename):
    """The file without the machine's path: from the package on."""
    parts = Path(filename).parts
    anchors = [i for i, part in enumerate(parts) if part in ("site-packages", f"python{sys.version_info[0]}."
                                                             f"{sys.version_info[1]}", "lib", "Lib")]
    return "/".join(parts[anchors[-1] + 1:]) if anchors else filename

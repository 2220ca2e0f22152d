"""Writes the copy to hand out: notebooks with open exercises, the library without solutions, and a zip of both."""

import hashlib
import json
import os
import re
import sys
import tempfile
import zipfile
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

import nbformat

from claimcheck.gate.contract import breaches, notebooks
from claimcheck.gate.staleness import StaleError, assert_fresh
from claimcheck.register import RegisterError, load_register
from classroom import exercises
from classroom.course import course
from classroom.questions import dependent, one_by_one, posed

MANIFEST = "MANIFEST.txt"
"""Digest and name of every file of the copy: what a later run may replace."""

LEFT_BEHIND = ("__pycache__", ".ipynb_checkpoints", ".venv", "*.egg-info", ".DS_Store", ".virtual_documents")
"""What using the copy where it was written leaves in it by itself; a later run may remove that."""

ENVIRONMENT = ".venv"
"""Kept when the copy is written again: it takes a minute to install."""

PACKAGES = ("claimcheck", "classroom", "covtheory")
WHOLE = ("LICENSE", "CITATION.cff", "pyproject.toml", "requirements.txt", "requirements/read.txt")
FOR_LECTURERS = {"teaching.md", "slides", "boards"}
PICTURES = (".png", ".svg", ".jpg")

README = """# Notebooks on the coverage principle: copy for students

With Python 3.11 or newer, in this folder (a minute, once):

```sh
python3 -m venv .venv
. .venv/bin/activate                 # Windows: .venv\\Scripts\\activate
pip install -r requirements.txt -r requirements/read.txt
pip install --no-deps --no-build-isolation -e .
jupyter lab notebooks
```

In a container, as root: `jupyter lab --allow-root notebooks`.

Read a notebook from the top, change a number, run it again. Its exercises are near the end, each with a cell that runs
alone: put your number in place of the dots and run the cell.

```python
check("01-a", ...)      # 01-a: open. Put your number in place of ... and run the cell.
```

Three correct digits are right; a fraction or a formula will do. If yours is a usual mistake, the cell says which one;
the answers themselves are not in this copy. `{manifest}` lists the files as they were handed out.

| notebook | the question it answers | minutes |
|---|---|---|
{rows}
"""


def student(root: Path, target: Path | None = None, nbgrader: bool = False) -> int:
    """Write the student's copy to a folder (default build/student) and its zip beside it; return the exit status.

    With ``nbgrader`` also the lecturer's course folder, beside it under the name ``nbgrader``. Nothing is written if
    the notebooks are stale or break the contract, or if a folder or the zip holds a file that an earlier run did not
    write; what using the copy leaves behind by itself does not count.
    """
    target = root / "build" / "student" if target is None else Path(target)
    archive, beside = target.with_name(target.name + ".zip"), target.with_name("nbgrader")
    try:
        taken = [*foreign_files(target), *foreign_members(archive), *(foreign_files(beside) if nbgrader else ())]
        if problems := [*unfit(root), *taken]:
            raise RegisterError("\n".join(problems))
        files, graded = copy(root), with_manifest(course(root)) if nbgrader else {}
    except (ValueError, OSError) as error:
        print(f"student: {error}\nnothing is written", file=sys.stderr)
        return 1
    _replace_folder(target, files)
    _replace_file(archive, zipped(files, target.name))
    print(f"{target}: {len(files)} files; {archive.name}: {archive.stat().st_size / 1e6:.1f} MB")
    if graded:
        _replace_folder(beside, graded)
        print(f"{beside}: {len(graded) - 3} assignments for nbgrader, with their answers: not for students")
    return 0


def copy(root: Path) -> dict[str, bytes]:
    """Return the files of the copy, by their names in it; the same checkout gives the same bytes."""
    files = {name: (root / name).read_bytes() for name in WHOLE if (root / name).is_file()}
    for path in sorted((root / "references").rglob("*")):
        if path.is_file() and not FOR_LECTURERS & set(path.relative_to(root).parts) and path.suffix not in PICTURES:
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    for path in sorted(path for package in PACKAGES for path in (root / "lib" / package).rglob("*")):
        parts = set(path.relative_to(root).parts)
        if path.is_file() and not parts & {"solutions", "__pycache__", exercises.KEY}:
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    locks, rows = {}, []
    for path in notebooks(root):
        nb = nbformat.read(path, as_version=4)
        locks |= {name: exercises.locks(name) for name in posed(nb)}
        rows.append(_row(path, nb))
        files[f"notebooks/{path.name}"] = (nbformat.writes(opened(nb)) + "\n").encode()
    files[f"lib/classroom/{exercises.KEY}"] = (json.dumps(locks, indent=1, sort_keys=True) + "\n").encode()
    files["README.md"] = README.format(manifest=MANIFEST, rows="\n".join(rows)).encode()
    return with_manifest(files)


def with_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files in order, with the list of their digests."""
    listed = "".join(f"{_digest(files[name])}  {name}\n" for name in sorted(files)).encode()
    return dict(sorted({**files, MANIFEST: listed}.items()))


def opened(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook as students get it: no speaker notes, and a cell that was never run for every question."""
    nb.cells = [cell for cell in nb.cells if cell.metadata.get("slideshow", {}).get("slide_type") != "notes"]
    return one_by_one(nb)


def unfit(root: Path) -> list[str]:
    """Return why nothing may be built from these notebooks: contract, ledger, answered or unsolved exercises."""
    register = load_register(root)
    found = [f"{path.name}: {line}" for path in notebooks(root) for line in breaches(path, register)]
    if found:
        return found
    try:
        assert_fresh(root)
    except StaleError as error:
        found.append(str(error))
    for path in notebooks(root):
        nb = nbformat.read(path, as_version=4)
        found += [f"{path.name}: the cell of exercise {name} does not run alone: it is to import check and call it"
                  for name in dependent(nb)]
        for name, answer in posed(nb).items():
            exercises.find(name)
            if answer != "...":
                found.append(f"{path.name}: exercise {name} is answered ({answer}), expected ...")
    return found


def foreign_files(target: Path) -> list[str]:
    """Return which files of a folder an earlier run did not write, or did not write so."""
    if not target.exists() and not target.is_symlink():
        return []
    if target.is_symlink() or not target.is_dir():
        return [f"{target} is not a folder"]
    return _foreign(str(target), {path.relative_to(target).as_posix(): path.read_bytes() for path in _own(target)})


def _own(folder):
    """Every file below a folder but what using the copy leaves behind."""
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in LEFT_BEHIND):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _own(path)
        else:
            yield path


def foreign_members(archive: Path) -> list[str]:
    """Return which members of a zip an earlier run did not write."""
    if not archive.exists():
        return []
    try:
        with zipfile.ZipFile(archive) as file:
            members = {name.partition("/")[2]: file.read(name) for name in file.namelist()}
    except (zipfile.BadZipFile, OSError):
        return [f"{archive} is not a zip that an earlier run wrote; move it away"]
    return _foreign(str(archive), members)


def zipped(files: dict[str, bytes], folder: str) -> bytes:
    """Return a zip of the files in one folder, without times, so that equal copies give equal bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(f"{folder}/{name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o100644 << 16, 3
            archive.writestr(info, content)
    return buffer.getvalue()


def _foreign(where, present):
    lines = present.get(MANIFEST, b"").decode(errors="replace").splitlines()
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    foreign = sorted(name for name, content in present.items()
                     if name != MANIFEST and known.get(name) != _digest(content))
    if not foreign:
        return []
    more = f" and {len(foreign) - 4} more" if len(foreign) > 4 else ""
    return [f"{where} holds files that no earlier run wrote, or that were changed since: "
            f"{', '.join(foreign[:4])}{more}; move it away or choose another folder"]


def _replace_folder(target, files):
    """Write everything beside the target first, then exchange: an interruption leaves the old copy or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        fresh = Path(scratch) / "new"
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        old = Path(scratch) / "old"
        if target.exists():
            os.replace(target, old)
        os.replace(fresh, target)
        if (old / ENVIRONMENT).is_dir():
            os.replace(old / ENVIRONMENT, target / ENVIRONMENT)


def _replace_file(path, content):
    scratch = path.with_name(path.name + ".tmp")
    scratch.write_bytes(content)
    os.replace(scratch, path)


def _row(path, nb):
    head = "\n".join(cell.source for cell in nb.cells[:3])
    title = re.search(r"^# (.+)$", head, re.MULTILINE).group(1)
    question = re.search(r"^\*\*The question\.\*\* (.+)$", head, re.MULTILINE).group(1)
    minutes = re.search(r"\*\*Minutes\*\*:? *(\d+)", head).group(1)
    return f"| [{title}](notebooks/{path.name}) | {question} | {minutes} |"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

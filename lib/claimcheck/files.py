"""Files written whole or not at all, and what it means when the operating system refuses."""

import errno
import os
import shutil
import tempfile
import time
from pathlib import Path

PROBE = 4_000_000
"""Bytes that must be free before notebooks run: more than the reports of a run take."""

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: where it fails, the old file is as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, with line feeds, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def scratch(root: Path) -> tempfile.TemporaryDirectory:
    """Return a folder of this run alone, below build/runs, with room in it; it goes when the ``with`` block ends.

    Raises
    ------
    OSError
        Where no folder can be made, or ``PROBE`` bytes do not fit.
    """
    place = root / "build" / "runs"
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob("run-*"):  # what a killed run left a day ago or earlier
        if time.time() - old.stat().st_mtime > 86_400:
            shutil.rmtree(old, ignore_errors=True)
    folder = tempfile.TemporaryDirectory(dir=place, prefix="run-", ignore_cleanup_errors=True)
    try:
        probe = Path(folder.name) / "probe"
        probe.write_bytes(bytes(PROBE))
        probe.unlink()
    except OSError as error:  # a write that is refused does not say which file it was about
        folder.cleanup()
        error.filename = error.filename or str(place)
        raise
    return folder


def refusal(error: OSError) -> str:
    """Return one sentence that says what the operating system refused, and what to do.

    Examples
    --------
    >>> refusal(OSError(errno.ENOSPC, "No space left on device", "build/ledger.json"))
    'no space left on the disk of build/ledger.json: make room and run this again'
    """
    name = str(error.filename or error.filename2 or "this checkout")
    if error.errno in _FULL:
        return f"no space left on the disk of {name}: make room and run this again"
    if error.errno in _FORBIDDEN:
        place = name if Path(name).exists() else Path(name).parent
        return f"{place} may not be written: give yourself the right to, or work in a copy of the checkout"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return f"{name}: a file stands where a folder is needed: move it away and run this again"
    return f"{name}: {error.strerror or error}"

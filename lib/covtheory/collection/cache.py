"""Reuses a verdict while nothing it depends on has changed: notebook, library, register, pins, Python, seed."""

import dataclasses
import hashlib
import json
import platform
from pathlib import Path

from covtheory.claims.ledger import write_text
from covtheory.collection.runner import Run


def fingerprint(root: Path, path: Path, seed: int) -> str:
    """Return a digest of everything that a run of this notebook depends on.

    Examples
    --------
    >>> root = Path(__file__).resolve().parents[3]
    >>> fingerprint(root, root / "pyproject.toml", 0) == fingerprint(root, root / "pyproject.toml", 1)
    False
    """
    digest = hashlib.sha256()
    references = root / "references"
    parts = [path, root / "requirements.txt", references / "claims.toml", references / "references.bib",
             *sorted((root / "lib" / "covtheory").rglob("*.py"))]
    for part in parts:
        digest.update(part.relative_to(root).as_posix().encode() + b"\0" + part.read_bytes() + b"\0")
    digest.update(f"{seed} {platform.python_version()} {platform.machine()} {platform.system()}".encode())
    return digest.hexdigest()


def load(folder: Path, key: str) -> Run | None:
    """Return the stored run for a fingerprint; a damaged entry counts as none."""
    try:
        return Run(**json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def store(folder: Path, key: str, run: Run) -> None:
    """Keep a passed run; entries of the same notebook with other fingerprints stay, they cost little."""
    if run.passed:
        write_text(folder / f"{key}.json", json.dumps(dataclasses.asdict(run)))

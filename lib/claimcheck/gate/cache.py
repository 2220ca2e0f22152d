"""Reuses a verdict while nothing it depends on has changed: notebook, library, data, packages, machine, seed."""

import dataclasses
import hashlib
import importlib.util
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from numpy._core import _multiarray_umath as loops

import claimcheck
from claimcheck.configuration import configuration
from claimcheck.files import write_text
from claimcheck.gate.environment import decided, library
from claimcheck.gate.runner import Run


def fingerprints(root: Path, paths: list[Path], seed: int) -> dict[Path, str]:
    """Return, for each notebook, a digest of everything that a run of it depends on.

    Everything: what it can read (:func:`inputs`), names and versions of all installed packages, Python, machine,
    processor, the seed and every other variable that reaches its kernel and may decide a verdict, those that choose its
    arithmetic among them.

    Examples
    --------
    >>> root = Path(__file__).resolve().parents[3]
    >>> a, b = (fingerprints(root, [root / "pyproject.toml"], seed) for seed in (0, 1))
    >>> a == b
    False
    """
    digest = hashlib.sha256()
    for name, part in inputs(root).items():
        digest.update(f"{name}\0".encode() + part.read_bytes() + b"\0")
    around = [sys.version, platform.platform(), processor(), *installed(), *sorted(decided(root, seed).items())]
    digest.update(repr(around).encode())
    found = {}
    for path in paths:
        own = digest.copy()
        own.update(path.name.encode() + b"\0" + path.read_bytes())
        found[path] = own.hexdigest()
    return found


def inputs(root: Path) -> dict[str, Path]:
    """Return the files that a notebook of this collection can read, other than notebooks, by name.

    The packages of its library and claimcheck itself, its data but for what is ``written``, what lies beside the
    notebooks, requirements.
    """
    chosen = configuration(root)
    beside = [path for path in _files(root / "notebooks") if path.suffix != ".ipynb"]
    data = [path for folder in chosen.data for path in _files(root / folder)
            if path.parent != root / folder or not any(path.match(pattern) for pattern in chosen.written)]
    settings = [path for pattern in ("requirements.txt", "requirements/*.txt", "pyproject.toml")
                for path in sorted(root.glob(pattern))]
    own, ours = library(root), Path(claimcheck.__file__).resolve().parent
    return {**{path.relative_to(root).as_posix(): path for path in (*settings, *data, *beside)},
            **{"lib/" + path.relative_to(own).as_posix(): path
               for name in chosen.packages for path in _files(own / name)},
            **{"claimcheck/" + path.relative_to(ours).as_posix(): path for path in _files(ours)}}


def unforeseen(root: Path, opened: list[str]) -> list[str]:
    """Return which of the files that a notebook read are no :func:`inputs`: a kept verdict would outlive them.

    Files of an environment (also one below the collection), hidden ones, build/ and metadata of packages do not count.

    Examples
    --------
    >>> root = Path(__file__).resolve().parents[3]
    >>> unforeseen(root, [str(root / "pyproject.toml"), str(root / "README.md"), str(root / "build" / "x")])
    ['README.md']
    """
    top, known, found = Path(os.path.abspath(root)), {os.path.abspath(path) for path in inputs(root).values()}, set()
    for name in opened:
        path = Path(name)
        if not path.is_relative_to(top):  # a run that was kept by another checkout, which judged this
            continue
        if path.suffix == ".pyc" and path.parent.name == "__pycache__":
            path = Path(importlib.util.source_from_cache(name))
        parts = path.relative_to(top).parts
        skipped = parts[0] == "build" or any(part.startswith(".") or part.endswith("-info") for part in parts)
        if not skipped and str(path) not in known and path.is_file() and not path.is_relative_to(sys.prefix):
            found.add(path.relative_to(top).as_posix())
    return sorted(found)


def installed() -> list[str]:
    """Return name and version of every installed package, as their folders of metadata are called."""
    return sorted({path.name for entry in sys.path if entry for kind in ("dist", "egg")
                   for path in Path(entry).glob(f"*.{kind}-info")})


def processor() -> list[str]:
    """Return what the processor can do, as numpy found it: with the pins it decides a kernel's arithmetic."""
    return sorted(name for name, there in loops.__cpu_features__.items() if there)


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


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, through links too, but for compiled, hidden and half-written ones."""
    for where, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for path in (Path(where) / name for name in sorted(names)):
            if not path.name.startswith(".") and path.suffix != ".tmp" and path.is_file():
                yield path

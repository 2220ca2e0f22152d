"""The collection under the oldest versions that pyproject.toml allows, in an environment of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from claimcheck.gate.environment import library

PYTHON = (3, 11)
"""The oldest Python; the oldest versions of the packages are not built for much younger ones."""

PINS, FOLDER = "requirements/oldest.txt", ".venv-oldest"


def run(root: Path, only: str | None = None, names: list[str] | None = None) -> int:
    """Make the environment if needed, and run ``platforms`` in it; return its exit status.

    Parameters
    ----------
    only : str, optional
        Two digits: this notebook alone.
    names : list of str, optional
        Variants of the arithmetic; by default the one that kernels are started with.
    """
    if (python := environment(root)) is None:
        return 1
    options = [*(["--notebook", only] if only else []), "--variant", *(names or ["shipped"])]
    command = [str(python), "-m", "claimcheck", "platforms", *options]
    return subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(library(root))}).returncode


def environment(root: Path) -> Path | None:
    """Return the Python of an environment with exactly the pinned oldest versions; None, said why, if there is none."""
    folder, pins = root / FOLDER, root / PINS
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed"
    if stamp.is_file() and python.is_file() and stamp.read_bytes() == pins.read_bytes():
        return python
    if (base := interpreter()) is None:
        wanted = ".".join(map(str, PYTHON))
        print(f"platforms: --oldest needs Python {wanted}; this is {sys.version.split()[0]}, and there is no "
              f"python{wanted} on the search path", file=sys.stderr)
        return None
    print(f"installing the oldest versions into {FOLDER} (a minute the first time)", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(pins)]
    for command in ([base, "-m", "venv", "--clear", str(folder)], pip):
        if subprocess.run(command).returncode:
            print(f"platforms: could not make {FOLDER}: the message above says why", file=sys.stderr)
            return None
    shutil.copyfile(pins, stamp)
    return python


def interpreter() -> str | None:
    """Return a Python of the version that is needed: this one, or one on the search path.

    Examples
    --------
    >>> interpreter() is None or "python" in interpreter().lower()
    True
    """
    if sys.version_info[:2] == PYTHON:
        return sys.executable
    return shutil.which("python{}.{}".format(*PYTHON))

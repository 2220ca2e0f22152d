"""Runs one notebook under strict nbval in a process of its own, with everything pinned that changes digits."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from covtheory.randomness import VARIABLE

CELL_TIMEOUT = 120
"""Seconds; a dead kernel would otherwise hold the run for nbval's default of 2000."""

_LIVE: set[subprocess.Popen] = set()


@dataclass(frozen=True)
class Run:
    """What one strict run of a notebook gave."""

    notebook: str
    passed: bool
    seconds: float
    records: list[dict]
    junit: str
    output: str


def environment(root: Path, seed: int) -> dict[str, str]:
    """Return the environment of a kernel: one thread, no hash randomness, no user configuration, the seed.

    Examples
    --------
    >>> environment(Path("."), 7)["COVTHEORY_SEED"]
    '7'
    """
    private = (root / "build" / "ipython").resolve()
    return {
        **os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "VECLIB_MAXIMUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "default", "IPYTHONDIR": str(private),
        "JUPYTER_PREFER_ENV_PATH": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1", VARIABLE: str(seed),
    }


def run_notebook(root: Path, path: Path, seed: int, scratch: Path) -> Run:
    """Run a notebook under strict nbval; with a seed other than 0 compare verdicts instead of text.

    Parameters
    ----------
    root : pathlib.Path
        The collection; the library under its ``lib`` folder is the one imported.
    scratch : pathlib.Path
        An existing folder for the records and the JUnit file.
    """
    records, junit = scratch / f"{path.stem}.json", scratch / f"{path.stem}.xml"
    for old in (records, junit):
        old.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}",
        "-p", "covtheory.claims.nbval_hook", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", os.devnull,
        f"--rootdir={root}", f"--claim-records={records}", f"--junitxml={junit}", "-q", "--color=no", "--no-header",
        *(["--verdicts-only"] if seed else []), str(path),
    ]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=environment(root, seed), stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                               start_new_session=os.name != "nt")
    _LIVE.add(process)
    try:
        output, _ = process.communicate()
    finally:
        _LIVE.discard(process)
    found = json.loads(records.read_text()) if records.exists() else []
    report = junit.read_text(encoding="utf-8") if junit.exists() else ""
    return Run(path.stem, process.returncode == 0, time.perf_counter() - started, found, report, output)


def merge_junit(reports: list[str]) -> str:
    """Join the JUnit reports of several runs into one document."""
    suites = ET.Element("testsuites", name="strict nbval")
    for report in filter(None, reports):
        suites.extend(ET.fromstring(report).iter("testsuite"))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def stop_all() -> None:
    """End every run that is under way, together with the kernel it started; for use when interrupted."""
    for process in list(_LIVE):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGTERM)

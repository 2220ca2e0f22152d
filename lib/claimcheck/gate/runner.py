"""Runs one notebook under strict nbval in a process of its own, with everything set that a verdict may depend on."""

import json
import os
import time
import xml.etree.ElementTree as ET
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from claimcheck.configuration import configuration
from claimcheck.gate.environment import environment, library
from claimcheck.gate.worker import Workers
from claimcheck.kernel import preparation

CELL_TIMEOUT = 120
"""Seconds; a dead kernel would otherwise hold the run for nbval's default of 2000."""

PLUGINS = ("nbval.plugin", "claimcheck.gate.nbval_hook", "claimcheck.gate.same_library")
"""What pytest loads, and nothing else: neither what is installed beside them, nor a conftest.py, nor a cache."""

WITHOUT = ("cacheprovider", "doctest", "unraisableexception", "threadexception")
"""Parts of pytest that notebooks do not need: each costs time in every run."""

_PROFILE = "c.InteractiveShellApp.ignore_cwd = True\n"
"""A module that lies beside the notebooks must not stand in for an installed one."""


@dataclass(frozen=True)
class Run:
    """What one strict run of a notebook gave.

    Among it the dependencies' ``warnings``, which are no difference, which files it ``opened``, and how many pictures
    it left ``unseen``, since other versions draw here than drew the stored ones.
    """

    notebook: str
    passed: bool
    seconds: float
    records: list[dict]
    junit: str
    output: str
    warnings: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    unseen: int = 0


def run_notebook(root: Path, path: Path, seed: int, scratch: Path, verdicts: bool = False,
                 workers: Workers | None = None) -> Run:
    """Run a notebook under strict nbval; with a seed other than 0, or if asked to, compare verdicts instead of text.

    Parameters
    ----------
    root : pathlib.Path
        The collection; the packages of its library are the ones imported, and the run fails if they are not.
    scratch : pathlib.Path
        An existing folder of one verification alone: records, JUnit file, IPython's profile, temporary files.
    workers : Workers, optional
        Those of one verification; by default one that ends with this run.
    """
    private = profile(scratch / path.stem)
    records, junit = private / "records.json", private / "junit.xml"
    arguments = [
        *(word for name in (*PLUGINS, *(f"no:{part}" for part in WITHOUT)) for word in ("-p", name)),
        "--assert=plain", "--noconftest", "-c", os.devnull, f"--rootdir={root}", "-q", "--color=no", "--no-header",
        "--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}", f"--library={library(root)}",
        f"--packages={','.join(configuration(root).packages)}",
        f"--claim-records={records}", f"--junitxml={junit}", *["--verdicts-only"] * bool(seed or verdicts), str(path),
    ]
    started, said = time.perf_counter(), private / "output.txt"
    with nullcontext(workers) if workers else Workers() as chosen:
        status = chosen.run(arguments, environment(root, seed, private), root, said)
    found = json.loads(_text(records) or '{"records": [], "unseen": 0}')
    return Run(path.stem, status == 0, time.perf_counter() - started, found["records"], _text(junit), _text(said),
               preparation.read(private / "warnings.jsonl"), _text(private / "opened.txt").splitlines(),
               found["unseen"])


def profile(folder: Path) -> Path:
    """Make a folder with a fresh profile of IPython, which ``environment`` points a kernel to, and return it."""
    inside = folder / "ipython" / "profile_default"
    inside.mkdir(parents=True)
    (inside / "ipython_kernel_config.py").write_text(_PROFILE, encoding="utf-8")
    return folder


def merge_junit(reports: list[str]) -> str:
    """Join the JUnit reports of several runs into one document."""
    suites = ET.Element("testsuites", name="strict nbval")
    for report in filter(None, reports):
        suites.extend(ET.fromstring(report).iter("testsuite"))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

"""In a kernel the warnings of dependencies go to a file, ours to the cell; nothing else is changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from claimcheck.kernel.preparation import PERTURB, RECORD, environment, of_dependency, read

SCRIPT = """
import logging, sys, warnings
from claimcheck.kernel import preparation
preparation.prepare()
warnings.simplefilter("always")
warnings.warn("ours, from a cell")
warnings.warn_explicit("theirs, shown", DeprecationWarning, sys.argv[1], 7)
warnings.warn_explicit("theirs, shown", DeprecationWarning, sys.argv[1], 8)
logging.warning("ours, logged")
logging.root.handlers.clear()
note = logging.LogRecord("numpy.core", logging.WARNING, sys.argv[1], 7, "theirs, %s", ("logged",), None)
logging.getLogger("numpy.core").handle(note)
"""


def run(record: Path | None) -> str:
    variables = {**os.environ, "PYTHONWARNINGS": "default", **environment(record)}
    return subprocess.run([sys.executable, "-c", SCRIPT, np.__file__], capture_output=True, text=True, check=True,
                          env=variables).stderr


def test_dependencies_warnings_are_recorded_each_once_and_ours_reach_the_cell(tmp_path):
    said = run(tmp_path / "record")
    assert "ours, from a cell" in said
    assert "ours, logged" in said
    assert "theirs" not in said
    assert read(tmp_path / "record") == ["numpy/__init__.py: DeprecationWarning: theirs, shown",
                                         "numpy/__init__.py: log of numpy.core: theirs, logged"]


def test_without_a_record_dependencies_warnings_are_dropped():
    assert "theirs" not in run(None)


@pytest.mark.parametrize(("name", "theirs"), [
    (np.__file__, True), (json.__file__, True), ("<frozen importlib._bootstrap>", True), (__file__, False),
    ("<string>", False), ("<lambdifygenerated-1>", False), ("/tmp/ipykernel_7/3.py", False),
    (str(Path(__file__).parents[1] / "lib" / "covtheory" / "figures.py"), False),
])
def test_whose_warning_it_is_is_decided_by_the_file_that_raised_it(name, theirs):
    assert of_dependency(name) == theirs


def test_environment_names_what_is_asked_for_and_no_more():
    assert set(environment()) == {"PYTHONSTARTUP"}
    assert set(environment(Path("x"), 3)) == {"PYTHONSTARTUP", RECORD, PERTURB}
    assert Path(environment()["PYTHONSTARTUP"]).is_file()


def test_records_name_the_perturbation_that_ran():
    ask = "from claimcheck.arithmetic import arithmetic; print(arithmetic())"
    told = [subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True,
                           env={**os.environ, **environment(None, seed)}).stdout.strip() for seed in (None, 3)]
    assert told[1] == told[0] + "; perturbed with seed 3"

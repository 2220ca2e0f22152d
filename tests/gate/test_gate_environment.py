"""Nothing inherited weakens a run: neither variables nor files around the checkout, nor another checkout's library."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_collection import assert_red, cached, edit, replace_text

from claimcheck.arithmetic import AS_IT_COMES, pins
from claimcheck.gate import runner
from claimcheck.gate.environment import KEPT, decided, environment, foreign, library, running
from claimcheck.gate.runner import run_notebook
from claimcheck.gate.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]

HOSTILE = {
    "PYTEST_ADDOPTS": "--nbval-lax --verdicts-only", "PYTEST_PLUGINS": "weaken", "PYTHONSTARTUP": "weaken.py",
    "PYTHONOPTIMIZE": "2", "PYTHONHOME": "", "PYTHONINSPECT": "1", "PYTHONWARNINGS": "ignore", "PYTHONHASHSEED": "5",
    "COVERAGE_PROCESS_START": "x", "JUPYTER_CONFIG_DIR": "x", "JUPYTER_PATH": "x", "IPYTHONDIR": "x",
    "LD_PRELOAD": "", "MATPLOTLIBRC": "x", "MPLBACKEND": "TkAgg", "COVTHEORY_SEED": "9", "NBVAL_ANYTHING": "1",
    "OPENBLAS_CORETYPE": "Nehalem", "OMP_NUM_THREADS": "7", "NPY_DISABLE_CPU_FEATURES": "X86_V3", "UNTHOUGHT_OF": "1",
}
OWN = ("IPYTHONDIR", "TMPDIR", "TEMP", "TMP", "PYTHONSTARTUP", "CLAIMCHECK_WARNINGS", "CLAIMCHECK_OPENED")
"""What a run sets for its own folder and for what its kernel does before the first cell."""

WEAKEN = """
try:
    from nbval.plugin import IPyNbCell
    IPyNbCell.compare_outputs = lambda *arguments, **options: True
except ImportError:
    pass
"""


@pytest.fixture
def plain(monkeypatch):
    monkeypatch.delenv(AS_IT_COMES, raising=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_inherited_is_kept_by_name_or_does_not_arrive(plain, monkeypatch, tmp_path, name):
    before = environment(tmp_path, 3, tmp_path)
    monkeypatch.setenv(name, HOSTILE[name])
    assert environment(tmp_path, 3, tmp_path) == before
    assert set(before) <= {*KEPT, *decided(tmp_path, 3), *OWN}
    assert not set(KEPT) & set(decided(tmp_path, 3))


def test_the_reference_arithmetic_is_set_unless_it_shall_come_as_it_comes(plain, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert pins().items() <= decided(tmp_path, 0).items()
    monkeypatch.setenv(AS_IT_COMES, "as-it-comes")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    found = decided(tmp_path, 0)
    assert (found["OPENBLAS_CORETYPE"], found["OMP_NUM_THREADS"]) == ("Nehalem", "7")
    assert found["PYTHONPATH"] == os.pathsep.join([str(running()), "elsewhere"])


def test_inherited_settings_do_not_turn_a_wrong_number_green_and_nothing_weak_is_cached(
        plain, copy, tmp_path, monkeypatch, capsys):
    weak = tmp_path / "weak"
    (weak / "ipython" / "profile_default" / "startup").mkdir(parents=True)
    (weak / "ipython" / "profile_default" / "startup" / "00.py").write_text("print = lambda *a: None")
    for place in (weak / "weaken.py", weak / "sitecustomize.py", copy / "conftest.py", copy / "nbval.py",
                  copy / "notebooks" / "conftest.py", copy / "notebooks" / "covtheory.py"):
        place.write_text(WEAKEN)
    for name, value in HOSTILE.items():
        if value and name not in ("LD_PRELOAD", "PYTHONINSPECT"):
            monkeypatch.setenv(name, value.replace("weaken.py", str(weak / "weaken.py")))
    monkeypatch.setenv("PYTHONPATH", str(weak))
    monkeypatch.setenv("IPYTHONDIR", str(weak / "ipython"))
    edit(copy, replace_text(r"mean 0\.\d+", "mean 0.1234"))
    before = cached(copy)
    assert_red(copy, capsys, "mismatch 'stdout'", "mean 0.1234")
    assert cached(copy) == before


def test_a_library_of_another_checkout_does_not_judge(copy, capsys):
    for name in ("claimcheck", "covtheory"):
        (copy / "lib" / name).mkdir(parents=True)
        (copy / "lib" / name / "__init__.py").write_text("")
    assert library(copy) == (copy / "lib").resolve()
    assert_red(copy, capsys, f"this command is the claimcheck of {running()}", f"set PYTHONPATH={library(copy)}")
    shutil.rmtree(copy / "lib")
    assert foreign(copy) == ""


def test_the_library_of_the_checkout_is_the_one_that_runs(copy):
    """A second checkout with a broken library is red with its own library on the path, and never asks the first."""
    shutil.copytree(running() / "covtheory", copy / "lib" / "covtheory", ignore=shutil.ignore_patterns("__pycache__"))
    broken = copy / "lib" / "covtheory" / "randomness.py"
    broken.write_text(broken.read_text().replace("default_rng([seed(),", "default_rng([1 + seed(),"))
    run = subprocess.run([sys.executable, "-m", "covtheory", "verify"], cwd=copy, capture_output=True, text=True,
                         env={**os.environ, "PYTHONPATH": str(copy / "lib")}, timeout=120)
    assert run.returncode == 1
    assert "mismatch 'stdout'" in run.stderr


def test_pytest_with_another_library_is_red(copy, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "library", lambda root: tmp_path / "expected")
    (path,) = (copy / "notebooks").glob("*.ipynb")
    run = run_notebook(copy, path, 0, tmp_path)
    assert not run.passed
    assert f"pytest imports covtheory from {running().as_posix()}, expected {tmp_path / 'expected'}" in run.output


def test_a_kernel_with_another_library_is_red(copy, tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    (other / "covtheory").mkdir(parents=True)
    (other / "covtheory" / "__init__.py").write_text("")
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nif 'ipykernel_launcher' in sys.orig_argv:\n    sys.path.insert(0, {str(other)!r})\n")
    monkeypatch.setenv(AS_IT_COMES, "as-it-comes")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = assert_red(copy, capsys, f"the kernel imports covtheory from {other.as_posix()}, expected {running()}")
    assert "use make verify in the checkout" in said


def test_runs_with_the_arithmetic_as_it_comes_are_not_cached(copy, monkeypatch, capsys):
    monkeypatch.setenv(AS_IT_COMES, "as-it-comes")
    (copy / "build" / "cache").rename(copy / "build" / "kept")
    verify(copy)
    assert "running 01" in capsys.readouterr().out
    assert cached(copy) == set()


def test_make_does_not_pass_on_what_would_weaken_a_test():
    root = Path(__file__).parents[2]
    line = next(line for line in (root / "Makefile").read_text().splitlines() if line.startswith("unexport"))
    assert {"PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONOPTIMIZE"} <= set(line.split())

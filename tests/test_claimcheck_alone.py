"""claimcheck alone: it checks a stranger's collection, and refuses a false claim."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from claimcheck.gate.skeleton import EXAMPLE

pytestmark = pytest.mark.slow

RUN = """
import sys
from claimcheck.__main__ import main
status = main(sys.argv[1:])
foreign = [name for name in sys.modules if name.split(".")[0] in ("covtheory", "classroom", "publishing", "training")]
sys.exit(f"imported {foreign}" if foreign else status)
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder with nothing but the installed package; a copy is built, for a build leaves files behind."""
    place = tmp_path_factory.mktemp("alone")
    shutil.copytree(EXAMPLE.parent, place / "source", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
               "--target", place / "site", place / "source"]
    subprocess.run(command, check=True, capture_output=True)
    return place / "site"


def claimcheck(alone, folder, *arguments):
    return subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(alone)}, timeout=120)


@pytest.fixture(scope="module")
def started(alone, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stranger")
    run = claimcheck(alone, folder, "start", "mine")
    assert run.returncode == 0, run.stderr
    return folder / "mine"


@pytest.fixture
def mine(started, tmp_path):
    return Path(shutil.copytree(started, tmp_path / "mine"))


def test_the_example_holds_as_it_is_handed_out(alone, started):
    run = claimcheck(alone, started, "verify")
    assert run.returncode == 0, run.stderr
    assert "3 claims: 2 hold, 1 condition missing" in run.stdout
    assert claimcheck(alone, started, "verify", "--seed", "5").returncode == 0


def test_a_false_constant_is_red(alone, mine):
    (path,) = (mine / "notebooks").glob("*.ipynb")
    path.write_text(path.read_text().replace("constant = 2 * np.sqrt(K)", "constant = 2.01 * np.sqrt(K)"))
    run = claimcheck(alone, mine, "verify")
    assert run.returncode == 1
    assert re.search(r"am-gm-converse'? ?fails|am-gm-converse fails", run.stderr)


def test_a_collection_of_ones_own_library_is_verified_against_it(alone, mine):
    (mine / "lib" / "means").mkdir(parents=True)
    (mine / "lib" / "means" / "__init__.py").write_text("HALF = 0.5\n")
    (mine / "pyproject.toml").write_text('[tool.claimcheck]\npackages = ["means"]\n')
    (path,) = (mine / "notebooks").glob("*.ipynb")
    path.write_text(path.read_text().replace("0.5 * arithmetic", "means.HALF * arithmetic")
                    .replace("import numpy as np", "import means\\nimport numpy as np"))
    assert claimcheck(alone, mine, "verify").returncode == 0
    (mine / "lib" / "means" / "__init__.py").write_text("HALF = 0.1\n")
    assert claimcheck(alone, mine, "verify").returncode == 1


def test_an_unknown_setting_is_one_sentence(alone, mine):
    (mine / "pyproject.toml").write_text('[tool.claimcheck]\npackage = ["means"]\n')
    run = claimcheck(alone, mine, "verify")
    assert (run.returncode, run.stderr.count("Traceback")) == (1, 0)
    assert "[tool.claimcheck] has 'package', expected one of" in run.stderr


def test_a_folder_that_is_not_empty_is_not_written_into(alone, started):
    run = claimcheck(alone, started.parent, "start", "mine")
    assert (run.returncode, "not empty" in run.stderr) == (1, True)

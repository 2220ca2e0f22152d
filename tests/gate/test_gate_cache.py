"""A verdict is reused only while nothing it depends on has changed, and runs at once do not disturb each other."""

import json
import os
import subprocess
import sys

import pytest
from small_collection import assert_red, cached, notebook

from claimcheck.gate import cache
from claimcheck.gate import verify as module
from claimcheck.gate.cache import fingerprints
from claimcheck.gate.runner import Run
from claimcheck.gate.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]


def fingerprint(root, seed=0):
    return fingerprints(root, [notebook(root)], seed)[notebook(root)]


@pytest.mark.parametrize("name", ["references/data/one.csv", "references/data/deep/two.npz", "references/more.csv",
                                  "references/claims.toml", "references/references.bib", "requirements.txt",
                                  "requirements/extra.txt", "pyproject.toml", "notebooks/beside.csv",
                                  "notebooks/01_see_a_small_thing.ipynb", "references/data/ledger.json"])
def test_whatever_a_notebook_can_read_is_in_the_fingerprint(copy, name):
    before = fingerprint(copy)
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text((copy / name).read_text() + " " if (copy / name).exists() else "new")
    assert fingerprint(copy) != before


@pytest.mark.parametrize("name", ["references/ledger.json", "references/picture.png", "references/errata.md",
                                  "references/explorer.html", "README.md", "build/anything", "references/.hidden",
                                  "references/half.csv.tmp", "notebooks/02_other.ipynb"])
def test_what_cannot_reach_a_notebook_is_not(copy, name):
    path = notebook(copy)
    before = fingerprints(copy, [path], 0)
    (copy / name).write_text("new")
    assert fingerprints(copy, [path], 0) == before


def test_seed_packages_arithmetic_library_and_python_are_in_the_fingerprint(copy, monkeypatch):
    found = [fingerprint(copy), fingerprint(copy, seed=1)]
    changes = ((cache, "installed", lambda: ["numpy-0.1.dist-info"]), (cache, "processor", lambda: ["AVX"]),
               (cache, "library", lambda root: root), (sys, "version", "2.7"))
    for place, name, value in changes:
        with monkeypatch.context() as patch:
            patch.setattr(place, name, value)
            found.append(fingerprint(copy))
    assert len(set(found)) == len(found)


def test_installed_names_packages_with_their_versions():
    from importlib.metadata import version
    assert f"numpy-{version('numpy')}.dist-info" in cache.installed()


def test_data_changed_after_a_cached_run_turn_red(copy, capsys):
    (copy / "references" / "data" / "one.csv").write_text("-1\n")
    assert_red(copy, capsys, "running 01", "mismatch 'stdout'")


@pytest.fixture
def pretend(monkeypatch):
    """Runs that pass without running, for what happens around them; ``pretend.meanwhile`` happens during each."""
    class Pretend:
        meanwhile = staticmethod(lambda path: None)
        order: list[str]

    def run(root, path, seed, scratch, workers=None):
        Pretend.meanwhile(path)
        Pretend.order.append(path.name[:2])
        return Run(path.stem, True, 1.0, [], "", "")

    Pretend.order = []
    monkeypatch.setattr(module, "run_notebook", run)
    return Pretend


def test_a_notebook_edited_while_it_ran_is_not_cached(copy, pretend):
    before = cached(copy)
    pretend.meanwhile = lambda path: path.write_text(path.read_text() + " ")
    verify(copy, fresh=True)
    assert pretend.order == ["01"]
    assert cached(copy) == before


def test_the_longest_notebook_starts_first_and_an_unknown_one_before_it(copy, pretend, monkeypatch):
    content = notebook(copy).read_bytes()
    for number in ("02", "03", "04"):
        (copy / "notebooks" / f"{number}_b.ipynb").write_bytes(content)
    monkeypatch.setattr(module, "breaches", lambda path, register: [])
    (copy / "build" / "seconds.json").write_text(json.dumps({"01_see_a_small_thing": 2.0, "02_b": 1.0, "04_b": 9.0}))
    verify(copy, fresh=True, workers=1)
    assert pretend.order == ["03", "04", "01", "02"]
    (copy / "build" / "seconds.json").write_text("[")
    verify(copy, fresh=True, workers=1)


def test_two_runs_at_once_disturb_neither_each_other_nor_the_cache(copy, capsys):
    command = [sys.executable, "-m", "covtheory", "verify", "--fresh", "--seed"]
    options = {"cwd": copy, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True,
               "env": {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}}
    runs = [subprocess.Popen([*command, seed], **options) for seed in ("0", "7")]
    for run in runs:
        said, _ = run.communicate(timeout=240)
        assert run.returncode == 0, said
    assert list((copy / "build" / "runs").iterdir()) == []
    assert verify(copy) == 0
    assert verify(copy, seed=7) == 0
    assert capsys.readouterr().out.count("unchanged: reused") == 2
    numbers = [json.loads((copy / "build" / f"ledger{suffix}.json").read_text())["claims"][0]["worst"]["ratio"]
               for suffix in ("", "-seed7")]
    assert numbers[0] != numbers[1]

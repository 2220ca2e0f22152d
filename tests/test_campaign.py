"""The campaign: what counts as nearly failed, what is reported, and that an interrupted campaign goes on."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from two_notebooks import build

from claimcheck.gate import campaign as module
from claimcheck.gate.campaign_report import findings, margin, markdown, near, text
from covtheory.__main__ import main

needs_dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None,
                                reason="Dask distributed is not installed: requirements/campaign.txt")
FAILS = "claim('half-bound').states(at_most('draws', values + 0.2 * (seed() == 2), 0.5)).tooth('a quarter', 'draws', " \
        "bound=0.25)"


def check(ratio, comparison="at_most", **more):
    return {"label": "draws", "comparison": comparison, "ok": True, "instances": 3, "ratio": ratio, **more}


def record(*checks, status="holds", problems=(), worst=None):
    return {"id": "half-bound", "status": status, "problems": list(problems), "checks": list(checks), "worst": worst,
            "monte_carlo": {"draws": 100, "false_alarm": 1e-9}, "arithmetic": "numpy"}


def result(*records, seed=3, **more):
    return {"notebook": "01_see", "seed": seed, "seconds": 1.0, "records": list(records), "without verdict": "", **more}


@pytest.mark.parametrize(("checked", "expected"), [
    (check(0.25), 0.75), (check(1), None), (check(1, "frequency_at_most"), 0), (check(1, tie=False), 0),
    (check(0.999999999, tie=True), None), (check(1, margin=1e-8), 1e-8), (check(1, "equal"), None),
    (check(1, "proved"), None), (check("inf"), None), (check(1.3, ok=False), None), (check(0, instances=0), None),
])
def test_margin_is_the_distance_to_one_and_a_tie_has_none(checked, expected):
    assert margin({**checked, "ok": checked["ok"]}) == expected


def test_checks_that_nearly_failed_are_found():
    close = record(check(0.9999999), check(0.99), check(1))
    assert [entry["ratio"] for entry in near(result(close))] == [0.9999999]


def test_report_names_failures_near_failures_missing_verdicts_and_the_budget():
    worst = {"value": 0.65, "bound": 0.5, "ratio": 1.3, "check": "draws"}
    bad = record(check(1.3, ok=False), status="fails", problems=["draws: at_most violated at #7"], worst=worst)
    runs = [result(bad), result(record(check(0.9999999)), seed=4),
            result(seed=5, **{"without verdict": "the kernel died"})]
    report = findings(runs, 4, range(3, 7))
    assert (report["runs"], report["wanted"], report["verdicts"], report["draws"]) == (2, 4, 2, 200)
    assert report["false alarm"] == 2e-9
    assert report["failed"] == [{"claim": "half-bound", "notebook": "01_see", "seed": 3, "value": 0.65, "bound": 0.5,
                                 "ratio": 1.3, "check": "draws: at_most violated at #7"}]
    for said in (text(report), markdown(report)):
        assert "half-bound 1 times" in said
        assert "the kernel died" in said
        assert re.search(r"seed 3|\| 3 \|", said)
        assert re.search(r"seed 4|\| 4 \|", said)
        assert "2e-09" in said


def test_time_left_is_that_of_the_notebooks_that_wait():
    waiting = {(Path("01_see.ipynb"), seed): None for seed in range(10)}
    assert module._left(waiting, {"01_see": [60.0], "02_see": [6.0]}, 2) == "about 5 min left"
    assert module._left(waiting, {"01_see": [3600.0]}, 2) == "about 5.0 h left"
    assert module._left({}, {}, 2) == "done"


@pytest.mark.parametrize("text", ["9-3", "a-b", "-3", "", "1.5"])
def test_seeds_that_are_no_range_are_refused(text, capsys):
    with pytest.raises(SystemExit):
        main(["campaign", f"--seeds={text}"])
    assert "no range of seeds" in capsys.readouterr().err


def test_without_dask_a_sentence_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert module.campaign(tmp_path, range(1, 2)) == 1
    assert "pip install -r requirements/campaign.txt" in capsys.readouterr().err


def test_a_worker_that_does_not_see_the_collection_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="workers need the collection under the same path"):
        module.task(str(tmp_path), str(tmp_path / "notebooks" / "01_see.ipynb"), 1)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return build(tmp_path_factory.mktemp("small") / "collection", half=FAILS)


def run(root: Path, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "covtheory", "campaign", *options], cwd=root, capture_output=True,
                          text=True, timeout=300)


@needs_dask
@pytest.mark.slow
def test_a_campaign_finds_the_seed_that_fails_and_does_no_run_twice(small):
    first = run(small, "--seeds", "1-2", "--workers", "2")
    assert first.returncode == 1, first.stdout + first.stderr
    assert "4 of 4 runs gave 4 verdicts" in first.stdout
    assert "FAILED  notebook 01, seed 2, half-bound: draws: at_most violated" in first.stdout
    assert re.search(r"\[2/4\] notebook 0\d, seed \d: .* in \d+ s; about \d+ min left", first.stdout)
    report = json.loads((small / "build" / "campaign.json").read_text())
    (entry,) = report["failed"]
    assert (entry["seed"], entry["bound"], entry["ratio"] > 1) == (2, 0.5, True)
    assert "| half-bound | 01 | 2 |" in (small / "build" / "campaign.md").read_text()
    again = run(small, "--seeds", "1-2")
    assert again.returncode == 1
    assert "4 of 4 runs are kept from before" in again.stdout
    assert "[1/" not in again.stdout
    next((small / "build" / "campaign").glob("02-1-*")).write_text("half a fi")
    repaired = run(small, "--seeds", "1-1", "--workers", "1")
    assert repaired.returncode == 0
    assert "1 of 2 runs are kept from before" in repaired.stdout
    assert "claims that failed: 0" in repaired.stdout


@needs_dask
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupted_campaign_keeps_what_it_has_and_goes_on(small, tmp_path):
    root = tmp_path / "collection"
    shutil.copytree(small, root, ignore=shutil.ignore_patterns("build"))
    command = [sys.executable, "-u", "-m", "covtheory", "campaign", "--seeds", "3-5", "--workers", "2"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    while not process.stdout.readline().startswith("[1/6]"):
        assert process.poll() is None
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the processes of the cluster get it too
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    kept = len(list((root / "build" / "campaign").glob("*.json")))
    assert 1 <= kept < 6
    on = run(root, "--seeds", "3-5", "--workers", "2")
    assert on.returncode == 0, on.stdout + on.stderr
    assert f"{kept} of 6 runs are kept from before" in on.stdout
    assert "6 of 6 runs gave 6 verdicts" in on.stdout


@needs_dask
def test_a_scheduler_that_does_not_answer_is_a_clear_error(small, monkeypatch, capsys):
    monkeypatch.setattr(module, "WAIT", 1)
    assert module.campaign(small, range(90, 91), scheduler="tcp://127.0.0.1:1") == 1
    assert "no scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err

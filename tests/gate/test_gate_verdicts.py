"""The gate itself: a small collection passes; what is planted in outputs, claims or register turns the run red."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from small_collection import HALF, PRINTS, REGISTER, assert_red, edit, notebook, replace_text

from claimcheck.arithmetic import AS_IT_COMES
from claimcheck.gate.update import update
from claimcheck.gate.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]


def test_good_collection_writes_ledger_junit_and_report(good):
    ledger = json.loads((good / "build" / "ledger.json").read_text())
    assert ledger["schema"] == "covtheory.ledger/1"
    assert [entry["status"] for entry in ledger["claims"]] == ["holds", "refuted_as_printed"]
    assert 'tests="5"' in (good / "build" / "junit.xml").read_text()
    report = (good / "build" / "report.html").read_text()
    assert "half-bound" in report
    assert "<svg" in report
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>|<rdf:RDF.*?</rdf:RDF>', "", report, flags=re.S)


def test_unchanged_collection_is_reused_and_fresh_ignores_that(copy, capsys):
    assert verify(copy) == 0
    assert "unchanged: reused" in capsys.readouterr().out
    assert verify(copy, fresh=True) == 0
    assert "passed in" in capsys.readouterr().out


def test_other_seed_compares_verdicts_and_keeps_the_ledger(copy, capsys):
    before = (copy / "build" / "ledger.json").read_bytes()
    assert verify(copy, seed=3) == 0
    assert (copy / "build" / "ledger.json").read_bytes() == before
    assert (copy / "build" / "ledger-seed3.json").exists()


def test_planted_wrong_number_turns_red(copy, capsys):
    edit(copy, replace_text(r"mean 0\.\d+", "mean 0.1234"))
    assert_red(copy, capsys, "FAILED", "mismatch 'stdout'", "every verdict holds", "make update NB=01")


def test_planted_wrong_figure_digest_turns_red(copy, capsys):
    edit(copy, replace_text(r"values: n=100", "values: n=101"))
    assert_red(copy, capsys, "mismatch 'text/plain'", "n=101")


def test_a_picture_stored_to_be_shown_at_another_size_turns_red(copy, capsys):
    edit(copy, replace_text(r'"width": 720', '"width": 20'))
    assert_red(copy, capsys, "sizes at which pictures are shown", "'width': 20")


def test_planted_wrong_record_turns_red(copy, capsys):
    edit(copy, replace_text(r'"ratio": 0\.9\d+', '"ratio": 0.5'))
    assert_red(copy, capsys, "half-bound: worst ratio: 0.9", "was 0.5", "not the reading of the stored record")


def test_deleted_claim_turns_red(copy, capsys):
    edit(copy, lambda nb: nb.cells.pop(HALF))
    assert_red(copy, capsys, "half-bound", "not checked")


def test_deleted_claim_turns_red_even_if_counts_are_repaired(copy, capsys):
    def change(nb):
        nb.cells.pop(HALF)
        for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), start=1):
            cell.execution_count = number
    edit(copy, change)
    assert_red(copy, capsys, "'half-bound' is not checked")


def test_cleared_execution_counts_turn_red(copy, capsys):
    edit(copy, lambda nb: nb.cells[PRINTS].update(execution_count=None, outputs=[]))
    assert_red(copy, capsys, "execution counts")


def test_failing_claim_turns_red_although_its_output_is_stored(copy, capsys):
    def change(nb):
        nb.cells[HALF].source = nb.cells[HALF].source.replace("values, 0.5", "values, 0.3")
    edit(copy, change)
    assert update(copy) == 1
    assert_red(copy, capsys, "half-bound", "stored verdict fails")


def test_unregistered_claim_turns_red(copy, capsys):
    edit(copy, replace_text("claim\\('half-bound'\\)", "claim('halfbound-typo')"))
    assert_red(copy, capsys, "halfbound-typo", "does not register")


def test_stale_committed_ledger_turns_red(copy, capsys):
    path = copy / "references" / "ledger.json"
    path.write_text(path.read_text().replace('"instances": 100', '"instances": 98'))
    assert_red(copy, capsys, "make update")


@pytest.mark.parametrize("name", ["README.md", "references/verdicts.md", "references/coverage_profile.png"])
def test_what_is_written_from_the_ledger_and_is_stale_turns_red(copy, capsys, name):
    old = (copy / name).read_bytes()
    (copy / name).write_bytes(old.replace(b"half-bound", b"half-binge") if name.endswith(".md") else b"picture")
    assert_red(copy, capsys, f"{name} is not what the ledger and the notebooks make of it (run make update)")


def test_an_unpinned_arithmetic_writes_a_ledger_of_its_own(copy, capsys, monkeypatch):
    monkeypatch.setenv(AS_IT_COMES, "as-it-comes")
    (copy / "build" / "ledger.json").unlink()
    assert verify(copy) == 0
    assert not (copy / "build" / "ledger.json").exists()
    assert (copy / "build" / "ledger-as-it-comes.json").exists()


def test_a_cell_that_raises_shows_its_own_error_and_nothing_before_it(copy, capsys):
    edit(copy, replace_text("claim\\('half-bound'\\)", "{}['nothing here'], claim('half-bound')"))
    assert verify(copy) == 1
    said = "".join(capsys.readouterr())
    assert said.index("Cell execution caused an exception") < said.index("KeyError") < said.index("no verdict on half")
    assert "claims shown" not in said


def test_cell_that_writes_to_stderr_turns_red(copy, capsys):
    edit(copy, replace_text("print\\(f'mean", "import sys; print('x', file=sys.stderr); print(f'mean"))
    assert_red(copy, capsys, "Unexpected output fields from running code: {'stderr'}")


@pytest.mark.parametrize(("old", "new", "word"), [
    ('kind = "upper"', 'kind = "uper"', "kind is 'uper'"),
    ('kind = "upper"\n', "", "kind is missing"),
    ('kind = "upper"\nroutes = ["exact"]\n', "", "kind, routes are missing"),
    ('id = "quarter-bound-as-printed"', 'id = "half-bound"', "duplicate claim id"),
    ('key = "someone"', 'key = "nobody"', "not in references/references.bib"),
    ("[[claim]]", "[[claim]", "not valid TOML"),
    ('corrected_by = "half-bound"', 'corrected_by = "third-bound"', "not registered"),
    ('notebook = "01"', 'notebook = "1"', "expected two digits"),
])
def test_malformed_register_is_named_and_leaves_the_ledger(copy, capsys, old, new, word):
    path = copy / "references" / "claims.toml"
    path.write_text(path.read_text().replace(old, new))
    assert_red(copy, capsys, word)


def test_registered_claim_without_notebook_turns_red(copy, capsys):
    path = copy / "references" / "claims.toml"
    path.write_text(path.read_text() + REGISTER.split("[[claim]]")[1].join(["[[claim]]", ""]).replace(
        "half-bound", "third-bound").replace('"01"', '"07"'))
    assert_red(copy, capsys, "checked by no notebook: third-bound (notebook 07)")


def test_unknown_notebook_number_is_a_clear_error(copy, capsys):
    assert_red(copy, capsys, "no notebook 42_", only="42")


def test_failed_update_leaves_the_notebook_as_it_was(copy):
    edit(copy, replace_text("values.mean\\(\\)", "values.meen()"))
    before = notebook(copy).read_bytes()
    assert update(copy) == 1
    assert notebook(copy).read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_interrupted_run_keeps_the_ledger_and_the_next_run_works(copy):
    before = (copy / "build" / "ledger.json").read_bytes()
    command = [sys.executable, "-m", "covtheory", "verify", "--fresh"]
    process = subprocess.Popen(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "running 01" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run it again" in said
    assert (copy / "build" / "ledger.json").read_bytes() == before
    assert subprocess.run(command, cwd=copy, capture_output=True, timeout=120).returncode == 0

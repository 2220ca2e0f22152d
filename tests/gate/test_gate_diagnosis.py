"""A failed run says value, bound and distance, whose fault it may be, and what to do next."""

import pytest
from small_collection import edit, notebook, replace_text

from claimcheck.gate.diagnosis import diagnose, stored_in
from claimcheck.gate.runner import Run
from claimcheck.record import MIME

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]


def computed(records, arithmetic="numpy 1 SSE"):
    return [{**record, "arithmetic": arithmetic} for record in records]


def run(records, output=""):
    return Run("01_see_a_small_thing", False, 1.0, records, "", output)


def failed(records):
    worst = {"value": 0.36, "bound": 0.3, "ratio": 1.2, "witness": "draws #7"}
    return [{**records[0], "status": "fails", "worst": worst, "problems": ["draws: violated"]}, *records[1:]]


@pytest.fixture
def path(copy):
    def marked(nb):
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if MIME in output.get("data", {}):
                    (output["data"][MIME],) = computed([output["data"][MIME]], "numpy 1 AVX2")
    edit(copy, marked)
    return notebook(copy)


@pytest.mark.parametrize(("output", "words"), [
    ("OSError: [Errno 28] No space left on device: 'x'", ["your machine", "make room"]),
    ("PermissionError: [Errno 13] Permission denied: '/data/x'", ["your machine", "'/data/x'"]),
    ("RuntimeError: Kernel dead on test start", ["your machine", "want of memory", "--workers 1"]),
    ("Cell 3: Timeout of 120 seconds exceeded executing cell", ["your machine", "less busy"]),
    ("!!! Exit: the kernel imports covtheory from /a, expected /b !!!", ["imports covtheory from /a", "make verify"]),
])
def test_what_the_machine_did_is_said_in_one_line(path, output, words):
    (line,) = diagnose(run([], output), path)
    for word in words:
        assert word in line


def test_a_claim_that_fails_tells_value_bound_and_distance(path):
    lines = diagnose(run(failed(stored_in(path))), path)
    assert "half-bound fails: value 0.36, bound 0.3, 0.06 apart (20 % of the bound), at draws #7; dra" in lines[0]


@pytest.mark.parametrize(("change", "seed", "words"), [
    (lambda records: records[1:], 0, ["no verdict on half-bound", "the notebook, or the library"]),
    (failed, 7, ["fails at seed 7", "do not change the seed"]),
    (failed, 0, ["git status", "make update NB=01"]),
    (lambda records: failed(computed(records)), 0, ["last digits", "make platforms"]),
    (computed, 0, ["every verdict holds", "make platforms"]),
    (lambda records: records, 0, ["the stored outputs: every verdict holds", "make update NB=01"]),
])
def test_the_last_line_says_whose_fault_it_may_be(path, change, seed, words):
    found = run(change(stored_in(path)))
    last = diagnose(found, path, seed)[-1]
    for word in words:
        assert word in last
    same = all(record["arithmetic"] == "numpy 1 AVX2" for record in found.records)
    assert last.endswith("[computed with numpy 1 AVX2, as what is stored]" if same else
                         "[computed with numpy 1 SSE; stored with numpy 1 AVX2]")


def test_an_arithmetic_that_nobody_wrote_down_is_called_unknown(copy, path):
    records = stored_in(path)
    edit(copy, replace_text('"arithmetic": "numpy 1 AVX2", ', ""))
    assert diagnose(run(records), path)[-1].endswith("; stored with an unknown arithmetic]")
    assert "computed with" not in diagnose(run(stored_in(path)), path)[-1]

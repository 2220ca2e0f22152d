"""Faults that an honest author makes by accident: overflow, a copy, a lost mask, a file that no verdict depends on."""

import sys
from dataclasses import replace

import nbformat
import numpy as np
import pytest
import sympy as sp
from small_collection import CELLS, PRINTS, assert_red, cached, edit, notebook

from claimcheck import at_least, at_most, contains, equal, exceeds, symbolic, within
from claimcheck.claim import Claim
from claimcheck.gate.cache import unforeseen
from claimcheck.gate.contract import breaches, strays
from claimcheck.gate.update import update
from claimcheck.register import Registration, load_register

VALUES = np.random.default_rng(1).uniform(0, 0.5, 100)
X = sp.Symbol("x")


def claim() -> Claim:
    entry = Registration("a-b", "01", "upper", ("exact",), "s", "h", "key", "Thm 1", "d", 1)
    return Claim(entry).states(at_most("draws", VALUES, 0.5)).tooth("a quarter", "draws", bound=0.25)


def test_the_good_claim_holds():
    assert claim().status == "holds"


@pytest.mark.parametrize(("make", "word"), [
    (lambda: exceeds("o", np.inf, 0.5), "o: every bound is trivial"),
    (lambda: exceeds("o", 1e-3, 5e-12), "o: every bound is trivial"),
    (lambda: at_least("o", [np.inf] * 3, [0.5, 0.6, 0.7]), "o: every bound is trivial"),
    (lambda: equal("o", [np.inf] * 3, [np.inf] * 3), "o: every bound is trivial"),
    (lambda: contains("o", 0.0, 0.3, np.inf), "o: every bound is trivial"),
    (lambda: contains("o", [], [], []), "o: no instance is active"),
    (lambda: within("o", [], 0.1, 0.2), "o: no instance is active"),
    (lambda: at_most("o", VALUES[VALUES > 9], 0.5), "o: no instance is active"),
    (lambda: equal("o", [2**60 + 1], [2**60], rtol=0, atol=0), "o: equal violated"),
    (lambda: replace(at_most("o", VALUES, 0.5), again=None), "o: made by hand"),
    (lambda: at_most("  ", VALUES, 0.6), "a check without a label"),
    (lambda: at_most("draws ", VALUES, 0.6), "draws: two checks have this label"),
])
def test_a_check_that_says_nothing_turns_its_claim_red(make, word):
    found = claim().step(make())
    assert found.status == "fails"
    assert word in "\n".join(found.problems)


@pytest.mark.parametrize("check", [
    lambda: equal("o", [np.inf] * 3, np.inf),
    lambda: equal("o", [np.inf, 0.5], [np.inf, 0.5]),
    lambda: equal("o", VALUES < 0.5, VALUES < 0.6),
    lambda: at_least("o", [np.inf, 0.5], [0.4, 0.4]),
    lambda: equal("o", [2**60 + 1], [2**60 + 1], rtol=0, atol=0),
])
def test_what_looks_like_it_and_is_meant_holds(check):
    assert claim().step(check()).status == "holds"


@pytest.mark.parametrize(("make", "word"), [
    (lambda: at_most("o", np.r_[VALUES, 1.7], np.full(101, 2.0), ceiling=1), "above the ceiling 1"),
    (lambda: at_least("o", [0.2, 0.5], [0.1, 0.45], floor=0.4), "below the floor 0.4"),
    (lambda: at_most("o", np.ma.masked_where(VALUES > 0.4, VALUES), 0.5), "a masked array"),
    (lambda: at_least("o", VALUES < 0.5, 1), "a truth value"),
    (lambda: equal("o", bool((VALUES < 0.5).all()), True), "a truth value"),
    (lambda: equal("o", 0.4, 0, decimals=0), "0 decimals of zero"),
    (lambda: within("o", 0.5, 0.5, 0.5), "low below high"),
    (lambda: symbolic("o", 0.5 * X, X / 2), "is of floats"),
])
def test_what_no_comparison_can_judge_is_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()


def test_numbers_changed_between_a_check_and_its_tooth_are_noticed():
    values = VALUES.copy()
    check = at_most("o", values, 0.5)
    values += 1
    with pytest.raises(ValueError, match="have changed since"):
        check.twin(bound=0.49)


def test_a_tooth_made_of_a_hand_made_or_edited_outcome_is_refused():
    check = at_most("o", VALUES, 0.3)
    for change, word in (({"ok": True}, "have changed"), ({"again": None}, "made by hand")):
        with pytest.raises(ValueError, match=word):
            replace(check, **change).twin(bound=0.2)


def test_one_tooth_shown_twice_is_one():
    assert "tooth 'a quarter' of 'draws' stands twice" in claim().tooth("a quarter", "draws", bound=0.2).problems


@pytest.mark.parametrize(("source", "word"), [
    ("at_most('o', values, 0.25, active=values <= 0.25)", "judged only where it holds"),
    ("at_most('o', values, b, active=(b >= values) & (values > 0))", "judged only where it holds"),
    ("symbolic('o', f, f)", "compares a thing with itself"),
    ("files = !ls", "do not belong in a notebook"),
    ("get_ipython().run_cell('1')", "do not belong in a notebook"),
    ("rng = np.random.default_rng(7)", "the run's seed decides nothing"),
    ("from numpy.random import default_rng\nrng = default_rng()", "the run's seed decides nothing"),
    ("import random", "the run's seed decides nothing"),
])
def test_a_check_that_its_source_gives_away_is_a_breach(copy, source, word):
    edit(copy, lambda nb: nb.cells[PRINTS].update(source=source))
    assert word in "\n".join(breaches(notebook(copy), load_register(copy)))


@pytest.mark.parametrize("mime", ["image/jpeg", "application/vnd.jupyter.widget-view+json", "application/pdf"])
def test_a_stored_output_that_no_run_compares_is_a_breach(copy, mime):
    shown = {"output_type": "display_data", "metadata": {}, "data": {mime: "AAAA"}}
    edit(copy, lambda nb: nb.cells[PRINTS].outputs.append(nbformat.from_dict(shown)))
    assert f"output of type {mime}, which no run compares" in "\n".join(breaches(notebook(copy), load_register(copy)))


def test_a_picture_attached_to_a_text_cell_is_a_breach(copy):
    edit(copy, lambda nb: nb.cells[3].update(attachments={"a.png": {"image/png": "AAAA"}}))
    assert "attached file 'a.png'" in "\n".join(breaches(notebook(copy), load_register(copy)))


@pytest.mark.parametrize("name", ["\uff10\uff12_see.ipynb", "\u0660\u0662_see.ipynb", "02_see.ipynb "])
def test_a_notebook_that_only_looks_numbered_is_a_stray(copy, name):
    (copy / "notebooks" / name).write_text("{}")
    assert len(strays(copy)) == 1


def test_a_notebook_in_a_linked_folder_is_a_stray(copy):
    (copy / "more").mkdir()
    (copy / "more" / "02_see.ipynb").write_text("{}")
    (copy / "notebooks" / "linked").symlink_to(copy / "more")
    assert "notebooks/linked/02_see.ipynb" in "".join(strays(copy))


def rewritten(copy, line):
    """Put a line before what the notebook prints, and store what it gives; the verification judges it."""
    edit(copy, lambda nb: nb.cells[PRINTS].update(source=line + CELLS[PRINTS][1]))
    assert update(copy) == 0


@pytest.mark.slow
@pytest.mark.xdist_group("gate")
def test_a_notebook_that_reads_what_no_kept_verdict_depends_on_turns_red(copy, capsys):
    (copy / "extra").mkdir()
    (copy / "extra" / "two.csv").write_text("2\n")
    before = cached(copy)
    rewritten(copy, "two = (find_root() / 'extra' / 'two.csv').read_bytes()\n")
    assert_red(copy, capsys, "reads extra/two.csv, which a kept verdict would outlive")
    assert cached(copy) == before


@pytest.mark.slow
@pytest.mark.xdist_group("gate")
def test_a_notebook_that_writes_where_notebooks_read_turns_red(copy, capsys):
    before = cached(copy)
    rewritten(copy, "import time\n(find_root() / 'references' / 'data' / 'two.csv').write_text(str(time.time()))\n")
    assert_red(copy, capsys, "references/data/two.csv changed while the notebooks ran")
    assert cached(copy) == before


def test_a_module_beside_the_named_packages_is_no_input_although_python_finds_it(copy):
    for name in ("covtheory", "helper"):
        (copy / "lib" / name).mkdir(parents=True)
        (copy / "lib" / name / "__init__.py").write_text("")
    opened = [str(copy / "lib" / name / "__pycache__" / "__init__.cpython-311.pyc") for name in ("covtheory", "helper")]
    assert unforeseen(copy, opened) == ["lib/helper/__init__.py"]


def test_environments_caches_and_what_a_run_makes_are_not_data(copy, monkeypatch):
    places = [copy / "build" / "x.csv", copy / ".venv" / "x.csv", copy / "lib" / "a.egg-info" / "entry_points.txt",
              copy / "env" / "x.csv", copy / "missing.csv"]
    for path in places[:-1]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    monkeypatch.setattr(sys, "prefix", str(copy / "env"))
    assert unforeseen(copy, list(map(str, places))) == []

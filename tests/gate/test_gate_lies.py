"""Ways to make a claim look checked that is not: each is planted in a cell, or as a claim, and must be seen."""

from dataclasses import replace

import nbformat
import numpy as np
import pytest
from small_collection import PRINTS, edit, notebook

from claimcheck import at_least, at_most, exceeds, frequency_at_most, within
from claimcheck.claim import Claim
from claimcheck.gate.contract import breaches
from claimcheck.gate.verify import verify
from claimcheck.register import Registration, load_register

VALUES = np.random.default_rng(1).uniform(0, 0.5, 100)
FEW = VALUES[:7]


def claim() -> Claim:
    entry = Registration("a-b", "01", "upper", ("exact",), "s", "h", "key", "Thm 1", "d", 1)
    return Claim(entry).states(at_most("draws", VALUES, 0.5))


def cells(copy, source) -> str:
    edit(copy, lambda nb: nb.cells[PRINTS].update(source=source))
    return "\n".join(breaches(notebook(copy), load_register(copy)))


HIDDEN = "in no stored record"
OTHER = "computed from the other"
SELF = "compares a thing with itself"
ONLY = "is judged only where"
NAMES = "used under another name or replaced"


@pytest.mark.parametrize(("source", "word"), [
    ("at_most('draws', v, 1.1 * v)", OTHER),
    ("b = v + 0.01\nat_most('draws', v, b)", OTHER),
    ("at_most('draws', np.minimum(v, 0.3 * w), 0.3 * w)", "cut off at its bound"),
    ("at_least('draws', np.maximum(v, b), b)", "cut off at its bound"),
    ("within('draws', s, s - 0.1, s + 0.1)", "ends computed from its value"),
    ("contains('draws', x * 0.99, x, x * 1.01)", "ends computed from its value"),
    ("w = values\nat_most('draws', values, w)", SELF),
    ("ok = ~np.isnan(bound)\nat_most('draws', v, bound, active=ok)", ONLY),
    ("at_most('draws', v, bound, active=np.isfinite(bound))", ONLY),
    ("good = v <= b\nat_most('draws', v, b, active=good)", ONLY),
    ("good = np.less_equal(v, b)\nat_most('draws', v, b, active=good & (n > 2))", ONLY),
    ("keep = v <= b\nat_most('draws', v[keep], b[keep])", ONLY),
    ("at_most('draws', np.where(v <= b, v, 0), b)", ONLY),
    ("at_most('draws', v, b, active=v < 0.99 * b)", ONLY),
    ("claim('a').states(at_most('draws', v, b)).tooth('t', 'draws', value=1.1 * b)", "its value is " + OTHER),
    ("claim('a').states(at_most('draws', v, b)).tooth('t', 'draws', bound=v / 2)", "its bound is " + OTHER),
    ("if False:\n    at_most('never', v, b)", HIDDEN),
    ("def never():\n    return at_most('never', v, b)", HIDDEN),
    ("dropped = at_most('never', v, b)", HIDDEN),
    ("done = True or at_most(f'never {n}', v, b)", HIDDEN),
    ("try:\n    c = at_most('draws', v, b)\nexcept ValueError:\n    c = at_most('draws', v, 9)", "error is swallowed"),
    ("with contextlib.suppress(Exception):\n    claim('half-bound').states(at_most('draws', v, b))", "is swallowed"),
    ("from claimcheck import at_most as below", NAMES),
    ("below = at_most\nbelow('draws', v, v)", NAMES),
    ("def at_most(label, value, bound):\n    return label", NAMES),
    ("for compare in (at_most, at_least):\n    compare('draws', v, b)", NAMES),
    ("import claimcheck.outcome\nclaimcheck.outcome.RTOL = 1.0", "is changed, which is not the notebook's own"),
    ("from claimcheck import outcome\noutcome.ATOL = 1.0", "is changed, which is not the notebook's own"),
    ("c = claim('half-bound')\nc.stated = []", "is changed, which is not the notebook's own"),
    ("np.isnan = lambda x: False", "is changed, which is not the notebook's own"),
    ("setattr(outcome, 'ok', True)", "reaches inside"),
    ("object.__setattr__(check, 'ok', True)", "reaches inside"),
    ("exec('at_' + 'most(1)')", "reaches inside"),
    ("globals()['at_most'] = None", "reaches inside"),
    ("at_most.__defaults__ = (1,)", "reaches inside"),
    ("import os\nos.environ['CLAIMCHECK_SEED'] = '7'", "reaches inside"),
    ("rng = np.random.default_rng(int(open('seed').read()))", "the run's seed decides nothing"),
    ("SEED = 7\nrng = np.random.default_rng(SEED)", "the run's seed decides nothing"),
    ("rng = np.random.Generator(np.random.PCG64(7))", "the run's seed decides nothing"),
])
def test_a_cell_that_hides_a_check_is_a_breach(copy, source, word):
    assert word in cells(copy, source)


@pytest.mark.parametrize("source", [
    "at_most('draws', 1 - np.exp(-v), v)", "at_most('draws', v, v / (1 - w))", "at_least('draws', v, 0 * v)",
    "at_most('draws', v, b, active=n > 100)", "at_most('draws', v[n > 3], b[n > 3])",
    "at_most('draws', np.minimum(v, 1), b)", "within('draws', s, 0.9, 1.1)", "contains('draws', 0 * x, x, y)",
    "claim('half-bound').states(at_most('draws', v, b)).tooth('t', 'draws', value=2 * v)",
    "claim('half-bound').states(at_most('draws', v, b)).tooth('t', 'draws', bound=0.9 * b)",
    "class Mine:\n    pass\nmine = Mine()\nmine.ok = True\nax.title = 'x'", "runs.within('other', 1, 2, 3)",
    "try:\n    bounds.price(-1)\nexcept ValueError as error:\n    print(error)",
    "def both(name):\n    return at_most(f'dra{name}', v, b)",
    "from claimcheck.seed import generator\nfrom covtheory.randomness import seed\n"
    "rng = np.random.default_rng([seed(), 3])\nfor own in generator(1).spawn(2):\n    own.integers(3)",
])
def test_an_honest_cell_that_looks_like_one_is_none(copy, source):
    assert cells(copy, source) == ""


def test_a_verdict_that_no_claim_gave_is_a_breach(copy):
    shown = nbformat.v4.new_output("stream", text="\nthird-bound: holds (upper; exact). Worst ratio 1\n")
    edit(copy, lambda nb: nb.cells[PRINTS].outputs.append(shown))
    assert "reads like a verdict" in "\n".join(breaches(notebook(copy), load_register(copy)))


@pytest.mark.parametrize(("make", "says"), [
    (lambda: frequency_at_most("o", 0, 40, 0.05, false_alarm=1e-9), 0),
    (lambda: frequency_at_most("o", 0, 4000, 0.05, false_alarm=1e-9), 1),
    (lambda: at_most("o", FEW, FEW / 0.7), 1),
    (lambda: at_least("o", 3 * FEW, FEW), 1),
    (lambda: at_most("o", FEW, np.sqrt(FEW)), 7),
    (lambda: at_most("o", np.full(500, 0.3), 0.4), 500),
], ids=["no power", "power", "value / 0.7", "3 values", "honest", "one number, which different instances may have"])
def test_what_says_nothing_or_the_same_again_is_not_counted(make, says):
    assert make().says == says


def test_a_simulation_without_power_is_never_the_worst_ratio_shown():
    lost = frequency_at_most("lost", 1980, 2000, 0.9885, false_alarm=1e-9)
    told = claim().states(lost).tooth("half", "draws", bound=0.25)
    assert (lost.says, told.status, told.worst.label) == (0, "holds", "draws")
    assert told.record()["says"] == 100


def test_an_outcome_edited_after_it_was_made_turns_its_claim_red():
    bad = replace(at_most("o", VALUES, 0.3), ok=True)
    assert "o: made by hand" in "\n".join(claim().step(bad).problems)


@pytest.mark.parametrize(("make", "change"), [
    (lambda: at_most("o", FEW, np.sqrt(FEW)), {"value": 1.1 * np.sqrt(FEW)}),
    (lambda: at_most("o", FEW, np.sqrt(FEW)), {"bound": 0.9 * FEW}),
    (lambda: at_least("o", np.sqrt(FEW), FEW), {"value": 0.9 * FEW}),
    (lambda: exceeds("o", np.sqrt(FEW), FEW), {"bound": 1.1 * np.sqrt(FEW)}),
])
def test_a_tooth_made_from_the_other_side_is_refused(make, change):
    with pytest.raises(ValueError, match="computed from it"):
        make().twin(**change)


def test_a_tooth_of_an_extremal_family_may_be_a_part_of_its_bound():
    assert not at_most("o", FEW, 1.0 * FEW).twin(bound=0.9 * FEW).ok


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.5, 0.5), (0.04, 1.04), (-40, 3), (0, 3)])
def test_a_window_that_holds_nearly_anything_is_refused(low, high):
    with pytest.raises(ValueError, match="is wide"):
        within("o", 0.4, low, high)


def test_pictures_that_were_not_compared_are_told_at_the_end(copy, capsys, monkeypatch):
    (copy / "requirements.txt").write_text("matplotlib==1.0\n")
    assert verify(copy) == 0
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("NOT compared: 1 picture")
    assert "matplotlib" in last
    assert verify(copy) == 0  # told again where the run is kept
    assert "NOT compared: 1 picture" in capsys.readouterr().out
    (copy / "requirements.txt").write_text("")
    assert verify(copy) == 0
    assert "NOT compared" not in capsys.readouterr().out

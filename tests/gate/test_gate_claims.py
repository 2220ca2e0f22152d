"""Claims that check less than they seem to: each is planted, stored by update if update lets it, and must turn red."""

import json

import nbformat
import pytest
from small_collection import HALF, PRINTS, assert_red, edit, notebook, replace_text

from claimcheck.gate.contract import breaches
from claimcheck.gate.update import update
from claimcheck.gate.verify import verify
from claimcheck.record import MIME
from claimcheck.register import load_register

GOOD = "claim('half-bound').states(at_most('draws', values, 0.5)).step(at_most('mean', values.mean(), 0.3))"
TEETH = ".tooth('a quarter', 'draws', bound=0.25).tooth('a fifth', 'mean', bound=0.2)"


def planted(source: str):
    """Return a change that gives the claim half-bound another cell."""
    return lambda nb: nb.cells[HALF].update(source=source)


@pytest.mark.parametrize(("source", "word"), [
    (GOOD.replace("values, 0.5", "values, values.copy()") + TEETH, "compares a thing with itself"),
    ("w = values\n" + GOOD.replace("values, 0.5", "values, w") + TEETH, "compares a thing with itself"),
    (GOOD + ".step(at_most('none', values, 0.5, active=values > 9))" + TEETH, "none: no instance is active"),
    (GOOD.replace("values, 0.5", "values, 0.3, atol=1e9") + TEETH, "atol is"),
    (GOOD + ".attained(at_most('far', 0.01, 0.5), tolerance=1e9)" + TEETH, "tolerance: got"),
    (GOOD + TEETH.replace("'draws', bound=0.25", "'elsewhere', bound=0.25"), "no check is labelled"),
    (GOOD + TEETH.replace("bound=0.25", "bound=0"), "vanishes"),
    (GOOD + ".tooth('a quarter', 'draws', bound=0.25)", "1 teeth, registered are 2"),
    (GOOD.replace("values, 0.5", "values, list(values + 7 - 7)") + TEETH, "one side computed from the other"),
    (GOOD.replace("values, 0.5", "values, 1.1 * values") + TEETH, "one side computed from the other"),
    (GOOD.replace("values, 0.5", "values, 0.5, rtol=1e-3") + TEETH, "rtol is 0.001, expected 0 to 1e-06"),
    (GOOD + ".step(at_most('tiny', values * 1e-13, values * 1e-14))" + TEETH, "hides them"),
    (GOOD + ".step(exceeds('above zero', values, 0))" + TEETH, "above zero: every bound is trivial"),
    ("from claimcheck import symbolic\n" + GOOD + ".step(symbolic('algebra', values.max() < 1))" + TEETH,
     "must simplify to zero"),
    (GOOD + TEETH.replace("bound=0.25", "bound=1e-12"), "100,000 times off"),
    (GOOD + TEETH.replace("bound=0.25", "value=values + (values == values.max())"), "changes 1 of 100 instances"),
    (GOOD + ".step(at_most('other', values, 0.5, outside=([9e9], [0.5])))"
     + TEETH.replace("'draws', bound=0.25", "'other', outside=True"), "outside= is infinite"),
    ("from claimcheck import equal\n" + GOOD + ".states(equal('two', 2.0, 2.0))"
     + TEETH.replace("'draws', bound=0.25", "'two', expected=3.0"), "no sabotaged twin of the statement"),
    (GOOD + TEETH.replace("'draws', bound=0.25", "'mean', bound=0.22"), "no sabotaged twin of the statement"),
])
def test_a_check_that_cannot_fail_cannot_be_stored(copy, capsys, source, word):
    ledger = (copy / "references" / "ledger.json").read_bytes()
    edit(copy, planted(source))
    assert update(copy) == 1
    assert word in "".join(capsys.readouterr()) + "\n".join(breaches(notebook(copy), load_register(copy)))
    assert (copy / "references" / "ledger.json").read_bytes() == ledger


def test_a_forged_record_turns_red_although_it_is_stored(copy, capsys):
    forged = ("from IPython.display import display\n"
              "made = claim('half-bound').states(at_most('draws', values, 0.5)).tooth('a', 'draws', bound=0.1).tooth("
              "'b', 'draws', bound=0.2)\nbundle = made._repr_mimebundle_()\n"
              "[r.pop('seal', None) for r in bundle.values() if isinstance(r, dict)]\n"
              "display(bundle, raw=True)")
    edit(copy, planted(forged))
    assert update(copy) == 0
    assert_red(copy, capsys, "was not made by a claim of this run")


@pytest.mark.parametrize(("change", "word"), [
    (lambda record: record["worst"].update(unique=False, value=9.0), "worst value"),
    (lambda record: record["worst"].update(skip=True), "worst.skip: only in the stored record"),
    (lambda record: record["checks"][0].update(instances_compared=False), "checks.0.instances_compared: only in"),
    (lambda record: record.update(note="x"), "note: only in the stored record"),
    (lambda record: record["checks"][0].pop("outside"), "checks.0.outside: not in the stored record"),
])
def test_a_field_planted_in_a_stored_record_switches_nothing_off(copy, capsys, change, word):
    edit(copy, lambda nb: change(nb.cells[HALF + 1].outputs[0].data[MIME]))
    assert_red(copy, capsys, f"quarter-bound-as-printed: {word}")


def test_what_a_hypothesis_leaves_out_is_counted_and_shown(copy, capsys):
    wide = GOOD.replace("values, 0.5", "9 * values, 0.5, active=values < 0.01").replace(
        "(at_most('mean'", "(at_most('bound', values, 0.5), at_most('mean'")
    edit(copy, planted(wide + TEETH.replace("bound=0.25", "bound=0.001")))
    assert update(copy) == 0
    assert " outside) " in (copy / "references" / "verdicts.md").read_text()
    assert " more outside the hypothesis" in json.dumps(nbformat.read(notebook(copy), as_version=4))


@pytest.mark.parametrize("field", ["hypotheses", "does_not_say"])
@pytest.mark.parametrize("seed", [0, 3])
def test_a_changed_register_turns_red_at_every_seed(copy, capsys, field, seed):
    path = copy / "references" / "claims.toml"
    old = {"hypotheses": 'hypotheses = "none"', "does_not_say": 'does_not_say = "anything else"'}[field]
    path.write_text(path.read_text().replace(old, old[:-1] + ' and more"', 1))
    assert_red(copy, capsys, f"half-bound: {field}: ", seed=seed)


def test_one_unit_of_the_last_printed_digit_passes_and_two_do_not(copy, capsys):
    def shift(units):
        def change(nb):
            text = nb.cells[PRINTS].outputs[0].text
            word = text.split()[1]
            moved = f"{float(word) + units * 10.0 ** -len(word.partition('.')[2]):.{len(word.partition('.')[2])}f}"
            nb.cells[PRINTS].outputs[0].text = text.replace(word, moved)
        return change

    edit(copy, shift(1))
    assert verify(copy) == 0
    capsys.readouterr()
    edit(copy, shift(1))
    assert_red(copy, capsys, "mismatch 'stdout'")


def test_a_stored_picture_that_is_garbage_turns_red(copy, capsys):
    edit(copy, replace_text(r'"image/png": "[^"]{40}', '"image/png": "AAAA'))
    assert_red(copy, capsys, "the stored picture is not a readable PNG")

"""Faults that pass for good ones: a record made by hand, another picture, words of the register, a toothless check."""

import base64
import io

import pytest
from PIL import Image, ImageOps
from small_collection import HALF, assert_red, edit, notebook

from covtheory.claims.record import MIME
from covtheory.claims.register import load_register
from covtheory.collection.contract import breaches
from covtheory.collection.update import update

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]

FORGED = """
from IPython.display import display
claim('half-bound')
display({'text/plain': %r, %r: %r}, raw=True)
"""


def test_a_record_displayed_by_hand_is_red_although_the_notebook_was_updated_with_it(copy, capsys):
    def forge(nb):
        (data,) = [output["data"] for output in nb.cells[HALF].outputs]
        nb.cells[HALF].source = FORGED % (data["text/plain"], MIME, dict(data[MIME]))
    edit(copy, forge)
    update(copy)
    assert_red(copy, capsys, "half-bound: the record was not made by a claim of this run")


@pytest.mark.parametrize("picture", ["garbage", "another"])
def test_a_stored_picture_that_is_not_that_of_its_figure_is_red(copy, capsys, picture):
    def swap(nb):
        (data,) = [output["data"] for output in nb.cells[2].outputs if "image/png" in output.get("data", {})]
        found = base64.b64decode(data["image/png"])
        other = found[:200] if picture == "garbage" else upside_down(found)
        data["image/png"] = base64.b64encode(other).decode()
    edit(copy, swap)
    words = "a readable PNG" if picture == "garbage" else "the one drawn now"
    assert_red(copy, capsys, f"picture 1: the stored picture is not {words}")


def upside_down(png: bytes) -> bytes:
    buffer = io.BytesIO()
    ImageOps.flip(Image.open(io.BytesIO(png)).convert("RGB")).save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.parametrize(("old", "field"), [('hypotheses = "none"', "hypotheses"),
                                            ('does_not_say = "anything else"', "does_not_say")])
def test_words_of_the_register_that_changed_are_red_at_every_seed(copy, capsys, old, field):
    path = copy / "references" / "claims.toml"
    path.write_text(path.read_text().replace(old, old[:-1] + ' at all"'))
    assert_red(copy, capsys, f"half-bound: {field}: ", seed=3 if field == "hypotheses" else 0)


@pytest.mark.parametrize(("check", "words"), [
    ("at_most('draws', values, values)", "compares a thing with itself"),
    ("at_most('draws', values, 0.3, rtol=1e9)", "a check that forgives more checks nothing"),
    ("at_most('draws', values, 0.5), at_most('none', values, 0.5, active=values > 1)", "none: no instance is active"),
])
def test_a_check_that_cannot_fail_does_not_reach_the_ledger(copy, capsys, check, words):
    def replaced(nb):
        nb.cells[HALF].source = nb.cells[HALF].source.replace("at_most('draws', values, 0.5)", check)
        assert check in nb.cells[HALF].source
    before = (copy / "references" / "ledger.json").read_bytes()
    edit(copy, replaced)
    if "values, values" not in check:
        assert update(copy) == 1
    said = capsys.readouterr().err + "\n".join(breaches(notebook(copy), load_register(copy)))
    assert words in said
    assert (copy / "references" / "ledger.json").read_bytes() == before

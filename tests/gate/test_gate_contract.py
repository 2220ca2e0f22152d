"""What a notebook's file may look like: markers of nbval, names, removed teeth, inputs that are no inputs. No run."""

import dataclasses
import tomllib
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import comment_markers, metadata_tags
from small_collection import HALF, PRINTS, assert_red, edit, notebook

from claimcheck.claim import MIME
from claimcheck.gate import contract
from claimcheck.gate.contract import breaches, strays
from claimcheck.gate.skeleton import new
from claimcheck.gate.staleness import StaleError, assert_fresh
from claimcheck.gate.update import update
from claimcheck.register import find_root, load_register

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]


def broken(copy, change, register=None) -> str:
    edit(copy, change)
    return "\n".join(breaches(notebook(copy), register or load_register(copy)))


def test_the_good_notebook_breaks_nothing(good):
    assert breaches(notebook(good), load_register(good)) == []


@pytest.mark.parametrize("marker", sorted(comment_markers))
@pytest.mark.parametrize("form", ["# {}", "   ##   {}  ", "#{}", "# {} please".replace(" please", "")])
def test_every_comment_that_nbval_obeys_is_named(copy, marker, form):
    line = form.format(marker)
    assert f"{marker!r} switches off" in broken(copy, lambda nb: nb.cells[PRINTS].update(
        source="text = '''\n" + line + "\n'''\n" + nb.cells[PRINTS].source))


@pytest.mark.parametrize("tag", [*sorted(metadata_tags), "NBVAL_SKIP", "Raises-Exception", "nbval-something-new"])
def test_every_tag_that_nbval_obeys_is_named(copy, tag):
    assert f"{tag!r} switches off" in broken(copy, lambda nb: nb.cells[PRINTS].metadata.update(tags=["kept", tag]))


def test_a_marker_that_a_later_nbval_may_know_is_banned_too(copy, monkeypatch):
    monkeypatch.setattr(contract, "MARKERS", {*contract.MARKERS, "LOOK_AWAY"})
    assert "'look-away' switches off" in broken(copy, lambda nb: nb.cells[PRINTS].update(source="# look-away\n1"))


def test_a_removed_tooth_is_missed(copy):
    register = load_register(copy)
    register["half-bound"] = dataclasses.replace(register["half-bound"], teeth=3)
    assert "'half-bound': 2 teeth, expected the 3" in "\n".join(breaches(notebook(copy), register))


@pytest.mark.parametrize("name", ["ledger.json", "explorer.html", "errata.md", "teaching.md", "01_see.ipynb", "a.png"])
def test_what_is_written_from_notebooks_is_no_input(copy, name):
    assert "not an input" in broken(copy, lambda nb: nb.cells[PRINTS].update(source=f"open('../references/{name}')"))


@pytest.mark.parametrize("name", ["1_extra.ipynb", "draft.ipynb", "02_Upper_Case.ipynb", "02-hyphen.ipynb",
                                  "02_.ipynb", "more/02_below.ipynb", "Untitled.ipynb", "02_see copy.ipynb",
                                  "X.IPYNB", "02_see_more.Ipynb"])
def test_a_notebook_with_a_name_of_no_meaning_turns_every_command_red(copy, capsys, name):
    (copy / "notebooks" / name).parent.mkdir(exist_ok=True)
    (copy / "notebooks" / name).write_bytes(notebook(copy).read_bytes())
    wanted = f"notebooks/{name}: not the name of a notebook of this collection, expected notebooks/NN_"
    assert_red(copy, capsys, wanted)
    assert update(copy) == 1
    assert wanted in capsys.readouterr().err
    with pytest.raises(StaleError, match="not the name of a notebook"):
        assert_fresh(copy)


def test_two_notebooks_with_one_number_turn_red(copy, capsys):
    (copy / "notebooks" / "01_again.ipynb").write_bytes(notebook(copy).read_bytes())
    assert_red(copy, capsys, "2 notebooks have the number 01, expected one")
    assert_red(copy, capsys, "2 notebooks have the number 01, expected one", only="01")


def test_checkpoints_of_an_editor_are_no_notebooks(copy):
    (copy / "notebooks" / ".ipynb_checkpoints").mkdir()
    (copy / "notebooks" / ".ipynb_checkpoints" / "01_see-checkpoint.ipynb").write_text("{}")
    assert strays(copy) == []


@pytest.mark.parametrize("title", ["Bound it", "Zähle & bound: (twice)", "  See it!  "])
def test_what_new_writes_has_a_name_that_is_understood(copy, title):
    assert new(copy, "02", title) == 0
    assert strays(copy) == []


def test_what_new_writes_lacks_no_heading_that_this_collection_asks_for(copy):
    text = (find_root(Path(__file__)) / "pyproject.toml").read_text(encoding="utf-8")
    asked = tomllib.loads(text)["tool"]["claimcheck"]["headings"]
    assert new(copy, "02", "Bound it") == 0
    nb = nbformat.read(next((copy / "notebooks").glob("02_*.ipynb")), as_version=4)
    headings = [cell.source.removeprefix("## ") for cell in nb.cells if cell.source.startswith("## ")]
    assert all(any(heading.startswith(name) for heading in headings) for name in asked)


def test_a_title_without_letters_is_refused(copy, capsys):
    assert new(copy, "02", "??") == 1
    assert "expected a verb" in capsys.readouterr().err


def test_a_notebook_may_have_many_cells_and_long_ones_but_not_many_bytes(copy):
    def longer(nb):
        for k in range(60):
            nb.cells.append(nbformat.v4.new_markdown_cell(f"and {k}", metadata={"slideshow": {"slide_type": "skip"}}))
        nb.cells[PRINTS].source += "\n" + "\n".join(f"x{k} = {k}" for k in range(80))
    assert broken(copy, longer) == ""
    assert "at most 500,000" in broken(copy, lambda nb: nb.cells[0].update(source=nb.cells[0].source + "x" * 500_000))


def test_a_notebook_without_a_figure_and_a_claim_without_a_biting_tooth_are_named(copy):
    def bare(nb):
        nb.cells[2].outputs = [output for output in nb.cells[2].outputs if "image/png" not in output.get("data", {})]
        (record,) = [o["data"][MIME] for o in nb.cells[HALF].outputs]
        record["teeth"][0]["bites"] = False
    found = broken(copy, bare)
    assert "no figure, expected at least one" in found
    assert "'half-bound': tooth 'a quarter' does not bite" in found


def test_a_registration_without_teeth_counted_is_left_alone(copy):
    register = {id: replace(entry) for id, entry in load_register(copy).items()}
    assert breaches(notebook(copy), register) == []

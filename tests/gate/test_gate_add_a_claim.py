"""CONTRIBUTING's way of a claim from an idea to the ledger, followed to the letter."""

import json
import re
import textwrap
from pathlib import Path

import nbformat
from small_collection import edit

from claimcheck.gate.update import update
from claimcheck.register import find_root

ROOT = find_root(Path(__file__))
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(language):
    return textwrap.dedent(re.search(rf"^ *```{language}\n(.*?)^ *```$", TEXT, re.MULTILINE | re.DOTALL)[1])


def test_the_example_is_registered_stored_and_holds(copy, capsys):
    register, bibliography = copy / "references" / "claims.toml", copy / "references" / "references.bib"
    bibliography.write_text(bibliography.read_text() + "@misc{thiscollection,\n title = {This}\n}\n")
    (nearest,) = re.findall(r'^nearest = "([\w-]+)"', block("toml"), re.MULTILINE)
    known = (ROOT / "references" / "claims.toml").read_text(encoding="utf-8")
    table = re.search(rf"^\[nearest\.{nearest}\]\n(?:\w.*\n)+", known, re.MULTILINE)[0]
    table = re.sub(r"^keys = .+$", 'keys = ["thiscollection"]', table, flags=re.MULTILINE)
    register.write_text("\n".join([register.read_text(), table, block("toml")]))
    assert update(copy) == 1  # before the notebook shows it the list says what is missing
    assert "markov-for-coverage" in capsys.readouterr().err
    cell = nbformat.v4.new_code_cell(block("python"), metadata={"slideshow": {"slide_type": "slide"}})
    edit(copy, lambda nb: nb.cells.insert(-1, cell))
    status = update(copy)
    assert status == 0, capsys.readouterr().err
    ledger = json.loads((copy / "references" / "ledger.json").read_text())
    (entry,) = (entry for entry in ledger["claims"] if entry["id"] == "markov-for-coverage")
    assert (entry["status"], entry["worst"]["ratio"], entry["kind"]) == ("holds", 1, "tight")
    assert [tooth["bites"] for tooth in entry["teeth"]] == [True]


def test_every_command_that_the_text_names_is_there():
    makefile = (find_root(Path(__file__)) / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)", TEXT))
    assert {"new", "update", "verify"} <= named
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named)

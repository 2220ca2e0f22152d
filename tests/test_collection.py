"""The collection as committed: every notebook keeps the contract, and register, ledger, errata and README agree."""

import re
from pathlib import Path

import nbformat
import pytest

from claimcheck import ledger as ledgers
from claimcheck.gate.contract import breaches, notebooks, strays
from claimcheck.gate.update import normalise, stored_records
from claimcheck.register import find_root, load_register
from classroom import exercises
from publishing.index import stale

ROOT = find_root(Path(__file__))
REGISTER = load_register(ROOT)
NOTEBOOKS = notebooks(ROOT)


def test_every_notebook_has_a_name_and_a_number_of_its_own():
    assert strays(ROOT) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_contract(path):
    assert breaches(path, REGISTER) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stored_normalised(path):
    assert nbformat.writes(normalise(nbformat.read(path, as_version=4))) + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_of_a_notebook_has_a_solution_and_is_open(path):
    source = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
    named = re.findall(r"""\bcheck\(\s*["'](\d\d-[a-z])["'],\s*([^),]+)""", source)
    assert named
    for exercise, answer in named:
        assert exercise.startswith(path.name[:2])
        assert answer.strip() == "..."
        assert exercises.find(exercise)


def test_the_register_is_in_the_order_in_which_the_notebooks_show_their_verdicts():
    assert list(REGISTER) == list(dict.fromkeys(record["id"] for record in stored_records(ROOT)))


def test_committed_ledger_is_what_the_notebooks_hold():
    stored = ledgers.collect(stored_records(ROOT), REGISTER, name="covtheory")
    assert stored == ledgers.read(ROOT / "references" / "ledger.json")


def test_every_claim_of_the_ledger_holds_with_a_biting_tooth():
    assert ledgers.faults(ledgers.read(ROOT / "references" / "ledger.json")) == []


def test_readme_its_picture_and_the_page_of_verdicts_are_written_from_what_is_committed():
    assert stale(ROOT) == []


def test_readme_links_lead_somewhere():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", readme):
        assert (ROOT / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "references/using.md", "references/verdicts.md"])
def test_pages_link_to_files_and_headings_that_are_there(name):
    page = ROOT / name
    prose = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", prose):
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), flags=re.M)
            assert anchor in {re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads}, target


def test_readme_is_for_five_minutes():
    assert len((ROOT / "README.md").read_bytes()) < 12_000


def test_errata_name_every_statement_with_a_finding_and_the_finding():
    errata = (ROOT / "references" / "errata.md").read_text(encoding="utf-8")
    entries = re.split(r"^- ", errata, flags=re.M)
    for entry in REGISTER.values():
        if entry.corrected_by:
            (erratum,) = [text for text in entries if f"`{entry.id}`" in text]
            assert f"{entry.finding}" in erratum.split("**")[1].replace("\n  ", " "), entry.id


def test_errata_and_nonclaims_name_only_registered_claims():
    for name in ("errata.md", "nonclaims.md"):
        text = (ROOT / "references" / name).read_text(encoding="utf-8")
        for id in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+){1,})`", text):
            assert id in REGISTER, f"{name} names {id}"


def test_every_source_in_the_bibliography_has_an_author_title_and_year():
    text = (ROOT / "references" / "references.bib").read_text(encoding="utf-8")
    entries = re.split(r"^@", text, flags=re.M)[1:]
    keys = [re.match(r"\w+\{([^,]+),", entry).group(1) for entry in entries]
    assert len(set(keys)) == len(keys)
    for entry in entries:
        assert entry.count("{") == entry.count("}"), f"braces of {entry[:60]}"
        for field in ("author", "title", "year"):
            assert re.search(rf"^\s*{field}\s*=", entry, flags=re.M), f"{field} of {entry[:60]}"

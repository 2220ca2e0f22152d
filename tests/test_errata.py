"""Every erratum says word for word what is printed, and where; the letter to the authors says the same."""

import re
import shutil
from pathlib import Path

import pytest

from publishing import letter

ROOT = Path(__file__).parents[1]
QUOTATIONS = letter.quotations(ROOT)


def test_every_erratum_has_its_quotation_and_every_quotation_its_erratum():
    assert letter.faults(ROOT) == []


@pytest.mark.parametrize("entry", QUOTATIONS, ids=lambda entry: entry.erratum)
def test_both_versions_are_quoted_with_their_place(entry):
    assert 0 < entry.page <= 68 or entry.camera, "version 2 has 68 pages"
    assert entry.camera or entry.erratum == "Footnote 3", "found in one version only"
    assert entry.letter[-1] in ".?)", "a sentence"


def test_the_letter_has_two_pages_names_every_erratum_once_and_quotes_what_must_change():
    text = letter.letter(ROOT)
    assert len(text.split()) < 1300
    for entry in QUOTATIONS:
        assert f"- **{entry.name}** (" in text, entry.erratum
    must_change = [entry for entry in QUOTATIONS if entry.kind in ("refuted as printed", "proof step refuted")]
    assert len(must_change) >= 7
    assert all(f"“{entry.text}”" in text for entry in must_change)
    assert text.count("\n- ") == len(QUOTATIONS)


def test_the_table_on_top_has_what_is_false_and_nothing_else_and_entries_stand_gravest_first():
    text = (ROOT / "references" / "errata.md").read_text(encoding="utf-8")
    grave = ("refuted as printed", "condition missing", "proof step refuted")
    table = text.split("## False as printed")[1].split("\n## ")[0]
    rows = [row.split(" | ") for row in re.findall(r"^\| ((?!where|-).+) \|$", table, re.MULTILINE)]
    wanted = [entry for entry in QUOTATIONS if any(kind in entry.kind for kind in grave)]
    assert len(rows) == len(wanted) >= 9
    for entry in wanted:
        (row,) = [row for row in rows if row[0].startswith(entry.name.split(",")[0] + ",")]
        assert f"page {entry.page};" in row[0], entry.erratum
        section = next(part for part in text.split("\n## ") if f"- **{entry.erratum}" in part)
        assert "(notebook " not in section.splitlines()[0] or f"notebook {row[3]})" in section.splitlines()[0]
    order = (*grave, "proof gap", "misprint", "loose")
    for part in text.split("\n## ")[2:]:
        heads = [" ".join(head.split()) for head in re.findall(r"^- \*\*(.+?)\*\*", part, re.MULTILINE | re.DOTALL)]
        ranks = [min(rank for rank, kind in enumerate(order) if kind in head) for head in heads]
        assert ranks == sorted(ranks), part.splitlines()[0]


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "references").mkdir()
    for name in ("errata.md", "quotations.toml"):
        shutil.copy(ROOT / "references" / name, tmp_path / "references" / name)
    return tmp_path


def change(folder, name, old, new):
    path = folder / "references" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("name", "old", "new", "said"), [
    ("errata.md", "for any N ≥ 2, there exists", "for any N ≥ 3, there exists", "D.7.*does not end with"),
    ("errata.md", "v2, p. 32", "v2, p. 33", "D.6.*does not end with"),
    ("errata.md", "**Footnote 3: misprint.**", "**Footnote 4: misprint.**", "begins 0 entries"),
    ("errata.md", "under π_D: misprint.**", "under π_D: loose.**", "is not called misprint"),
    ("quotations.toml", 'erratum = "Footnote 3"', 'erratum = "Footnote 5"', "no quotation"),
])
def test_a_changed_word_page_kind_or_name_is_found(copy, capsys, name, old, new, said):
    change(copy, name, old, new)
    assert any(re.search(said, fault) for fault in letter.faults(copy))
    assert letter.write(copy) == 1
    assert capsys.readouterr().out
    assert not (copy / "build" / "letter.md").exists()


@pytest.mark.parametrize(("old", "new", "said"), [
    ('kind = "loose"', 'kind = "wrong"', "kind is 'wrong'"),
    ("page = 32", "page = 0", "its words and its place"),
    ("for any N ≥ 2, there", "for any N ≥ 2, " + "very " * 25 + "there", "words, at most 25"),
])
def test_an_incomplete_quotation_is_refused(copy, old, new, said):
    change(copy, "quotations.toml", old, new)
    with pytest.raises(ValueError, match=said):
        letter.quotations(copy)


def test_the_command_writes_the_letter(copy, capsys):
    assert letter.write(copy) == 0
    assert "words" in capsys.readouterr().out
    assert (copy / "build" / "letter.md").read_text(encoding="utf-8") == letter.letter(copy)

"""Slides stand alone: structure from metadata, verdicts in words, notes kept apart, stale outputs refused."""

import importlib.util
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from browser import needs_reveal
from bs4 import BeautifulSoup

from claimcheck import ledger as ledgers
from claimcheck.claim import MIME
from claimcheck.gate.contract import notebooks
from claimcheck.gate.staleness import assert_fresh
from claimcheck.register import find_root, load_register
from publishing.slides.command import make_all, slides

if importlib.util.find_spec("sphinx_revealjs"):
    from publishing.slides import cells, deck, verdict

pytestmark = needs_reveal
ROOT = find_root(Path(__file__))
LEDGER = ledgers.read(ROOT / "references" / "ledger.json")
REGISTER = load_register(ROOT)
NOTEBOOKS = notebooks(ROOT)


def cell(kind, source, slide, outputs=()):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    made = make(source)
    made.metadata["slideshow"] = {"slide_type": slide}
    if kind == "code":
        made.outputs = list(outputs)
    return made


def built(*made, guide=""):
    """The sections of a deck as lists of slides: name, heading, what is seen, what the lecturer reads."""
    opening = cell("markdown", "# 01. Title\n\n**The question.** Why?\n\n**Minutes** 60.", "slide")
    nb = cells.prepared(nbformat.v4.new_notebook(cells=[opening, *made]), REGISTER, guide)
    body = BeautifulSoup(deck.html(nb), "html.parser").find(class_="slides")
    return [[Slide(slide) for slide in column.find_all("section", recursive=False)]
            for column in body.find_all("section", recursive=False)]


class Slide:
    def __init__(self, section):
        self.body, aside = section.find(class_="body"), section.find("aside")
        self.name, self.heading = section["id"], section.find(["h1", "h2"]).get_text()
        self.notes = aside.get_text() if aside else ""
        self.text = self.body.get_text()


def record(id):
    return next(entry for entry in LEDGER["claims"] if entry["id"] == id)


@pytest.fixture(scope="module")
def made():
    return make_all(ROOT)


@pytest.fixture(scope="module")
def files(made):
    """Every file without its scripts and embedded data."""
    return {name: re.sub(r"<script>.*?</script>|data:[a-z/]+;base64,[A-Za-z0-9+/=]+", "", text, flags=re.DOTALL)
            for name, text in made.items()}


@pytest.fixture
def checkout(tmp_path):
    for folder in ("references", "notebooks"):
        (tmp_path / folder).mkdir()
    for name in ("claims.toml", "references.bib", "ledger.json"):
        shutil.copy(ROOT / "references" / name, tmp_path / "references")
    for path in NOTEBOOKS[:2]:
        shutil.copy(path, tmp_path / "notebooks")
    return tmp_path


def test_columns_subslides_fragments_notes_and_skips_follow_the_metadata():
    title, one, two = built(
        cell("markdown", "## One\n\nfirst", "slide"), cell("markdown", "concealed", "skip"),
        cell("markdown", "below", "subslide"), cell("markdown", "later", "fragment"),
        cell("markdown", "say it", "notes"), cell("markdown", "## Two\n\nlast", "slide"))
    assert [slide.name for slide in [*title, *one, *two]] == ["title", "sections", "one", "one-2", "two"]
    assert [slide.heading for slide in one] == ["One", "One"]
    assert (one[0].text.strip(), one[1].body.find(class_="fragment").get_text().strip()) == ("first", "later")
    assert one[0].notes.split() == ["Not", "on", "the", "slides:", "concealed"]
    assert one[1].notes.strip() == "say it"
    assert "concealed" not in one[1].text


def test_breaks_cut_a_cell_at_the_lines_that_begin_so_and_lose_nothing():
    text = "## One\n\nStatement.\n\n*Proof.* First\n$$a=b.$$\nand then.\n\n1. a\n2. b"
    long = cell("markdown", text, "slide")
    long.metadata["slideshow"]["breaks"] = ["*Proof.*", "2."]
    _, one = built(long)
    assert [slide.text.split()[0] for slide in one] == ["Statement.", "Proof.", "b"]
    assert one[2].body.ol["start"] == "2"
    assert "and then." in one[1].text


@pytest.mark.parametrize("start", ["*Nothing", "S"])
def test_break_that_names_no_line_or_several_is_a_clear_error(start):
    long = cell("markdown", "## One\n\nSo.\n\nSuch.", "slide")
    long.metadata["slideshow"]["breaks"] = [start]
    with pytest.raises(ValueError, match=r"breaks: \d lines begin .*, in the cell that begins with '## One'"):
        built(long)


def test_formulas_are_set_in_text_headings_and_notes():
    title, one = built(cell("markdown", "## The price $\\kappa^2$\n\nText $x_1$\n$$\\frac{1}{n}$$", "slide"),
                       cell("markdown", "say $y$", "notes"))
    assert one[0].name == "the-price-2"
    assert len(one[0].body.find_all("math")) == 2
    assert one[0].body.find(class_="katex-display")
    assert title[1].body.find("a").find("math")
    assert "$" not in "".join(slide.text + slide.notes + slide.heading for slide in [*title, *one])


def test_formula_that_is_not_understood_is_an_error_and_not_a_backslash_on_a_slide():
    with pytest.raises(ValueError, match="TeX not understood"):
        built(cell("markdown", "## One\n\n$\\nosuchthing x$", "slide"))


def test_long_output_is_cut_with_a_pointer_to_the_notebook():
    stream = nbformat.v4.new_output("stream", text="\n".join(f"line {i}" for i in range(40)))
    _, one = built(cell("markdown", "## One", "slide"), cell("code", "print", "-", [stream]))
    shown = one[0].body.find("pre", class_="output").get_text()
    assert "… 28 more lines in the notebook" in shown
    assert "line 12" not in shown


@pytest.mark.parametrize("before", [True, False])
def test_figure_has_its_text_and_its_caption_and_no_digest(before):
    data = {"image/png": "iVBORw0KGgo="}
    picture = nbformat.v4.new_output("display_data", data, metadata={
        "image/png": {"alt": "a curve that falls", "width": 720, "height": 480}})
    plot = cell("code", "plot()", "subslide", [picture, nbformat.v4.new_output("stream", text="n=3, last y -3")])
    caption = "**Figure 1.** It falls."
    around = ([cell("markdown", f"## One\n\nText.\n\n{caption}", "slide"), plot] if before else
              [cell("markdown", "## One\n\nText.", "slide"), plot, cell("markdown", caption, "-")])
    _, (first, second) = built(*around)
    assert first.text.strip() == "Text."
    assert second.body.img["alt"] == "a curve that falls"
    assert (second.body.img["data-points"], second.body.img["data-inches"]) == ("11", "7.2")
    assert second.body.img.find_next("p").get_text() == "Figure 1. It falls."
    assert "last y" not in second.text
    assert "a curve that falls" in second.notes


def test_long_caption_is_cut_at_a_sentence_and_the_rest_goes_to_the_notes():
    picture = nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo="}, metadata={
        "image/png": {"alt": "a curve that falls", "width": 720, "height": 480}})
    caption = "**Figure 1.** It falls. " + "More and more " * 20 + "of it. The end."
    shown = [cell("markdown", "## One\n\nText.", "slide"), cell("code", "plot()", "subslide", [picture])]
    _, (_, second, third) = built(*shown, cell("markdown", caption + "\n\n" + "And so on. " * 20, "-"))
    assert second.text.split("Figure 1.")[1].split() == ["It", "falls."]
    assert third.text.split()[:3] == ["And", "so", "on."]
    assert "of it. The end." in second.notes
    stream = nbformat.v4.new_output("stream", text="2\n")
    assert len(built(*shown, cell("code", "1 + 1", "fragment", [stream]))[1]) == 3


@pytest.mark.parametrize(("number", "named", "unnamed"), [
    ("05", "The Coverage Principle", ";"), ("14", "Taming Imperfect Process Verifiers", "The Coverage Principle"),
    ("18", "A Class of Extremal Functions", "The Coverage Principle"), ("20", "Taming", "The Coverage Principle"),
    ("22", "Taming Imperfect Process Verifiers", "The Coverage Principle")])
def test_title_slide_names_the_works_that_its_notebook_is_after(number, named, unnamed, files):
    page = next(text for name, text in files.items() if name.startswith(number) and not name.endswith("_notes.html"))
    seen = BeautifulSoup(page, "html.parser").find(id="title").find(class_="body").get_text()
    assert named in seen
    assert unnamed not in seen


def test_every_link_of_the_guide_to_a_slide_arrives(files):
    from publishing import guide

    text = (ROOT / "references" / "teaching.md").read_text(encoding="utf-8")
    linked = re.findall(r'href="slides/([^"#]+)(?:#/([^"]+))?"', "".join(
        guide.pages(ROOT, text, frozenset(files)).values()))
    assert len(linked) > 150
    ids = {name: set(re.findall(r'<section id="([^"]+)"', page)) for name, page in files.items()}
    assert [(name, place) for name, place in linked if name not in files or (place and place not in ids[name])] == []
    assert 'href="slides/' not in "".join(guide.pages(ROOT, text).values())


def test_verdicts_are_in_words():
    refuted = next(entry for entry in LEDGER["claims"] if entry["status"] == "refuted_as_printed")
    text = verdict.card(refuted)
    assert "Refuted as printed" in text
    assert f"The corrected claim {refuted['corrected_by']} holds." in text
    held = verdict.card(record("kl-to-coverage"))
    assert "Checked by exact enumeration on" in held
    assert "computer algebra and exact enumeration" in verdict.card(record("tail-and-mean"))
    assert "worst" not in held.replace("At worst", "")


def test_claim_has_its_verdict_on_the_slide_what_it_does_not_say_in_the_notes_and_a_row_in_the_end():
    shown = nbformat.v4.new_output("display_data", {MIME: record("kl-to-coverage"), "text/plain": "plain"})
    _, one, end = built(cell("markdown", "## One", "slide"), cell("code", "claim()", "-", [shown]))
    assert one[0].body.find(class_="claim").find(class_="verdict").get_text().startswith("✓ Holds")
    unsaid = REGISTER["kl-to-coverage"].does_not_say.partition("; ")[2]
    assert unsaid in one[0].notes
    assert unsaid not in one[0].text
    assert [cell.get_text() for cell in end[0].body.find_all("td")][:2] == ["kl-to-coverage", "upper bound"]


def test_code_is_collapsed_beside_what_it_prints():
    stream = nbformat.v4.new_output("stream", text="2\n")
    _, one = built(cell("markdown", "## One", "slide"), cell("code", "x = 1", "-"),
                   cell("code", "x + 1", "-", [stream]))
    assert [box.pre.get_text().strip() for box in one[0].body.find_all("details")] == ["x = 1", "x + 1"]
    assert not any(box.has_attr("open") for box in one[0].body.find_all("details"))


def test_teaching_guide_opens_the_notes_of_its_section_without_rubric():
    guide = ("## 01. Title\n\nAll in all.\n\n### One, with $n\\ge1$\n\n- **Minutes:** 8\n"
             "- **Misconception:** *wrong.*\n\n"
             "| exercise | full credit |\n|---|---|\n| 01-a | reason |\n\n## 02. Other\n\n### One\n\nno\n")
    title, one = built(cell("markdown", "## One, with $n\\ge1$\n\nText.", "slide"), guide=guide)
    assert "All in all" in title[0].notes
    assert "Misconception" in one[0].notes
    assert "full credit" not in one[0].notes


def test_names_of_slides_are_unique_and_links_to_sections_lead_somewhere(files):
    for name, text in files.items():
        if name.endswith("_notes.html") or name == "index.html":
            continue
        ids = re.findall(r'<section id="([^"]+)"', text)
        assert len(set(ids)) == len(ids), name
        assert set(re.findall(r'href="#/([^"]+)"', text)) <= set(ids), name


def test_every_notebook_has_a_deck_and_notes_and_the_index_lists_them(files):
    beside = {"index.html", "explorer.html"}
    assert set(files) == {*beside, *(f"{path.stem}.html" for path in NOTEBOOKS),
                          *(f"{path.name[:2]}_notes.html" for path in NOTEBOOKS)}
    targets = set(re.findall(r'href="([^"?]+)', files["index.html"]))
    assert targets == set(files) - beside


def test_a_deck_whose_notes_lead_to_the_explorer_has_it_beside_it():
    assert "explorer.html" in make_all(ROOT, "12")
    assert "explorer.html" not in make_all(ROOT, "15")


def test_no_file_names_another_and_every_picture_has_its_text(files):
    for name, text in files.items():
        assert not re.search(r"""(src|@import|url\()\s*=?\s*["']?(https?:)?//""", text), name
        for image in re.findall(r"<img[^>]*>", text):
            assert re.search(r'alt="[^"]{15,}"', image), name


def test_building_twice_gives_the_same_bytes(made):
    assert make_all(ROOT, NOTEBOOKS[0].name[:2])[f"{NOTEBOOKS[0].stem}.html"] == made[f"{NOTEBOOKS[0].stem}.html"]


def test_no_solution_and_no_diagnosis_of_an_exercise_is_in_a_deck_or_its_notes(files):
    from test_exercises_all import ENTRIES

    for name, text in files.items():
        assert "classroom.solutions" not in text
        for exercise, (_, diagnoses) in ENTRIES.items():
            if exercise[:2] == name[:2]:
                assert not re.search(rf'check</span>.{{0,80}}{exercise}|check\((&quot;|"){exercise}', text)
                assert not any(diagnosis in text for diagnosis in diagnoses), exercise


def test_verdict_that_is_stale_against_the_ledger_stops_before_anything_is_written(checkout, capsys):
    ledger = json.loads((checkout / "references" / "ledger.json").read_text(encoding="utf-8"))
    next(e for e in ledger["claims"] if e["id"] == "tail-and-mean")["instances"] += 1
    (checkout / "references" / "ledger.json").write_text(json.dumps(ledger), encoding="utf-8")
    old = checkout / "build" / "slides" / f"{NOTEBOOKS[0].stem}.html"
    old.parent.mkdir(parents=True)
    old.write_text("the last good deck", encoding="utf-8")
    assert slides(checkout, "01") == 1
    assert "notebook 01: claim 'tail-and-mean'" in capsys.readouterr().err
    assert [path.name for path in old.parent.iterdir()] == [old.name]
    assert old.read_text(encoding="utf-8") == "the last good deck"


@pytest.mark.parametrize("status", ["fails", "not_checked"])
def test_claim_that_does_not_hold_is_named_with_its_notebook(checkout, status):
    path, ledger = checkout / "notebooks" / NOTEBOOKS[0].name, checkout / "references" / "ledger.json"
    nb, kept = nbformat.read(path, as_version=4), json.loads(ledger.read_text(encoding="utf-8"))
    outputs = [output["data"][MIME] for made in nb.cells if made.cell_type == "code" for output in made.outputs
               if MIME in output.get("data", {})]
    for shown in [*outputs, *kept["claims"]]:
        if shown["id"] == "tail-and-mean":
            shown["status"] = status
    nbformat.write(nb, path)
    ledger.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(ValueError, match=f"notebook 01: claim 'tail-and-mean'.*{status.replace('_', '.')}"):
        assert_fresh(checkout, "01")
    assert assert_fresh(checkout, "02")["claims"], "another notebook's fault does not stop this one"


def test_cleared_notebook_and_missing_claims_are_named(checkout):
    path = checkout / "notebooks" / NOTEBOOKS[0].name
    nb = nbformat.read(path, as_version=4)
    for made in nb.cells:
        if made.cell_type == "code":
            made.outputs, made.execution_count = [], None
    nbformat.write(nb, path)
    with pytest.raises(ValueError, match=r"01: \d+ of \d+ code cells were never run(.|\n)*'same-kl-different-tail'"):
        assert_fresh(checkout, "01")


def test_unknown_notebook_is_a_clear_error(capsys):
    assert slides(ROOT, "99") == 1
    assert "no notebook 99_*.ipynb" in capsys.readouterr().err


def test_notes_to_print_name_every_slide(files):
    for name, text in files.items():
        if name.endswith("_notes.html"):
            stem = next(path.stem for path in NOTEBOOKS if path.name[:2] == name[:2])
            named, shown = (re.findall(r'<section id="([^"]+)"', page) for page in (text, files[f"{stem}.html"]))
            assert named == shown
            assert "It does not say" in text
            assert "$" not in re.sub(r"<(annotation|code).*?</\1>|<style>.*?</style>", "", text, flags=re.DOTALL), name

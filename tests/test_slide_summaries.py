"""Written summary slides, plans of decks, boards and the page to hand out: true to the notebooks, short, complete."""

import re
from pathlib import Path

import nbformat
import pytest
from browser import needs_reveal
from bs4 import BeautifulSoup

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root
from classroom import teaching
from publishing import boards, guide

ROOT = find_root(Path(__file__))
GUIDE = (ROOT / "references" / "teaching.md").read_text(encoding="utf-8")
PLANS = teaching.plans(GUIDE)
NOTEBOOKS = {path.name[:2]: path for path in notebooks(ROOT)}

pytestmark = needs_reveal


def read(number):
    return nbformat.read(NOTEBOOKS[number], as_version=4)


@pytest.fixture(scope="module")
def summaries():
    from publishing.slides import summaries
    return summaries


@pytest.fixture(scope="module")
def made():
    """The files of the plans of one lecture and of three."""
    from publishing.slides import plans
    return {name: text for plan in ("tail-45", "three-75") for name, text in plans.make(ROOT, plan).items()}


def sections(text):
    """The slides of a deck, column by column."""
    body = BeautifulSoup(re.sub(r"<script>.*?</script>|base64,[A-Za-z0-9+/=]+", "", text, flags=re.DOTALL),
                         "html.parser").find(class_="slides")
    return [column.find_all("section", recursive=False) for column in body.find_all("section", recursive=False)]


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_summaries_are_the_notebooks_sections_short_and_true(number, summaries):
    assert summaries.faults(read(number), summaries.of(ROOT, number)) == []


@pytest.mark.parametrize(("pattern", "replacement", "said"), [
    (r"## The golden-ratio law\n.*?(?=^## )", "", "no summary of 'The golden-ratio law'"),
    (r"## The golden-ratio law", "## The silver law", "'The silver law' is no section"),
    (r"(## The golden-ratio law\n.*?)(## Many.*?)(?=^## )", r"\2\1", "do not stand in the order"),
    (r"(## The golden-ratio law\n)", r"\1\nword " + "word " * 60, "words, at most 60"),
    (r"figure-1\)", "figure-6)", "figure-1 to figure-5"),
    (r"(!\[\]\(figure-1\))", r"\1\n\n![](figure-2)", "at most one picture"),
    (r"\$\$E", "$$a$$\n\n$$E", "2 displayed formulas"),
    (r"51,774", "51,775", "quotes 51,775"),
    (r"\\frac35", r"\\nosuch35", "TeX not understood"),
    (r"of \$t\$ samples", "of $t samples", "dollar"),
    (r"(## The golden-ratio law\n)", "\\1\n| a |\n|---|\n| $|x|$ |\n", "a formula in a table has a bar"),
], ids=range(11))
def test_planted_fault_of_a_summary_is_found(pattern, replacement, said, summaries):
    text = summaries.of(ROOT, "05")
    planted = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE | re.DOTALL)
    assert planted != text
    assert said in "\n".join(summaries.faults(read("05"), planted))


@pytest.mark.parametrize("path", sorted((ROOT / "references" / "slides").glob("[a-z]*.md")), ids=lambda path: path.stem)
def test_slides_of_a_plan_are_its_rows_short_and_true(path, summaries):
    plan, written = PLANS[path.stem], summaries.blocks(path.read_text(encoding="utf-8"))
    own = {number for row in plan.rows if row.notebook for number in teaching.numbers(read(row.notebook))}
    for heading, body in written.items():
        assert heading in ("Question", "Handout", *(row.sections[0] for row in plan.rows if not row.notebook)), heading
        found = summaries.faults_of(body, own, 0, 600 if heading == "Handout" else summaries.WORDS)
        if heading == "Handout":  # a page may show more than one formula, and drawings
            found = [said for said in found if "figure-" not in said and "displayed" not in said]
        assert found == []


def test_summary_stands_above_its_section_with_the_guides_notes_and_its_board(summaries):
    from publishing.slides import cells, deck
    columns = sections(deck.html(cells.prepared(read("05"), {}, GUIDE, summaries.of(ROOT, "05"))))
    law = next(column for column in columns if column[0]["id"] == "the-golden-ratio-law")
    assert [slide["id"] for slide in law[:2]] == ["the-golden-ratio-law", "the-golden-ratio-law-2"]
    assert "summary" in law[0]["class"]
    assert "The threshold to a power" in law[0].find(class_="body").get_text()
    assert "Theorem." in law[1].find(class_="body").get_text()
    assert "Misconception" in law[0].aside.get_text()
    assert law[0].aside.find("svg", class_="board").title.string.startswith("A rectangle of area n")
    assert law[1].aside is None


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_notes_of_the_guide_land_on_exactly_their_section(number, summaries):
    from publishing.slides import cells
    nb = read(number)
    _, found = cells.columns(nb, {}, GUIDE, summaries.of(ROOT, number))
    told = cells.teaching_of(GUIDE, number)
    for heading in teaching.lectures(nb):
        assert found[heading][0].metadata.notes[0] == told[heading], heading
        assert not any("**Minutes:**" in note for cell in found[heading][1:] for note in cell.metadata.notes), heading


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_is_made_of_sections_that_are_there(name):
    """The decks themselves are made for two plans, below."""
    assert all((row.notebook, heading) in teaching.minutes_of(GUIDE) for row in PLANS[name].rows if row.notebook
               for heading in row.sections if heading != "all")


def test_decks_of_a_plan_have_its_sections_in_order_a_divider_a_notebook_and_a_clock(made):
    assert {name for name in made if name.startswith("three")} == {
        f"three-75-{when}{end}.html" for when in (1, 2, 3) for end in ("", "_notes")}
    columns = sections(made["three-75-2.html"])
    rows = [row for row in PLANS["three-75"].rows if row.when == 2]
    shown = [column[0].find(["h1", "h2"]).get_text() for column in columns[1:]]
    assert [head[:3] for column, head in zip(columns[1:], shown, strict=True) if "divider" in column[0]["class"]] \
        == ["04.", "05."]
    wanted = [heading for row in rows if row.notebook for heading in row.sections]
    assert [head for head in shown if head in wanted] == wanted
    assert shown[-1] == "Questions"
    clocks = [re.search(r"Clock: (\d+) to (\d+) of 75", column[0].aside.get_text()) for column in columns[1:]
              if column[0].aside and "Clock" in column[0].aside.get_text()]
    assert [int(one[2]) for one in clocks[:-1]] == [int(one[1]) for one in clocks[1:]]
    assert (int(clocks[0][1]), int(clocks[-1][2])) == (0, 75)
    ids = re.findall(r'<section id="([^"]+)"', made["three-75-2.html"])
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#/([^"]+)"', made["three-75-2.html"])) <= set(ids)


def test_lecture_on_the_headline_has_its_question_its_poll_and_its_page(made):
    assert set(made) >= {"tail-45.html", "tail-45_notes.html", "tail-45_handout.html", "explorer.html"}
    heads = [column[0].find(["h1", "h2"]).get_text() for column in sections(made["tail-45.html"])]
    assert heads[:4] == ["The tail generalizes faster", "Smaller by definition: what is the question?",
                         "Poll: how many samples?", "The question, in one picture"]
    assert 'href="explorer.html#learn&amp;learn.N=65536"' in made["tail-45.html"]
    page = re.sub(r"<style>.*?</style>", "", made["tail-45_handout.html"], flags=re.DOTALL)
    assert page.count("<svg") >= 1
    assert page.count("<math") > 10
    assert "$" not in re.sub(r"<annotation.*?</annotation>", "", page)


@pytest.mark.parametrize(("wanted", "said"), [
    ("guest-57", "no plan 'guest-57' and no such file; nearest: guest-75"),
    ("05: The silver law", "notebook 05 has no section 'The silver law'; nearest: 'The golden-ratio law'"),
    ("05: The", "several such sections 'The'"), ("99: The question", "begin with a notebook's number, 01 to "),
    ("The question", "no plan 'The question'"), ("01: ;", "'01:': begin with a notebook's number"),
])
def test_wrong_name_gets_one_sentence_with_the_nearest(wanted, said, capsys, tmp_path):
    from publishing.slides import slides
    assert slides(ROOT, plan=wanted) == 1
    assert said in capsys.readouterr().err


def test_any_list_of_sections_makes_a_deck_also_from_a_file(tmp_path):
    from publishing.slides import plans
    rows = plans.by_hand("01: The question; Break it\n05: The golden-ratio law", GUIDE).rows
    assert [(row.notebook, *row.sections) for row in rows] == [
        ("01", "The question, in one picture"), ("01", "Break it"), ("05", "The golden-ratio law")]
    assert len(plans.by_hand("05: all", GUIDE).rows) == len(teaching.lectures(read("05")))
    (tmp_path / "My talk.txt").write_text("05: The golden-ratio law\n", encoding="utf-8")
    assert set(plans.make(ROOT, str(tmp_path / "My talk.txt"))) == {  # its notes lead to the explorer
        "my-talk.html", "my-talk_notes.html", "explorer.html"}


def test_boards_are_drawn_for_the_plans_and_stored_as_drawn():
    stored = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "references" / "boards").glob("*")}
    assert stored == boards.drawings(), "python -m publishing.boards writes them"
    wanted = {boards.file_of(row.notebook, heading) for name in ("tail-45", "guest-75", "three-75")
              for row in PLANS[name].rows if row.notebook for heading in row.sections}
    assert wanted <= set(stored)
    linked = set(re.findall(r"\(boards/([\w-]+\.svg)\)", GUIDE))
    assert linked == set(stored)


@pytest.mark.parametrize("name", boards.drawings())
def test_numbers_on_a_board_are_the_notebooks_and_nothing_leaves_it(name):
    text = boards.drawings()[name]
    number = name[:2] if name[:2] in NOTEBOOKS else "05"
    words = re.sub(r"<[^>]+>", "", " ".join(re.findall(r"<text[^>]*>(.*?)</text>", text))).replace("\u200b", "")
    own = teaching.numbers(read(number))
    assert [said for said in teaching.foreign_numbers(own, words) if len(said.strip(".0")) > 1] == []
    places = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", text)]
    assert all(-1 <= x <= 601 and -1 <= y <= 337 for x, y in places)
    assert "#222" not in boards.inside(name)
    assert "currentColor" in boards.inside(name)


def test_guide_has_a_page_a_notebook_with_links_and_boards():
    pages = guide.pages(ROOT, GUIDE)
    assert set(pages) == {"teaching.md", *(f"teaching-{number}.md" for number in NOTEBOOKS)}
    page = pages["teaching-05.md"]
    assert 'href="05_watch_the_tail_generalize_faster.html#the-golden-ratio-law">Notebook</a>' in page
    assert page.count('<figure class="board">') == 5
    assert "(boards/" not in "".join(pages.values())
    assert '<a href="teaching-02.html">02</a>' in pages["teaching.md"]


def test_picture_of_another_section_is_refused_and_its_panel_with_a_sentence_is_not(summaries):
    text = summaries.of(ROOT, "12")
    whole = re.sub(r"!\[[^\]]*\]\(figure-2-right\)", "![](figure-2)", text)
    assert "figure-2 belongs to 'Theorem 1: the three curves'" in "\n".join(summaries.faults(read("12"), whole))
    silent = re.sub(r"!\[[^\]]*\]\(figure-2-right\)", "![](figure-2-right)", text)
    assert "a panel needs a sentence" in "\n".join(summaries.faults(read("12"), silent))


def test_panel_is_cut_in_the_gap_and_keeps_the_scale():
    import base64
    import io

    from PIL import Image

    from publishing.slides import pictures

    image = Image.new("L", (200, 80), 255)
    image.paste(0, (10, 10, 90, 70))
    image.save(stored := io.BytesIO(), "PNG")
    whole = pictures.Picture(base64.b64encode(stored.getvalue()).decode(), "a box", 11, 1.0, "One", (50,))
    left, right = (pictures.panel(whole, right) for right in (False, True))
    assert (left.inches, right.inches, left.gaps) == (0.5, 0.5, ())
    drawn = [Image.open(io.BytesIO(base64.b64decode(part.png))) for part in (left, right)]
    assert [part.size for part in drawn] == [(100, 80)] * 2
    assert drawn[0].getpixel((50, 40)) == 0
    assert drawn[1].getcolors() == [(8000, 255)]
    of_three = whole._replace(gaps=(30, 60))
    assert [pictures.panel(of_three, right).inches for right in (False, True)] == [0.3, 0.4]
    with pytest.raises(ValueError, match="no gap"):
        pictures.panel(whole._replace(gaps=()), right=True)


def test_picture_beside_much_text_stands_on_a_slide_of_its_own_after_it_with_one_line():
    from publishing.slides import cells, pictures, summaries

    drawn = pictures.of(read("05"))
    (beside,) = cells.summary("One", "Short.\n\n![](figure-4)", drawn)
    text, picture = cells.summary("One", "word " * 50 + "\n\n$$a$$\n\n![](figure-4)", drawn)
    assert "png" in beside.metadata.summary
    assert "png" not in text.metadata.summary
    assert picture.metadata.summary.below == drawn[3].alt
    assert summaries.parsed("Short.\n\n![](figure-4)").height < 60

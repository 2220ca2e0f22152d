"""Slides stand alone and fit: splitting, mathematics, verdicts in words, notes kept apart, stale outputs refused."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from browser import needs_reveal

from claimcheck import ledger as ledgers
from claimcheck.claim import MIME
from claimcheck.gate.contract import notebooks
from claimcheck.gate.staleness import assert_fresh
from claimcheck.register import find_root, load_register
from publishing import mathml
from publishing.slides import blocks, deck, flow, notes, page, pages, verdict
from publishing.slides.command import make_all, slides

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


def built(*cells):
    opening = cell("markdown", "# 01. Title\n\n**The question.** Why?\n\n**Minutes** 60.", "slide")
    return deck.make(nbformat.v4.new_notebook(cells=[opening, *cells]), LEDGER, REGISTER)


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
    made = built(cell("markdown", "## One\n\n" + "first " * 40, "slide"), cell("markdown", "concealed", "skip"),
                 cell("markdown", "below. " * 120, "subslide"), cell("markdown", "later", "fragment"),
                 cell("markdown", "say it", "notes"), cell("markdown", "## Two\n\nlast", "slide"))
    assert [section.title for section in made.sections] == ["01. Title", "One", "Two"]
    first, second = made.sections[1].pages
    assert "first" in first.body
    assert "below" not in first.body
    assert '<div class="fragment">' in second.body
    document = page.html(made)
    shown = re.sub(r"<aside.*?</aside>", "", document, flags=re.DOTALL)
    for text in ("concealed", "say it"):
        assert text in document
        assert text not in shown
    assert "say it" in second.notes[-1]


def test_long_paragraph_is_split_between_sentences_and_loses_none():
    text = " ".join(f"Sentence number {i} has a few words and the formula $x_{{{i}}}\\le y^2$." for i in range(60))
    _, made = blocks.of_markdown(text, blocks.Groups())
    cut = pages.paginate(made)
    assert len(cut) > 2
    assert [block for part in cut for block in part.blocks] == made
    assert all(pages.height(part.blocks) <= pages.ROOM for part in cut)
    assert all(part.blocks[0].words[0].text == "Sentence" for part in cut)


def test_statement_is_boxed_and_its_proof_is_not():
    text = "Let $n\\ge1$. **Theorem 1.** *It holds.*\n$$a=b.$$\n*Proof.* Clear. $\\square$ And so on."
    _, made = blocks.of_markdown(text, blocks.Groups())
    assert [(b.role, b.kind) for b in made] == [("", "text"), ("theorem", "text"), ("theorem", "formula"),
                                                ("proof", "text"), ("", "text")]


def test_wide_formula_is_broken_at_relations_and_fits():
    tex = "=".join(rf"\frac{{a_{{{i}}}+b}}{{c}}\sum_{{i\le n}}\log x_i" for i in range(9))
    element = mathml.mathml(tex, "block")
    shown = flow.displayed(element, 28, blocks.WIDTH)
    assert shown.html.count("<math") > 1
    assert "font-size" not in shown.html
    joined = "".join(re.findall(r">([^<]+)<", shown.html))
    assert joined == mathml.plain(element)


@pytest.mark.parametrize(("tex", "wanted"), [
    (r"\Big\{x\Bigr\}", ">{</mo>"), (r"\mathrm{Cov}_N", "<mi>Cov</mi>"), (r"\mathbf 1", "𝟏"),
    (r"f'", "<mi>f</mi><mi"),
    (r"\mathcal F", "ℱ"), (r"|\Pi|/n", 'form="prefix"'), (r"a\|b", 'form="infix"'),
    (r"x:=1", "<mo>:=</mo>"), (r"x\sim\mu", "<mo>∼</mo>"), (r"\log x", '<mspace width="0.167em">'),
])
def test_mathematics_that_browsers_would_set_badly_is_repaired(tex, wanted):
    assert wanted in mathml.html(mathml.mathml(tex))


def test_command_that_is_not_understood_is_an_error_and_not_a_backslash_on_a_slide():
    with pytest.raises(ValueError, match="TeX not understood"):
        mathml.mathml(r"\Big\nosuchthing x")


def test_table_too_wide_is_wrapped_and_long_table_is_split_with_its_head_repeated():
    row = "| " + " | ".join(["some words that go on for a while " * 2] * 4) + " |"
    _, made = blocks.of_markdown("\n".join(["| a | b | c | d |", "|---|---|---|---|", *[row] * 20]), blocks.Groups())
    cut = pages.paginate(made)
    assert len(cut) > 1
    for part in cut:
        assert pages.render(part.blocks).count("<th ") == 4
        assert made[0].data["width"] <= blocks.WIDTH


def test_long_output_is_cut_with_a_pointer_to_the_notebook():
    (block,) = blocks.of_output_text("\n".join(f"line {i}" for i in range(40)), blocks.Groups())
    assert "… 28 more lines in the notebook" in block.html
    assert "line 12" not in block.html


def test_figure_scales_to_its_slide_with_its_alternative_text_and_caption_but_without_digest():
    nb = nbformat.read(NOTEBOOKS[0], as_version=4)
    made = deck.make(nb, LEDGER, REGISTER)
    (shown,) = [p for s in made.sections for p in s.pages if "<figure" in p.body and "Figure 1" in p.body]
    assert re.search(r'<img alt="[^"]{20,}" width="\d+" height="\d+" src="data:image/png', shown.body)
    assert ", last y" not in "".join(p.body for s in made.sections for p in s.pages)


def test_verdicts_are_in_words():
    refuted = next(entry for entry in LEDGER["claims"] if entry["status"] == "refuted_as_printed")
    text = verdict.card(refuted, LEDGER, REGISTER, 1).html
    assert "Refuted as printed" in text
    assert f"The corrected claim {refuted['corrected_by']} holds." in text
    held = verdict.card(record("kl-to-coverage"), LEDGER, REGISTER, 1)
    assert "Checked by exact enumeration on" in held.html
    algebra = verdict.card(record("tail-and-mean"), LEDGER, REGISTER, 1)
    assert "computer algebra and exact enumeration" in algebra.html
    assert REGISTER["kl-to-coverage"].does_not_say[:30] in held.notes[0]
    assert "worst" not in held.html.replace("At worst", "")


def test_code_is_collapsed_and_code_without_output_goes_with_the_next_that_has_some():
    stream = nbformat.v4.new_output("stream", text="2\n")
    made = built(cell("markdown", "## One", "slide"), cell("code", "x = 1", "-"), cell("code", "x + 1", "-", [stream]))
    shown = page.html(made)
    assert shown.count('<button type="button" aria-expanded="false"') == 2
    assert shown.count('tabindex="-1" hidden>') == 2


def test_teaching_guide_opens_the_notes_of_its_section_without_rubric():
    guide = ("## 01. Title\n\nAll in all.\n\n### One, with $n\\ge1$\n\n- **Minutes:** 8\n"
             "- **Misconception:** *wrong.*\n\n"
             "| exercise | full credit |\n|---|---|\n| 01-a | reason |\n\n## 02. Other\n\n### One\n\nno\n")
    opening = cell("markdown", "# 01. Title\n\n**The question.** Why?\n\n**Minutes** 60.", "slide")
    nb = nbformat.v4.new_notebook(cells=[opening, cell("markdown", "## One, with $n\\ge1$\n\nText.", "slide")])
    made = deck.make(nb, LEDGER, REGISTER, guide)
    assert "All in all" in "".join(made.sections[0].pages[0].notes)
    told = "".join(made.sections[1].pages[0].notes)
    assert "Misconception" in told
    assert "full credit" not in told
    assert "by length of text" not in told


def test_names_of_slides_are_unique_and_links_to_sections_lead_somewhere(files):
    for name, text in files.items():
        if name.endswith("_notes.html") or name == "index.html":
            continue
        ids = re.findall(r'<section id="([^"]+)"', text)
        assert len(set(ids)) == len(ids), name
        assert set(re.findall(r'href="#/([^"]+)"', text)) <= set(ids), name


def test_every_notebook_has_a_deck_and_notes_and_the_index_lists_them(files):
    assert set(files) == {"index.html", *(f"{path.stem}.html" for path in NOTEBOOKS),
                          *(f"{path.name[:2]}_notes.html" for path in NOTEBOOKS)}
    targets = set(re.findall(r'href="([^"?]+)', files["index.html"]))
    assert targets == set(files) - {"index.html"}


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


def test_summaries_of_slides_are_short():
    made = built(cell("markdown", "## One\n\n" + "word " * 30, "slide"))
    assert notes.summary(made.sections[1].pages[0]).endswith("…")

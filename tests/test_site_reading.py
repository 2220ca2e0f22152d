"""What a reader meets on the website: question and picture first, code folded or whole, paper, darkness, the claims."""

from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from browser import undrawn

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root, load_register
from publishing.book_cells import captions
from publishing.heads import opening

ROOT = find_root(Path(__file__))
NOTEBOOKS = [path.stem for path in notebooks(ROOT)]
DENSE = ["05_watch_the_tail_generalize_faster", "16_ask_the_open_questions", "19_prove_the_tail_theorem"]
A4 = {"width": 680, "height": 1000}
"""The width of an A4 sheet without its margins, in CSS pixels."""

pytestmark = pytest.mark.xdist_group("browser")


def ready(page):
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")


def test_the_question_and_the_whole_first_picture_stand_on_the_first_screen(address, page):
    """Of a laptop (1440 x 900), and within two screens of a phone (390 x 844)."""
    for width, height, screens in ((1440, 900, 1), (390, 844, 2)):
        page.set_viewport_size({"width": width, "height": height})
        for name in NOTEBOOKS:
            page.goto(f"{address}/{name}.html")
            picture = page.locator("article img").first.bounding_box()
            question = page.get_by_text("The question.", exact=True).first.bounding_box()
            assert 0 < question["y"] < picture["y"], name
            assert picture["y"] + picture["height"] <= screens * height, f"{name} at {width}: {picture}"
    assert page.problems == []


def test_nothing_but_title_and_question_stands_before_the_picture_and_its_caption_below(address, page):
    for name in NOTEBOOKS:
        page.goto(f"{address}/{name}.html")
        before = page.evaluate("""() => {
          const picture = document.querySelector("article img"), found = [];
          for (const element of document.querySelector("article").querySelectorAll("h1, h2, p, pre, table"))
            if (element.compareDocumentPosition(picture) & Node.DOCUMENT_POSITION_FOLLOWING)
              found.push(element.tagName);
          return found;
        }""")
        assert before == ["H1", "P"], name
        assert page.locator("figure figcaption").first.inner_text().startswith("Figure 1"), name


def test_claims_and_plumbing_are_folded_and_what_computes_stays_open(address, page):
    for name in DENSE:
        page.goto(f"{address}/{name}.html")
        assert page.locator("details.claims-of-notebook").get_attribute("open") is None
        labels = set(page.locator("details.above-input > summary").all_inner_texts())
        assert labels == {"Code: imports", "Code: the figure", "Code: the check"}
        assert page.locator(".cell_input > .highlight, .cell > .cell_input .highlight:visible").count() > 0


def test_no_open_code_is_cut_on_a_laptop_and_what_scrolls_on_a_phone_says_so(address, page):
    page.set_viewport_size({"width": 1440, "height": 900})
    for name in NOTEBOOKS:
        page.goto(f"{address}/{name}.html")
        cut = page.evaluate("""() => [...document.querySelectorAll(".cell_input pre")].filter(code =>
          code.checkVisibility() && code.scrollWidth > code.clientWidth + 1)
          .map(code => code.textContent.slice(0, 80))""")
        assert cut == [], name
    page.set_viewport_size({"width": 390, "height": 844})
    for name in DENSE:
        page.goto(f"{address}/{name}.html")
        ready(page)
        boxes = page.evaluate("""() => [
          ...document.querySelectorAll("pre, div.math, .table-wrapper, span.math.scrolls")]
          .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
          .map(box => [box.classList.contains("more-right"), box.tabIndex])""")
        assert boxes, name
        assert all(marked and focus == 0 for marked, focus in boxes), name
        still = page.evaluate("""() => [...document.querySelectorAll(".more-right, .more-left")].filter(box =>
          box.checkVisibility() && box.scrollWidth <= box.clientWidth + 1).length""")
        assert still == 0, name


CUT_ON_PAPER = """() => {
  const found = [];
  for (const element of document.querySelectorAll("article *")) {
    if (!element.checkVisibility() || element.closest(".katex-mathml, svg")) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.width && box.right > innerWidth + 1 && style.position !== "absolute")
      found.push("sticks out: " + element.outerHTML.slice(0, 120));
    if (["hidden", "auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
      found.push("is cut: " + element.outerHTML.slice(0, 120));
  }
  for (const element of document.querySelectorAll("*"))
    if (element.checkVisibility() && getComputedStyle(element).position === "fixed")
      found.push("covers: " + element.outerHTML.slice(0, 120));
  return found;
}"""


def test_on_paper_nothing_is_cut_or_covered_and_claims_stand_open(address, page):
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    for name in (*NOTEBOOKS, "index", "claims", "nonclaims", "errata", "bibliography"):
        page.goto(f"{address}/{name}.html")
        ready(page)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(CUT_ON_PAPER) == [], name
        if name in NOTEBOOKS:
            assert page.locator("details.claims-of-notebook table").is_visible()
    assert page.locator("a.skip-to-content").is_hidden()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_figures_are_legible_in_the_dark(address, page):
    """White ground becomes the page's, black ink becomes light, and a hue stays what the caption calls it."""
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/01_see_the_tail.html")
    shown = page.evaluate("""async () => {
      const image = document.querySelector("article img"), ground = getComputedStyle(document.body).backgroundColor;
      const pen = Object.assign(document.createElement("canvas"), { width: 4, height: 1 }).getContext("2d");
      pen.filter = getComputedStyle(image).filter;
      ["#ffffff", "#000000", "#0072B2", "#D55E00"].forEach((colour, at) => {
        pen.fillStyle = colour;
        pen.fillRect(at, 0, 1, 1);
      });
      return [ground, [...pen.getImageData(0, 0, 4, 1).data]];
    }""")
    page_ground = [int(part) for part in shown[0].removeprefix("rgb(").rstrip(")").split(",")]
    white, black, blue, orange = (shown[1][4 * at:4 * at + 3] for at in range(4))
    assert all(abs(one - two) <= 8 for one, two in zip(white, page_ground, strict=True))
    assert min(black) > 225
    assert blue[2] == max(blue)
    assert orange[0] == max(orange)
    assert all(contrast(colour, white) > 4.5 for colour in (black, blue, orange))


def contrast(one, two):
    """The contrast of two colours by WCAG 2."""
    def light(colour):
        parts = [(c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4) for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05
    return max(light(one), light(two)) / min(light(one), light(two))


def test_the_page_of_claims_is_filtered_and_search_finds_a_name_first(address, page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/claims.html")
    assert page.locator("section.claim:visible").count() == len(load_register(ROOT))
    page.locator("p.filter input").fill("kl-to-coverage constant")
    shown = [card.get_attribute("id") for card in page.locator("section.claim:visible").all()]
    assert "claim-kl-to-coverage-constant" in shown
    assert len(shown) < 10
    assert page.locator("p.filter output").inner_text() == f"{len(shown)} of {len(load_register(ROOT))}"
    page.goto(f"{address}/search.html?q=kl-to-coverage")
    first = page.locator("#search-results li a").first
    first.wait_for()
    assert "claims.html" in first.get_attribute("href")
    first.click()
    page.wait_for_load_state()
    card = page.locator("#claim-kl-to-coverage")
    assert 0 <= card.bounding_box()["y"] < 300


@pytest.mark.parametrize("served", [True, False], ids=["served from a subfolder", "as files"])
def test_the_explorer_is_a_click_away_and_its_links_to_notebooks_lead_back(served, site, address, page):
    home = address if served else site.as_uri()
    page.goto(f"{home}/03_bound_coverage_by_divergences.html")
    page.locator(".sidebar-tree a", has_text="The explorer").click()
    page.wait_for_load_state()
    assert page.url.endswith("/explorer.html")
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
    here = [unquote(link.partition("#")[0].removeprefix(home + "/")) for link in links if link.startswith(home)]
    assert any(name.removesuffix(".html") in NOTEBOOKS for name in here)
    assert all((site / name).is_file() for name in here)
    assert not any("/notebooks/" in link for link in links)


def test_every_letter_of_rendered_mathematics_is_drawn_by_a_bundled_font(address, page):
    """Drawn by another font a sign is another sign, or none: the stroke through \\not was lost so."""
    for name in (*NOTEBOOKS, "claims"):
        page.goto(f"{address}/{name}.html")
        ready(page)
        assert undrawn(page) == [], name


def test_a_letter_that_no_bundled_font_has_is_found(address, page):
    page.goto(f"{address}/{NOTEBOOKS[0]}.html")
    page.evaluate("document.querySelector('article .katex-html .mathnormal').textContent = '\\u29f8\\u4e2d'")
    ready(page)
    assert [found[0] for found in undrawn(page)] == ["\u29f8", "\u4e2d"]


def test_the_opening_is_told_apart():
    nb = nbformat.read(notebooks(ROOT, "05")[0], as_version=4)
    head, about = opening(nb.cells[0].source)
    assert head.startswith("# 05")
    assert "**The question.**" in head
    assert [part.split("**")[1].rstrip(":") for part in about.split("\n\n")] == ["You will see", "You need", "Minutes"]


def test_captions_are_taken_from_before_or_after_a_figure():
    def figure(id):
        output = nbformat.v4.new_output("display_data", {"image/png": ""})
        return nbformat.v4.new_code_cell("show()", outputs=[output], id=id)

    def text(source):
        return nbformat.v4.new_markdown_cell(source)

    cells = [text("A\n\n**Figure 1.** One."), figure("a"), text("B"), figure("b"), text("**Figure 2.** Two.\n\nC")]
    assert captions(cells) == {"a": "**Figure 1.** One.", "b": "**Figure 2.** Two."}
    assert [cell.source for cell in cells if cell.cell_type == "markdown"] == ["A", "B", "C"]

"""What a reader meets on the website: question and picture first, code folded or whole, paper, darkness, the claims."""

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from browser import undrawn, watch

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root, load_register
from covtheory.figures import BLACK, BLUE, GREEN, ORANGE, PINK, SKY
from publishing.book_cells import LONG, captions
from publishing.heads import opening

ROOT = find_root(Path(__file__))
NOTEBOOKS = [path.stem for path in notebooks(ROOT)]
OTHERS = ["index", "claims", "nonclaims", "errata", "bibliography", "proofs", "measuring", "checking", "using",
          "teaching", "teaching-05", "teaching-16", "teaching-19"]
LAPTOP, PHONE, A4 = {"width": 1440, "height": 900}, {"width": 390, "height": 844}, {"width": 680, "height": 1000}
"""Windows; the last is a sheet of A4 without its margins, in CSS pixels."""

pytestmark = pytest.mark.xdist_group("browser")

OPENING = """() => {
  const picture = document.querySelector("article img"), box = picture.getBoundingClientRect(), before = [];
  for (const element of document.querySelector("article").querySelectorAll("h1, h2, p, pre, table"))
    if (element.compareDocumentPosition(picture) & Node.DOCUMENT_POSITION_FOLLOWING)
      before.push(element.textContent.trim().slice(0, 13));
  return { top: box.top, bottom: box.bottom, before, caption: document.querySelector("figcaption").textContent.trim() };
}"""
FOLDED = """() => [document.querySelector("details.claims-of-notebook").open,
  [...new Set([...document.querySelectorAll("details.above-input > summary")].map(head => head.innerText.trim()))],
  [...document.querySelectorAll("details.above-input")].filter(box => box.open).length,
  [...document.querySelectorAll(".cell_input pre")].filter(code => code.checkVisibility()).length]"""
CUT = """() => [...document.querySelectorAll(".cell_input pre, .highlight pre, .table-wrapper > table.docutils")]
  .filter(box => !box.closest(".cell_output") && box.checkVisibility() && (box.scrollWidth > box.clientWidth + 1 ||
    box.getBoundingClientRect().width > box.closest("article").clientWidth + 1))
  .map(box => box.textContent.slice(0, 80))"""
APART = r"""() => {
  const found = [];
  const beside = (node, way) => { // the text that touches a formula, whatever tags lie between
    for (let next; ; node = next) {
      next = way > 0 ? node.nextSibling : node.previousSibling;
      for (; !next; next = way > 0 ? node.nextSibling : node.previousSibling) {
        node = node.parentElement;
        if (!node || getComputedStyle(node).display !== "inline") return null;
      }
      while (next.firstChild && !next.matches(".katex")) next = way > 0 ? next.firstChild : next.lastChild;
      if (next.nodeType !== 3 || next.data.length) return next.nodeType === 3 ? next : null;
    }
  };
  const letter = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getClientRects()[0];
  };
  for (const formula of document.querySelectorAll("article .katex, .slides .katex")) {
    const boxes = formula.querySelectorAll(".katex-html > .katex-base");
    if (formula.closest(".katex-display") || !boxes.length || !formula.checkVisibility()) continue;
    const first = boxes[0].getBoundingClientRect(), last = boxes[boxes.length - 1].getBoundingClientRect();
    const after = beside(formula, 1), before = beside(formula, -1), tex = formula.textContent.slice(0, 40);
    const low = after && /^[^\s\u2013\u2014]/.test(after.data) && letter(after, 0);
    if (low && low.top > last.top + 0.7 * last.height && low.left < last.right - 1)
      found.push(`${tex} | ${after.data.slice(0, 20)}`);
    const high = before && /[(\[“"]$/.test(before.data) && letter(before, before.data.length - 1);
    if (high && high.bottom < first.top + 0.3 * first.height && high.right > first.left + 1)
      found.push(`${before.data.slice(-20)} | ${tex}`);
  }
  return found;
}"""
SCROLLING = """() => {
  const faults = [];
  for (const box of document.querySelectorAll("pre, div.math, .table-wrapper, span.math")) {
    if (!box.checkVisibility()) continue;
    const scrolls = getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1;
    if (scrolls !== box.classList.contains("more-right") || (scrolls && box.tabIndex !== 0))
      faults.push(box.outerHTML.slice(0, 120));
  }
  return faults;
}"""
ON_PAPER = """() => {
  dispatchEvent(new Event("beforeprint"));
  const found = [], claims = document.querySelector("details.claims-of-notebook table");
  for (const element of document.querySelectorAll("article *")) {
    if (!element.checkVisibility() || element.closest(".katex-mathml, .vlist-t, svg")) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.width && box.right > innerWidth + 1 && style.position !== "absolute")
      found.push("sticks out: " + element.outerHTML.slice(0, 120));
    if (["hidden", "auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
      found.push("is cut: " + element.outerHTML.slice(0, 120));
  }
  for (const element of document.querySelectorAll("*"))
    if (element.checkVisibility() && ["fixed", "sticky"].includes(getComputedStyle(element).position))
      found.push("covers: " + element.outerHTML.slice(0, 120));
  if (claims && !claims.checkVisibility()) found.push("claims are folded");
  dispatchEvent(new Event("afterprint"));
  return found;
}"""


def ready(page):
    page.evaluate("document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => "
                  "requestAnimationFrame(done))))")


@pytest.fixture(scope="module")
def seen(browser, address):
    """What is measured on every page, each opened once: on a laptop, on a phone, on paper."""
    context = browser.new_context(viewport=LAPTOP)
    page, found, known = context.new_page(), {}, set()
    watch(page)
    for name in (*NOTEBOOKS, *OTHERS):
        page.set_viewport_size(LAPTOP)
        page.goto(f"{address}/{name}.html")
        ready(page)
        made = {"cut": page.evaluate(CUT), "undrawn": undrawn(page, known)}
        made |= {"laptop": page.evaluate(OPENING), "folded": page.evaluate(FOLDED)} if name in NOTEBOOKS else {}
        page.set_viewport_size(PHONE)
        ready(page)
        made |= {"phone": page.evaluate(OPENING)} if name in NOTEBOOKS else {}
        made |= {"scrolling": page.evaluate(SCROLLING), "apart": page.evaluate(APART)}
        page.set_viewport_size(A4)
        page.emulate_media(media="print")
        ready(page)
        made["paper"] = page.evaluate(ON_PAPER)
        page.emulate_media(media="screen")
        found[name] = made
    problems = page.problems
    context.close()
    assert problems == []
    return found


def faults(seen, what):
    return {name: made[what] for name, made in seen.items() if made.get(what)}


def test_the_question_and_the_whole_first_picture_stand_on_the_first_screen(seen):
    """Of a laptop (1440 x 900); on a phone (390 x 844) its panels may need one more. Nothing else stands before it."""
    for name in NOTEBOOKS:
        for device, height in (("laptop", LAPTOP["height"]), ("phone", 2 * PHONE["height"])):
            opening = seen[name][device]
            assert opening["top"] < PHONE["height"] / 2, f"{name}, {device}"
            assert 0 < opening["top"] < opening["bottom"] <= height, f"{name}, {device}"
            assert len(opening["before"]) == 2, f"{name}: {opening['before']}"
            assert opening["before"][1] == "The question.", f"{name}: {opening['before']}"
            assert opening["caption"].startswith("Figure 1"), name


def test_claims_plumbing_and_long_code_are_folded_and_what_computes_stays_open(seen):
    for name in NOTEBOOKS:
        table, heads, opened, visible = seen[name]["folded"]
        assert (table, opened) == (False, 0), name
        long = {head for head in heads if re.fullmatch(r"Code: \d+ lines", head)}
        assert set(heads) - long == {"Code: imports", "Code: the figure", "Code: the check"}, name
        assert all(int(head.split()[1]) > LONG for head in long), name
        assert visible >= 1, name


def test_no_code_and_no_table_is_cut_on_a_laptop(seen):
    assert faults(seen, "cut") == {}


def test_no_line_begins_with_what_closes_a_formula_or_ends_with_what_opens_it(seen):
    """On a phone: the comma after a formula, and the bracket before it, stay with it."""
    assert faults(seen, "apart") == {}


def test_a_formula_whose_comma_left_it_is_found(address, page):
    """Without the span that keeps both together, at some width one of them begins a line."""
    page.goto(f"{address}/errata.html")
    page.add_style_tag(content=".tied { white-space: normal !important }")
    found = []
    for width in range(340, 440, 10):
        page.set_viewport_size({"width": width, "height": 844})
        found += page.evaluate(APART)
    assert found


def test_what_scrolls_on_a_phone_fades_at_its_edge_and_takes_the_keyboard(seen):
    assert faults(seen, "scrolling") == {}


def test_on_paper_nothing_is_cut_or_covered_and_claims_stand_open(seen):
    assert faults(seen, "paper") == {}


def test_every_letter_of_rendered_mathematics_is_drawn_by_a_bundled_font(seen):
    """Drawn by another font a sign is another sign, or none: the stroke through a negated relation was lost so."""
    assert faults(seen, "undrawn") == {}


def test_a_page_prints(address, page):
    page.goto(f"{address}/{NOTEBOOKS[0]}.html")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_figures_are_legible_in_the_dark(address, page):
    """White ground becomes the page's, black ink becomes light, and a hue stays what the caption calls it."""
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/01_see_the_tail.html")
    shown = page.evaluate("""colours => {
      const image = document.querySelector("article img"), ground = getComputedStyle(document.body).backgroundColor;
      const pen = Object.assign(document.createElement("canvas"), { width: 7, height: 1 }).getContext("2d");
      pen.filter = getComputedStyle(image).filter;
      ["#ffffff", ...colours].forEach((colour, at) => {
        pen.fillStyle = colour;
        pen.fillRect(at, 0, 1, 1);
      });
      return [ground, [...pen.getImageData(0, 0, 7, 1).data]];
    }""", [BLACK, BLUE, ORANGE, GREEN, PINK, SKY])
    page_ground = [int(part) for part in shown[0].removeprefix("rgb(").rstrip(")").split(",")]
    white, black, blue, orange, green, pink, sky = (shown[1][4 * at:4 * at + 3] for at in range(7))
    assert all(abs(one - two) <= 8 for one, two in zip(white, page_ground, strict=True))
    assert min(black) > 225
    assert blue[2] == max(blue)
    assert orange[0] == max(orange)
    assert green[1] == max(green)
    assert min(contrast(colour, white) for colour in (black, blue, orange, green, pink, sky)) > 4


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
    assert first.inner_text() == "Claim kl-to-coverage"
    assert "\\" not in page.locator("#search-results li p.context").first.inner_text()  # no TeX beside the formula
    first.click()
    page.wait_for_load_state()
    page.wait_for_function("""() => {
        const y = document.getElementById("claim-kl-to-coverage").getBoundingClientRect().y;
        return 0 <= y && y < 300;
    }""", timeout=5000)


def test_a_link_to_a_claim_ends_there_though_the_cards_before_it_were_not_laid_out(address, page):
    page.set_viewport_size(PHONE)
    *_, last = load_register(ROOT)
    page.goto(f"{address}/claims.html#claim-{last}")
    page.wait_for_function("""id => {
        const y = document.getElementById(id).getBoundingClientRect().y;
        return 0 <= y && y < 300;
    }""", arg=f"claim-{last}", timeout=10000)
    assert page.evaluate("[...document.querySelectorAll('section.claim')].filter(card =>"
                         " !card.firstChild.checkVisibility({ contentVisibilityAuto: true })).length") > 50


def test_on_a_phone_a_table_of_sentences_is_cards_that_say_their_columns(address, page):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/errata.html")
    row = page.locator("table.cards tbody tr").first
    assert row.locator("td").nth(1).get_attribute("data-label") == "printed"
    assert row.bounding_box()["width"] <= PHONE["width"]


def test_a_plan_with_slides_of_its_own_has_deck_notes_and_handout_on_the_site(site):
    guide = (site / "teaching.html").read_text(encoding="utf-8")
    for name in ("tail-45.html", "tail-45_notes.html", "tail-45_handout.html", "guest-75.html"):
        assert f'href="slides/{name}"' in guide
        assert (site / "slides" / name).is_file()


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

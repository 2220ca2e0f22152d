"""Every slide of every deck, looked at in a browser: it fits, it is readable, it works without a network."""

import re

import pytest
from browser import needs_reveal, violations

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root
from publishing.slides.check import look
from publishing.slides.command import make_all

pytestmark = [pytest.mark.xdist_group("decks"), needs_reveal]
ROOT = find_root()
NOTEBOOKS = notebooks(ROOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    for name, text in make_all(ROOT).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def opened(page, folder):
    """A page of slide size with the first deck."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto((folder / f"{NOTEBOOKS[0].stem}.html").as_uri())
    page.wait_for_function("typeof deck !== 'undefined' && deck.isReady()")
    return page


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_slide_fits_is_readable_and_asks_no_network(path, folder, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    count, faults, notes = look(page, folder / f"{path.stem}.html")
    assert faults == []
    assert count > 12
    scrolling = [line.split()[0][2:] for line in notes if "scrolls" in line]
    assert len(scrolling) <= 3
    written = page.evaluate("[...document.querySelectorAll('.summary')].map(slide => slide.id)")
    assert len(written) > 5
    assert not set(scrolling) & set(written)


def test_the_notes_which_the_speakers_window_shows_unstyled_say_a_formula_once(opened):
    count = "document.querySelectorAll('aside.notes {}').length"
    assert opened.evaluate(count.format("math")) > 10
    assert opened.evaluate(count.format(".katex-html")) == 0


def spoilt(folder, scratch, addition):
    """The first deck with something more on its slide of sections."""
    text = (folder / f"{NOTEBOOKS[0].stem}.html").read_text(encoding="utf-8")
    place = re.search(r'<section id="sections".*?<div class="body">', text, re.DOTALL).end()
    (scratch / "spoilt.html").write_text(text[:place] + addition + text[place:], encoding="utf-8")
    return scratch / "spoilt.html"


@pytest.mark.parametrize(("defect", "said"), [
    ('<p style="height:1300px">tall</p>', "scrolls, 2."), ('<p style="width:1400px">wide</p>', "too wide"),
    ('<p style="font-size:12px">small</p>', "12.0 px: small"), ('<img src="data:image/png;base64,">', "lacks its text"),
    ('<p>text</p><img alt="small" data-points="9" data-inches="12" style="flex:none;width:700px;height:300px" '
     'src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">',
     "letters of its picture are"),
    ('<p style="display:block"><img alt="far" src="https://example.org/a.png"></p>', "network"),
])
def test_planted_defect_is_found(defect, said, folder, tmp_path, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    assert any(said in line for line in look(page, spoilt(folder, tmp_path, defect))[1])


def test_slide_that_is_a_little_too_long_scrolls_visibly_and_by_keyboard(folder, tmp_path, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    _, faults, scrolling = look(page, spoilt(folder, tmp_path, '<p style="height:600px">tall</p>'))
    assert faults == []
    assert "#/sections (1.2): scrolls" in scrolling[0]
    page.evaluate("deck.slide(0, 1)")
    body = page.locator("#sections .body.scrolls")
    body.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('#sections .body').scrollTop > 0")
    assert page.evaluate("deck.getIndices().v") == 1


def test_notes_appear_in_the_speaker_view_and_nowhere_else(opened):
    opened.evaluate("deck.slide(1, 0)")
    note = opened.locator("section.present > section.present aside.notes")
    assert not note.is_visible()
    with opened.expect_popup() as popup:
        opened.keyboard.press("s")
    speaker = popup.value
    speaker.wait_for_function("document.querySelector('.speaker-controls-notes .value')?.textContent.length > 10")
    assert note.text_content().strip()[:20] in speaker.text_content(".speaker-controls-notes .value")
    assert opened.problems == []


def test_keyboard_moves_and_shows_code(opened):
    opened.evaluate("deck.slide(0, 0)")
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate("deck.getIndices().h") == 1
    opened.evaluate("const i = deck.getIndices(document.querySelector('details.source').closest('section'));"
                    "deck.slide(i.h, i.v, 1000)")
    code = opened.locator("section.present > section.present details.source pre").first
    assert not code.is_visible()
    opened.keyboard.press("c")
    assert code.is_visible()
    opened.keyboard.press("c")
    assert not code.is_visible()
    opened.locator("section.present > section.present summary").first.press("Enter")
    assert code.is_visible()


def test_picture_of_a_summary_grows_and_the_deck_turns_dark_by_a_key(opened):
    opened.evaluate("const i = deck.getIndices(document.querySelector('img[data-points]').closest('section'));"
                    "deck.slide(i.h, i.v)")
    picture = opened.locator("section.present > section.present img[data-points]")
    small = picture.bounding_box()
    opened.keyboard.press("z")
    assert picture.bounding_box()["height"] > 1.2 * small["height"]
    opened.keyboard.press("z")
    assert picture.bounding_box() == small
    opened.keyboard.press("d")
    assert "invert" in opened.evaluate("getComputedStyle(document.querySelector('.reveal')).filter")


def test_page_to_hand_out_is_one_sheet_and_a_plans_decks_fit(page, tmp_path):
    from publishing.slides.plans import make
    for name, text in make(ROOT, "tail-45").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page.set_viewport_size({"width": 1280, "height": 720})
    count, faults, _ = look(page, tmp_path / "tail-45.html")
    assert (count > 15, faults) == (True, [])
    page.goto((tmp_path / "tail-45_handout.html").as_uri())
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    assert violations(page) == []


def test_deep_link_opens_its_slide(page, folder):
    target = folder / f"{NOTEBOOKS[0].stem}.html"
    slug = re.findall(r'<section id="([^"]+)"', target.read_text(encoding="utf-8"))[7]
    page.goto(f"{target.as_uri()}#/{slug}")
    page.wait_for_function("typeof deck !== 'undefined' && deck.isReady()")
    assert page.evaluate("deck.getCurrentSlide().id") == slug


def test_printing_gives_every_slide_its_page_without_notes_or_code(opened, folder):
    total = opened.evaluate("deck.getTotalSlides()")
    opened.goto((folder / f"{NOTEBOOKS[0].stem}.html").as_uri() + "?print-pdf")
    opened.wait_for_function("document.querySelectorAll('.pdf-page').length > 0")
    printed = opened.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == total
    assert not opened.locator("aside.notes:visible, details.source:visible").count()


def test_on_a_phone_slides_are_a_page_to_scroll(page, folder):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((folder / f"{NOTEBOOKS[0].stem}.html").as_uri())
    page.wait_for_function("typeof deck !== 'undefined' && deck.isReady()")
    assert page.evaluate("deck.isScrollView()")
    assert page.problems == []


@pytest.mark.parametrize("name", ["index.html", f"{NOTEBOOKS[0].name[:2]}_notes.html", f"{NOTEBOOKS[0].stem}.html"])
def test_pages_are_accessible(name, folder, page):
    page.goto((folder / name).as_uri())
    if name == f"{NOTEBOOKS[0].stem}.html":
        page.wait_for_function("typeof deck !== 'undefined' && deck.isReady()")
    assert violations(page) == []
    assert page.problems == []

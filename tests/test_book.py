"""The website: built without a warning, linked, readable on a phone and by everybody, never from stale notebooks."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from browser import overflowing, violations

from claimcheck import ledger as ledgers
from claimcheck.gate.contract import notebooks
from claimcheck.record import MIME
from claimcheck.register import find_root, load_register
from publishing.book import book, replace
from publishing.slides.pictures import of

ROOT = find_root(Path(__file__))
REGISTER = load_register(ROOT)
NOTEBOOKS = [path.stem for path in notebooks(ROOT)]
GUIDES = [f"teaching-{name[:2]}" for name in NOTEBOOKS]
PAGES = ["index", "claims", "bibliography", "errata", "nonclaims", "checking", "measuring", "proofs", "using", "search",
         *NOTEBOOKS,
         *(["teaching", *GUIDES] if (ROOT / "references" / "teaching.md").exists() else [])]
KINDS_OF_PAGE = [*(name for name in PAGES if name not in (*NOTEBOOKS, *GUIDES)), "teaching-05",
                 "03_bound_coverage_by_divergences",
                 "05_watch_the_tail_generalize_faster", "16_ask_the_open_questions"]

pytestmark = pytest.mark.xdist_group("browser")


class Read(HTMLParser):
    """Ids, links, pictures and visible text of a page, the text without code and mathematics."""

    APART = frozenset({"pre", "code", "samp", "script", "style", "math", "title"})

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.pictures, self.text, self.formulas, self._inside = [], [], [], [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values[name] for name in ("href", "src") if values.get(name)]
        self.pictures += [values] if tag == "img" else []
        self.formulas += tag == "math"
        self._inside += [tag] if tag in self.APART else []

    def handle_endtag(self, tag):
        if tag in self.APART:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside:
            self.text.append(data)


@pytest.fixture(scope="session")
def read(site):
    return {path.name: Read(path.read_text(encoding="utf-8")) for path in site.glob("*.html") if path.stem in PAGES}


def test_every_page_is_there_and_nothing_else_than_the_explorer(site):
    explorer = {"explorer"} if (ROOT / "references" / "explorer.html").exists() else set()
    assert {path.stem for path in site.glob("*.html")} == {*PAGES, *explorer}


def test_links_inside_the_site_lead_to_a_file_and_an_anchor(site, read):
    for name, page in read.items():
        for target in page.links:
            parts = urlsplit(target)
            if parts.scheme in ("http", "https", "data", "mailto"):
                continue
            path = unquote(parts.path) or name
            assert (site / path).is_file(), f"{name}: {target}"
            if parts.fragment and path.endswith(".html") and path in read:
                assert unquote(parts.fragment) in read[path].ids, f"{name}: {target}"


def test_the_explorer_leads_to_the_sections_that_prove_what_it_shows_and_back(site, read):
    links = [urlsplit(target) for target in Read((site / "explorer.html").read_text(encoding="utf-8")).links]
    inside = [link for link in links if not link.scheme and link.path]
    assert len(inside) == 17
    assert inside[0].path == "index.html"
    for link in inside[1:]:
        assert link.fragment in read[link.path].ids, link


def test_external_links_are_well_formed_and_no_placeholder(read):
    for name, page in read.items():
        for target in page.links:
            if (parts := urlsplit(target)).scheme not in ("", "data"):
                assert parts.scheme == "https", f"{name}: {target}"
                assert re.fullmatch(r"[\w.-]+\.[a-z]{2,}", parts.netloc), f"{name}: {target}"
                assert "OWNER" not in target, f"{name}: {target}"


def test_ids_are_unique_on_every_page(read):
    for name, page in read.items():
        assert sorted(page.ids) == sorted(set(page.ids)), name


def test_every_claim_can_be_linked_to_on_three_places_and_is_numbered(site, read):
    text = (site / "claims.html").read_text(encoding="utf-8")
    for entry in REGISTER.values():
        page = next(f"{stem}.html" for stem in NOTEBOOKS if stem.startswith(entry.notebook))
        assert f"claim-{entry.id}" in read["claims.html"].ids
        assert {f"claim-{entry.id}", f"check-{entry.id}"} <= set(read[page].ids)
        assert re.search(rf'href="#claim-{entry.id}">{entry.notebook}\.\d+</a> <code>{entry.id}</code>', text)


def test_every_figure_keeps_its_alternative_text(read):
    for path in notebooks(ROOT):
        stored = [output.metadata["image/png"]["alt"] for cell in nbformat.read(path, as_version=4).cells
                  for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
        shown = [picture.get("alt") for picture in read[f"{path.stem}.html"].pictures]
        assert shown == stored, path.name


def test_every_figure_has_the_numbers_drawn_folded_behind_it(site, read):
    for stem in NOTEBOOKS:
        text = (site / f"{stem}.html").read_text(encoding="utf-8")
        assert text.count("<summary>Numbers drawn</summary>") >= len(read[f"{stem}.html"].pictures) > 0
        assert "# shown above" not in text


def test_mathematics_is_rendered_and_no_tex_is_left(read):
    assert sum(page.formulas for page in read.values()) > 4000
    for name, page in read.items():
        left = re.search(r"\\[a-zA-Z]+|\$[^\s\d][^$]*\$|\$\$", " ".join(page.text))
        assert not left, f"{name}: {left.group()[:100]}"


def test_names_with_an_index_are_set_in_the_guide_and_the_manuals(read):
    pages = [name for name in read if name.startswith("teaching") or name in ("measuring.html", "proofs.html")]
    assert len(pages) > 20
    assert [name for name in pages if "Cov_N" in "".join(read[name].text)] == []


def test_the_paper_is_cited_once_with_all_its_authors_on_the_first_page(read):
    text = " ".join("".join(read["index.html"].text).split())
    assert text.count("Dylan J. Foster") == text.count("The theory is that of") == 1


def test_notebooks_can_be_downloaded_as_they_are_committed(site):
    for path in notebooks(ROOT):
        assert (site / "notebooks" / path.name).read_bytes() == path.read_bytes()


def test_nothing_of_the_site_names_this_machine(site):
    for path in [*site.glob("*.html"), site / "searchindex.js"]:
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) not in text, path.name
        assert str(site.parent) not in text, path.name


def test_pages_are_accessible_and_quiet_in_light_and_dark(address, page):
    for name in KINDS_OF_PAGE:
        page.emulate_media(color_scheme="light")
        page.goto(f"{address}/{name}.html")
        assert violations(page) == [], name
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
        assert violations(page, only="color-contrast") == [], name
    assert page.problems == []


def test_no_page_scrolls_sideways_on_a_phone(address, page):
    page.set_viewport_size({"width": 390, "height": 844})
    for name in PAGES:
        page.goto(f"{address}/{name}.html")
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        assert overflowing(page) == [], name
    assert page.problems == []


def test_on_a_phone_panels_stand_one_above_the_other_and_are_larger(address, page):
    of_page = "[...document.querySelectorAll('article figure img')]"
    pictures = f"{of_page}.map(i => [i.currentSrc, i.naturalWidth, i.clientWidth])"
    several = 0
    for name in NOTEBOOKS:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/{name}.html", wait_until="load")
        narrow = page.evaluate(pictures)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_function(f"{of_page}.every(i => i.complete && i.currentSrc.includes('_images'))")
        for (small, natural, shown), (whole, pixels, _) in zip(narrow, page.evaluate(pictures), strict=True):
            assert "_images" in whole
            several += small != whole
            assert (natural < 0.7 * pixels and shown > 340) if small != whole else natural == pixels
    assert several == sum(bool(picture.gaps) for path in notebooks(ROOT) for picture in of(nbformat.read(path, 4))) > 30
    assert page.problems == []


@pytest.mark.parametrize("served", [True, False], ids=["served", "as files"])
def test_search_finds_what_it_is_asked(served, site, address, page):
    page.goto(f"{address if served else site.as_uri()}/search.html?q=hockey-stick")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("document.querySelector('.search-summary').textContent.includes('found')")
    titles = page.locator("#search-results li > a").all_inner_texts()
    assert any("See the tail" in title for title in titles)
    assert not any("\\" in title or "$" in title for title in titles)
    assert page.problems == []


def test_a_link_into_a_folded_part_opens_it_and_scrolling_boxes_take_the_keyboard(address, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/03_bound_coverage_by_divergences.html#check-kl-to-coverage")
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert page.locator("#check-kl-to-coverage").is_visible()
    boxes = page.locator("pre:visible")
    wide = [i for i in range(boxes.count()) if boxes.nth(i).evaluate("e => e.scrollWidth > e.clientWidth + 1")]
    assert wide
    assert all(boxes.nth(i).get_attribute("tabindex") == "0" for i in wide)


@pytest.fixture
def copy(tmp_path):
    """A small collection to spoil: two notebooks with their part of register and ledger, and a site built before."""
    for name in ("references", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copyfile(ROOT / "README.md", tmp_path / "README.md")
    (tmp_path / "build" / "book").mkdir(parents=True)
    (tmp_path / "build" / "book" / "index.html").write_text("the last good site")
    return tmp_path


def spoil_notebook(root, change):
    path = notebooks(root, "03")[0]
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}) and output["data"][MIME]["id"] == "kl-to-coverage":
                change(cell, output)
                nbformat.write(nb, path)
                return
    raise AssertionError("kl-to-coverage is not shown")


def spoil_ledger(root, change):
    path = root / "references" / "ledger.json"
    ledger = ledgers.read(path)
    change(ledger, next(entry for entry in ledger["claims"] if entry["id"] == "kl-to-coverage"))
    path.write_text(json.dumps(ledger), encoding="utf-8")


SPOILT = {
    "a number of the stored output": lambda root: spoil_notebook(
        root, lambda cell, output: output["data"][MIME]["worst"].update(ratio=0.5)),
    "a stored output that is gone": lambda root: spoil_notebook(root, lambda cell, output: cell.update(outputs=[])),
    "a claim that the ledger lacks": lambda root: spoil_ledger(
        root, lambda ledger, entry: ledger["claims"].remove(entry)),
    "a claim that fails": lambda root: (
        spoil_ledger(root, lambda ledger, entry: entry.update(status="fails", problems=["violated"])),
        spoil_notebook(root, lambda cell, output: output["data"][MIME].update(status="fails", problems=["violated"]))),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_stale_or_failing_collections_are_refused_and_the_last_site_stays(spoil, copy, capsys):
    spoil(copy)
    assert book(copy) == 1
    error = capsys.readouterr().err
    assert "notebook 03: claim 'kl-to-coverage'" in error
    assert error.count("book: ") == 2
    assert [path.name for path in (copy / "build").iterdir()] == ["book"]
    assert (copy / "build" / "book" / "index.html").read_text() == "the last good site"


def test_a_ledger_that_cannot_be_read_is_refused(copy, capsys):
    (copy / "references" / "ledger.json").write_text("{", encoding="utf-8")
    assert book(copy) == 1
    assert "ledger.json: not valid JSON" in capsys.readouterr().err


def test_a_warning_of_the_build_is_an_error_and_the_last_site_stays(copy):
    pytest.importorskip("myst_nb", reason="requirements/book.txt is not installed")
    for path in notebooks(copy)[1:]:
        keep = path.name[:2]
        path.unlink()
        spoil_ledger_of(copy, keep)
    (copy / "references" / "proofs.toml").write_text("proof = []\n", encoding="utf-8")
    errata = copy / "references" / "errata.md"
    errata.write_text("# Errata\n\n### A skipped level\n\nA formula $\\nosuchcommand{x}$.\n", encoding="utf-8")
    (copy / "references" / "nonclaims.md").write_text("# Non-claims\n", encoding="utf-8")
    run = subprocess.run([sys.executable, "-m", "covtheory", "book"], cwd=copy, capture_output=True, text=True,
                         env={**os.environ, "NO_COLOR": "1"})
    assert run.returncode == 1
    assert "2 warnings, each an error" in run.stderr
    assert "nosuchcommand" in run.stderr
    assert (copy / "build" / "book" / "index.html").read_text() == "the last good site"


def spoil_ledger_of(root, notebook):
    """Take a notebook's claims out of register and ledger."""
    path = root / "references" / "ledger.json"
    ledger = ledgers.read(path)
    ledger["claims"] = [entry for entry in ledger["claims"] if entry["notebook"] != notebook]
    path.write_text(json.dumps(ledger), encoding="utf-8")
    register = root / "references" / "claims.toml"
    first, *entries = re.split(r"^\[\[claim\]\]\n", register.read_text(encoding="utf-8"), flags=re.MULTILINE)
    kept = [entry for entry in entries if f'notebook = "{notebook}"' not in entry]
    named = {name for entry in kept for name in re.findall(r'^nearest = "(.*)"', entry, flags=re.MULTILINE)}
    head, *tables = re.split(r"^(?=\[nearest\.)", first, flags=re.MULTILINE)
    first = "".join([head, *(table for table in tables if re.match(r"\[nearest\.([\w-]+)\]", table)[1] in named)])
    register.write_text("[[claim]]\n".join([first, *kept]), encoding="utf-8")


def test_a_replacement_that_fails_half_way_puts_the_old_folder_back(tmp_path):
    old = tmp_path / "book"
    old.mkdir()
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "missing", old, tmp_path / "aside")
    assert old.is_dir()

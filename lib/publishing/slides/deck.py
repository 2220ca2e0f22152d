"""The HTML documents: nbconvert's slides in one page with reveal.js and all fonts inside, notes to print, an index."""

import base64
import re
from functools import cache
from html import escape
from importlib.metadata import distribution
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from publishing import formulas

ASSETS = Path(__file__).parents[1] / "assets"
PACKAGE = "sphinx-revealjs"
"""Ships reveal.js and a text font as static files; nothing of Sphinx is imported."""

_FACES = {"regular": ("400", "normal"), "italic": ("400", "italic"), "semibold": ("600", "normal"),
          "semibolditalic": ("600", "italic")}


class _Renderer(IPythonRenderer):
    """Markdown of a notebook, its formulas set."""

    def inline_math(self, body):
        return formulas.html(body)

    def block_math(self, body):
        return formulas.html(body, display=True)

    def latex_environment(self, name, body):
        return formulas.html(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True)


def prose(text: str) -> str:
    """Return Markdown as HTML."""
    return MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(text)


def inline(text: str) -> str:
    """Return Markdown of one line as HTML without a paragraph around it.

    Examples
    --------
    >>> inline("1. Use *both*.")
    '1. Use <em>both</em>.'
    """
    return re.sub(r"</?h1[^>]*>|\s*\Z", "", prose(f"# {text}"))


class _Exporter(SlidesExporter):
    """nbconvert's slides in our template."""

    def from_notebook_node(self, nb, resources=None, **options):
        """Convert, and leave out that HTMLExporter reads every page again to mend what ours does not have."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


@cache
def _exporter():
    return _Exporter(extra_template_basedirs=[str(ASSETS)], template_name="slides", filters={
        "markdown2html": prose, "inline": inline, "highlight_code": Highlight2HTML(pygments_lexer="python")})


def html(nb: nbformat.NotebookNode) -> str:
    """Return the deck of a notebook from :func:`publishing.slides.cells.prepared` as one HTML document."""
    shown, _ = _exporter().from_notebook_node(nb)
    style = [_fonts(), formulas.style(), _reveal("dist/reveal.css"), _own("slides.css"),
             HtmlFormatter(style="default").get_style_defs(".highlight")]
    scripts = [_reveal("dist/reveal.js"), _reveal("plugin/notes/notes.js"), _own("slides.js")]
    return _document(nb.metadata.deck.title, "\n".join(style), f'<div class="reveal"><div class="slides">\n{shown}</div></div>\n'
                     + "".join(f"<script>{script}</script>\n" for script in scripts))


def notes(nb: nbformat.NotebookNode, name: str) -> str:
    """Return the notes of a deck, which lies in a file of that name, as a page to print: every slide with its notes."""
    deck, rows, column, row = nb.metadata.deck, [], 0, 0
    for cell in nb.cells:
        meta = cell.metadata
        if "slug" not in meta:
            continue
        first = not column or meta.slideshow.slide_type == "slide"
        column, row = (column + 1, 1) if first else (column, row + 1)
        rows.append(f"<h2>{column}. {inline(meta.heading)}</h2>" * first)
        told = "".join(map(prose, meta.notes)) or '<p class="none">As on the slide.</p>'
        rows.append(f'<section id="{meta.slug}"><h3><a href="{name}#/{meta.slug}">Slide {column}.{row}</a></h3>{told}</section>')
    title = f"Speaker's notes: {deck.title}"
    return _document(title, formulas.style() + _own("notes.css"), f"""<main><h1>{escape(title)}</h1>
<p>{deck.minutes} minutes, {deck.slides} slides. The same notes are in the deck's speaker view (key <kbd>s</kbd>).</p>
{"".join(rows)}</main>""")


def index(decks: dict[str, nbformat.NotebookNode]) -> str:
    """Return the page that lists decks, by their file names."""
    rows = "\n".join(
        f'<tr><td><a href="{name}">{escape(deck.title)}</a><p>{inline(deck.question)}</p></td><td>{deck.minutes}</td>'
        f'<td>{deck.slides}</td><td><a href="{name[:2]}_notes.html">notes to print</a></td>'
        f'<td><a href="{name}?print-pdf">print</a></td></tr>'
        for name, deck in ((name, nb.metadata.deck) for name, nb in decks.items()))
    return _document("Slides: theory-verification notebooks for the coverage principle",
                     formulas.style() + _own("notes.css"), f"""<main><h1>Slides</h1>
<p>One deck per notebook; every file stands alone and needs no network. Down: the same section; right: the next one.
Keys: <kbd>space</kbd> on, <kbd>Esc</kbd> overview, <kbd>s</kbd> speaker's notes, <kbd>c</kbd> the code behind a slide,
<kbd>?</kbd> help. "Print" opens a deck laid out for the browser's print dialogue.</p>
<div class="wide"><table><thead><tr><th scope="col">deck</th><th scope="col">minutes</th><th scope="col">slides</th>
<th scope="col">speaker</th><th scope="col">paper</th></tr></thead><tbody>
{rows}
</tbody></table></div></main>""")


def _document(title, style, body):
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{style}</style></head><body>{body}</body></html>
"""


def reveal_file(place: str) -> Path:
    """Return the path of one of reveal.js's files."""
    return Path(distribution(PACKAGE).locate_file(f"sphinx_revealjs/_static/revealjs/{place}"))


@cache
def _reveal(place):
    return re.sub(r"//# sourceMappingURL=\S*", "", reveal_file(place).read_text(encoding="utf-8"))


@cache
def _own(name):
    return (ASSETS / "slides" / name).read_text(encoding="utf-8")


@cache
def _fonts():
    rules = []
    for face, (weight, slope) in _FACES.items():
        data = base64.b64encode(reveal_file(f"dist/theme/fonts/source-sans-pro/source-sans-pro-{face}.woff").read_bytes())
        rules.append(f'@font-face {{ font-family: "Slides Sans"; font-weight: {weight}; font-style: {slope}; '
                     f'src: url(data:font/woff;base64,{data.decode()}) format("woff") }}')
    return "\n".join(rules)

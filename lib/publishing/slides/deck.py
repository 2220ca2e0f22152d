"""The HTML documents: nbconvert's slides in one page with reveal.js and all fonts inside, notes to print, an index."""

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from publishing import formulas
from publishing.guide import with_boards
from publishing.punctuation import named, tied

ASSETS = Path(__file__).parents[1] / "assets"
PACKAGE = "sphinx-revealjs"
"""Ships reveal.js and a text font as static files; nothing of Sphinx is imported."""


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
    font = reveal_file("dist/theme/fonts/source-sans-pro/source-sans-pro.css")
    style = [formulas.embedded(font), formulas.style(), _reveal("dist/reveal.css"), _own("slides.css"),
             HtmlFormatter(style="default").get_style_defs(".highlight")]
    scripts = [_reveal("dist/reveal.js"), _reveal("plugin/notes/notes.js"), _own("slides.js")]
    return _filled("document", title=nb.metadata.deck.title, style="\n".join(style), scripts=scripts,
                   body=f'<div class="reveal"><div class="slides">\n{shown}</div></div>')


def notes(nb: nbformat.NotebookNode, name: str) -> str:
    """Return the notes of a deck, which lies in a file of that name, as a page to print: every slide with its notes."""
    return _page(f"Speaker's notes: {nb.metadata.deck.title}", "notes", nb=nb, name=name)


def index(decks: dict[str, nbformat.NotebookNode]) -> str:
    """Return the page that lists decks, by their file names."""
    return _page("Slides: theory-verification notebooks for the coverage principle", "decks", decks=decks)


def handout(title: str, text: str) -> str:
    """Return a page to hand out, one sheet of A4 when it is printed; its drawings of references/boards are inside."""
    return _filled("document", title=title, style=formulas.style() + _own("handout.css"), scripts=[],
                   body=f"<main><h1>{title}</h1>{prose(with_boards(text))}</main>")


def _page(title, template, **values):
    return _filled("document", title=title, style=formulas.style() + _own("notes.css"), scripts=[],
                   body=_filled(template, title=title, **values))


def _filled(template, **values):
    if "body" in values:
        values["body"] = tied(named(values["body"]))
    return _exporter().environment.get_template(f"{template}.html.j2").render(values)


def reveal_file(place: str) -> Path:
    """Return the path of one of reveal.js's files."""
    return Path(distribution(PACKAGE).locate_file(f"sphinx_revealjs/_static/revealjs/{place}"))


@cache
def _reveal(place):
    return re.sub(r"//# sourceMappingURL=\S*", "", reveal_file(place).read_text(encoding="utf-8"))


@cache
def _own(name):
    return (ASSETS / "slides" / name).read_text(encoding="utf-8")

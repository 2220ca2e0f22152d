"""Stand-alone reveal.js slides from the slideshow metadata: one HTML file a notebook, no network, no server."""

import base64
import re
import sys
from html import escape
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from covtheory.claims.ledger import write_text
from covtheory.collection.contract import notebooks

_CSS = """
.reveal { font-size: 24px } .reveal h1 { font-size: 1.9em } .reveal h2 { font-size: 1.5em }
.reveal h1, .reveal h2, .reveal h3 { text-transform: none }
.reveal .slides section { text-align: left; max-height: 690px; overflow-y: auto }
.reveal pre { font-size: .6em; width: 100%; box-shadow: none; margin: .4em 0 }
.reveal pre.output { color: #333; background: #f6f6f6; padding: .5em; white-space: pre-wrap }
.reveal img { max-height: 18em; margin: .2em 0 } .reveal table { font-size: .7em }
.reveal summary { font-size: .6em; color: #555; cursor: pointer }
.reveal math { font-size: 1em } .reveal math[display="block"] { margin: .5em 0 }
"""


_FIT = """
function fit(slide) {
  for (let size = 24; size >= 13 && slide.scrollHeight > slide.clientHeight + 2; size--)
    slide.style.fontSize = size + "px";
}
Reveal.on("ready", event => fit(event.currentSlide));
Reveal.on("slidechanged", event => fit(event.currentSlide));
"""
"""Shrinks the text of a slide that does not fit, down to 13 of 720 lines; below that the slide scrolls."""


def slides(root: Path, only: str | None = None) -> int:
    """Write build/slides/NN_name.html for every notebook, or one; return the exit status."""
    try:
        assets, paths = _assets(), notebooks(root, only)
    except (PackageNotFoundError, ImportError, ValueError) as error:
        print(f"slides: {error}; make slides installs what it needs (requirements-slides.txt)", file=sys.stderr)
        return 1
    for path in paths:
        target = root / "build" / "slides" / f"{path.stem}.html"
        write_text(target, deck(nbformat.read(path, as_version=4), assets))
        print(f"build/slides/{target.name}")
    return 0


def deck(nb: nbformat.NotebookNode, assets: dict[str, str]) -> str:
    """Return one HTML document: a column of subslides per slide, fragments, notes; skipped cells left out."""
    columns: list[list[str]] = []
    for cell in nb.cells:
        kind, body = cell.metadata.get("slideshow", {}).get("slide_type", "-"), render(cell)
        if kind == "skip":
            continue
        if kind == "notes":
            body = f'<aside class="notes">{body}</aside>'
        if kind == "fragment":
            body = f'<div class="fragment">{body}</div>'
        if kind == "slide" or not columns:
            columns.append([body])
        elif kind == "subslide":
            columns[-1].append(body)
        else:
            columns[-1][-1] += "\n" + body
    sections = "\n".join(
        "<section>" + "\n".join(f"<section>{page}</section>" for page in pages) + "</section>" for pages in columns)
    title = escape(nb.cells[0].source.splitlines()[0].lstrip("# "))
    style = assets["reveal.css"] + assets["white.css"] + _CSS + HtmlFormatter().get_style_defs(".reveal pre")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head><body><div class="reveal"><div class="slides">
{sections}
</div></div><script>{assets["reveal.js"]}</script><script>{assets["notes.js"]}</script>
<script>{_FIT}
Reveal.initialize({{hash: true, width: 1280, height: 720, slideNumber: "c/t", plugins: [RevealNotes]}})</script>
</body></html>
"""


def render(cell: nbformat.NotebookNode) -> str:
    """Return a cell as HTML: Markdown with MathML, folded code, text and picture outputs."""
    if cell.cell_type == "markdown":
        return markdown(cell.source)
    code = highlight(cell.source, PythonLexer(), HtmlFormatter(nowrap=True))
    folded = f"<details><summary>code</summary><pre><code>{code}</code></pre></details>"
    shown = [_output(output) for output in cell.outputs]
    if any(body.startswith("<img") for body in shown):  # the digest under a figure is for the tests
        shown = [body if body.startswith("<img") else f"<details><summary>numbers drawn</summary>{body}</details>"
                 for body in shown]
    return folded + "".join(shown)


def markdown(text: str) -> str:
    """Return Markdown as HTML with its TeX turned into MathML.

    Examples
    --------
    >>> "$" in markdown("an $a^2$ b")
    False
    """
    return MarkdownWithMath(renderer=_MathMLRenderer(escape=False, exclude_anchor_links=True)).render(text)


class _MathMLRenderer(IPythonRenderer):
    def block_math(self, body):
        return _mathml(body, "block")

    def inline_math(self, body):
        return _mathml(body, "inline")

    def latex_environment(self, name, body):
        return _mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


def _mathml(body: str, display: str) -> str:
    return convert(re.sub(r"\\tag\{[^}]*\}", "", body), display=display)


def _output(output) -> str:
    if output.output_type == "stream":
        return f'<pre class="output">{escape(output.text)}</pre>'
    data = output.get("data", {})
    if "image/png" in data:
        alt = escape(output.metadata.get("image/png", {}).get("alt", ""), quote=True)
        picture = base64.b64encode(base64.b64decode(data["image/png"])).decode()
        return f'<img alt="{alt}" src="data:image/png;base64,{picture}">'
    if "text/markdown" in data:
        return markdown(data["text/markdown"])
    return f'<pre class="output">{escape(data.get("text/plain", ""))}</pre>'


def _assets() -> dict[str, str]:
    """Return reveal.js's files from the package that ships them, without its web fonts."""
    package = distribution("sphinx-revealjs")
    places = {"reveal.css": "dist/reveal.css", "white.css": "dist/theme/white.css", "reveal.js": "dist/reveal.js",
              "notes.js": "plugin/notes/notes.js"}
    files = {name: Path(package.locate_file(f"sphinx_revealjs/_static/revealjs/{place}")).read_text(encoding="utf-8")
             for name, place in places.items()}
    files["white.css"] = re.sub(r"@import[^;]+;", "", files["white.css"])
    files["reveal.js"] = re.sub(r"//# sourceMappingURL=.*", "", files["reveal.js"])
    return files

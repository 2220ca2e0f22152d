"""Slides stand alone: every picture and script inline, skipped cells left out, mathematics without a network."""

import re

import nbformat
import pytest

from covtheory.collection.slides import deck, markdown

ASSETS = {"reveal.css": "", "white.css": "", "reveal.js": "", "notes.js": ""}


def cell(kind, source, slide):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    made = make(source)
    made.metadata["slideshow"] = {"slide_type": slide}
    return made


def test_columns_subslides_fragments_notes_and_skips_follow_the_metadata():
    nb = nbformat.v4.new_notebook(cells=[
        cell("markdown", "# 01. Title", "slide"), cell("markdown", "hidden", "skip"), cell("code", "x = 1", "-"),
        cell("markdown", "below", "subslide"), cell("markdown", "later", "fragment"), cell("markdown", "say", "notes"),
        cell("markdown", "## Next", "slide")])
    page = deck(nb, ASSETS)
    assert page.count("<section>") == 2 + 3
    assert "hidden" not in page
    assert '<div class="fragment">' in page
    assert '<aside class="notes">' in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)


@pytest.mark.parametrize("tex", [r"$\frac{a}{b}$", r"$$\sum_{y} \pi_D(y) \log \frac{\pi_D}{\pi}$$",
                                 r"\begin{align} a &= b \\ c &= d \end{align}"])
def test_mathematics_becomes_mathml(tex):
    html = markdown(f"text {tex} text" if tex.startswith("$") else tex)
    assert "<math" in html
    assert "$" not in html
    assert "\\" not in html

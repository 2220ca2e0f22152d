"""The site's own Sphinx extension: mathematics set in the page, and as plain text in titles and search.

Sphinx and docutils are imported inside, so that the rest of the library needs neither.
"""

from publishing import formulas


def setup(app) -> dict:
    """Register with Sphinx."""
    app.add_html_math_renderer("stored", (_inline, None), (_block, None))
    app.connect("doctree-read", _prepare, priority=100)  # before titles are collected
    app.connect("html-page-context", _captions, priority=900)  # after the theme has made its navigation
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _captions(app, page, template, context, doctree) -> None:
    """Make the sidebar's captions plain text: as headings without a level they would be invalid."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree.replace(' role="heading"', "")


def _prepare(app, doctree) -> None:
    """Set every formula, and leave plain text in its place."""
    from docutils import nodes
    from sphinx.util import logging

    for node in [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]:
        tex, display = node.astext(), node.tagname == "math_block"
        try:
            node["html"] = formulas.html(tex, display)
        except ValueError as error:
            logging.getLogger(__name__).warning(str(error), location=node)
            node["html"] = ""
        node.children = []
        node += nodes.Text(formulas.plain(tex))


def _inline(translator, node) -> None:
    _write(translator, f'<span class="math">{node["html"]}</span>')


def _block(translator, node) -> None:
    _write(translator, f'<div class="math">{node["html"]}</div>')


def _write(translator, text):
    from docutils import nodes

    translator.body.append(text)
    raise nodes.SkipNode

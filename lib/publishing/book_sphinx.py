"""The site's own Sphinx extension: mathematics as MathML in the page and as plain text in titles and search.

Sphinx and docutils are imported inside, so that the rest of the library needs neither.
"""

from publishing.mathematics import mathml, plain


def setup(app) -> dict:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("doctree-read", _prepare, priority=100)  # before titles are collected
    app.connect("html-page-context", _captions, priority=900)  # after the theme has made its navigation
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _captions(app, page, template, context, doctree) -> None:
    """Make the sidebar's captions plain text: as headings without a level they would be invalid."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree.replace(' role="heading"', "")


def _prepare(app, doctree) -> None:
    """Keep the TeX of every formula aside and leave plain text in its place."""
    from docutils import nodes
    from sphinx.util import logging

    for node in [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]:
        node["tex"] = node.astext()
        try:
            text, node["mathml"] = plain(node["tex"]), _element(node)
        except ValueError as error:
            logging.getLogger(__name__).warning(str(error), location=node)
            text, node["mathml"] = "", ""
        node.children = []
        node += nodes.Text(text)


def _element(node):
    return mathml(node["tex"], "block" if node.tagname == "math_block" else "inline")


def _inline(translator, node) -> None:
    from docutils import nodes

    following = node.next_node(descend=False, siblings=True)
    glued = isinstance(following, nodes.Text) and following[:1] in tuple(".,;:!?)’”")
    glue = "&#8288;" if glued else ""  # a line must not start with the full stop after a formula
    translator.body.append(f'<span class="math">{node["mathml"]}{glue}</span>')
    raise nodes.SkipNode


def _block(translator, node) -> None:
    from docutils import nodes

    translator.body.append(f'<div class="math">{node["mathml"]}</div>')
    raise nodes.SkipNode

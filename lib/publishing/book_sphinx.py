"""The site's own Sphinx extension: mathematics set in the page, and as plain text in titles and search.

Sphinx and docutils are imported inside, so that the rest of the library needs neither.
"""

import hashlib
import re
from pathlib import Path

from publishing import formulas, statements
from publishing.punctuation import named, tied, unbroken

PLAIN = ("index", "errata", "nonclaims", "proofs", "measuring", "using")
"""Pages, and those of the guide, whose text is written as the register is, without TeX: it is set by its grammar."""

NARROW = "narrow"
"""Folder of the pictures for narrow screens; each is named by the digest of the picture that it stands for."""

EXPLORER = ('<p class="caption"><span class="caption-text">Play</span></p><ul><li class="toctree-l1">'
            '<a class="reference external" href="explorer.html">The explorer</a></li></ul>')


def setup(app) -> dict:
    """Register with Sphinx."""
    from sphinx.transforms import SphinxTransform

    class Indexed(SphinxTransform):
        """Cards of claims are entries of the index, which search finds first."""

        default_priority = 840  # before the index is read

        def apply(self, **options) -> None:
            _index(self.document)

    app.add_transform(Indexed)
    app.add_html_math_renderer("stored", (_inline, None), (_block, None))
    app.connect("doctree-read", _prepare, priority=100)  # before titles are collected
    app.connect("html-page-context", _finished, priority=900)  # after the theme has made its navigation
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _finished(app, page, template, context, doctree) -> None:
    """Make the sidebar's captions plain text (headings without a level are invalid), and link the explorer there;
    tie formulas to what touches them, and name links that are formulas.
    """
    for part in ("body", "toc"):
        if part in context:
            context[part] = tied(unbroken(named(_jointed(_narrow(app, context[part])))))
    if tree := context.get("furo_navigation_tree"):
        explorer = EXPLORER * (Path(app.srcdir) / "_extra" / "explorer.html").exists()
        context["furo_navigation_tree"] = tree.replace(' role="heading"', "") + explorer


def _narrow(app, html):
    """Let a narrow screen have the panels of a picture one above the other, where the source has such a picture."""
    files = {Path(name).name: app.srcdir / uri for uri, (_, name) in app.env.images.items()}

    def one(picture):
        source = files.get(Path(picture["file"]).name)
        digest = source and hashlib.sha256(source.read_bytes()).hexdigest()
        if not source or not (app.srcdir / "_extra" / NARROW / f"{digest}.png").exists():
            return picture[0]
        return f'<picture><source media="(max-width: 40rem)" srcset="{NARROW}/{digest}.png">{picture[0]}</picture>'

    return re.sub(r'<img [^>]*src="(?P<file>_images/[^"]+)"[^>]*>', one, html)


def _jointed(html):
    """Let a long name in a table go on in the next line behind a joint of it."""
    return re.sub(r'(?<=<span class="pre">)[\w./\[\]]{12,}(?=</span></code>)',
                  lambda name: re.sub(r"(?<=[\w])([_./]+)(?=\w)", r"\1<wbr>", name[0]), html)


def _prepare(app, doctree) -> None:
    """Set every formula, and leave plain text in its place."""
    from docutils import nodes
    from sphinx.util import logging

    if app.env.docname in PLAIN or app.env.docname.startswith("teaching"):
        _typeset(doctree)
    for node in [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]:
        tex, display = node.astext(), node.tagname == "math_block"
        try:
            node["html"] = formulas.html(tex, display)
        except ValueError as error:
            logging.getLogger(__name__).warning(str(error), location=node)
            node["html"] = ""
        node.children = []
        node += nodes.Text(formulas.plain(tex))


def _index(doctree) -> None:
    """Put an entry of the index before every card of a claim; it leads to the card."""
    from docutils import nodes
    from sphinx import addnodes

    for node in list(doctree.findall(nodes.raw)):
        if found := re.match(r'<section class="claim [^>]*id="claim-([\w-]+)"', node.astext()):
            node.parent.insert(node.parent.index(node), addnodes.index(entries=[
                ("single", found[1], f"claim-{found[1]}", "main", None)]))


def _typeset(doctree) -> None:
    """Put formulas where plain text has them; code and what is set already stay as they are."""
    from docutils import nodes

    kept = (nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block, nodes.title)
    for parent in {node.parent for node in doctree.findall(nodes.Text)}:  # a text has a node for every line
        for at in range(len(parent) - 1, 0, -1):
            if isinstance(parent[at], nodes.Text) and isinstance(parent[at - 1], nodes.Text):
                parent[at - 1:at + 1] = [nodes.Text(parent[at - 1].astext() + parent[at].astext())]
    for node in list(doctree.findall(nodes.Text)):
        at = node.parent.index(node)
        code = at and isinstance(node.parent[at - 1], nodes.raw) and node.parent[at - 1].astext().endswith("<code>")
        made = statements.pieces(node.astext())
        understood = all(statements.understood(tex) for math, tex in made if math)
        if not isinstance(node.parent, kept) and not code and understood:
            node.parent.replace(node, [nodes.math(part, part) if math else nodes.Text(part) for math, part in made])


def _inline(translator, node) -> None:
    _write(translator, f'<span class="math">{node["html"]}</span>')


def _block(translator, node) -> None:
    _write(translator, f'<div class="math">{node["html"]}</div>')


def _write(translator, text):
    from docutils import nodes

    translator.body.append(text)
    raise nodes.SkipNode

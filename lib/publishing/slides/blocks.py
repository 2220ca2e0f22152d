"""Cells become blocks that a slide can hold: sentences, formulas, table rows, figures, outputs, verdicts."""

import base64
import io
import re
from dataclasses import dataclass, field
from html import escape

from bs4 import BeautifulSoup, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from PIL import Image

from claimcheck.record import MIME
from publishing.slides import flow, tables, verdict
from publishing.slides.measure import BASE, MONO, WIDTH

STATEMENT = r"(Theorem|Lemma|Proposition|Corollary|Definition|Fact)\b"
"""What opens a statement that is shown in a box, when set in bold."""

ASIDE = r"(Remark|Example|Note|Reading|Why|Check|Step|What|How)"
"""What opens a comment after a statement, when set apart by its type."""

MOST_OUTPUT = 12
"""Lines of printed output that a slide shows."""

BOX = 44
"""What a box (theorem, verdict) adds to the left and right of its text."""


@dataclass
class Block:
    """A part that stays whole on a slide.

    ``group`` joins blocks of one paragraph, list or table; ``words`` is text that flows on with its group;
    everything else has its own ``height``.
    """

    kind: str
    group: int
    html: str = ""
    height: float = 0.0
    words: list = field(default_factory=list)
    role: str = ""
    cost: float = 0.0
    holds_next: bool = False
    fragment: int = 0
    notes: list = field(default_factory=list)
    code: list = field(default_factory=list)
    data: dict = field(default_factory=dict)


class Groups:
    """Hands out group numbers."""

    def __init__(self):
        self.last = 0

    def __call__(self) -> int:
        self.last += 1
        return self.last


class _Renderer(IPythonRenderer):
    """Leaves placeholders for formulas: they are measured before they are written."""

    def __init__(self, formulas, **options):
        super().__init__(**options)
        self.formulas = formulas

    def _hold(self, tex, display):
        number = str(len(self.formulas))
        self.formulas[number] = tex
        return f'<x-math n="{number}" display="{display}"></x-math>'

    def block_math(self, body):
        return self._hold(body, "block")

    def inline_math(self, body):
        return self._hold(body, "inline")

    def latex_environment(self, name, body):
        return self._hold(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


def parse(text: str) -> tuple[Tag, dict[str, str]]:
    """Return Markdown as a tree, its formulas replaced by placeholders, and the formulas."""
    formulas: dict[str, str] = {}
    renderer = _Renderer(formulas, escape=False, exclude_anchor_links=True)
    return BeautifulSoup(MarkdownWithMath(renderer=renderer).render(text), "html.parser"), formulas


def inline(text: str, size: float = BASE) -> str:
    """Return Markdown of one paragraph as HTML without the paragraph.

    Examples
    --------
    >>> inline("Use *both*: $x$.").startswith('Use <em>both</em>: <span class="tied"><math')
    True
    """
    tree, formulas = parse(text)
    out = []
    for child in tree.find_all(["p", "h1", "h2", "h3", "li"]) or [tree]:
        parts = flow.pieces(child, formulas, size, WIDTH)
        out += [part.html if isinstance(part, flow.Formula) else flow.html([part]) for part in parts]
    return " ".join(out)


def prose(text: str) -> str:
    """Return Markdown as HTML for the notes: as written, with its formulas."""
    tree, formulas = parse(text)
    for held in tree.find_all("x-math"):
        made = flow.mathml.html(flow.mathml.mathml(formulas[held["n"]], held["display"]))
        held.replace_with(BeautifulSoup(made, "html.parser"))
    for heading in tree.find_all(re.compile("^h[1-6]$")):
        heading.name = "h4"
        heading.attrs = {}
    return str(tree)


def of_markdown(text: str, groups: Groups) -> tuple[str | None, list[Block]]:
    """Return the section heading that a cell opens with (HTML), if any, and its blocks."""
    tree, formulas = parse(text)
    heading, found = None, []
    for node in tree.children:
        if not isinstance(node, Tag):
            continue
        if node.name in ("h1", "h2"):
            heading = flow.html(flow.pieces(node, formulas, BASE, WIDTH))
        elif node.name in ("h3", "h4"):
            words = flow.pieces(node, formulas, 30, WIDTH)
            found.append(Block("heading", groups(), html=f"<h3>{flow.html(words)}</h3>", cost=-1, holds_next=True,
                               height=flow.height(words, 30, WIDTH) + 14))
        elif node.name == "p":
            found += _paragraph(node, formulas, groups())
        elif node.name in ("ul", "ol"):
            found += _list(node, formulas, groups())
        elif node.name == "table":
            found += [Block(**fields) for fields in tables.rows(node, formulas, groups())]
        elif node.name == "x-math":
            found += _formula_alone(node, formulas, groups())
        else:
            found += of_output_text(node.get_text().rstrip(), groups)
    return heading, found


def _paragraph(node, formulas, group):
    """Return a paragraph's blocks: a statement is boxed from its name on, a proof is a paragraph of its own."""
    start = node.get_text(" ", strip=True)
    boxed = node.find("strong") and re.search(STATEMENT, start)
    found = _sentences(flow.pieces(node, formulas, BASE, WIDTH - BOX if boxed else WIDTH), group, "")
    role, shift = "", 0.0
    for block in found:
        lead = _lead(block)
        turn = "theorem" if re.match(STATEMENT, lead) else "proof" if re.match("Proof", lead) else None
        if turn is None and role == "theorem" and (re.match(ASIDE, lead) or _bold(block)):
            turn = ""
        if turn is None and block is not found[0] and re.fullmatch(r"\(?(\d\d-)?[a-h]\)?\.?", lead) and _bold(block):
            shift += 0.01
            block.cost = 0.0
        if turn is not None and turn != role:
            role = turn
            if block is not found[0]:
                shift += 0.01
                block.cost = {"theorem": -0.3, "proof": 0.0}.get(role, 0.5)
        block.role, block.group = role, group + shift
        if role == "proof" and block.words and block.words[-1].text.endswith(("□", "◻", "∎")):
            role, shift = "", shift + 0.01
    return found


def _bold(block):
    return bool(block.words) and "strong" in block.words[0].parts[0][0]


def _lead(block):
    """Return the words in bold or slanted type that a sentence opens with."""
    lead = []
    for word in block.words:
        if not {"strong", "em"} & set(word.parts[0][0]):
            break
        lead.append(word.text)
    return " ".join(lead)


def _sentences(parts, group, role, cost=2.0, **extra):
    found, run = [], []

    def flush():
        for sentence in flow.sentences(run):
            step = "strong" in sentence[0].parts[0][0] or "em" in sentence[0].parts[0][0]
            found.append(Block("text", group, words=sentence, role=role, cost=cost / 2 if step else cost, data=extra))
        run.clear()

    for part in parts:
        if isinstance(part, flow.Formula):
            flush()
            if found and found[-1].kind == "text":
                found[-1].holds_next = True
            found.append(Block("formula", group, html=part.html, height=part.height, role=role, cost=cost * 2))
        else:
            run.append(part)
    flush()
    for block, before in zip(found[1:], found, strict=False):
        if before.kind == "formula" and block.kind == "text" and block.words[0].text[:1].islower():
            block.cost = cost * 2
    if found:
        found[0].cost = 0.5 if role == "proof" else -0.5 if role == "theorem" else 0.0
        if extra:
            found[0].cost = 0.6
    return found


def _formula_alone(node, formulas, group):
    shown = flow.displayed(flow.mathml.mathml(formulas[node["n"]], node["display"]), BASE, WIDTH)
    return [Block("formula", group, html=shown.html, height=shown.height, cost=1.0)]


def _list(node, formulas, group):
    found = []
    for number, item in enumerate(node.find_all("li", recursive=False), start=int(node.get("start", 1))):
        holder = item.find("p") or item
        parts = flow.pieces(holder, formulas, BASE, WIDTH - 40)
        found += _sentences(parts, group, "item", list=node.name, number=number)
    return found


def of_code(cell, ledger: dict, register: dict, groups: Groups) -> list[Block]:
    """Return what a code cell shows: its figure without the digest, its verdicts in words, its printed lines, cut."""
    outputs = cell.outputs
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    found = [_figure(output, groups()) for output in pictures]
    for output in outputs:
        data = output.get("data", {})
        if MIME in data:
            found.append(verdict.card(data[MIME], ledger, register, groups()))
        elif output.output_type == "stream" and not pictures:
            found += of_output_text(output.text.rstrip("\n"), groups)
        elif "text/markdown" in data:
            found += of_markdown(data["text/markdown"], groups)[1]
        elif "image/png" not in data and "text/plain" in data:
            found += of_output_text(data["text/plain"], groups)
    return found


def of_output_text(text: str, groups: Groups) -> list[Block]:
    """Return printed lines as one block, cut after some with a pointer to the notebook."""
    lines = text.splitlines()
    if not "".join(lines).strip():
        return []
    rest = len(lines) - MOST_OUTPUT
    if rest > 1:
        lines = [*lines[:MOST_OUTPUT], f"… {rest} more lines in the notebook"]
    per_line = int((WIDTH - 32) / (0.603 * MONO)) - 3
    count = sum(max(1, -(-len(line) // per_line)) for line in lines)
    shown = "\n".join(escape(line, quote=False) for line in lines)
    return [Block("output", groups(), html=f'<pre class="output">{shown}</pre>', height=count * 1.35 * MONO + 40,
                  cost=0.3)]


def _figure(output, group):
    data = base64.b64decode(output["data"]["image/png"])
    alt = output.metadata.get("image/png", {}).get("alt", "")
    with Image.open(io.BytesIO(data)) as picture:
        size = picture.size
    return Block("figure", group, cost=-1, data={
        "png": base64.b64encode(data).decode(), "alt": alt, "size": size, "caption": []})

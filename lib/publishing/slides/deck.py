"""A deck: a notebook's sections as columns of slides, their names for links, their notes."""

import re
from dataclasses import dataclass, field
from html import escape

import nbformat
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from publishing.slides import blocks, covers, flow, notes, pages
from publishing.slides.measure import BASE, CAPTION
from publishing.slides.pages import Page

CODE_STYLE = "default"
SUBSLIDE = -2.0
"""What a cut before an output is worth where the author asked for it: made unless both slides are nearly empty."""

SHORT_CAPTION = 36
"""Words of a caption that a slide shows, in whole sentences; all of it is in the notes."""


@dataclass
class Section:
    """One column of slides: a heading, and runs of blocks between the author's own breaks."""

    heading: str
    runs: list[list[blocks.Block]] = field(default_factory=lambda: [[]])
    asides: list[str] = field(default_factory=list)
    words: int = 0
    pages: list[Page] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The heading without markup."""
        return flow.plain(self.heading)


@dataclass
class Deck:
    """A notebook as slides."""

    number: str
    title: str
    question: str
    minutes: int
    sections: list[Section]

    @property
    def count(self) -> int:
        """The number of slides."""
        return sum(len(section.pages) for section in self.sections)


def make(nb: nbformat.NotebookNode, ledger: dict, register: dict, teaching: str = "") -> Deck:
    """Return the deck of a notebook, from its stored outputs and slideshow metadata."""
    groups = blocks.Groups()
    opening = nb.cells[0].source
    title = re.match(r"# (.+)", opening).group(1)
    number = title[:2]
    found = re.search(r"\*\*Minutes\*\*:? *(\d+)", opening + (nb.cells[1].source if len(nb.cells) > 1 else ""))
    minutes = int(found.group(1)) if found else 0
    asked = re.search(r"^\*\*The question\.\*\* (.+)$", opening, re.MULTILINE)
    question = asked.group(1) if asked else ""
    deck = Deck(number, title, question, minutes, _sections(nb, ledger, register, groups, question))
    for section in deck.sections[1:]:
        section.pages = [page for run in section.runs if run for page in pages.paginate(run)]
    first = deck.sections[0]
    rest = [page for run in first.runs if run for page in pages.paginate(run)]
    records = covers.records(nb)
    first.pages = [Page([], body=covers.opening(deck, records)), *rest, covers.contents(deck, list(_slugs(deck)))]
    held = [blocks.Block(**fields) for fields in covers.checked(records, groups())]
    if held:
        deck.sections.append(Section("What was checked", pages=pages.paginate(held)))
    _finish(deck, teaching)
    return deck


def _sections(nb, ledger, register, groups, question):
    found: list[Section] = []
    fragment, pending, exercises = 0, [], r"^\s*check\("
    for position, cell in enumerate(nb.cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if kind in ("skip", "notes"):
            _aside(found, cell, kind, exercises)
            continue
        if cell.cell_type == "markdown":
            source = cell.source
            if position == 0 and question:
                source = source.replace(f"**The question.** {question}", "")
            heading, made = blocks.of_markdown(source, groups)
        else:
            heading, made = None, blocks.of_code(cell, ledger, register, groups)
            pending.append(_coloured(cell.source))
        if not found or (kind == "slide" and heading):
            found.append(Section(heading or ""))
        elif kind == "slide" or (kind == "subslide" and cell.cell_type == "markdown"):
            found[-1].runs.append([])
        elif kind == "subslide" and made:
            made[0].cost = min(made[0].cost, SUBSLIDE)
        if heading and kind != "slide" and found[-1].heading != heading and position:
            found.append(Section(heading))
        section = found[-1]
        section.words += len(cell.source.split())
        fragment += 1
        if kind == "fragment":
            for block in made:
                block.fragment = fragment
        made = _captions(section, cell, made)
        if made and made[0].kind == "figure":
            _captioned_before(section, made[0])
        section.runs[-1] += made
        if pending and section.runs[-1]:
            section.runs[-1][-1].code += pending
            pending = []
    return found


def _captions(section, cell, made):
    """Give a first paragraph that starts with "Figure" to the figure before it; return the blocks that remain."""
    before = [block for run in section.runs for block in run]
    part = [block for block in made if block.group == made[0].group]
    if cell.cell_type != "markdown" or not before or not _is_caption(part) or before[-1].kind != "figure" or before[
            -1].data["caption"]:
        return made
    _caption(before[-1], part)
    return made[len(part):]


def _is_caption(part):
    return bool(part) and all(block.kind == "text" for block in part) and part[0].words[0].text.startswith("Figure")


def _captioned_before(section, figure):
    """Take the paragraph that starts with "Figure" just before a figure as its caption."""
    run = section.runs[-1]
    for last in reversed(run[-3:]):
        part = [block for block in run if block.group == last.group]
        if _is_caption(part):
            section.runs[-1] = [block for block in run if block.group != last.group]
            _caption(figure, part)
            figure.notes += [text for block in part for text in block.notes]
        if last.kind != "output":
            return


def _caption(figure, part):
    sentences = [[flow.scaled(word, CAPTION / BASE) for word in block.words] for block in part]
    shown = list(sentences[0])
    for i, sentence in enumerate(sentences[1:], start=1):
        if i > 1 and len(shown) + len(sentence) > SHORT_CAPTION:
            full = flow.html([word for words in sentences for word in words])
            figure.notes.append(f"<p><strong>Caption, in full:</strong> {full}</p>")
            break
        shown += sentence
    figure.data["caption"] = shown


def _aside(found, cell, kind, exercises):
    if not found or not cell.source.strip():
        return
    if cell.cell_type == "markdown":
        label = "" if kind == "notes" else '<p class="skipped"><strong>Not on the slides:</strong></p>'
        text = f"{label}{blocks.prose(cell.source)}"
        run = found[-1].runs[-1]
        (run[-1].notes if run else found[-1].asides).append(text)


def _coloured(source):
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True, style=CODE_STYLE)).rstrip("\n")


def _slugs(deck):
    seen: dict[str, int] = {}
    for section in deck.sections[1:]:
        slug = covers.slugify(section.title)
        seen[slug] = seen.get(slug, 0) + 1
        yield slug if seen[slug] == 1 else f"{slug}-again-{seen[slug]}"


def _finish(deck, teaching):
    """Number the parts, name the links, gather the notes."""
    slugs = ["title", *_slugs(deck)]
    told = notes.teaching_of(teaching, deck.number)
    total = sum(section.words for section in deck.sections) or 1
    for section, slug in zip(deck.sections, slugs, strict=True):
        for i, page in enumerate(section.pages, start=1):
            page.heading = page.heading or section.heading
            page.part, page.parts = i, len(section.pages)
            page.slug = slug if i == 1 else f"{slug}-{i}"
            page.body = page.body or pages.render(page.blocks)
            page.notes += [text for block in page.blocks for text in block.notes]
            page.notes += [f"<p><strong>Picture:</strong> {escape(block.data['alt'])}</p>" for block in page.blocks
                           if block.kind == "figure"]
        lead = notes.lead(section, told, round(deck.minutes * section.words / total))
        if section.pages:
            section.pages[0].notes = [*lead, *section.asides, *section.pages[0].notes]

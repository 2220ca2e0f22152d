"""A stored notebook made ready for nbconvert: slides named, verdicts in words, what is not shown gathered as notes."""

import re
from html import escape
from itertools import pairwise

import nbformat

from claimcheck.record import MIME, tally
from publishing.book_cells import take_caption
from publishing.guide import with_boards
from publishing.heads import head, slugify
from publishing.numerals import typeset
from publishing.slides import pictures, sources, summaries, verdict
from publishing.statements import in_markdown

MOST_OUTPUT = 12
"""Lines of printed output that a slide shows."""

ROWS = 9
"""Claims in the closing table of one slide."""

def prepared(nb: nbformat.NotebookNode, register: dict, guide: str = "", written: str = "",
             bibliography: dict | None = None) -> nbformat.NotebookNode:
    """Return a copy whose cells are what a deck shows, each first cell of a slide with its name, heading and notes.

    Parameters
    ----------
    register : dict
        The registrations of the claims.
    guide : str
        The teaching guide; what it says on a section opens the notes of that section's first slide.
    written : str
        The summary slides, see :mod:`publishing.slides.summaries`: each stands above what the notebook has to say.
    bibliography : dict, optional
        From :func:`publishing.bibliography.read`: the title slide names those of its works that the notebook is after.
    """
    facts = head(nb)._asdict()
    opening, sections = columns(nb, register, guide, written)
    opening[0].source = "\n\n".join(filter(None, [
        opening[0].source, sources.after(sources.works(nb, bibliography or {}))]))
    records = [output["data"][MIME] for cell in nb.cells for output in cell.get("outputs", [])
               if MIME in output.get("data", {})]
    if records:
        holds = all(record["status"] == "holds" for record in records)
        opening[0].source += (f"\n\n**Checked** {len(records)} claim{'s' * (len(records) != 1)}: "
                              f"{'all hold' if holds else tally(records)}.")
    end = [new(_table(records[start:start + ROWS]), "subslide" if start else "slide", "What was checked")
           for start in range(0, len(records), ROWS)]
    contents = new("", "subslide", "Sections")
    made = [opening[0], contents, *opening[1:], *(cell for column in sections.values() for cell in column), *end]
    contents.source = "\n".join(f"- [{cell.metadata.heading}](#/{cell.metadata.slug})" for cell in named(made)[2:]
                                if cell.metadata.slideshow.slide_type == "slide")
    return deck_of(made, facts, nb.metadata)


def columns(nb: nbformat.NotebookNode, register: dict, guide: str, written: str) -> tuple[list, dict[str, list]]:
    """Return the cells of a notebook's first column, and by heading those of the column of each section.

    Parameters are those of :func:`prepared`.
    """
    found, made, drawn = summaries.blocks(written), [], pictures.of(nb)
    for cell in nb.cells:
        _add(made, cell, register, found, drawn)
    _open(made[0], head(nb))
    told = teaching_of(guide, head(nb).title[:2])
    made[0].metadata.notes[:0] = filter(None, [told.get("")])
    starts = [number for number, cell in enumerate(made) if _kind(cell) == "slide" and number]
    opening, sections = made[:starts[0] if starts else len(made)], {}
    for start, end in pairwise([*starts, len(made)]):
        heading = made[start].metadata.heading
        made[start].metadata.notes[:0] = filter(None, [told.get(heading)])
        sections[heading] = made[start:end]
    return opening, sections


def deck_of(made: list, facts: dict, metadata: dict) -> nbformat.NotebookNode:
    """Return cells whose slides are named as a notebook for :func:`publishing.slides.deck.html`."""
    facts["slides"] = sum("slug" in cell.metadata for cell in made)
    return nbformat.v4.new_notebook(cells=made, metadata={**metadata, "deck": facts})


def _open(cell, facts):
    """Leave the question on the title slide; the rest of the notebook's head goes to its notes."""
    cell.metadata.opening = True
    cell.metadata.notes[:0] = [re.sub(r"\*\*The question\.\*\* .+\n*", "", cell.source)]
    cell.source = f"**The question.** {facts.question}"


def _add(made, cell, register, written, drawn):
    """Add what a deck shows of a cell; what it does not show, and what to say, goes to the notes so far."""
    kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
    if kind in ("skip", "notes"):
        if cell.cell_type == "markdown" and made:
            label = "**Not on the slides:**\n\n" if kind == "skip" else ""
            _starts(made)[-1].metadata.notes.append(label + cell.source)
        return
    if cell.cell_type == "markdown":
        for number, part in enumerate(_parts(cell)):
            part, after = _captioned(part, made, made)
            made += _shown(part, "subslide" if number else kind, written, drawn, first=not made)
            made += [new(after, "subslide")] if after else []
    else:
        shown = nbformat.v4.new_code_cell(cell.source, metadata=new("", kind).metadata, outputs=_outputs(cell))
        shown.metadata.points = pictures.letters(cell.source)
        if any("image/png" in output.get("data", {}) for output in shown.outputs):
            shown.metadata.caption, _ = _captioned(take_caption(made), made, [shown])
        elif shown.outputs and kind in ("-", "fragment") and _pictures(made):
            shown.metadata.slideshow.slide_type = kind = "subslide"
        if not shown.outputs and kind == "fragment":
            shown.metadata.slideshow.slide_type = "-"
        made.append(shown)
    for output in cell.get("outputs", []):
        if MIME in output.get("data", {}):
            _starts(made)[-1].metadata.notes.append(verdict.note(output["data"][MIME], register))
        elif "image/png" in output.get("data", {}):
            _starts(made)[-1].metadata.notes.append(f"**Picture:** {output.metadata['image/png']['alt']}")


def _captioned(text, made, near):
    """Text in two, what stands here and what needs a slide of its own, if it begins with a caption; its rest: notes."""
    caption, _, after = text.partition("\n\n")
    if not caption.startswith("**Figure ") or not made:
        return text, ""
    drawn = _pictures(near)
    shown, rest = pictures.cut(caption, *[pictures.words_below(*one) for one in drawn[-1:]])
    if rest:
        _starts(made)[-1].metadata.notes.append(f"**Not on the slides:**\n\n{rest}")
    short = summaries.words(f"{shown} {after}") <= pictures.CAPTION
    return (f"{shown}\n\n{after}", "") if short else (shown, after)


def _pictures(made):
    """The pictures of the last slide so far, each with the size in points of its smallest letter."""
    last = next(at for at in reversed(range(len(made))) if made[at] is _starts(made)[-1])
    return [(output, cell.metadata.points) for cell in made[last:] for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})]


def _shown(part, kind, written, drawn, first):
    """The cells of one part of a text: a level-2 heading opens a column, with its summary on top if one is written."""
    if not (heading := re.match(r"##? (.+)\n*", part)):
        return [new(part, "subslide" if kind == "slide" and not first else kind)]
    name, text = heading.group(1).strip(), part[heading.end():]
    if name not in written:
        return [new(text, "slide", name)]
    return [*summary(name, written[name], drawn), new(text, "subslide", name)]


def summary(heading: str, body: str, drawn: list) -> list[nbformat.NotebookNode]:
    """Return what opens a column: a summary with its picture, or the text and then the picture with its one line.

    ``drawn`` are the pictures that it may show.
    """
    wanted = summaries.parsed(body)
    made = [new(wanted.above, "slide", heading)]
    made[0].metadata.summary = {"below": wanted.below}
    if wanted.figure:
        picture = wanted.shown(drawn)
        if wanted.alone(picture):
            made.append(new("", "subslide", heading))
            made[-1].metadata.summary = {"below": typeset(escape(picture.alt)), "alone": True}
        made[-1].metadata.summary |= picture._asdict()
    return made


def new(source: str, kind: str, heading: str | None = None) -> nbformat.NotebookNode:
    """Return a Markdown cell that opens a slide, or stands on one, by the kinds of nbconvert."""
    return nbformat.v4.new_markdown_cell(source, metadata={
        "slideshow": {"slide_type": kind}, "notes": [], **({"heading": heading} if heading else {})})


def _parts(cell):
    """The text in parts, one a slide: at level-2 headings, and at lines that begin as ``breaks`` says (metadata)."""
    lines = cell.source.splitlines(keepends=True)
    places = {number for number, line in enumerate(lines) if line.startswith("## ")} | {0}
    for start in cell.metadata.get("slideshow", {}).get("breaks", []):
        found = [number for number, line in enumerate(lines) if line.startswith(start)]
        if len(found) != 1:
            raise ValueError(f"slideshow metadata: breaks: {len(found)} lines begin with {start!r}, expected one, in "
                             f"the cell that begins with {lines[0].strip()[:60]!r}")
        places.add(found[0])
    return ["".join(lines[start:end]) for start, end in pairwise([*sorted(places), len(lines)])]


def _kind(cell):
    return cell.metadata.slideshow.slide_type


def _starts(made):
    """The cells that open a slide."""
    return [cell for cell in made if cell is made[0] or _kind(cell) in ("slide", "subslide")]


def _outputs(cell):
    """What a slide shows of the outputs: a figure without its numbers, verdicts in words, printed lines up to some."""
    shown, figure = [], any("image/png" in output.get("data", {}) for output in cell.outputs)
    for output in cell.outputs:
        data = output.get("data", {})
        if MIME in data:
            shown.append(nbformat.v4.new_output("display_data", {"text/html": verdict.card(data[MIME])}))
        elif output.output_type == "stream" or set(data) == {"text/plain"}:
            lines = "".join(output.get("text", data.get("text/plain", ""))).rstrip().splitlines()
            if len(lines) > MOST_OUTPUT + 1:
                lines[MOST_OUTPUT:] = [f"… {len(lines) - MOST_OUTPUT} more lines in the notebook"]
            if lines and not figure:
                shown.append(nbformat.v4.new_output("stream", text="\n".join(lines)))
        else:
            shown.append(nbformat.v4.new_output("display_data", data, metadata=output.metadata))
            if "image/png" in data:
                shown[-1].metadata["image/png"]["inches"] = pictures.inches(output)
    return shown


def _table(records):
    rows = ["| claim | kind | how it was checked | instances | verdict |", "|---|---|---|---|---|"]
    for record in records:
        rows.append(f"| `{record['id']}` | {verdict.KINDS[record['kind']]} | {verdict.routes(record)} | "
                    f"{record['instances']:,} | {verdict.headline(record)} |")
    return "\n".join(rows)


def named(made: list) -> list:
    """Give every slide a heading, its own or the one before, and a name for links that no other has; return them."""
    heading, seen = "", {}
    for cell in _starts(made):
        heading = cell.metadata.setdefault("heading", heading)
        slug = "title" if cell.metadata.get("opening") else slugify(heading)
        seen[slug] = seen.get(slug, 0) + 1
        cell.metadata.slug = slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
    return _starts(made)


def teaching_of(text: str, number: str) -> dict[str, str]:
    """Return the teaching guide's blocks for one notebook, by section heading; "" is what stands before them.

    Tables are left out: rubrics stay in the guide, for a deck may be handed to the class.

    Examples
    --------
    >>> teaching_of("## 05. Title\\nAll.\\n### Lemma 1\\nMinutes: 5\\n|a|\\n## 06. Next\\nno", "05")
    {'': 'All.', 'Lemma 1': 'Minutes: 5'}
    """
    found = re.search(rf"^## {number}\. .*?$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        return {}
    body = re.sub(r"^\|.*\n?", "", found.group(1), flags=re.MULTILINE)
    opening, *rest = re.split(r"^### (.+)$", body, flags=re.MULTILINE)
    told = {"": opening, **dict(zip(rest[::2], rest[1::2], strict=True))}
    return {name.strip(): with_boards(in_markdown(body)).strip() for name, body in told.items() if body.strip()}

"""A stored notebook made ready for nbconvert: slides named, verdicts in words, what is not shown gathered as notes."""

import difflib
import re
import unicodedata
from itertools import pairwise

import nbformat

from claimcheck.record import MIME, tally
from publishing import formulas
from publishing.book_cells import take_caption
from publishing.heads import head
from publishing.slides import verdict

MOST_OUTPUT = 12
"""Lines of printed output that a slide shows."""

ROWS = 9
"""Claims in the closing table of one slide."""


def prepared(nb: nbformat.NotebookNode, register: dict, guide: str = "") -> nbformat.NotebookNode:
    """Return a copy whose cells are what a deck shows, each first cell of a slide with its name, heading and notes.

    Parameters
    ----------
    register : dict
        The registrations of the claims.
    guide : str
        The teaching guide; what it says on a section opens that section's notes.
    """
    facts = head(nb)._asdict()
    records = [output["data"][MIME] for cell in nb.cells for output in cell.get("outputs", [])
               if MIME in output.get("data", {})]
    made = []
    for cell in nb.cells:
        _add(made, cell, register)
    made[0].metadata.opening = True
    if records:
        holds = all(record["status"] == "holds" for record in records)
        made[0].source += (f"\n\n**Checked** {len(records)} claim{'s' * (len(records) != 1)}: "
                           f"{'all hold' if holds else tally(records)}.")
    for start in range(0, len(records), ROWS):
        made.append(_new(_table(records[start:start + ROWS]), "subslide" if start else "slide", "What was checked"))
    made.insert(1, _new("", "subslide", "Sections"))
    _name(made)
    made[1].source = "\n".join(f"- [{cell.metadata.heading}](#/{cell.metadata.slug})" for cell in made[2:]
                               if cell.metadata.slideshow.slide_type == "slide")
    _lead(made, teaching_of(guide, facts["title"][:2]))
    facts["slides"] = sum("slug" in cell.metadata for cell in made)
    return nbformat.v4.new_notebook(cells=made, metadata={**nb.metadata, "deck": facts})


def _add(made, cell, register):
    """Add what a deck shows of a cell; what it does not show, and what to say, goes to the notes so far."""
    kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
    if kind in ("skip", "notes"):
        if cell.cell_type == "markdown" and made:
            label = "**Not on the slides:**\n\n" if kind == "skip" else ""
            _starts(made)[-1].metadata.notes.append(label + cell.source)
        return
    if cell.cell_type == "markdown":
        first, *rest = _parts(cell)
        new = _new(first, kind)
        if heading := re.match(r"##? (.+)\n*", first):
            new.source, new.metadata.heading = first[heading.end():], heading.group(1)
        made += [new, *(_new(part, "subslide") for part in rest)]
    else:
        new = nbformat.v4.new_code_cell(cell.source, metadata=_new("", kind).metadata, outputs=_outputs(cell))
        if any("image/png" in output.get("data", {}) for output in new.outputs):
            new.metadata.caption = take_caption(made)
        if not new.outputs and kind == "fragment":
            new.metadata.slideshow.slide_type = "-"
        made.append(new)
    for output in cell.get("outputs", []):
        if MIME in output.get("data", {}):
            _starts(made)[-1].metadata.notes.append(verdict.note(output["data"][MIME], register))
        elif "image/png" in output.get("data", {}):
            _starts(made)[-1].metadata.notes.append(f"**Picture:** {output.metadata['image/png']['alt']}")


def _new(source, kind, heading=None):
    return nbformat.v4.new_markdown_cell(source, metadata={
        "slideshow": {"slide_type": kind}, "notes": [], **({"heading": heading} if heading else {})})


def _parts(cell):
    """The text in parts, one a slide: ``breaks`` in the slideshow metadata tells how the first line of each begins."""
    lines, places = cell.source.splitlines(keepends=True), []
    for start in cell.metadata.get("slideshow", {}).get("breaks", []):
        found = [number for number, line in enumerate(lines) if line.startswith(start)]
        if len(found) != 1:
            raise ValueError(f"slideshow metadata: breaks: {len(found)} lines begin with {start!r}, expected one, in "
                             f"the cell that begins with {lines[0].strip()[:60]!r}")
        places += found
    return ["".join(lines[start:end]) for start, end in pairwise([0, *sorted(places), len(lines)])]


def _starts(made):
    """The cells that open a slide."""
    return [cell for cell in made if cell is made[0] or cell.metadata.slideshow.slide_type in ("slide", "subslide")]


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
    return shown


def _table(records):
    rows = ["| claim | kind | how it was checked | instances | verdict |", "|---|---|---|---|---|"]
    for record in records:
        rows.append(f"| `{record['id']}` | {verdict.KINDS[record['kind']]} | {verdict.routes(record)} | "
                    f"{record['instances']:,} | {verdict.headline(record)} |")
    return "\n".join(rows)


def _name(made):
    """Give every slide a heading, its own or the one before, and a name for links that no other slide has."""
    heading, seen = "", {}
    for cell in _starts(made):
        heading = cell.metadata.setdefault("heading", heading)
        slug = "title" if cell.metadata.get("opening") else slugify(heading)
        seen[slug] = seen.get(slug, 0) + 1
        cell.metadata.slug = slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"


def _lead(made, told):
    """Put what the teaching guide says on a section before the notes of its first slide."""
    near = {_bare(title): text for title, text in told.items() if title}
    for cell in _starts(made):
        if cell.metadata.slideshow.slide_type == "slide":
            found = difflib.get_close_matches(_bare(_plain(cell.metadata.heading)), near, n=1, cutoff=0.75)
            cell.metadata.notes[:0] = [near[found[0]]] if found else []
    made[0].metadata.notes[:0] = filter(None, [told.get("")])


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
    return {name.strip(): body.strip() for name, body in told.items() if body.strip()}


def slugify(text: str) -> str:
    r"""Return a name for links.

    Examples
    --------
    >>> slugify("Lemma 2. On the training set: $\\mathrm{Cov}_N$")
    'lemma-2-on-the-training-set-cov-n'
    """
    plain = unicodedata.normalize("NFKD", _plain(text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def _plain(text):
    return re.sub(r"\$([^$]*)\$", lambda match: formulas.plain(match.group(1)), text)


def _bare(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())

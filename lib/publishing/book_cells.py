"""A stored notebook made ready to be read on the web: the question, then the first picture; folded code; links."""

import copy
import re
from collections.abc import Callable
from html import escape
from itertools import groupby

import nbformat

from claimcheck.record import MIME
from publishing.book_claims import Claims
from publishing.heads import opening

HIDDEN = "# shown above"
"""Source, never seen, of the cells that hold the further outputs of another: without any, the reader drops a cell."""

LONG = 20
"""Lines of code that stand open on a page; more are folded."""

_CAPTION = re.compile(r"\A\*\*Figure (\d+)\b")
_KEEP = r"```.*?```|\$\$.*?\$\$|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|^#[^\n]*|</?[a-z][^>]*>"
_LINKED = re.compile(rf"(?P<keep>{_KEEP})|`(?P<code>[^`\n]+)`|(?P<word>\b[Nn]otebook (?P<number>\d\d))\b", re.S | re.M)


def readable(nb: nbformat.NotebookNode, number: str, name: str, claims: Claims) -> nbformat.NotebookNode:
    """Return a copy of a notebook for the site; the stored one stays as it is.

    Parameters
    ----------
    number : str
        The notebook's two digits.
    name : str
        Its file name, for the download link.
    """
    cells, picture = [], []
    nb = copy.deepcopy(nb)
    caption = captions(nb.cells)
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cells.append(_prose(cell, number, claims))
        elif cell.cell_type == "code":
            made = _code(cell, number, claims, caption.get(cell.id, ""))
            if not picture and any(map(_is_figure, cell.outputs)):
                picture = [new for new in made if any(map(_is_figure, new.outputs))][:1]
                made.remove(picture[0])
                if drawn := picture[0].metadata["mystnb"].get("figure", {}).get("name"):
                    above = f'<p class="figure-above"><a href="#{drawn}">Figure 1</a> is at the head of the page.</p>'
                    made.insert(0, nbformat.v4.new_markdown_cell(above, id=f"above-{number}"))
            cells += made
    head, about = opening(cells[0].source)
    facts = f'<p class="notebook-facts"><a href="notebooks/{name}" download>Download the notebook</a></p>'
    cells[0].source = head
    about = nbformat.v4.new_markdown_cell(f'<div class="about">\n\n{about}\n\n{facts}\n\n</div>', id=f"about-{number}")
    cells[1:1] = [*picture, about]
    return nbformat.v4.new_notebook(cells=[cell for cell in cells if cell.source.strip()], metadata=nb.metadata)


def link(text: str, claims: Claims, page: str = "claims.html", here: str = "") -> str:
    """Return Markdown in which claim ids, numbered notebooks and names of reference pages are links.

    Code, mathematics, headings and existing links stay as they are.

    Parameters
    ----------
    here : str
        The number of the notebook that the text is part of: it links to its own claims, and not to itself.
    """
    def one(match):
        if match["keep"]:
            return match.group()
        if (id := match["code"]) is not None:
            if id not in claims.numbers:
                return match.group()
            return claims.link(id, "" if claims.register[id].notebook == here else page)
        if match["number"] in claims.pages and match["number"] != here:
            return f'<a href="{claims.pages[match["number"]]}">{match["word"]}</a>'
        return match.group()

    text = _LINKED.sub(one, text)
    return re.sub(r"(?<![\w(\[/])references/(errata|nonclaims|teaching)\.md(?!\))",
                  lambda match: f'<a href="{match.group(1)}.html">{match.group(1)}</a>', text)


def split(outputs: list, is_figure: Callable) -> list[list]:
    """Return outputs in runs, each figure in one of its own: a cell has one caption and one alternative text.

    Examples
    --------
    >>> split(["a", 1, "b", "c", 2], lambda output: isinstance(output, int))
    [['a'], [1], ['b', 'c'], [2]]
    """
    return [list(run) for _, run in groupby(outputs, key=lambda output: is_figure(output) and id(output))]


def _prose(cell, number, claims):
    text = link(cell.source, claims, here=number)
    if cell.metadata.get("slideshow", {}).get("slide_type") == "notes":
        text = re.sub(r"\A\**Speaker notes\.?\**:?\s*", "", text)
        text = f'<details class="speaker-notes"><summary>For the lecturer</summary>\n\n{text}\n\n</details>'
    return nbformat.v4.new_markdown_cell(text, id=cell.id)


def take_caption(cells: list) -> str:
    """Take the paragraph that starts with **Figure n.** from the end of the last cell, if it is there."""
    if not cells or cells[-1].cell_type != "markdown":
        return ""
    text, _, last = cells[-1].source.rpartition("\n\n")
    if not _CAPTION.match(last):
        return ""
    cells[-1].source = text
    return last


def captions(cells: list) -> dict[str, str]:
    """Take every figure's caption from the end of the text before or the start of the text after; by id of its cell."""
    found, place = {}, -1
    for at, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            place = at
        elif any(map(_is_figure, cell.get("outputs", []))):
            after = next((other for other in range(at + 1, len(cells)) if cells[other].cell_type == "markdown"), -1)
            for text, end in ((place, -1), (after, 0)):
                paragraphs = cells[text].source.split("\n\n") if text >= 0 else [""]
                if cell.id not in found and _CAPTION.match(paragraphs[end]):
                    found[cell.id] = paragraphs.pop(end)
                    cells[text].source = "\n\n".join(paragraphs)
            place = -1
    return found


def _code(cell, number, claims, caption):
    """One cell with the code; every figure, and what comes after it, in a cell of its own without code."""
    folded = _folded(cell)
    runs = split([part for output in cell.outputs for part in (output, *_numbers(output))], _is_figure)
    made = []
    for run in runs if runs and not _is_figure(runs[0][0]) else [[], *runs]:
        new = nbformat.v4.new_code_cell(HIDDEN if made else cell.source, id=f"{cell.id}-{len(made)}",
                                        outputs=[_output(output, number, claims) for output in run],
                                        execution_count=cell.execution_count)
        new.metadata["tags"] = ["remove-input"] if made else ["hide-input"] if folded else []
        if folded and not made:
            new.metadata["mystnb"] = {"code_prompt_show": f"Code: {folded}", "code_prompt_hide": f"Code: {folded}"}
        if run and _is_figure(run[0]):
            about = run[0].metadata["image/png"]
            new.metadata["mystnb"] = {"image": {"alt": about["alt"], "width": f"{about['width']}px"}}
            if caption:
                name = f"figure-{number}-{_CAPTION.match(caption)[1]}"
                new.metadata["mystnb"]["figure"] = {"caption": caption, "name": name}
            caption = ""
        made.append(new)
    return made


def _folded(cell):
    """Say what the code is for if it is folded: what constructs and computes stays open, up to half a screen of it."""
    if any(map(_is_figure, cell.outputs)):
        return "the figure"
    if any(map(_is_table, cell.outputs)):
        return "imports"
    if any(MIME in output.get("data", {}) for output in cell.outputs):
        return "the check"
    return f"{lines} lines" if (lines := len(cell.source.splitlines())) > LONG else ""


def _is_figure(output):
    return "image/png" in output.get("data", {})


def _is_table(output):
    """Whether it is the table of claims, which the first cell shows after its imports."""
    return _text(output.get("data", {}).get("text/markdown", "")).startswith("| claim |")


def _numbers(output):
    """What follows a figure: the numbers that it was drawn from, which are lines of its text after the first."""
    if _is_figure(output) and (lines := _text(output["data"].get("text/plain", "")).splitlines()[1:]):
        yield _html('<details class="numbers"><summary>Numbers drawn</summary>'
                    f"<pre>{escape(chr(10).join(lines))}</pre></details>")


def _output(output, number, claims):
    data = output.get("data", {})
    if MIME in data:
        return _html(claims.check(data[MIME]["id"], _text(data["text/plain"])))
    if _is_table(output):
        return _html(claims.table(number))
    if _is_figure(output):
        return nbformat.v4.new_output("display_data", {"image/png": data["image/png"]})
    return output


def _html(text):
    return nbformat.v4.new_output("display_data", {"text/html": text})


def _text(value):
    return "".join(value)

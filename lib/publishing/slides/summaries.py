"""The written summary slides, references/slides/NN.md: one block a section of the notebook; what is wrong with them."""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from classroom.teaching import foreign_numbers, numbers
from covtheory.figures import STYLE
from publishing import formulas

LEFT_OUT = ("references",)
"""How the level-2 headings begin that have no summary slide, in small letters."""

MARK = 5
"""Points: what is not larger is the size of a marker."""

WORDS = 60
"""A summary has at most so many; a formula counts as one."""

_PICTURE = re.compile(r"!\[[^\]]*\]\((?:figure-(\d+))?[^)]*\)")
_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_INLINE = re.compile(r"\$([^$]+)\$")


class Summary(NamedTuple):
    """A summary in Markdown: what stands above its picture, the number of the picture (0: none), what stands below."""

    above: str
    figure: int
    below: str


def folder(root: Path) -> Path:
    """Return where the summaries of a collection lie."""
    return root / "references" / "slides"


def of(root: Path, number: str) -> str:
    """Return the summaries of a notebook as they are written, or nothing."""
    path = folder(root) / f"{number}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def blocks(text: str) -> dict[str, str]:
    r"""Return what stands under each level-2 heading.

    Examples
    --------
    >>> blocks("# For 01\n\n## One\n\na\n\n## Two\n\nb\n")
    {'One': 'a', 'Two': 'b'}
    """
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {heading.strip(): body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def parsed(body: str) -> Summary:
    r"""Return a block with its picture apart.

    Examples
    --------
    >>> parsed("See:\n\n![](figure-2)\n\nIt falls.")
    Summary(above='See:', figure=2, below='It falls.')
    """
    above, *rest = _PICTURE.split(body, maxsplit=1)
    return Summary(above.strip(), int(rest[0] or 0), rest[1].strip()) if rest else Summary(above.strip(), 0, "")


def words(body: str) -> int:
    r"""Return the number of words of a block.

    Examples
    --------
    >>> words("**So** $a = b$ holds:\n\n$$c \\le d$$\n\n![](figure-1)")
    4
    """
    bare = _INLINE.sub("x", _DISPLAY.sub("x", _PICTURE.sub("", body)))
    return sum(any(letter.isalnum() for letter in word) for word in bare.split())


class Picture(NamedTuple):
    """A picture of a notebook: PNG in base 64, its text, the size in points of its smallest letter."""

    png: str
    alt: str
    points: float


def pictures(nb: nbformat.NotebookNode) -> list[Picture]:
    """Return the pictures of a notebook in order: Figure 1 first."""
    return [Picture(output["data"]["image/png"], output.metadata["image/png"]["alt"], letters(cell.source))
            for cell in nb.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


def letters(source: str) -> float:
    """Return the size in points of the smallest letter of a figure: that of the style unless the code asks for less.

    Examples
    --------
    >>> letters("ax.plot(x, y)"), letters("ax.text(0, 1, 'a', fontsize=9)")
    (11, 9.0)
    """
    asked = [float(size) for size in re.findall(r"\b(?:font)?size=(\d+\.?\d*)", source)]
    return min([STYLE["font.size"], *(size for size in asked if size > MARK)])


def headings(nb: nbformat.NotebookNode) -> list[str]:
    """Return the level-2 headings that need a summary, in order."""
    found = [heading.strip() for cell in nb.cells if cell.cell_type == "markdown"
             for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE)]
    return [heading for heading in found if not heading.lower().startswith(LEFT_OUT)]


def faults(nb: nbformat.NotebookNode, text: str) -> list[str]:
    """Return everything that is wrong with a notebook's summaries, each in a sentence."""
    written, wanted, own = blocks(text), headings(nb), numbers(nb)
    found = [f"no summary of {heading!r}" for heading in wanted if heading not in written]
    found += [f"{heading!r} is no section of the notebook" for heading in written if heading not in wanted]
    if not found and list(written) != wanted:
        found.append("the summaries do not stand in the order of the notebook")
    for heading, body in written.items():
        found += [f"{heading!r}: {said}" for said in faults_of(body, own, len(pictures(nb)))]
    return found


def faults_of(body: str, own: set[str], drawn: int, most: int = WORDS) -> list[str]:
    """Return what is wrong with one block: its length, its picture, its formulas, its numbers.

    Parameters
    ----------
    own : set of str
        The numbers that may be quoted, see :func:`classroom.teaching.numbers`.
    drawn : int
        The number of pictures that there are.
    """
    found = []
    if not body:
        found.append("is empty")
    if (count := words(body)) > most:
        found.append(f"{count} words, at most {most}")
    marks = _PICTURE.findall(body)
    if len(marks) > 1 or any(not mark or not 1 <= int(mark) <= drawn for mark in marks):
        found.append(f"at most one picture, figure-1 to figure-{drawn}, not {marks}")
    displayed = _DISPLAY.findall(body)
    if len(displayed) > 1:
        found.append(f"{len(displayed)} displayed formulas, at most one")
    for tex in [*displayed, *_INLINE.findall(_DISPLAY.sub("", body))]:
        try:
            formulas.html(tex)
        except ValueError as error:
            found.append(str(error))
    if any("|" in tex for line in body.splitlines() if line.startswith("|") for tex in _INLINE.findall(line)):
        found.append(r"a formula in a table has a bar, which ends the cell: write \lvert, \rvert or \|")
    if "$" in _INLINE.sub("", _DISPLAY.sub("", body)):
        found.append("a dollar sign is left over")
    found += [f"quotes {number}, which is not in the notebook" for number in foreign_numbers(own, body)]
    return found

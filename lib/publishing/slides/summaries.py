"""The written summary slides, references/slides/NN.md: one block a section of the notebook; what is wrong with them."""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from classroom.teaching import foreign_numbers, numbers
from publishing import formulas
from publishing.slides import pictures

LEFT_OUT = ("references",)
"""How the level-2 headings begin that have no summary slide, in small letters."""

WORDS = 60
"""A summary has at most so many; a formula counts as one."""

BESIDE = 0.65
"""A picture whose smallest letter would be smaller, as a share of the text's, has a slide of its own."""

WIDTH, HEIGHT, TYPE = 1192, 570, 25
"""Pixels that a text and its picture share under the heading, and the size of the text there."""

_PICTURE = re.compile(r"!\[([^\]]*)\]\((?:figure-(\d+)(?:-(left|right)(?=\)))?)?[^)]*\)")
_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_INLINE = re.compile(r"\$([^$]+)\$")


class Summary(NamedTuple):
    """A summary in Markdown: the text above and below its picture, the picture's number (0: none), panel and sentence.

    The panel is "left" or "right", or "" for the whole, whose sentence is the notebook's.
    """

    above: str
    figure: int
    below: str
    panel: str = ""
    alt: str = ""

    @property
    def height(self) -> float:
        """About how many pixels its text takes beside a picture: lines of a hundred letters, displayed formulas."""
        text = f"{self.above}\n\n{self.below}"
        lines = [len(re.sub(r"\\[a-zA-Z]+|[{}$\\]", "", line)) // 100 + 1
                 for line in _DISPLAY.sub("", text).splitlines() if line.strip()]
        return sum(32 * count + 8 for count in lines) + 84 * text.count("$$") / 2

    def alone(self, picture: pictures.Picture) -> bool:
        """Whether its picture needs a slide of its own, so that its letters can be read beside the text's."""
        return picture.letter(WIDTH, HEIGHT - self.height) < BESIDE * TYPE

    def shown(self, drawn: list[pictures.Picture]) -> pictures.Picture:
        """Return its picture out of those of the notebook."""
        whole = drawn[self.figure - 1]
        return pictures.panel(whole, self.panel == "right")._replace(alt=self.alt) if self.panel else whole


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
    Summary(above='See:', figure=2, below='It falls.', panel='', alt='')
    >>> parsed("![KL grows.](figure-1-right)")
    Summary(above='', figure=1, below='', panel='right', alt='KL grows.')
    """
    above, *rest = _PICTURE.split(body, maxsplit=1)
    if not rest:
        return Summary(above.strip(), 0, "")
    alt, number, panel, below = rest
    return Summary(above.strip(), int(number or 0), below.strip(), panel or "", alt)


def words(body: str) -> int:
    r"""Return the number of words of a block.

    Examples
    --------
    >>> words("**So** $a = b$ holds:\n\n$$c \\le d$$\n\n![](figure-1)")
    4
    """
    bare = _INLINE.sub("x", _DISPLAY.sub("x", _PICTURE.sub("", body)))
    return sum(any(letter.isalnum() for letter in word) for word in bare.split())


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
    drawn = pictures.of(nb)
    for heading, body in written.items():
        found += [f"{heading!r}: {said}" for said in faults_of(body, own, len(drawn))]
        summary = parsed(body)
        if bool(summary.panel) != (len(summary.alt.split()) > 3):
            found.append(f"{heading!r}: a panel needs a sentence that says what to see, a whole picture has its own")
        if 0 < summary.figure <= len(drawn) and not summary.panel:
            section = drawn[summary.figure - 1].section
            found += [f"{heading!r}: figure-{summary.figure} belongs to {section!r}; name the panel that belongs here, "
                      f"figure-{summary.figure}-left or -right"] * (section != heading)
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
    marks = [mark for _, mark, _ in _PICTURE.findall(body)]
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

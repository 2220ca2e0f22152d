"""A notebook's pictures as slides show them: their width, their letters, their captions, one panel of two."""

import base64
import io
import re
from typing import NamedTuple

import nbformat
from matplotlib import rcParamsDefault
from PIL import Image

from covtheory.figures import STYLE
from publishing import panels

MARK = 5
"""Points: what is not larger is the size of a marker."""

CAPTION = 36
"""Words of a caption that stand under every picture; more where it leaves room; a formula counts as one."""

ROOM, LETTER, LINE, WORDS = 510, 14.0, 33, 13
"""Pixels for a picture and its caption, of its smallest letter, of a line; words of a line."""

_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z*($\\])")
_FORMULA = re.compile(r"\$[^$]+\$")

_WRITTEN = re.compile(r"\b(?:label_line|annotate|text|legend)\(")
_ASKED = re.compile(r"\b(?:font|label)?size=(\d+\.?\d*)")


class Picture(NamedTuple):
    """A picture: PNG in base 64, its text, its smallest letter in points, its width in inches, section and gaps."""

    png: str
    alt: str
    points: float
    inches: float
    section: str
    gaps: tuple[int, ...] = ()

    def letter(self, width: float, height: float) -> float:
        """Return the size in pixels of its smallest letter where a slide has so many pixels for it."""
        drawn = _image(self.png)
        return min(width, height * drawn.width / drawn.height) / self.inches * self.points / 72


def of(nb: nbformat.NotebookNode) -> list[Picture]:
    """Return the pictures of a notebook in order: Figure 1 first."""
    found, section = [], ""
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            section = [section, *re.findall(r"^## (.+)$", cell.source, re.MULTILINE)][-1].strip()
        found += [Picture(output["data"]["image/png"], output.metadata["image/png"]["alt"], letters(cell.source),
                          inches(output), section, tuple(output.metadata["image/png"].get("panels", ())))
                  for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
    return found


def letters(source: str) -> float:
    """Return the size in points of the smallest letter of a figure: that of the style unless the code asks for less.

    What is written into axes that are there has matplotlib's own size, not the style's.

    Examples
    --------
    >>> letters("ax.plot(x, y)"), letters("label_line(ax, 'a', 0, 1)"), letters("ax.tick_params(labelsize=8)")
    (11, 10.0, 8.0)
    """
    written = [rcParamsDefault["font.size"]] * bool(_WRITTEN.search(source))
    asked = [size for size in map(float, _ASKED.findall(source)) if size > MARK]
    return min([STYLE["font.size"], *written, *asked])


def inches(output: nbformat.NotebookNode) -> float:
    """Return the width at which a stored picture was drawn: it is shown at 100 pixels an inch, as its output says.

    Examples
    --------
    >>> inches(nbformat.v4.new_output("display_data", {}, metadata={"image/png": {"width": 720}}))
    7.2
    """
    said = output.metadata.get("image/png", {})
    return (said["width"] if "width" in said else _image(output["data"]["image/png"]).width) / 100


def words_below(output: nbformat.NotebookNode, points: float) -> int:
    """Return how many words have room below a picture whose smallest letter stays large enough.

    Examples
    --------
    >>> said = {"image/png": {"width": 720, "height": 360}}
    >>> words_below(nbformat.v4.new_output("display_data", {}, metadata=said), 11)
    65
    """
    said = output.metadata.get("image/png", {})
    if "height" in said:
        high = said["height"] / 100
    else:
        image = _image(output["data"]["image/png"])
        high = inches(output) * image.height / image.width
    return max(CAPTION, int((ROOM - high * LETTER * 72 / points) // LINE) * WORDS)


def cut(caption: str, most: int = CAPTION) -> tuple[str, str]:
    """Return a caption in two: the whole sentences that a slide has room for, one at least, and the rest.

    Examples
    --------
    >>> cut("**Figure 1.** It falls. " + "And so on " * 20 + "to zero.")[0]
    '**Figure 1.** It falls.'
    """
    held = _FORMULA.sub(lambda found: found[0].replace(" ", "\0"), caption)  # a formula is one word
    shown, *rest = _SENTENCE.split(held)
    while rest and len(f"{shown} {rest[0]}".split()) <= most:
        shown += f" {rest.pop(0)}"
    return shown.replace("\0", " "), " ".join(rest).replace("\0", " ")


def panel(picture: Picture, right: bool) -> Picture:
    """Return the leftmost or the rightmost panel of a picture.

    Raises
    ------
    ValueError
        If it has only one.
    """
    if not picture.gaps:
        raise ValueError("a picture has no gap, so no panels")
    image = _image(picture.png)
    part = panels.split(image, round(100 * picture.inches), picture.gaps)[-1 if right else 0]
    stored = io.BytesIO()
    part.save(stored, "PNG", optimize=True)
    return picture._replace(png=base64.b64encode(stored.getvalue()).decode(), gaps=(),
                            inches=picture.inches * part.width / image.width)


def _image(png):
    return Image.open(io.BytesIO(base64.b64decode(png)))

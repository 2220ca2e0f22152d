"""The pictures that a lecturer draws on the board: `python -m publishing.boards` writes references/boards/*.svg."""

from functools import cache
from pathlib import Path

from publishing.boards.pen import Board
from publishing.heads import slugify

DRAWN: dict[str, Board] = {}
"""Every drawing by its file name without the ending."""


def file_of(number: str, heading: str) -> str:
    """Return the name of the drawing of a notebook's section.

    Examples
    --------
    >>> file_of("05", "The golden-ratio law")
    '05-the-golden-ratio-law.svg'
    """
    return f"{number}-{slugify(heading)}.svg"


def board(number: str, heading: str):
    """Register a function that draws the board of a section."""
    def register(draw):
        made = Board(f"{draw.__doc__}")
        draw(made)
        DRAWN[file_of(number, heading)] = made
        return draw

    return register


@cache
def drawings() -> dict[str, str]:
    """Return every drawing by file name, as SVG."""
    from publishing.boards import algorithms, coverage, interventions, learning, walks  # noqa: F401

    return {name: made.svg() for name, made in sorted(DRAWN.items())}


def write(root: Path) -> None:
    """Write references/boards."""
    folder = root / "references" / "boards"
    folder.mkdir(exist_ok=True)
    for name, text in drawings().items():
        (folder / name).write_text(text, encoding="utf-8")


def inside(name: str) -> str:
    """Return a drawing in one line for use inside a page, in the colour of its text.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in drawings():
        raise ValueError(f"no drawing {name!r}; publishing.boards draws {', '.join(drawings())}")
    return drawings()[name].replace(Board.STYLE, "").replace("\n", "")

"""Starts a notebook that already has the contract's form, or a collection from the worked example."""

import re
import shutil
import sys
from pathlib import Path

import nbformat

from claimcheck.files import write_text
from claimcheck.gate.update import normalise

_SECTIONS = (
    ("slide", "# {number}. {title}\n\n**The question.** One plain sentence?\n\n**You will see** ...\n\n"
              "**You need** ...\n\n**Minutes** 30"),
    ("slide", "## The question in one picture\n\nWhat a reader sees first: the picture, and what it shows."),
    ("slide", "## The smallest example\n\nNumbers that a reader can redo by hand."),
    ("slide", "## The theorem\n\nStatement, then the proof in short steps, a check under each."),
    ("slide", "## The stress test\n\nThe named set of instances, the adversarial search, the extremal family."),
    ("slide", "## Break it\n\nDrop a hypothesis or shrink a constant, and show what happens."),
    ("skip", "## Exercises\n\n**{number}-a.** ..."),
    ("skip", "## References\n\nWith locators."),
)


EXAMPLE = Path(__file__).parents[1] / "example"
"""A collection of one notebook and three claims on a textbook inequality."""


def start(folder: Path) -> int:
    """Copy the worked example to a new folder; return the exit status."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        print(f"start: {folder} is there and not empty, expected a new folder", file=sys.stderr)
        return 1
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*", "build"))
    print(f"{folder}: a collection of one notebook and three claims. There: claimcheck verify, claimcheck update")
    return 0


def new(root: Path, number: str, title: str) -> int:
    """Write notebooks/NN_title.ipynb, unless the number is taken; return the exit status."""
    if not re.fullmatch(r"[0-9]{2}", number):
        print(f"new: number is {number!r}, expected two digits", file=sys.stderr)
        return 1
    if not re.search(r"[a-z0-9]", title.lower()):
        print(f"new: title is {title!r}, expected a verb and more, in letters", file=sys.stderr)
        return 1
    if taken := sorted((root / "notebooks").glob(f"{number}_*.ipynb")):
        print(f"new: {taken[0].name} exists already", file=sys.stderr)
        return 1
    cells = []
    for kind, text in _SECTIONS:
        cell = nbformat.v4.new_markdown_cell(text.format(number=number, title=title))
        cell.metadata["slideshow"] = {"slide_type": kind}
        cells.append(cell)
    imports = nbformat.v4.new_code_cell(f'from claimcheck import claims_table\n\nclaims_table("{number}")')
    imports.metadata["slideshow"] = {"slide_type": "skip"}
    cells.insert(1, imports)
    name = f"{number}_{re.sub('[^a-z0-9]+', '_', title.lower()).strip('_')}.ipynb"
    write_text(root / "notebooks" / name, nbformat.writes(normalise(nbformat.v4.new_notebook(cells=cells))) + "\n")
    print(f"notebooks/{name}: register its claims in references/claims.toml, write it, then make update NB={number}")
    return 0

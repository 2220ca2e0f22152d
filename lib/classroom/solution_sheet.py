"""The lecturer's sheet: every exercise with its question, its worked solution and the usual mistakes."""

import importlib
import re
import sys
from pathlib import Path

import nbformat

from claimcheck.gate.contract import notebooks
from classroom.exercises import find

QUESTION = re.compile(r"^(?:\* )?\*\*(?:\d\d-)?([a-z])\.\*\* ", re.MULTILINE)
"""How an exercise begins in a notebook: ``**01-a.**`` or ``**a.**``, perhaps as an item of a list."""


def solution_sheet(root: Path, only: str | None = None) -> int:
    """Print the sheet as Markdown, of all notebooks or of one; return the exit status."""
    try:
        pages = [sheet(path) for path in notebooks(root, only)]
    except ValueError as error:  # no such notebook, or a student's copy, where every exercise is without a solution
        print(f"solutions: {error}", file=sys.stderr)
        return 1
    print("\n\n".join(pages))
    return 0


def sheet(path: Path) -> str:
    """Return the sheet of one notebook."""
    nb = nbformat.read(path, as_version=4)
    parts = ["# " + re.match(r"# (.+)", nb.cells[0].source).group(1)]
    for name, question in questions(nb).items():
        solution, diagnoses = find(name)
        mistakes = "\n".join(f"* {float(wrong()):.4g}: {text}" for text, wrong in diagnoses.items())
        parts.append(f"## {name}\n\n{question}\n\n**Solution.** {worked(name)}\n\n"
                     f"**Answer:** {float(solution()):.6g}\n\n**Usual mistakes:**\n\n{mistakes}")
    return "\n\n".join(parts)


def questions(nb: nbformat.NotebookNode) -> dict[str, str]:
    """Return the exercises that a notebook asks, by their names; their text is Markdown."""
    number = nb.cells[0].source[2:4]
    text = "\n".join(cell.source for cell in nb.cells
                     if cell.cell_type == "markdown" and cell.source.lower().startswith("## exercises"))
    pieces = QUESTION.split(text)[1:]
    return {f"{number}-{letter}": question.strip() for letter, question in zip(pieces[::2], pieces[1::2], strict=True)}


def worked(exercise: str) -> str:
    """Return the steps of a solution; they end with its value."""
    module = importlib.import_module(f"classroom.solutions.notebook_{exercise[:2]}")
    return module.WORKED[exercise]

"""The lecturer's sheet: every exercise with its question, its worked solution and the usual mistakes."""

import importlib
import re
import sys
from pathlib import Path

import nbformat

from claimcheck.gate.contract import notebooks
from classroom.exercises import find
from classroom.questions import questions


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


def worked(exercise: str) -> str:
    """Return the steps of a solution; they end with its value."""
    module = importlib.import_module(f"classroom.solutions.notebook_{exercise[:2]}")
    return module.WORKED[exercise]

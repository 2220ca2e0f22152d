"""What stands at the head of a notebook: its title, its question, its minutes."""

import re
from typing import NamedTuple

import nbformat


class Head(NamedTuple):
    """Title with number, question in Markdown, minutes for everything."""

    title: str
    question: str
    minutes: int


def head(nb: nbformat.NotebookNode) -> Head:
    """Return the head of a notebook that keeps the contract.

    Examples
    --------
    >>> text = "# 01. See\\n\\n**The question.** Why?\\n\\n**Minutes** 60, half of it for proofs."
    >>> head(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)]))
    Head(title='01. See', question='Why?', minutes=60)
    """
    text = "\n".join(cell.source for cell in nb.cells[:3])
    title, question, minutes = (re.search(pattern, text, re.MULTILINE).group(1) for pattern in (
        r"^# (.+)$", r"^\*\*The question\.\*\* (.+)$", r"\*\*Minutes\*\*:? *(\d+)"))
    return Head(title, question, int(minutes))

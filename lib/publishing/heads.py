"""What stands at the head of a notebook: its title, its question, its minutes."""

import re
import unicodedata
from typing import NamedTuple

import nbformat

from publishing import formulas


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


def opening(text: str) -> tuple[str, str]:
    """Return the first cell in two: title and question; what one will see, what one needs, how many minutes.

    Examples
    --------
    >>> opening("# 01. See\\n\\n**The question.** Why?\\n\\n**You will see** that.\\n\\n**Minutes** 60")
    ('# 01. See\\n\\n**The question.** Why?', '**You will see** that.\\n\\n**Minutes** 60')
    """
    title, question, *about = text.strip().split("\n\n")
    return f"{title}\n\n{question}", "\n\n".join(about)


def slugify(text: str) -> str:
    r"""Return a name for links.

    Examples
    --------
    >>> slugify("Lemma 2. On the training set: $\\mathrm{Cov}_N$")
    'lemma-2-on-the-training-set-cov-n'
    """
    plain = re.sub(r"\$([^$]*)\$", lambda found: formulas.plain(found[1]), text)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"

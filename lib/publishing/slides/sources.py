"""Whose theory a deck is about: the works that its notebook's References name first."""

import re

import nbformat

from publishing.bibliography import Entry

MOST = 2
"""Works that a title slide names."""


def works(nb: nbformat.NotebookNode, bibliography: dict[str, Entry]) -> list[Entry]:
    """Return the works that a notebook is after: of the first that its References name, those that we have read.

    A work is named by its title or its arXiv number; in References, "known to us by" says that it was not read.

    Examples
    --------
    >>> from publishing.bibliography import parse
    >>> book = parse("@misc{a, author = {Doe, Jo}, title = {On {B}lue}, year = {2025}, eprint = {2501.00001}}")
    >>> text = nbformat.v4.new_markdown_cell("## References\\n\\n- Doe, *On blue*.\\n- Roe, *On red*, and others.")
    >>> [work.key for work in works(nbformat.v4.new_notebook(cells=[text]), book)]
    ['a']
    """
    named, unread = [], set()
    for line in "\n".join(cell.source.partition("## References")[2] for cell in nb.cells).splitlines():
        cited, here = _plain(line), {}
        for entry in bibliography.values():
            title = entry.fields["title"]
            names = [name for name in map(_plain, (title, title.partition(":")[0], entry.fields.get("eprint", "")))
                     if len(name) > 6 and name in cited]
            if names:
                here[entry.key] = cited.index(names[0])
        named += sorted(here, key=here.get)
        unread |= here.keys() if "known to us by" in line else set()
    return [bibliography[key] for key in list(dict.fromkeys(named))[:MOST] if key not in unread]


def after(entries: list[Entry]) -> str:
    """Return the line of a title slide that names works, the authors of the first in full; "" if there is none.

    Examples
    --------
    >>> after([Entry("a", {"author": "Doe, Jo and Roe, Al", "title": "On Blue", "year": "1989"})])
    'After *On Blue* (Jo Doe and Al Roe, 1989)'
    """
    told = []
    for entry in entries:
        *others, last = entry.authors
        names = f"{', '.join(others)} and {last}" if others else last
        who = entry.short if told else f"{names}, {_where(entry)}"
        told.append(f"*{entry.fields['title']}* ({who})")
    return "After " + "; ".join(told) if told else ""


def _where(entry):
    preprint = entry.fields.get("archiveprefix", "").lower() == "arxiv"
    return f"arXiv {entry.fields['eprint']}" if preprint else entry.fields["year"]


def _plain(text):
    return " ".join(re.findall(r"[^\W_]+", text.lower()))

"""Whose theory a deck is about: the works that its notebook's References name first."""

import re

import nbformat

from publishing.bibliography import Entry

MOST = 2
"""Works that a title slide names."""


def works(nb: nbformat.NotebookNode, bibliography: dict[str, Entry]) -> list[Entry]:
    """Return the works of a bibliography that the References of a notebook name, by title or arXiv number, in order.

    Examples
    --------
    >>> from publishing.bibliography import parse
    >>> book = parse("@misc{a, author = {Doe, Jo}, title = {On {B}lue}, year = {2025}, eprint = {2501.00001}}")
    >>> text = nbformat.v4.new_markdown_cell("## References\\n\\n- Doe, *On blue*, and Roe, *On red*.")
    >>> [work.key for work in works(nbformat.v4.new_notebook(cells=[text]), book)]
    ['a']
    """
    cited = _plain("\n".join(cell.source.partition("## References")[2] for cell in nb.cells
                             if cell.cell_type == "markdown"))
    places = {}
    for entry in bibliography.values():
        title, number = _plain(entry.fields["title"]), entry.fields.get("eprint", "")
        short = _plain(entry.fields["title"].partition(":")[0])
        found = [cited.find(name) for name in (title, _plain(number), short) if len(name) > 6]
        if found := [place for place in found if place >= 0]:
            places[entry.key] = min(found)
    return [bibliography[key] for key in sorted(places, key=places.get)]


def after(entries: list[Entry]) -> str:
    """Return the line of a title slide that names works, the authors of the first in full; "" if there is none.

    Examples
    --------
    >>> after([Entry("a", {"author": "Doe, Jo and Roe, Al", "title": "On Blue", "year": "1989"})])
    'After *On Blue* (Jo Doe and Al Roe, 1989)'
    """
    told = []
    for entry in entries[:MOST]:
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

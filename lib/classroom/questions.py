"""How a notebook asks: the exercises that it poses, their text, and the same notebook with one cell a question."""

import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

CHECK = re.compile(r"""\bcheck\(\s*["'](\d\d-[a-z])["'],\s*([^),]+)""")
"""How a notebook poses an exercise: its name and, in the committed version, three dots."""

QUESTION = re.compile(r"^(?:\* )?\*\*(?:\d\d-)?([a-z])\.\*\* ", re.MULTILINE)
"""How an exercise begins in a notebook: ``**01-a.**`` or ``**a.**``, perhaps as an item of a list."""

IMPORT = "from classroom.exercises import check\n\n"
"""What stands above every cell with answers, so that it runs alone in a fresh kernel."""


def posed(nb: nbformat.NotebookNode) -> dict[str, str]:
    """Return the exercises that a notebook poses and what stands in place of their answers."""
    code = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
    return {name: answer.strip() for name, answer in CHECK.findall(code)}


def questions(nb: nbformat.NotebookNode) -> dict[str, str]:
    """Return the exercises that a notebook asks, by their names; their text is Markdown."""
    number = nb.cells[0].source[2:4]
    text = "\n".join(cell.source for cell in nb.cells if _asks(cell))
    pieces = QUESTION.split(text)[1:]
    return {f"{number}-{letter}": question.strip() for letter, question in zip(pieces[::2], pieces[1::2], strict=True)}


def answer_cells(nb: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells in which answers are given."""
    return [cell for cell in nb.cells if cell.cell_type == "code" and CHECK.search(cell.source)]


def dependent(nb: nbformat.NotebookNode) -> list[str]:
    """Return the exercises whose cell would not run alone in a fresh kernel: it does more than import and check."""
    form = re.compile(re.escape(IMPORT) + r'(?:check\("\d\d-[a-z]", [^\n]+\)\n?)+')
    return [name for cell in answer_cells(nb) if not form.fullmatch(cell.source)
            for name, _ in CHECK.findall(cell.source)]


def one_by_one(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook with every question in a cell of its own, above a cell of its own for the answer.

    An error in one answer then stops that answer's cell only. Cells get ids from the exercises' names.
    """
    text, cells = questions(nb), []
    for cell in nb.cells:
        if _asks(cell):
            opening = QUESTION.split(cell.source)[0].strip()
            cells.append(new_markdown_cell(opening, id="exercises", metadata=cell.metadata))
            for name, question in text.items():
                cells += [new_markdown_cell(f"**{name}.** {question}", id=f"question-{name}"),
                          new_code_cell(f'{IMPORT}check("{name}", ...)', id=f"answer-{name}")]
        elif cell.cell_type != "code" or not CHECK.search(cell.source):
            cells.append(cell)
    nb.cells = cells
    return nb


def _asks(cell):
    return cell.cell_type == "markdown" and cell.source.lower().startswith("## exercises")

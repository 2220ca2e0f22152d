"""Some consecutive rows of a table, and where each stands in its file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covtheory.own_model.problem import Problem


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some consecutive rows: numbers ``(rows,)``, lists as ``(flat, offsets)``, texts as a list."""

    path: Path
    word: str
    places: np.ndarray
    columns: dict

    def take(self, rows: np.ndarray) -> "Chunk":
        """Some of the rows; columns are numbers, texts or None."""
        return Chunk(self.path, self.word, self.places[rows], {
            name: column[rows] if isinstance(column, np.ndarray) else column and [column[i] for i in rows]
            for name, column in self.columns.items()})

    def names(self, name: str) -> list[str]:
        """A column of names; a :class:`Problem` at the first row without one."""
        if "" in (column := self.columns[name]):
            raise self.problem(column.index(""), f"column {name!r} is missing")
        return column

    def problem(self, row: int, message: str) -> Problem:
        """The problem with this row of the chunk."""
        return Problem(self.path, message, f"{self.word} {int(self.places[row])}")

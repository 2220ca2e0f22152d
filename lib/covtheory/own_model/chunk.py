"""Some consecutive rows of a table, and where each stands in its file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covtheory.own_model.problem import Problem


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some consecutive rows: numbers ``(rows,)``, lists as ``(flat, offsets)``, texts as a list of str."""

    path: Path
    word: str
    places: np.ndarray
    columns: dict

    def problem(self, row: int, message: str) -> Problem:
        """The problem with this row of the chunk."""
        return Problem(self.path, message, f"{self.word} {int(self.places[row])}")

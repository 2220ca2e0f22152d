"""Log-probabilities of the same responses under many checkpoints: named columns, or a matrix in an NPZ file."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from covtheory.own_model.bases import BASES, Declared
from covtheory.own_model.identity import IDS, Seen
from covtheory.own_model.numbers import ROUNDING, log_probs
from covtheory.own_model.problem import Problem
from covtheory.own_model.prompts import PROMPTS, PromptCounts
from covtheory.own_model.reading import Table
from covtheory.own_model.scores import ENDS, LENGTHS

HINT = "say which columns are checkpoints with --checkpoints a,b or --checkpoints 'step_*'"
NEVER = {*IDS, *PROMPTS, *LENGTHS, *ENDS, "base"}
"""Columns that are no checkpoints unless they are named."""


class CheckpointScores:
    """A stream of chunks ``(checkpoints, responses)`` of log-probabilities in nats; ``names`` of the checkpoints.

    An NPZ file may hold ``log_probs`` of shape (checkpoints, responses), ``models``, their names, and ``prompt``.

    Parameters
    ----------
    wanted : list of str, optional
        Names or patterns of the columns that are checkpoints; by default all that can be: no truth values, not only
        whole numbers, not constant. Others must be named, or the file is refused.
    prompt : str, optional
        The column that tells prompts apart.

    Raises
    ------
    Problem
        See :mod:`covtheory.own_model.reading`; positive or NaN values, repeated ids, fewer than two checkpoints, or a
        column that cannot be a checkpoint's.
    """

    def __init__(self, path: str | Path, *, wanted: list[str] | None = None, prompt: str | None = None,
                 form: str | None = None, rows: int = 1 << 13, progress=None):
        self.table, self.rows, self.progress, self.wanted = Table(path, form=form), rows, progress, wanted
        table, self.prompts = self.table, PromptCounts()
        self.matrix = None
        if table.arrays is not None and "log_probs" in table.columns:
            self.names = self._matrix()
        else:
            if wanted:
                for pattern in wanted:
                    if not any(fnmatchcase(name, pattern) for name in table.columns):
                        table.need([pattern])
            self.names = [name for name in table.columns if (any(fnmatchcase(name, p) for p in wanted) if wanted else
                                                            name not in NEVER)]
        if len(set(self.names)) < len(self.names):
            raise table.problem("two checkpoints have one name")
        if len(self.names) < 2:
            raise table.problem(f"{len(self.names)} checkpoints, expected at least two columns besides 'id', 'prompt' "
                                f"and 'base'; {HINT}")
        if prompt is not None:
            table.need([prompt])
        self.prompt, self.id, self.base = prompt or table.first(PROMPTS), table.first(IDS), Declared("base")

    def __iter__(self) -> Iterator[np.ndarray]:
        return self._matrix_chunks() if self.matrix is not None else self._column_chunks()

    def _column_chunks(self):
        table, seen = self.table, Seen()
        texts = [name for name in (self.id, self.prompt, "base" if "base" in table.columns else None) if name]
        table.texts |= set(texts)
        low, high = np.full(len(self.names), np.inf), np.full(len(self.names), -np.inf)
        broken = np.zeros(len(self.names), dtype=bool)
        stream = iter(table.chunks([*self.names, *texts], self.rows, self.progress))
        while True:
            try:
                chunk = next(stream, None)
                if chunk is None:
                    break
                part = np.stack([log_probs(chunk, name) for name in self.names])
            except Problem as problem:
                raise problem if self.wanted else self._hinted(problem) from None
            self.base.read(chunk)
            if self.id:
                seen.add(chunk, chunk.columns[self.id])
            if self.prompt:
                self.prompts.add(chunk.columns[self.prompt])
            low, high = np.minimum(low, part.min(axis=1)), np.maximum(high, part.max(axis=1))
            broken |= (part != np.floor(part)).any(axis=1)
            yield part * BASES[self.base.base or "nats"]
        seen.check(table.path)
        odd = [name for name, whole, a, b in zip(self.names, ~broken, low, high, strict=True)
               if not self.wanted and (whole or (a == b and np.isfinite(a)))]
        if odd:
            raise table.problem(f"column {' and '.join(map(repr, odd))} holds whole numbers only, or always the same "
                                f"one: that is no log-probability of responses; {HINT}")

    @staticmethod
    def _hinted(problem):
        problem.args = (f"{problem} ({HINT})",)
        return problem

    def _matrix(self):
        array = self.table.arrays["log_probs"]
        if array.ndim != 2 or array.dtype.kind not in "fiu" or not array.size:
            raise self.table.problem(f"log_probs has shape {array.shape} and dtype {array.dtype}, expected numbers "
                                     "(checkpoints, responses)")
        self.matrix = array
        names = self.table.arrays.get("models")
        if names is None:
            if len(array) > array.shape[1]:
                raise self.table.problem(f"log_probs has shape {array.shape}, more checkpoints than responses: "
                                         "transposed? Name the checkpoints in an array 'models'")
            return [f"checkpoint {i + 1}" for i in range(len(array))]
        if names.shape != (len(array),):
            raise self.table.problem(f"log_probs has shape {array.shape}, but {names.size} models are named")
        return list(map(str, names.tolist()))

    def _matrix_chunks(self):
        table, array = self.table, self.matrix
        if "base" in table.arrays:
            table.texts.add("base")
            for chunk in table.chunks(["base"]):
                self.base.read(chunk)
        if self.prompt:
            if table.arrays[self.prompt].shape != array.shape[1:]:
                raise table.problem(f"array {self.prompt!r} names {table.arrays[self.prompt].size} prompts of "
                                    f"{array.shape[1]} responses")
            self.prompts.add(map(str, table.arrays[self.prompt].tolist()))
        for start in range(0, array.shape[1], self.rows):
            part = np.asarray(array[:, start:start + self.rows], dtype=float)
            if not (part <= ROUNDING).all():
                i, j = np.argwhere(~(part <= ROUNDING))[0]
                message = "NaN" if np.isnan(part[i, j]) else f"positive log-probability {part[i, j]:.6g}"
                raise table.problem(f"{message} at response {start + j + 1}", f"row {i + 1}")
            yield np.minimum(part, 0.0) * BASES[self.base.base or "nats"]
            if self.progress:
                self.progress(min(1.0, (start + self.rows) / array.shape[1]))


def checkpoint_log_probs(path: str | Path, **options) -> tuple[list[str], CheckpointScores]:
    """The names of :class:`CheckpointScores`, and the stream itself."""
    scores = CheckpointScores(path, **options)
    return scores.names, scores

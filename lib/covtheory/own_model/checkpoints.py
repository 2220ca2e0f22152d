"""Log-probabilities of the same responses under many checkpoints: named columns, or a matrix in an NPZ file."""

import copy
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from covtheory.own_model.bases import BASES, Declared
from covtheory.own_model.chunk import Chunk
from covtheory.own_model.cluster import in_order, safely
from covtheory.own_model.formats.arrays import npz_columns
from covtheory.own_model.formats.cells import as_text
from covtheory.own_model.identity import IDS, Seen, digests
from covtheory.own_model.numbers import ROUNDING, log_probs
from covtheory.own_model.problem import Problem
from covtheory.own_model.prompts import PROMPTS, PromptCounts
from covtheory.own_model.reading import NO_ROWS, Table
from covtheory.own_model.sanity import sentinels
from covtheory.own_model.scores import ENDS
from covtheory.own_model.side import LENGTHS
from covtheory.own_model.tournament_estimate import Wins

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
        self.matrix = False
        if table.arrays is not None and "log_probs" in table.columns:
            self.names = self._matrix()
        else:
            if wanted:
                for pattern in wanted:
                    if not any(fnmatchcase(name, pattern) for name in table.columns):
                        table.need([pattern])
            self.names = [name for name in table.columns if name != prompt and (
                any(fnmatchcase(name, p) for p in wanted) if wanted else name not in NEVER)]
        if len(set(self.names)) < len(self.names):
            raise table.problem("two checkpoints have one name")
        if len(self.names) < 2:
            raise table.problem(f"{len(self.names)} checkpoints, expected at least two columns besides 'id', 'prompt' "
                                f"and 'base'; {HINT}")
        if prompt is not None:
            table.need([prompt])
        self.prompt, self.id, self.base = prompt or table.first(PROMPTS), table.first(IDS), Declared("base")
        self.seen, self.hashing, self.sentinels = Seen(), None, 0
        self.low, self.high = np.full(len(self.names), np.inf), np.full(len(self.names), -np.inf)
        self.broken = np.zeros(len(self.names), dtype=bool)

    def __iter__(self) -> Iterator[np.ndarray]:
        yield from self._matrix_chunks() if self.matrix else self._column_chunks()
        self.conclude()

    def conclude(self) -> None:
        """What can be said after the last row only.

        Raises
        ------
        Problem
            An id came twice, or a column cannot be a checkpoint's.
        """
        self.seen.check(self.table.path)
        odd = [name for name, whole, a, b in zip(self.names, ~self.broken, self.low, self.high, strict=True)
               if not self.wanted and not self.matrix and (whole or (a == b and np.isfinite(a)))]
        if odd:
            raise self.table.problem(f"column {' and '.join(map(repr, odd))} holds whole numbers only, or always the "
                                     f"same one: that is no log-probability of responses; {HINT}")

    def warnings(self, draws: int, mean_log_prob: np.ndarray) -> list[str]:
        """What looks wrong with the numbers."""
        said = []
        if self.sentinels:
            said.append(f"{self.sentinels:,} values are numbers that engines write for missing ones (-100, -9999, ...)")
        values, times = np.unique(mean_log_prob, return_counts=True)
        for value in values[times > 1]:
            twins = [name for name, mean in zip(self.names, mean_log_prob, strict=True) if mean == value]
            if np.isfinite(value):
                said.append(f"{' and '.join(twins[:4])} have the same mean log-probability to the last digit: copies?")
        finite = mean_log_prob[np.isfinite(mean_log_prob)]
        if draws > 50 and finite.size and finite.min() > -5:
            said.append(f"looks length-normalised (mean |log p| of a response is {-finite.min():.3g} nats at most): "
                        "per-token means? sums over the response are needed")
        return said

    def wins(self, N: float, client=None) -> Wins:
        """Who finds how many responses at least N times likelier than whom; on a cluster, by shards."""
        total = Wins(self.names, N)
        if client is None:
            for part in self:
                total.add(part)
            return total
        bare = self._emptied()
        tasks = [client.submit(safely, _shard, bare, index, N, pure=False) for index in range(len(self.table.sources))]
        for part, wins in in_order(tasks, self.progress):
            self.base.absorb(part.base, self.table.problem)
            self.prompts.absorb(part.prompts)
            self.seen.absorb(part.seen)
            self.sentinels += part.sentinels
            self.low, self.high = np.minimum(self.low, part.low), np.maximum(self.high, part.high)
            self.broken |= part.broken
            total.absorb(wins)
        if not total.draws:
            raise self.table.problem(NO_ROWS)
        self.conclude()
        return total

    def _emptied(self):
        fresh = copy.copy(self)
        fresh.table, fresh.progress, fresh.prompts = self.table.emptied(), None, PromptCounts()
        fresh.seen, fresh.hashing, fresh.base = Seen(hashing=digests), digests, Declared("base")
        fresh.sentinels = 0
        return fresh

    def _names(self, prompts):
        return self.hashing(prompts).tolist() if self.hashing else prompts

    def _column_chunks(self):
        table = self.table
        texts = [name for name in (self.id, self.prompt, "base" if "base" in table.columns else None) if name]
        table.texts |= set(texts)
        table.unforeseen = {"base", *(PROMPTS if self.prompt is None else ()), *(IDS if self.id is None else ())} - {
            *table.columns}
        stream = iter(table.chunks([*self.names, *texts], self.rows, self.progress))
        while True:
            try:
                chunk = next(stream, None)
                if chunk is None:
                    break
                part = np.stack([log_probs(chunk, name) for name in self.names])
                self.sentinels += sentinels(part)
            except Problem as problem:
                raise problem if self.wanted else self._hinted(problem) from None
            self.base.read(chunk)
            if self.id:
                self.seen.add(chunk, chunk.columns[self.id])
            if self.prompt:
                self.prompts.add(self._names(chunk.names(self.prompt)))
            self.low, self.high = np.minimum(self.low, part.min(axis=1)), np.maximum(self.high, part.max(axis=1))
            self.broken |= (part != np.floor(part)).any(axis=1)
            yield part * BASES[self.base.base or "nats"]

    @staticmethod
    def _hinted(problem):
        problem.args = (f"{problem} ({HINT})",)
        return problem

    def _matrix(self):
        """The names of the checkpoints of a file that holds a matrix."""
        self.matrix, arrays = True, self.table.arrays
        array, names = self._checked(self.table.sources[0], arrays), arrays.get("models")
        if names is None:
            if len(array) > array.shape[1]:
                raise self.table.problem(f"log_probs has shape {array.shape}, more checkpoints than responses: "
                                         "transposed? Name the checkpoints in an array 'models'")
            return [f"checkpoint {i + 1}" for i in range(len(array))]
        return list(map(str, names.tolist()))

    @staticmethod
    def _checked(source, arrays):
        array, names = arrays.get("log_probs"), arrays.get("models")
        if array is None:
            raise Problem(source.name, "no array 'log_probs', which the first file has")
        if array.ndim != 2 or array.dtype.kind not in "fiu" or not array.size:
            raise Problem(source.name, f"log_probs has shape {array.shape} and dtype {array.dtype}, expected numbers "
                          "(checkpoints, responses)")
        if names is not None and names.shape != (len(array),):
            raise Problem(source.name, f"log_probs has shape {array.shape}, but {names.size} models are named")
        return array

    def _matrix_chunks(self):
        for source in self.table.sources:
            first = source is self.table.sources[0] and self.table.arrays is not None
            arrays = self.table.arrays if first else npz_columns(source)
            array, named = self._checked(source, arrays), arrays.get("models")
            if len(array) != len(self.names) or (named is not None and list(map(str, named.tolist())) != self.names):
                raise Problem(source.name, "other checkpoints than in the first file")
            texts = {}
            for name in [each for each in ("base", self.prompt, self.id) if each]:
                cells = arrays.get(name)
                if cells is None or (name != "base" and cells.shape != array.shape[1:]):
                    if name == "base" and not self.base.base:
                        continue
                    size = "no" if cells is None else cells.size
                    raise Problem(source.name, f"array {name!r} names {size} entries for {array.shape[1]} responses")
                texts[name] = [as_text(cell) for cell in cells.reshape(-1).tolist()]
            whole = Chunk(source.path, "row", np.arange(array.shape[1]) + 1, texts)
            self.base.read(whole)
            if self.id:
                self.seen.add(whole, texts[self.id])
            if self.prompt:
                self.prompts.add(self._names(texts[self.prompt]))
            for start in range(0, array.shape[1], self.rows):
                part = np.asarray(array[:, start:start + self.rows], dtype=float)
                if not (part <= ROUNDING).all():
                    i, j = np.argwhere(~(part <= ROUNDING))[0]
                    message = "NaN" if np.isnan(part[i, j]) else f"positive log-probability {part[i, j]:.6g}"
                    raise Problem(source.name, f"{message} at response {start + j + 1}", f"row {i + 1}")
                self.sentinels += sentinels(part)
                yield np.minimum(part, 0.0) * BASES[self.base.base or "nats"]
                if self.progress:
                    self.progress(min(1.0, (start + self.rows) / array.shape[1]))


def _shard(scores, index, N):
    part = scores._emptied()
    part.table = part.table.shard(index)
    wins = Wins(part.names, N)
    for chunk in part._matrix_chunks() if part.matrix else part._column_chunks():
        wins.add(chunk)
    return part, wins


def checkpoint_log_probs(path: str | Path, **options) -> tuple[list[str], CheckpointScores]:
    """The names of :class:`CheckpointScores`, and the stream itself."""
    scores = CheckpointScores(path, **options)
    return scores.names, scores

"""Draws and successes of every prompt, out of counts or of single verdicts, none of them counted twice."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.cluster import in_order, safely
from covtheory.own_model.identity import digests, hashes
from covtheory.own_model.numbers import refuse, summed
from covtheory.own_model.prompts import MOST, PROMPTS
from covtheory.own_model.reading import NO_ROWS, Table

TASKS = (*PROMPTS, "input", "question", "problem", "id")
"""Names of the column that tells prompts apart, for verdicts."""

VERDICTS = ("passed", "pass", "correct", "is_correct", "success", "solved", "resolved", "acc", "exact_match",
            "graded_list", "score", "reward")
DRAWS = ("n", "num_samples", "n_samples", "total")
SUCCESSES = ("c", "num_correct", "n_correct", "num_passed", "n_passed", "successes", "correct", "passed", "solved")
"""Names of the columns of counts; both must be there, and neither hold truth values."""

TWICE = "the same draws written twice (two filters?), or another run? --add-up adds the draws of a prompt"
MOST_DRAWS = 10**9
"""Draws of one prompt, at most."""


@dataclass
class Counts:
    """``n`` draws and ``c`` successes, one entry a prompt; ``groups`` of the prompts; ``notes`` of what was decided.

    ``tasks`` are hashes of the prompts' names, ``answers`` what was answered: answer to
    ``[how often, how often right]``.
    """

    n: np.ndarray
    c: np.ndarray
    groups: list[str] | None = None
    notes: list[str] = field(default_factory=list)
    answers: list | None = None
    tasks: list[int] | None = None
    kind: str = ""


def read_counts(path: str | Path, *, form: str | None = None, chosen: str | None = None, by: str | None = None,
                prompt: str | None = None, verdict: str | None = None, add_up: bool = False, answer: str | None = None,
                progress=None, client=None) -> Counts:
    """Read columns ``n`` and ``c``, or one verdict a row (or a list of them), or what evaluation tools write.

    Parameters
    ----------
    by : str, optional
        A column whose value is the same for all rows of a prompt.
    prompt : str, optional
        The column that tells prompts apart, if it has another name than those of ``TASKS``.
    verdict : str, optional
        The column that says whether a draw was right, if it has another name than those of ``VERDICTS``.
    add_up : bool
        Add the draws of rows with one prompt, instead of refusing counts whose prompt comes twice.
    answer : str, optional
        The column of what was answered, for a majority vote.
    client : optional
        Of Dask: then shards are read as its tasks.

    Raises
    ------
    Problem
        Unless whole numbers ``0 <= c <= n``, ``1 <= n <= 10^9``; a prompt twice; verdicts other than right and wrong.
    """
    table = Table(path, form=form, chosen=chosen)
    for name in (by, prompt, answer, verdict):
        if name is not None:
            table.need([name])
    counts = tuple(next((name for name in names if name in table.columns and (
        name == names[0] or not isinstance(table.example.get(name), (bool, list)))), None)
        for names in (DRAWS, SUCCESSES))
    counted = verdict is None and None not in counts
    verdict = None if counted else verdict or table.first(VERDICTS)
    task = prompt or table.first((*PROMPTS, "id") if counted else TASKS)
    if not counted and (verdict is None or task is None):
        table.need(["n", "c"], "; or one verdict a row: a column like 'passed' and one like 'task_id'")
    table.texts |= {name for name in (task, by, answer) if name}
    table.truths |= {verdict} if verdict else set()
    table.unforeseen = set() if task else {*PROMPTS, "id"} - set(table.columns)
    repeats = ["n_all", "c_all", "agrees"] if "agrees" in table.columns else []
    names = [name for name in (*(counts if counted else (verdict,)), task, by, answer, *repeats) if name]
    if counted and counts != ("n", "c"):
        table.title = f"counts {counts[0]!r}, {counts[1]!r}"
    if not counted and not table.tool.title:
        table.title = "human-eval results" if (verdict, task) == ("passed", "task_id") else \
            f"verdicts {verdict!r} by {task!r}"
    if verdict and table.holds_lists(verdict):
        table.lists.add(verdict)
    tally = _Tally(table.emptied() if client else table, task, counted and not add_up,
                   (names, verdict, by, answer, repeats))
    if client is None:
        return tally.read(progress).counts()
    table.arrays = None
    shards = [client.submit(safely, _shard, tally, index, pure=False) for index in range(len(table.sources))]
    for part in in_order(shards, progress):
        tally.absorb(part)
    if not tally.rows:
        raise table.problem(NO_ROWS)
    return tally.counts()


def _shard(tally, index):
    return _Tally(tally.table.shard(index), tally.task, tally.once, tally.columns, digests).read()


def success_counts(path: str | Path, **options) -> tuple[np.ndarray, np.ndarray]:
    """``(n, c)`` of :func:`read_counts`."""
    counts = read_counts(path, **options)
    return counts.n, counts.c


class _Tally:
    """Sums by prompt."""

    def __init__(self, table: Table, task: str | None, once: bool, columns: tuple, hashing=hashes):
        self.table, self.task, self.once, self.columns, self.hashing = table, task, once, columns, hashing
        self.index, self.parts, self.groups, self.answers, self.notes = {}, [], [], [], []
        self.sums, self.rows = None, 0

    def read(self, progress=None) -> "_Tally":
        """All rows of the table."""
        for chunk in self.table.chunks(self.columns[0], progress=progress):
            self._add(chunk)
        return self

    def absorb(self, other: "_Tally") -> None:
        """The rows of another shard, with names hashed to the same numbers everywhere."""
        by, answer = self.columns[2:4]
        self.table.tool.notes.update(other.table.tool.notes)
        self.rows += other.rows
        if not other.rows:
            return
        if self.task is None:
            self.parts += other.parts
            self.groups += other.groups
            return
        known = len(self.index)
        where = self._places(other.index)
        if self.once and len(self.index) - known < len(where):
            raise self.table.problem(f"{known + len(where) - len(self.index):,} values of {self.task!r} are in an "
                                     f"earlier file too: {TWICE}", other.table.sources[0].name)
        self._sum(where, other.sums[:, :len(where)])
        self._group(where, other.groups if by else (), lambda row, what: self.table.problem(what))
        for row, i in enumerate(where.tolist()) if answer else ():
            self._answer(i, {key: list(entry) for key, entry in other.answers[row].items()})

    def _places(self, keys):
        where = np.fromiter((self.index.setdefault(key, len(self.index)) for key in keys), np.int64)
        if len(self.index) > MOST:
            raise self.table.problem(f"more than {MOST:,} prompts")
        return where

    def _group(self, where, names, problem):
        by = self.columns[2]
        for row, (i, name) in enumerate(zip(where.tolist(), names, strict=False)):
            if i == len(self.groups):
                self.groups.append(name)
            elif self.groups[i] != name:
                raise problem(row, f"column {by!r} is {name!r}, but {self.groups[i]!r} before for this {self.task}")

    def _answer(self, i, drawn):
        while i >= len(self.answers):
            self.answers.append({})
        for key, (times, right) in drawn.items():
            entry = self.answers[i].setdefault(key, [0, 0.0])
            entry[0] += times
            entry[1] += right

    def _add(self, chunk: Chunk) -> None:
        verdict, by, answer, repeats = self.columns[1:]
        columns = chunk.columns
        self.rows += len(chunk.places)
        if verdict is None:
            names = self.columns[0][:2]
            n, c = (columns[name] for name in names)
            for name, values, least in ((names[0], n, 1), (names[1], c, 0)):
                bad = ~((values >= least) & (values == np.floor(values)) & np.isfinite(values))
                refuse(chunk, bad, name, values, f"expected a whole number >= {least}")
            refuse(chunk, n > MOST_DRAWS, names[0], n, f"more than {MOST_DRAWS:,} draws of one prompt")
            refuse(chunk, c > n, names[1], c, "more successes than draws")
        else:
            flat, offsets = columns[verdict] if isinstance(columns[verdict], tuple) else (
                columns[verdict], np.arange(len(chunk.places) + 1))
            rows = np.repeat(np.arange(len(chunk.places)), np.diff(offsets))
            wrong = np.bincount(rows, (flat != 0) & (flat != 1), len(chunk.places)) > 0
            n, c = np.diff(offsets).astype(float), summed(flat, offsets)
            refuse(chunk, wrong, verdict, c, "neither right (1) nor wrong (0)")
            refuse(chunk, n == 0, verdict, n, "an empty list of verdicts")
        more = np.stack([n, c, *(columns[name] for name in repeats)])
        if self.task is None:
            self.parts.append(more)
            self.groups += columns[by] if by else []
            return
        tasks = chunk.names(self.task)
        known, where = len(self.index), self._places(self.hashing(tasks).tolist())
        if self.once and (len(self.index) - known < len(tasks)):
            seen = set(range(known))
            for row, i in enumerate(where.tolist()):
                if i in seen:
                    raise chunk.problem(row, f"{self.task} {tasks[row]!r} a second time: {TWICE}")
                seen.add(i)
        self._sum(where, more)
        self._group(where, columns[by] if by else (), chunk.problem)
        if answer and "" in columns[answer]:
            raise chunk.problem(columns[answer].index(""), f"column {answer!r} is missing: an answer that was not "
                                "found is no vote; name it, for instance 'none', if it shall be one")
        for row, i in enumerate(where.tolist()) if answer else ():
            self._answer(i, {columns[answer][row]: (1, float(c[row]))})

    def _sum(self, where, more):
        old = self.sums
        size = max(len(self.index), 1)
        if old is None or old.shape[1] < size:
            self.sums = np.zeros((len(more), 2 * size))
            if old is not None:
                self.sums[:, :old.shape[1]] = old
        for row, values in enumerate(more):
            np.add.at(self.sums[row], where, values)

    def counts(self) -> Counts:
        """The sums, and what was decided on the way."""
        verdict, repeats = self.columns[1], self.columns[4]
        sums = np.concatenate(self.parts, axis=1) if self.task is None else self.sums[:, :len(self.index)]
        n, c = sums[:2]
        notes = [f"{count:,} {what}" for what, count in self.table.tool.notes.items()]
        if self.task is None:
            notes.append("no column tells prompts apart: rows taken as different prompts")
        if verdict is None and self.task and self.rows > len(n):
            notes.append(f"{self.rows:,} rows added up by {self.task!r}: {len(n):,} prompts")
        if repeats:
            n_all, c_all, agrees = sums[2:]
            if (agrees == n).all():
                n, c = n_all, c_all
                notes.append("\"equal to the target\" gives every recorded score: all repeats are counted by it")
            elif (n_all > n).any():
                notes.append(f"{int(n_all.sum()):,} responses were drawn, the filter kept and scored {int(n.sum()):,}")
        if (n > MOST_DRAWS).any():
            raise self.table.problem(f"more than {MOST_DRAWS:,} draws of one prompt")
        return Counts(n, c, self.groups or None, notes, self.answers or None, list(self.index) or None,
                      self.table.kind)

"""Tables of named columns, read in chunks: memory does not grow with the file.

A table has one row a response (or a prompt), out of one file or many shards; :mod:`covtheory.own_model.formats` opens
them and recognises what tools write. JSON rows may have further fields; a list in a CSV cell is separated by spaces or
commas; list columns of NPZ are 2-D and padded with zeros. Text formats are located by line, binary ones by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from covtheory.own_model.formats.arrays import arrow_lists, npz_columns, number, parquet_batches
from covtheory.own_model.formats.cells import as_text, list_cell, number_column, truths, unpadded
from covtheory.own_model.formats.records import text_rows
from covtheory.own_model.formats.scored import VLLM, LmEvalScored, OpenAI, Tool
from covtheory.own_model.formats.sources import CONTAINERS, Source, sources
from covtheory.own_model.formats.verdicts import EvalPlus, LmEvalDrawn
from covtheory.own_model.problem import Problem

TOOLS = (OpenAI, VLLM, LmEvalScored, LmEvalDrawn, EvalPlus)
FORMATS = tuple(dict.fromkeys([*CONTAINERS.values(), *(tool.name for tool in TOOLS), Tool.name]))
"""What ``--format`` may force: a container, a tool's rows, or ``plain`` columns."""

HELD = 1 << 22
"""Numbers in lists, and characters of texts, that are held at once."""

TITLES = {"jsonl": "JSON lines", "json": "JSON", "csv": "CSV", "tsv": "TSV", "npz": "NPZ", "parquet": "Parquet"}


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


class Table:
    """A table opened for reading; ``columns`` are its names, ``chunks`` its rows, ``kind`` what was recognised.

    Parameters
    ----------
    path : str or Path
        See :func:`covtheory.own_model.formats.sources.sources`.
    form : str, optional
        One of ``FORMATS``, instead of what the ending or the first row tells.
    chosen : str, optional
        The filter of lm-eval or evalplus to count.

    Raises
    ------
    Problem
        Missing, empty, truncated or malformed file, unknown ending, pyarrow missing.
    """

    def __init__(self, path: str | Path, *, form: str | None = None, chosen: str | None = None):
        self.sources = sources(path, form if form in TITLES else None)
        self.path, self.form, self.chosen = Path(self.sources[0].name), form, chosen
        self.lists: set[str] = set()
        self.texts: set[str] = set()
        self.truths: set[str] = set()
        self.tool, self.arrays, self.example, self.title = Tool(), None, {}, ""
        container = self.sources[0].container
        if container == "npz":
            self.arrays = npz_columns(self.sources[0])
            self.columns = list(self.arrays)
        elif container == "parquet":
            stream = parquet_batches(self.sources[0], None, 1)
            self.columns = next(stream)
            for _, batch in stream:
                self.example = batch.to_pylist()[0] if len(batch) else dict.fromkeys(self.columns)
                break
        else:
            self.example = next(self._records(self.sources[0], lambda fraction: None), (0, {}))[1]
            self.columns = list(self.example)

    @property
    def kind(self) -> str:
        """What the rows were recognised as, and how many files there are."""
        title = self.title or self.tool.title or f"{TITLES[self.sources[0].container]} table"
        return title + (f", {len(self.sources)} files" if len(self.sources) > 1 else "")

    def chunks(self, names: list[str], rows: int = 1 << 18, progress=None) -> Iterator[Chunk]:
        """Yield the named columns; ``progress``, if given, is called with the fraction read.

        Raises
        ------
        Problem
            As soon as a row is met that cannot be used, or at the end if there was none.
        """
        empty, total = True, len(self.sources)
        self.tool.notes.clear()
        for index, source in enumerate(self.sources):
            def report(fraction, index=index):
                if progress:
                    progress(min((index + min(fraction, 1.0)) / total, 1.0))

            part = {"npz": self._npz, "parquet": self._parquet}.get(source.container, self._text)
            for chunk in part(source, names, rows, report):
                empty = False
                yield chunk
            report(1.0)
        if empty:
            raise Problem(self.path, "the file has columns but no rows")

    def problem(self, message: str, where: str = "") -> Problem:
        """A problem of the file as a whole."""
        return Problem(self.path, message, where)

    def holds_lists(self, name: str) -> bool:
        """Whether the first row has a list in this column."""
        if self.arrays is not None:
            return self.arrays[name].ndim == 2
        return isinstance(self.example[name], list)

    def need(self, names: list[str], hint: str = "") -> None:
        """Refuse the table unless it has these columns."""
        if missing := [name for name in names if name not in self.columns]:
            there = ", ".join(map(str, self.columns)) or "none"
            raise self.problem(f"no column {' nor '.join(map(repr, missing))}; there are: {there}"
                               + (f" (read as {self.tool.title})" if self.tool.title else "") + hint)

    def first(self, names: tuple[str, ...]) -> str | None:
        """The first of these names that is a column."""
        return next((name for name in names if name in self.columns), None)

    def _records(self, source, progress):
        """``(place, standard row)`` of a text file; the first row tells whose rows they are."""
        stream = text_rows(source, progress)
        first = next(stream, None)
        if first is None:
            return
        if not self.tool.title and self.form != "plain" and isinstance(first[1], dict):
            matching = [tool for tool in TOOLS if (tool.recognises(first[1]) if self.form in (None, *TITLES)
                                                   else tool.name == self.form and tool.recognises(first[1]))]
            if self.form not in (None, *TITLES) and not matching:
                raise Problem(source.name, f"the first row is none of {self.form}'s", f"line {first[0]}")
            if matching:
                self.tool = matching[0](self.chosen)
        header = source.container in ("csv", "tsv")
        if header:
            yield first
        for place, row in stream if header else chain([first], stream):
            if not self.tool.title:
                yield place, row
                continue
            try:
                made = self.tool.rows(row)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
                reason = str(error) if type(error) is ValueError else "not laid out as the first row"
                raise Problem(source.name, f"read as {self.tool.title}: {reason} (--format plain reads columns)",
                              f"{_word(source)} {place}") from None
            for each in made:
                yield place, each

    def _text(self, source, names, rows, progress):
        kept, places, weight = [], [], 0
        heavy = [i for i, name in enumerate(names) if name in self.lists | self.texts]
        stream = self._records(source, progress)
        if source.container in ("csv", "tsv"):
            header = next(stream, (0, {}))[1]
            if missing := [name for name in names if name not in header]:
                raise Problem(source.name, f"no column {missing[0]!r}", "line 1")
        for place, row in stream:
            try:
                kept.append([row[name] for name in names])
            except KeyError as error:
                raise Problem(source.name, f"no field {error.args[0]!r}, which the first row has",
                              f"{_word(source)} {place}") from None
            places.append(place)
            weight += sum(len(kept[-1][i]) for i in heavy if isinstance(kept[-1][i], (list, str)))
            if len(kept) == rows or weight > HELD:
                yield self._assembled(source, names, kept, places)
                kept, places, weight = [], [], 0
        if kept:
            yield self._assembled(source, names, kept, places)

    def _assembled(self, source, names, rows, places):
        chunk = Chunk(Path(source.name), _word(source), np.array(places), {})
        for name, cells in zip(names, zip(*rows, strict=True), strict=True):
            if name in self.texts:
                chunk.columns[name] = [as_text(cell) for cell in cells]
            elif name in self.lists:
                parts = [list_cell(chunk, i, name, truths(cell) if name in self.truths else cell)
                         for i, cell in enumerate(cells)]
                offsets = np.concatenate([[0], np.cumsum([part.size for part in parts])])
                chunk.columns[name] = (np.concatenate(parts), offsets)
            else:
                chunk.columns[name] = number_column(chunk, name, truths(cells) if name in self.truths else cells)
        return chunk

    def _npz(self, source, names, rows, progress):
        arrays = self.arrays if source is self.sources[0] else npz_columns(source)
        if missing := [name for name in names if name not in arrays]:
            raise Problem(source.name, f"no array {missing[0]!r}")
        single = {name for name in names if name in self.texts and arrays[name].ndim == 0}  # said once for all rows
        lengths = {arrays[name].shape[:1] for name in names if name not in single}
        if len(lengths) != 1 or () in lengths:
            raise Problem(source.name, "arrays differ in length: " + ", ".join(f"{k} {arrays[k].shape}" for k in names))
        total = next(iter(lengths))[0]
        rows = max(1, min([rows, *(HELD // max(1, arrays[name].shape[1]) for name in names if arrays[name].ndim == 2)]))
        for start in range(0, total, rows):
            stop = min(start + rows, total)
            columns = {}
            for name in names:
                if name in single:
                    columns[name] = [as_text(arrays[name].item())] * (stop - start)
                    continue
                part = arrays[name][start:stop]
                if name in self.texts and part.dtype.kind in "USiuf" and part.ndim == 1:
                    columns[name] = [as_text(cell) for cell in part.tolist()]
                elif part.dtype.kind not in "fiu" + "b" * (name in self.truths) or \
                        part.ndim != 1 + (name in self.lists):
                    raise Problem(source.name,
                                  f"array {name!r}: dtype {part.dtype} and shape {arrays[name].shape} do not fit")
                elif part.ndim == 2:
                    columns[name] = unpadded(np.asarray(part, dtype=float))
                else:
                    columns[name] = np.asarray(part, dtype=float)
            yield Chunk(Path(source.name), "row", np.arange(start, stop) + 1, columns)
            progress(stop / total)

    def _parquet(self, source, names, rows, progress):
        rows = min(rows, 1 << 12 if self.lists & set(names) else 1 << 15 if self.texts & set(names) else rows)
        stream, done = parquet_batches(source, names, rows), 0
        there = next(stream)
        if missing := [name for name in names if name not in there]:
            raise Problem(source.name, f"no column {missing[0]!r}")
        for fraction, batch in stream:
            chunk = Chunk(Path(source.name), "row", done + 1 + np.arange(len(batch)), {})
            for name in names:
                chunk.columns[name] = self._arrow(chunk, name, batch.column(batch.schema.get_field_index(name)))
            done += len(batch)
            if len(batch):
                yield chunk
            progress(fraction)

    def _arrow(self, chunk, name, column):
        import pyarrow

        if name in self.texts:
            return [as_text(cell) for cell in column.to_pylist()]
        if name in self.lists:
            found = arrow_lists(column, name in self.truths)
            if found is None:
                raise chunk.problem(0, f"column {name!r} has type {column.type}, expected lists of numbers")
            return found
        if column.null_count:
            row = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
            raise chunk.problem(row, f"column {name!r} is missing")
        if not number(column.type) and not (name in self.truths and pyarrow.types.is_boolean(column.type)):
            raise chunk.problem(0, f"column {name!r} has type {column.type}, expected numbers")
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)


def _word(source: Source) -> str:
    return "value" if source.container == "json" else "line"

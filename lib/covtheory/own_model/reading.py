"""Tables of named columns, read in chunks: memory does not grow with the file.

A table has one row a response (or a prompt), out of one file or many shards; :mod:`covtheory.own_model.formats` opens
them and recognises what tools write. JSON rows may have further fields; a list in a CSV cell is separated by spaces or
commas; list columns of NPZ are 2-D and padded with zeros. Text formats are located by line, binary ones by row.
"""

import copy
import io
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.columnar import HELD, arrow_chunks, batch_chunk, npz_chunks
from covtheory.own_model.formats.arrays import arrow_batches, npz_columns
from covtheory.own_model.formats.blocks import arrow_block, arrow_schema, line_blocks
from covtheory.own_model.formats.cells import as_text, joined_lists, list_cell, number_column, truths
from covtheory.own_model.formats.records import LONGEST, damaged, json_lines, text_rows
from covtheory.own_model.formats.scored import VLLM, LmEvalScored, OpenAI, Tool
from covtheory.own_model.formats.sources import CONTAINERS, Source, sources
from covtheory.own_model.formats.verdicts import EvalPlus, LmEvalDrawn
from covtheory.own_model.problem import Problem

TOOLS = (OpenAI, VLLM, LmEvalScored, LmEvalDrawn, EvalPlus)
FORMATS = tuple(dict.fromkeys([*CONTAINERS.values(), *(tool.name for tool in TOOLS), Tool.name]))
"""What ``--format`` may force: a container, a tool's rows, or ``plain`` columns."""

TITLES = {"jsonl": "JSON lines", "json": "JSON", "csv": "CSV", "tsv": "TSV", "npz": "NPZ", "parquet": "Parquet",
          "arrow": "Arrow"}


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
        self.optional: set[str] = set()
        self.unforeseen: set[str] = set()
        self.tool, self.arrays, self.example, self.title = Tool(), None, {}, ""
        container = self.sources[0].container
        if container == "npz":
            self.arrays = npz_columns(self.sources[0])
            self.columns = list(self.arrays)
        elif container in ("parquet", "arrow"):
            for source in self.sources:
                stream = arrow_batches(source, None, 1)
                self.columns = next(stream)
                self.example = next((batch.to_pylist()[0] for _, batch in stream if len(batch)), {})
                if self.example:
                    break
            self.example = self.example or dict.fromkeys(self.columns)
        else:
            for source in self.sources:
                self.example = next(self._records(source, lambda fraction: None), (0, {}))[1]
                if self.example:
                    break
            self.columns = list(self.example)

    def __getstate__(self) -> dict:
        """For another process, which maps arrays itself; their names and shapes are all that is needed here."""
        return self.__dict__ | {"arrays": None}

    def shard(self, index: int) -> "Table":
        """This table with one of its files alone, read as all are."""
        other = self.emptied()
        other.sources, other.arrays = [self.sources[index]], None
        return other

    def emptied(self) -> "Table":
        """The same table with notes of its own."""
        other = copy.copy(self)
        other.tool = copy.deepcopy(self.tool)
        other.tool.notes.clear()
        return other

    @property
    def kind(self) -> str:
        """What the rows were recognised as, and how many files there are."""
        title = self.title or self.tool.title or f"{TITLES[self.sources[0].container]} table"
        title += f", {len(self.sources)} files" * (len(self.sources) > 1)
        return title + f", {self.sources[0].left_out} empty files left out" * bool(self.sources[0].left_out)

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
            self.tool.place = source.name

            def report(fraction, index=index):
                if progress:
                    progress(min((index + min(fraction, 1.0)) / total, 1.0))

            if source.container == "npz":
                first = source is self.sources[0] and self.arrays is not None
                arrays = self.arrays if first else npz_columns(source)
                part = npz_chunks(self, source, arrays, names, rows, report)
            elif source.container in ("parquet", "arrow"):
                part = arrow_chunks(self, source, names, rows, report)
            else:
                part = self._text(source, names, rows, report)
            for chunk in part:
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
        schema = None
        if source.container == "jsonl" and not self.tool.title:
            schema = arrow_schema(names, self.example, self.texts, self.lists, self.truths)
        if schema is not None:
            yield from self._blocks(source, names, rows, schema, progress)
            return
        stream = self._records(source, progress)
        if source.container in ("csv", "tsv"):
            header = next(stream, (0, {}))[1]
            if missing := [name for name in names if name not in header]:
                raise Problem(source.name, f"no column {missing[0]!r}", "line 1")
        yield from self._gathered(source, names, rows, stream)

    def _blocks(self, source, names, rows, schema, progress):
        """Chunks of JSON lines, by Arrow where a block allows it."""
        unforeseen = "|".join(map(re.escape, sorted(self.unforeseen)))
        pattern = re.compile(f'"({unforeseen})"'.encode()) if unforeseen else None
        stream, raw = source.open()
        with raw:
            for line, data, failed in line_blocks(stream, LONGEST):
                data = data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
                batch = None if failed else arrow_block(data, schema, self.optional, pattern)
                if batch is None:
                    data = data[:data.rfind(b"\n") + 1] if failed else data  # what is cut is said of the line behind
                    yield from self._gathered(source, names, rows, json_lines(source, io.BytesIO(data), line - 1))
                    if failed:
                        raise damaged(source, failed, line + data.count(b"\n"))
                else:
                    for start in range(0, len(batch), rows):
                        yield batch_chunk(self, source, names, batch.slice(start, rows), line + start, "line")
                progress(raw.tell() / max(source.size, 1))

    def _gathered(self, source, names, rows, stream):
        kept, places, weight = [], [], 0
        heavy = [i for i, name in enumerate(names) if name in self.lists | self.texts]
        for place, row in stream:
            if self.unforeseen and not self.unforeseen.isdisjoint(row):
                name = min(self.unforeseen.intersection(row))
                raise Problem(source.name, f"field {name!r}, which the first row does not have: it says how to read "
                              "all of them", f"{_word(source)} {place}")
            try:
                kept.append([row.get(name) if name in self.optional else row[name] for name in names])
            except KeyError as error:
                raise Problem(source.name, f"no field {error.args[0]!r}, which the first row has",
                              f"{_word(source)} {place}") from None
            places.append(place)
            weight += sum([len(kept[-1][i]) for i in heavy if isinstance(kept[-1][i], (list, str))])
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
                chunk.columns[name] = joined_lists(parts)
            else:
                chunk.columns[name] = number_column(chunk, name, truths(cells) if name in self.truths else cells,
                                                    name in self.optional)
        return chunk


def _word(source: Source) -> str:
    return "value" if source.container == "json" else "line"

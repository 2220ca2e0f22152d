"""Tables of named columns, read in chunks: memory does not grow with the file.

A table has one row a response (or a prompt), out of one file or many shards; :mod:`covtheory.own_model.formats` opens
them and recognises what tools write. JSON rows may have further fields; a list in a CSV cell is separated by spaces or
commas; list columns of NPZ are 2-D and padded with zeros. Text formats are located by line, binary ones by row.
"""

import copy
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.columnar import arrow_chunks, npz_chunks
from covtheory.own_model.formats.arrays import arrow_batches, npz_columns
from covtheory.own_model.formats.records import text_rows
from covtheory.own_model.formats.scored import VLLM, LmEvalScored, OpenAI, Tool
from covtheory.own_model.formats.sources import sources
from covtheory.own_model.formats.verdicts import EvalPlus, LmEvalDrawn
from covtheory.own_model.problem import Problem
from covtheory.own_model.textual import text_chunks, word

TOOLS = (OpenAI, VLLM, LmEvalScored, LmEvalDrawn, EvalPlus)
NO_ROWS = "the file has columns but no rows"

TITLES = {"jsonl": "JSON lines", "json": "JSON", "csv": "CSV", "tsv": "TSV", "npz": "NPZ", "parquet": "Parquet",
          "arrow": "Arrow"}


class Table:
    """A table opened for reading; ``columns`` are its names, ``chunks`` its rows, ``kind`` what was recognised.

    Parameters
    ----------
    path : str or Path
        See :func:`covtheory.own_model.formats.sources.sources`.
    form : str, optional
        A container, a tool's rows or ``plain`` columns, instead of what the ending or the first row tells.
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
        self.first_rows, self.whole = 0, True  # the first source that has rows; all sources, or a shard
        container = self.sources[0].container
        if container == "npz":
            self.arrays = npz_columns(self.sources[0])
            self.columns = list(self.arrays)
        elif container in ("parquet", "arrow"):
            for index, source in enumerate(self.sources):
                stream = arrow_batches(source, None, 1)
                self.columns = next(stream)
                self.example = next((batch.to_pylist()[0] for _, batch in stream if len(batch)), {})
                if self.example:
                    self.first_rows = index
                    break
            self.example = self.example or dict.fromkeys(self.columns)
        else:
            for index, source in enumerate(self.sources):
                rows = self.records(source, lambda fraction: None)
                self.example = next(rows, (0, {}))[1] or self.example
                if self.example and (container not in ("csv", "tsv") or next(rows, None)):
                    self.first_rows = index
                    break
            self.columns = list(self.example)

    def __getstate__(self) -> dict:
        """For another process, which maps arrays itself; their names and shapes are all that is needed here."""
        return self.__dict__ | {"arrays": None}

    def shard(self, index: int) -> "Table":
        """This table with one of its files alone, read as all are; it may have no rows.

        Raises
        ------
        Problem
            The file is not there, or has another size than it had: a worker elsewhere sees another one.
        """
        other, source = self.emptied(), self.sources[index]
        size = source.size if source.path.is_file() else None
        if size != source.bytes:
            raise Problem(source.name, "no such file where the worker runs" if size is None else
                          f"has {size:,} bytes where the worker runs, {source.bytes:,} here: the same file?")
        other.sources, other.arrays, other.whole = [self.sources[index]], None, False
        return other

    def emptied(self) -> "Table":
        """The same table with notes of its own, for workers.

        Raises
        ------
        Problem
            They cannot see its file.
        """
        if self.sources[0].kept is not None:
            raise self.problem("cannot be read by workers elsewhere: not with --scheduler")
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
                part = text_chunks(self, source, names, rows, report)
            for chunk in part:
                empty = False
                yield chunk
            report(1.0)
        if empty and self.whole:
            raise self.problem(NO_ROWS)

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

    def records(self, source, progress):
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
                              f"{word(source)} {place}") from None
            for each in made:
                yield place, each

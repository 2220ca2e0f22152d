"""Tables in JSONL, CSV, NPZ or Parquet, read in chunks: memory does not grow with the file.

A table has named columns and one row a response (or a prompt). Text formats are located by line, binary ones by row.
JSONL: one object a line, the same fields in each. CSV: a header line; a list in a cell is separated by spaces.
NPZ: one array a column, a list column is 2-D and padded with zeros; arrays saved by ``np.savez`` are mapped, those of
``np.savez_compressed`` must fit in memory. Parquet needs pyarrow (``pip install 'covtheory[parquet]'``).
"""

import csv
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covtheory.own_model.problem import Problem

FORMATS = (".jsonl", ".csv", ".npz", ".parquet")
TEXT = ("id", "base", "models")
"""Columns that hold names; every other column holds numbers or lists of numbers."""


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
    """A file opened for reading; ``columns`` are its names, ``chunks`` its rows.

    Parameters
    ----------
    path : str or Path
        The ending tells the format.
    lists : tuple of str
        Columns whose entries are lists of numbers.

    Raises
    ------
    Problem
        Missing, empty, truncated or malformed file, unknown ending, pyarrow missing.
    """

    def __init__(self, path: str | Path, lists: tuple[str, ...] = ()):
        self.path, self.lists = Path(path), lists
        self.format = self.path.suffix.lower()
        if self.format not in FORMATS:
            raise Problem(path, f"ending {self.path.suffix!r} is unknown, expected one of {', '.join(FORMATS)}")
        if not self.path.is_file():
            raise Problem(path, "no such file")
        if self.path.stat().st_size == 0:
            raise Problem(path, "the file is empty")
        self._read = {".jsonl": _read_jsonl, ".csv": _read_csv, ".npz": _read_npz, ".parquet": _read_parquet}
        self.columns = next(self._read[self.format](self, None, 1))

    def chunks(self, names: list[str] | None = None, rows: int = 1 << 18, progress=None) -> Iterator[Chunk]:
        """Yield the named columns (all by default); ``progress``, if given, is called with the fraction read.

        Raises
        ------
        Problem
            As soon as a row is met that cannot be used, or at the end if there was none.
        """
        names = self.columns if names is None else names
        stream = self._read[self.format](self, names, rows)
        next(stream)
        empty = True
        for fraction, chunk in stream:
            empty = False
            yield chunk
            if progress:
                progress(min(fraction, 1.0))
        if empty:
            raise Problem(self.path, "the file has columns but no rows")

    def problem(self, message: str, where: str = "") -> Problem:
        """A problem of the file as a whole."""
        return Problem(self.path, message, where)


def _read_jsonl(table, names, rows):
    size, done = table.path.stat().st_size, 0
    with table.path.open("rb") as file:
        fields, kept, first = None, [], 1
        for line, text in enumerate(file, start=1):
            done += len(text)
            try:
                row = json.loads(text)
            except (json.JSONDecodeError, UnicodeDecodeError):
                if not text.strip():
                    raise table.problem("blank line, expected one JSON object a line", f"line {line}") from None
                cut = ": the file ends in the middle of it" if not text.endswith(b"\n") else ""
                raise table.problem(f"not a JSON object{cut}", f"line {line}") from None
            if not isinstance(row, dict):
                raise table.problem(f"expected a JSON object, got {type(row).__name__}", f"line {line}")
            if fields is None:
                fields = list(row)
                yield fields
            if row.keys() != set(fields):
                odd = sorted(row.keys() ^ set(fields))
                raise table.problem(f"other fields than line 1: {', '.join(odd)}", f"line {line}")
            kept.append([row[name] for name in names])
            if len(kept) == rows:
                yield done / size, _assemble(table, names, kept, first + np.arange(rows))
                kept, first = [], line + 1
        if kept:
            yield 1.0, _assemble(table, names, kept, first + np.arange(len(kept)))


def _read_csv(table, names, rows):
    size, done, line = table.path.stat().st_size, 0, 0

    def lines(file):
        nonlocal done
        for text in file:  # decoded line by line, so that a bad byte is found on its line
            done += len(text)
            yield text.decode("utf-8" if line else "utf-8-sig")

    with table.path.open("rb") as file:
        reader = csv.reader(lines(file), strict=True)
        try:
            header, line = [name.strip() for name in next(reader)], 1
            if len(set(header)) < len(header):
                raise table.problem("the header names a column twice", "line 1")
            yield header
            places, kept = [], []
            pick = [header.index(name) for name in names]
            for row in reader:
                if len(row) != len(header):
                    expected = f"expected {len(header)} as in the header"
                    raise table.problem(f"{len(row)} fields, {expected}", f"line {line + 1}")
                kept.append([row[i] for i in pick])
                places.append(line + 1)
                line = reader.line_num
                if len(kept) == rows:
                    yield done / size, _assemble(table, names, kept, np.array(places))
                    places, kept = [], []
        except (csv.Error, UnicodeDecodeError) as error:
            raise table.problem(f"malformed: {error}", f"line {line + 1}") from None
        if kept:
            yield 1.0, _assemble(table, names, kept, np.array(places))


def _assemble(table, names, rows, places):
    chunk = Chunk(table.path, "line", places, {})
    for name, cells in zip(names, zip(*rows, strict=True), strict=True):
        if name in TEXT:
            chunk.columns[name] = list(map(str, cells))
        elif name in table.lists:
            parts = [_numbers(chunk, i, name, cell.split() if isinstance(cell, str) else cell)
                     for i, cell in enumerate(cells)]
            offsets = np.concatenate([[0], np.cumsum([part.size for part in parts])])
            chunk.columns[name] = (np.concatenate(parts), offsets)
        else:
            try:
                column = np.array(cells, dtype=float)
            except (TypeError, ValueError):
                column = None
            if column is None or column.ndim != 1:
                column = np.concatenate([_numbers(chunk, i, name, [cell]) for i, cell in enumerate(cells)])
            chunk.columns[name] = column
    return chunk


def _numbers(chunk, row, name, cells):
    try:
        array = np.array(cells, dtype=float)
    except (TypeError, ValueError):
        array = None
    if array is None or array.ndim != 1:
        raise chunk.problem(row, f"column {name!r}: {str(cells)[:60]} is no number" + "s" * (name in chunk.columns))
    return array


def _read_npz(table, names, rows):
    try:
        arrays = _npz_arrays(table.path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError) as error:
        raise table.problem(f"not a complete NPZ file of plain arrays: {error}") from None
    yield list(arrays)
    lengths = {name: arrays[name].shape[:1] for name in names}
    if len(set(lengths.values())) > 1 or () in lengths.values():
        raise table.problem("arrays differ in length: " + ", ".join(f"{k} {arrays[k].shape}" for k in names))
    total = lengths[names[0]][0]
    for start in range(0, total, rows):
        stop = min(start + rows, total)
        columns = {}
        for name in names:
            part = arrays[name][start:stop]
            if name in TEXT:
                columns[name] = part.astype(str).tolist()
            elif part.dtype.kind not in "fiu" or part.ndim != 1 + (name in table.lists):
                raise table.problem(f"array {name!r}: dtype {part.dtype} and shape {arrays[name].shape} do not fit")
            elif part.ndim == 2:
                offsets = np.arange(stop - start + 1) * part.shape[1]
                columns[name] = (np.asarray(part, dtype=float).ravel(), offsets)
            else:
                columns[name] = np.asarray(part, dtype=float)
        yield stop / total, Chunk(table.path, "row", np.arange(start, stop) + 1, columns)


def _npz_arrays(path: Path) -> dict[str, np.ndarray]:
    """Arrays of an NPZ file; those stored without compression are mapped, not read."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            with archive.open(member) as stream:
                version = np.lib.format.read_magic(stream)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, fortran, dtype = read(stream)
                header = stream.tell()
            if dtype.hasobject:
                raise ValueError(f"array {name!r} holds Python objects")
            if member.compress_type == zipfile.ZIP_STORED and np.prod(shape) > 0:
                with path.open("rb") as raw:  # the local header has its own lengths of name and extra field
                    raw.seek(member.header_offset + 26)
                    skip = int.from_bytes(raw.read(2), "little") + int.from_bytes(raw.read(2), "little")
                start = member.header_offset + 30 + skip + header
                arrays[name] = np.memmap(path, dtype, "r", start, shape, "F" if fortran else "C")
            else:
                with archive.open(member) as stream:
                    arrays[name] = np.lib.format.read_array(stream, allow_pickle=False)
    return arrays


def _read_parquet(table, names, rows):
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise table.problem("reading Parquet needs pyarrow: pip install 'covtheory[parquet]'") from None
    try:
        with parquet.ParquetFile(table.path) as file:
            yield list(file.schema_arrow.names)
            done, total = 0, max(file.metadata.num_rows, 1)
            for batch in file.iter_batches(rows, columns=names):
                places = done + 1 + np.arange(len(batch))
                chunk = Chunk(table.path, "row", places, {})
                for name in names:
                    chunk.columns[name] = _arrow_column(chunk, name, batch.column(name), name in table.lists)
                done += len(batch)
                if len(batch):
                    yield done / total, chunk
    except (pyarrow.ArrowException, OSError) as error:
        raise table.problem(f"not a complete Parquet file: {str(error).splitlines()[0][:120]}") from None


def _arrow_column(chunk, name, column, is_list):
    import pyarrow

    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
        raise chunk.problem(row, f"column {name!r} is missing")
    if name in TEXT:
        return list(map(str, column.to_pylist()))
    numbers = column.flatten() if is_list and pyarrow.types.is_list(column.type) else column
    kind = numbers.type
    if is_list == (numbers is column) or not (pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind)):
        raise chunk.problem(0, f"column {name!r} has type {column.type}, expected {'lists of ' * is_list}numbers")
    flat = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=float)
    if not is_list:
        return flat
    return flat, np.concatenate([[0], np.cumsum(column.value_lengths().to_numpy(zero_copy_only=False))])

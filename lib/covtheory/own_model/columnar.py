"""Tables that are stored by columns, NPZ and Parquet, as chunks of rows."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.formats.arrays import arrow_batches, arrow_lists, number
from covtheory.own_model.formats.cells import as_text, joined_lists, list_cell, unpadded
from covtheory.own_model.formats.sources import Source
from covtheory.own_model.problem import Problem

HELD = 1 << 22
"""Numbers in lists, and characters of texts, that are held at once."""


def npz_chunks(table, source: Source, arrays: dict, names: list[str], rows: int, progress) -> Iterator[Chunk]:
    """The named arrays of an NPZ file, some rows at a time."""
    unforeseen(table, source, arrays)
    if missing := [name for name in names if name not in arrays]:
        raise Problem(source.name, f"no array {missing[0]!r}")
    single = {name for name in names if name in table.texts and arrays[name].ndim == 0}  # said once for all rows
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
            if name in table.texts and part.dtype.kind in "USiuf" and part.ndim == 1:
                columns[name] = [as_text(cell) for cell in part.tolist()]
            elif part.dtype.kind not in "fiu" + "b" * (name in table.truths) or \
                    part.ndim != 1 + (name in table.lists):
                raise Problem(source.name,
                              f"array {name!r}: dtype {part.dtype} and shape {arrays[name].shape} do not fit")
            elif part.ndim == 2:
                columns[name] = unpadded(np.asarray(part, dtype=float))
            else:
                columns[name] = np.asarray(part, dtype=float)
        yield Chunk(Path(source.name), "row", np.arange(start, stop) + 1, columns)
        progress(stop / total)


def unforeseen(table, source: Source, columns) -> None:
    """Refuse columns that say how to read the others, if the first file did not have them."""
    if new := table.unforeseen.intersection(columns):
        raise Problem(source.name, f"column {min(new)!r}, which the first file does not have: it says how to read "
                      "all of them")


def arrow_chunks(table, source: Source, names: list[str], rows: int, progress) -> Iterator[Chunk]:
    """The named columns of a Parquet or Arrow file, some rows at a time."""
    rows = min(rows, 1 << 12 if table.lists & set(names) else 1 << 15 if table.texts & set(names) else rows)
    stream, done = arrow_batches(source, names, rows), 0
    there = next(stream)
    unforeseen(table, source, there)
    if missing := [name for name in names if name not in there]:
        raise Problem(source.name, f"no column {missing[0]!r}")
    for fraction, batch in stream:
        if len(batch):
            yield batch_chunk(table, source, names, batch, done + 1)
        done += len(batch)
        progress(fraction)


def batch_chunk(table, source: Source, names: list[str], batch, first: int, word: str = "row") -> Chunk:
    """The named columns of an Arrow record batch whose first row stands at ``first``."""
    chunk = Chunk(Path(source.name), word, first + np.arange(len(batch)), {})
    for name in names:
        chunk.columns[name] = _arrow(table, chunk, name, batch.column(batch.schema.get_field_index(name)))
    return chunk


def _arrow(table, chunk, name, column):
    import pyarrow

    if name in table.texts:
        return [as_text(cell) for cell in column.to_pylist()]
    if name in table.lists:
        if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type):
            return joined_lists([list_cell(chunk, row, name, cell) for row, cell in enumerate(column.to_pylist())])
        found = arrow_lists(column, name in table.truths)
        if found is None:
            raise chunk.problem(0, f"column {name!r} has type {column.type}, expected lists of numbers")
        return found
    if column.null_count and name not in table.optional:
        row = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
        raise chunk.problem(row, f"column {name!r} is missing")
    if not number(column.type) and not (name in table.truths and pyarrow.types.is_boolean(column.type)):
        raise chunk.problem(0, f"column {name!r} has type {column.type}, expected numbers")
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)

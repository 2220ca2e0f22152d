"""Tables in text, JSON and CSV, as chunks of rows."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.columnar import HELD, batch_chunk
from covtheory.own_model.formats.blocks import arrow_block, arrow_schema, line_blocks
from covtheory.own_model.formats.cells import as_text, joined_lists, list_cell, number_column, truths
from covtheory.own_model.formats.records import LONGEST, damaged, json_lines
from covtheory.own_model.formats.sources import Source
from covtheory.own_model.problem import Problem


def text_chunks(table, source: Source, names: list[str], rows: int, progress) -> Iterator[Chunk]:
    """The named columns of a text file, some rows at a time."""
    schema = None
    if source.container == "jsonl" and not table.tool.title:
        schema = arrow_schema(names, table.example, table.texts, table.lists, table.truths)
    if schema is not None:
        yield from _blocks(table, source, names, rows, schema, progress)
        return
    stream = table.records(source, progress)
    if source.container in ("csv", "tsv"):
        header = next(stream, (0, {}))[1]
        if missing := [name for name in names if name not in header]:
            raise Problem(source.name, f"no column {missing[0]!r}", "line 1")
    yield from _gathered(table, source, names, rows, stream)


def _blocks(table, source, names, rows, schema, progress):
    """Chunks of JSON lines, by Arrow where a block allows it."""
    unforeseen = "|".join(map(re.escape, sorted(table.unforeseen)))
    pattern = re.compile(f'"({unforeseen})"'.encode()) if unforeseen else None
    stream, raw = source.open()
    with raw:
        for line, data, failed in line_blocks(stream, LONGEST):
            data = data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
            batch = None if failed else arrow_block(data, schema, table.optional, pattern)
            if batch is None:
                data = data[:data.rfind(b"\n") + 1] if failed else data  # what is cut is said of the line behind
                yield from _gathered(table, source, names, rows, json_lines(source, io.BytesIO(data), line - 1))
                if failed:
                    raise damaged(source, failed, line + data.count(b"\n"))
            else:
                for start in range(0, len(batch), rows):
                    yield batch_chunk(table, source, names, batch.slice(start, rows), line + start, "line")
            progress(raw.tell() / max(source.size, 1))


def _gathered(table, source, names, rows, stream):
    kept, places, weight = [], [], 0
    heavy = [i for i, name in enumerate(names) if name in table.lists | table.texts]
    for place, row in stream:
        if table.unforeseen and not table.unforeseen.isdisjoint(row):
            name = min(table.unforeseen.intersection(row))
            raise Problem(source.name, f"field {name!r}, which the first row does not have: it says how to read "
                          "all of them", f"{word(source)} {place}")
        try:
            kept.append([row.get(name) if name in table.optional else row[name] for name in names])
        except KeyError as error:
            raise Problem(source.name, f"no field {error.args[0]!r}, which the first row has",
                          f"{word(source)} {place}") from None
        places.append(place)
        weight += sum([len(kept[-1][i]) for i in heavy if isinstance(kept[-1][i], (list, str))])
        if len(kept) == rows or weight > HELD:
            yield _assembled(table, source, names, kept, places)
            kept, places, weight = [], [], 0
    if kept:
        yield _assembled(table, source, names, kept, places)


def _assembled(table, source, names, rows, places):
    chunk = Chunk(Path(source.name), word(source), np.array(places), {})
    for name, cells in zip(names, zip(*rows, strict=True), strict=True):
        if name in table.texts:
            chunk.columns[name] = [as_text(cell) for cell in cells]
        elif name in table.lists:
            parts = [list_cell(chunk, i, name, truths(cell) if name in table.truths else cell)
                     for i, cell in enumerate(cells)]
            chunk.columns[name] = joined_lists(parts)
        else:
            chunk.columns[name] = number_column(chunk, name, truths(cells) if name in table.truths else cells,
                                                name in table.optional)
    return chunk


def word(source: Source) -> str:
    """What a place in a file of this kind is called."""
    return "value" if source.container == "json" else "line"

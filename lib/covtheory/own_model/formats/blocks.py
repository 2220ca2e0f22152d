"""JSON lines by blocks: Arrow reads those that hold nothing unusual, the others go line by line.

Arrow's reader is an order of magnitude faster and refuses almost all that the standard library refuses. What it would
take otherwise (two objects on a line, bytes that are not UTF-8, fields that come and go) is looked for first, so that
a block is either read alike by both or left to the slow way, whose messages name the line.
"""

import io
import re
import zlib
from collections.abc import Iterable, Iterator

BLOCK = 1 << 23
"""Bytes that are read at once."""

BROKEN = (OSError, EOFError, zlib.error, ValueError)
"""What a damaged compressed file raises."""


def line_blocks(stream, longest: int) -> Iterator[tuple[int, bytes, Exception | None]]:
    """``(number of the first line, lines, None)``; if reading fails, what remained with the exception, and the end.

    All but the last are whole lines, unless one is longer than ``longest`` bytes.
    """
    line, kept = 1, b""
    while True:
        parts, size, failed = [kept], 0, None
        try:
            while size < BLOCK and (part := stream.read1(1 << 20)):
                parts.append(part)
                size += len(part)
        except BROKEN as error:
            failed = error
        data = b"".join(parts)
        if failed or not size or len(data) > longest + BLOCK:
            yield line, data, failed
            return
        cut = data.rfind(b"\n") + 1
        if cut:
            yield line, data[:cut], None
            line += data.count(b"\n", 0, cut)
        kept = data[cut:]


def arrow_schema(names: Iterable[str], example: dict, texts: set[str], lists: set[str], truths: set[str]):
    """The Arrow types of these fields as the first row has them; None if they are unusual, or without pyarrow."""
    try:
        import pyarrow
    except ModuleNotFoundError:
        return None
    single = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    numbers, fields = (int, float), []
    for name in names:
        cell, kind = example.get(name), None
        if name in lists and isinstance(cell, list):
            kinds = set(map(type, cell)) - {type(None)}
            flags = kinds == {bool} and name in truths
            kind = pyarrow.list_(single[bool if flags else float]) if flags or kinds <= set(numbers) else None
        elif name in texts:
            kind = single.get(type(cell)) if type(cell) in (str, int) else None
        elif name not in lists and type(cell) in (*numbers, *[bool] * (name in truths)):
            kind = single[bool if type(cell) is bool else float]
        if kind is None or not name.isascii():
            return None
        fields.append((name, kind))
    return pyarrow.schema(fields) if fields else None


def arrow_block(data: bytes, schema, optional: set[str], unforeseen: re.Pattern | None):
    """The record batch of a block of whole lines; None if it must go line by line.

    Parameters
    ----------
    schema : pyarrow.Schema
        As by :func:`arrow_schema`.
    optional : set of str
        Fields that may be missing.
    unforeseen : re.Pattern, optional
        Text that no block should have: names of fields that the first row does not have.
    """
    import pyarrow
    from pyarrow import json

    lines = data.count(b"\n")
    apart = data.count(b"}\n{") + data.count(b"}\r\n{")
    if not (data.startswith(b"{") and data.endswith((b"}\n", b"}\r\n")) and apart == lines - 1):
        return None
    if unforeseen is not None and unforeseen.search(data):
        return None
    try:
        str(data, "utf-8")
        table = json.read_json(io.BytesIO(data), json.ReadOptions(use_threads=False, block_size=len(data) + 1),
                               json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"))
    except (pyarrow.ArrowException, UnicodeDecodeError, MemoryError):
        return None
    table = table.combine_chunks()
    if table.num_rows != lines or any(table[name].null_count for name in schema.names if name not in optional):
        return None
    if b"Infinity" not in data and any(map(_overflown, table.columns)):
        return None
    return table.to_batches()[0]


def _overflown(column):
    """Whether some number is infinite: without the word, it has more digits than a float can have."""
    from pyarrow import compute, types

    column = column.combine_chunks()
    column = column.flatten() if types.is_list(column.type) else column
    return types.is_floating(column.type) and bool(compute.any(compute.is_inf(column)).as_py())

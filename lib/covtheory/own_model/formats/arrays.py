"""Files with columns: NPZ, mapped where it can be, and Parquet, by row groups."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError

import numpy as np

from covtheory.own_model.formats.sources import Source
from covtheory.own_model.problem import Problem

INFLATION = 1100
"""A compressed member of an archive cannot be this many times larger than its bytes: deflate reaches 1032."""


def npz_columns(source: Source) -> dict[str, np.ndarray]:
    """Arrays of an NPZ file; those stored without compression are mapped, not read.

    Raises
    ------
    Problem
        Damaged or encrypted archive, objects, or an array that its bytes cannot hold.
    """
    try:
        return _npz_arrays(source.path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, RuntimeError, NotImplementedError, zlib.error,
            TokenError, SyntaxError, OverflowError, MemoryError, TypeError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise Problem(source.name, f"not a complete NPZ file of plain arrays: {reason}") from None


def _npz_arrays(path: Path) -> dict[str, np.ndarray]:
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
            needed = dtype.itemsize
            for length in shape:  # in Python's integers: a header may claim more than 2^63 bytes
                needed *= int(length)
            if needed + header != member.file_size or member.file_size > INFLATION * (member.compress_size + 64):
                raise ValueError(f"array {name!r} of shape {shape} does not fit into its {member.file_size} bytes")
            if member.compress_type == zipfile.ZIP_STORED and needed > 0:
                with path.open("rb") as raw:  # the local header has its own lengths of name and extra field
                    raw.seek(member.header_offset + 26)
                    skip = int.from_bytes(raw.read(2), "little") + int.from_bytes(raw.read(2), "little")
                start = member.header_offset + 30 + skip + header
                arrays[name] = np.memmap(path, dtype, "r", start, shape, "F" if fortran else "C")
            else:
                with archive.open(member) as stream:
                    arrays[name] = np.lib.format.read_array(stream, allow_pickle=False)
    return arrays


def arrow_batches(source: Source, names: list[str] | None, rows: int) -> Iterator:
    """The column names of a Parquet or Arrow file, then ``(fraction, record batch)`` of these columns (all if None).

    Raises
    ------
    Problem
        pyarrow missing, a damaged file, or a column name twice.
    """
    title = "Parquet" if source.container == "parquet" else "Arrow"
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise Problem(source.name, f"reading {title} needs pyarrow: pip install pyarrow") from None
    try:
        yield from (_parquet if title == "Parquet" else _arrow)(source, names, rows)
    except Problem:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError, OverflowError, KeyError, SystemError) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0]
        raise Problem(source.name, f"not a complete {title} file: {text[:120]}") from None


def _once(source, columns):
    if len(set(columns)) < len(columns):
        raise Problem(source.name, "names a column twice")
    return list(columns)


def _arrow(source, names, rows):
    """Streams, as data sets are saved, and files, as Feather's."""
    import pyarrow

    with pyarrow.memory_map(str(source.path)) as mapped:
        head = mapped.read(6)
        mapped.seek(0)
        if head == b"ARROW1":
            reader = pyarrow.ipc.open_file(mapped)
            batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            batches = reader = pyarrow.ipc.open_stream(mapped)
        yield _once(source, reader.schema.names)
        for batch in batches:
            batch = batch if names is None else batch.select(names)
            batch.validate(full=True)  # lengths and offsets stand in the file as they were written, or damaged
            for start in range(0, len(batch), rows):
                yield mapped.tell() / max(source.size, 1), batch.slice(start, rows)


def _parquet(source, names, rows):
    from pyarrow import parquet

    with parquet.ParquetFile(source.path) as file:
        yield _once(source, file.schema_arrow.names)
        done, total = 0, max(file.metadata.num_rows, 1)
        for batch in file.iter_batches(rows, columns=names):
            done += len(batch)
            yield done / total, batch


def arrow_lists(column, truths: bool = False):
    """``(flat, offsets)`` of a column of lists of any kind, missing numbers as NaN; None if there are none.

    A list that is missing altogether counts as empty. Truth values are numbers only if ``truths``.
    """
    import pyarrow
    import pyarrow.compute

    kinds = (pyarrow.types.is_list, pyarrow.types.is_large_list, pyarrow.types.is_fixed_size_list)
    if not any(kind(column.type) for kind in kinds):
        return None
    flags = truths and pyarrow.types.is_boolean(column.type.value_type)
    if not flags and not number(column.type.value_type):
        return None
    lengths = pyarrow.compute.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    flat = np.asarray(column.flatten().to_numpy(zero_copy_only=False), dtype=float)
    return flat, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def number(kind) -> bool:
    """Whether an Arrow type holds numbers (truth values are none)."""
    import pyarrow

    return pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind) or pyarrow.types.is_decimal(kind)

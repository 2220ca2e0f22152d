"""Where rows come from: a file, a folder or pattern of shards, standard input; compressed or not."""

import glob
import gzip
import io
import re
import shutil
import stat
import sys
import tempfile
import weakref
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from covtheory.own_model.problem import Problem

CONTAINERS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv", ".npz": "npz",
              ".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"}
"""Ending of a name, before ``.gz`` or ``.zst``, and what it holds."""

TEXTS = ("jsonl", "json", "csv", "tsv")
COMPRESSED = (".gz", ".zst")
MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst", b"PK": "npz", b"PAR1": "parquet", b"ARROW1": "arrow"}


@dataclass(eq=False)
class Source:
    """One file that can be opened; standard input and pipes are copied to a temporary file first.

    Parameters
    ----------
    path : Path
        What to open.
    name : str
        What to call it in messages.
    container : str
        One of the values of ``CONTAINERS``.
    left_out : int
        How many empty files stood beside the first one of many.
    bytes : int
        The size when it was found.
    """

    path: Path
    name: str
    container: str
    left_out: int = 0
    bytes: int = 0
    kept: object = field(default=None, repr=False)

    def open(self) -> tuple[BinaryIO, BinaryIO]:
        """The decompressed bytes, and the raw file under them (its position tells how much was read).

        Raises
        ------
        Problem
            It cannot be read, or is text in UTF-16.
        """
        try:
            raw = self.path.open("rb")
            head = raw.read(4)
            raw.seek(0)
        except OSError as error:
            raise Problem(self.name, f"cannot be read: {error.strerror or error}") from None
        if head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in head and self.container in TEXTS:
            raw.close()
            raise Problem(self.name, "is UTF-16 (as PowerShell writes it), expected UTF-8: save it as that")
        if head.startswith(b"\x1f\x8b"):
            return gzip.GzipFile(fileobj=raw), raw
        if head.startswith(b"\x28\xb5\x2f\xfd"):
            return _zstandard(raw, self.name), raw
        return raw, raw

    @property
    def size(self) -> int:
        """Bytes of the file as it lies there."""
        return self.path.stat().st_size


def sources(path: str | Path, container: str | None = None) -> list[Source]:
    """The files behind a name, in the order of the numbers in their names.

    Parameters
    ----------
    path : str or Path
        A file, a folder of shards (names that start with a dot or an underscore are left out), a pattern with ``*``
        or ``?``, or ``-`` for standard input.
    container : str, optional
        What the files hold; by default their ending tells, and for standard input the first bytes.

    Raises
    ------
    Problem
        Nothing there, an empty file, or an ending that is unknown.
    """
    text = str(path)
    if text == "-":
        if sys.stdin is None:
            raise Problem(text, "standard input is closed")
        return [_spooled(sys.stdin.buffer, "standard input", container)]
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        if not re.search(r"[*?\[]", text):
            raise Problem(path, "no such file") from None
        found = [Path(name) for name in glob.glob(text)]
    else:
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode):
            with path.open("rb") as stream:
                return [_spooled(stream, path.name, container)]
        found = [path]
        if path.is_dir():
            found = _shards(path, container)
    if not found:
        raise Problem(path, "no such file" if not path.is_dir() else
                      f"no file in this folder ends in one of {', '.join(CONTAINERS)}")
    full = [each for each in found if not each.is_file() or each.stat().st_size]
    full = [_plain_file(each, container) for each in sorted(full or found[:1], key=by_numbers)]
    full[0].left_out = len(found) - len(full)
    return full


def _shards(folder, container):
    """The files of a folder that hold rows: Arrow's alone, if there are any beside a data set's JSON notes."""
    inside = [p for p in folder.iterdir() if p.name[0] not in "._"]
    for each in inside:
        if each.is_dir() and any(_ending(p) in CONTAINERS for p in each.iterdir()):
            raise Problem(folder, f"has files in subfolders too ({each.name}): name the ones that are meant by a "
                          "pattern, for instance 'folder/*/*.jsonl'")
    inside = [p for p in inside if not p.is_dir()]
    arrow = [p for p in inside if _ending(p) == ".arrow"]
    return arrow if arrow and container is None else [p for p in inside if container or _ending(p) in CONTAINERS]


def by_numbers(path: str | Path) -> list:
    """Sorting key: text with its numbers as numbers, so that ``step_100`` follows ``step_20``.

    Examples
    --------
    >>> sorted(["step_100", "step_20", "last"], key=by_numbers)
    ['last', 'step_20', 'step_100']
    """
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d{1,18})", str(path))]


def _ending(path):
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if suffixes and suffixes[-1] in COMPRESSED and len(suffixes) > 1 else (suffixes or [""])[-1]


def _plain_file(path, container):
    ending = _ending(path)
    if container is None and ending not in CONTAINERS:
        raise Problem(path, f"ending {ending!r} is unknown, expected one of {', '.join(CONTAINERS)}, perhaps with .gz "
                      "or .zst; or say what it holds with --format")
    if not path.is_file():
        raise Problem(path, "no such file")
    if path.stat().st_size == 0:
        raise Problem(path, "the file is empty")
    source = Source(path.absolute(), path.name, container or CONTAINERS[ending], bytes=path.stat().st_size)
    if container is None and source.container == "jsonl":
        source.container = _spread(source)
    return source


def _spread(source):
    """Whether JSON lines are none: an array, or objects over several lines."""
    stream, raw = source.open()
    with raw:
        try:
            head = stream.read(256)
        except (OSError, EOFError, ValueError, zlib.error):
            return "jsonl"
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    line, end, _ = head.partition(b"\n")
    return "json" if (end and line.strip() in (b"[", b"{")) or re.match(rb"\[\s*\{", head) else "jsonl"


def _spooled(stream, name, container):
    kept = tempfile.NamedTemporaryFile(prefix="covtheory-")  # noqa: SIM115  (lives as long as the source)
    shutil.copyfileobj(stream, kept)
    kept.flush()
    source = Source(Path(kept.name), name, container or "jsonl", kept=kept)
    weakref.finalize(source, kept.close)
    if source.size == 0:
        raise Problem(name, "nothing came")
    if container is None:
        stream, raw = source.open()
        try:
            with raw:
                head = stream.read(1 << 16)
        except (OSError, EOFError, zlib.error) as error:
            raise Problem(name, f"cannot be read: {error}") from None
        source.container = _sniffed(head)
    return source


def _sniffed(head):
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            return what
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        return "jsonl" if text[:1] == b"{" and text.split(b"\n")[0].rstrip().endswith(b"}") else "json"
    return "tsv" if b"\t" in text.split(b"\n")[0] else "csv"


def _zstandard(raw, name):
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.ZstdFile(raw)
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise Problem(name, "reading .zst needs pyarrow: pip install pyarrow") from None
    return io.BufferedReader(pyarrow.CompressedInputStream(raw, "zstd"), 1 << 20)

"""Text files as streams of rows ``(place, row)``: JSON lines, JSON, CSV and TSV, one row in memory at a time."""

import csv
import json
import re
from collections.abc import Iterator

from covtheory.own_model.formats.blocks import BROKEN
from covtheory.own_model.formats.sources import Source
from covtheory.own_model.problem import Problem

LONGEST = 1 << 28
"""Bytes of one line, of one cell and of one JSON value, at most."""

CONTAINED = {"eval": "{", "samples": "[", "rows": "[", "data": "["}
"""Members of a JSON object that hold the rows, and what they then start with."""

_BLANK = re.compile(r"[ \t\n\r]*")


def text_rows(source: Source, progress) -> Iterator[tuple[int, dict]]:
    """Rows of one text file as dictionaries, with the number of the line (of the value, for JSON).

    Parameters
    ----------
    source : Source
        Of the kind jsonl, json, csv or tsv.
    progress : callable
        Called with the fraction of the file read so far.

    Raises
    ------
    Problem
        Malformed or truncated text.
    """
    stream, raw = source.open()
    size = max(source.size, 1)
    rows = {"jsonl": json_lines, "json": _json_values, "csv": _delimited, "tsv": _delimited}[source.container]
    with raw:
        for count, found in enumerate(rows(source, stream), start=1):
            yield found
            if not count & 0xFFF:
                progress(raw.tell() / size)


def _lines(source, stream, number=0):
    while True:
        try:
            text = stream.readline(LONGEST + 1)
        except BROKEN as error:
            raise damaged(source, error, number + 1) from None
        if not text:
            return
        number += 1
        if len(text) > LONGEST:
            raise Problem(source.name, f"longer than {LONGEST >> 20} MiB", f"line {number}")
        yield number, text


def damaged(source: Source, error: Exception, line: int) -> Problem:
    """The problem with a compressed file that cannot be read from this line on."""
    return Problem(source.name, f"damaged or cut compressed file: {error}", f"line {line}")


def json_lines(source: Source, stream, before: int = 0) -> Iterator[tuple[int, dict]]:
    """``(number of the line, row)`` of JSON lines, of which so many came ``before`` the stream.

    Raises
    ------
    Problem
        A line that is no JSON object, or too long.
    """
    for line, text in _lines(source, stream, before):
        if line == 1:
            text = text.removeprefix(b"\xef\xbb\xbf")
        if text.isspace() or not text:
            continue
        try:
            row = json.loads(str(text, "utf-8"))
        except (ValueError, RecursionError) as error:
            cut = ": the file ends in the middle of it" if not text.endswith(b"\n") else _reason(error)
            raise Problem(source.name, f"not a JSON object{cut}", f"line {line}") from None
        if not isinstance(row, dict):
            raise Problem(source.name, f"expected a JSON object, got {type(row).__name__}", f"line {line}")
        yield line, row


def _reason(error):
    if isinstance(error, RecursionError):
        return ": nested too deep"
    if isinstance(error, UnicodeDecodeError):
        return ": not UTF-8"
    return "" if isinstance(error, json.JSONDecodeError) else ": a number with too many digits"


class _Scanner:
    """JSON text that is decoded value by value: a file may be larger than memory if its values are not."""

    def __init__(self, source, stream):
        self.source, self.stream, self.text, self.at, self.ended, self.values = source, stream, "", 0, False, 0
        self.decode = json.JSONDecoder().raw_decode
        self._pending = b""

    def more(self):
        """Read on; at least as much as is held, so that a long value is tried a few times only."""
        self.text, self.at = self.text[self.at:], 0
        if len(self.text) > LONGEST:
            raise self.problem(f"longer than {LONGEST >> 20} MiB")
        try:
            data = self.stream.read(max(1 << 20, len(self.text)))
        except BROKEN as error:
            raise self.problem(f"damaged or cut compressed file: {error}") from None
        self.ended = not data
        data = self._pending + data
        cut = len(data)
        while cut and len(data) - cut < 4 and data[cut - 1] & 0xC0 == 0x80:  # do not cut a character
            cut -= 1
        cut -= 1 if cut and data[cut - 1] >= 0xC0 else 0
        cut = len(data) if self.ended else cut
        self._pending = data[cut:]
        try:
            self.text += data[:cut].decode("utf-8-sig" if not self.values and not self.text else "utf-8")
        except UnicodeDecodeError:
            raise self.problem("not UTF-8") from None

    def problem(self, message):
        """The problem with the value that is being read."""
        return Problem(self.source.name, message, f"value {self.values + 1}")

    def peek(self):
        """The next character that is not blank; the empty string at the end."""
        while True:
            self.at = _BLANK.match(self.text, self.at).end()
            if self.at < len(self.text) or self.ended:
                return self.text[self.at:self.at + 1]
            self.more()

    def take(self, expected):
        """Move over one of these characters, and return it."""
        found = self.peek()
        if not found or found not in expected:
            raise self.problem("the file ends in the middle of it" if not found else
                               f"not JSON: {found!r} where one of {' '.join(expected)} is due")
        self.at += 1
        return found

    def value(self):
        """The next value."""
        self.peek()
        while True:
            try:
                value, end = self.decode(self.text, self.at)
            except RecursionError as error:
                raise self.problem(f"not JSON{_reason(error)}") from None
            except ValueError as error:
                if self.ended or not isinstance(error, json.JSONDecodeError):
                    cut = ": the file ends in the middle of it" if self.ended and self.at < len(self.text) else ""
                    raise self.problem(f"not JSON{cut or _reason(error)}") from None
                self.more()
                continue
            if end == len(self.text) and not self.ended:  # a number may go on
                self.more()
                continue
            self.at = end
            return value

    def items(self):
        """Values of the array that begins here."""
        self.take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def members(self):
        """Keys of the object that begins here; the caller takes the value after each."""
        self.take("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            if self.peek() != '"':
                raise self.problem("not JSON: a key in quotes is due" if self.peek() else
                                   "the file ends in the middle of it")
            key = self.value()
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return


def _json_values(source, stream):
    scanner = _Scanner(source, stream)
    while start := scanner.peek():
        for row in scanner.items() if start == "[" else _object_rows(scanner) if start == "{" else [scanner.value()]:
            if not isinstance(row, dict):
                raise scanner.problem(f"expected a JSON object, got {type(row).__name__}")
            scanner.values += 1
            yield scanner.values, row


def _object_rows(scanner):
    row, inner = {}, False
    for key in scanner.members():
        if CONTAINED.get(key) != scanner.peek():
            row[key] = scanner.value()
        elif scanner.peek() == "[":
            inner, names = True, row.get("columns")
            table = isinstance(names, list) and names and all(isinstance(name, str) for name in names)
            yield from (_named(scanner, names, cells) for cells in scanner.items()) if table else scanner.items()
        else:
            inner = True
            yield from ({"task_id": task, "evalplus": scanner.value()} for task in scanner.members())
    if not inner:
        yield row


def _named(scanner, names, cells):
    """A row of a table that gives the names of its columns first and then lists of cells."""
    if not isinstance(cells, list) or len(cells) != len(names):
        raise scanner.problem(f"expected a list of {len(names)} cells, as there are columns")
    return dict(zip(names, cells, strict=True))


def _delimited(source, stream):
    line = 0

    def lines():
        nonlocal line
        for number, text in _lines(source, stream):  # decoded line by line, so that a bad byte is found on its line
            line = number
            yield text.decode("utf-8" if number > 1 else "utf-8-sig")

    csv.field_size_limit(LONGEST)
    reader = csv.reader(lines(), strict=True, delimiter="\t" if source.container == "tsv" else ",")
    try:
        header = [name.strip() for name in next(reader, [])]
        if len(set(header)) < len(header):
            raise Problem(source.name, "the header names a column twice", "line 1")
        if len(header) == 1 and re.search(r"[;\t]", header[0]):
            raise Problem(source.name, f"one column {header[0]!r}: separated by semicolons or tabs? expected commas "
                          "(tabs in a .tsv file)", "line 1")
        yield 0, dict.fromkeys(header)
        start = line + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                expected = f"expected {len(header)} as in the header"
                raise Problem(source.name, f"{len(cells)} fields, {expected}", f"line {start}")
            if cells:
                yield start, dict(zip(header, cells, strict=True))
            start = line + 1
    except (csv.Error, UnicodeDecodeError) as error:
        reason = "lines end in carriage returns alone" if "new-line character" in str(error) else str(error)
        raise Problem(source.name, f"malformed: {reason}", f"line {line or 1}") from None

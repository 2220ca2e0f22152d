"""Text files as streams of rows ``(place, row)``: JSON lines, JSON, CSV and TSV, one row in memory at a time."""

import csv
import json
import re
from collections.abc import Iterator

from covtheory.own_model.formats.blocks import BROKEN
from covtheory.own_model.formats.json_scanner import LONGEST, Scanner, reason
from covtheory.own_model.formats.sources import Source
from covtheory.own_model.problem import Problem

CONTAINED = {"eval": "{", "samples": "[", "rows": "[", "data": "["}
"""Members of a JSON object that hold the rows, and what they then start with."""


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
            cut = ": the file ends in the middle of it" if not text.endswith(b"\n") else reason(error)
            raise Problem(source.name, f"not a JSON object{cut}", f"line {line}") from None
        if not isinstance(row, dict):
            raise Problem(source.name, f"expected a JSON object, got {type(row).__name__}", f"line {line}")
        yield line, row


def _json_values(source, stream):
    scanner = Scanner(source, stream)
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

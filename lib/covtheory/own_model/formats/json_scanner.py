"""JSON text that is decoded value by value, so that a file may be larger than memory."""

import json
import re

from covtheory.own_model.formats.blocks import BROKEN
from covtheory.own_model.problem import Problem

LONGEST = 1 << 28
"""Bytes of one line, of one cell and of one JSON value, at most."""

_BLANK = re.compile(r"[ \t\n\r]*")


def reason(error):
    if isinstance(error, RecursionError):
        return ": nested too deep"
    if isinstance(error, UnicodeDecodeError):
        return ": not UTF-8"
    return "" if isinstance(error, json.JSONDecodeError) else ": a number with too many digits"


class Scanner:
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
                raise self.problem(f"not JSON{reason(error)}") from None
            except ValueError as error:
                if self.ended or not isinstance(error, json.JSONDecodeError):
                    cut = ": the file ends in the middle of it" if self.ended and self.at < len(self.text) else ""
                    raise self.problem(f"not JSON{cut or reason(error)}") from None
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

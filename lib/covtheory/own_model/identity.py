"""Responses by their names: none twice, and the rows of a second file found by name in whatever order they come."""

import hashlib
from pathlib import Path

import numpy as np

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.problem import Problem

IDS = ("id", "custom_id", "request_id", "response_id", "sample_id")
"""Names of the column that names a response; the first that is there is taken."""

REPEATED = "repeated rows are no new data; a column that names the prompt is called 'prompt'"

HELD = 1 << 24
"""Names that are remembered exactly; beyond, a random share of them: then a systematic repetition is still found."""

AHEAD = 1 << 22
"""Rows of a second file that are held until their partner comes, at most."""


def hashes(names: list) -> np.ndarray:
    """A 64-bit hash of every name, of this process alone: another one has another."""
    return np.fromiter(map(hash, names), np.int64, len(names))


def digests(names: list[str]) -> np.ndarray:
    """A 64-bit number for every name, the same everywhere; twenty times slower.

    Examples
    --------
    >>> digests(["a", "b", "a"]) % 1000
    array([928, 668, 928])
    """
    bytes_of = (hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(bytes_of), "<i8")


class Seen:
    """Refuses a name that comes a second time, in bounded memory."""

    def __init__(self, word: str = "id", hashing=hashes):
        self.word, self.hashing, self._parts, self._held, self._shift = word, hashing, [], 0, 0

    def add(self, chunk: Chunk, names: list[str]) -> None:
        """Some more names, the ones of the chunk's rows.

        Raises
        ------
        Problem
            A name is empty, or comes twice in the chunk (names of earlier chunks: :meth:`check`).
        """
        if "" in names:
            raise chunk.problem(names.index(""), f"{self.word} is missing (--match order takes rows in their order)")
        if len(set(names)) < len(names):
            first = {}
            for row, name in enumerate(names):
                if first.setdefault(name, row) != row:
                    raise chunk.problem(row, f"{self.word} {name!r} a second time (first in {chunk.word} "
                                        f"{int(chunk.places[first[name]])}): {REPEATED}")
        self._keep(self.hashing(names).view(np.uint64))

    def absorb(self, other: "Seen") -> None:
        """The names that another one has seen, with the same hashing."""
        self._shift = max(self._shift, other._shift)
        parts, self._parts, self._held = self._parts + other._parts, [], 0
        for part in parts:
            self._keep(part)

    def _keep(self, keys):
        self._parts.append(self._share(keys))
        self._held += len(self._parts[-1])
        if self._held > HELD:
            self._shift += 1
            self._parts = [self._share(np.concatenate(self._parts))]
            self._held = len(self._parts[0])

    def _share(self, keys):
        return keys[keys >> np.uint64(64 - self._shift) == 0] if self._shift else keys

    def check(self, path: Path) -> None:
        """Refuse the file if a name came twice.

        Raises
        ------
        Problem
            The names of the file are not all different.
        """
        if len(self._parts) > 1 or self._shift:
            keys = np.sort(np.concatenate(self._parts))
            if repeated := int((keys[1:] == keys[:-1]).sum()):
                some = "at least " if self._shift else ""
                raise Problem(path, f"{some}{repeated:,} rows have the {self.word} of an earlier row: {REPEATED}")


class Partner:
    """A second table whose rows are handed out by name.

    Rows in the same order are passed on as they come; others are held until they are asked for, ``AHEAD`` of them.
    Names are compared by 64-bit hashes.

    Parameters
    ----------
    name : str or None
        Column of the ids; None to match by order.
    values : callable
        From a chunk to a tuple of float arrays, one entry a row.
    """

    def __init__(self, path: Path, chunks, name: str | None, values):
        self.path, self.chunks, self.name, self.values = path, chunks, name, values
        self.seen, self._spare = Seen(), None
        self._held = (np.empty(0, np.int64), np.empty(0, object), [])  # hashes ascending, names, values

    def take(self, chunk: Chunk, ids: list[str]) -> tuple[np.ndarray, ...]:
        """Values for these ids, in their order.

        Raises
        ------
        Problem
            An id that the second table has not, or has twice, or too far away.
        """
        if self.name is None:
            return self._in_order(chunk, len(ids))
        wanted, found = None, None
        missing = np.arange(len(ids))
        while len(missing):
            if wanted is None and not len(self._held[0]) and (part := next(self.chunks, None)) is not None:
                names, values = self._read(part)
                if names == ids:
                    return values
                self._hold(part, names, values)
            if wanted is None:
                wanted = hashes(ids)
            held, names, values = self._held
            at = np.minimum(np.searchsorted(held, wanted[missing]), max(len(held) - 1, 0))
            here = held[at] == wanted[missing] if len(held) else np.zeros(len(missing), dtype=bool)
            if found is None and values:
                found = [np.empty(len(ids)) for _ in values]
            for column, stored in zip(found or [], values, strict=True):
                column[missing[here]] = stored[at[here]]
            left = np.ones(len(held), dtype=bool)
            left[at[here]] = False
            self._held = held[left], names[left], [stored[left] for stored in values]
            missing = missing[~here]
            if not len(missing):
                break
            part = next(self.chunks, None)
            if part is None:
                raise chunk.problem(int(missing[0]), f"id {ids[missing[0]]!r} is not in {self.path.name}"
                                    + ("" if len(missing) == 1 else f", nor are {len(missing) - 1} more"))
            self._hold(part, *self._read(part))
            if len(self._held[0]) > AHEAD + len(ids):
                raise Problem(self.path, f"more than {AHEAD:,} rows before id {ids[missing[0]]!r}: sort both files by "
                              "id, or let a cluster join them (--scheduler)")
        return tuple(found)

    def _read(self, part):
        names = part.columns[self.name]
        self.seen.add(part, names)
        return names, self.values(part)

    def _hold(self, part, names, values):
        keys = hashes(names)
        if len(self._held[0]) and (twice := np.flatnonzero(np.isin(keys, self._held[0]))).size:
            raise part.problem(int(twice[0]), f"id {names[twice[0]]!r} a second time: {REPEATED}")
        joined = np.concatenate([self._held[0], keys])
        order = np.argsort(joined, kind="stable")
        texts = np.concatenate([self._held[1], np.array([*names, None], dtype=object)[:-1]])
        stored = [np.concatenate([old, new]) for old, new in zip(self._held[2], values, strict=True)] \
            if self._held[2] else list(values)
        self._held = joined[order], texts[order], [column[order] for column in stored]

    def _in_order(self, chunk, count):
        parts = [self._spare] if self._spare else []
        while (have := sum(len(part[0]) for part in parts)) < count:
            part = next(self.chunks, None)
            if part is None:
                raise chunk.problem(have, f"{self.path.name} has no more rows: lengths differ")
            parts.append(self.values(part))
        joined = tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))
        self._spare = tuple(column[count:] for column in joined) if len(joined[0]) > count else None
        return tuple(column[:count] for column in joined)

    def finish(self) -> None:
        """Refuse rows that nobody asked for.

        Raises
        ------
        Problem
            Rows are left over, or a name came twice.
        """
        if (part := next(self.chunks, None)) is not None:
            if self.name is None:
                self._spare = self.values(part)
            else:
                self._hold(part, *self._read(part))
        if self._spare:
            raise Problem(self.path, "more rows than the teacher's file: lengths differ")
        self.seen.check(self.path)
        if left := len(self._held[0]):
            raise Problem(self.path, f"id {min(self._held[1])!r} is not in the teacher's file"
                          + (f", nor are {left - 1} more" if left > 1 else ""))

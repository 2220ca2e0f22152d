"""Checked streams of scored responses: what a table says about each, in nats."""

import copy
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from covtheory.own_model.bases import BASES, BaseGuess, Declared
from covtheory.own_model.chunk import Chunk
from covtheory.own_model.identity import IDS, Partner, Seen, digests
from covtheory.own_model.numbers import ROUNDING, agree, refuse, summed
from covtheory.own_model.prompts import PROMPTS, PromptCounts
from covtheory.own_model.reading import Table
from covtheory.own_model.sanity import Sanity
from covtheory.own_model.side import LENGTHS, Side

ENDS = ("finish_reason", "truncated")
KL = ("token_kl", "sequence_kl")
DECLARED = ("base", "teacher_base", "model_base", "kl_base")


class PairedScores:
    """A stream of ``(log pi_D(y|x), log pi(y|x), sum of token KL or None, prompts or None)``, nats, by response.

    Parameters
    ----------
    path : str or Path
        Columns ``teacher_log_prob`` and ``model_log_prob``, or lists ``teacher_token_log_probs`` and
        ``model_token_log_probs``; optional ``token_kl`` (list: KL of the two next-token laws at each position),
        ``sequence_kl`` (its sum), ``prompt``, ``id``, ``base``, ``teacher_base``, ``model_base``, ``kl_base``,
        ``num_tokens``, ``finish_reason``. With ``model_path``: ``id`` and ``log_prob`` (or ``token_log_probs``) in both
        files, in any order. Rows of tools: see :mod:`covtheory.own_model.formats`.
    model_path : str or Path, optional
        The model's scores if they are in a file of their own.
    teacher_base, model_base, kl_base : {"nats", "bits", "log10"}, optional
        Instead of what the files declare. KL is in the unit of ``kl_base``, or that of the file's ``base``, or the one
        that teacher and model share.
    prompt, by : str, optional
        The column that tells prompts apart, if it has another name; a column to group by.
    match : {"id", "order"}
        How the rows of two files belong together.

    Raises
    ------
    Problem
        See :mod:`covtheory.own_model.reading`; positive or NaN values, empty responses, repeated ids, ids or lengths
        that do not match, a mixture of bases, or log ratios that responses drawn from the teacher cannot have.
    """

    def __init__(self, path: str | Path, model_path: str | Path | None = None, *, teacher_base: str | None = None,
                 model_base: str | None = None, kl_base: str | None = None, prompt: str | None = None,
                 by: str | None = None, match: str = "id", form: str | None = None, chosen: str | None = None,
                 rows: int = 1 << 18, progress=None):
        options = {"form": form, "chosen": chosen}
        self.table, self.rows, self.progress, self.match, self.by = Table(path, **options), rows, progress, match, by
        self.other = None if model_path is None else Table(model_path, **options)
        table, alone = self.table, self.other is not None
        self.teacher = Side(table, "teacher", teacher_base, alone, by)
        self.model = Side(self.other or table, "model", model_base, alone, by)
        self.padded = "npz" in [each.sources[0].container for each in (table, self.other) if each]  # by zeros
        self.kl_base, self.kl = kl_base, table.first(KL)
        self.check = next((name for name in KL if name in table.columns and name != self.kl), None)
        if "token_kl" in table.columns:
            table.lists.add("token_kl")
        if alone and self.kl is None and (named := self.other.first(KL)):
            raise self.other.problem(f"column {named!r} is read from the teacher's file: put it there")
        self.id = table.first(IDS)
        if prompt is not None:
            table.need([prompt])
        self.prompt = prompt or table.first(PROMPTS)
        if alone and self.prompt is None and (named := self.other.first(PROMPTS)):
            raise self.other.problem(f"names prompts (column {named!r}), but the teacher's file does not: put the "
                                     "column there, so that responses of one prompt are not taken as independent")
        self.length, self.end = table.first(LENGTHS) if by not in LENGTHS else None, table.first(ENDS)
        table.optional |= {name for name in (self.length, self.end) if name}
        if by is not None:
            table.need([by])
        unforeseen = {*DECLARED, *(PROMPTS if self.prompt is None else ()), *(IDS if self.id is None else ())}
        for each in [table] + [self.other] * alone:
            each.unforeseen = unforeseen - set(each.columns)
        declared = [name for name in ("base", "kl_base") if name in table.columns and self.kl]
        self.kl_bases = [Declared(name) for name in reversed(declared)]
        table.texts |= {name for name in (self.id, self.prompt, self.end, by, *declared) if name}
        wanted = [*self.teacher.columns, *([] if alone else self.model.columns), self.kl, self.check, self.id,
                  self.prompt, self.length, self.end, by, *declared,
                  *(base.name for base in [*self.teacher.bases, *([] if alone else self.model.bases)])]
        self.columns = list(dict.fromkeys(name for name in wanted if name))
        self.sanity, self.warnings, self.groups, self.count = Sanity(), [], None, None
        self.guess, self.seen = BaseGuess(table.path), Seen()

    def partner(self) -> Partner | None:
        """The model's file, its rows by id or by order."""
        if self.other is None:
            return None
        name = None
        if self.match == "id":
            if self.id is None:
                self.table.need(["id"], "; rows in the same order are matched with --match order")
            name = self.other.first(IDS)
            if name is None:
                self.other.need(["id"], "; rows in the same order are matched with --match order")
            self.other.texts.add(name)
        columns = dict.fromkeys([*self.model.columns, *(base.name for base in self.model.bases), *[name] * bool(name)])
        return Partner(self.other.path, self.other.chunks(list(columns), self.rows), name, self.model.read)

    def __iter__(self) -> Iterator[tuple]:
        yield from self.joined(self.standard(), self.partner())
        self.conclude()

    def standard(self, everywhere: bool = False) -> Iterator[Chunk]:
        """The table's rows as chunks of what is needed of them, in nats: ``teacher, tokens, id, ...``.

        ``everywhere`` makes the names of prompts numbers that are the same in all processes.
        """
        both = self.other is None
        for chunk in self.table.chunks(self.columns, self.rows, self.progress):
            teacher, lengths = self.teacher.read(chunk)
            model, model_lengths = self.model.read(chunk) if both else (None, None)
            prompts, ends = self.prompt and chunk.names(self.prompt), chunk.columns.get(self.end) if self.end else None
            counted = lengths
            if self.length:
                counted = chunk.columns[self.length]
                refuse(chunk, counted < 1, self.length, counted, "empty response: expected at least one token")
            yield Chunk(chunk.path, chunk.word, chunk.places, {
                "id": chunk.columns[self.id] if self.id else None, "teacher": teacher, "model": model,
                "lengths": lengths, "model_lengths": model_lengths, "counted": counted,
                "kl": self._kl(chunk) if self.kl else None,  # in its own unit: the model's base may be unknown yet
                "prompt": digests(prompts).tolist() if everywhere and prompts else prompts,
                "by": self.by and chunk.names(self.by),
                "truncated": None if ends is None or not any(ends) else np.array(
                    [end.strip().lower() in ("length", "max_tokens", "true", "1") for end in ends])})

    def joined(self, parts: Iterable[Chunk], partner: Partner | None) -> Iterator[tuple]:
        """The stream, from :meth:`standard` rows and those of the model's file."""
        for part in parts:
            columns, teacher, lengths = part.columns, part.columns["teacher"], part.columns["lengths"]
            if columns["id"] is not None and self.match == "id":
                self.seen.add(part, columns["id"])
            model, model_lengths = columns["model"], columns["model_lengths"]
            if partner:
                model, model_lengths = partner.take(part, columns["id"] or [""] * len(teacher))
            apart = np.flatnonzero(np.abs(lengths - model_lengths) > 0)  # NaN: unknown
            if apart.size and not self.padded:
                row, counts = int(apart[0]), (lengths[apart[0]], model_lengths[apart[0]])
                raise part.problem(row, "{:.0f} teacher tokens but {:.0f} model tokens (the end-of-sequence token in "
                                   "one of them?)".format(*counts))
            if (rows := np.flatnonzero(np.isneginf(teacher))).size:
                raise part.problem(int(rows[0]), "teacher probability zero for a response that should be drawn from "
                                   "the teacher")
            self.guess.add(teacher, model)
            if columns["prompt"] is not None:
                self.count = self.count or PromptCounts()
                self.count.add(columns["prompt"])
            counted = columns["counted"] if np.isfinite(columns["counted"]).any() else None
            kl = None if columns["kl"] is None else columns["kl"] * self._kl_unit()
            self.sanity.add(teacher, model, kl, counted, columns["truncated"])
            self.groups = columns["by"]
            yield teacher, model, kl, columns["prompt"]
        if partner:
            partner.finish()

    def emptied(self, bases: bool = False) -> "PairedScores":
        """The same reader before its first row; with ``bases``, it keeps what is known of them."""
        fresh = copy.copy(self)
        fresh.table, fresh.other = self.table.emptied(), self.other and self.other.emptied()
        fresh.teacher = self.teacher.emptied(fresh.table, bases)
        fresh.model = self.model.emptied(fresh.other or fresh.table, bases)
        fresh.kl_bases = self.kl_bases if bases else [Declared(each.name) for each in self.kl_bases]
        fresh.sanity, fresh.warnings, fresh.groups, fresh.count = Sanity(), [], None, None
        fresh.guess, fresh.seen, fresh.progress = BaseGuess(self.table.path), Seen(hashing=digests), None
        return fresh

    def absorb(self, other: "PairedScores", only: str | None = None) -> None:
        """What the same reader has found in other rows; ``only`` in reading the "teacher"'s or the "model"'s file."""
        if only != "model":
            self.teacher.absorb(other.teacher)
            self.table.tool.notes.update(other.table.tool.notes)
            for mine, its in zip(self.kl_bases, other.kl_bases, strict=True):
                mine.absorb(its, self.table.problem)
        if only != "teacher":
            self.model.absorb(other.model)
            if self.other is not None:
                self.other.tool.notes.update(other.other.tool.notes)
        if only is None:
            self.sanity.absorb(other.sanity)
            self.guess.absorb(other.guess)
            self.seen.absorb(other.seen)
            if other.count is not None:
                self.count = self.count or PromptCounts()
                self.count.absorb(other.count)

    def conclude(self) -> None:
        """What can be said after the last row only.

        Raises
        ------
        Problem
            An id came twice, or the numbers are impossible.
        """
        self.seen.check(self.table.path)
        self.sanity.first_null = self.teacher.dropped
        self.sanity.sentinel = self.teacher.sentinels + self.model.sentinels
        self.warnings = self.guess.conclude(bool(self.teacher.base and self.model.base), self.responses_of_prompts)

    @property
    def responses_of_prompts(self) -> np.ndarray | None:
        """How many responses each prompt has, if some has several."""
        return self.count.responses if self.count is not None and self.count.repeated else None

    def _kl_unit(self):
        shared = self.teacher.base if self.teacher.base == self.model.base else None
        base = self.kl_base or next((declared.base for declared in self.kl_bases if declared.base), None) or shared
        if base is None and (self.teacher.base or self.model.base):
            raise self.table.problem(f"column {self.kl!r}: in which base? teacher and model differ, state it with "
                                     "--kl-base")
        return BASES[base or "nats"]

    def _kl(self, chunk):
        for declared in self.kl_bases:
            declared.read(chunk)
        kl = self._kl_sums(chunk, self.kl)
        if self.check:
            agree(chunk, self.kl, kl, self.check, self._kl_sums(chunk, self.check))
        return np.maximum(kl, 0.0)

    def _kl_sums(self, chunk, name):
        values = summed(*chunk.columns[name]) if name in self.table.lists else chunk.columns[name]
        refuse(chunk, np.isnan(values) | (values < -ROUNDING), name, values, "negative or NaN")
        if name in self.table.lists and (negative := np.flatnonzero(chunk.columns[name][0] < -ROUNDING)).size:
            row = int(np.searchsorted(chunk.columns[name][1], negative[0], side="right")) - 1
            raise chunk.problem(row, f"column {name!r}: negative KL at a token")
        return values


def paired_log_probs(path: str | Path, model_path: str | Path | None = None, **options) -> PairedScores:
    """The stream of :class:`PairedScores`."""
    return PairedScores(path, model_path, **options)

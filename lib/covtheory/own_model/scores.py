"""Checked streams out of a table: log ratios, checkpoints' log-probabilities, success counts."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import numpy as np
from scipy.special import bdtrc

from covtheory.own_model.problem import Problem
from covtheory.own_model.reading import Chunk, Table

BASES = {"nats": 1.0, "bits": float(np.log(2)), "log10": float(np.log(10))}
"""Nats in one unit of each base."""

ROUNDING = 1e-6
"""A log-probability above zero by no more than this is a rounded zero (single precision)."""

LISTS = ("teacher_token_log_probs", "model_token_log_probs", "token_kl")
SURE = 1e-9


def paired_log_probs(
    path: str | Path, model_path: str | Path | None = None, *, teacher_base: str | None = None,
    model_base: str | None = None, rows: int = 1 << 18, progress=None,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    """Yield chunks ``(log pi_D(y|x), log pi(y|x), sum of token KL or None)`` in nats, one entry a response.

    Parameters
    ----------
    path : str or Path
        Columns ``teacher_log_prob`` and ``model_log_prob``, or ``teacher_token_log_probs`` and
        ``model_token_log_probs``; optional ``token_kl`` (list: KL of the two next-token laws at each position),
        ``sequence_kl`` (its sum), ``base``. With ``model_path``: ``id`` and ``log_prob`` in both files, same order.
    teacher_base, model_base : {"nats", "bits", "log10"}, optional
        Stating both switches off the guess that one is in another base.

    Raises
    ------
    Problem
        See :mod:`covtheory.own_model.reading`; positive or NaN values, ids or lengths that do not match, a mixture of
        bases, or log ratios that responses drawn from the teacher cannot have.
    """
    table = Table(path, LISTS)
    stated = teacher_base is not None and model_base is not None
    guess, sums = _BaseGuess(table.path, stated), _kl_names(table)
    if model_path is None:
        tokens = {"teacher_token_log_probs", "model_token_log_probs"} <= set(table.columns)
        names = ["teacher_token_log_probs", "model_token_log_probs"] if tokens else ["teacher_log_prob",
                                                                                     "model_log_prob"]
        _need(table, names)
        stream = ((c, names[0], c, names[1]) for c in table.chunks(names + sums + _base_name(table), rows, progress))
    else:
        other = Table(model_path)
        for each in (table, other):
            _need(each, ["id", "log_prob"])
        stream = _matched(table, other, sums, rows, progress)
    declared = None
    for chunk, teacher_name, model_chunk, model_name in stream:
        declared = _declared_base(chunk, declared)
        units = [BASES[base or declared or "nats"] for base in (teacher_base, model_base)]
        if teacher_name in LISTS:
            _same_lengths(chunk, teacher_name, model_name)
        teacher = _log_probs(chunk, teacher_name) * units[0]
        model = _log_probs(model_chunk, model_name) * units[1]
        if np.isneginf(teacher).any():
            row = int(np.flatnonzero(np.isneginf(teacher))[0])
            raise chunk.problem(row, "teacher probability zero for a response that should be drawn from the teacher")
        guess.add(teacher, model)
        kl = None
        if sums:
            kl = _summed(chunk, sums[0])
            _refuse(chunk, np.isnan(kl) | (kl < -ROUNDING), sums[0], kl, "negative or NaN")
            kl = np.maximum(kl, 0.0)
        yield teacher, model, kl
    guess.conclude()


def checkpoint_log_probs(path: str | Path, *, rows: int = 1 << 13, progress=None):
    """Return the checkpoints' names and a stream of chunks ``(checkpoints, responses)`` of log-probabilities.

    Every column but ``id`` and ``base`` is a checkpoint; an NPZ file may instead hold ``log_probs`` of shape
    (checkpoints, responses) and ``models``, their names. Values in one base, any base: see :func:`paired_log_probs`.

    Raises
    ------
    Problem
        As for :func:`paired_log_probs`; fewer than two checkpoints.
    """
    table = Table(path, ("log_probs",) if Path(path).suffix.lower() == ".npz" else ())
    if table.format == ".npz" and "log_probs" in table.columns:
        names, stream = _checkpoint_matrix(table, rows, progress)
    else:
        names = [name for name in table.columns if name not in ("id", "base")]
        stream = _checkpoint_columns(table, names, rows, progress)
    if len(names) < 2:
        raise table.problem(f"{len(names)} checkpoints, expected at least two columns besides 'id' and 'base'")
    return names, stream


def success_counts(path: str | Path, *, progress=None) -> tuple[np.ndarray, np.ndarray]:
    """Return ``(n, c)``: draws and successes of every prompt (16 bytes a prompt are kept).

    Raises
    ------
    Problem
        Unless whole numbers ``0 <= c <= n``, ``n >= 1``.
    """
    table = Table(path)
    _need(table, ["n", "c"])
    parts = []
    for chunk in table.chunks(["n", "c"], progress=progress):
        n, c = chunk.columns["n"], chunk.columns["c"]
        for name, values, least in (("n", n, 1), ("c", c, 0)):
            bad = ~((values >= least) & (values == np.floor(values)) & np.isfinite(values))
            _refuse(chunk, bad, name, values, f"expected a whole number >= {least}")
        _refuse(chunk, c > n, "c", c, "more successes than draws")
        parts.append((n, c))
    n, c = (np.concatenate(part) for part in zip(*parts, strict=True))
    return n, c


def _checkpoint_columns(table, names, rows, progress):
    declared = None
    for chunk in table.chunks(names + _base_name(table), rows, progress):
        declared = _declared_base(chunk, declared)
        yield np.stack([_log_probs(chunk, name) for name in names]) * BASES[declared or "nats"]


def _checkpoint_matrix(table, rows, progress):
    rows_of = list(table.chunks(["log_probs"], 1))  # one row a checkpoint; mapped: views, not copies
    lines = [chunk.columns["log_probs"][0] for chunk in rows_of]
    names = [f"checkpoint {i + 1}" for i in range(len(lines))]
    if "models" in table.columns:
        names = [name for chunk in table.chunks(["models"]) for name in chunk.columns["models"]]
    if len(names) != len(lines) or not lines[0].size:
        raise table.problem(f"log_probs has shape {(len(lines), lines[0].size)}, but {len(names)} models are named")
    declared = None
    for chunk in table.chunks(["base"]) if "base" in table.columns else ():
        declared = _declared_base(chunk, declared)

    def stream():
        for start in range(0, lines[0].size, rows):
            part = np.stack([line[start:start + rows] for line in lines])
            if not (part <= ROUNDING).all():
                i, j = np.argwhere(~(part <= ROUNDING))[0]
                message = "NaN" if np.isnan(part[i, j]) else f"positive log-probability {part[i, j]:.6g}"
                raise rows_of[i].problem(0, f"{message} at response {start + j + 1}")
            yield np.minimum(part, 0.0) * BASES[declared or "nats"]
            if progress:
                progress(min(1.0, (start + rows) / lines[0].size))

    return names, stream()


def _matched(table, other, sums, rows, progress):
    left = table.chunks(["id", "log_prob", *sums, *_base_name(table)], rows, progress)
    right = other.chunks(["id", "log_prob"], rows)
    for a, b in zip_longest(_rechunk(left, rows), _rechunk(right, rows)):
        if a is None or b is None or len(a.columns["id"]) != len(b.columns["id"]):
            more = max((c for c in (a, b) if c is not None), key=lambda c: len(c.columns["id"]))
            fewer = min(len(c.columns["id"]) if c is not None else 0 for c in (a, b))
            raise more.problem(fewer, "the other file has no more rows: lengths differ")
        if a.columns["id"] != b.columns["id"]:
            pairs = zip(a.columns["id"], b.columns["id"], strict=True)
            row, (x, y) = next((i, pair) for i, pair in enumerate(pairs) if pair[0] != pair[1])
            raise a.problem(row, f"id {x!r}, but {b.path.name} has {y!r} there")
        yield a, "log_prob", b, "log_prob"


def _rechunk(chunks, rows):
    """Chunks of exactly ``rows`` rows but the last: row groups of two files need not agree."""
    held = None
    for chunk in chunks:
        held = chunk if held is None else _joined(held, chunk)
        while len(held.places) > rows:
            yield _part(held, 0, rows)
            held = _part(held, rows, None)
    if held is not None:
        yield held


def _joined(a, b):
    columns = {}
    for name, left in a.columns.items():
        right = b.columns[name]
        if isinstance(left, tuple):
            columns[name] = np.concatenate([left[0], right[0]]), np.concatenate([left[1], right[1][1:] + left[1][-1]])
        else:
            columns[name] = left + right if isinstance(left, list) else np.concatenate([left, right])
    return Chunk(a.path, a.word, np.concatenate([a.places, b.places]), columns)


def _part(chunk, start, stop):
    columns = {}
    for name, column in chunk.columns.items():
        if isinstance(column, tuple):
            offsets = column[1][start:None if stop is None else stop + 1]
            columns[name] = column[0][offsets[0]:offsets[-1]], offsets - offsets[0]
        else:
            columns[name] = column[start:stop]
    return Chunk(chunk.path, chunk.word, chunk.places[start:stop], columns)


def _need(table, names):
    if missing := [name for name in names if name not in table.columns]:
        there = ", ".join(table.columns) or "none"
        raise table.problem(f"no column {' nor '.join(map(repr, missing))}; there are: {there}")


def _base_name(table):
    return ["base"] if "base" in table.columns else []


def _kl_names(table):
    return [name for name in ("token_kl", "sequence_kl") if name in table.columns][:1]


def _declared_base(chunk, before):
    for row, base in enumerate(chunk.columns.get("base", ())):
        if base not in BASES:
            raise chunk.problem(row, f"base {base!r} is unknown, expected one of {', '.join(BASES)}")
        if before not in (None, base):
            raise chunk.problem(row, f"base {base!r} after {before!r}: mixed bases in one file")
        before = base
    return before


def _summed(chunk, name):
    column = chunk.columns[name]
    if not isinstance(column, tuple):
        return column
    flat, offsets = column
    return np.bincount(np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)), flat, minlength=len(offsets) - 1)


def _log_probs(chunk, name):
    column = chunk.columns[name]
    if isinstance(column, tuple) and (np.isnan(column[0]).any() or (column[0] > ROUNDING).any()):
        row = int(np.searchsorted(column[1], np.flatnonzero(~(column[0] <= ROUNDING))[0], side="right")) - 1
        raise chunk.problem(row, f"NaN or positive log-probability in column {name!r}")
    values = _summed(chunk, name)
    if not (values <= ROUNDING).all():
        _refuse(chunk, np.isnan(values), name, values, "NaN")
        _refuse(chunk, values > ROUNDING, name, values, "positive log-probability; probability or sign?")
    return np.minimum(values, 0.0)


def _same_lengths(chunk, teacher_name, model_name):
    lengths = [np.diff(chunk.columns[name][1]) for name in (teacher_name, model_name)]
    if (lengths[0] != lengths[1]).any():
        row = int(np.flatnonzero(lengths[0] != lengths[1])[0])
        raise chunk.problem(row, f"{lengths[0][row]} teacher tokens but {lengths[1][row]} model tokens")


def _refuse(chunk, bad, name, values, message):
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise chunk.problem(row, f"column {name!r} is {values[row]:.6g}: {message}")


class _BaseGuess:
    """Looks for a mixture of bases: ``E exp(-log ratio) <= 1`` under the teacher, and slopes of log 2 or 1/log 2."""

    LEVELS = (0.5, 1.0, 2.0, 5.0, 25.0)

    def __init__(self, path, stated):
        self.path, self.stated, self.n = path, stated, 0
        self.low = np.zeros(len(self.LEVELS), dtype=np.int64)
        self.moments = np.zeros(4)

    def add(self, teacher, model):
        ratio, on = teacher - model, np.isfinite(model)
        self.n += len(ratio)
        self.low += [int((ratio <= -t).sum()) for t in self.LEVELS]
        t, m = teacher[on], model[on]
        self.moments += [on.sum(), t @ t, t @ m, m @ m]

    def conclude(self):
        for t, hits in zip(self.LEVELS, self.low, strict=True):
            if hits and bdtrc(hits - 1, self.n, np.exp(-t)) < SURE / len(self.LEVELS):
                raise Problem(self.path, f"{hits} of {self.n} responses are at least e^{t:g} times likelier under the "
                              f"model than under the teacher; at most a share e^-{t:g} can be if they are drawn from "
                              "the teacher. Are teacher and model swapped, is one in bits and the other in nats "
                              "(--teacher-base, --model-base), or are the responses not the teacher's?")
        count, tt, tm, mm = self.moments
        if self.stated or count < 20 or tt == 0 or mm == 0:
            return
        slope, cosine = tm / tt, tm / np.sqrt(tt * mm)
        for factor, text in ((1 / np.log(2), "model in bits, teacher in nats"),
                             (np.log(2), "teacher in bits, model in nats")):
            if abs(np.log(slope / factor)) < 0.02 and cosine > 0.98:
                raise Problem(self.path, f"model log-probabilities are {slope:.3f} times the teacher's throughout: "
                              f"{text}? State both with --teacher-base and --model-base (nats, bits or log10)")

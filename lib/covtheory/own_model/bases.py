"""Units of log-probabilities: what a file declares, what the user states, and what the numbers speak against."""

import numpy as np
from scipy.special import bdtrc

from covtheory.own_model.intervals import prompt_limits
from covtheory.own_model.problem import Problem

BASES = {"nats": 1.0, "bits": float(np.log(2)), "log10": float(np.log(10))}
"""Nats in one unit of each base."""

SPELLINGS = {"nats": "nats", "nat": "nats", "e": "nats", "ln": "nats", "natural": "nats", "bits": "bits", "bit": "bits",
             "2": "bits", "log2": "bits", "shannon": "bits", "log10": "log10", "10": "log10", "dits": "log10",
             "hartley": "log10"}
LEVELS = (0.5, 1.0, 2.0, 5.0, 25.0)
SURE = 1e-9


class Declared:
    """The base that a column of names declares, the same in all rows of all files, or in none."""

    def __init__(self, name: str):
        self.name, self.base, self.silent = name, None, False

    def read(self, chunk) -> None:
        """Take note of the column in some more rows.

        Raises
        ------
        Problem
            An unknown base, two, or a base in some rows only.
        """
        cells = chunk.columns.get(self.name, ())
        if len(cells) and cells.count(cells[0]) == len(cells):
            cells = cells[:1]
        for row, cell in enumerate(cells):
            word = cell.strip().lower()
            if silent := word in ("", "none", "null", "nan"):
                self.silent = True
            elif word not in SPELLINGS:
                raise chunk.problem(row, f"base {cell!r} is unknown, expected one of {', '.join(BASES)}")
            elif self.base not in (None, SPELLINGS[word]):
                raise chunk.problem(row, f"base {cell!r} after {self.base!r}: mixed bases in one file")
            self.base = self.base if silent else SPELLINGS[word]
            if self.silent and self.base:
                raise chunk.problem(row, f"column {self.name!r} names a base in some rows and none in others")

    def absorb(self, other: "Declared", problem) -> None:
        """What other rows of the same table declare; ``problem`` makes one out of a message.

        Raises
        ------
        Problem
            As :meth:`read`.
        """
        if other.base and self.base and other.base != self.base:
            raise problem(f"base {other.base!r} after {self.base!r}: mixed bases in one file")
        self.base, self.silent = self.base or other.base, self.silent or other.silent
        if self.silent and self.base:
            raise problem(f"column {self.name!r} names a base in some rows and none in others")


class BaseGuess:
    """Looks for numbers in another base, and for log ratios that responses of the teacher cannot have.

    ``E exp(-L) <= 1`` under the teacher, so that ``P[L <= -t] <= exp(-t)``: a share above it, at one in a billion, is
    impossible. A mixture of bases shows as a slope of the model's log-probabilities against the teacher's near a ratio
    of bases; it is believed only if the numbers, so converted, are possible. An honest student that is that much worse
    than its teacher scatters, and then they are not.
    """

    def __init__(self, path):
        self.path, self.n, self.first = path, 0, None
        self.low = np.zeros(len(LEVELS), dtype=np.int64)
        self.moments = np.zeros(4)

    def add(self, teacher: np.ndarray, model: np.ndarray) -> None:
        """Some more log-probabilities, in nats as far as is known."""
        ratio, on = teacher - model, model > -1e100  # squares below it overflow, and say nothing
        self.n += len(ratio)
        self.low += _low(ratio)
        t, m = (teacher, model) if on.all() else (teacher[on], model[on])
        self.moments += [len(t), t @ t, t @ m, m @ m]
        self.first = (t, m) if self.first is None else self.first

    def absorb(self, other: "BaseGuess") -> None:
        """The log-probabilities that another one has seen."""
        self.n, self.low, self.moments = self.n + other.n, self.low + other.low, self.moments + other.moments
        self.first = self.first or other.first

    def conclude(self, declared: bool, responses: np.ndarray | None = None) -> list[str]:
        """Warnings; ``declared`` tells whether both bases are known, so that a slope only makes a warning.

        ``responses`` are the numbers of responses of the prompts if some have several.

        Raises
        ------
        Problem
            Ratios that no teacher produces, or a mixture of bases that nobody declared.
        """
        for t, hits in zip(LEVELS, self.low, strict=True):
            if hits and self._too_many(hits, t, responses):
                raise Problem(self.path, f"{hits} of {self.n} responses are at least e^{t:g} times likelier under the "
                              f"model than under the teacher; at most a share e^-{t:g} can be if they are drawn from "
                              "the teacher. Are teacher and model swapped, is one in bits and the other in nats "
                              "(--teacher-base, --model-base), or are the responses not the teacher's?")
        count, tt, tm, mm = self.moments
        if count < 20 or tt == 0 or mm == 0 or tm / np.sqrt(tt * mm) <= 0.98:
            return []
        warnings = []
        for teacher_base, model_base in (("nats", "bits"), ("bits", "nats"), ("nats", "log10"), ("log10", "nats"),
                                         ("bits", "log10"), ("log10", "bits")):
            slope = tm / tt * BASES[model_base] / BASES[teacher_base]
            if not 0.98 <= slope <= 1.15 or not self._possible(BASES[teacher_base], BASES[model_base]):
                continue
            sides = [f"model in {model_base}", f"teacher in {teacher_base}"]
            text = (f"model log-probabilities are {tm / tt:.3f} times the teacher's throughout: "
                    f"{', '.join(sides if teacher_base == 'nats' else sides[::-1])}?")
            if slope <= 1.02 and not declared:
                raise Problem(self.path, f"{text} State both with --teacher-base and --model-base (nats, bits or log10)"
                              " or in a column 'base'")
            if slope <= 1.02 or not declared:
                warnings.append(f"{text} " + ("The file says otherwise." if declared else
                                              "If not, say so with --teacher-base and --model-base."))
        return warnings[:1]

    def _too_many(self, hits, t, responses):
        if responses is not None:
            return prompt_limits(hits / self.n, responses, 2 * SURE / len(LEVELS))[0] > np.exp(-t)
        return bdtrc(hits - 1, self.n, np.exp(-t)) < SURE / len(LEVELS)

    def _possible(self, teacher_unit, model_unit):
        """Whether the first responses, so converted, could be drawn from the teacher."""
        ratio = self.first[0] * teacher_unit - self.first[1] * model_unit
        shares = bdtrc(np.maximum(_low(ratio), 1) - 1, len(ratio), np.exp(-np.array(LEVELS)))
        return bool((np.where(_low(ratio) > 0, shares, 1.0) > 1e-3).all())


def _low(ratio):
    if not len(ratio) or ratio.min() > -LEVELS[0]:
        return np.zeros(len(LEVELS), dtype=np.int64)
    return np.array([int((ratio <= -t).sum()) for t in LEVELS])

"""Two models on the same responses or prompts: differences with limits, and where pass@k crosses."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import tie
from covtheory.own_model.intervals import betting_interval
from covtheory.own_model.prompts import MOST
from covtheory.samplers.best_of_n import pass_at_k


def difference_interval(
    differences: ArrayLike, false_alarm: float, counts: ArrayLike | None = None
) -> tuple[float, float]:
    """Limits for the mean of independent differences in [-1, 1]: :func:`betting_interval` of ``(1 + d) / 2``.

    Examples
    --------
    >>> low, high = difference_interval([0, 1], 0.05, [950, 50])
    >>> round(low, 3), round(high, 3)
    (0.031, 0.081)
    """
    d = np.asarray(differences, dtype=float)
    counts = np.ones(len(d)) if counts is None else counts
    low, high = betting_interval(np.clip((1 + d) / 2, 0, 1), counts, false_alarm)
    return 2 * low - 1, 2 * high - 1


class CoverageDifference:
    """``Cov_N`` of a second model minus that of a first, over a stream of responses that both scored.

    With prompts the units are prompts, each counted once with the mean over its responses; without, responses.

    Examples
    --------
    >>> difference = CoverageDifference([2.0])
    >>> difference.add(np.log([1, 4, 4]), np.log([1, 4, 1]))
    >>> row = difference.rows(0.05)[0]
    >>> round(row["difference"], 3), row["lower"] < -0.3 < row["upper"]
    (-0.333, True)
    """

    def __init__(self, N: Iterable[float]):
        self.N = [float(value) for value in N]
        log_N = np.log(self.N)
        self._levels = (log_N - tie(log_N))[:, None]
        self._counts = np.zeros((len(self.N), 3), dtype=np.int64)
        self._index, self._sums = {}, np.zeros((len(self.N) + 1, 16))

    def add(self, first: np.ndarray, second: np.ndarray, prompts: list[str] | None = None) -> None:
        """Log ratios (nats) of some more responses under both models."""
        d = (second >= self._levels).astype(np.int8) - (first >= self._levels)
        if prompts is None:
            self._counts += np.stack([(d == value).sum(axis=1) for value in (-1, 0, 1)], axis=1)
            return
        self._add(map(hash, prompts), np.vstack([d, np.ones(len(prompts))]))

    def absorb(self, other: "CoverageDifference") -> None:
        """The responses that another one has seen; names of prompts are then digests, the same in all processes."""
        self._counts += other._counts
        self._add(other._index, other._sums[:, :len(other._index)])

    def _add(self, hashed, sums):
        """Sums of prompts, of which one may occur several times."""
        where = np.fromiter((self._index.setdefault(key, len(self._index)) for key in hashed), np.int64, sums.shape[1])
        if len(self._index) > MOST:
            raise ValueError(f"more than {MOST:,} prompts")
        if len(self._index) > self._sums.shape[1]:
            self._sums = np.pad(self._sums, ((0, 0), (0, 2 * len(self._index) - self._sums.shape[1])))
        np.add.at(self._sums, (slice(None), where), sums)

    @property
    def units(self) -> int:
        """Number of prompts, or of responses."""
        return len(self._index) or int(self._counts[0].sum())

    def rows(self, false_alarm: float) -> list[dict]:
        """The difference at every N, limits for all N together (union bound)."""
        rows, each = [], false_alarm / len(self.N)
        for i, N in enumerate(self.N):
            if self._index:
                values = self._sums[i, :self.units] / self._sums[-1, :self.units]
                mean, limits = float(values.mean()), difference_interval(values, each)
            else:
                counts = self._counts[i]
                mean = float((counts[2] - counts[0]) / counts.sum())
                limits = difference_interval([-1, 0, 1], each, counts)
            rows.append({"N": N, "difference": mean, "lower": limits[0], "upper": limits[1]})
        return rows


def pass_differences(first: tuple, second: tuple, ks: list[int], false_alarm: float) -> dict:
    """pass@k of a second model minus that of a first on the same prompts, and where the sign changes.

    The unbiased estimates of one prompt differ by a number in [-1, 1]; prompts are independent. Limits hold for all k
    together (union bound), hence also the statement on the crossing: the second model is ahead at every k where the
    lower limit is positive, behind where the upper one is negative.

    Parameters
    ----------
    first, second : tuple of ndarray
        ``(n, c)`` of the same prompts in the same order.
    ks : list of int
        At most the fewest draws, ascending.

    Returns
    -------
    dict
        ``rows``; ``ahead_until``: largest k with the second certified ahead; ``behind_from``: least k beyond it with
        the second certified behind; ``crossing``: the estimate, by linear interpolation in log k; None if there is
        none.

    Examples
    --------
    >>> base, tuned = (np.full(400, 16), np.full(400, 1)), (np.full(400, 16), np.repeat([0, 8], 200))
    >>> found = pass_differences(base, tuned, [1, 2, 4, 8, 16], 0.05)
    >>> found["ahead_until"], found["behind_from"], round(found["crossing"], 2)
    (4, 16, 8.0)
    """
    each, rows = false_alarm / len(ks), []
    for k in ks:
        a, b = pass_at_k(*first, k), pass_at_k(*second, k)
        low, high = difference_interval(b - a, each)
        rows.append({"k": k, "first": float(a.mean()), "second": float(b.mean()), "difference": float((b - a).mean()),
                     "lower": low, "upper": high})
    ahead = max((r["k"] for r in rows if r["lower"] > 0), default=None)
    behind = min((r["k"] for r in rows if r["upper"] < 0 and (ahead is None or r["k"] > ahead)), default=None)
    crossing = None
    for left, right in pairwise(rows):
        if left["difference"] > 0 >= right["difference"]:
            share = left["difference"] / (left["difference"] - right["difference"])
            crossing = float(left["k"] * (right["k"] / left["k"]) ** share)
    return {"rows": rows, "ahead_until": ahead, "behind_from": behind, "crossing": crossing}


def difference_text(facts: dict) -> list[str]:
    """The table of pass@k of two models and the sentence on the crossing."""
    lines = ["", f"pass@k of two models on the same {facts['prompts']:,} prompts; limits for all k together:",
             f"{'k':>8} {'first':>9} {'second':>9} {'difference':>11} {'lower':>9} {'upper':>9}"]
    lines += [f"{r['k']:8d} {r['first']:9.5f} {r['second']:9.5f} {r['difference']:11.5f} {r['lower']:9.5f} "
              f"{r['upper']:9.5f}" for r in facts["rows"]]
    ahead, behind = facts["ahead_until"], facts["behind_from"]
    said = f"second certified ahead at k = {ahead}" if ahead else "second nowhere certified ahead"
    said += f", certified behind at k = {behind}" if behind else ", nowhere beyond certified behind"
    if ahead and behind:
        said += f": the sign changes between {ahead} and {behind}"
    if facts["crossing"] is not None:
        said += f"; estimated crossing at k = {facts['crossing']:.3g}"
    return [*lines, said]

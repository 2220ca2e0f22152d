"""Prompts with several responses each: how many there are, and limits for a tail that hold over prompts."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import tie
from covtheory.own_model.intervals import effective_prompts, prompt_limits

PROMPTS = ("prompt", "prompt_id", "doc_id", "task_id", "question_id", "problem_id", "uid")
"""Names of the column that says which prompt a response answers; the first that is there is taken."""

MOST = 1 << 22
"""Prompts that are told apart, at most: about 400 MB."""


class PromptCounts:
    """How many responses each prompt has, counted over a stream; prompts are told apart by 64-bit hashes."""

    def __init__(self):
        self._counts = Counter()

    def add(self, prompts: Iterable) -> None:
        """Count the prompts of some more responses.

        Raises
        ------
        ValueError
            More than ``MOST`` prompts.
        """
        self._counts.update(map(hash, prompts))
        if len(self._counts) > MOST:
            raise ValueError(f"more than {MOST:,} prompts: leave the column out if no prompt repeats, or take a sample")

    def absorb(self, other: "PromptCounts") -> None:
        """The prompts that another one has counted; names are then digests, the same in all processes."""
        self._counts.update(other._counts)
        self.add(())

    @property
    def responses(self) -> np.ndarray:
        """Number of responses of every prompt."""
        return np.fromiter(self._counts.values(), dtype=np.int64)

    @property
    def repeated(self) -> bool:
        """Whether some prompt has more than one response."""
        return bool(self._counts) and self._counts.total() > len(self._counts)


def threshold_grid(N: Iterable[float]) -> np.ndarray:
    """Log ratios (nats, ascending) at which a tail is limited over prompts: fixed ones and the logarithms of N.

    Limits are bought once a threshold, so that the grid is coarse: 30 % apart, from a quarter of a nat to 2500 nats.

    Examples
    --------
    >>> threshold_grid([2, 4])[5:10].round(2)
    array([0.  , 0.25, 0.32, 0.42, 0.55])
    """
    fixed = [-4.0, -2.0, -1.0, -0.5, -0.25, 0.0, *(0.25 * 1.3 ** np.arange(36))]
    wanted = np.log([float(value) for value in N])
    return np.unique(np.concatenate([fixed, wanted[np.isfinite(wanted)]]))


class PromptBand:
    """Simultaneous limits for ``P[L >= t]`` at all t, from shares of responses at a grid of thresholds.

    At each of the K grid points :func:`covtheory.own_model.intervals.prompt_limits` holds with probability
    ``1 - false_alarm / K``, hence all together with ``1 - false_alarm`` (union bound). Between them the tail is
    monotone: at t the lower limit is that of the next grid point from t on, the upper one that of the last up to t.

    Parameters
    ----------
    responses : ndarray of int
        One entry a prompt.
    grid : ndarray
        Ascending log ratios, chosen without looking at the responses.
    hits : ndarray of int
        Responses at or above each grid point.
    drawn : int, optional
        How many responses are counted, if only those of some kind are: ``responses`` are then all of them.

    Examples
    --------
    >>> band = PromptBand(np.full(50, 20), np.array([0.0, 1.0]), np.array([500, 100]), 0.05)
    >>> float(band.lower(0.5).round(4)), float(band.lower(1.5)), float(band.upper(0.5).round(4))
    (0.0192, 0.0, 0.7005)
    """

    def __init__(self, responses: np.ndarray, grid: np.ndarray, hits: np.ndarray, false_alarm: float,
                 drawn: int | None = None):
        self.responses, self.grid, self.false_alarm = responses, grid, false_alarm
        drawn = responses.sum() if drawn is None else drawn
        self.shares, self.counted = np.asarray(hits) / drawn, float(drawn / responses.sum())

    @cached_property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Limits at the grid points."""
        lower, upper = prompt_limits(self.shares, self.responses, self.false_alarm / len(self.grid), self.counted)
        return np.maximum.accumulate(lower[::-1])[::-1], np.minimum.accumulate(upper)

    @property
    def effective(self) -> float:
        """How many prompts with equally many responses these are worth."""
        return effective_prompts(self.responses)

    def lower(self, log_N: ArrayLike) -> np.ndarray:
        """Lower limit of the tail at these log ratios."""
        t = np.asarray(log_N, dtype=float)
        return np.append(self.limits[0], 0.0)[np.searchsorted(self.grid, t - tie(t))]

    def upper(self, log_N: ArrayLike) -> np.ndarray:
        """Upper limit of the tail at these log ratios."""
        t = np.asarray(log_N, dtype=float)
        return np.insert(self.limits[1], 0, 1.0)[np.searchsorted(self.grid, t + tie(t), side="right")]

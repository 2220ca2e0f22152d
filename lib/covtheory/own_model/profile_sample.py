"""From a stream of log-probabilities to the coverage profile: what is kept of each response, in bounded memory."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage.rounding import tie
from covtheory.own_model.profile_estimate import DEFAULT_N, GRID, ProfileEstimate
from covtheory.own_model.prompts import PromptBand, PromptCounts, threshold_grid


class ProfileSample:
    """Responses seen so far, reduced to what :class:`ProfileEstimate` needs.

    Up to ``capacity`` responses are kept exactly (8 bytes each); from there on log ratios are rounded down to a grid of
    1/1024 nat, so that memory stays bounded; counts at grid points stay exact and limits stay valid.

    Parameters
    ----------
    N : iterable of float
        Thresholds, more than one each, for stopped KL and for limits over prompts.
    """

    def __init__(self, N: Iterable[float] = DEFAULT_N, capacity: int = 1 << 24):
        self.capacity, self.N = validation.count("capacity", capacity), [float(v) for v in N]
        validation.threshold("N", self.N, strict=True)
        self.grid, self.prompts, self.drawn, self.rounded = threshold_grid(self.N), PromptCounts(), 0, False
        self._levels = self.grid - tie(self.grid)
        self._cells = np.zeros(len(self.grid) + 1, dtype=np.int64)
        self._pieces, self._held, self._total, self._kl = [], 0, [], []
        self._stopped = {v: [] for v in self.N}
        self._store = NOTHING

    def add(self, teacher: ArrayLike, model: ArrayLike, kl: ArrayLike | None = None,
            prompts: list[str] | None = None) -> None:
        """Some more responses: ``log pi_D``, ``log pi``, sums of token KL (nats), and which prompt each answers.

        Raises
        ------
        ValueError
            Log ratios that are NaN or -inf, lengths that differ.
        """
        teacher, model = np.asarray(teacher, dtype=float), np.asarray(model, dtype=float)
        validation.same_shape(teacher=teacher, model=model)
        ratio = teacher - model
        if np.isnan(ratio).any() or np.isneginf(ratio).any():
            raise ValueError("log ratio: got NaN or -inf; the teacher's log-probabilities must be finite")
        self._total.append(float(ratio.sum()))
        self._pieces.append(ratio)
        self._held, self.drawn = self._held + len(ratio), self.drawn + len(ratio)
        if kl is not None:
            kl = validation.in_range("kl", kl, 0, math.inf)
            validation.same_shape(teacher=teacher, kl=kl)
            self._kl.append(float(np.sum(kl)))
            for v in self.N:
                self._stopped[v].append(float(np.minimum(kl, math.log(v)).sum()))
        if prompts is not None:
            self.prompts.add(prompts)
            self._cells += np.bincount(np.searchsorted(self._levels, ratio, side="right"), minlength=len(self._cells))
        if self.rounded or self._held > self.capacity:
            self._store, self._pieces, self._held, self.rounded = _merge(self._store, self._pieces), [], 0, True

    def absorb(self, other: "ProfileSample") -> None:
        """The responses that another sample with the same N and capacity has seen."""
        self._total += other._total
        self._kl += other._kl
        for v in self.N:
            self._stopped[v] += other._stopped[v]
        self.prompts.absorb(other.prompts)
        self._cells += other._cells
        self._pieces += other._pieces
        self._held, self.drawn = self._held + other._held, self.drawn + other.drawn
        if other.rounded:
            self._store = _merge(self._store, [], other._store)
        if self.rounded or other.rounded or self._held > self.capacity:
            self._store, self._pieces, self._held, self.rounded = _merge(self._store, self._pieces), [], 0, True

    def estimate(self, false_alarm: float = 0.05, responses: np.ndarray | None = None) -> ProfileEstimate:
        """The profile of all responses so far.

        ``responses``: how many the prompts have in all, if those here are of one kind (short ones) and others are not.

        Raises
        ------
        ValueError
            None so far, or a false alarm outside (0, 1).
        """
        drawn, false_alarm = validation.count("responses", self.drawn), float(
            validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True))
        if self.rounded:
            values, counts = self._store
        else:
            values = np.concatenate(self._pieces)
            values.sort()
            self._pieces = [values]
            first = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
            if len(first) == drawn:
                counts = np.ones(drawn, dtype=np.int64)
            else:
                values, counts = values[first], np.diff(np.append(first, drawn))
        band = None
        if responses is not None or self.prompts.repeated:
            hits = np.cumsum(self._cells[::-1])[::-1][1:]
            responses = self.prompts.responses if responses is None else responses
            band = PromptBand(responses, self.grid, hits, false_alarm, drawn)
        return ProfileEstimate(
            values, counts, math.fsum(self._total) if np.isfinite(self._total).all() else math.inf, false_alarm,
            self.rounded, {v: math.fsum(s) / drawn for v, s in self._stopped.items() if s},
            math.fsum(self._kl) / drawn if self._kl else None, band)


def profile_estimate(chunks: Iterable[tuple], *, false_alarm: float = 0.05, N: Iterable[float] = DEFAULT_N,
                     capacity: int = 1 << 24) -> ProfileEstimate:
    """Estimate a coverage profile from a stream of arguments of :meth:`ProfileSample.add`.

    Examples
    --------
    >>> estimate = profile_estimate([(np.log([0.5, 0.5]), np.log([0.25, 0.75]), None)])
    >>> estimate([1, 2, 3]).value, round(estimate.kl, 4)
    (array([0.5, 0.5, 0. ]), 0.1438)
    """
    sample = ProfileSample(N, capacity)
    for chunk in chunks:
        sample.add(*chunk)
    return sample.estimate(false_alarm)


NOTHING = np.empty(0), np.empty(0, dtype=np.int64)


def _merge(store, pieces, more=NOTHING):
    values, counts = np.unique(np.floor(np.concatenate([*pieces, NOTHING[0]]) * GRID) / GRID, return_counts=True)
    merged, where = np.unique(np.concatenate([store[0], more[0], values]), return_inverse=True)
    return merged, np.bincount(where, np.concatenate([store[1], more[1], counts]), len(merged)).astype(np.int64)

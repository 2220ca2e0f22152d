"""The coverage profile from log-probabilities of responses that the teacher drew, with what is certain about it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.bounds.best_of_n import bon_sufficient_sharp_budget
from covtheory.coverage.monte_carlo import Estimate
from covtheory.coverage.rounding import tie
from covtheory.own_model.intervals import chernoff_interval
from covtheory.own_model.tail_band import TailBand

GRID = 1024.0
"""Beyond the capacity of a sample, log ratios are rounded down to this many points a nat."""

DEFAULT_N = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1024.0, 4096.0)


@dataclass(frozen=True, eq=False)
class ProfileEstimate:
    """Empirical coverage profile with a band that holds for all thresholds at once.

    Parameters
    ----------
    values, counts : ndarray
        Distinct log ratios in nats, ascending (``+inf`` allowed), and how many responses have each.
    total : float
        Sum of the log ratios.
    false_alarm : float
        Of the band, and of everything that is read off it; intervals for stopped KL have the same one each.
    rounded : bool
        Whether log ratios were rounded down to the grid: estimates are then of the next grid point below.
    stopped : dict
        ``N -> mean of min(log N, sum of token KL)``; empty if no token-level KL was given.
    """

    values: np.ndarray
    counts: np.ndarray
    total: float
    false_alarm: float
    rounded: bool = False
    stopped: dict = field(default_factory=dict)
    token_kl: float | None = None

    @cached_property
    def draws(self) -> int:
        """Number of responses."""
        return int(self.counts.sum())

    @cached_property
    def band(self) -> TailBand:
        """The simultaneous confidence band, as a function of hits."""
        return TailBand(self.draws, self.false_alarm)

    @cached_property
    def _tail(self) -> np.ndarray:
        """Number of responses at or above each value, then 0."""
        return np.concatenate([np.cumsum(self.counts[::-1])[::-1], [0]])

    def hits(self, log_N: ArrayLike) -> np.ndarray:
        """Number of responses whose log ratio is at least ``log_N`` (ties count, as in ``CoverageProfile``)."""
        t = np.asarray(log_N, dtype=float)
        below = np.floor(t * GRID) / GRID if self.rounded else t
        return self._tail[np.searchsorted(self.values, below - tie(t))]

    def __call__(self, N: ArrayLike) -> Estimate:
        """Coverage at ``N >= 1`` with its simultaneous limits."""
        log_N = np.log(validation.threshold("N", N))
        hits = self.hits(log_N)
        sure = self.hits(np.ceil(log_N * GRID) / GRID) if self.rounded else hits
        return Estimate(hits / self.draws, self.band.lower(sure), self.band.upper(hits), self.draws, self.false_alarm,
                        "simultaneous band")

    @property
    def kl(self) -> float:
        """Mean log ratio in nats: unbiased for KL, but see ``kl_limits``."""
        return self.total / self.draws

    def kl_limits(self, largest: float | None = None) -> tuple[float, float]:
        """Limits for KL in nats, implied by the band; no upper limit without a bound on the log ratio.

        ``KL = int_0^inf P[L >= t] dt - int_0^inf P[L < -t] dt``; the second integrand is also at most ``exp(-t)``,
        because ``E exp(-L) <= 1``.

        Parameters
        ----------
        largest : float, optional
            A number that the log ratio cannot exceed, known from elsewhere (for instance a floor under the model's
            token probabilities times the length). Without it the upper limit is infinite.

        Raises
        ------
        ValueError
            If some log ratio exceeds ``largest``.
        """
        x, at_least, beyond = self._thresholds
        band, slip = self.band, 1 / GRID if self.rounded else 0.0
        up = (x > 0) & (x < np.inf)
        knots = np.concatenate([[0.0], x[up]])
        ends_in_infinity = bool(x[-1] == np.inf) and float(band.lower(at_least[-1])) > 0
        gain = math.inf if ends_in_infinity else float(np.diff(knots) @ band.lower(at_least[up]))
        down = np.flatnonzero(x < 0)[::-1]  # from -0 outwards: P[L < -t] is constant between the -x
        knots_down = np.concatenate([[0.0], -x[down], [np.inf]])
        inner = np.concatenate([[self._tail[np.searchsorted(self.values, 0.0)]], at_least[down]])
        loss = _capped(knots_down, 1.0 - band.lower(inner))
        lower = gain - loss
        if largest is None:
            return max(lower, 0.0), math.inf
        largest = float(validation.in_range("largest", largest, 0, np.finfo(float).max))
        if self.values[-1] > largest * (1 + 1e-9):
            raise ValueError(f"largest: a log ratio is {self.values[-1]:.6g}, above the stated bound {largest:.6g}")
        knots = np.append(knots, max(largest, knots[-1]))
        tops = np.concatenate([[self._positive], beyond[up]])
        sure_loss = np.diff(knots_down[:-1]) @ np.maximum(0.0, 1.0 - band.upper(beyond[down]))
        return max(lower, 0.0), float(np.diff(knots) @ band.upper(tops) - sure_loss) + slip

    def budget(self, target: float) -> Estimate:
        """Draws of Best-of-N after which no reward leaves more than ``target`` regret against the teacher.

        The least over M of the sharp bound of notebook 02, from the empirical profile (``value``) and from the band
        (``upper``); ``lower`` draws are needed for some reward. ``inf`` where the data certify nothing.
        """
        target = float(validation.in_range("target", target, 0, 1, open_ends=True))
        x, at_least, beyond = self._thresholds
        use = (x >= 0) & (x < 700)
        M = np.exp(np.concatenate([[0.0], x[use] + (1 / GRID if self.rounded else 0.0)])) * (1 + 1e-9)
        above = np.concatenate([[self._positive], beyond[use]])
        guess = bon_sufficient_sharp_budget(above / self.draws, M, target).min()
        sure = bon_sufficient_sharp_budget(self.band.upper(above), M, target).min()
        C = self.band.lower(at_least)
        enough = (target < C) & (x >= 0)
        with np.errstate(divide="ignore"):
            need = np.log1p(target - C[enough]) / np.log1p(-C[enough] * np.exp(-x[enough]))
        return Estimate(float(guess), float(max(1.0, np.ceil(need.max() * (1 - 1e-12)) if enough.any() else 1.0)),
                        float(sure), self.draws, self.false_alarm, "Theorem 3 of notebook 02, least over M")

    def stopped_kl(self, N: float) -> Estimate:
        """``E min(log N, sum_h KL_h)`` in nats with a finite-sample interval: bounded, hence always estimable.

        Raises
        ------
        ValueError
            If no token-level KL was given, or not for this N.

        Source: the quantity of Chen et al. 2025, arXiv 2510.15020v2, Prop D.10.
        """
        if N not in self.stopped:
            raise ValueError(f"N: got {N:g}, expected one of {sorted(self.stopped)} (token-level KL needed)")
        top, mean = math.log(N), self.stopped[N]
        low, high = chernoff_interval(mean / top, self.draws, self.false_alarm)
        return Estimate(mean, top * low, top * high, self.draws, self.false_alarm, "Hoeffding 1963")

    @cached_property
    def _positive(self) -> int:
        """Number of responses that the model finds less likely than the teacher does."""
        return int(self._tail[np.searchsorted(self.values, 0.0, side="right")])

    @cached_property
    def _thresholds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values at which the band is evaluated (at most 2^16), hits at them and strictly above them."""
        k = len(self.values)
        pick = np.arange(k) if k <= 1 << 16 else np.unique(np.concatenate(
            [np.linspace(0, k - 1, 1 << 15).astype(int), k - np.geomspace(1, k, 1 << 15).astype(int)]))
        return self.values[pick], self._tail[pick], self._tail[pick + 1]


def profile_estimate(
    chunks: Iterable[tuple[ArrayLike, ArrayLike, ArrayLike | None]], *, false_alarm: float = 0.05,
    N: Iterable[float] = DEFAULT_N, capacity: int = 1 << 24,
) -> ProfileEstimate:
    """Estimate a coverage profile from a stream of ``(log pi_D, log pi, token KL sum or None)``, in nats.

    Up to ``capacity`` responses are kept exactly (8 bytes each); from there on log ratios are rounded down to a grid
    of 1/1024 nat, so that memory stays bounded; counts at grid points stay exact and limits stay valid.

    Examples
    --------
    >>> estimate = profile_estimate([(np.log([0.5, 0.5]), np.log([0.25, 0.75]), None)])
    >>> estimate([1, 2, 3]).value, round(estimate.kl, 4)
    (array([0.5, 0.5, 0. ]), 0.1438)
    """
    capacity, N = validation.count("capacity", capacity), [float(v) for v in N]
    validation.threshold("N", N, strict=True)
    pieces, held, rounded = [], 0, False
    total, stopped, token_kl, drawn = [], {v: [] for v in N}, [], 0
    store = (np.empty(0), np.empty(0, dtype=np.int64))
    for teacher, model, kl in chunks:
        ratio = np.asarray(teacher, dtype=float) - np.asarray(model, dtype=float)
        if np.isnan(ratio).any() or np.isneginf(ratio).any():
            raise ValueError("log ratio: got NaN or -inf; the teacher's log-probabilities must be finite")
        total.append(float(ratio.sum()))
        pieces.append(ratio)
        held, drawn = held + len(ratio), drawn + len(ratio)
        if kl is not None:
            token_kl.append(float(np.sum(kl)))
            for v in N:
                stopped[v].append(float(np.minimum(kl, math.log(v)).sum()))
        if rounded or held > capacity:
            store, pieces, held, rounded = _merge(store, pieces), [], 0, True
    validation.count("responses", drawn)
    if rounded:
        values, counts = store
    else:
        values = np.concatenate(pieces)
        values.sort()
        first = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        values, counts = values[first], np.diff(np.append(first, drawn))
    return ProfileEstimate(values, counts, math.fsum(total) if np.isfinite(total).all() else math.inf,
                           float(validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True)), rounded,
                           {v: math.fsum(s) / drawn for v, s in stopped.items() if s},
                           math.fsum(token_kl) / drawn if token_kl else None)


def _merge(store, pieces):
    values, counts = np.unique(np.floor(np.concatenate(pieces) * GRID) / GRID, return_counts=True)
    merged, where = np.unique(np.concatenate([store[0], values]), return_inverse=True)
    return merged, np.bincount(where, np.concatenate([store[1], counts])).astype(np.int64)


def _capped(knots: np.ndarray, caps: np.ndarray) -> float:
    """Integral over [0, inf) of ``min(cap_j, exp(-t))`` with ``cap_j`` on ``[knots_j, knots_(j+1))``."""
    a, b = knots[:-1], knots[1:]
    with np.errstate(divide="ignore"):
        turn = np.clip(-np.log(caps), a, b)
    flat = np.where(turn > a, caps * (np.where(np.isinf(turn), a, turn) - a), 0.0)
    return float((flat + np.exp(-turn) - np.exp(-b)).sum())

"""The coverage profile from log-probabilities of responses that the teacher drew, with what is certain about it."""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.bounds.best_of_n import bon_sufficient_sharp_budget
from covtheory.coverage.confidence import Estimate
from covtheory.coverage.rounding import tie
from covtheory.own_model.intervals import chernoff_interval, prompt_limits
from covtheory.own_model.prompts import PromptBand
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
    token_kl : float or None
        Mean of the sum of token KL.
    by_prompt : PromptBand or None
        Limits over prompts, if prompts have several responses: then all limits are those of independent prompts, and
        without it those of independent responses.
    """

    values: np.ndarray
    counts: np.ndarray
    total: float
    false_alarm: float
    rounded: bool = False
    stopped: dict = field(default_factory=dict)
    token_kl: float | None = None
    by_prompt: PromptBand | None = None

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
        tail = np.zeros(len(self.counts) + 1, dtype=np.int64)
        np.cumsum(self.counts[::-1], out=tail[-2::-1])  # in place: the largest array there is
        return tail

    def hits(self, log_N: ArrayLike) -> np.ndarray:
        """Number of responses whose log ratio is at least ``log_N`` (ties count, as in ``CoverageProfile``)."""
        t = np.asarray(log_N, dtype=float)
        below = np.floor(t * GRID) / GRID if self.rounded else t
        return self._tail[np.searchsorted(self.values, below - tie(t))]

    def __call__(self, N: ArrayLike) -> Estimate:
        """Coverage at ``N >= 1`` with its simultaneous limits."""
        log_N = np.log(validation.threshold("N", N))
        hits = self.hits(log_N)
        if self.by_prompt:
            return Estimate(hits / self.draws, self.by_prompt.lower(log_N), self.by_prompt.upper(log_N), self.draws,
                            self.false_alarm, "simultaneous limits over prompts")
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
        slip = 1 / GRID if self.rounded and not self.by_prompt else 0.0
        up = (x > 0) & (x < np.inf)
        knots = np.concatenate([[0.0], x[up]])
        ends_in_infinity = bool(x[-1] == np.inf) and float(at_least[0][-1]) > 0
        gain = math.inf if ends_in_infinity else float(np.diff(knots) @ at_least[0][up])
        down = np.flatnonzero(x < 0)[::-1]  # from -0 outwards: P[L < -t] is constant between the -x
        knots_down = np.concatenate([[0.0], -x[down], [np.inf]])
        loss = _capped(knots_down, 1.0 - np.append(self._at_zero[0], at_least[0][down]))
        lower = gain - loss
        if largest is None:
            return max(lower, 0.0), math.inf
        largest = float(validation.in_range("largest", largest, 0, np.finfo(float).max))
        if self.values[-1] > largest * (1 + 1e-9):
            raise ValueError(f"largest: a log ratio is {self.values[-1]:.6g}, above the stated bound {largest:.6g}")
        inside = up & (x < largest)
        knots = np.concatenate([[0.0], x[inside], [largest]])
        tops = np.append(self._at_zero[1], beyond[1][inside])
        sure_loss = np.diff(knots_down[:-1]) @ np.maximum(0.0, 1.0 - beyond[1][down])
        return max(lower, 0.0), float(np.diff(knots) @ tops - sure_loss) + slip

    def budget(self, target: float) -> Estimate:
        """Draws of Best-of-N after which no reward leaves more than ``target`` regret against the teacher.

        The least over M of the sharp bound of notebook 02, from the empirical profile (``value``) and from the band
        (``upper``); ``lower`` draws are needed for some reward. ``inf`` where the data certify nothing.
        """
        target = float(validation.in_range("target", target, 0, 1, open_ends=True))
        x, at_least, beyond = self._thresholds
        use = (x >= 0) & (x < 700)
        slip = 1 / GRID if self.rounded and not self.by_prompt else 0.0
        M = np.exp(np.concatenate([[0.0], x[use] + slip])) * (1 + 1e-9)
        guess = bon_sufficient_sharp_budget(np.append(self._at_zero[2], beyond[2][use]), M, target).min()
        sure = bon_sufficient_sharp_budget(np.append(self._at_zero[1], beyond[1][use]), M, target).min()
        C = at_least[0]
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
        if self.by_prompt:
            low, high = self._stopped_over_prompts[N]
        else:
            low, high = chernoff_interval(mean / top, self.draws, self.false_alarm)
        return Estimate(mean, top * low, top * high, self.draws, self.false_alarm, "Hoeffding 1963")

    @cached_property
    def _stopped_over_prompts(self) -> dict[float, tuple[float, float]]:
        shares = [mean / math.log(N) for N, mean in self.stopped.items()]
        limits = prompt_limits(shares, self.by_prompt.responses, self.false_alarm, self.by_prompt.counted)
        return dict(zip(self.stopped, zip(*(side.tolist() for side in limits), strict=True), strict=True))

    @cached_property
    def _at_zero(self) -> tuple[float, float, float]:
        """Lower limit of ``P[L >= 0]``; upper limit and estimate of ``P[L > 0]``."""
        at_least, above = (int(self._tail[np.searchsorted(self.values, 0.0, side=side)]) for side in ("left", "right"))
        if self.by_prompt:
            return float(self.by_prompt.lower(0.0)), float(self.by_prompt.upper(0.0)), above / self.draws
        return float(self.band.lower(at_least)), float(self.band.upper(above)), above / self.draws

    @cached_property
    def _thresholds(self) -> tuple[np.ndarray, tuple, tuple]:
        """Log ratios x (at most 2^16); ``(lower, upper, estimate)`` of ``P[L >= x]``, and of ``P[L > x]``.

        Over prompts they are the grid's, where ``P[L > x]`` is bounded by ``P[L >= x]``.
        """
        if self.by_prompt:
            sides = (*self.by_prompt.limits, self.by_prompt.shares)
            return self.by_prompt.grid, sides, sides
        k = len(self.values)
        pick = np.arange(k) if k <= 1 << 16 else np.unique(np.concatenate(
            [np.linspace(0, k - 1, 1 << 15).astype(int), k - np.geomspace(1, k, 1 << 15).astype(int)]))
        return self.values[pick], *((self.band.lower(h), self.band.upper(h), h / self.draws)
                                    for h in (self._tail[pick], self._tail[pick + 1]))


def _capped(knots: np.ndarray, caps: np.ndarray) -> float:
    """Integral over [0, inf) of ``min(cap_j, exp(-t))`` with ``cap_j`` on ``[knots_j, knots_(j+1))``."""
    a, b = knots[:-1], knots[1:]
    with np.errstate(divide="ignore"):
        turn = np.clip(-np.log(caps), a, b)
    flat = np.where(turn > a, caps * (np.where(np.isinf(turn), a, turn) - a), 0.0)
    return float((flat + np.exp(-turn) - np.exp(-b)).sum())

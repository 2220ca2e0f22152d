"""A confidence band for a whole tail ``G(t) = P[X >= t]``: every sample size, every law, ties included.

Write ``X_[k]`` for the k-th largest of n draws. A quantile transform couples the draws with uniform ones so that
``G(X_[k]) >= U_(k)`` and ``G(t) < U_(k)`` for ``t > X_[k]``; the k-th smallest uniform ``U_(k)`` has a Beta(k, n-k+1)
law. Limits for the ``U_(k)`` are therefore limits for the tail, and depend on a threshold through its number of hits.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainccinv, betaincinv, betaln, xlog1py, xlogy

from covtheory import validation

STEP = 1.05
"""Ratio of neighbouring ranks at which exact limits are taken (from both ends)."""


@dataclass(frozen=True)
class TailBand:
    """Simultaneous limits for all thresholds, as functions of the number of draws at or above each.

    Half of the false alarm goes to the Dvoretzky-Kiefer-Wolfowitz band with Massart's constant (best in the middle),
    half, split evenly, to Clopper-Pearson limits at geometrically spaced ranks (best in the tails); between ranks the
    limits extend by monotonicity.

    Parameters
    ----------
    false_alarm : float
        Probability, at most, that the tail leaves the band anywhere; in (0, 1).

    Source: Clopper and Pearson 1934; Massart 1990; notebook 17, Theorem 1.

    Examples
    --------
    >>> band = TailBand(1000, 0.05)
    >>> band.lower([0, 10]).round(4), band.upper([0, 10]).round(4)
    (array([0.    , 0.0021]), array([0.0096, 0.0282]))
    """

    draws: int
    false_alarm: float

    def __post_init__(self):
        validation.count("draws", self.draws)
        validation.in_range("false_alarm", self.false_alarm, 0.0, 1.0, open_ends=True)

    @property
    def ranks(self) -> np.ndarray:
        """Ranks from the top at which exact limits are taken, ascending."""
        return _ranks_and_limits(self.draws, self.false_alarm)[0]

    @property
    def uniform_width(self) -> float:
        """Half-width of the Dvoretzky-Kiefer-Wolfowitz part."""
        return float(np.sqrt(np.log(4 / self.false_alarm) / (2 * self.draws)))

    def lower(self, hits: ArrayLike) -> np.ndarray:
        """Lower limit of the tail at a threshold that so many draws reach."""
        hits = np.asarray(hits)
        exact = _ranks_and_limits(self.draws, self.false_alarm)[1][np.searchsorted(self.ranks, hits, side="right")]
        return np.maximum(exact, hits / self.draws - self.uniform_width)

    def upper(self, hits: ArrayLike) -> np.ndarray:
        """Upper limit of the tail at a threshold that so many draws reach."""
        hits = np.asarray(hits)
        exact = _ranks_and_limits(self.draws, self.false_alarm)[2][np.searchsorted(self.ranks, hits + 1, side="left")]
        return np.minimum(exact, hits / self.draws + self.uniform_width)

    def exact_false_alarm(self) -> float:
        """Probability that a tail without atoms leaves this band somewhere; with atoms it is at most that."""
        k = np.arange(1, self.draws + 1)
        return 1.0 - noncrossing_probability(self.lower(k), self.upper(k - 1))


@lru_cache(maxsize=64)
def _ranks_and_limits(draws: int, false_alarm: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ranks, and the limits of a tail reached by so many draws: the same for every sample of one size."""
    geometric = STEP ** np.arange(int(np.log(draws) / np.log(STEP)) + 1)
    low = np.unique(np.minimum(np.floor(geometric), draws)).astype(np.int64)
    ranks = np.unique(np.concatenate([low, draws + 1 - low]))
    k, tail = ranks.astype(float), false_alarm / 4 / len(ranks)
    below = np.concatenate([[0.0], betaincinv(k, draws - k + 1, tail)])
    above = np.concatenate([betainccinv(k, draws - k + 1, tail), [1.0]])
    for shared in (ranks, below, above):
        shared.flags.writeable = False
    return ranks, below, above


def noncrossing_probability(lower: ArrayLike, upper: ArrayLike) -> float:
    """Probability that n uniform order statistics satisfy ``lower[k] <= U_(k) <= upper[k]`` for all k, exactly.

    The number of uniforms below t is a Markov chain in t with binomial steps; ``U_(k) >= l`` means fewer than k below
    l, ``U_(k) <= u`` at least k below u. Cost of order n^3.

    Parameters
    ----------
    lower, upper : array_like, shape (n,)
        Each non-decreasing, in [0, 1].

    Examples
    --------
    >>> float(noncrossing_probability([0.25], [0.75]))
    0.5
    >>> round(float(noncrossing_probability([0.0, 0.5], [0.5, 1.0])), 12)
    0.5
    """
    lower, upper = validation.in_range("lower", lower, 0, 1), validation.in_range("upper", upper, 0, 1)
    validation.same_shape(lower=lower, upper=upper)
    n = len(lower)
    counts = np.arange(n + 1)
    law, at = (counts == 0).astype(float), 0.0
    more, left = counts[None, :] - counts[:, None], (n - counts)[:, None]  # moves, and uniforms still above t
    more = np.maximum(more, 0)
    choices = -betaln(left - more + 1.0, more + 1.0) - np.log1p(left) + np.where(counts[None, :] < counts[:, None],
                                                                                 -np.inf, 0.0)
    for t in np.unique(np.concatenate([lower, upper, [1.0]])):
        step = (t - at) / (1.0 - at) if at < 1.0 else 0.0
        step = min(step, 1.0)
        law = law @ np.exp(choices + xlogy(more, step) + xlog1py(left - more, -step))
        most, least = np.searchsorted(lower, t, side="left"), np.searchsorted(upper, t, side="right")
        law = np.where((counts >= least) & (counts <= most), law, 0.0)
        at = t
    return float(law.sum())

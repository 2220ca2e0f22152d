"""A finite class, and the exact law of its maximum likelihood over all data sets by counts of likelihood columns."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from covtheory.coverage.rounding import tie
from covtheory.learners.maximum_likelihood import log_table, maximum_likelihood
from covtheory.validation import SUM_TOLERANCE, count, probabilities, threshold

MOST_TYPES = 2_000_000
"""Most vectors of counts that are enumerated."""


def multinomial_types(mass: ArrayLike, n: int) -> tuple[np.ndarray, np.ndarray]:
    """All vectors of counts of ``n`` draws from ``mass``, with their log-probabilities.

    Parameters
    ----------
    mass : array_like, shape (M,)

    Returns
    -------
    counts : ndarray of int, shape (C(n+M-1, M-1), M)
    log_weights : ndarray, nats; their exponentials sum to one

    Raises
    ------
    ValueError
        More than ``MOST_TYPES`` vectors.

    Examples
    --------
    >>> counts, log_weights = multinomial_types([0.5, 0.5], 2)
    >>> counts.tolist(), np.exp(log_weights).round(3).tolist()
    ([[0, 2], [1, 1], [2, 0]], [0.25, 0.5, 0.25])
    """
    p, n = probabilities("mass", mass, ndim=1), count("n", n, least=0)
    total = math.comb(n + len(p) - 1, len(p) - 1)
    if total > MOST_TYPES:
        raise ValueError(f"n: {n} draws of {len(p)} outcomes have {total:,} count vectors, at most {MOST_TYPES:,}")
    columns, left = [], np.array([n])
    for _ in range(len(p) - 1):
        parent = np.repeat(np.arange(len(left)), left + 1)
        first = np.cumsum(left + 1) - (left + 1)
        value = np.arange(len(parent)) - first[parent]
        columns = [column[parent] for column in columns] + [value]
        left = left[parent] - value
    counts = np.stack([*columns, left], axis=1)
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    powers = np.where(counts > 0, np.where(counts > 0, counts, 1) * log_p, 0.0)
    return counts, gammaln(n + 1) - gammaln(counts + 1.0).sum(axis=1) + powers.sum(axis=1)


@dataclass(frozen=True, eq=False)
class FiniteClass:
    """A data law on finitely many outcomes z = (x, y) and a finite class of models of it.

    Every row is a joint law ``mu(x) pi(y|x)``; prompts share ``mu``, so ratios are those of the policies.

    Parameters
    ----------
    p : array_like, shape (R,)
        Data law P.
    log_probs : array_like, shape (K, R)
        Log-probabilities of the models (nats); every row sums to one.

    Examples
    --------
    >>> coins = FiniteClass([0.5, 0.5], np.log([[0.5, 0.5], [0.9, 0.1]]))
    >>> coins.selection_law(1).tolist(), coins.coverage(2).tolist(), coins.truth
    ([0.5, 0.5], [0.0, 0.5], 0)
    """

    p: np.ndarray
    log_probs: np.ndarray

    def __post_init__(self):
        p, lp = probabilities("p", self.p, ndim=1), log_table(self.log_probs)
        if lp.shape[1] != len(p):
            raise ValueError(f"log_probs: shape {lp.shape}, expected (K, {len(p)}) to match p")
        off = np.abs(np.exp(lp).sum(axis=1) - 1) > SUM_TOLERANCE
        if off.any():
            raise ValueError(f"log_probs: row {int(np.argmax(off))} does not sum to one within {SUM_TOLERANCE:g}")
        object.__setattr__(self, "p", p)
        object.__setattr__(self, "log_probs", lp)

    @classmethod
    def from_probs(cls, p: ArrayLike, probs: ArrayLike) -> "FiniteClass":
        """Build from a table of probabilities, shape (K, R)."""
        with np.errstate(divide="ignore"):
            return cls(p, np.log(probabilities("probs", probs, ndim=2)))

    @property
    def truth(self) -> int:
        """Index of the model that equals the data law.

        Raises
        ------
        ValueError
            If there is none: the class is not realizable.
        """
        gap = np.abs(np.exp(self.log_probs) - self.p).max(axis=1)
        if gap.min() > SUM_TOLERANCE:
            raise ValueError(f"p: in no row of log_probs (nearest differs by {gap.min():.3g}): not realizable")
        return int(np.argmin(gap))

    @property
    def log_ratio(self) -> np.ndarray:
        """``log P/Q`` of every model and outcome, shape (K, R); ``+inf`` where only Q is zero, ``-inf`` where P is."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.p > 0, np.log(self.p) - self.log_probs, -np.inf)

    def coverage(self, N: ArrayLike) -> np.ndarray:
        """``Cov_N`` of every model, shape ``(K, *N.shape)``; ties count."""
        log_N = np.log(threshold("N", N))
        edge = log_N - tie(log_N)
        hit = self.log_ratio.reshape(self.log_probs.shape + (1,) * edge.ndim) >= edge
        return np.einsum("kr...,r->k...", hit, self.p)

    @property
    def kl(self) -> np.ndarray:
        """``KL(P || Q)`` of every model, nats, shape (K,)."""
        ratio = self.log_ratio
        with np.errstate(invalid="ignore"):
            return np.maximum(np.where(self.p > 0, self.p * ratio, 0.0).sum(axis=1), 0.0)

    @property
    def hellinger_sq(self) -> np.ndarray:
        """``sum (sqrt P - sqrt Q)^2`` of every model, in [0, 2], shape (K,)."""
        return ((np.sqrt(self.p) - np.exp(0.5 * self.log_probs)) ** 2).sum(axis=1)

    def likelihood_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """``(mass (M,), log_probs (K, M))``: outcomes lumped whose likelihoods are proportional over the class.

        The counts of these columns are a sufficient statistic of the class, up to a factor common to all models (which
        is divided out); outcomes that never occur are dropped, columns within 1e-12 nats are one, and so are the models
        that are within that of the best one: the round-off of a difference is not a preference.
        """
        on = self.p > 0
        lp, p = self.log_probs[:, on], self.p[on]
        top = lp.max(axis=0)
        columns = lp - np.where(np.isfinite(top), top, 0.0)
        columns[np.abs(columns) < 1e-12] = 0.0
        _, first, label = np.unique(np.round(columns, 12), axis=1, return_index=True, return_inverse=True)
        return np.bincount(label.ravel(), weights=p), columns[:, first]

    def selection_law(self, n: int, prefer: ArrayLike | None = None) -> np.ndarray:
        """Probability, over data sets of ``n`` draws from P, that maximum likelihood picks each model; shape (K,).

        Exact: all vectors of counts of likelihood columns are enumerated. ``prefer`` breaks ties.

        Raises
        ------
        ValueError
            Too many vectors of counts, or data that every model excludes.
        """
        mass, columns = self.likelihood_columns()
        counts, log_weights = multinomial_types(mass / mass.sum(), n)
        chosen = maximum_likelihood(columns, counts, prefer)
        law = np.bincount(chosen, weights=np.exp(log_weights), minlength=len(self.log_probs))
        return law / law.sum()

    def tail(self, n: int, loss: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """``(t, P[loss(pihat) >= t])`` at every positive attainable loss, ascending, for the worst rule for ties.

        Parameters
        ----------
        loss : array_like, shape (K,)
            Loss of every model, possibly ``inf``; losses within 1e-12 relative are one, below 1e-14 are zero.

        Examples
        --------
        >>> coins = FiniteClass.from_probs([0.5, 0.5], [[0.5, 0.5], [0.9, 0.1]])
        >>> [v.tolist() for v in coins.tail(1, coins.coverage(2))]
        [[0.5], [0.5]]
        """
        loss = np.asarray(loss, dtype=float)
        law, levels = self.selection_law(n, prefer=loss), np.unique(loss[loss > 1e-14])
        gaps = np.diff(levels) > 1e-12 * levels[:-1]
        levels = levels[np.concatenate([[True], gaps])] if levels.size else levels
        tails = np.array([min(1.0, law[loss >= level * (1 - 1e-12)].sum()) for level in levels])
        return levels[tails > 0], tails[tails > 0]

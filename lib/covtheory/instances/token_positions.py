"""Responses of K x m binary tokens, m at each of K positions, with one logit per position (notebook 05).

A learner maps its weights to the K logits; counts of ones per position are sufficient, and the coverage of ANY fitted
logits is exact: both halves of the positions are enumerated and meet in the middle.
"""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from covtheory import binom
from covtheory.coverage.rounding import tie
from covtheory.validation import count, threshold


class TokenPositions:
    """Truth ``P(1 at position k) = sigmoid(logits[k])``, m independent tokens a position.

    Parameters
    ----------
    logits : array_like, shape (K,)
        True logits, K >= 2.
    m : int
        Tokens per position; ``(m+1)^ceil(K/2)`` atoms are kept.

    Source: this collection, notebook 05.

    Examples
    --------
    >>> tokens = TokenPositions([0.5, -0.5], m=3)
    >>> tokens.coverage([[0.5, -0.5], [-0.5, -0.5]], [1.0, 4.0])
    array([[1.        , 0.        ],
           [0.68001613, 0.24117537]])
    """

    def __init__(self, logits: ArrayLike, m: int):
        self.logits = np.asarray(logits, dtype=float)
        if self.logits.ndim != 1 or self.logits.size < 2 or not np.isfinite(self.logits).all():
            raise ValueError(f"logits: shape {self.logits.shape}, expected at least two finite numbers")
        self.K, self.m = self.logits.size, count("m", m)
        self.p = expit(self.logits)

    def sample(self, rng: np.random.Generator, n: int, size: int) -> np.ndarray:
        """Ones per position in ``size`` independent data sets of n responses, shape ``(size, K)``."""
        return rng.binomial(count("n", n) * self.m, self.p, (count("size", size), self.K))

    def coverage(self, fitted: ArrayLike, N: ArrayLike) -> np.ndarray:
        """Exact ``P[pi_D/pi >= N]`` of each row of fitted logits, shape ``(rows, len(N))``.

        Log ratios just below ``log N`` are tied with it (:func:`covtheory.coverage.rounding.tie`).
        """
        fitted = np.atleast_2d(np.asarray(fitted, dtype=float))
        if fitted.shape[1] != self.K or not np.isfinite(fitted).all():
            raise ValueError(f"fitted: shape {fitted.shape}, expected finite rows of length {self.K}")
        L = np.log(np.atleast_1d(threshold("N", N)))
        L -= tie(L)
        slope = self.logits - fitted  # of the log ratio in the ones of a position
        base = self.m * (_log_partition(fitted) - _log_partition(self.logits)).sum(axis=1)
        (few, few_mass), (many, many_mass) = self._halves
        half = few.shape[1]
        left, right = slope[:, :half] @ few.T, slope[:, half:] @ many.T
        out = np.empty((len(fitted), L.size))
        for i, values in enumerate(right):
            order = np.argsort(values)
            tail = np.append(many_mass[order][::-1].cumsum()[::-1], 0.0)
            place = np.searchsorted(values[order], L[:, None] - base[i] - left[i])
            out[i] = tail[place] @ few_mass
        return np.minimum(out, 1.0)

    def kl(self, fitted: ArrayLike) -> np.ndarray:
        """``KL(pi_D || pi)`` of each row of fitted logits, nats."""
        fitted = np.atleast_2d(np.asarray(fitted, dtype=float))
        slope = self.p * (self.logits - fitted)
        return self.m * (slope + _log_partition(fitted) - _log_partition(self.logits)).sum(axis=1)

    @cached_property
    def _halves(self):
        """Ones per position and probability of every outcome, of the first ``K//2`` positions and of the others."""
        pmf = binom.pmf(np.arange(self.m + 1)[:, None], self.m, self.p)
        halves = []
        for chosen in (range(self.K // 2), range(self.K // 2, self.K)):
            grid = np.indices((self.m + 1,) * len(chosen)).reshape(len(chosen), -1).T
            halves.append((grid, np.prod([pmf[grid[:, i], k] for i, k in enumerate(chosen)], axis=0)))
        return halves


def _log_partition(logits: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, logits)

"""Models that cannot see the class of a prompt: toys of shortcut learning and of sequence length (notebook 12)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import tie
from covtheory.validation import count, in_range, probabilities, threshold


@dataclass(frozen=True)
class BlindMixture:
    """K classes of prompts, one correct path each; the model gives path k probability ``q_k`` whatever the class is.

    The data policy takes path k on a prompt of class k, which has probability ``weights[k]``. A model that cannot tell
    the classes apart is one vector q for all prompts, ``sum q <= 1`` (the rest goes to paths that are never right).

    Parameters
    ----------
    weights : array_like, shape (K,)

    Source: this collection, notebook 12 (after Fig. 1 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> toy = BlindMixture([0.9, 0.1])
    >>> float(toy.kl([0.9, 0.1]).round(3)), float(toy.kl([0.5, 0.5]).round(3))
    (0.325, 0.693)
    >>> toy.coverage([[0.5, 0.5], [0.9, 0.1]], 8).tolist()
    [0.0, 0.1]
    """

    weights: tuple[float, ...] | ArrayLike

    def __post_init__(self):
        w = probabilities("weights", self.weights, ndim=1)
        if (w <= 0).any():
            raise ValueError(f"weights: got {w.min():g}, expected positive probabilities")
        object.__setattr__(self, "weights", tuple(w.tolist()))

    @property
    def _w(self):
        return np.array(self.weights)

    def _model(self, q):
        array = in_range("q", q, 0, 1)
        if array.shape[-1:] != (len(self.weights),):
            raise ValueError(f"q: shape {array.shape}, expected (..., {len(self.weights)}), one probability a class")
        if (array.sum(axis=-1) > 1 + 1e-9).any():
            raise ValueError(f"q: sums to {array.sum(axis=-1).max():.6g}, expected at most 1")
        return array

    def kl(self, q: ArrayLike) -> np.ndarray:
        """KL divergence (= cross-entropy, the data policy is deterministic), nats; inf where a path has no mass."""
        with np.errstate(divide="ignore"):
            return -(self._w * np.log(self._model(q))).sum(axis=-1)

    def coverage(self, q: ArrayLike, N: ArrayLike) -> np.ndarray:
        """``Cov_N``: weight of the classes whose path has probability at most 1/N; shape N + q without its last axis.

        A tie ``q_k N = 1`` counts (within 1e-12).
        """
        N, q = threshold("N", N), self._model(q)
        low = q * N.reshape(N.shape + (1,) * q.ndim) <= 1 + 1e-12
        return (low * self._w).sum(axis=-1)

    def missed_at(self, q: ArrayLike, N: ArrayLike) -> np.ndarray:
        """Chance that none of N draws is right; shape N + q without its last axis."""
        N, q = threshold("N", N), self._model(q)
        with np.errstate(divide="ignore"):
            missed = np.exp(N.reshape(N.shape + (1,) * q.ndim) * np.log1p(-q))
        return (self._w * missed).sum(axis=-1)

    def pass_at(self, q: ArrayLike, N: ArrayLike) -> np.ndarray:
        """Pass@N: chance that one of N draws is right; shape N + q without its last axis."""
        return 1 - self.missed_at(q, N)

    def least_coverage(self, N: float) -> float:
        """Return the least ``Cov_N`` of all blind models: what ``ceil(N) - 1`` heaviest classes leave over.

        Only ``m < N`` classes can have more than 1/N each.

        Examples
        --------
        >>> toy = BlindMixture([0.4, 0.3, 0.2, 0.1])
        >>> round(toy.least_coverage(3), 12), float(toy.coverage(toy.weights, 3))
        (0.3, 0.6)
        """
        covered = math.ceil(float(threshold("N", N))) - 1
        return float(np.sort(self._w)[::-1][covered:].sum())

    def best(self, N: float) -> np.ndarray:
        """Return the q that maximises Pass@N, shape (K,): ``1 - q_k`` proportional to ``w_k^(-1/(N-1))``, cut at 0.

        ``N = 1`` puts everything on a heaviest class, the first one.

        Examples
        --------
        >>> BlindMixture([0.9, 0.1]).best(8).round(3).tolist()
        [0.578, 0.422]
        """
        N, w = float(threshold("N", N)), self._w
        q = np.zeros(len(w))
        if N == 1:
            q[w.argmax()] = 1.0
            return q
        order = np.argsort(-w, kind="stable")
        relative = np.exp(-(np.log(w[order]) - np.log(w[order[0]])) / (N - 1))
        for m in range(len(w), 0, -1):  # the m heaviest classes share the mass
            level = (m - 1) / relative[:m].sum()
            if level * relative[m - 1] <= 1:
                q[order[:m]] = 1 - level * relative[:m]
                return q
        raise AssertionError("one class alone always keeps the mass")  # level = 0 at m = 1


@dataclass(frozen=True)
class ForkedPaths:
    """A prompt class of weight ``weight`` with A forks whose right turns all depend on one bit that nobody can see.

    Every other prompt is answered perfectly. At a fork the model turns "as if the bit were 0" with probability
    ``confidence``; with ``memory`` it does so at the first fork and then stays consistent.

    Parameters
    ----------
    weight : float
        Probability of the class.
    forks : int
        A; H/2 in Fig. 2 of the paper.
    confidence : float
        In (0, 1).

    Source: this collection, notebook 12 (after Fig. 2 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> toy = ForkedPaths(0.05, 8)
    >>> round(toy.kl, 3), toy.coverage(16)
    (0.277, 0.05)
    >>> round(ForkedPaths(0.05, 8, memory=True).kl, 3), ForkedPaths(0.05, 8, memory=True).coverage(16)
    (0.035, 0.0)
    """

    weight: float
    forks: int
    confidence: float = 0.5
    memory: bool = False

    def __post_init__(self):
        in_range("weight", self.weight, 0, 1)
        in_range("confidence", self.confidence, 0, 1, open_ends=True)
        count("forks", self.forks)

    @property
    def log_ratios(self) -> tuple[float, float]:
        """``log pi_D/pi`` of the right path when the bit is 0 and when it is 1, nats."""
        factor = 1 if self.memory else self.forks
        return -factor * math.log(self.confidence), -factor * math.log1p(-self.confidence)

    @property
    def kl(self) -> float:
        """KL divergence of the whole task, nats."""
        return self.weight * sum(self.log_ratios) / 2

    def coverage(self, N: float) -> float:
        """``Cov_N`` of the whole task, N > 1."""
        log_N = math.log(threshold("N", N, strict=True))
        edge = float(log_N - tie(log_N))
        return self.weight * sum(ratio >= edge for ratio in self.log_ratios) / 2

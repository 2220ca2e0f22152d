"""The log-likelihood of an autoregressive linear model: value, gradient, Hessian, in one pass over the data."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from covtheory.policies.autoregressive_linear import log_softmax
from covtheory.policies.features import FeatureMap
from covtheory.policies.finite_context import finite_context
from covtheory.policies.sequences import prompt, tokens

BLOCK = 1024
"""Sequences streamed together: their states stay in the processor's cache, and none are kept between passes."""


def count_tokens(features: FeatureMap, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
    """Sufficient statistic of sequences ``y`` (n, H): how often each token followed each context, shape (C, V).

    Raises
    ------
    ValueError
        If the features have no finite contexts, or ``y`` or ``x`` are out of range.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> count_tokens(TokenFeatures(np.eye(2)), [[0, 1, 1], [1, 1, 1]])
    array([[1, 5]])
    """
    contexts = finite_context(features)
    if contexts is None:
        raise ValueError(f"features: {type(features).__name__} has no finite contexts")
    y = tokens("y", y, contexts.V)
    state = contexts.start(prompt(x, contexts.n_prompts, len(y)))
    total = np.zeros(contexts.contexts * contexts.V, dtype=np.int64)
    for column in y.T:
        pair = state * contexts.V + column
        total += np.bincount(pair, minlength=total.size)
        state = contexts.following.ravel()[pair]
    return total.reshape(contexts.contexts, contexts.V)


class LogLikelihood:
    """``sum_i log pi_theta(y_i | x_i)`` in nats, its exact gradient and Hessian, as functions of ``theta``.

    Features with finite contexts are collapsed to token counts; others are streamed position by position.

    Parameters
    ----------
    y : array_like of int, shape (n, H), optional
        Sequences; or give ``counts`` instead.
    x : array_like of int
        One prompt, or one per sequence.
    counts : array_like of int, shape (C, V), optional
        Token counts per context, for features with finite contexts.

    Raises
    ------
    ValueError
        Tokens or prompts out of range, no data, counts of the wrong shape.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> likelihood = LogLikelihood(TokenFeatures([[1.0], [-1.0]]), [[0, 0, 1]])
    >>> float(round(likelihood.value([0.0]) / np.log(2), 9)), likelihood.gradient([0.0])
    (-3.0, array([1.]))
    """

    def __init__(
        self, features: FeatureMap, y: ArrayLike | None = None, x: ArrayLike = 0, *, counts: ArrayLike | None = None
    ):
        self.features, self.d = features, features.d
        self.table = self.counts = None
        contexts = finite_context(features)
        if (y is None) == (counts is None):
            raise ValueError("y, counts: expected exactly one of them")
        if y is not None and np.size(y) == 0:
            raise ValueError(f"y: shape {np.shape(y)}, expected at least one token")
        if counts is not None and contexts is None:
            raise ValueError(f"counts: {type(features).__name__} has no finite contexts")
        if contexts is not None:
            self.table = contexts.table
            self.counts = np.asarray(count_tokens(features, y, x) if counts is None else counts, dtype=float)
            if self.counts.shape != self.table.shape[:2] or not (self.counts >= 0).all() or self.counts.sum() == 0:
                raise ValueError(
                    f"counts: shape {self.counts.shape}, expected {self.table.shape[:2]}, non-negative, not all zero"
                )
            seen = self.counts.sum(axis=1) > 0
            self.table, self.counts = self.table[seen], self.counts[seen]
            self.observed = np.einsum("cv,cvd->d", self.counts, self.table)
            self.tokens = int(self.counts.sum())
        else:
            self.y = tokens("y", y, features.V)
            self.x = prompt(x, features.n_prompts, len(self.y))
            self.tokens = self.y.size
            chosen = np.zeros(self.d)
            for state, column in self._steps():
                weights = np.zeros((features.V, len(column)))
                weights[column, np.arange(len(column))] = 1.0
                chosen += features.pullback(state, weights.T)
            self.observed = chosen

    def value(self, theta: ArrayLike) -> float:
        """Log likelihood, nats."""
        return self.value_and_gradient(theta)[0]

    def gradient(self, theta: ArrayLike) -> np.ndarray:
        """Gradient (d,)."""
        return self.value_and_gradient(theta)[1]

    def value_and_gradient(self, theta: ArrayLike) -> tuple[float, np.ndarray]:
        """Both in one pass over the data."""
        theta = self._theta(theta)
        if self.table is not None:
            log_probs = log_softmax(self.table @ theta)
            mass = self.counts.sum(axis=1)[:, None] * np.exp(log_probs)
            value = float((self.counts * log_probs).sum())
            return value, np.einsum("cv,cvd->d", self.counts - mass, self.table)
        normaliser, expected = 0.0, np.zeros(self.d)
        for state, _ in self._steps():
            scores = self.features.logits(state, theta).T
            peak = scores.max(axis=0)
            weights = np.exp(scores - peak)
            total = weights.sum(axis=0)
            normaliser += float((np.log(total) + peak).sum())
            weights /= total
            expected += self.features.pullback(state, weights.T)
        return float(theta @ self.observed) - normaliser, self.observed - expected

    def hessian(self, theta: ArrayLike) -> np.ndarray:
        """Hessian (d, d): minus the sum over tokens of the covariance of the features."""
        theta = self._theta(theta)
        if self.table is not None:
            return -_covariances(self.table, theta, self.counts.sum(axis=1))
        total = np.zeros((self.d, self.d))
        for state, column in self._steps():
            total -= _covariances(self.features.phi(state), theta, np.ones(len(column)))
        return total

    def part(self, size: int) -> "LogLikelihood":
        """The same object for the first ``size`` sequences only (collapsed data are returned whole)."""
        return self if self.table is not None else LogLikelihood(self.features, self.y[:size], self.x[:size])

    def design(self) -> np.ndarray:
        """Sum over the contexts that occur of centred outer products; its null space is unidentified."""
        if self.table is not None:
            return _covariances(self.table, np.zeros(self.d), np.ones(len(self.table)))
        return -self.hessian(np.zeros(self.d))

    def _theta(self, theta: ArrayLike) -> np.ndarray:
        theta = np.asarray(theta, dtype=float)
        if theta.shape != (self.d,) or not np.isfinite(theta).all():
            raise ValueError(f"theta: shape {theta.shape}, expected ({self.d},), finite")
        return theta

    def _steps(self) -> Iterator[tuple[Any, np.ndarray]]:
        for first in range(0, len(self.y), BLOCK):
            columns = np.ascontiguousarray(self.y[first : first + BLOCK].T)
            state = self.features.start(self.x[first : first + BLOCK])
            for h, column in enumerate(columns):
                yield state, column
                if h < len(columns) - 1:
                    state = self.features.advance(state, column)


def _covariances(table: np.ndarray, theta: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted sum over rows of the covariance matrices of the features (rows, V, d) under the model."""
    probs = np.exp(log_softmax(table @ theta))
    rows = table - np.einsum("cv,cvd->cd", probs, table)[:, None, :]
    rows *= np.sqrt(weights[:, None] * probs)[:, :, None]
    rows = rows.reshape(-1, table.shape[-1])
    return rows.T @ rows

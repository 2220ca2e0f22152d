"""Feature maps ``phi(x, y_1..y_h)`` of autoregressive linear models, with a vectorised running state.

A map has ``V``, ``d``, ``n_prompts``, ``bound`` (an upper bound on ``||phi||``) and the methods of :class:`FeatureMap`.
The state describes ``n`` prefixes; only the map that made it knows its layout.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation


class FeatureMap:
    """Base of feature maps: a subclass defines ``start``, ``phi``, ``advance``; ``take`` if its state is no array."""

    V: int
    d: int
    n_prompts: int = 1
    bound: float = np.inf

    def start(self, x: np.ndarray) -> Any:
        """State of the empty prefix for prompts ``x``, shape (n,)."""
        raise NotImplementedError

    def phi(self, state: Any) -> np.ndarray:
        """Features (n, V, d) of each candidate next token."""
        raise NotImplementedError

    def advance(self, state: Any, y: np.ndarray) -> Any:
        """State after one more token ``y``, shape (n,)."""
        raise NotImplementedError

    def take(self, state: Any, index: np.ndarray) -> Any:
        """State of the prefixes ``index``, repeats allowed."""
        return state[index]

    def logits(self, state: Any, theta: np.ndarray) -> np.ndarray:
        """Inner products with ``theta`` (d,) or (k, d), shape (n, V) or (k, n, V)."""
        theta = np.asarray(theta, dtype=float)
        return np.moveaxis(self.phi(state) @ theta.T, -1, 0) if theta.ndim == 2 else self.phi(state) @ theta

    def pullback(self, state: Any, weights: np.ndarray) -> np.ndarray:
        """Sum of ``weights[i, v] phi[i, v]`` over prefixes and tokens, shape (d,): the adjoint of ``logits``."""
        return np.ravel(weights) @ self.phi(state).reshape(-1, self.d)


class TableFeatures(FeatureMap):
    """Features looked up in ``table``, shape (rows, V, d): the state is a row, shape (n,)."""

    table: np.ndarray

    def phi(self, state: np.ndarray) -> np.ndarray:
        """Features (n, V, d)."""
        return self.table[state]

    def logits(self, state: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """Inner products with ``theta`` (d,) or (k, d), shape (n, V) or (k, n, V)."""
        scores = self.table @ np.asarray(theta, dtype=float).T
        return scores[state] if scores.ndim == 2 else np.moveaxis(scores[state], -1, 0)


class TokenFeatures(TableFeatures):
    """Features of the prompt and the candidate token only, so that tokens are i.i.d. given the prompt.

    Parameters
    ----------
    table : array_like, shape (V, d) or (P, V, d)

    Examples
    --------
    >>> features = TokenFeatures(np.eye(2))
    >>> features.logits(features.start(np.zeros(1, int)), np.array([3.0, 4.0]))
    array([[3., 4.]])
    """

    def __init__(self, table: ArrayLike):
        table = _finite("table", table, (2, 3))
        self.table = table[None] if table.ndim == 2 else table
        self.n_prompts, self.V, self.d = self.table.shape
        self.bound = float(np.linalg.norm(self.table, axis=-1).max())

    def start(self, x: np.ndarray) -> np.ndarray:
        """The prompts."""
        return np.asarray(x)

    def advance(self, state: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Unchanged."""
        return state


class DecayedHistoryFeatures(FeatureMap):
    """Exponentially decayed history times a token code: ``phi(prefix, v) = scale * s_h * code[v]`` entrywise.

    The history is ``s_h = decay * s_{h-1} + (1 - decay) * embedding[y_h]``; ``s_0`` belongs to the prompt. ``bound`` is
    the supremum of ``||phi||`` over the convex hull of ``s_0`` and the embeddings, where a convex function is largest
    at a vertex. The state is kept as (d, n), so that all logits are one matrix product with contiguous rows.

    Parameters
    ----------
    embedding, code : array_like, shape (V, d)
    decay : float
        In [0, 1].
    prompt_embedding : array_like, shape (P, d), optional
        ``s_0`` per prompt; by default one prompt, all ones.

    Examples
    --------
    >>> features = DecayedHistoryFeatures(np.eye(2), np.eye(2), decay=0.5, scale=1.0)
    >>> state = features.advance(features.start(np.zeros(1, int)), np.array([0]))
    >>> features.logits(state, np.array([1.0, 1.0]))
    array([[1. , 0.5]])
    """

    def __init__(self, embedding: ArrayLike, code: ArrayLike, decay: float, scale: float = 1.0,
                 prompt_embedding: ArrayLike | None = None):
        self.embedding, self.code = _finite("embedding", embedding, (2,)), _finite("code", code, (2,))
        validation.same_shape(embedding=self.embedding, code=self.code)
        self.V, self.d = self.embedding.shape
        self.decay = float(validation.in_range("decay", decay, 0.0, 1.0))
        self.scale = float(_finite("scale", scale, (0,)))
        start = np.ones((1, self.d))
        if prompt_embedding is not None:
            start = _finite("prompt_embedding", prompt_embedding, (2,))
        if start.shape[1] != self.d:
            raise ValueError(f"prompt_embedding: shape {start.shape}, expected (P, {self.d})")
        self.prompt_embedding, self.n_prompts = start, len(start)
        corners = np.vstack([start, self.embedding])
        self.bound = abs(self.scale) * float(np.sqrt((corners**2 @ self.code.T**2).max()))
        self._increment = np.ascontiguousarray((1.0 - self.decay) * self.embedding.T)

    def start(self, x: np.ndarray) -> np.ndarray:
        """Histories (d, n) of the prompts."""
        return np.ascontiguousarray(self.prompt_embedding[x].T)

    def phi(self, state: np.ndarray) -> np.ndarray:
        """Features (n, V, d)."""
        return self.scale * state.T[:, None, :] * self.code

    def advance(self, state: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Histories after one more token."""
        out = np.take(self._increment, y, axis=1)
        out += self.decay * state
        return out

    def take(self, state: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Columns ``index``."""
        return np.take(state, index, axis=1)

    def logits(self, state: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """Inner products with ``theta`` (d,) or (k, d), shape (n, V) or (k, n, V), a view with ``n`` contiguous."""
        theta = np.asarray(theta, dtype=float)
        weights = (self.scale * theta[..., None, :] * self.code).reshape(-1, self.d)
        return np.swapaxes((weights @ state).reshape(*theta.shape[:-1], self.V, -1), -1, -2)

    def pullback(self, state: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Sum of ``weights[i, v] phi[i, v]``, shape (d,), as one matrix product."""
        return self.scale * (self.code * (weights.T @ state.T)).sum(axis=0)


def _finite(name: str, values: ArrayLike, ndim: tuple[int, ...]) -> np.ndarray:
    array = np.array(values, dtype=float)
    if array.ndim not in ndim or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"{name}: shape {array.shape}, expected finite numbers in {ndim} dimensions, not empty")
    return array

"""Gradients of ``log pi_theta(y | x)`` of whole sequences, for many parameters at once and one batch after another.

The data are known in advance (teacher forcing), so what does not depend on ``theta`` is prepared once: token counts
per context where the features have finite contexts (the cost of a gradient is then independent of the length), the
histories of all prefixes for decayed-history features, the features themselves otherwise.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.policies.features import DecayedHistoryFeatures, FeatureMap
from covtheory.policies.finite_context import finite_context
from covtheory.policies.sequences import prompt, tokens, whole_numbers

BLOCK_BYTES = 2**25
"""About this much is prepared ahead."""


class SequenceGradients:
    """Batch ``t`` of a stream of sequences and the mean gradient over it, at ``S`` parameters in one call.

    Parameters
    ----------
    y : array_like of int, shape (n, H) or (S, n, H)
        Sequences in the order in which they are used; three dimensions give each of ``S`` runs its own data.
    x : array_like of int
        One prompt, one per sequence (n,), or (S, n).
    batch : int
        Sequences per gradient; must divide ``n``.

    Raises
    ------
    ValueError
        Tokens or prompts out of range, shapes that do not fit, a batch that does not divide ``n``.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> data = SequenceGradients(TokenFeatures([[1.0], [-1.0]]), [[0, 0], [0, 1]])
    >>> data.at(0, np.zeros((1, 1))), len(data)
    (array([[2.]]), 2)
    """

    def __init__(self, features: FeatureMap, y: ArrayLike, x: ArrayLike = 0, *, batch: int = 1):
        y = np.asarray(y)
        if y.ndim not in (2, 3) or y.size == 0:
            raise ValueError(f"y: shape {y.shape}, expected (n, H) or (S, n, H), not empty")
        shared = y.ndim == 2
        y = y[None] if shared else y
        self.S, n, self.H = y.shape
        self.K = validation.count("batch", batch)
        if n % self.K:
            raise ValueError(f"batch: got {batch}, expected a divisor of the number of sequences, {n}")
        flat = tokens("y", y.reshape(-1, self.H), features.V)
        x = np.broadcast_to(whole_numbers("x", x, features.n_prompts), (self.S, n))
        self.features, self.steps, self.d = features, n // self.K, features.d
        self._first = self._last = 0
        self.contexts = finite_context(features)
        self._y = flat.reshape(self.S, self.steps, self.K, self.H).swapaxes(0, 1)
        self._x = x.reshape(self.S, self.steps, self.K).swapaxes(0, 1)
        per_row = features.V if self.contexts is None else 1
        per_row *= 1 if isinstance(features, DecayedHistoryFeatures) else features.d
        row = 8 * self.S * self.K * self.H * max(per_row, features.d)
        self._block = int(max(1, min(self.steps, BLOCK_BYTES // row)))

    @classmethod
    def repeated(cls, features: FeatureMap, counts: ArrayLike, H: int, steps: int) -> "SequenceGradients":
        """The same batch again and again, given by its token counts (C, V) per sequence: exact dynamics, any length.

        Examples
        --------
        >>> from covtheory.policies import TokenFeatures
        >>> data = SequenceGradients.repeated(TokenFeatures([[1.0], [-1.0]]), [[4096, 0]], 4096, 10)
        >>> data.at(9, np.zeros((1, 1)))
        array([[4096.]])
        """
        self = cls.__new__(cls)
        self.features, self.contexts, self.d = features, finite_context(features), features.d
        if self.contexts is None:
            raise ValueError(f"features: {type(features).__name__} has no finite contexts")
        counts = np.asarray(counts, dtype=float)
        if counts.shape != self.contexts.table.shape[:2] or not (counts >= 0).all():
            raise ValueError(f"counts: shape {counts.shape}, expected {self.contexts.table.shape[:2]}, non-negative")
        self.S, self.K, self.H = 1, 1, validation.count("H", H)
        if not np.isclose(counts.sum(), H):
            raise ValueError(f"counts: sum {counts.sum():.6g}, expected the length H = {H}")
        self.steps = validation.count("steps", steps)
        self._first, self._last = 0, self.steps
        self._counts = np.broadcast_to(counts, (self.steps, 1, *counts.shape))
        return self

    def __len__(self) -> int:
        """Number of batches."""
        return self.steps

    def at(self, t: int, theta: np.ndarray) -> np.ndarray:
        """Mean gradient (S', d) over batch ``t`` at parameters ``theta`` (S', d); S' = S, or anything if S is 1."""
        if not self._first <= t < self._last:
            self._prepare(t)
        i = t - self._first
        if self.contexts is not None:
            return _collapsed(self.contexts.table, self._counts[i], theta)
        if isinstance(self.features, DecayedHistoryFeatures):
            return _factored(self.features, self._histories[i], self._y[t], theta)
        return _dense(self._phi[i], self._y[t], theta)

    def _prepare(self, t: int) -> None:
        self._first = t - t % self._block
        self._last = min(self._first + self._block, self.steps)
        y, x = self._y[self._first : self._last], self._x[self._first : self._last]
        lead, flat = y.shape[:-1], y.reshape(-1, self.H)
        source = self.features if self.contexts is None else self.contexts
        state = source.start(prompt(x.reshape(-1), source.n_prompts, len(flat)))
        if self.contexts is not None:
            C, V = self.contexts.table.shape[:2]
            group = np.arange(len(flat)) // self.K * (C * V)
            total = np.zeros(len(flat) // self.K * C * V)
            for column in flat.T:
                total += np.bincount(group + state * V + column, minlength=total.size)
                state = source.advance(state, column)
            self._counts = total.reshape(*lead[:-1], C, V) / self.K
            return
        kept = []
        for h, column in enumerate(flat.T):
            kept.append(state.T if isinstance(source, DecayedHistoryFeatures) else source.phi(state))
            if h < self.H - 1:
                state = source.advance(state, column)
        stacked = np.stack(kept, axis=1)
        stacked = np.ascontiguousarray(stacked.reshape(*lead[:-1], self.K * self.H, *stacked.shape[2:]))
        if isinstance(source, DecayedHistoryFeatures):
            self._histories = stacked
        else:
            self._phi = stacked


def sequence_gradient(features: FeatureMap, theta: ArrayLike, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
    """``grad log pi_theta(y_i | x_i)`` of each sequence (n, H), shape (n, d).

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> sequence_gradient(TokenFeatures([[1.0], [-1.0]]), [0.0], [[0, 0], [0, 1]])
    array([[2.],
           [0.]])
    """
    y = tokens("y", y, features.V)
    x = prompt(x, features.n_prompts, len(y))
    theta = parameters("theta", theta, features.d)
    return SequenceGradients(features, y[:, None], x[:, None]).at(0, np.broadcast_to(theta, (len(y), features.d)))


def parameters(name: str, theta: ArrayLike, d: int, radius: float = np.inf) -> np.ndarray:
    """Return parameters (S, d), from (d,) or (S, d): finite and inside the ball.

    Examples
    --------
    >>> parameters("theta", [3.0, 4.0], 2, radius=1.0)
    Traceback (most recent call last):
    ...
    ValueError: theta: norm 5, expected at most the radius 1
    """
    theta = np.atleast_2d(np.array(theta, dtype=float))
    if theta.ndim != 2 or theta.shape[1] != d or not np.isfinite(theta).all():
        raise ValueError(f"{name}: shape {theta.shape}, expected (S, {d}) or ({d},), finite")
    norm = np.linalg.norm(theta, axis=1).max(initial=0.0)
    if norm > radius * (1 + 1e-9):
        raise ValueError(f"{name}: norm {norm:.6g}, expected at most the radius {radius:.6g}")
    return theta


def _softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


def _collapsed(table: np.ndarray, counts: np.ndarray, theta: np.ndarray) -> np.ndarray:
    C, V, d = table.shape
    flat = table.reshape(C * V, d)
    probs = _softmax((theta @ flat.T).reshape(-1, C, V))
    return (counts - counts.sum(axis=-1, keepdims=True) * probs).reshape(-1, C * V) @ flat


def _factored(features: DecayedHistoryFeatures, history: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    scores = (history * (features.scale * theta)[:, None, :]) @ features.code.T
    weights = -_softmax(scores)
    _add_seen(weights, y)
    return features.scale / y.shape[1] * np.einsum("srd,srd->sd", history, weights @ features.code)


def _dense(phi: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    weights = -_softmax(np.einsum("srvd,sd->srv", phi, theta))
    _add_seen(weights, y)
    return np.einsum("srv,srvd->sd", weights, phi) / y.shape[1]


def _add_seen(weights: np.ndarray, y: np.ndarray) -> None:
    seen = np.broadcast_to(y.reshape(len(y), -1), weights.shape[:2])
    weights.reshape(-1, weights.shape[-1])[np.arange(seen.size), seen.ravel()] += 1.0

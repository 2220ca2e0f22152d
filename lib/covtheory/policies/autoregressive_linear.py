"""Autoregressive linear models: next-token logits linear in features of the prefix."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.policies import sequences
from covtheory.policies.features import FeatureMap


class AutoregressiveLinear(sequences.SequencePolicyBase):
    """``pi(y_h | x, y_<h)`` proportional to ``exp <theta, phi(x, y_1..y_h)>``.

    Parameters
    ----------
    theta : array_like, shape (d,)
    features : FeatureMap
        Policies that hold the same map object are scored in one pass.
    H : int
        Number of tokens.

    Raises
    ------
    ValueError
        ``theta`` not finite or of the wrong shape.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> pi = AutoregressiveLinear(np.log([1.0, 3.0]), TokenFeatures(np.eye(2)), H=2)
    >>> np.exp(pi.log_prob([[1, 1]])).round(12)
    array([0.5625])
    """

    def __init__(self, theta: ArrayLike, features: FeatureMap, H: int):
        self.theta = np.array(theta, dtype=float)
        if self.theta.shape != (features.d,) or not np.isfinite(self.theta).all():
            raise ValueError(f"theta: shape {self.theta.shape}, expected ({features.d},), finite")
        self.features, self.H = features, validation.count("H", H)
        self.V, self.n_prompts = features.V, features.n_prompts

    def start(self, x: np.ndarray) -> Any:
        """State of the feature map before the first token."""
        return self.features.start(x)

    def step_log_probs(self, state: Any) -> np.ndarray:
        """Log probabilities (n, V) of the next token."""
        return log_softmax(self.features.logits(state, self.theta))

    def advance(self, state: Any, y: np.ndarray) -> Any:
        """State after one more token."""
        return self.features.advance(state, y)

    def take(self, state: Any, index: np.ndarray) -> Any:
        """State of the rows ``index``."""
        return self.features.take(state, index)

    def __repr__(self) -> str:
        return f"AutoregressiveLinear(H={self.H}, V={self.V}, d={self.features.d})"


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Logits minus their log normaliser along the last axis (nats).

    Examples
    --------
    >>> np.exp(log_softmax(np.array([1000.0, 1000.0])))
    array([0.5, 0.5])
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted

"""Several sequence policies stepped together: shared features are computed once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from covtheory.policies.autoregressive_linear import AutoregressiveLinear, log_softmax
from covtheory.policies.sequences import SequencePolicyBase, draw


class Joint:
    """``k`` sequence policies over the same prompts, tokens and length, driven by the same tokens.

    Parameters
    ----------
    policies : sequence of SequencePolicyBase

    Raises
    ------
    ValueError
        If one is not a sequence policy, or ``n_prompts``, ``H`` or ``V`` differ.

    Examples
    --------
    >>> from covtheory.policies import Product
    >>> joint = Joint([Product([0.5, 0.5], H=1), Product([0.25, 0.75], H=1)])
    >>> np.exp(joint.log_probs(joint.start(np.zeros(1, int))))[:, 0].round(12)
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """

    def __init__(self, policies: Sequence[SequencePolicyBase]):
        self.policies = tuple(policies)
        for i, policy in enumerate(self.policies):
            if not isinstance(policy, SequencePolicyBase):
                raise ValueError(f"policy {i}: got {type(policy).__name__}, expected a sequence policy")
            for name in ("n_prompts", "H", "V"):
                ours, theirs = getattr(self.policies[0], name), getattr(policy, name)
                if ours != theirs:
                    raise ValueError(f"{name}: policy 0 has {ours}, policy {i} has {theirs}, expected the same")
        first = self.policies[0]
        self.H, self.V, self.n_prompts = first.H, first.V, first.n_prompts
        self.features = getattr(first, "features", None)
        self.shared = all(isinstance(p, AutoregressiveLinear) and p.features is self.features for p in self.policies)
        self.theta = np.stack([p.theta for p in self.policies]) if self.shared else None

    def start(self, x: np.ndarray) -> Any:
        """State before the first token for prompts ``x`` (n,)."""
        return self.features.start(x) if self.shared else [p.start(x) for p in self.policies]

    def log_probs(self, state: Any) -> np.ndarray:
        """Log probabilities (k, n, V) of the next token under each policy."""
        if self.shared:
            return log_softmax(self.features.logits(state, self.theta))
        return np.stack([p.step_log_probs(s) for p, s in zip(self.policies, state, strict=True)])

    def advance(self, state: Any, y: np.ndarray) -> Any:
        """State after one more token ``y`` (n,)."""
        if self.shared:
            return self.features.advance(state, y)
        return [p.advance(s, y) for p, s in zip(self.policies, state, strict=True)]

    def take(self, state: Any, index: np.ndarray) -> Any:
        """State of the rows ``index``."""
        if self.shared:
            return self.features.take(state, index)
        return [p.take(s, index) for p, s in zip(self.policies, state, strict=True)]

    def rollout(self, rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
        """Draw one sequence per prompt from the first policy; log probabilities (k, n) under all of them.

        One uniform per token, inverse-cdf draws; normalisers are taken only at the drawn token.
        """
        n = len(x)
        state, total, columns = self.start(x), np.zeros((len(self.policies), n)), np.arange(n)
        # |logit| <= ||theta|| sup||phi||: below 300 no exponential over- or underflows, and no shift is needed
        small = self.shared and self.features.bound < 300.0 / max(1.0, np.linalg.norm(self.theta, axis=1).max())
        for h in range(self.H):
            logits = self.features.logits(state, self.theta) if self.shared else self.log_probs(state)
            scores = np.ascontiguousarray(np.swapaxes(logits, 1, 2))
            if not small:
                scores -= scores.max(axis=1, keepdims=True)
            weights = np.exp(scores)
            y = draw(weights[0], rng.random(n))
            total += np.take(scores.reshape(len(scores), -1), y * n + columns, axis=1)
            total -= np.log(weights.sum(axis=1))
            if h < self.H - 1:
                state = self.advance(state, y)
        return total

"""Sequences of independent tokens."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.policies import sequences


class Product(sequences.SequencePolicyBase):
    """Independent tokens at ``H`` positions, one prompt.

    Parameters
    ----------
    token_probs : array_like, shape (V,) or (H, V)
        One token law for all positions (then ``H`` is needed), or one per position.
    H : int, optional
        Number of positions; must agree with ``token_probs`` if that has two dimensions.

    Raises
    ------
    ValueError
        Bad probabilities, or ``H`` missing or contradictory.

    Examples
    --------
    >>> pi = Product([0.5, 0.5], H=3)
    >>> np.exp(pi.log_prob([[0, 1, 1]])).round(12)
    array([0.125])
    """

    n_prompts = 1

    def __init__(self, token_probs: ArrayLike, H: int | None = None):
        probs = validation.probabilities("token_probs", token_probs)
        if H is None and probs.ndim == 1:
            raise ValueError("H: missing, expected the number of positions since token_probs has one row")
        if H is not None:
            H = validation.count("H", H)
            if probs.ndim == 2 and len(probs) != H:
                raise ValueError(f"H: got {H}, expected {len(probs)}, the rows of token_probs")
        self.identical = probs.ndim == 1 or bool(np.all(probs == probs[0]))
        self.token_probs = np.array(np.broadcast_to(probs, (H, len(probs))) if probs.ndim == 1 else probs)
        with np.errstate(divide="ignore"):
            self.token_log_probs = np.log(self.token_probs)
        self.H, self.V = self.token_probs.shape

    def log_prob(self, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
        """Log probability (nats) of sequences ``y`` (n, H), shape (n,)."""
        y = sequences.tokens("y", y, self.V, length=self.H)
        sequences.prompt(x, 1, len(y))
        return self.token_log_probs[np.arange(self.H), y].sum(axis=1)

    def sample(self, rng: np.random.Generator, size: int, x: ArrayLike = 0) -> np.ndarray:
        """Draw ``size`` sequences, shape (size, H)."""
        sequences.prompt(x, 1, validation.count("size", size, least=0))
        y = np.empty((size, self.H), dtype=np.intp)
        for h, probs in enumerate(self.token_probs):
            cumulative = np.cumsum(probs)
            y[:, h] = np.searchsorted(cumulative / cumulative[-1], rng.random(size), side="right")
        return y

    def start(self, x: np.ndarray) -> tuple[int, int]:
        """State before the first token: position and number of rows."""
        return 0, len(x)

    def step_log_probs(self, state: tuple[int, int]) -> np.ndarray:
        """Log probabilities (n, V) of the next token."""
        return np.tile(self.token_log_probs[state[0]], (state[1], 1))

    def advance(self, state: tuple[int, int], y: np.ndarray) -> tuple[int, int]:
        """State after one more token."""
        return state[0] + 1, len(y)

    def take(self, state: tuple[int, int], index: np.ndarray) -> tuple[int, int]:
        """State of the rows ``index``."""
        return state[0], len(index)

    def __repr__(self) -> str:
        return f"Product(H={self.H}, V={self.V})"

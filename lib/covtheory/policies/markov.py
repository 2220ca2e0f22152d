"""Sequences whose next token depends on the last one only."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.policies import sequences


class Markov(sequences.SequencePolicyBase):
    """First-order Markov chain of ``H`` tokens, one prompt.

    Parameters
    ----------
    initial : array_like, shape (V,)
        Law of the first token.
    transition : array_like, shape (V, V)
        Row ``v`` is the law of the token after ``v``.
    H : int
        Number of tokens.

    Raises
    ------
    ValueError
        Bad probabilities, or shapes that do not match.

    Examples
    --------
    >>> pi = Markov([0.5, 0.5], [[0.75, 0.25], [0.5, 0.5]], H=2)
    >>> np.exp(pi.log_prob([[0, 1], [1, 1]])).round(12)
    array([0.125, 0.25 ])
    """

    n_prompts = 1

    def __init__(self, initial: ArrayLike, transition: ArrayLike, H: int):
        self.initial = validation.probabilities("initial", initial, ndim=1).copy()
        self.transition = validation.probabilities("transition", transition, ndim=2).copy()
        self.H, self.V = validation.count("H", H), len(self.initial)
        if self.transition.shape != (self.V, self.V):
            raise ValueError(f"transition: shape {self.transition.shape}, expected ({self.V}, {self.V})")
        with np.errstate(divide="ignore"):
            self._log_rows = np.log(np.vstack([self.transition, self.initial]))

    def start(self, x: np.ndarray) -> np.ndarray:
        """State before the first token: the row of the initial law."""
        return np.full(len(x), self.V)

    def step_log_probs(self, state: np.ndarray) -> np.ndarray:
        """Log probabilities (n, V) of the next token."""
        return self._log_rows[state]

    def advance(self, state: np.ndarray, y: np.ndarray) -> np.ndarray:
        """State after one more token: that token."""
        return y

    def __repr__(self) -> str:
        return f"Markov(H={self.H}, V={self.V})"

"""Policies given by a table: one row of response probabilities per prompt."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from covtheory import validation
from covtheory.policies import sequences


class Tabular:
    """A policy over ``R`` responses given by its probabilities.

    Parameters
    ----------
    probs : array_like, shape (R,) or (P, R)
        One distribution per prompt; one row means one prompt.

    Raises
    ------
    ValueError
        Negative, NaN, empty, or rows that do not sum to one.

    Examples
    --------
    >>> pi = Tabular([[0.5, 0.5], [0.0, 1.0]])
    >>> pi.n_prompts, pi.n_responses
    (2, 2)
    >>> float(np.exp(pi.log_prob([1], x=1))[0])
    1.0
    """

    def __init__(self, probs: ArrayLike):
        self.probs = np.atleast_2d(validation.probabilities("probs", probs)).copy()
        with np.errstate(divide="ignore"):
            self.log_probs = np.log(self.probs)

    @classmethod
    def from_log_probs(cls, log_probs: ArrayLike) -> "Tabular":
        """Table from log probabilities (nats), which stay exact where the probability itself underflows.

        Raises
        ------
        ValueError
            If a row does not ``logsumexp`` to zero within 1e-9, or holds NaN.

        Examples
        --------
        >>> float(Tabular.from_log_probs([0.0, -2000.0]).log_prob([1])[0])
        -2000.0
        """
        rows = np.atleast_2d(np.asarray(log_probs, dtype=float)).copy()
        if rows.ndim != 2 or rows.size == 0:
            raise ValueError(f"log_probs: shape {np.shape(log_probs)}, expected (R,) or (P, R) with R >= 1")
        total = logsumexp(rows, axis=1)
        if not np.all(np.abs(total) <= validation.SUM_TOLERANCE):
            raise ValueError(f"log_probs: rows logsumexp to {total}, expected 0 within {validation.SUM_TOLERANCE:g}")
        policy = cls.__new__(cls)
        policy.probs, policy.log_probs = np.exp(rows), rows
        return policy

    @property
    def n_prompts(self) -> int:
        """Number of prompts."""
        return self.probs.shape[0]

    @property
    def n_responses(self) -> int:
        """Number of responses to each prompt."""
        return self.probs.shape[1]

    def log_prob(self, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
        """Log probability (nats) of responses ``y`` (n,) to prompts ``x``, shape (n,)."""
        y = np.atleast_1d(sequences.whole_numbers("y", y, self.n_responses))
        return self.log_probs[sequences.prompt(x, self.n_prompts, len(y)), y]

    def sample(self, rng: np.random.Generator, size: int, x: ArrayLike = 0) -> np.ndarray:
        """Draw ``size`` responses, shape (size,), to one prompt or one prompt per draw."""
        x = sequences.prompt(x, self.n_prompts, validation.count("size", size, least=0))
        u, y = rng.random(size), np.empty(size, dtype=np.intp)
        for prompt in np.unique(x):
            cumulative = np.cumsum(self.probs[prompt])
            rows = x == prompt
            y[rows] = np.searchsorted(cumulative / cumulative[-1], u[rows], side="right")
        return y

    def enumerate(self, x: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """All responses (R,) of prompt ``x`` and their log probabilities (R,)."""
        (row,) = sequences.prompt(x, self.n_prompts, 1)
        return np.arange(self.n_responses), self.log_probs[row].copy()

    def __repr__(self) -> str:
        return f"Tabular(prompts={self.n_prompts}, responses={self.n_responses})"

"""What every policy offers: a conditional law ``pi(y | x)`` of a response given a prompt."""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike


@runtime_checkable
class Policy(Protocol):
    """A conditional law of responses given prompts ``0 .. n_prompts - 1``.

    ``log_prob`` and ``sample`` take one prompt for all rows or one prompt per row; ``enumerate`` takes one prompt.
    Log probabilities are in nats, ``-inf`` where the probability is zero.

    Examples
    --------
    >>> from covtheory.policies import Tabular
    >>> isinstance(Tabular([0.5, 0.5]), Policy)
    True
    """

    n_prompts: int

    def log_prob(self, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
        """Log probability of each response, shape (n,), in nats."""
        ...

    def sample(self, rng: np.random.Generator, size: int, x: ArrayLike = 0) -> np.ndarray:
        """Draw ``size`` independent responses."""
        ...

    def enumerate(self, x: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """All responses of prompt ``x`` in lexicographic order, with their log probabilities."""
        ...

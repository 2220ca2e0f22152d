"""A data law and a model on the same finite set of responses."""

from dataclasses import dataclass

import numpy as np

from covtheory.validation import probabilities, same_shape


@dataclass(frozen=True)
class Pair:
    """``pi_D`` and ``pi``, each ``(R,)`` or ``(P, R)``; unpacks as ``pi_D, pi = pair``.

    Examples
    --------
    >>> Pair([0.5, 0.5], [1.0, 0.0]).log_ratio
    array([-0.69314718,         inf])
    """

    pi_D: np.ndarray
    pi: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "pi_D", probabilities("pi_D", self.pi_D))
        object.__setattr__(self, "pi", probabilities("pi", self.pi))
        same_shape(pi_D=self.pi_D, pi=self.pi)

    def __iter__(self):
        return iter((self.pi_D, self.pi))

    @property
    def log_ratio(self) -> np.ndarray:
        """``log(pi_D / pi)`` in nats: ``+inf`` where only the model is 0, ``-inf`` where ``pi_D`` is 0."""
        with np.errstate(divide="ignore"):
            log_p, log_q = np.log(self.pi_D), np.log(self.pi)
        return log_difference(log_p, log_q)


def log_difference(log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    """``log_p - log_q`` with ``-inf`` wherever ``log_p = -inf``, also against ``log_q = -inf``.

    Examples
    --------
    >>> log_difference(np.array([0.0, -np.inf]), np.array([-np.inf, -np.inf]))
    array([ inf, -inf])
    """
    return np.where(np.isneginf(log_p), -np.inf, log_p - np.where(np.isneginf(log_p), 0.0, log_q))

"""The optimum of KL-regularised reinforcement learning: the base policy tilted by the exponential of the reward."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, probabilities, same_shape


def tilt(pi_hat: ArrayLike, reward: ArrayLike, beta: float) -> np.ndarray:
    """``pi_beta(y|x) = pi_hat(y|x) exp(r(x,y)/beta) / Z(x)``, the maximiser of ``E r - beta KL(pi || pi_hat)``.

    Parameters
    ----------
    pi_hat, reward : array_like, shape (..., R)
        Base policy (rows sum to one) and rewards in [0, 1].
    beta : float
        Weight of the KL penalty, ``0 < beta <= inf``; ``inf`` returns the base policy.

    Raises
    ------
    ValueError
        Rows that are no distributions, rewards outside [0, 1], shapes that differ, ``beta <= 0``.

    Source: standard (Gibbs variational principle); notebook 13, "The optimum of RL is a tilt".

    Examples
    --------
    >>> tilt([0.25, 0.75], [1, 0], 1 / np.log(3))
    array([0.5, 0.5])
    """
    log_weights = _log_weights(pi_hat, reward, beta)
    return np.exp(log_weights - _log_sum(log_weights)[..., None])


def log_normaliser(pi_hat: ArrayLike, reward: ArrayLike, beta: float) -> np.ndarray:
    """``log Z(x) = log sum_y pi_hat(y|x) exp(r(x,y)/beta)`` in nats, between 0 and ``1/beta``; shape (...).

    Examples
    --------
    >>> float(np.exp(log_normaliser([0.25, 0.75], [1, 0], 1 / np.log(3))).round(12))
    1.5
    """
    return _log_sum(_log_weights(pi_hat, reward, beta))


def conditioned_on_success(pi_hat: ArrayLike, reward: ArrayLike) -> np.ndarray:
    """The limit ``beta -> 0`` for a binary reward: ``pi_hat`` given success; where it never succeeds, ``pi_hat``.

    Raises
    ------
    ValueError
        A reward other than 0 and 1.

    Examples
    --------
    >>> conditioned_on_success([[0.1, 0.3, 0.6], [0.0, 0.5, 0.5]], [[1, 1, 0], [1, 0, 0]])
    array([[0.25, 0.75, 0.  ],
           [0.  , 0.5 , 0.5 ]])
    """
    pi_hat, reward = probabilities("pi_hat", pi_hat, ndim=(1, 2, 3)), np.asarray(reward, dtype=float)
    same_shape(pi_hat=pi_hat, reward=reward)
    if not np.isin(reward, (0.0, 1.0)).all():
        raise ValueError("reward: expected only 0 and 1, since the limit conditions on reward 1")
    kept = pi_hat * reward
    total = kept.sum(axis=-1, keepdims=True)
    return np.where(total > 0, np.divide(kept, total, out=np.zeros_like(kept), where=total > 0), pi_hat)


def _log_weights(pi_hat, reward, beta):
    pi_hat, reward = probabilities("pi_hat", pi_hat, ndim=(1, 2, 3)), in_range("reward", reward, 0, 1)
    same_shape(pi_hat=pi_hat, reward=reward)
    if not beta > 0:
        raise ValueError(f"beta: got {beta!r}, expected beta > 0 (conditioned_on_success is the limit 0)")
    with np.errstate(divide="ignore"):
        return np.log(pi_hat) + reward / beta


def _log_sum(log_weights: np.ndarray) -> np.ndarray:
    """Log of the sum of exponentials along the last axis; some weight of each row is positive."""
    top = log_weights.max(axis=-1)
    return top + np.log(np.exp(log_weights - top[..., None]).sum(axis=-1))

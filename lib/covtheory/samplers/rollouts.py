"""Expected success of methods that learn from their own rollouts, exactly: a tree of policies."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import count, in_range, probabilities, same_shape

Update = Callable[[np.ndarray, int, float], np.ndarray]
"""``update(policy, response, reward) -> policy``."""


def expected_success(pi: ArrayLike, reward: ArrayLike, rollouts: int, update: Update) -> float:
    """Expected reward of the policy after ``rollouts`` draws, each from the current policy and followed by ``update``.

    Exact expectation over all ``R**rollouts`` sequences; one policy per leaf.

    Parameters
    ----------
    pi : array_like, shape (R,)
        Start.
    reward : array_like, shape (R,)
        In [0, 1].

    Raises
    ------
    ValueError
        If the tree has more than 100,000 leaves.

    Examples
    --------
    >>> first_success = lambda pi, y, reward: np.eye(len(pi))[y] if reward else pi
    >>> expected_success([0.5, 0.5], [1.0, 0.0], 2, first_success)
    0.875
    """
    policy, reward = probabilities("pi", pi, ndim=1)[None], in_range("reward", reward, 0, 1)
    same_shape(pi=policy[0], reward=reward)
    R, rollouts = reward.size, count("rollouts", rollouts, least=0)
    if R**rollouts > 100_000:
        raise ValueError(f"rollouts: {R}**{rollouts} sequences, expected at most 100,000")
    weight = np.ones(1)
    for _ in range(rollouts):
        weight = (weight[:, None] * policy).ravel()
        policy = np.array([update(row, y, reward[y]) for row in policy for y in range(R)])
        policy, weight = policy[weight > 0], weight[weight > 0]
    return float(weight @ (policy @ reward))

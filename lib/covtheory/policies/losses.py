"""Losses that know how many draws there will be: direct coverage optimisation, pass@K, maximum likelihood by rewards.

Laws are probability arrays ``(..., R)``; K is the number of draws.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, probabilities, same_shape, threshold


def budget_weight(p: ArrayLike, K: int) -> np.ndarray:
    """``K p (1 - p)^(K-1) / (1 - (1 - p)^K)``: the chance of one success in ``K`` draws if there is any.

    It is 1 at ``p = 0`` and falls to 0 at ``p = 1`` if ``K > 1``. ``p`` times the slope of
    ``log(1 - (1 - p)^K)``: what an example of probability ``p`` still weighs in that loss.

    Examples
    --------
    >>> budget_weight([0.0, 0.5, 1.0], 2).round(4)
    array([1.    , 0.6667, 0.    ])
    """
    p, K = np.asarray(in_range("p", p, 0, 1)), float(threshold("K", K))
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = -np.expm1(K * np.log1p(-p))
        return np.where(p > 0, K * p * (1 - p) ** (K - 1) / seen, 1.0)


def budget_teacher(pi: ArrayLike, K: int) -> tuple[np.ndarray, np.ndarray]:
    """Training law ``p`` for which ``pi`` maximises ``sum p(y) log(1 - (1 - pi(y))^K)``: direct coverage optimisation.

    Parameters
    ----------
    pi : array_like, shape (..., R)
        Laws with no probability equal to one.
    K : int
        Draws; 1 is cross-entropy, and then ``p = pi``.

    Returns
    -------
    p : ndarray, shape (..., R)
        ``level pi / budget_weight(pi, K)``.
    level : ndarray, shape (...)
        In (0, 1].

    Examples
    --------
    >>> p, level = budget_teacher([2 / 3, 1 / 3], 2)
    >>> 21 * p
    array([16.,  5.])
    """
    pi = in_range("pi below one", probabilities("pi", pi), 0, np.nextafter(1, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = pi / budget_weight(pi, K)
    if not np.isfinite(share.sum(axis=-1)).all():
        raise ValueError(f"K: at {K} draws a response of probability {pi.max():.6g} has no weight that a float holds")
    level = 1 / share.sum(axis=-1)
    return level[..., None] * share, level


def reward_ascent(pi: ArrayLike, right: ArrayLike, slope: Callable[[float], float], eta: float, steps: int
                  ) -> np.ndarray:
    """Exact gradient ascent on ``J(p)`` over a table of logits, ``p`` the probability of the right responses.

    Parameters
    ----------
    pi : array_like, shape (R,)
        Start.
    right : array_like of bool, shape (R,)
    slope : callable
        ``J'``: 1 for reinforcement learning, ``1/p`` for the log loss, ``K (1 - p)^(K-1)`` for pass@K.

    Returns
    -------
    ndarray, shape (steps + 1, R), the start included

    Examples
    --------
    >>> reward_ascent([0.5, 0.5], [True, False], lambda p: 1.0, 2.0, 1).round(4)
    array([[0.5   , 0.5   ],
           [0.7311, 0.2689]])
    """
    path, right = [probabilities("pi", pi, ndim=1)], np.asarray(right, dtype=bool)
    same_shape(pi=path[0], right=right)
    eta = float(threshold("eta", eta, least=0.0))
    for _ in range(int(threshold("steps", steps, least=0.0))):
        p = path[-1][right].sum()
        moved = eta * slope(p) * path[-1] * (right - p)
        raw = path[-1] * np.exp(moved - moved.max())
        path.append(raw / raw.sum())
    return np.array(path)

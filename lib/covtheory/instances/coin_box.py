"""The parameters of one coin per prompt: a box, the sup-log distance on it, and its nets (notebooks 05 and 19)."""

import math

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import count, threshold

_FINE = 0.01
"""Nats per token below which the net is evenly spaced instead of greedy."""


class CoinBox:
    """``|theta_x| <= B`` for d prompts; a response is H tokens, each 1 with probability ``sigmoid(theta_x)``.

    Parameters
    ----------
    H, d : int
        Tokens per response; prompts (at least two).

    Source: this collection, notebook 05.

    Examples
    --------
    >>> box = CoinBox(H=8, d=6, B=2.0)
    >>> points = box.net(4.0)
    >>> len(points), bool(np.isclose(box.log_cover(4.0)[0], 6 * np.log(len(points))))
    (3, True)
    """

    def __init__(self, H: int, d: int, B: float):
        self.H, self.d = count("H", H), count("d", d, least=2)
        self.B = float(threshold("B", B, least=0.0, strict=True))
        self.floor = sigmoid(-self.B)

    def net(self, rho: float) -> np.ndarray:
        """Net of one coordinate: for every ``|theta| <= B`` a point within ``rho`` in sup-log (:meth:`distance`).

        Greedy, hence least among nets inside the family, for ``rho >= H/100``; below that, evenly spaced: no token's
        log-probability changes faster than ``sigmoid(B)`` per unit of theta.
        """
        step = float(threshold("rho", rho, least=0.0, strict=True)) / self.H
        if step < _FINE:
            size = math.ceil(self.B * (1 - self.floor) / step)
            return self.B * (2 * np.arange(size) + 1 - size) / size
        points, left = [], -self.B
        while not points or left < self.B:
            points.append(min(float(_move(left, step)), self.B))
            left = float(_move(points[-1], step))
        return np.array(points)

    def log_cover(self, rho: ArrayLike) -> np.ndarray:
        """``log N_inf(rho) = d log(points of the net)``; infinite at 0."""
        rho = np.atleast_1d(np.asarray(rho, dtype=float))
        size, step = np.full(rho.shape, np.inf), rho / self.H
        fine = (rho > 0) & (step < _FINE)
        size[fine] = np.ceil(self.B * (1 - self.floor) / step[fine])
        left, greedy = np.full(rho.shape, -self.B), step >= _FINE
        size[greedy] = 0.0
        while greedy.any():
            size[greedy] += 1
            left[greedy] = _move(np.minimum(_move(left[greedy], step[greedy]), self.B), step[greedy])
            greedy &= left < self.B
        return self.d * np.log(size)

    def distance(self, theta: ArrayLike, other: ArrayLike) -> np.ndarray:
        """Sup over responses of ``|log pi_theta - log pi_other|`` at one prompt, nats."""
        theta, other = np.asarray(theta, dtype=float), np.asarray(other, dtype=float)
        ones = np.abs(_log_sigmoid(theta) - _log_sigmoid(other))
        return self.H * np.maximum(ones, np.abs(_log_sigmoid(-theta) - _log_sigmoid(-other)))


def sigmoid(x: float) -> float:
    """``1/(1 + e^-x)``."""
    return 1.0 / (1.0 + math.exp(-x))


def _log_sigmoid(x: np.ndarray) -> np.ndarray:
    return -np.logaddexp(0.0, -x)


def _move(theta: ArrayLike, step: ArrayLike) -> np.ndarray:
    """Largest parameter within ``step`` nats per token above theta (infinite if all are)."""
    one, zero = -np.logaddexp(0.0, -np.asarray(theta)) + step, -np.logaddexp(0.0, np.asarray(theta)) - step
    safe = np.minimum(one, -1e-300)
    up = np.where(one >= 0, np.inf, safe - np.log(-np.expm1(safe)))
    return np.minimum(up, np.log(-np.expm1(zero)) - zero)

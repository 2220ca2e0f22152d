"""One step of a one-pass learner, before the projection: ``update(theta, g, t)``, rows are runs side by side.

``theta`` and the gradient ``g`` have shape (S, d), a step size shape () or (S,), ``t`` counts from 0. A closure of
:func:`adam` carries its averages, so it serves one pass.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, threshold

Update = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def positive(name: str, values: ArrayLike) -> np.ndarray:
    """A positive finite number, or one per run, as shape (S,)."""
    array = np.atleast_1d(threshold(name, values, least=0.0, strict=True))
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"{name}: shape {array.shape}, expected a number or (S,), finite")
    return array


def vanilla(eta: ArrayLike) -> Update:
    """``theta + eta g``."""
    eta = positive("step_size", eta)[:, None]
    return lambda theta, g, t: theta + eta * g


def normalised(eta: ArrayLike, lam: ArrayLike) -> Update:
    """``theta + eta g/(lam + ||g||)``: shorter than ``eta``.

    Examples
    --------
    >>> normalised(0.25, 15.0)(np.zeros((1, 2)), np.array([[3.0, 4.0]]), 0)
    array([[0.0375, 0.05  ]])
    """
    eta, lam = positive("step_size", eta), positive("regularizer", lam)
    return lambda theta, g, t: theta + (eta / (lam + _norm(g)))[:, None] * g


def clipped(eta: ArrayLike, limit: ArrayLike) -> Update:
    """``theta + eta g/max(limit, ||g||)``: gradients longer than ``limit`` are cut to it; never longer than ``eta``.

    Examples
    --------
    >>> clipped(0.5, [4.0, 10.0])(np.zeros((2, 2)), np.array([[3.0, 4.0], [3.0, 4.0]]), 0)
    array([[0.3 , 0.4 ],
           [0.15, 0.2 ]])
    """
    eta, limit = positive("step_size", eta), positive("limit", limit)
    return lambda theta, g, t: theta + (eta / np.maximum(limit, _norm(g)))[:, None] * g


def sign(eta: ArrayLike) -> Update:
    """``theta + eta sign(g)``, entry by entry."""
    eta = positive("step_size", eta)[:, None]
    return lambda theta, g, t: theta + eta * np.sign(g)


def adam(eta: ArrayLike, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Update:
    """Adam with bias correction (Kingma and Ba 2015)."""
    eta = positive("step_size", eta)[:, None]
    in_range("beta1", beta1, 0.0, 1 - 1e-12)
    in_range("beta2", beta2, 0.0, 1 - 1e-12)
    epsilon = float(threshold("epsilon", epsilon, least=0.0, strict=True))
    mean, square = 0.0, 0.0

    def update(theta, g, t):
        nonlocal mean, square
        mean = beta1 * mean + (1 - beta1) * g
        square = beta2 * square + (1 - beta2) * g * g
        scale = np.sqrt(square / (1 - beta2 ** (t + 1))) + epsilon
        return theta + eta * (mean / (1 - beta1 ** (t + 1))) / scale

    return update


def _norm(g):
    return np.sqrt((g * g).sum(axis=1))

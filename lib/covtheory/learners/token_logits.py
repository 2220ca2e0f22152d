"""Maximum likelihood for logits that are a function of weights: logistic regression and small networks (notebook 05).

Many data sets and starts are trained at once by damped Fisher scoring: every step solves
``(J' V J + damping) step = J' (ones - trials sigmoid(logits))``, is taken only if the likelihood does not fall, and the
damping follows what happened.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, xlogy

from covtheory.validation import count

Model = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Weights, shape (B, D) -> logits, shape (B, K), and their Jacobian, shape (B, K, D)."""


class Trained(NamedTuple):
    """Outcome of :func:`fit`, one row a data set.

    ``deficit`` is how many nats the training likelihood lies below that of free logits, the best of all models; at
    most that many are lost to optimisation.
    """

    weights: np.ndarray
    logits: np.ndarray
    deficit: np.ndarray
    gradient: np.ndarray


def linear(features: ArrayLike) -> Model:
    """Logistic regression: ``logits = features @ weights``, features of shape (K, D).

    Examples
    --------
    >>> logits, jacobian = linear([[1.0, 0.0], [1.0, 2.0]])(np.array([[0.5, 1.0]]))
    >>> logits
    array([[0.5, 2.5]])
    """
    features = np.asarray(features, dtype=float)
    return lambda w: (w @ features.T, np.broadcast_to(features, (len(w), *features.shape)))


def network(inputs: ArrayLike, width: int) -> Model:
    """One hidden layer of ``width`` tanh units on scalar inputs; weights: slopes, biases, outputs, one bias.

    Examples
    --------
    >>> logits, jacobian = network([0.0, 1.0], 1)(np.array([[1.0, 0.0, 2.0, 0.5]]))
    >>> logits.round(3), jacobian.shape
    (array([[0.5  , 2.023]]), (1, 2, 4))
    """
    x, width = np.asarray(inputs, dtype=float), count("width", width)

    def evaluate(w):
        slopes, biases, outputs = (w[:, i * width:(i + 1) * width] for i in range(3))
        hidden = np.tanh(x[:, None] * slopes[:, None] + biases[:, None])  # (B, K, width)
        inner = (1 - hidden**2) * outputs[:, None]
        jacobian = np.concatenate([inner * x[:, None], inner, hidden, np.ones((*hidden.shape[:2], 1))], axis=2)
        return (hidden @ outputs[:, :, None])[:, :, 0] + w[:, -1:], jacobian

    return evaluate


def fit(model: Model, ones: ArrayLike, trials: int, start: ArrayLike, *, steps: int = 200, tolerance: float = 1e-6
        ) -> Trained:
    """Train one model per row of ``ones`` from its row of ``start``, by damped Fisher scoring.

    Parameters
    ----------
    ones : array_like, shape (B, K)
        Ones among ``trials`` tokens at each position.
    start : array_like, shape (B, D)
    steps : int
        At most so many; a row whose gradient is below ``tolerance`` per token stops.

    Source: this collection, notebook 05 (Levenberg-Marquardt for a binomial likelihood).

    Examples
    --------
    >>> fitted = fit(linear(np.eye(2)), [[3, 8]], 10, [[0.0, 0.0]])
    >>> expit(fitted.logits).round(6)
    array([[0.3, 0.8]])
    """
    ones, w = np.asarray(ones, dtype=float), np.array(start, dtype=float)
    trials = count("trials", trials)
    if ones.ndim != 2 or w.ndim != 2 or len(ones) != len(w) or (ones < 0).any() or (ones > trials).any():
        raise ValueError(f"ones, start: shapes {ones.shape} and {w.shape}, expected as many rows of counts up to "
                         f"{trials} as rows of weights")
    damping = np.full(len(w), float(trials))
    logits, jacobian = (np.array(part, dtype=float) for part in model(w))

    def gradient(rows):
        return np.einsum("bkd,bk->bd", jacobian[rows], ones[rows] - trials * expit(logits[rows]))

    everyone = np.arange(len(w))
    slope = gradient(everyone)
    for _ in range(count("steps", steps)):
        live = everyone[np.abs(slope).max(axis=1) > tolerance * trials]
        if not live.size:
            break
        J, weight = jacobian[live], trials * expit(logits[live]) * expit(-logits[live])
        fisher = np.einsum("bkd,bk,bke->bde", J, weight, J) + damping[live, None, None] * np.eye(w.shape[1])
        tried = w[live] + np.linalg.solve(fisher, slope[live, :, None])[:, :, 0]
        new_logits, new_jacobian = model(tried)
        better = _likelihood(ones[live], trials, new_logits) >= _likelihood(ones[live], trials, logits[live])
        damping[live] = np.clip(damping[live] * np.where(better, 0.3, 4.0), 1e-9, 1e12)
        moved = live[better]
        w[moved], logits[moved], jacobian[moved] = tried[better], new_logits[better], new_jacobian[better]
        slope[moved] = gradient(moved)
    share = ones / trials
    best = trials * (xlogy(share, share) + xlogy(1 - share, 1 - share)).sum(axis=1)
    deficit = np.maximum(best - _likelihood(ones, trials, logits), 0.0)
    return Trained(w, logits, deficit, np.abs(slope).max(axis=1) / trials)


def train(model: Model, ones: ArrayLike, trials: int, weights: int, rng: np.random.Generator, *, starts: int = 3
          ) -> Trained:
    """Train from ``starts`` standard normal starts; keep, for each data set, the run with the least deficit.

    Parameters
    ----------
    weights : int
        Number of weights D of the model.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> best = train(network([-1.0, 0.0, 1.0], 1), [[3, 5, 8], [2, 2, 7]], 10, 4, rng)
    >>> best.weights.shape, bool((best.deficit < 0.01).all())
    ((2, 4), True)
    """
    shape = len(ones), count("weights", weights)
    runs = [fit(model, ones, trials, rng.standard_normal(shape)) for _ in range(count("starts", starts))]
    winner = np.argmin([run.deficit for run in runs], axis=0)
    return Trained(*(np.stack(parts)[winner, np.arange(winner.size)] for parts in zip(*runs, strict=True)))


def _likelihood(ones: np.ndarray, trials: int, logits: np.ndarray) -> np.ndarray:
    return (ones * logits - trials * np.logaddexp(0.0, logits)).sum(axis=1)

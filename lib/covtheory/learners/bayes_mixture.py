"""The Bayes mixture as a sequential predictor, and its average over time: an improper rival of maximum likelihood."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from covtheory.policies.sequences import all_sequences
from covtheory.validation import probabilities

__all__ = ["all_sequences", "log_loss_regret", "mixture_weights", "sequential_mixture", "time_average"]


def mixture_weights(log_probs: ArrayLike, sequences: ArrayLike, prior: ArrayLike | None = None) -> np.ndarray:
    """Posterior weights before each observation, shape (m, n, K); the first are the prior.

    Parameters
    ----------
    log_probs : array_like, shape (K, R)
        Models' log-probabilities (nats).
    sequences : array_like of int, shape (m, n)
        Data in the order they came.
    prior : array_like, shape (K,), optional
        Uniform by default.

    Raises
    ------
    ValueError
        Outcomes outside ``0..R-1``, or a prefix that every model excludes.

    Examples
    --------
    >>> mixture_weights(np.log([[0.5, 0.5], [0.25, 0.75]]), [[1, 1]]).round(3).tolist()
    [[[0.5, 0.5], [0.4, 0.6]]]
    """
    lp, z = np.asarray(log_probs, dtype=float), np.asarray(sequences)
    if lp.ndim != 2 or z.ndim != 2 or z.dtype.kind not in "iu":
        raise ValueError(f"log_probs {lp.shape}, sequences {z.shape}: expected (K, R) and whole numbers (m, n)")
    if z.size and (z.min() < 0 or z.max() >= lp.shape[1]):
        raise ValueError(f"sequences: outcomes {z.min()}..{z.max()}, expected 0..{lp.shape[1] - 1}")
    K = len(lp)
    weights = np.full(K, 1 / K) if prior is None else probabilities("prior", prior, ndim=1)
    if len(weights) != K:
        raise ValueError(f"prior: shape {weights.shape}, expected ({K},)")
    with np.errstate(divide="ignore"):
        score = np.broadcast_to(np.log(weights), (len(z), 1, K))
    score = np.concatenate([score, score + np.cumsum(lp.T[z[:, :-1]], axis=1)], axis=1)
    total = logsumexp(score, axis=2, keepdims=True)
    if np.isinf(total).any():
        raise ValueError("sequences: every model gives some prefix probability zero, no posterior")
    return np.exp(score - total)


def sequential_mixture(log_probs: ArrayLike, sequences: ArrayLike, prior: ArrayLike | None = None) -> np.ndarray:
    """Predictive laws ``phat_t``, t = 1..n, each from the ``t - 1`` observations before it; shape (m, n, R).

    Examples
    --------
    >>> sequential_mixture(np.log([[0.5, 0.5], [0.25, 0.75]]), [[1, 1]]).round(12).tolist()
    [[[0.375, 0.625], [0.35, 0.65]]]
    """
    return mixture_weights(log_probs, sequences, prior) @ np.exp(np.asarray(log_probs, dtype=float))


def time_average(predictive: ArrayLike) -> np.ndarray:
    """The Cesaro average ``(phat_1 + ... + phat_n)/n`` over time, shape (m, n, R) -> (m, R).

    Examples
    --------
    >>> time_average([[[0.5, 0.5], [0.25, 0.75]]]).tolist()
    [[0.375, 0.625]]
    """
    return probabilities("predictive", predictive, ndim=3).mean(axis=1)


def log_loss_regret(predictive: ArrayLike, p: ArrayLike, sequences: ArrayLike) -> np.ndarray:
    """``sum_t log p(z_t)/phat_t(z_t)`` along each sequence, shape (m,), nats; ``+inf`` where the predictor excludes.

    Examples
    --------
    >>> log_loss_regret([[[0.5, 0.5]]], [0.25, 0.75], [[1]]).round(4).tolist()
    [0.4055]
    """
    phat, p, z = probabilities("predictive", predictive, ndim=3), probabilities("p", p, ndim=1), np.asarray(sequences)
    if z.shape != phat.shape[:2]:
        raise ValueError(f"sequences: shape {z.shape}, expected {phat.shape[:2]}")
    with np.errstate(divide="ignore"):
        return (np.log(p)[z] - np.log(np.take_along_axis(phat, z[:, :, None], axis=2)[:, :, 0])).sum(axis=1)

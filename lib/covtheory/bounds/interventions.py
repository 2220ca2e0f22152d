"""Interventions on a trained model read as changes of the threshold at which coverage is taken (notebooks 16, 23).

Most functions return the threshold ``N'`` for which ``Cov_N(changed model) <= Cov_{N'}(original model)``; it may fall
below one, where coverage at it says little. ``token_temperature_threshold`` compares two changed models,
``budget_ratio`` bounds a ratio, and the two on rewards limit what training on successes can gain:
``Cov_N(trained) >= Cov_{N'}(start)``.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, threshold


def mixing_threshold(N: ArrayLike, weight: ArrayLike) -> np.ndarray:
    """``weight * N``: a component that keeps this share of a mixture loses at most this factor; attained.

    Examples
    --------
    >>> float(mixing_threshold(10, 0.5))
    5.0
    """
    return threshold("N", N) * in_range("weight", weight, 0, 1)


def token_smoothing_threshold(N: ArrayLike, smoothing: ArrayLike, H: ArrayLike) -> np.ndarray:
    """``N (1 - smoothing)^H``: every token mixed with any law with weight ``smoothing``, length ``H``; approached.

    Examples
    --------
    >>> round(float(token_smoothing_threshold(100, 0.01, 100)), 4)
    36.6032
    """
    with np.errstate(divide="ignore"):
        return threshold("N", N) * np.exp(threshold("H", H) * np.log1p(-in_range("smoothing", smoothing, 0, 1)))


def temperature_threshold(N: ArrayLike, T: ArrayLike, log_Z: ArrayLike) -> np.ndarray:
    """``(N / Z)^T`` for temperature ``T >= 1``, ``Z = sum_y pi(y)^(1/T)``; equality if the data law is one point.

    ``Z <= R^(1 - 1/T)`` on R responses, so flattening is never worse at thresholds ``N >= R``.

    Examples
    --------
    >>> round(float(temperature_threshold(8, 2, np.log(2))), 9)
    16.0
    """
    return np.exp(threshold("T", T) * (np.log(threshold("N", N)) - np.asarray(log_Z, dtype=float)))


def training_threshold(N: ArrayLike, steps: ArrayLike, eta: ArrayLike) -> np.ndarray:
    """``N exp(-steps eta (1 + eta) / 2)`` after gradient steps on a table of logits, whatever their targets.

    Each step is ``logits += eta (target - softmax(logits))`` with any probability vector as target; it lowers no log
    probability by more than ``eta/2 + eta^2/2`` (rate 1/2 of the gradient flow is attained).

    Examples
    --------
    >>> round(float(training_threshold(100, 10, 0.1)), 3)
    57.695
    """
    steps, eta = threshold("steps", steps, least=0), threshold("eta", eta, least=0)
    return threshold("N", N) * np.exp(-steps * eta * (1 + eta) / 2)


def token_temperature_threshold(N: ArrayLike, T: ArrayLike, V: ArrayLike, H: ArrayLike) -> np.ndarray:
    """``N V^(-|1 - 1/T| (H - 1))``: H tokens of V tempered one by one, compared with the tempered response; either way.

    No smaller exponent will do; approached in both directions (notebook 23, Theorem 3).

    Examples
    --------
    >>> round(float(token_temperature_threshold(64, 0.5, 2, 4)), 9)
    8.0
    """
    exponent = np.abs(1 - 1 / threshold("T", T, least=0, strict=True)) * (threshold("H", H) - 1)
    return threshold("N", N) * np.exp(-exponent * np.log(threshold("V", V)))


def success_training_threshold(N: ArrayLike, steps: ArrayLike, eta: ArrayLike, slope: ArrayLike = 1.0) -> np.ndarray:
    """``N + 2 slope eta steps``: gradient steps on ``J(p)``, ``J' <= slope``, gain at most this.

    Source: this collection, notebook 23, Theorem 1 (a).

    ``p`` is a prompt's probability of success, ``Cov_N`` the share of prompts with ``p <= 1/N``. The slope is 1 for
    reinforcement learning and K for pass@K and for the log loss cut after K terms.

    Examples
    --------
    >>> float(success_training_threshold(100, 50, 0.1, 16))
    260.0
    """
    steps, eta = threshold("steps", steps, least=0), threshold("eta", eta, least=0)
    return threshold("N", N) + 2 * threshold("slope", slope, least=0) * eta * steps


def log_loss_training_threshold(N: ArrayLike, steps: ArrayLike, eta: ArrayLike) -> np.ndarray:
    """``1 + (N - 1) exp(2 eta steps)``: gradient steps on ``J(p)``, ``J' <= 1/p``, gain at most this.

    Source: this collection, notebook 23, Theorem 1 (b).

    Examples
    --------
    >>> round(float(log_loss_training_threshold(100, 50, 0.01)), 3)
    270.11
    """
    steps, eta = threshold("steps", steps, least=0), threshold("eta", eta, least=0)
    return 1 + (threshold("N", N) - 1) * np.exp(2 * eta * steps)


def budget_ratio(p: ArrayLike, K: ArrayLike) -> np.ndarray:
    """``(1 - u) / (p (1 + (K-1) u))``, ``u = (1 - p)^K``: most that ``pi_D(y) / pi(y)`` can be where ``pi(y) = p``.

    ``pi`` is the population optimum of direct coverage optimisation with K draws (notebook 23, Theorem 2); approached.

    Examples
    --------
    >>> round(float(budget_ratio(2 - 2**0.5, 2)), 4)
    1.2071
    """
    p, K = in_range("p", p, 0, 1, open_ends=True), threshold("K", K)
    log_u = K * np.log1p(-p)
    return -np.expm1(log_u) / (p * (1 + (K - 1) * np.exp(log_u)))

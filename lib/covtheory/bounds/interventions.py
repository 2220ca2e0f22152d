"""Interventions on a trained model read as changes of the threshold at which coverage is taken (notebook 16).

Each function returns the threshold ``N'`` for which ``Cov_N(changed model) <= Cov_{N'}(original model)``. It may fall
below one, where coverage at it says little.
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

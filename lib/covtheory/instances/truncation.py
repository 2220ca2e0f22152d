"""Instances of Lemmas 1 and 2 of notebook 19: truncated likelihood ratios, and overfit listed data set by data set."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.two_scale import truncation_level
from covtheory.instances.pair import Pair
from covtheory.learners import multinomial_types
from covtheory.validation import probabilities


def truncated_mean(pair: Pair, s: ArrayLike, m: ArrayLike) -> np.ndarray:
    """``E e^(-s min(l, m))`` of each stacked pair; ``s`` and ``m`` broadcast against the pairs.

    Examples
    --------
    >>> truncated_mean(Pair([[0.5, 0.5]], [[1.0, 0.0]]), 0.5, np.log(4.0)).round(6)
    array([0.957107])
    """
    s, m = (np.asarray(v, dtype=float)[..., None] for v in (s, m))
    live = pair.pi_D > 0
    terms = np.exp(-s * np.minimum(np.where(live, pair.log_ratio, 0.0), m))
    return np.where(live, pair.pi_D * terms, 0.0).sum(axis=-1)


def tail_mass(pair: Pair, m: ArrayLike) -> np.ndarray:
    """``P[l >= m]`` of each stacked pair.

    Examples
    --------
    >>> tail_mass(Pair([[0.5, 0.5]], [[1.0, 0.0]]), 5.0)
    array([0.5])
    """
    return np.where(pair.log_ratio >= np.asarray(m)[..., None], pair.pi_D, 0.0).sum(axis=-1).clip(max=1.0)


def vanishing(rare: ArrayLike) -> Pair:
    """Models that vanish on an event of probability ``rare`` and are proportional to the truth elsewhere.

    Examples
    --------
    >>> vanishing([0.5]).pi
    array([[0., 1.]])
    """
    rare = np.asarray(rare, dtype=float)
    return Pair(np.stack([rare, 1 - rare], axis=-1), np.stack([np.zeros_like(rare), np.ones_like(rare)], axis=-1))


def training_failure(models: ArrayLike, pi_D: ArrayLike, n: int, F: float, s: float) -> float:
    """Exact ``P[some model has a training mean of (l - m(s))_+ above F + kappa]``, over all counts of n draws.

    Examples
    --------
    >>> training_failure([[0.5, 0.5]], [0.5, 0.5], 4, 0.1, 0.5)
    0.0
    """
    pi_D = probabilities("pi_D", pi_D, ndim=1)
    counts, log_prob = multinomial_types(pi_D, n)
    ell = np.log(pi_D / probabilities("models", models, ndim=2))
    excess = counts @ (np.maximum(ell - truncation_level(s), 0.0) - ell).T / n
    return float(np.exp(log_prob) @ (excess > F + 1e-12).any(axis=1))

"""Frequencies of a finite alphabet: maximum likelihood, add-constant smoothing, Good and Turing's missing mass."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import binom
from covtheory.validation import count, probabilities, threshold


def good_turing(counts: ArrayLike) -> np.ndarray:
    """Good and Turing's estimate of the missing mass: the share of observations whose symbol was seen once.

    Examples
    --------
    >>> float(good_turing([3, 1, 0, 0]))
    0.25
    """
    c = np.asarray(counts, dtype=float)
    if c.ndim == 0 or not (np.isfinite(c) & (c >= 0)).all():
        raise ValueError("counts: expected an array of finite non-negative counts along the last axis")
    if (c.sum(axis=-1) == 0).any():
        raise ValueError("counts: no observation, nothing to estimate from")
    return (c == 1).sum(axis=-1) / c.sum(axis=-1)


def expected_coverage(p: ArrayLike, n: int, N: ArrayLike, beta: float = 0.0) -> np.ndarray:
    """Exact ``E Cov_N`` of add-constant frequencies from ``n`` draws of ``p``: ``sum_y p_y P[count_y <= c_y]``.

    Maximum likelihood for ``beta = 0``, Laplace's rule for ``beta = 1``. Symbol ``y`` counts when ``(count + beta)/(n +
    beta V) <= p_y/N``, so ``c_y = p_y (n + beta V)/N - beta``; for ``beta = 0`` and ``N = inf`` this is the expected
    missing mass. Any alphabet size.

    Examples
    --------
    >>> float(expected_coverage([0.5, 0.5], 2, np.inf)), float(expected_coverage([0.5, 0.5], 2, np.inf, beta=1.0))
    (0.25, 0.0)
    """
    p, most = _largest_counts(p, n, N, beta)
    return (p * np.where(most >= 0, binom.cdf(np.maximum(most, 0), n, p), 0.0)).sum(axis=-1)


def expected_good_turing(p: ArrayLike, n: int) -> float:
    """Exact mean of :func:`good_turing` from ``n`` draws: ``sum p (1 - p)^(n-1)``, the missing mass after ``n - 1``.

    Examples
    --------
    >>> expected_good_turing([0.5, 0.5], 2)
    0.5
    """
    p = probabilities("p", p, ndim=1)
    return float((p * (1 - p) ** (count("n", n) - 1)).sum())


def coverage_law(p: ArrayLike, n: int, N: float = np.inf, beta: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Exact law over data sets of ``Cov_N`` of add-constant frequencies; with the defaults, of the missing mass.

    Symbols are taken one at a time: given the draws that are left, a symbol's count is binomial. The state is (mass
    so far, draws left); equal masses (within 1e-13) are lumped.

    Returns
    -------
    values, probs : ndarray
        Attainable coverages, ascending, and their probabilities.

    Raises
    ------
    ValueError
        More than 200 000 different masses: take ``p`` with fewer distinct entries.

    Examples
    --------
    >>> values, probs = coverage_law([0.5, 0.5], 2)
    >>> values.tolist(), probs.round(12).tolist()
    ([0.0, 0.5], [0.5, 0.5])
    """
    p, most = _largest_counts(p, n, float(N), beta)
    values, state, left = np.zeros(1), np.eye(1, n + 1, n), 1.0
    draws = np.arange(n + 1)
    for mass, cap in zip(p, most, strict=True):
        share = min(1.0, mass / left) if left > mass * (1 + 1e-12) else 1.0
        used = draws[:, None] - draws  # [before, after]
        step = np.where(used >= 0, binom.pmf(np.maximum(used, 0), draws[:, None], share), 0.0)
        low = used <= cap
        values = np.concatenate([values, values + mass])
        state = np.concatenate([state @ np.where(low, 0.0, step), state @ np.where(low, step, 0.0)])
        keep = state.sum(axis=1) > 0
        values, state = _lump(values[keep], state[keep])
        if len(values) > 200_000:
            raise ValueError(f"p: more than 200,000 different masses after {len(p)} symbols, expected fewer")
        left -= mass
    return values, state[:, 0]


def _largest_counts(p, n, N, beta):
    """Symbol ``y`` is uncovered when its count is at most this (may be negative: never)."""
    p, n = probabilities("p", p, ndim=1), count("n", n)
    N, beta = threshold("N", N)[..., None], float(threshold("beta", beta, least=0.0))
    edge = p * (n + beta * len(p)) / N - beta
    return p, np.floor(edge + 1e-12 * np.maximum(1.0, np.abs(edge)))


def _lump(values, state):
    order = np.argsort(values, kind="stable")
    values, state = values[order], state[order]
    group = np.concatenate([[0], np.cumsum(np.diff(values) > 1e-13)])
    out = np.zeros((group[-1] + 1, state.shape[1]))
    np.add.at(out, group, state)
    return values[np.unique(group, return_index=True)[1]], out

"""Adversarial search: look for the instance where a bound is closest to failing."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from claimcheck.arguments import count

TIE = 1e-9
"""Ratios within this of the best, relatively, are equally good."""


def adversarial_search(
    ratio: Callable[[np.ndarray], np.ndarray], low: ArrayLike, high: ArrayLike, rng: np.random.Generator,
    *, population: int = 256, rounds: int = 60, keep: int = 16,
) -> tuple[np.ndarray, np.ndarray]:
    """Maximise value/bound over a box by a vectorised evolutionary search; return everything it visited near the top.

    Each round keeps the ``keep`` best points, moves them by Gaussian steps whose scale shrinks by a fixed factor per
    round (over nine decades in all), and mixes coordinates of pairs of them. It is a heuristic: what it finds is an
    instance, what it does not find proves nothing.

    Parameters
    ----------
    ratio : callable
        Maps parameters of shape (m, k) to ratios of shape (m,); NaN where a hypothesis fails.
    low, high : array_like, shape (k,)
        The box.

    Returns
    -------
    points : ndarray, shape (keep, k)
        The best parameters, best first; points within 1e-9 of the best, relatively, in the order of visit, so that the
        last digit of a float does not choose among them. Print the ratio, never the coordinates: where the best is
        flat, another processor finds another point.
    ratios : ndarray, shape (keep,)

    Examples
    --------
    >>> points, ratios = adversarial_search(lambda z: 1 - ((z - 0.3) ** 2).sum(axis=1), [0, 0], [1, 1],
    ...                                     np.random.default_rng(0))
    >>> bool(ratios[0] > 1 - 1e-9)
    True
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if low.shape != high.shape or not (low < high).all():
        raise ValueError(f"low, high: expected low < high everywhere, got {low} and {high}")
    count("keep", keep, least=2)
    count("population", population, least=keep)
    points = rng.uniform(low, high, size=(4 * population, low.size))
    values = _evaluate(ratio, points)
    for step in np.geomspace(0.3, 3e-10, count("rounds", rounds)):
        best = _best(values)[:keep]
        parents, elders = points[best], values[best]
        first, second = rng.integers(keep, size=(2, population))
        mixed = np.where(rng.random((population, low.size)) < 0.8, parents[first], parents[second])
        moved = mixed + rng.normal(scale=step, size=mixed.shape) * (high - low)
        moved = np.clip(moved, low, high)
        points = np.concatenate([parents, moved])
        values = np.concatenate([elders, _evaluate(ratio, moved)])
    best = _best(values)[:keep]
    if values[best[0]] == -np.inf:
        raise ValueError("adversarial_search: the hypothesis was active at no point of the box")
    return points[best], values[best]


def _best(values):
    """Order of the values, best first; what agrees within 1e-9 of the best stays in the order of visit."""
    top = values.max()
    rank = np.where(values >= top - TIE * abs(top), top, values) if np.isfinite(top) else values
    return np.argsort(-rank, kind="stable")


def _evaluate(ratio, points):
    values = np.asarray(ratio(points), dtype=float)
    if values.shape != points.shape[:1]:
        raise ValueError(f"ratio: returned shape {values.shape}, expected {points.shape[:1]}")
    return np.where(np.isnan(values), -np.inf, values)

"""Instances of notebook 16: pairs whose answers are covered worse than their responses."""

from typing import NamedTuple

import numpy as np

from covtheory.instances.pair import Pair
from covtheory.validation import count, in_range, threshold


class Graded(NamedTuple):
    """A pair on responses together with the answer (0, 1, ...) of every response."""

    pair: Pair
    answers: np.ndarray


def printed_counterexample(N: float = 2.0, eps: float = 0.1) -> Graded:
    """``pi_D = (1-eps, eps, 0)``, ``pi = (1/N, 0, 1-1/N)``, the first two share an answer: ``Cov^ans_N = 1``.

    ``Cov_N = eps``, for every ``N > 1`` and ``0 < eps < 1``: the first response has ratio ``(1-eps) N < N``.

    Examples
    --------
    >>> pair, answers = printed_counterexample()
    >>> pair.pi_D, pair.pi, answers
    (array([0.9, 0.1, 0. ]), array([0.5, 0. , 0.5]), array([0, 0, 1]))
    """
    N, eps = float(threshold("N", N, strict=True)), float(in_range("eps", eps, 0, 1, open_ends=True))
    return Graded(Pair([1 - eps, eps, 0.0], [1 / N, 0.0, 1 - 1 / N]), np.array([0, 0, 1]))


def sharp_merge(cov: float, gamma: float, N: float) -> Graded:
    """Extremal for ``Cov^ans_N <= P[r > gamma] / (1 - gamma/N)`` with ``P[r > gamma] = cov``: equality.

    Responses: one that the model lacks (mass ``cov``), one with ratio ``gamma``, one where they make up the rest; the
    first two share an answer.

    Raises
    ------
    ValueError
        Unless ``1 < gamma < N`` and ``0 < cov <= 1 - gamma/N``.

    Examples
    --------
    >>> pair, answers = sharp_merge(0.25, 2.0, 4.0)
    >>> pair.pi_D, pair.pi
    (array([0.25, 0.25, 0.5 ]), array([0.   , 0.125, 0.875]))
    """
    N = float(threshold("N", N, strict=True))
    gamma = float(in_range("gamma", gamma, 1, N, open_ends=True))
    cov = float(in_range("cov", cov, 0, 1 - gamma / N))
    if cov == 0:
        raise ValueError("cov: got 0, expected a positive mass")
    total = min(cov / (1 - gamma / N), 1.0)
    return Graded(Pair([cov, total - cov, 1 - total], [0.0, (total - cov) / gamma, 1 - (total - cov) / gamma]),
                  np.array([0, 0, 1]))


def answer_maps(R: int) -> np.ndarray:
    """All answer maps of ``R`` responses up to renaming (set partitions), shape ``(Bell(R), R)``.

    Examples
    --------
    >>> answer_maps(3)
    array([[0, 0, 0],
           [0, 0, 1],
           [0, 1, 0],
           [0, 1, 1],
           [0, 1, 2]])
    """
    maps = [[0]]
    for _ in range(count("R", R) - 1):
        maps = [[*row, label] for row in maps for label in range(max(row) + 2)]
    return np.array(maps)

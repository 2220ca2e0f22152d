"""Instances of notebook 01: two-point pairs, equal KL with different tails, the reference token pair."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from covtheory.instances.pair import Pair
from covtheory.validation import count, in_range, threshold


def two_point_pair(a: float, N: float) -> Pair:
    """``P = (a, 1 - a)`` against ``Q = (a/N, 1 - a/N)``: ``Cov_N = a``, extremal for every f-divergence.

    With ``a = p <= 1/2`` it is the pair of Chen et al. 2025, arXiv 2510.15020v2, Prop D.2.

    Examples
    --------
    >>> two_point_pair(0.5, 4).pi
    array([0.125, 0.875])
    """
    a, N = float(in_range("a", a, 0, 1)), float(threshold("N", N))
    return Pair(np.array([a, 1 - a]), np.array([a / N, 1 - a / N]))


class SameKL(NamedTuple):
    """``pi_D`` with models of equal KL (``heavy``, ``broad``) and one of lower KL but a heavy tail (``lower``)."""

    pi_D: np.ndarray
    heavy: np.ndarray
    broad: np.ndarray
    lower: np.ndarray
    low_N: float
    high_N: float


def same_kl_pair(tail: float = 0.05, bulk: float = 0.45, ratio: float = 1000.0) -> SameKL:
    """Three responses ``(tail, bulk, rest)``; the heavy model shrinks the first by ``ratio``, the broad one the second.

    The broad model's factor ``rho`` is solved so that the two KL agree. At ``low_N = rho`` the heavy model is better
    covered (``tail`` against ``bulk``), at ``high_N`` the broad one is (0 against ``tail``). ``lower`` is the heavy
    construction with ``high_N = sqrt(rho ratio)``: smaller KL than ``broad``, yet ``Cov_{high_N} = tail`` against 0.

    Raises
    ------
    ValueError
        ``tail >= bulk``, ``tail + bulk >= 1``, or a ratio for which no ``rho < ratio`` exists.

    Examples
    --------
    >>> found = same_kl_pair()
    >>> kl = lambda q: float((found.pi_D * np.log(found.pi_D / q)).sum())
    >>> abs(kl(found.heavy) - kl(found.broad)) < 1e-14, kl(found.lower) < kl(found.broad)
    (True, True)
    """
    tail, bulk = float(in_range("tail", tail, 0, 1, open_ends=True)), float(in_range("bulk", bulk, 0, 1))
    ratio = float(threshold("ratio", ratio, strict=True))
    if tail >= bulk or tail + bulk >= 1:
        raise ValueError(f"tail: got {tail:g} with bulk {bulk:g}, expected tail < bulk and tail + bulk < 1")
    pi_D = np.array([tail, bulk, 1 - tail - bulk])

    def shrink(index: int, log_factor: float) -> np.ndarray:
        mass = pi_D[index]
        model = pi_D * (1 - mass * np.exp(-log_factor)) / (1 - mass)
        model[index] = mass * np.exp(-log_factor)
        return model

    def gap(log_factor: float) -> float:
        return float((pi_D * np.log(heavy / shrink(1, log_factor))).sum())

    heavy = shrink(0, np.log(ratio))
    if gap(np.log(ratio)) <= 0:
        raise ValueError(f"ratio: got {ratio:g}, expected one with an equal-KL factor below it")
    log_rho = brentq(gap, 0.0, np.log(ratio), xtol=1e-15, rtol=8.9e-16)
    high_N = np.exp(0.5 * (log_rho + np.log(ratio)))
    return SameKL(pi_D, heavy, shrink(1, log_rho), shrink(0, np.log(high_N)), float(np.exp(log_rho)), float(high_N))


def reference_tokens() -> Pair:
    """Token laws whose 60-fold composition notebook 01 tabulates; ratios 5/4, 6/5, 3, 1/6; KL 0.241472 nats.

    Examples
    --------
    >>> p, q = reference_tokens()
    >>> round(float((p * np.log(p / q)).sum()), 6)
    0.241472
    """
    return Pair(np.array([0.5, 0.3, 0.15, 0.05]), np.array([0.4, 0.25, 0.05, 0.30]))


class SameKLTokens(NamedTuple):
    """Token laws ``pi_D``, ``gappy`` and ``broad``; the two models have equal KL."""

    pi_D: np.ndarray
    gappy: np.ndarray
    broad: np.ndarray


def gappy_and_broad(H: int = 60, gap: float = 1e4) -> SameKLTokens:
    """The two models of notebook 01's first picture: tokens of sentences of length ``H``.

    ``pi_D = (.5, .3, .2 - r, r)`` with ``r = 1/(10 H)``, a token that appears once in ten sentences. The gappy model
    gives it ``r/gap``; the broad one tilts the common tokens so that the KL agree.

    Raises
    ------
    ValueError
        ``H`` not a positive whole number, ``gap <= 1``.

    Examples
    --------
    >>> p, gappy, broad = gappy_and_broad()
    >>> bool(np.isclose(p @ np.log(p / gappy), p @ np.log(p / broad), rtol=1e-12)), round(float(p[3] / gappy[3]))
    (True, 10000)
    """
    rare, gap = 1 / (10 * count("H", H)), float(threshold("gap", gap, strict=True))
    pi_D = np.array([0.5, 0.3, 0.2 - rare, rare])
    gappy = pi_D * (1 - rare / gap) / (1 - rare)
    gappy[3] = rare / gap

    def tilted(t: float) -> np.ndarray:
        weights = pi_D * np.exp(t * np.array([1.0, 0.0, -1.0, 0.0]))
        return weights / weights.sum()

    t = brentq(lambda t: float(pi_D @ np.log(gappy / tilted(t))), 0, 3, xtol=1e-15)
    return SameKLTokens(pi_D, gappy, tilted(t))

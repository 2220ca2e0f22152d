"""Relatives of the two-scale theorem: all thresholds at once, online predictors, convex classes (notebook 05).

Notation of :mod:`covtheory.bounds.two_scale`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from covtheory.bounds.two_scale import Terms, entropy, log_inverse, samples, training_coverage, training_excess
from covtheory.validation import count, in_range, threshold


def wellner_tail(n: ArrayLike, a: ArrayLike, lam: ArrayLike) -> np.ndarray:
    """``P[some u >= a has u > lam G_n(u)] <= exp(-n a h(1/lam))``, ``h(x) = 1 - x + x log x``; ``G_n`` uniform cdf.

    Source: Wellner 1978, as proved in this collection, notebook 05, Theorem T2.

    Examples
    --------
    >>> round(float(wellner_tail(200, 0.05, 4.0)), 4)
    0.0177
    """
    return np.exp(-samples(n) * in_range("a", a, 0, 1) * _wellner_rate(lam))


def wellner_exact(n: int, a: float, lam: float) -> float:
    """Exact ``P[some u >= a has u >= lam G_n(u)]`` for ``lam > 1``, by recursion over the counts at ``lam k / n``.

    Nothing of the kind happens iff, for every k with ``b_k = max(a, lam k/n) <= 1``, at least ``k + 1`` of the n
    uniform points lie below ``b_k``. Cost ``O(n^3 / lam)``.

    Source: this collection, notebook 05.

    Examples
    --------
    >>> bool(0.003 < wellner_exact(200, 0.05, 4.0) < wellner_tail(200, 0.05, 4.0))
    True
    """
    n, a, lam = count("n", n), float(in_range("a", a, 0, 1, open_ends=True)), float(threshold("lam", lam, strict=True))
    points = np.arange(n + 1)
    first = int(np.floor(n * a / lam * (1 + 1e-12)))
    below = np.where(points > first, binom.pmf(points, n, a), 0.0)
    place = a
    for k in range(first + 1, int(np.floor(n / lam * (1 + 1e-12))) + 1):
        step = (lam * k / n - place) / (1 - place)
        if step >= 1:
            break
        fresh = binom.pmf(points[None, :] - points[:, None], n - points[:, None], step)
        below = np.where(points > k, below @ fresh, 0.0)
        place = lam * k / n
    return float(1.0 - below.sum())


def all_thresholds(N: ArrayLike, n: ArrayLike, delta: ArrayLike, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                   eps: ArrayLike = 0.0, s: ArrayLike = 0.5, c: ArrayLike = 0.25, lam: ArrayLike = 4.0) -> np.ndarray:
    """Theorem T2: with probability ``1 - delta``, ``Cov_N(pihat)`` is below this for ALL N with (1-2c) log N > m(s).

    ``max{lam F / ((1-2c) log N - m(s)), (3 log N_inf(c log N) + log(4/delta)) / (n h(1/lam))}``.

    Source: this collection, notebook 05, Theorem T2.

    Examples
    --------
    >>> round(float(all_thresholds(1e6, 10_000, 0.05, 32.0, 0.0)), 6)
    0.005171
    """
    L, c = np.log(threshold("N", N)), in_range("c", c, 0, 0.5, open_ends=True)
    F = training_excess(entropy("log_K", log_K) + np.log(2.0), n, delta, eps=eps, s=s)
    noise = 3 * entropy("log_N_inf", log_N_inf) + np.log(4.0) + log_inverse(delta)
    return np.maximum(np.asarray(lam) * training_coverage(F, (1 - 2 * c) * L, s=s),
                      noise / (samples(n) * _wellner_rate(lam)))


def regret_to_coverage(regret: ArrayLike, n: ArrayLike, N: ArrayLike, delta: ArrayLike, *, mixture: bool = True,
                       s: ArrayLike = 0.5, theta: ArrayLike = 1.0) -> np.ndarray:
    """Theorem T3: coverage of online predictors with ``sum_t l_t <= regret``, with probability ``1 - delta``.

    Parameters
    ----------
    mixture : bool
        True: bound ``Cov_N`` of the average predictor (``N > 2 e^m(s)``; default 8). False: bound the average
        ``(1/n) sum_t Cov_N(phat_t)`` (``N > e^m(s)``; default 4).

    Source: this collection, notebook 05, Theorem T3.

    Examples
    --------
    >>> round(float(regret_to_coverage(5.0, 1000, 1e6, 0.05)), 6)
    0.015008
    """
    twice = 2.0 if mixture else 1.0
    L, tail = np.log(threshold("N", N)) - np.log(twice), np.log(2.0) + log_inverse(delta)
    theta = threshold("theta", theta, least=0.0, strict=True)
    hits = training_coverage(threshold("regret", regret, least=0.0) + tail / in_range("s", s, 0, 1), L, s=s)
    return twice * (theta * hits + tail) / (-np.expm1(-theta) * samples(n))


def convex_class(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                 eps: ArrayLike = 0.0, c: ArrayLike = 0.25, theta: ArrayLike = 1.0) -> Terms:
    """Two-scale bound for a CONVEX class that contains ``pi_D``: the fine term falls like ``N^-(1-2c)``.

    With ``M = N^(1-2c) > 1``: ``fine = theta min{1/M, [log(2 K_eps/delta)/n + eps]/(M - 1 - log M)} / (1-e^-theta)``;
    the coarse term is that of :func:`two_scale`.

    Source: this collection, notebook 05, Theorem C (well-specified Chen et al. 2025, arXiv 2510.15020v2, Thm E.1).

    Examples
    --------
    >>> bool(convex_class(1e6, 10_000, 0.05, 32.0, 0.0).fine < 1e-5)
    True
    """
    L, c = np.log(threshold("N", N, strict=True)), in_range("c", c, 0, 0.5, open_ends=True)
    log_M, tail = (1 - 2 * c) * L, np.log(2.0) + log_inverse(delta)
    theta = threshold("theta", theta, least=0.0, strict=True)
    n, scale = samples(n), -np.expm1(-theta)
    F = (entropy("log_K", log_K) + tail) / n + threshold("eps", eps, least=0.0)
    training = np.minimum(np.exp(-log_M), F / (np.expm1(log_M) - log_M))
    coarse = (entropy("log_N_inf", log_N_inf) + tail) / (n * scale)
    return Terms(theta * training / scale, coarse + np.zeros_like(training))


def _wellner_rate(lam: ArrayLike) -> np.ndarray:
    x = 1.0 / threshold("lam", lam, strict=True)
    return 1.0 - x + x * np.log(x)

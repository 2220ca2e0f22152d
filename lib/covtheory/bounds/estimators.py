"""What holds for every estimator: minimax lower bounds for coverage, change of measure, online Hellinger (notebook 04).

``D_H2`` is unnormalised, in [0, 2]. Every bound is the formula itself and may exceed one.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import alarm, in_range, threshold


def proper_lower(K: ArrayLike, n: ArrayLike, c: ArrayLike = 1.0) -> np.ndarray:
    """Least worst-case ``E Cov_N``, every ``N > 1``, of proper estimators on ``K`` tied hypotheses.

    ``(1 - (1 - (1-q)^K)/(K q)) (1 - q^(1/n))`` with ``q = c/K``, the chance that a rare event stays unseen;
    ``c = 1`` gives ``(1 - 1/K)^K (1 - K^(-1/n))``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> float(proper_lower(2, 1))
    0.125
    """
    K, n = threshold("K", K, least=2.0), threshold("n", n)
    q = in_range("c/K", threshold("c", c, least=0.0, strict=True) / K, 0, 1, open_ends=True)
    success = -np.expm1(K * np.log1p(-q)) / (K * q)
    return (1 - success) * -np.expm1(np.log(q) / n)


def any_lower(m: ArrayLike, n: ArrayLike, N: ArrayLike, B: ArrayLike, mu: ArrayLike | None = None) -> np.ndarray:
    """Least worst-case ``E Cov_N`` of ANY estimator on ``m`` rare contexts with ``B`` labels each.

    ``m mu (1 - mu)^n (1 - (ceil(N) - 1)/B)``, context mass ``mu`` (``1/n`` by default), ``|Pi| = B^m``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> float(any_lower(2, 2, 4, 8))
    0.15625
    """
    m, n, N = threshold("m", m), threshold("n", n), threshold("N", N)
    mass = 1 / n if mu is None else in_range("mu", mu, 0, 1)
    in_range("m mu", m * mass, 0, 1 + 1e-12)
    free = 1 - (np.ceil(N) - 1) / threshold("B", B)
    with np.errstate(divide="ignore"):
        return m * mass * np.exp(n * np.log1p(-mass)) * np.maximum(free, 0.0)


def change_of_measure(mean_Q: ArrayLike, D_H2: ArrayLike, R: ArrayLike = 1.0) -> np.ndarray:
    """``E_P h <= 3 E_Q h + 4 R D_H2(P, Q)`` for ``0 <= h <= R``.

    Source: Foster, Kakade, Qian & Rakhlin, arXiv 2112.13487v3, Lemma A.11.

    Examples
    --------
    >>> float(change_of_measure(0.1, 0.05).round(6))
    0.5
    """
    return 3 * threshold("mean_Q", mean_Q, least=0.0) + 4 * threshold("R", R, least=0.0) * in_range("D_H2", D_H2, 0, 2)


def change_of_measure_sharp(mean_Q: ArrayLike, D_H2: ArrayLike, R: ArrayLike = 1.0) -> np.ndarray:
    """``E_P h <= 3 E_Q h + 1.5 R D_H2(P, Q)`` for ``0 <= h <= R``; 1.5 is the least constant.

    Source: this collection, notebook 04 (``P - 3 Q <= 1.5 (sqrt P - sqrt Q)^2`` outcome by outcome).

    Examples
    --------
    >>> float(change_of_measure_sharp(0.1, 0.05).round(6))
    0.375
    """
    mean_Q, R = threshold("mean_Q", mean_Q, least=0.0), threshold("R", R, least=0.0)
    return 3 * mean_Q + 1.5 * R * in_range("D_H2", D_H2, 0, 2)


def change_of_measure_coverage(D_H2: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= 1.5 D_H2/(1 - 3/N)``, ``N > 3``: change of measure for the event that the ratio is at least ``N``.

    Source: this collection, notebook 04.

    Examples
    --------
    >>> round(float(change_of_measure_coverage(0.1, 6.0)), 6)
    0.3
    """
    return 1.5 * in_range("D_H2", D_H2, 0, 2) / (1 - 3 / threshold("N", N, least=3.0, strict=True))


def online_hellinger(regret: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """``sum_t D_H2(pi_D, phat_t) <= regret + 2 log(1/delta)`` with probability at least ``1 - delta``, any predictor.

    Source: Foster, Kakade, Qian & Rakhlin, arXiv 2112.13487v3, Lemma A.14.

    Examples
    --------
    >>> round(float(online_hellinger(1.0, 0.1)), 6)
    5.60517
    """
    return np.asarray(regret, dtype=float) - 2 * np.log(alarm(delta))

"""The two-scale coverage theorem of maximum likelihood, lemma by lemma, with every constant explicit (notebook 19).

``l = log(pi_D / pi)``; ``pihat`` maximises the likelihood of ``n`` samples over a class that contains ``pi_D``.
Entropies are natural logarithms of sizes: ``log_K`` of a one-sided cover (``pi <= e^eps pi'``, ``pi'`` of mass at most
one), ``log_N_inf`` of a net in the sup-log distance at scale ``rho``. Both must hold outside ONE null set of P that
serves the whole class: a null set that moves with the model may move with the data. ``delta=None`` asks for the bound
on the expectation: a bound ``a + b log(1/delta)`` that holds for every ``delta`` integrates to ``a + b``.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, threshold

Entropy = Callable[[np.ndarray], np.ndarray]


class Terms(NamedTuple):
    """The two terms of the bound: ``fine`` (divided by log N) and ``coarse`` (a net at scale ~ log N)."""

    fine: np.ndarray
    coarse: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """The bound on the coverage."""
        return self.fine + self.coarse


def truncation_level(s: ArrayLike) -> np.ndarray:
    """Least truncation of Lemma 1, ``m(s) = log(1/(1-s)) / s`` nats; at least one, ``log 4`` at ``s = 1/2``.

    Source: this collection, notebook 19, Lemma 1 (s = 1/2: Chen et al. 2025, arXiv 2510.15020v2, Lemma H.1).

    Examples
    --------
    >>> round(float(np.exp(truncation_level(0.5))), 9)
    4.0
    """
    s = in_range("s", s, 0, 1, open_ends=True)
    return -np.log1p(-s) / s


def truncated_mgf(p_m: ArrayLike, s: ArrayLike, m: ArrayLike | None = None) -> np.ndarray:
    """Lemma 1: ``E e^(-s min(l, m)) <= 1 - p_m (1 - s - e^(-s m)) <= 1``, ``p_m = P[l >= m]``, ``m >= m(s)``.

    Source: this collection, notebook 19, Lemma 1.

    Examples
    --------
    >>> float(truncated_mgf(0.5, 0.5, np.inf))
    0.75
    """
    least = truncation_level(s)
    m = least if m is None else np.asarray(m, dtype=float)
    if np.any(m < least * (1 - 1e-12)):
        raise ValueError(f"m: got {np.min(m):.6g}, expected m >= log(1/(1-s))/s")
    return 1.0 - in_range("p_m", p_m, 0, 1) * np.maximum(1.0 - np.asarray(s) - np.exp(-np.asarray(s) * m), 0.0)


def training_excess(log_K: ArrayLike, n: ArrayLike, delta: ArrayLike | None, *, eps: ArrayLike = 0.0,
                    s: ArrayLike = 0.5) -> np.ndarray:
    """``F = log(K_eps / delta) / (s n) + eps`` of Lemma 2: no model overfits by more than ``n F`` truncated nats.

    Source: this collection, notebook 19, Lemma 2.

    Examples
    --------
    >>> round(float(training_excess(0.0, 100, 0.05)), 6)
    0.059915
    """
    s = in_range("s", s, 0, 1)
    return (entropy("log_K", log_K) + log_inverse(delta)) / (s * samples(n)) + threshold("eps", eps, least=0.0)


def training_coverage(F: ArrayLike, t: ArrayLike, *, s: ArrayLike = 0.5, kappa: ArrayLike = 0.0) -> np.ndarray:
    """Lemma 2: fraction of TRAINING points with ``l >= t`` is at most ``(F + kappa)_+ / (t - m(s))``, ``t > m(s)``.

    ``kappa`` is the model's mean training log-ratio; at most 0 for the MLE, at most the optimisation gap in general.

    Source: this collection, notebook 19, Lemma 2.

    Examples
    --------
    >>> float(training_coverage(0.1, np.log(4.0) + 2.0))
    0.05
    """
    room = np.asarray(t, dtype=float) - truncation_level(s)
    if np.any(room <= 0):
        raise ValueError(f"t: got {np.min(t):.6g}, expected t > m(s) = {np.max(truncation_level(s)):.6g}")
    return np.maximum(np.asarray(F, dtype=float) + kappa, 0.0) / room


def relative_chernoff(hit_fraction: ArrayLike, log_K: ArrayLike, n: ArrayLike, delta: ArrayLike | None,
                      theta: ArrayLike = 1.0) -> np.ndarray:
    """Lemma 3: for K fixed sets, ``P(A) <= [theta Phat(A) + log(K/delta)/n] / (1 - e^(-theta))`` for all of them.

    Source: this collection, notebook 19, Lemma 3.

    Examples
    --------
    >>> round(float(relative_chernoff(0.0, 0.0, 100, 0.05, 50.0)), 6)  # log(1/delta)/n
    0.029957
    """
    theta = threshold("theta", theta, least=0.0, strict=True)
    noise = (entropy("log_K", log_K) + log_inverse(delta)) / samples(n)
    return (theta * in_range("hit_fraction", hit_fraction, 0, 1) + noise) / -np.expm1(-theta)


def coefficients(N: ArrayLike, s: ArrayLike = 0.5, c: ArrayLike = 0.25, theta: ArrayLike = 1.0) -> Terms:
    """What multiplies ``log K_eps / n`` and ``log N_inf / n`` in :func:`two_scale`.

    Raises
    ------
    ValueError
        Unless ``(1 - 2c) log N > m(s)``: for the default constants, ``N > 16``.

    Source: this collection, notebook 19, Theorem T1.

    Examples
    --------
    >>> [round(float(v), 3) for v in coefficients(1e6)]
    [0.573, 1.582]
    """
    L, c = np.log(threshold("N", N)), in_range("c", c, 0, 0.5, open_ends=True)
    room = (1 - 2 * c) * L - truncation_level(s)
    if np.any(room <= 0):
        raise ValueError(f"N: got {np.min(N):.6g}, expected (1 - 2c) log N > m(s) = {np.max(truncation_level(s)):.6g}")
    theta = threshold("theta", theta, least=0.0, strict=True)
    scale = -np.expm1(-theta)
    return Terms(theta / (scale * np.asarray(s) * room), np.ones_like(room) / scale)


def two_scale(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, log_K: ArrayLike, log_N_inf: ArrayLike, *,
              eps: ArrayLike = 0.0, s: ArrayLike = 0.5, c: ArrayLike = 0.25, theta: ArrayLike = 1.0,
              kappa: ArrayLike = 0.0) -> Terms:
    """Theorem T1: with probability ``1 - delta``, ``Cov_N(pihat)`` is at most the sum of the two terms.

    ``fine = theta F / ((1-e^-theta) ((1-2c) log N - m(s)))`` with ``F = log(2 K_eps/delta)/(s n) + eps + kappa``;
    ``coarse = log(2 N_inf(c log N)/delta) / ((1-e^-theta) n)``.

    Parameters
    ----------
    N : array_like
        Thresholds with ``(1 - 2c) log N > m(s)`` (default: ``N > 16``).
    log_K, log_N_inf : array_like
        Log sizes of the one-sided cover at ``eps`` and of the net at scale ``c log N``.
    kappa : array_like
        Excess training log-loss per sample over ``pi_D`` (0 for the exact MLE).

    Source: this collection, notebook 19, Theorem T1 (the form of Chen et al. 2025, arXiv 2510.15020v2, Thm 4.1).

    Examples
    --------
    >>> round(float(two_scale(1e6, 10_000, 0.05, 32.0, 0.0).total), 6)
    0.002629
    """
    fine, coarse = coefficients(N, s, c, theta)
    excess = entropy("log_K", log_K) + np.log(2.0) + log_inverse(delta)
    slack = np.asarray(s) * (threshold("eps", eps, least=0.0) + threshold("kappa", kappa, least=0.0))
    noise = entropy("log_N_inf", log_N_inf) + np.log(2.0) + log_inverse(delta)
    return Terms(fine * (excess / samples(n) + slack), coarse * noise / samples(n))


def two_scale_paper(N: ArrayLike, n: ArrayLike, delta: ArrayLike, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                    eps: ArrayLike = 0.0, c: ArrayLike = 0.25) -> Terms:
    """The constants that the paper's proof yields when they are kept; ``(1 - 2c) log N > log 4``.

    Here ``log_K`` is the log size of a two-sided sup-log net at ``eps``. Prop H.1 enters with the ``2 log(1/delta)`` of
    its proof: the ``log(1/delta)`` that is printed is too small.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Thm 4.1 (Props H.1 and H.2, constants restored by this collection).

    Examples
    --------
    >>> round(float(two_scale_paper(1e6, 10_000, 0.05, 32.0, 0.0).total), 6)
    0.009597
    """
    room = (1 - 2 * in_range("c", c, 0, 0.5, open_ends=True)) * np.log(threshold("N", N)) - np.log(4.0)
    if np.any(room <= 0):
        raise ValueError(f"N: got {np.min(N):.6g}, expected (1 - 2c) log N > log 4")
    n, tail = samples(n), np.log(2.0) + log_inverse(delta)
    fine = 4 / room * (tail + entropy("log_K", log_K) + n * threshold("eps", eps, least=0.0)) / n
    return Terms(fine, 16 * (entropy("log_N_inf", log_N_inf) + np.log(2.0) + tail) / n)


def best_theta(ratio: np.ndarray) -> np.ndarray:
    """Solve ``e^theta - 1 - theta = ratio`` (increasing in theta) by bisection on [1e-6, 60]: any theta is valid."""
    low, high = np.full_like(ratio, 1e-6), np.full_like(ratio, 60.0)
    for _ in range(80):
        middle = (low + high) / 2
        above = np.expm1(middle) - middle > ratio
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return high


def samples(n: ArrayLike) -> np.ndarray:
    """Check a sample size (any real number >= 1)."""
    return threshold("n", n)


def entropy(name: str, values: ArrayLike) -> np.ndarray:
    """Check a log size (>= 0; infinity allowed)."""
    return threshold(name, values, least=0.0)


def log_inverse(delta: ArrayLike | None) -> np.ndarray | float:
    """``log(1/delta)``; one for the expectation."""
    return 1.0 if delta is None else -np.log(in_range("delta", delta, 0, 1, open_ends=True))

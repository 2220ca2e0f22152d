"""Maximum likelihood when no model is the data policy: its loss, and what log N or convexity save (notebook 07)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from covtheory.bounds.divergences import phi_s
from covtheory.validation import count, in_range, threshold


class ConvexTerms(NamedTuple):
    """Coverage of the comparator, a term that falls like N'/N, and the price of a net."""

    comparator: np.ndarray
    fine: np.ndarray
    coarse: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """The bound on the coverage."""
        return self.comparator + self.fine + self.coarse


def coin_divergence(alpha: ArrayLike) -> np.ndarray:
    """``kappa(alpha) = KL(Ber(1/2) || Ber(e^-alpha / 2)) = -log(1 - (1 - e^-alpha)^2) / 2``, nats.

    On [0, 1] it lies between ``(1 - 1/e)^2 alpha^2 / 2`` and ``alpha^2 / 2``.

    Source: this collection, notebook 07, Theorem 1.

    Examples
    --------
    >>> round(float(coin_divergence(1.0)), 4)
    0.2551
    """
    return -0.5 * np.log1p(-np.expm1(-threshold("alpha", alpha, least=0.0)) ** 2)


def printed_mass(alpha: ArrayLike, log_M: ArrayLike) -> np.ndarray:
    """``p = alpha^2 / (32 log M)``, the mass of the rare prompt in the paper's proof.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop E.1.

    Examples
    --------
    >>> float(printed_mass(1.0, 4.0))
    0.0078125
    """
    return in_range("alpha", alpha, 0, 1) ** 2 / (32 * threshold("log_M", log_M, least=0.0, strict=True))


def largest_mass(alpha: ArrayLike, log_M: ArrayLike) -> np.ndarray:
    """``p = kappa / (kappa + log M)``: up to here ``P[MLE = pi_2] >= 1/4`` for every n.

    Source: this collection, notebook 07, Theorem 1.

    Examples
    --------
    >>> bool(largest_mass(1.0, 4.0) > 7 * printed_mass(1.0, 4.0))
    True
    """
    kappa = coin_divergence(in_range("alpha", alpha, 0, 1))
    return kappa / (kappa + threshold("log_M", log_M, least=0.0, strict=True))


def selection_floor(alpha: ArrayLike, log_M: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``P[MLE = pi_2] >= (1 - p (kappa + log M) / (2 kappa)) / 2`` for every sample size, if ``log M > alpha``.

    Source: this collection, notebook 07, Theorem 1 (the corrected Prop E.1 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> round(float(selection_floor(1.0, 4.0, largest_mass(1.0, 4.0))), 9)
    0.25
    """
    scale = largest_mass(alpha, log_M)
    return np.maximum(1 - in_range("p", p, 0, 1) / (2 * scale), 0.0) / 2


def finite_misspecified(N: ArrayLike, n: ArrayLike, delta: ArrayLike, size: ArrayLike, kappa: ArrayLike,
                        s: ArrayLike = 0.5) -> np.ndarray:
    """``Cov_N(pi) <= (s kappa + log(size/delta)/n) / phi_s(N)``, ``phi_s(N) = 1 - s + s/N - N^-s``, ``0 < s < 1``.

    With probability ``1 - delta`` for all models of a finite class at once; ``kappa`` is the model's mean training
    log-ratio to ``pi_D`` (any sign). As ``s -> 0``, ``phi_s(N)/s -> log N - 1 + 1/N``: kappa is divided by log N.

    Source: this collection, notebook 07, Theorem 2.

    Examples
    --------
    >>> tuned = finite_misspecified(1e6, 1e6, 0.05, 2, 0.1, s=[0.5, 0.05])
    >>> bool(tuned[1] < 0.4 * tuned[0])
    True
    """
    phi = phi_s(s, threshold("N", N, strict=True))
    noise = (np.log(threshold("size", size)) - np.log(_delta(delta))) / threshold("n", n)
    return np.maximum(np.asarray(s) * np.asarray(kappa, dtype=float) + noise, 0.0) / phi


def comparator_excess(renyi: ArrayLike, order: ArrayLike, n: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Mean training log-ratio of one fixed model: at most ``D_order + log(1/delta) / ((order - 1) n)``, order > 1.

    ``D_order`` is the Renyi divergence of ``pi_D`` from the model, nats; holds with probability ``1 - delta``.

    Source: this collection, notebook 07, Theorem 2.

    Examples
    --------
    >>> round(float(comparator_excess(0.1, 2.0, 100, 0.05)), 6)
    0.129957
    """
    lam = threshold("order", order, least=1.0, strict=True) - 1
    return threshold("renyi", renyi, least=0.0) - np.log(_delta(delta)) / (lam * threshold("n", n))


def convex_misspecified(N: ArrayLike, n: ArrayLike, delta: ArrayLike, log_K: ArrayLike, log_N_inf: ArrayLike, *,
                        scale: ArrayLike, comparator: ArrayLike = 0.0, N_prime: ArrayLike = 1.0,
                        eps: ArrayLike = 0.0, gap: ArrayLike = 0.0, theta: ArrayLike = 1.0) -> ConvexTerms:
    """``Cov_N(pihat) <= Cov_N'(pi_star) + fine + coarse`` with probability ``1 - delta`` over a CONVEX class.

    ``pi_star`` is the class's KL projection of ``pi_D``. With ``M = e^(-2 scale) N/N' > 1``,
    ``F = log(2 K_eps/delta)/n + eps`` and ``c = 1/(1 - e^-theta)``:
    ``fine = c theta min{(1+gap)/M, (F+gap)/(M-1-log M)}``, ``coarse = c log(2 N_inf(scale)/delta)/n``.

    Parameters
    ----------
    log_K : array_like
        Log size of a one-sided cover inside the class: ``pi <= e^eps pi'`` wherever ``pi_D > 0``, or outside one null
        set of P that serves the whole class (a null set of each model's own may move with the data).
    log_N_inf : array_like
        Log size of a sup-log net of radius ``scale``, in the same sense.
    comparator : array_like
        ``Cov_N'(pi_star)``.
    gap : array_like
        First-order gap of the fit: ``mean of pi/pihat over the training points <= 1 + gap`` for every model ``pi``.

    Raises
    ------
    ValueError
        Unless ``N > e^(2 scale) N'``.

    Source: this collection, notebook 07, Theorem 3 (the form of Chen et al. 2025, arXiv 2510.15020v2, Thm E.1).

    Examples
    --------
    >>> [round(float(v), 6) for v in convex_misspecified(1e6, 1000, 0.05, 5.0, 2.0, scale=1.0, N_prime=4.0)]
    [0.0, 0.0, 0.009]
    """
    room = np.log(threshold("N", N)) - np.log(threshold("N_prime", N_prime)) - 2 * threshold("scale", scale, least=0.0)
    if np.any(room <= 0):
        raise ValueError(f"N: got {np.min(N):.6g}, expected N > e^(2 scale) N'")
    n, gap = threshold("n", n), threshold("gap", gap, least=0.0)
    tail = np.log(2.0) - np.log(_delta(delta))
    theta = threshold("theta", theta, least=0.0, strict=True)
    c = -1.0 / np.expm1(-theta)
    F = (threshold("log_K", log_K, least=0.0) + tail) / n + threshold("eps", eps, least=0.0)
    training = np.minimum((1 + gap) * np.exp(-room), (F + gap) / (np.expm1(room) - room))
    coarse = c * (threshold("log_N_inf", log_N_inf, least=0.0) + tail) / n
    return ConvexTerms(in_range("comparator", comparator, 0, 1), c * theta * training, coarse)


def mixture_cover(k: int, grid: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """``(eps, log_K)`` of a one-sided cover of all mixtures of k laws, whatever the laws are.

    Weights are rounded up to multiples of 1/grid and renormalised to ``grid + k - 1`` parts, so that
    ``w <= e^eps w'`` with ``eps = log(1 + (k-1)/grid)``; there are ``C(grid + 2k - 2, k - 1)`` such w'.

    Source: this collection, notebook 07, Theorem 3.

    Examples
    --------
    >>> eps, log_K = mixture_cover(2, 9)
    >>> round(float(np.exp(eps)), 6), round(float(np.exp(log_K)), 6)
    (1.111111, 11.0)
    """
    k, grid = count("k", k), threshold("grid", grid)
    size = gammaln(grid + 2 * k - 1) - gammaln(k) - gammaln(grid + k)
    return np.log1p((k - 1) / grid), np.maximum(size, 0.0)


def _delta(delta: ArrayLike) -> np.ndarray:
    return in_range("delta", delta, 0, 1, open_ends=True)

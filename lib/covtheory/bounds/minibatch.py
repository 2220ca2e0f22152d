"""Normalised SGD with the paper's minibatch term ``B/(K log N)``, all constants explicit (notebook 09, Theorem 1b).

Symbols as in :mod:`covtheory.bounds.one_pass`. A bound may exceed one.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.one_pass import stopped_price
from covtheory.validation import nonnegative, positive, threshold


def variance_by_divergence(B: ArrayLike, J: ArrayLike) -> np.ndarray:
    """``Var_p <phi, Delta> <= 4 B J/(1 - e^{-4B})``, ``||phi|| <= B``, ``||Delta|| <= 2``, ``J = KL(p||q) + KL(q||p)``.

    ``q`` is the softmax whose logits are those of ``p`` minus ``<phi, Delta>``. Attained for rare events.

    Source: this collection (notebook 09, Lemma E).

    Examples
    --------
    >>> round(float(variance_by_divergence(1.0, 1.0)), 4)
    4.0746
    """
    B = positive("B", B)
    return 4 * B * nonnegative("J", J) / -np.expm1(-4 * B)


def batch_overshoot(B: ArrayLike, K: ArrayLike) -> np.ndarray:
    """``E (-<xi, Delta> - J/2)_+ <= 16 B/(3 e K)``, ``xi`` and ``J`` means over ``K`` sequences; for ``B >= 1``.

    Source: this collection (notebook 09, Lemma F).

    Examples
    --------
    >>> round(float(batch_overshoot(1.0, 1)), 4)
    1.962
    """
    return 16 * threshold("B", B) / (3 * np.e * threshold("K", K))


def minibatch_stopped(
    sigma_sq: ArrayLike, B: ArrayLike, T: ArrayLike, K: ArrayLike, N: ArrayLike, eta: ArrayLike, lam: ArrayLike,
    w0: ArrayLike = 4.0,
) -> np.ndarray:
    """``(1/T) sum_t E min(J_t, log N)`` of normalised SGD with minibatch ``K``; the last term is ``512 B/(9 e K)``.

    Range and errors as of :func:`covtheory.bounds.one_pass.normalized_stopped`; the length does not occur.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Thm 5.1; constants of this collection (notebook 09, Theorem 1b).

    Examples
    --------
    >>> round(float(minibatch_stopped(0.0, 1.0, 10**6, 1000, np.e, 1 / 32, 2.0)), 6)
    0.022294
    """
    B, L = threshold("B", B), np.log(threshold("N", N, strict=True))
    eta, lam, T, K = positive("eta", eta), positive("lam", lam), threshold("T", T), threshold("K", K)
    if (eta > (1 + 1e-12) / (32 * B)).any() or (lam < 2 * B * L * (1 - 1e-12)).any():
        raise ValueError(f"eta, lam: got {eta} and {lam}, expected eta <= 1/(32 B) and lam >= 2 B log N")
    s, scale = nonnegative("sigma_sq", sigma_sq), 16 * lam / (3 * eta)
    step = 4 * eta**2 * s / (K * lam**2) + 256 * eta**3 * s / lam
    gain = L * (1 + 4 * L) * s / lam**2
    return scale * (nonnegative("w0", w0) / T + step + 2 * eta * batch_overshoot(B, K) / lam) + gain


def minibatch_coverage(
    sigma_sq: ArrayLike, B: ArrayLike, T: ArrayLike, K: ArrayLike, N: ArrayLike, eta: ArrayLike, lam: ArrayLike,
    w0: ArrayLike = 4.0,
) -> np.ndarray:
    """``(1/T) sum_t E Cov_N(theta_t)``: :func:`minibatch_stopped` times the price of coverage, ``stopped_price``.

    Examples
    --------
    >>> bool(minibatch_coverage(0.0, 1.0, 10**6, 1000, 16, 1 / 128, np.log(16) * 8) < 1)
    True
    """
    return stopped_price(N) * minibatch_stopped(sigma_sq, B, T, K, N, eta, lam, w0)

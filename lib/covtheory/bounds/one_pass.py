"""One-pass training: what SGD guarantees, what its failure instances need, what normalisation guarantees.

Throughout ``||theta|| <= 1``, ``||phi|| <= B``, sequences of ``H`` tokens, ``sigma_sq`` the inherent variance,
``w0 = ||theta^0 - theta_star||^2 <= 4``. A bound may exceed one.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.divergences import kl_price
from covtheory.validation import nonnegative, positive, threshold

SHARE_CUBE = 4.0 * 2.0 ** (2.0 / 3.0)
"""``64^{1/3} 2^{2/3}``, from the geometric mean of two bounds."""


def gradient_second_moment(sigma_sq: ArrayLike, B: ArrayLike, H: ArrayLike, G: ArrayLike) -> np.ndarray:
    """``E ||g||^2 <= 2 sigma_sq + 2 H B^2 G``, ``G = <grad KL(theta), theta - theta_star>``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, proof of Prop 5.1; proved in notebook 08.

    Examples
    --------
    >>> float(gradient_second_moment(1.0, 2.0, 3, 0.5))
    14.0
    """
    return 2 * nonnegative("sigma_sq", sigma_sq) + 2 * positive("H", H) * positive("B", B) ** 2 * nonnegative("G", G)


def sgd_average_kl(sigma_sq: ArrayLike, eta: ArrayLike, T: ArrayLike, w0: ArrayLike = 4.0) -> np.ndarray:
    """``(1/T) sum_t E KL(pi_D || pi_theta_t) <= w0/(eta T) + 2 eta sigma_sq`` for ``eta <= 1/(2 H B^2)``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop 5.1.

    Examples
    --------
    >>> round(float(sgd_average_kl(1.0, 0.125, 100)), 9)
    0.57
    """
    eta = positive("eta", eta)
    return nonnegative("w0", w0) / (eta * threshold("T", T)) + 2 * eta * nonnegative("sigma_sq", sigma_sq)


def sgd_average_kl_sharp(
    sigma_sq: ArrayLike, eta: ArrayLike, T: ArrayLike, smoothness: ArrayLike, w0: ArrayLike = 4.0
) -> np.ndarray:
    """``(w0/(eta T) + 2 eta sigma_sq)/(2 - 2 eta smoothness)`` for ``eta < 1/smoothness``, ``smoothness = H B^2``.

    Bounds what :func:`sgd_average_kl` bounds, and is half of it for small steps.

    Source: this collection (notebook 08, Theorem 1).

    Raises
    ------
    ValueError
        A step that is too long.

    Examples
    --------
    >>> round(float(sgd_average_kl_sharp(1.0, 0.125, 100, 2.0)), 9)
    0.38
    """
    room = 1 - positive("eta", eta) * positive("smoothness", smoothness)
    if (room <= 0).any():
        raise ValueError(f"eta: got {eta}, expected eta < 1/smoothness")
    return sgd_average_kl(sigma_sq, eta, T, w0) / (2 * room)


def sgd_average_coverage(
    sigma_sq: ArrayLike, eta: ArrayLike, T: ArrayLike, N: ArrayLike, w0: ArrayLike = 4.0
) -> np.ndarray:
    """The same divided by ``log N - 1 + 1/N``: a bound on ``(1/T) sum_t E Cov_N(theta_t)``.

    Examples
    --------
    >>> round(float(sgd_average_coverage(1.0, 0.1, 100, np.e**2)), 6)
    0.528478
    """
    return sgd_average_kl(sigma_sq, eta, T, w0) / kl_price(threshold("N", N, strict=True))


def mean_difference(sigma_sq: ArrayLike, B: ArrayLike, J: ArrayLike) -> np.ndarray:
    """``||E_p phi - E_q phi|| <= 2 sigma sqrt J + 2 B J``: ``sigma^2`` variance under p, ``J = KL(p||q) + KL(q||p)``.

    Source: this collection (notebook 09); of the form of Lemma I.11 of arXiv 2510.15020v2.

    Examples
    --------
    >>> float(mean_difference(1.0, 2.0, 0.25))
    2.0
    """
    J = nonnegative("J", J)
    return 2 * np.sqrt(nonnegative("sigma_sq", sigma_sq) * J) + 2 * positive("B", B) * J


def normalization_bias(sigma_sq: ArrayLike, B: ArrayLike, K: ArrayLike, lam: ArrayLike) -> np.ndarray:
    """What correlated noise costs in ``E <u, theta_star - theta>``, beyond a quarter of the gain.

    ``(64 B + 4) s/lambda^2 + 6.35 sigma_sq^{1/3} s^{2/3}/lambda^{5/3}``, ``s = sigma_sq/K``.

    Source: this collection (notebook 09).

    Examples
    --------
    >>> round(float(normalization_bias(1.0, 1.0, 1, 10.0)), 6)
    0.816798
    """
    s, lam = nonnegative("sigma_sq", sigma_sq) / threshold("K", K), positive("lam", lam)
    cross = SHARE_CUBE * np.cbrt(nonnegative("sigma_sq", sigma_sq)) * s ** (2 / 3) / lam ** (5 / 3)
    return (64 * positive("B", B) + 4) * s / lam**2 + cross


def normalized_stopped(
    sigma_sq: ArrayLike, B: ArrayLike, T: ArrayLike, K: ArrayLike, N: ArrayLike, eta: ArrayLike, lam: ArrayLike,
    w0: ArrayLike = 4.0,
) -> np.ndarray:
    """``(1/T) sum_t E min(J_t, log N)`` of normalised SGD, ``J_t`` the two-sided KL along a fresh sequence.

    For ``B >= 1``, ``eta <= 1/(32 B)``, ``lambda >= 2 B log N``; the length does not occur.

    Source: this collection (notebook 09), form of Thm 5.1 of Chen et al. 2025, arXiv 2510.15020v2.

    Raises
    ------
    ValueError
        Hyper-parameters outside that range.

    Examples
    --------
    >>> round(float(normalized_stopped(0.0, 1.0, 10**6, 1, np.e, 1 / 32, 2.0)), 9)
    0.0008192
    """
    B, L = threshold("B", B), np.log(threshold("N", N, strict=True))
    eta, lam, T, K = positive("eta", eta), positive("lam", lam), threshold("T", T), threshold("K", K)
    if (eta > (1 + 1e-12) / (32 * B)).any() or (lam < 2 * B * L * (1 - 1e-12)).any():
        raise ValueError(f"eta, lam: got {eta} and {lam}, expected eta <= 1/(32 B) and lam >= 2 B log N")
    s = nonnegative("sigma_sq", sigma_sq)
    first = 3.2 * lam * nonnegative("w0", w0) / (eta * T)
    tail = L * (1 + 4 * L) * s / lam**2 + 819.2 * eta**2 * s + 12.8 * eta * s / (K * lam)
    return first + tail + 6.4 * lam * normalization_bias(s, B, K, lam)


def stopped_price(N: ArrayLike) -> np.ndarray:
    """``1/(log N - 1 + 1/N) + 1/log N``: ``Cov_N`` is at most this times ``E min(log N, sum_h KL_h)`` (notebook 03).

    Examples
    --------
    >>> round(float(stopped_price(16)), 4)
    0.9056
    """
    N = threshold("N", N, strict=True)
    return 1 / kl_price(N) + 1 / np.log(N)


def normalized_coverage(
    sigma_sq: ArrayLike, B: ArrayLike, T: ArrayLike, K: ArrayLike, N: ArrayLike, eta: ArrayLike, lam: ArrayLike,
    w0: ArrayLike = 4.0,
) -> np.ndarray:
    """``(1/T) sum_t E Cov_N(theta_t)`` of normalised SGD: :func:`normalized_stopped` times :func:`stopped_price`.

    Examples
    --------
    >>> bool(normalized_coverage(0.0, 1.0, 10**6, 1, 16, 1 / 128, np.log(16) * 8) < 1)
    True
    """
    return stopped_price(N) * normalized_stopped(sigma_sq, B, T, K, N, eta, lam, w0)

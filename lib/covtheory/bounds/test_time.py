"""Token-level SGD with its decoder, and distillation with truncated gradients (notebook 10).

``B`` bounds the features, ``D`` the distance from the start to the data parameter (at most 2 in the unit ball), and
``sigma_sq`` is the inherent variance ``E sum_h || phi - E phi ||^2``. Outside their range of step sizes the bounds say
nothing and return ``inf``.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from covtheory.validation import threshold


def decoder_jeffreys(eta: ArrayLike, T: ArrayLike, sigma_sq: ArrayLike, B: ArrayLike, D: ArrayLike = 2.0) -> np.ndarray:
    """``(D^2/(eta T) + eta sigma^2) / (2 - eta B^2)``, ``eta < 2/B^2``: average of both KLs of the decoder, nats.

    Source: this collection (Theorem 6.1 of Chen et al. 2025, arXiv 2510.15020v2, with its constants improved).

    Examples
    --------
    >>> float(decoder_jeffreys(0.5, 16, 1.0, 1.0)), float(decoder_jeffreys(2.0, 16, 1.0, 1.0))
    (0.6666666666666666, inf)
    """
    eta, T, sigma_sq, B, D = _arguments(eta=eta, T=T, sigma_sq=sigma_sq, B=B, D=D)
    left = 2.0 - eta * B**2
    return np.where(left > 0, (D**2 / (eta * T) + eta * sigma_sq) / np.where(left > 0, left, 1.0), np.inf)


def decoder_kl_paper(eta: ArrayLike, T: ArrayLike, sigma_sq: ArrayLike, B: ArrayLike) -> np.ndarray:
    """``4/(eta T) + 2 eta sigma^2``, ``eta <= 1/(2 B^2)``: average KL of the decoder, nats.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Theorem 6.1 (the constants of its proof).

    Examples
    --------
    >>> float(decoder_kl_paper(0.5, 16, 1.0, 1.0))
    1.5
    """
    eta, T, sigma_sq, B = _arguments(eta=eta, T=T, sigma_sq=sigma_sq, B=B)
    return np.where(eta * B**2 <= 0.5 * (1 + 1e-12), 4.0 / (eta * T) + 2.0 * eta * sigma_sq, np.inf)


def decoder_step(T: ArrayLike, sigma_sq: ArrayLike, B: ArrayLike, D: ArrayLike = 2.0) -> np.ndarray:
    """Step that minimises :func:`decoder_jeffreys`: ``2/(B^2 + sqrt(B^4 + 4 sigma^2 T/D^2))``, never above ``1/B^2``.

    Source: this collection (notebook 10, Theorem 1).

    Examples
    --------
    >>> float(decoder_step(2, 1.0, 1.0, 1.0)), float(decoder_step(16, 0.0, 2.0))
    (0.5, 0.25)
    """
    T, sigma_sq, B, D = _arguments(T=T, sigma_sq=sigma_sq, B=B, D=D)
    return _best_step(D**2 / T, sigma_sq, B**2)


def decoder_best(T: ArrayLike, sigma_sq: ArrayLike, B: ArrayLike, D: ArrayLike = 2.0) -> np.ndarray:
    """:func:`decoder_jeffreys` at its best step: at most ``D sigma/sqrt T + D^2 B^2/T``, nats.

    ``(D^2 B^2/T + sqrt(D^4 B^4/T^2 + 4 sigma^2 D^2/T))/2``.

    Source: this collection (notebook 10, Theorem 1).

    Examples
    --------
    >>> float(decoder_best(2, 1.0, 1.0, 1.0))
    1.0
    """
    T, sigma_sq, B, D = _arguments(T=T, sigma_sq=sigma_sq, B=B, D=D)
    a = D**2 / T
    return (a * B**2 + np.sqrt((a * B**2) ** 2 + 4.0 * a * sigma_sq)) / 2.0


def mean_shift(sigma_sq: ArrayLike, eps: ArrayLike, B: ArrayLike) -> np.ndarray:
    """``||E_Q phi - E_P phi|| <= 2 sqrt(eps sigma^2) + 2 B eps``, ``eps = KL(P || Q)``, ``sigma^2`` variance under P.

    Source: this collection (replaces the change of measure of Lemma I.11 of Chen et al. 2025, arXiv 2510.15020v2).

    Examples
    --------
    >>> float(mean_shift(1.0, 0.25, 2.0))
    2.0
    """
    sigma_sq, eps, B = _arguments(sigma_sq=sigma_sq, eps=eps, B=B)
    return 2.0 * np.sqrt(eps * sigma_sq) + 2.0 * B * eps


def gradient_moment(A: ArrayLike, sigma_sq: ArrayLike, D_seq: ArrayLike, B: ArrayLike) -> np.ndarray:
    """``E ||g||^2 <= (16 A + 2) sigma^2 + 16 A B^2 D_seq`` for the truncated gradient, ``D_seq`` the stopped KL.

    Source: this collection (Lemma I.11 of Chen et al. 2025, arXiv 2510.15020v2, with its constants improved).

    Examples
    --------
    >>> float(gradient_moment(1.0, 1.0, 0.5, 1.0))
    26.0
    """
    A, sigma_sq, D_seq, B = _arguments(A=A, sigma_sq=sigma_sq, D_seq=D_seq, B=B)
    return (16.0 * A + 2.0) * sigma_sq + 16.0 * A * B**2 * D_seq


def gradient_moment_paper(A: ArrayLike, sigma_sq: ArrayLike, D_seq: ArrayLike, B: ArrayLike) -> np.ndarray:
    """``E ||g||^2 <= (64 A + 2) sigma^2 + 256 A B^2 D_seq``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Lemma I.11.

    Examples
    --------
    >>> float(gradient_moment_paper(1.0, 1.0, 0.5, 1.0))
    194.0
    """
    A, sigma_sq, D_seq, B = _arguments(A=A, sigma_sq=sigma_sq, D_seq=D_seq, B=B)
    return (64.0 * A + 2.0) * sigma_sq + 256.0 * A * B**2 * D_seq


def distilled_stopped_kl(
    eta: ArrayLike, T: ArrayLike, sigma_sq: ArrayLike, A: ArrayLike, B: ArrayLike, D: ArrayLike = 2.0
) -> np.ndarray:
    """``(D^2/(eta T) + eta (16 A + 2) sigma^2) / (2 - 16 eta A B^2)``, ``eta < 1/(8 A B^2)``: average stopped KL, nats.

    Source: this collection (Theorem 6.2 of Chen et al. 2025, arXiv 2510.15020v2, with its constants improved).

    Examples
    --------
    >>> float(distilled_stopped_kl(1 / 16, 64, 1.0, 1.0, 1.0))
    2.125
    """
    eta, T, sigma_sq, A, B, D = _arguments(eta=eta, T=T, sigma_sq=sigma_sq, A=A, B=B, D=D)
    left = 2.0 - 16.0 * eta * A * B**2
    top = D**2 / (eta * T) + eta * (16.0 * A + 2.0) * sigma_sq
    return np.where(left > 0, top / np.where(left > 0, left, 1.0), np.inf)


def distilled_stopped_kl_paper(
    eta: ArrayLike, T: ArrayLike, sigma_sq: ArrayLike, A: ArrayLike, B: ArrayLike
) -> np.ndarray:
    """``4/(eta T) + eta (64 A + 2) sigma^2`` at the printed steps ``eta <= 1/(2 (32 A + 1) B^2)``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Theorem 6.2 (the constants of its proof, whose last step needs
    ``eta <= 1/(256 A B^2)``; for the printed steps this collection's lemma is needed).

    Examples
    --------
    >>> float(distilled_stopped_kl_paper(1 / 66, 66, 0.0, 1.0, 1.0))
    4.0
    """
    eta, T, sigma_sq, A, B = _arguments(eta=eta, T=T, sigma_sq=sigma_sq, A=A, B=B)
    inside = eta * 2.0 * (32.0 * A + 1.0) * B**2 <= 1 + 1e-12
    return np.where(inside, 4.0 / (eta * T) + eta * (64.0 * A + 2.0) * sigma_sq, np.inf)


def distillation_step(T: ArrayLike, sigma_sq: ArrayLike, A: ArrayLike, B: ArrayLike, D: ArrayLike = 2.0) -> np.ndarray:
    """Step that minimises :func:`distilled_stopped_kl`; never above ``1/(16 A B^2)``.

    Source: this collection (notebook 10, Theorem 4).

    Examples
    --------
    >>> float(distillation_step(16, 0.0, 1.0, 1.0))
    0.0625
    """
    T, sigma_sq, A, B, D = _arguments(T=T, sigma_sq=sigma_sq, A=A, B=B, D=D)
    return _best_step(D**2 / T, (16.0 * A + 2.0) * sigma_sq, 16.0 * A * B**2)


def sign_decoder_log(H: ArrayLike, offset: ArrayLike = 4.0, D: ArrayLike = 1.0) -> np.ndarray:
    """Bound on the total KL, nats, of ``H`` signs decoded with steps ``1/(mu (h + offset))``, ``mu = 1/cosh(1)^2``.

    ``2 mu offset D^2 + 2 sum_{h<=H} 1/(h + offset)``, logarithmic in ``H``; ``offset >= 4`` keeps the steps below 1/2.

    Source: this collection (notebook 10, Theorem 3).

    Examples
    --------
    >>> round(float(sign_decoder_log(1000)), 2)
    14.17
    """
    H, offset, D = threshold("H", H), threshold("offset", offset, least=4.0), threshold("D", D, least=0.0)
    return 2.0 * CURVATURE * offset * D**2 + 2.0 * (digamma(H + offset + 1.0) - digamma(offset + 1.0))


def sign_decoder_covered(eta: ArrayLike, H: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``2 sqrt(N) (1 - eta/256)^H``, ``eta <= 1/4``: bound on ``1 - Cov_N`` of ``H`` signs decoded with step ``eta``.

    From any start, data parameter at an end of [-1, 1]: a constant step loses coverage on long texts.

    Source: this collection (notebook 10, Proposition 1).

    Examples
    --------
    >>> round(float(sign_decoder_covered(0.25, 4096, 16)), 3)
    0.146
    """
    eta, H, N = threshold("eta", eta, least=0.0, strict=True), threshold("H", H), threshold("N", N)
    log_bound = np.log(2.0) + np.log(N) / 2.0 + H * np.log1p(-np.minimum(eta, 0.25) / 256.0)
    return np.where(eta <= 0.25, np.exp(log_bound), np.inf)


CURVATURE = float(1.0 / np.cosh(1.0) ** 2)
"""Least curvature of ``log cosh`` on [-1, 1], and the variance of a sign there at the ends: 0.41997..."""


def _best_step(a, b, c):
    """Minimiser of ``(a/eta + b eta)/(2 - c eta)``: the positive root of ``b eta^2 + a c eta = a``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = np.where(np.asarray(b) > 0, 4.0 * b / a, 0.0)
    return 2.0 / (c + np.sqrt(c**2 + noise))


def _arguments(**values):
    """Checked arguments: steps are positive, sample sizes at least one, all else not negative."""
    return tuple(threshold(name, v, least=1.0 if name == "T" else 0.0, strict=name == "eta")
                 for name, v in values.items())

"""Autoregressive linear models: covers, the two-scale theorem for them, bounds in any dimension (notebook 06).

Throughout ``||theta|| <= 1``, ``||phi|| <= B``, ``H`` tokens, ``n`` sequences. A bound may exceed one.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.divergences import kl_price
from covtheory.bounds.two_scale import two_scale
from covtheory.bounds.two_scale_tuned import Tuned, tune
from covtheory.validation import in_range, positive, threshold

GROWTH = 2.0 * (np.exp(0.5) - 1.0)
"""``(e^u - 1)/u`` at ``u = 1/2``."""
CATONI = 1.0 / (1.0 - np.exp(-1.0))
"""``1/(1 - 1/e) = 1.582``."""


def sup_log_distance(distance: ArrayLike, B: ArrayLike, H: ArrayLike) -> np.ndarray:
    """``sup_{x,y} |log pi_theta - log pi_theta'| <= 2 B H ||theta - theta'||``.

    Source: this collection (sharp: the ratio tends to 1 for two tokens with features ``+-B u``).

    Examples
    --------
    >>> float(sup_log_distance(0.1, 2, 10))
    4.0
    """
    return 2.0 * positive("B", B) * threshold("H", H) * threshold("distance", distance, least=0.0)


def log_cover(d: ArrayLike, B: ArrayLike, H: ArrayLike, alpha: ArrayLike) -> np.ndarray:
    """``log N_inf(alpha) <= d log(1 + 4 B H / alpha)``, and 0 once ``alpha >= 2 B H``.

    Source: this collection (form of Chen et al. 2025, arXiv 2510.15020v2, proof of Cor 4.2, with constants).

    Examples
    --------
    >>> float(log_cover(3, 1, 8, 16)), round(float(log_cover(1, 1, 8, 8)), 6)
    (0.0, 1.609438)
    """
    alpha, reach = threshold("alpha", alpha, least=0.0), positive("B", B) * threshold("H", H)
    with np.errstate(divide="ignore"):
        return np.where(alpha >= 2 * reach, 0.0, threshold("d", d) * np.log1p(4 * reach / alpha))


def log_cover_lower(B: ArrayLike, H: ArrayLike, alpha: ArrayLike) -> np.ndarray:
    """Lower bound for ``d = 1``, tokens ``+-1``, ``phi = B y``: ``log((|ell(1) - ell(-1)|) / (2 alpha))``, at least 0.

    ``ell(theta) = -H log(1 + e^{2 B theta})`` is the log probability of all minuses; a net point serves an interval of
    its values of length at most ``2 alpha``. The range is ``2 B H`` exactly.

    Source: this collection: the logarithm of H in the upper bound is not an artefact.

    Examples
    --------
    >>> round(float(log_cover_lower(1, 8, 1)), 6)
    2.079442
    """
    reach = positive("B", B) * threshold("H", H)
    return np.maximum(np.log(reach / positive("alpha", alpha)), 0.0)


def fine_scale(d: ArrayLike, B: ArrayLike, H: ArrayLike, n: ArrayLike, s: ArrayLike = 0.5) -> np.ndarray:
    """The ``eps`` that minimises ``d log(1 + 4BH/eps)/(s n) + eps``: positive root of ``eps (eps + a) = d a/(s n)``.

    Examples
    --------
    >>> round(float(fine_scale(1, 1, 1, 8)), 9)
    0.236067977
    """
    a = 4 * positive("B", B) * threshold("H", H)
    b = threshold("d", d) / (in_range("s", s, 0, 1, open_ends=True) * threshold("n", n))
    return 2 * b * a / (a + np.sqrt(a * a + 4 * a * b))


def ar_linear_coverage(
    d: ArrayLike, B: ArrayLike, H: ArrayLike, n: ArrayLike, N: ArrayLike, delta: ArrayLike | None = None,
    *, gap: ArrayLike = 0.0,
) -> np.ndarray:
    """Two-scale bound on ``Cov_N`` of the maximum-likelihood fit, ``N > 16``, with the cover of :func:`log_cover`.

    ``1.582 (2 [2 (log K_eps + L)/n + eps + gap/n] / log(N/16) + (log K_{(1/4) log N} + L)/n)`` at the best ``eps``;
    ``L = log(2/delta)`` with probability ``1 - delta``, ``L = 1 + log 2`` in mean (``delta`` None). ``gap`` is the
    fit's certified optimality gap in total nats.

    Source: this collection's two-scale theorem (notebook 19); form of Chen et al. 2025, arXiv 2510.15020v2, Cor 4.2.

    Examples
    --------
    >>> round(float(ar_linear_coverage(4, 1.0, 64, 10**5, 2.0**20)), 6)
    0.000674
    """
    eps, kappa = fine_scale(d, B, H, n), threshold("gap", gap, least=0.0) / threshold("n", n)
    log_K, log_net = log_cover(d, B, H, eps), log_cover(d, B, H, 0.25 * np.log(threshold("N", N)))
    return two_scale(N, n, delta, log_K, log_net, eps=eps, kappa=kappa).total


def ar_linear_coverage_tuned(d: int, B: float, H: int, n: int, N: float, delta: float | None = None) -> Tuned:
    """The same with constants tuned to ``(d, B, H, n, N)``: legitimate, as they do not depend on the data; ``N > e``.

    Source: this collection's two-scale theorem (notebook 19).

    Examples
    --------
    >>> round(ar_linear_coverage_tuned(4, 1, 64, 10**5, 2.0**20).total, 6)
    0.00046
    """
    return tune(N, n, delta, lambda alpha: log_cover(d, B, H, alpha))


def inherent_variance_bound(B: ArrayLike, H: ArrayLike) -> np.ndarray:
    """``sigma_star^2 <= B^2 H``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, after Eq. (8).

    Examples
    --------
    >>> float(inherent_variance_bound(2, 8))
    32.0
    """
    return positive("B", B) ** 2 * threshold("H", H)


def training_kl(sigma_sq: ArrayLike, n: ArrayLike, reach: ArrayLike = 2.0) -> np.ndarray:
    """``E (1/n) sum_i sum_h KL_h <= reach sigma_star / sqrt n``: KL of the fit along its own training sequences.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Lemma I.1 (``reach``: largest distance from theta_star to a
    parameter, at most 2 in the unit ball).

    Examples
    --------
    >>> float(training_kl(4.0, 100))
    0.4
    """
    return positive("reach", reach) * np.sqrt(threshold("sigma_sq", sigma_sq, least=0.0) / threshold("n", n))


def stopped_kl_bound(
    sigma_sq: ArrayLike, B: ArrayLike, n: ArrayLike, A: ArrayLike, reach: ArrayLike = 2.0
) -> np.ndarray:
    """``E min{A, sum_h KL_h}`` of the fit on a fresh sequence, in any dimension.

    ``1.582 { (1 + 4 g B^2 v) D sigma/sqrt n + g v sigma^2 + A D^2/(n v) }``, ``g = 2(sqrt e - 1)``; ``D = reach`` is
    the largest distance from theta_star to a parameter and ``v = min{1/(4 B^2), D sqrt(A/(g n sigma^2))}`` the
    variance of the Gaussian that smooths.

    Source: this collection (Chen et al. 2025, arXiv 2510.15020v2, Thm I.1, with constants and a shorter proof).

    Examples
    --------
    >>> round(float(stopped_kl_bound(1.0, 2.0, 10**5, 14.0)), 6)
    0.099604
    """
    sigma_sq, A = threshold("sigma_sq", sigma_sq, least=0.0), positive("A", A)
    B, n, D = positive("B", B), threshold("n", n), positive("reach", reach)
    with np.errstate(divide="ignore"):
        v = np.minimum(0.25 / B**2, D * np.sqrt(A / (GROWTH * n * sigma_sq)))
    on_data = (1 + 4 * GROWTH * B**2 * v) * training_kl(sigma_sq, n, D) + GROWTH * v * sigma_sq
    return CATONI * (on_data + A * D**2 / (n * v))


def dimension_free_coverage(
    sigma_sq: ArrayLike, B: ArrayLike, n: ArrayLike, N: ArrayLike, reach: ArrayLike = 2.0
) -> np.ndarray:
    """``E Cov_N <= (1/A + 1/(log N - 1 + 1/N)) E min{A, sum_h KL_h}``, least over a fixed grid of ``A``; ``N > 1``.

    Source: this collection (Chen et al. 2025, arXiv 2510.15020v2, Thm 4.2, with constants).

    Examples
    --------
    >>> round(float(dimension_free_coverage(1.0, 2.0, 10**5, 10**6)), 6)
    0.014893
    """
    N = threshold("N", N, strict=True)
    A = np.log(N)[..., None] * np.array([0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 4.0])
    sigma_sq, B, n, D = (np.asarray(value, dtype=float)[..., None] for value in (sigma_sq, B, n, reach))
    return ((1 / A + 1 / kl_price(N)[..., None]) * stopped_kl_bound(sigma_sq, B, n, A, D)).min(axis=-1)


def dimension_free_coverage_simple(sigma_sq: ArrayLike, B: ArrayLike, n: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Readable form for ``N >= 8``: ``E Cov_N <= 34 sigma_star / sqrt(n log N) + 70 B^2 / n``.

    From :func:`stopped_kl_bound` at ``A = log N`` (unit ball): its last two terms are at most
    ``4 sqrt g sigma sqrt(A/n) + 16 A B^2/n``, the first at most ``2 (1 + g) sigma/sqrt n``.

    Source: this collection (Chen et al. 2025, arXiv 2510.15020v2, Thm 4.2, with constants).

    Examples
    --------
    >>> round(float(dimension_free_coverage_simple(1.0, 2.0, 10**5, 10**6)), 6)
    0.031726
    """
    sigma_sq, B, n = threshold("sigma_sq", sigma_sq, least=0.0), positive("B", B), threshold("n", n)
    return 34 * np.sqrt(sigma_sq / (n * np.log(threshold("N", N, least=8)))) + 70 * B**2 / n


def signs_lower(m_0: ArrayLike, tail: ArrayLike, eta: ArrayLike, n: ArrayLike) -> np.ndarray:
    """Every learner: ``E Cov_N >= (m_0/(2n)) (P[Lambda >= log N + eta] - e^-eta)_+`` on the signs instance.

    ``tail`` is (a lower bound on) that probability for the Bayes log ratio ``Lambda`` after ``m_0`` useful sequences.

    Source: this collection (Chen et al. 2025, arXiv 2510.15020v2, Prop I.1, with constants and without properness).

    Examples
    --------
    >>> float(signs_lower(4, 0.75, np.log(4), 100))
    0.01
    """
    m_0, eta = threshold("m_0", m_0, least=0.0), positive("eta", eta)
    share = np.minimum(m_0 / threshold("n", n), 1.0)
    return 0.5 * share * np.maximum(in_range("tail", tail, 0, 1) - np.exp(-eta), 0.0)


def length_lower(H: ArrayLike, n: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``E Cov_N >= 0.004 H / (n log N)`` for every learner, on some signs instance with ``d = H``.

    Conditions, checked here: ``N >= 16``, ``H >= 420 log N``, and ``n >= H``; also ``B^2 >= 28 log N``.

    Source: this collection (Chen et al. 2025, arXiv 2510.15020v2, Prop I.1, with constants and without properness).

    Examples
    --------
    >>> round(float(length_lower(2048, 10**4, 16)), 9)
    0.000295464
    """
    N, H, n = threshold("N", N, least=16), threshold("H", H), threshold("n", n)
    if np.any(420 * np.log(N) > H) or np.any(n < H):
        raise ValueError(f"H: got {H.min():.6g}, expected 420 log N <= H <= n")
    return 0.004 * H / (n * np.log(N))

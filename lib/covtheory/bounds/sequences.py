"""Coverage of token sequences: stopped divergences, and the instance on which KL grows with the length (notebook 03).

``D_H2`` is unnormalised as in :mod:`covtheory.bounds.divergences`; the stopped forms use half of it, as the paper does.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.divergences import divergence_argument, kl_to_coverage_simple, log_threshold, price
from covtheory.validation import in_range, threshold


def stopped_kl_to_coverage(D_seq: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= 2 D_seq / (log N - 1)``, ``N > e``, with ``D_seq = E min{log N, sum_h KL_h}``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.10.

    Examples
    --------
    >>> round(float(stopped_kl_to_coverage(0.1, 16)), 6)
    0.112829
    """
    return 2.0 * kl_to_coverage_simple(D_seq, N)


def stopped_kl_to_coverage_sharp(D_seq: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= (1/(log N - 1 + 1/N) + 1/log N) D_seq``, ``N > 1``.

    Source: this collection (Prop D.10 with its constant kept; :func:`stopped_kl_to_coverage_best` is smaller).

    Examples
    --------
    >>> round(float(stopped_kl_to_coverage_sharp(0.1, 16)), 6)
    0.090561
    """
    L = log_threshold(N, strict=True)
    return divergence_argument("D_seq", D_seq) * (1.0 / price(L) + 1.0 / L)


def stopped_kl_to_coverage_best(D_seq: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``Cov_N <= D_seq / (g (1 - exp(-log N / g)))``, ``g = log N - 1 + 1/N``, ``N > 1``.

    ``log N`` times the factor falls to ``e/(e - 1) = 1.582`` as N grows, and no factor does better in the limit.

    Source: this collection (notebook 03, Theorem 6; Prop D.10 with a supermartingale in place of stopping).

    Examples
    --------
    >>> round(float(stopped_kl_to_coverage_best(0.1, 16)), 6)
    0.069927
    """
    L = log_threshold(N, strict=True)
    G = price(L)
    return divergence_argument("D_seq", D_seq) / (G * -np.expm1(-L / G))


def stopped_hellinger_threshold(N: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """The ``tau`` with ``Cov_N >= P(sum_h d_h >= tau) - delta``: ``(1/2) log N + log(1/delta)``.

    ``d_h`` is half the unnormalised squared Hellinger distance of step h; ``-log(1 - d_h) >= d_h`` may replace it.

    Source: this collection (the proof of Prop D.11 with its square kept).

    Examples
    --------
    >>> round(float(stopped_hellinger_threshold(16, 0.5)), 6)
    2.079442
    """
    return 0.5 * np.log(threshold("N", N)) - np.log(in_range("delta", delta, 0, 1, open_ends=True))


def stopped_hellinger_threshold_paper(N: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """The printed ``tau = log(N / delta)`` for ``Cov_N >= P(sum_h d_h >= tau) - delta``, same ``d_h``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop D.11.

    Examples
    --------
    >>> round(float(stopped_hellinger_threshold_paper(16, 0.5)), 6)
    3.465736
    """
    return np.log(threshold("N", N)) - np.log(in_range("delta", delta, 0, 1, open_ends=True))


def kl_growth_lower(H: ArrayLike, n: ArrayLike, variant: str = "paper") -> np.ndarray:
    """KL that every proper estimator has with probability >= 1/4 on the instance of Prop 3.2: ``mu H kl``.

    ``kl = KL(Ber(e/(e + 1/e)) || Ber(1/2)) = 0.32781``. Mass of the prompt ``1/(2n)`` (``"paper"``: ``.1639 H/n``,
    where the proposition prints ``H/(4n)``) or ``mu = 1 - 2^(-1/n)`` (``"best"``).

    Source: this collection (corrects the constant of Chen et al. 2025, arXiv 2510.15020v2, Prop 3.2).

    Examples
    --------
    >>> round(float(kl_growth_lower(100, 10)), 4), round(float(kl_growth_lower(100, 10, "best")), 4)
    (1.6391, 2.1953)
    """
    return rare_prompt_mass(n, variant) * threshold("H", H) * KL_SIGN


def rare_prompt_mass(n: ArrayLike, variant: str = "paper") -> np.ndarray:
    """Mass of a prompt that ``n`` draws miss with probability at least 1/2: ``1/(2n)`` or the largest one.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Prop 3.2 ("paper"); this collection ("best").

    Examples
    --------
    >>> float(rare_prompt_mass(4)), float(rare_prompt_mass(1, "best"))
    (0.125, 0.5)
    """
    n = threshold("n", n)
    if variant == "paper":
        return 0.5 / n
    if variant == "best":
        return -np.expm1(-math.log(2.0) / n)
    raise ValueError(f"variant: got {variant!r}, expected 'paper' or 'best'")


def scaling_law_budget(KL: ArrayLike, eps: ArrayLike) -> np.ndarray:
    """Best-of-N draws ``exp(KL / eps)`` that the KL route asks for (``inf`` on overflow).

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. 5.

    Examples
    --------
    >>> float(scaling_law_budget(0.0, 0.1)), float(scaling_law_budget(100.0, 0.1))
    (1.0, inf)
    """
    with np.errstate(over="ignore"):
        return np.exp(divergence_argument("KL", KL) / threshold("eps", eps, least=0.0, strict=True))


KL_SIGN = math.log(2.0) - math.log1p(math.exp(-2.0)) - 2.0 / (1.0 + math.exp(2.0))
"""KL(Ber(e/(e + 1/e)) || Ber(1/2)) = 0.32781..., nats: ``log 2 - h(sigmoid(2))``."""

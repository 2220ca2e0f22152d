"""The log loss as a harmonic sum of failures, and its truncations (notebook 21).

``-log p = sum_k (1 - p)^k / k``. The first K terms are an objective between reinforcement learning (``K = 1``: one
minus the success probability) and maximum likelihood (``K = inf``).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from covtheory.validation import in_range, threshold


def truncated_log_loss(p: ArrayLike, K: int) -> np.ndarray:
    """``J_K(p) = sum_{k <= K} (1 - p)^k / k``, shape of ``p`` in [0, 1]; whole ``K >= 1``.

    Its derivative is ``-(1 - (1-p)^K) / p``: pass@K over pass@1.

    Source: Tajwar et al. 2026, arXiv 2602.02710 (the truncated series); notebook 21, Theorem 3.

    Examples
    --------
    >>> float(truncated_log_loss(0.5, 2)), float(truncated_log_loss(0.0, 3).round(4))
    (0.625, 1.8333)
    """
    q, k = 1.0 - in_range("p", p, 0, 1), np.arange(1, _whole(K) + 1)
    return (q[..., None] ** k / k).sum(axis=-1)


def truncation_gap(K: int) -> tuple[np.ndarray, np.ndarray]:
    """Least and largest ``J_K(p) - min(log K, log 1/p)`` over ``p``, attained at ``p = 1/K`` and at ``p = 0``.

    The largest is ``H_K - log K``, in (0.5772, 1]; the least stays above ``-0.2194``, minus the exponential integral
    E_1 at 1. So the first K terms are cross-entropy cut at ``log K``, up to one nat.

    Source: this collection (notebook 21, Theorem 3).

    Examples
    --------
    >>> tuple(round(float(end), 4) for end in truncation_gap(100))
    (-0.2157, 0.5822)
    """
    K = _whole(K)
    return truncated_log_loss(1.0 / K, K) - np.log(K), np.asarray(digamma(K + 1.0) - digamma(1.0) - np.log(K))


def _whole(K: int) -> int:
    K = threshold("K", K)
    if K.ndim or np.floor(K) != K:
        raise ValueError(f"K: got {K}, expected one whole number")
    return int(K)

"""Answer-level coverage from response-level coverage (notebook 16)."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.profile import coverage_from_hockey_stick
from covtheory.validation import in_range, threshold


def answer_coverage(cov: ArrayLike, c: ArrayLike) -> np.ndarray:
    """``Cov^ans_N <= Cov_{N/c} / (1 - 1/c)`` for every answer map and every ``c > 1``; may exceed one.

    Holds with the strict tail ``P[r > N/c]`` too, and is then attained for every value of it.

    Parameters
    ----------
    cov : array_like
        ``Cov_{N/c}`` of the responses.

    Source: this collection; corrects Chen et al. 2025, arXiv 2510.15020v2, Sec. 7.1 (printed: ``Cov^ans_N <= Cov_N``).

    Examples
    --------
    >>> float(answer_coverage(0.1, 2))
    0.2
    """
    return in_range("cov", cov, 0, 1) / (1.0 - 1.0 / threshold("c", c, strict=True))


def ensemble_coverage(E_gamma: ArrayLike, gamma: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Coverage of ``sum_k w_k pi_k`` from the average hockey-stick ``sum_k w_k E_gamma(pi_D || pi_k)``.

    ``Cov_N <= mean E_gamma / (1 - gamma/N)``, because forgetting which member spoke is an answer map.

    Parameters
    ----------
    E_gamma : array_like, shape (..., K)
        One per member, equal weights; averaged over the last axis.

    Source: this collection (notebook 16, Theorem 6b).

    Examples
    --------
    >>> float(ensemble_coverage([1.0, 0.0], 1.0, 2.0))
    1.0
    """
    return coverage_from_hockey_stick(np.mean(in_range("E_gamma", E_gamma, 0, 1), axis=-1), gamma, N)


def rl_value_bound(success: ArrayLike, rollouts: ArrayLike) -> np.ndarray:
    """``1 - (1 - q)^(rollouts + 1)``: no on-policy method that learns from successes only has a larger expected value.

    ``q`` is the success probability of the starting policy at the prompt, reward 0 or 1, and the method leaves the
    policy alone until the first success. Memorising the first success attains it.

    Source: this collection (notebook 16, Theorem 4).

    Examples
    --------
    >>> float(rl_value_bound(0.5, 1))
    0.75
    """
    with np.errstate(divide="ignore"):
        return -np.expm1((threshold("rollouts", rollouts, least=0) + 1) * np.log1p(-in_range("success", success, 0, 1)))

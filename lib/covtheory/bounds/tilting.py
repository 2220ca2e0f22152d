"""What tilting by a reward does to the coverage profile and to pass@k (notebook 13).

``pi_beta prop. to pi_hat exp(r/beta)`` with ``r`` in [0, 1]. All factors are returned as logarithms (nats), since
``exp(1/beta)`` overflows for small ``beta``.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from covtheory.validation import in_range, probabilities, same_shape, threshold


def tilt_log_factor(beta: ArrayLike) -> np.ndarray:
    """``1/beta``: ``Cov_{N e^{1/beta}}(pi_beta) <= Cov_N(pi_hat)``, and the same with the two policies exchanged.

    Source: notebook 13, Theorem 1.

    Examples
    --------
    >>> float(tilt_log_factor(0.5))
    2.0
    """
    return 1.0 / threshold("beta", beta, least=0.0, strict=True)


def normaliser_log_factor(J: ArrayLike, beta: ArrayLike) -> np.ndarray:
    """``log(1 + J (e^{1/beta} - 1))``: the factor of Theorem 1 when the base reward is at most ``J`` at every prompt.

    Source: notebook 13, Theorem 2.

    Examples
    --------
    >>> float(np.exp(normaliser_log_factor(0.25, 1 / np.log(3))).round(12))
    1.5
    """
    J, t = in_range("J", J, 0, 1), tilt_log_factor(beta)
    with np.errstate(divide="ignore"):
        return np.logaddexp(np.log1p(-J), np.log(J) + t)


def tilted_success(p: ArrayLike, beta: ArrayLike) -> np.ndarray:
    """Success rate after tilting by a binary reward: the odds are multiplied by ``e^{1/beta}``.

    Source: notebook 13, Theorem 3.

    Examples
    --------
    >>> tilted_success([0.0, 0.25, 1.0], 1 / np.log(3))
    array([0. , 0.5, 1. ])
    """
    return expit(logit(in_range("p", p, 0, 1)) + tilt_log_factor(beta))


def powered_success(p: ArrayLike, gamma: ArrayLike) -> np.ndarray:
    """Success rate after sharpening two answers to the power ``gamma >= 0``: the log odds are multiplied by ``gamma``.

    Source: notebook 13, Theorem 6.

    Examples
    --------
    >>> powered_success([0.0, 0.25, 0.5, 1.0], 2)
    array([0. , 0.1, 0.5, 1. ])
    """
    return expit(threshold("gamma", gamma, least=0.0) * logit(in_range("p", p, 0, 1)))


def pass_at_k_of_rates(p: ArrayLike, k: ArrayLike, prompt_probs: ArrayLike | None = None) -> np.ndarray:
    """``E_x[1 - (1 - p(x))^k]`` for success rates ``p`` of shape (P,); real ``k > 0``; shape of ``k``.

    Source: definition; ``k = inf`` gives the probability of ``p > 0``.

    Examples
    --------
    >>> pass_at_k_of_rates([0.0, 0.5], [1, 2, np.inf])
    array([0.25 , 0.375, 0.5  ])
    """
    k = threshold("k", k, least=0.0, strict=True)
    p, w = _rates(p, prompt_probs)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_miss = np.where(p > 0, k[..., None] * np.log1p(-p), 0.0)
    return -np.expm1(log_miss) @ w


def all_or_nothing_crossover(p: ArrayLike, a: ArrayLike) -> np.ndarray:
    """Where the curves cross if every prompt had rate ``p`` and now a share ``a`` has rate 1, the others 0.

    ``k = log(1 - a) / log(1 - p)``: above it the base policy has the larger pass@k.

    Source: notebook 13, Theorem 6.

    Examples
    --------
    >>> float(all_or_nothing_crossover(0.5, 0.875))
    3.0
    """
    return np.log1p(-in_range("a", a, 0, 1, open_ends=True)) / np.log1p(-in_range("p", p, 0, 1, open_ends=True))


def coverage_to_rates(p: ArrayLike, N: ArrayLike, prompt_probs: ArrayLike | None = None) -> np.ndarray:
    """``Cov_N = P_x[p(x) <= 1/N]`` of a deterministic comparator whose answer has model probability ``p(x)``.

    Ties count, up to a relative 1e-12 as in :class:`covtheory.coverage.CoverageProfile`; shape of ``N``.

    Source: notebook 13, Theorem 4.

    Examples
    --------
    >>> coverage_to_rates([0.0, 0.25, 0.5], [1, 2, 3, np.inf]).round(4)
    array([1.    , 1.    , 0.6667, 0.3333])
    """
    N = threshold("N", N)
    p, w = _rates(p, prompt_probs)
    return (p <= (1 / N)[..., None] * (1 + 1e-12)) @ w


def likelihood_quantile(p: ArrayLike, eps: ArrayLike, prompt_probs: ArrayLike | None = None) -> np.ndarray:
    """``Q(eps) = sup{alpha in [0, 1]: P_x[p(x) <= alpha] <= eps}``, 0 if there is none; shape of ``eps``.

    Source: Mousavi-Hosseini and Erdogdu 2026, arXiv 2603.06957 (definition); notebook 13, Theorem 4.

    Examples
    --------
    >>> likelihood_quantile([0.1, 0.2, 0.4, 0.8], [0.0, 0.25, 0.3, 1.0])
    array([0.1, 0.2, 0.2, 1. ])
    """
    eps = in_range("eps", eps, 0, 1)
    p, w = _rates(p, prompt_probs)
    order = np.argsort(p)
    below = np.cumsum(w[order])  # mass at or below each sorted rate
    first = np.searchsorted(below, eps * (1 + 1e-12), side="right")
    return np.append(p[order], 1.0)[np.where(eps >= 1, p.size, first)]


def _rates(p, prompt_probs):
    p = np.atleast_1d(in_range("p", p, 0, 1))
    if p.ndim != 1:
        raise ValueError(f"p: shape {p.shape}, expected one success rate per prompt")
    if prompt_probs is None:
        return p, np.full(p.shape, 1 / p.size)
    w = probabilities("prompt_probs", prompt_probs, ndim=1)
    same_shape(p=p, prompt_probs=w)
    return p, w

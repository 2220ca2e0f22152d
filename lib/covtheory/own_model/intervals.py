"""Finite-sample confidence limits for means of numbers in [0, 1], of independent draws or of prompts' shares."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr

from covtheory import validation

STEPS = 60
"""Halvings of a bracket; of one in the logarithm down to 1e-300, the last is below round-off."""

MOST_SIZES = 16


def chernoff_interval(mean: float, draws: int, false_alarm: float) -> tuple[float, float]:
    """Interval for the expectation of i.i.d. numbers in [0, 1] from their mean, valid at every sample size.

    Hoeffding (1963, Theorem 1): ``P[mean >= m + t] <= exp(-n kl(m + t, m))`` with the binary divergence ``kl``, both
    ways; the interval is ``{m : n kl(mean, m) <= log(2 / false_alarm)}``.

    Examples
    --------
    >>> lower, upper = chernoff_interval(0.5, 100, 0.05)
    >>> round(lower, 3), round(upper, 3)
    (0.367, 0.633)
    >>> round(chernoff_interval(0.0, 100, 0.05)[1], 4)
    0.0362
    """
    x = min(max(float(validation.in_range("mean", mean, -1e-9, 1 + 1e-9)), 0.0), 1.0)  # sums carry round-off
    draws = validation.count("draws", draws)
    alpha = float(validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True))
    room = np.log(2 / alpha) / draws

    def too_far(y):
        return lambda m: rel_entr(y, m) + rel_entr(1 - y, 1 - m) > room

    return float(_least(np.array(x), too_far(x))), float(1 - _least(np.array(1 - x), too_far(1 - x)))


def prompt_limits(share: ArrayLike, responses: ArrayLike, false_alarm: float,
                  counted: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    r"""Limits for the probability of an event from the share of all responses that have it, prompts being independent.

    Prompts are i.i.d.; prompt i has ``n_i`` responses, drawn from the policy given the prompt and otherwise as
    dependent as one likes. Let ``Y_i`` in [0, 1] be its share of responses with the event and ``w_i = n_i / n``, so
    that ``share = sum_i w_i Y_i``. Then ``E Y_i = p``, and convexity of the exponential on [0, 1] gives
    ``E exp(t Y_i) <= 1 - p + p e^t``; with independence, for every ``t >= 0`` (Chernoff)

        ``P[share >= x] <= exp(-t x) prod_i (1 - p + p exp(t w_i))``.

    The lower limit is the least p for which the infimum over t exceeds ``false_alarm / 2``; the upper one is that of
    the complement. With equal ``n_i`` this is :func:`chernoff_interval` with as many draws as there are prompts, for
    ``t w_i = s`` turns the exponent into ``m (s x - log(1 - p + p e^s))``. For more than ``MOST_SIZES`` different sizes
    each weight is split between its neighbours on a ladder: ``w -> log(1 - p + p e^(t w))`` is convex, so that the
    bound only grows. The numbers ``n_i`` must not depend on the responses.

    If only responses of some kind count (short ones), their number depends on the responses. Let ``B_i`` of prompt i
    be of that kind, ``A_i`` of these with the event, ``p`` the probability of the event given the kind. Then
    ``(A_i + p (n_i - B_i)) / n_i`` is in [0, 1] with expectation p, and takes the place of ``Y_i``: ``share`` becomes
    ``counted share + (1 - counted) p``. The exponent is convex in p (a supremum of convex functions), zero at
    ``p = share`` and nowhere negative, so that what is refuted is still a half-line.

    Parameters
    ----------
    share : array_like
        Shares of all responses, each in [0, 1].
    responses : array_like of int
        ``n_i``, one a prompt.
    false_alarm : float
        For each entry of ``share`` separately, both sides.
    counted : float
        The part of all responses that is of the kind, if ``share`` is of those; ``responses`` are all of them.

    Returns
    -------
    lower, upper : ndarray, shape of ``share``

    Source: this collection; Hoeffding 1963, Section 5 for equal weights.

    Examples
    --------
    >>> lower, upper = prompt_limits([0.5], np.full(100, 7), 0.05)
    >>> lower.round(3), upper.round(3)
    (array([0.367]), array([0.633]))
    >>> round(float(prompt_limits(0.5, [1000, 1], 0.05)[0]), 5)  # as good as one prompt
    0.00016
    """
    x = np.clip(validation.in_range("share", share, -1e-9, 1 + 1e-9), 0.0, 1.0)
    sizes = np.asarray(responses, dtype=float)
    alpha = float(validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True))
    weights, numbers = _weights(sizes / sizes.sum())
    room = np.log(2 / alpha)

    def too_far(y):
        if len(weights) == 1 and weights[0] * numbers[0] > 1 - 1e-9:  # equal prompts: the supremum is known
            return lambda p: numbers[0] * (rel_entr(mixed(y, p), p) + rel_entr(1 - mixed(y, p), 1 - p)) > room
        return lambda p: _exponent(mixed(y, p), p, weights, numbers) > room

    def mixed(y, p):
        return y if counted == 1 else counted * y + (1 - counted) * p

    return _least(x, too_far(x)), 1 - _least(1 - x, too_far(1 - x))


def betting_interval(values: ArrayLike, counts: ArrayLike, false_alarm: float) -> tuple[float, float]:
    r"""Interval for the mean of independent numbers in [0, 1] that is narrow where they vary little.

    If m is the mean of the expectations, then for every ``0 <= r < 1`` the product
    ``W_r(m) = prod_i ((1 - r) + r X_i / m)`` has expectation ``prod_i (1 + r (m_i / m - 1)) <= 1`` (independence, then
    the inequality between arithmetic and geometric mean), and so has an average over fixed r. By Markov's inequality
    the average exceeds ``2 / false_alarm`` with probability at most ``false_alarm / 2``. It decreases in m: the lower
    limit is the least m where it does not; the upper one is that of ``1 - X``. The numbers need not have one law.

    Parameters
    ----------
    values : array_like
        Different values in [0, 1].
    counts : array_like of int
        How often each was seen.

    Source: Waudby-Smith and Ramdas 2024 (capital against a mean), with fixed stakes.

    Examples
    --------
    >>> low, high = betting_interval([0.5, 0.6], [90, 10], 0.05)
    >>> round(low, 3), round(high, 3)
    (0.484, 0.535)
    """
    x, counts = validation.in_range("values", values, 0, 1), np.asarray(counts, dtype=float)
    alpha = float(validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True))
    stakes = np.concatenate([2.0 ** -np.arange(1, 25), 1 - 2.0 ** -np.arange(2, 12)])[:, None]

    def too_far(y):
        def beyond(m):
            with np.errstate(divide="ignore"):
                log_wealth = np.log((1 - stakes) + stakes * (y / m)) @ counts
            return np.logaddexp.reduce(log_wealth) - np.log(len(stakes)) > np.log(2 / alpha)
        return beyond

    mean = float(x @ counts / counts.sum())
    return float(_least(np.array(mean), too_far(x))), float(1 - _least(np.array(1 - mean), too_far(1 - x)))


def effective_prompts(responses: ArrayLike) -> float:
    """``(sum n_i)^2 / sum n_i^2``: how many prompts with equally many responses are worth as much.

    Examples
    --------
    >>> effective_prompts([5, 5, 5]), round(effective_prompts([1000, 1]), 3)
    (3.0, 1.002)
    """
    sizes = np.asarray(responses, dtype=float)
    return float(sizes.sum() ** 2 / (sizes @ sizes))


def _least(x: np.ndarray, too_far) -> np.ndarray:
    """The least m in [0, x] that is not too far below x, by halving its logarithm; too far means smaller m are too."""
    low, high = np.full(x.shape, np.log(1e-300)), np.log(np.maximum(x, 1e-300))
    for _ in range(STEPS):
        middle = (low + high) / 2
        far = too_far(np.exp(middle))
        low, high = np.where(far, middle, low), np.where(far, high, middle)
    return np.where((x == 0) | ~too_far(np.full(x.shape, 1e-300)), 0.0, np.minimum(np.exp(high), x))


def _weights(each: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different weights and how many prompts have each; on a ladder if there are many."""
    weights, numbers = np.unique(each, return_counts=True)
    if len(weights) <= MOST_SIZES:
        return weights, numbers.astype(float)
    ladder = np.concatenate([[0.0], weights[-1] * 2.0 ** (-np.arange(MOST_SIZES - 2, -1, -1) / 2)])
    at = np.clip(np.searchsorted(ladder, weights, side="right"), 1, len(ladder) - 1)
    right = np.clip((weights - ladder[at - 1]) / (ladder[at] - ladder[at - 1]), 0.0, 1.0)
    spread = np.bincount(at, numbers * right, len(ladder)) + np.bincount(at - 1, numbers * (1 - right), len(ladder))
    return ladder[1:], spread[1:]


def _exponent(x, p, weights, numbers):
    """``sup_t t x - sum_i log(1 - p + p exp(t w_i))`` for p < x, by halving the interval of the derivative's zero.

    Any t gives a valid bound, so that an early stop loses sharpness only.
    """
    x, p = x[..., None], p[..., None]
    log_odds = np.log(np.maximum(p, 1e-300)) - np.log1p(-np.minimum(p, 1 - 1e-16))
    low, high = np.zeros(x.shape), np.full(x.shape, 750.0 / weights.min())
    for _ in range(STEPS * 2 // 3):
        t = (low + high) / 2
        tilted = 1 / (1 + np.exp(-np.clip(t * weights + log_odds, -700, 700)))
        beyond = (numbers * weights * tilted).sum(-1, keepdims=True) > x
        low, high = np.where(beyond, low, t), np.where(beyond, t, high)
    log_mgf = np.log1p(-np.minimum(p, 1 - 1e-16)) + np.logaddexp(0.0, low * weights + log_odds)
    return (low * x)[..., 0] - (numbers * log_mgf).sum(-1)

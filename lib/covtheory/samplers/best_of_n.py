"""Best-of-N on finite problems, exactly: value, law, regret, worst reward, and pass@k from counts.

Arrays are ``(R,)`` for one prompt or ``(P, R)``; a reward may have either shape. ``N >= 1`` may be an array; results
carry the shape of ``N`` first. Powers ``(1 - mass)^N`` are taken in log space.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, probabilities, same_shape, threshold


def best_of_n_value(
    pi_hat: ArrayLike, reward: ArrayLike, N: ArrayLike, prompt_probs: ArrayLike | None = None
) -> np.ndarray:
    """Expected largest reward among ``N`` i.i.d. draws from ``pi_hat``, averaged over prompts.

    Layer cake: ``min r + sum_k (r_(k+1) - r_(k)) (1 - F_k^N)`` over sorted rewards. Prompts weigh equally by default.

    Raises
    ------
    ValueError
        Not a distribution, reward not finite or of another shape, ``N < 1``.

    Examples
    --------
    >>> best_of_n_value([0.5, 0.5], [0.0, 1.0], [1, 2, 3])
    array([0.5  , 0.75 , 0.875])
    """
    pi_hat, reward, N, weights = _problem(pi_hat, reward, N, prompt_probs)
    order = np.argsort(reward, axis=-1, kind="stable")
    sorted_reward, mass = np.take_along_axis(reward, order, -1), np.take_along_axis(pi_hat, order, -1)
    log_F = _log_cdf(mass)[:, :-1]
    hit = -np.expm1(N[..., None, None] * log_F)
    value = sorted_reward[:, 0] + (hit * np.diff(sorted_reward, axis=-1)).sum(axis=-1)
    return value @ weights


def regret(
    pi_T: ArrayLike, pi_hat: ArrayLike, reward: ArrayLike, N: ArrayLike, prompt_probs: ArrayLike | None = None
) -> np.ndarray:
    """``E_{pi_T} r - E r(BoN_N(pi_hat))``, averaged over prompts (negative when Best-of-N beats the comparator).

    Examples
    --------
    >>> float(regret([0.0, 1.0], [0.5, 0.5], [0.0, 1.0], 3))
    0.125
    """
    value = best_of_n_value(pi_hat, reward, N, prompt_probs)
    target, reward, _, weights = _problem(pi_T, reward, N, prompt_probs)
    same_shape(pi_T=np.asarray(pi_T), pi_hat=np.asarray(pi_hat))
    return weights @ (target * reward).sum(axis=-1) - value


def worst_case_regret(
    pi_T: ArrayLike, pi_hat: ArrayLike, N: ArrayLike, prompt_probs: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Largest regret over all rewards in [0, 1], and a binary reward that attains it.

    Per prompt the maximum of ``pi_T(S) - 1 + (1 - pi_hat(S))^N`` over sets is attained on a level set of
    ``pi_T / pi_hat``: the objective is convex along each segment of the Neyman-Pearson curve.

    Returns
    -------
    value : ndarray, shape of N
    reward : bool ndarray, shape N.shape + pi_T.shape

    Source: this collection (notebook 02).

    Examples
    --------
    >>> value, reward = worst_case_regret([0.5, 0.5], [0.125, 0.875], 1)
    >>> float(value), reward
    (0.375, array([ True, False]))
    """
    target, model = probabilities("pi_T", pi_T), probabilities("pi_hat", pi_hat)
    same_shape(pi_T=target, pi_hat=model)
    shape = target.shape
    target, model = np.atleast_2d(target), np.atleast_2d(model)
    N, weights = threshold("N", N), _weights(prompt_probs, target.shape[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(target) - np.log(model)
    log_ratio = np.where(target == 0, -np.inf, log_ratio)
    order = np.argsort(-log_ratio, axis=-1, kind="stable")
    in_T = np.cumsum(np.take_along_axis(target, order, -1), axis=-1)
    log_miss = _log_cdf(np.take_along_axis(model, order, -1)[:, ::-1])[:, ::-1]  # log pi_hat(rank >= j)
    log_miss = np.concatenate([log_miss[:, 1:], np.full((len(target), 1), -np.inf)], axis=-1)
    gain = in_T + np.expm1(N[..., None, None] * log_miss)
    best = gain.argmax(axis=-1)
    value = np.take_along_axis(gain, best[..., None], -1)[..., 0]
    taken = np.where(value > 0, best, -1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(order.shape[-1]), order.shape), -1)
    mask = rank <= taken[..., None]
    return np.maximum(value, 0.0) @ weights, mask.reshape(N.shape + shape)


def best_of_n_law(pi_hat: ArrayLike, reward: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Law of the response that Best-of-N returns, shape ``N.shape + pi_hat.shape``.

    Ties: the earliest drawn maximiser is kept, so equal rewards share their mass in proportion to ``pi_hat``.

    Examples
    --------
    >>> best_of_n_law([0.5, 0.25, 0.25], [0.0, 1.0, 1.0], 2)
    array([0.25 , 0.375, 0.375])
    """
    shape = np.shape(pi_hat)
    pi_hat, reward, N, _ = _problem(pi_hat, reward, N, None)
    law = np.empty(N.shape + pi_hat.shape)
    for x, (mass, r) in enumerate(zip(pi_hat, reward, strict=True)):
        _, group = np.unique(r, return_inverse=True)
        group_mass = np.bincount(group, weights=mass)
        log_F = _log_cdf(group_mass[None])[0]
        before = np.concatenate([[-np.inf], log_F[:-1]])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(np.isneginf(log_F), 0.0, -np.expm1(N[..., None] * (before - log_F)))
            share = np.where(group_mass[group] > 0, mass / group_mass[group], 0.0)
        law[..., x, :] = (np.exp(N[..., None] * log_F) * step)[..., group] * share
    return law.reshape(N.shape + shape)


def pass_at_k(n: ArrayLike, c: ArrayLike, k: ArrayLike) -> np.ndarray:
    """Unbiased estimate ``1 - C(n-c, k) / C(n, k)`` of pass@k from ``c`` successes in ``n`` draws.

    Product form with ``min(c, k)`` factors, summed as logarithms: no factorials, accurate for ``n = 10^6``.

    Raises
    ------
    ValueError
        Unless whole numbers ``0 <= c <= n`` and ``1 <= k <= n``.

    Examples
    --------
    >>> float(pass_at_k(5, 2, 2))
    0.7
    """
    n, c, k = np.broadcast_arrays(threshold("n", n), threshold("c", c, least=0.0), threshold("k", k))
    for name, values in (("n", n), ("c", c), ("k", k)):
        if np.any(values != np.floor(values)) or np.any(np.isinf(values)):
            raise ValueError(f"{name}: expected whole numbers, got {values[values != np.floor(values)][:1]}")
    for name, values in (("c", c), ("k", k)):
        if np.any(values > n):
            raise ValueError(f"{name}: got {values[values > n][0]:g}, expected {name} <= n = {n[values > n][0]:g}")
    triples = list(zip(n.flat, c.flat, k.flat, strict=True))
    known = {triple: _pass_at_k(*map(int, triple)) for triple in set(triples)}  # counts repeat
    return np.array([known[triple] for triple in triples]).reshape(n.shape)


def _pass_at_k(n: int, c: int, k: int) -> float:
    if c + k > n:
        return 1.0 if c else 0.0
    few, many = min(c, k), max(c, k)
    few = min(few, 40 * n // many + 1)  # the product is below e^-40 by then, and one minus it is one
    return float(-np.expm1(np.log1p(-many / (n - np.arange(few))).sum()))


def _log_cdf(mass: np.ndarray) -> np.ndarray:
    """Log of the running sums along the last axis; near one it uses the complementary sum from the other end."""
    below = np.cumsum(mass, axis=-1)
    above = np.concatenate([np.cumsum(mass[:, ::-1], axis=-1)[:, ::-1][:, 1:], np.zeros((len(mass), 1))], axis=-1)
    with np.errstate(divide="ignore"):
        return np.where(above < 0.5, np.log1p(-np.minimum(above, 0.5)), np.log(np.minimum(below, 1.0)))


def _weights(prompt_probs: ArrayLike | None, prompts: int) -> np.ndarray:
    if prompt_probs is None:
        return np.full(prompts, 1.0 / prompts)
    weights = probabilities("prompt_probs", prompt_probs, ndim=1)
    if len(weights) != prompts:
        raise ValueError(f"prompt_probs: got {len(weights)} prompts, expected {prompts}")
    return weights


def _problem(pi: ArrayLike, reward: ArrayLike, N: ArrayLike, prompt_probs: ArrayLike | None) -> tuple[np.ndarray, ...]:
    """Checked ``(P, R)`` policy and reward, ``N``, and prompt weights."""
    pi = np.atleast_2d(probabilities("pi", pi))
    reward = np.atleast_2d(in_range("reward", reward, -np.finfo(float).max, np.finfo(float).max))
    if reward.shape[-1] != pi.shape[-1] or reward.shape[0] not in (1, pi.shape[0]):
        raise ValueError(f"reward: shape {reward.shape} does not match the policy's {pi.shape}")
    return pi, np.broadcast_to(reward, pi.shape), threshold("N", N), _weights(prompt_probs, pi.shape[0])

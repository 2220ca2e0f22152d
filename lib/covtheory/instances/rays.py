"""One-parameter families on which the law of the MLE is exact: coins, segments of mixtures, two rays (notebook 19)."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from covtheory.instances.prompt_coins import PromptCoins
from covtheory.validation import count, in_range, probabilities, same_shape, threshold


def coin_tail(family: PromptCoins, n: int, mass: float, N: float, p: ArrayLike) -> np.ndarray:
    """Exact ``P[mass * Cov_N(thetahat) >= p]`` at a prompt of that mass in n samples; shape of p.

    Visits and ones are binomial; at a prompt that was never visited the worse end of the parameter box is taken.

    Source: this collection, notebook 19.

    Examples
    --------
    >>> coin_tail(PromptCoins(H=4), 3, 0.5, 2.0, [0.0, 0.6])
    array([1., 0.])
    """
    in_range("mass", mass, 0, 1)
    levels, total = np.asarray(p, dtype=float), np.zeros(np.shape(p))
    for t, chance in enumerate(binom.pmf(np.arange(count("n", n) + 1), n, mass)):
        if t:
            ones = np.arange(t * family.H + 1)
            law = binom.pmf(ones, t * family.H, family.p)
            fits = np.clip(ones / (t * family.H), family.floor, 1 - family.floor)
            covered = family.model_coverage(fits, N)[:, 0]
        else:
            law, covered = np.ones(1), family.visited_coverage(0, [N])
        total += chance * (law @ (mass * covered[:, None] >= levels.ravel() - 1e-12)).reshape(levels.shape)
    return total


def segment_mle(pi_D: ArrayLike, end: ArrayLike, counts: ArrayLike) -> np.ndarray:
    """Weight u in [0, 1] at which ``(1 - u) pi_D + u end`` maximises the likelihood of each row of counts.

    Bisection on the derivative, which decreases in u: error below 1e-15.

    Source: this collection, notebook 19.

    Examples
    --------
    >>> segment_mle([0.5, 0.5], [0.9, 0.1], [[10, 0], [7, 3], [4, 6]]).round(9)
    array([1. , 0.5, 0. ])
    """
    pi_D, end = probabilities("pi_D", pi_D, ndim=1), probabilities("end", end, ndim=1)
    same_shape(pi_D=pi_D, end=end)
    counts = np.atleast_2d(threshold("counts", counts, least=0.0))
    low, high = np.zeros(len(counts)), np.ones(len(counts))
    for _ in range(60):
        u = (low + high) / 2
        mixed = (1 - u)[:, None] * pi_D + u[:, None] * end
        slope = (counts * (end - pi_D) / np.maximum(mixed, 1e-300)).sum(axis=1)
        low, high = np.where(slope > 0, u, low), np.where(slope > 0, high, u)
    return np.where(low == 0, 0.0, np.where(high == 1, 1.0, low))


def two_rays_miss(n: ArrayLike, p: ArrayLike) -> np.ndarray:
    """``P[Cov_N(pihat) >= p] = 2 (1-p)^n - (1-2p)^n`` for all ``N > n p``: two rays, each ends where an event vanishes.

    Two disjoint events of probability p; ray 1 multiplies the first by ``1 - u`` and the rest in proportion, ray 2 the
    second. If an event has no sample the MLE is the end where it vanishes; otherwise it takes at most ``n p`` from it.

    Source: this collection, notebook 19, Theorem R.

    Examples
    --------
    >>> float(two_rays_miss(1, 0.25))
    1.0
    """
    p = in_range("p", p, 0, 0.5)
    n = threshold("n", n)
    with np.errstate(divide="ignore"):
        return 2 * np.exp(n * np.log1p(-p)) - np.exp(n * np.log1p(-2 * p))

"""One-parameter families on which the law of the MLE is exact: coins, segments of mixtures, two rays (notebook 19)."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import binom
from covtheory.instances.prompt_coins import PromptCoins
from covtheory.learners import multinomial_types
from covtheory.validation import count, in_range, probabilities, same_shape, threshold


def coin_tail(family: PromptCoins, n: int, mass: float, N: ArrayLike, p: ArrayLike) -> np.ndarray:
    """Exact ``P[some j has mass * Cov_{N_j}(thetahat) >= p_j]`` at a prompt of that mass in n samples.

    Visits and ones are binomial; at a prompt that was never visited the worse end of the parameter box is taken.

    Parameters
    ----------
    N : array_like, shape (J,)
    p : array_like, shape (..., J)
        The result has the shape of its rows.

    Source: this collection, notebook 19.

    Examples
    --------
    >>> coin_tail(PromptCoins(H=4), 3, 0.5, [2.0], [[0.0], [0.6]])
    array([1., 0.])
    """
    in_range("mass", mass, 0, 1)
    levels = np.asarray(p, dtype=float)[..., None, :] * (1 - 1e-12)
    total = np.zeros(levels.shape[:-2])
    for t, chance in enumerate(binom.pmf(np.arange(count("n", n) + 1), n, mass)):
        if t:
            ones = np.arange(t * family.H + 1)
            law = binom.pmf(ones, t * family.H, family.p)
            covered = family.model_coverage(np.clip(ones / (t * family.H), family.floor, 1 - family.floor), N)
        else:
            law, covered = np.ones(1), family.visited_coverage(0, N)[None, :]
        total += chance * ((mass * covered >= levels).any(axis=-1) @ law)
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


def segment_failure(pi_D: ArrayLike, end: ArrayLike, n: int, N: ArrayLike, p: ArrayLike) -> float:
    """Exact ``P[some j has Cov_{N_j}(pihat) >= p_j]`` for the MLE over the segment from ``pi_D`` to ``end``.

    Source: this collection, notebook 19.

    Examples
    --------
    >>> round(segment_failure([0.5, 0.5], [1.0, 0.0], 3, [2.0, 4.0], [0.5, 0.5]), 12)  # the second symbol never shows
    0.125
    """
    pi_D, end = probabilities("pi_D", pi_D, ndim=1), probabilities("end", end, ndim=1)
    counts, log_prob = multinomial_types(pi_D, n)
    fits = pi_D + segment_mle(pi_D, end, counts)[:, None] * (end - pi_D)
    with np.errstate(divide="ignore"):
        log_ratio = np.log(pi_D) - np.log(fits)
    covered = (pi_D[:, None] * (log_ratio[:, :, None] >= np.log(threshold("N", N)))).sum(axis=1)
    return float(np.exp(log_prob) @ (covered >= np.asarray(p)).any(axis=1))


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


def log_bent_ray_miss(n: ArrayLike, p: ArrayLike, N: ArrayLike) -> np.ndarray:
    """``log P[Cov_N(pihat) >= p]`` on one ray whose end gives an event of probability p only ``p/N``.

    The ray is ``pi_u = pi_D^(1-u) pi_1^u``; what it lacks of mass one it gives to a symbol that ``pi_D`` never shows.
    Its log is linear in u on the data, so the MLE is an end: the far one iff the S samples in the event have
    ``S log N < (n - S) log((1 - p/N)/(1 - p))``, and only there ``l >= log N``. ``S ~ Bin(n, p)``.

    Source: this collection, notebook 19, Theorem R.

    Examples
    --------
    >>> round(float(np.exp(log_bent_ray_miss(2, 0.25, 1e9))), 12)
    0.5625
    """
    n, p, N = threshold("n", n), in_range("p", p, 0, 1, open_ends=True), threshold("N", N, strict=True)
    rest = np.log1p(-p / N) - np.log1p(-p)
    most = np.ceil(n * rest / (np.log(N) + rest) - 1e-9) - 1
    return binom.logcdf(most, n, p)

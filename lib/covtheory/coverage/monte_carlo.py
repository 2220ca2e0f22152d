"""Coverage by sampling, with intervals that are valid at every sample size."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage.confidence import Estimate, bernstein_radius, clopper_pearson
from covtheory.coverage.rounding import normalised, tie, token_log_ratios
from covtheory.policies.joint import Joint
from covtheory.policies.product import Product
from covtheory.policies.protocol import Policy
from covtheory.policies.tabular import Tabular


def estimate_coverage(
    pi_D: Policy,
    pi: Policy,
    N: ArrayLike,
    draws: int,
    rng: np.random.Generator,
    *,
    false_alarm: float,
    prompt_probs: ArrayLike | None = None,
    chunk: int = 2048,
    threads: int = 1,
) -> Estimate:
    """Fraction of draws from ``pi_D`` whose density ratio is at least ``N``, with Clopper-Pearson limits.

    Draws are streamed in chunks, each with its own child of ``rng``: the result does not depend on ``threads``.
    Sequence policies are scored while they are drawn; autoregressive linear policies that share a feature map, in one
    pass. Double precision throughout.

    Parameters
    ----------
    pi_D, pi : Policy
    N : array_like
        Thresholds, at least one. ``false_alarm`` holds for each, not for all together.
    draws : int
    rng : numpy.random.Generator
    false_alarm : float
        In (0, 1).
    prompt_probs : array_like, shape (P,), optional
        Law of the prompt, uniform by default.
    chunk, threads : int

    Raises
    ------
    ValueError
        Bad thresholds or counts, or policies over different responses.

    Examples
    --------
    >>> from covtheory.policies import Tabular
    >>> pi_D, pi = Tabular([0.5, 0.5]), Tabular([0.25, 0.75])
    >>> estimate = estimate_coverage(pi_D, pi, 2, 1000, np.random.default_rng(0), false_alarm=1e-6)
    >>> estimate.contains(0.5)
    True
    """
    log_N = np.log(validation.threshold("N", N))
    draws, chunk = validation.count("draws", draws), validation.count("chunk", chunk)
    threads = validation.count("threads", threads)
    levels = (log_N - tie(log_N)).ravel()
    score = _scorer(pi_D, pi)
    mu = np.full(pi_D.n_prompts, 1.0 / pi_D.n_prompts)
    if prompt_probs is not None:
        mu = validation.probabilities("prompt_probs", prompt_probs, ndim=1)
        if mu.shape != (pi_D.n_prompts,):
            raise ValueError(f"prompt_probs: shape {mu.shape}, expected ({pi_D.n_prompts},)")
    sizes = [min(chunk, draws - i) for i in range(0, draws, chunk)]

    def hits(job: tuple[int, np.random.Generator]) -> np.ndarray:
        size, child = job
        x = np.zeros(size, dtype=np.intp) if len(mu) == 1 else child.choice(len(mu), size, p=mu / mu.sum())
        ratio = np.sort(score(child, x))
        return size - np.searchsorted(ratio, levels)

    jobs = zip(sizes, rng.spawn(len(sizes)), strict=True)
    with ThreadPoolExecutor(threads) as pool:
        total = sum(pool.map(hits, jobs)).reshape(log_N.shape)
    lower, upper = clopper_pearson(total, draws, false_alarm)
    value = total / draws
    if log_N.ndim == 0:
        value, lower, upper = float(value), float(lower), float(upper)
    return Estimate(value, lower, upper, draws, float(false_alarm), "Clopper-Pearson")


def tilted_coverage(
    pi_D: Product, pi: Product, log_N: float, draws: int, rng: np.random.Generator, *, false_alarm: float
) -> Estimate:
    """Rare coverage of a product pair by importance sampling from the exponential tilt at the saddle point.

    With ``S`` the log ratio and ``w = e^{Lam(s) - s S}`` the weight, the coverage is ``E_s[w 1{S >= log N}]`` and on
    the event ``0 <= w <= B = e^{Lam(s) - s log N}``, so the empirical Bernstein bound (Maurer and Pontil, 2009,
    theorem 4) holds at every sample size; half the false alarm is spent on each side. Tokens the model cannot produce
    contribute ``1 - prod(1 - p_inf)`` exactly, and the finite part is sampled as a sub-probability.

    Raises
    ------
    ValueError
        Not two products of one shape, fewer than two draws, or a threshold that is not finite.

    Examples
    --------
    >>> pi_D, pi = Product([0.5, 0.5], H=20), Product([0.25, 0.75], H=20)
    >>> estimate = tilted_coverage(pi_D, pi, 13.0, 4000, np.random.default_rng(0), false_alarm=1e-3)
    >>> estimate.contains(2.0**-20)
    True
    """
    if not (isinstance(pi_D, Product) and isinstance(pi, Product)):
        raise ValueError("pi_D, pi: expected two Product policies")
    validation.same_shape(pi_D=pi_D.token_probs, pi=pi.token_probs)
    draws = validation.count("draws", draws, least=2)
    alarm = float(validation.in_range("false_alarm", false_alarm, 0.0, 1.0, open_ends=True))
    t = float(log_N)
    if not np.isfinite(t):
        raise ValueError(f"log_N: got {log_N}, expected a finite number")
    level = t - float(tie(t))
    p = normalised(pi_D.token_probs)
    x = token_log_ratios(p, normalised(pi.token_probs))
    on = (p > 0) & np.isfinite(x)
    with np.errstate(divide="ignore"):
        infinite = 0.0 - np.expm1(np.log1p(-np.minimum(np.where((p > 0) & ~on, p, 0.0).sum(axis=1), 1.0)).sum())
        log_p = np.where(on, np.log(p), -np.inf)
    x = np.where(on, x, 0.0)
    reach = np.where(on, x, -np.inf).max(axis=1).sum()
    if not on.any(axis=1).all() or level > reach:
        return Estimate(infinite, infinite, infinite, draws, alarm, "exact: the event needs an infinite ratio")

    def tilted(s: float) -> tuple[float, np.ndarray]:
        scores = log_p + s * x
        peak = scores.max(axis=1, keepdims=True)
        total = np.exp(scores - peak).sum(axis=1, keepdims=True)
        return float((peak + np.log(total)).sum()), np.exp(scores - peak) / total

    span = float((np.where(on, x, -np.inf).max(axis=1) - np.where(on, x, np.inf).min(axis=1)).max())
    s = _root(lambda s: float((tilted(s)[1] * x).sum()) - t, 40.0 / span if span > 0 else 0.0)
    cumulant, law = tilted(s)
    S = np.zeros(draws)
    for row, ratio in zip(law, x, strict=True):
        cumulative = np.cumsum(row)
        S += ratio[np.searchsorted(cumulative / cumulative[-1], rng.random(draws), side="right")]
    B = np.exp(cumulant - s * level)
    z = np.where(level <= S, np.exp(-s * np.maximum(S - level, 0.0)), 0.0)
    radius, mean = bernstein_radius(z, alarm), float(z.mean())
    value, lower, upper = (infinite + B * v for v in (mean, max(0.0, mean - radius), min(1.0, mean + radius)))
    return Estimate(float(value), float(lower), float(min(1.0, upper)), draws, alarm, "tilted, empirical Bernstein")


def _scorer(pi_D: Policy, pi: Policy) -> Callable[[np.random.Generator, np.ndarray], np.ndarray]:
    """Function that draws one response per prompt from ``pi_D`` and returns its log ratio."""
    if isinstance(pi_D, Tabular) and isinstance(pi, Tabular):
        validation.same_shape(pi_D=pi_D.probs, pi=pi.probs)
        ratios = token_log_ratios(pi_D.probs, pi.probs)

        def score(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
            return ratios[x, pi_D.sample(rng, len(x), x)]

    else:
        joint = Joint([pi_D, pi])

        def score(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
            log_p, log_q = joint.rollout(rng, x)
            return log_p - log_q

    return score


def _root(increasing: Callable[[float], float], most: float) -> float:
    """Zero of an increasing function on ``[0, most]``, or the nearer end."""
    low, high = 0.0, most
    if increasing(low) >= 0:
        return low
    if increasing(high) <= 0:
        return high
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if increasing(middle) < 0 else (low, middle)
    return low

"""pass@k beyond the draws: what any law allows, and a certified interval under a stated condition on the tail.

The condition ``T(N0, drift)``: from ``N = N0`` on the coverage profile ``Cov_N = P[p_x <= 1/N]`` falls as a power of N
whose local exponent stays in some interval of length ``drift``: there is b with ``Cov_N N^b`` non-increasing and
``Cov_N N^(b + drift)`` non-decreasing. Nobody can check it below ``p = 1/n``; b is learnt from the draws.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.bounds.scaling import forecast_lower, forecast_upper, growth_factor
from covtheory.coverage.confidence import clopper_pearson
from covtheory.own_model.intervals import chernoff_interval
from covtheory.own_model.passk import PassEstimate
from covtheory.samplers.best_of_n import pass_at_k

EXPONENTS = np.concatenate([[0.0], np.geomspace(1e-3, 32.0, 1000)])
"""Exponents that are tried; limits are rounded outwards to one of them, above the last there is no condition left."""

STAKES = 2.0 ** np.arange(6)

LATEST_TAIL = 1e8
"""Largest ``tail_from``: the part of fail@k below ``1/tail_from`` is a positive double for every exponent above."""


@dataclass(frozen=True)
class Forecast:
    """pass@k at one ``k`` beyond the draws.

    ``value``, ``lower`` and ``upper`` under the condition, ``free_lower`` and ``free_upper`` under none; ``exponent``
    are the certified ends of the local exponents below ``p = 1/tail_from``; ``value`` is NaN if no power law fits.
    """

    k: int
    value: float
    lower: float
    upper: float
    free_lower: float
    free_upper: float
    exponent: tuple[float, float]
    draws: int
    tail_from: float
    drift: float
    false_alarm: float
    method: str


def forecast(estimate: PassEstimate, k: int, *, tail_from: float | None = None, drift: float = 0.0) -> Forecast:
    r"""Interval for pass@k with k beyond the draws, for the law that the prompts came from.

    Let n be the fewest draws, ``u0 = 1/tail_from``, ``j`` a quarter of n. Four events of probability at most a quarter
    of ``estimate.false_alarm`` each: the two limits of fail@n leave it (Clopper-Pearson for equal numbers of draws,
    else Hoeffding), and a bet that fail@n is more, or less, than ``growth_factor(b, j, n, u0)`` times fail@j wins
    though b is right. None depends on k. Outside of them Theorem 4 of notebook 21 gives the limits, for all k together.
    A single prompt needs no condition: its limits are those of its p.

    Parameters
    ----------
    k : int
        More than ``estimate.largest_k``.
    tail_from : float, optional
        N0, 1 to 1e8; by default a sixteenth of the fewest draws, and at least one.
    drift : float
        How far the local exponent may move from N0 on.

    Raises
    ------
    ValueError
        ``k`` within the draws, one draw a prompt, ``tail_from`` outside 1 to 1e8, ``drift`` outside 0 to 32.

    Source: this collection (notebook 21, Theorem 5).

    Examples
    --------
    >>> from covtheory.own_model.passk import pass_estimate
    >>> f = forecast(pass_estimate(np.full(400, 32), np.arange(400) % 33), 1000)
    >>> f.free_lower < f.lower < f.value < f.upper < f.free_upper == 1.0
    True
    """
    k, n = validation.count("k", k), estimate.largest_k
    if k <= n:
        raise ValueError(f"forecast: got k = {k}, expected more than the {n} draws that every prompt has; pass@k up to "
                         "there is estimated without a forecast")
    if n < 2:
        raise ValueError("forecast: one draw a prompt says nothing of how pass@k grows; expected at least two")
    tail_from = max(1.0, n / 16) if tail_from is None else float(
        validation.in_range("tail_from", tail_from, 1, LATEST_TAIL))
    drift, alpha = float(validation.in_range("drift", drift, 0, EXPONENTS[-1])), estimate.false_alarm
    known = {"draws": n, "tail_from": tail_from, "drift": drift, "false_alarm": alpha}
    fail_n = 1.0 - pass_at_k(estimate.n, estimate.c, n)
    j = -(-n // 4)
    fail_j = 1.0 - pass_at_k(estimate.n, estimate.c, j)
    mean_n, mean_j = (float(estimate.prompts @ f / estimate.total) for f in (fail_n, fail_j))
    if estimate.total == 1:
        low, high = (-np.expm1(k * np.log1p(-min(p, 1 - 1e-16)))
                     for p in clopper_pearson(estimate.c[0], n, alpha))
        return Forecast(k, np.nan, float(low), float(high), float(low), float(high), (0.0, np.inf), **known,
                        method="Clopper-Pearson, one prompt")
    low, high = _failure_limits(estimate, mean_n, alpha)
    free = 1 - float(high), 1 - float(low) ** (k / n)
    low, high = _failure_limits(estimate, mean_n, alpha / 2)
    u0 = 1 / tail_from
    least, most = _exponents(fail_j, fail_n, estimate.prompts, j, n, u0, alpha / 4)
    least, most = max(least - drift, 0.0), most + drift
    upper = forecast_upper(high, least, n, k, u0)
    lower = forecast_lower(low, most, n, k, u0) if most <= EXPONENTS[-1] else low ** (k / n)
    seen, steps = mean_n / mean_j if mean_j else np.nan, growth_factor(EXPONENTS, j, n, u0)
    b = np.interp(-seen, -steps, EXPONENTS) if steps[-1] < seen < min(steps[0], 1) else np.nan
    value = 1 - mean_n * float(growth_factor(b, n, k, u0)) if np.isfinite(b) else np.nan
    return Forecast(k, value, 1 - float(upper), 1 - float(lower), *free, (least, most), **known,
                    method="Theorem 5 of notebook 21")


def published_power_law(passed: ArrayLike, ks: ArrayLike, k: ArrayLike) -> np.ndarray:
    """The forecast in print: least squares of ``log(-log pass@k)`` on ``log k``, a line, read at ``k``; no interval.

    Raises
    ------
    ValueError
        Unless two different ks with pass@k in (0, 1).

    Source: Schaeffer et al. 2025, arXiv 2502.17578, Section 2 (after Brown et al. and Hughes et al. 2024).

    Examples
    --------
    >>> round(float(published_power_law(np.exp(-0.5 * np.array([1, 2, 4]) ** -0.3), [1, 2, 4], 100)), 6)
    0.881973
    """
    passed, ks = validation.in_range("passed", passed, 0, 1, open_ends=True), validation.threshold("ks", ks)
    validation.same_shape(passed=passed, ks=ks)
    x, y = np.log(ks), np.log(-np.log(passed))
    if np.unique(x).size < 2:
        raise ValueError("ks: a line needs two different numbers of draws")
    slope = (x - x.mean()) @ (y - y.mean()) / ((x - x.mean()) @ (x - x.mean()))
    return np.exp(-np.exp(y.mean() + slope * (np.log(validation.threshold("k", k)) - x.mean())))


def _failure_limits(estimate: PassEstimate, mean: float, false_alarm: float) -> tuple[float, float]:
    """Limits for fail@n; with equal draws the prompts that were never solved are a binomial number."""
    if (estimate.n == estimate.n[0]).all():
        return clopper_pearson(int(estimate.prompts[estimate.c == 0].sum()), estimate.total, false_alarm)
    return chernoff_interval(mean, estimate.total, false_alarm)


def _exponents(fail_j, fail_n, prompts, j, n, u0, false_alarm) -> tuple[float, float]:
    r"""The least and the largest exponent that no bet refutes.

    With ``eps_j = (1 - u0)^j`` and r the growth factor of b from j to n, Theorem 4 says ``E[V_j - V_n / r] <= eps_j``
    if the exponents stay at or below b, ``E[V_n - r V_j] <= 0`` if at or above. A capital that stakes the share s
    of itself on every prompt, ``prod (1 + s Y)``, has expectation at most one; so has its average over fixed
    stakes, those that could be ruined left out; it exceeds ``1 / false_alarm`` with at most that probability. Both
    capitals are monotone in r, prompt by prompt: what is refuted is a half-line.
    """
    eps_j = (1 - u0) ** j
    stakes = np.sqrt(2 * np.log(1 / false_alarm) / prompts.sum()) * STAKES[:, None]

    def refuted(gain, worst):
        bets, fair = 1 + stakes * gain, stakes[:, 0] * worst < 1
        log_capital = np.where(fair, np.log(np.where(fair[:, None], bets, 1.0)) @ prompts, -np.inf)
        return bool(np.logaddexp.reduce(log_capital) > np.log(len(stakes) / false_alarm))

    def too_small(i):  # the exponent, for the exponents below u0 stay below it
        return refuted(fail_j - fail_n / r[i] - eps_j, max(1 / r[i] - 1, 0.0) + eps_j)

    def too_large(i):
        return refuted(fail_n - r[i] * fail_j, r[i])

    r, last = growth_factor(EXPONENTS, j, n, u0), len(EXPONENTS) - 1
    low = _last(too_small, 0, last) if too_small(0) else None
    high = _last(too_large, last, 0) if too_large(last) else None
    return (0.0 if low is None else float(EXPONENTS[low])), (np.inf if high is None else float(EXPONENTS[high]))


def _last(refuted, bad: int, good: int) -> int:
    """The last of the whole numbers from ``bad`` towards ``good`` that is refuted."""
    while abs(good - bad) > 1:
        middle = (bad + good) // 2
        bad, good = (middle, good) if refuted(middle) else (bad, middle)
    return bad

"""Certificate for the tail of a tilted sum: majorant and minorant integrated against its characteristic function.

For a measure W with ``dP = e^{scale - theta S} dW`` up to a factor ``e^{+-log_error}``, a threshold known within
``window = w``, and W-mass ``floor`` that was left out of W,

    P[S >= 0] = e^{scale} * integral of e^{-theta S} 1{S >= +-w} dW,

and ``e^{-theta z} 1{z >= 0}``, summed over translates by a period L, lies between T - F and T of
:mod:`covtheory.certificates.band_limited`, scaled by K/L with ``lam = theta L / K``. The integral of T is a sum over
the characteristic function at ``2 pi k / L``, |k| < K. T majorises all translates, hence also the one that is wanted;
from below the other translates, ``alias``, are subtracted.

What arithmetic and skipped frequencies can change, with ``size_k`` and ``kernel_k`` the bounds of the two coefficients:

* ``noise``: ``(size + kernel)`` times the error of ``psi``, and times ``|psi|``: ``COEFFICIENT u``, 12 units for three
  products of complex numbers, ``FUNCTION u`` and ``4u k h w`` for the turn by w, ``BLOCK u`` for the sum.
* ``skipped``: ``e^-kappa`` times the sum of the coefficients' bounds, ``2 (1 + 1/pi) / (1 - e^-lam) + 2``.
* four roundings when the parts are put together: ``8u`` of the sum of their moduli, in ``budget``.
* ``log_error + theta w`` for the measure; ``(FUNCTION + 4) u`` of the logarithms that are added, in ``log_e``.

Nothing that is not a finite number, and no upper end below a lower end, leaves this module: such a plan is given up.
"""

from dataclasses import dataclass
from math import fsum
from typing import Protocol

import numpy as np
from scipy.special import log_ndtr

from covtheory.certificates.band_limited import (
    COEFFICIENT,
    coefficient_bound,
    fejer_coefficients,
    majorant_coefficients,
)
from covtheory.certificates.product_spectrum import Spectrum
from covtheory.coverage.rounding import FUNCTION, UNIT

BLOCK = 64
"""Terms added up in floats before sums are exact."""

MOST_WORK = 3e9
"""Token factors spent on one bracket before it is given up."""


class TiltedMeasure(Protocol):
    """What the certificate asks of a tilted sum."""

    theta: float
    log_scale: float
    log_error: float
    window: float
    floor: float
    mean: float
    sd: float

    def log_mgf(self, s: np.ndarray) -> np.ndarray: ...
    def spectrum(self, step: float, K: int, kappa: float) -> Spectrum | None: ...


@dataclass(frozen=True)
class Plan:
    """Frequencies ``k step``, ``k < K``, and the exponents of the two Chernoff sums that bound the other translates."""

    step: float
    K: int
    down: float
    up: float


@dataclass(frozen=True)
class Tail:
    """Logarithms of the bracket and of the point value; what it was made of."""

    log_lower: float
    log_upper: float
    log_point: float
    plan: Plan
    parts: dict[str, float]


def certify_tail(measure: TiltedMeasure, gap: float, known: float = 0.0) -> Tail | None:
    """Bracket of ``P[S >= 0]`` whose width is at most ``gap * (known + lower)`` if that can be reached.

    Stops early when more frequencies no longer help (an atom at the threshold, round-off) or cost too much; the caller
    looks at the width. None if there is no finite bracket at all.
    """
    kappa, growth, last, best = 14 + 2 * np.log(1 / gap), 1.0, np.inf, None
    least = measure.log_error + measure.theta * measure.window  # no frequencies make up for these
    for _ in range(8 if least < 1 else 1):
        plan = plan_tail(measure, max(gap, min(least, 0.4)) / growth)
        if plan is not None and least >= 1:
            plan = Plan(plan.step, min(plan.K, 256), plan.down, plan.up)
        if plan is None or (best is not None and plan.K * best.parts["work"] / best.plan.K > MOST_WORK):
            break
        tail = tail_at(measure, plan, kappa)
        if tail is None and best is None:  # coarser than asked for; the caller sees the width
            return tail_at(measure, Plan(plan.step, min(plan.K, 2**15), plan.down, plan.up), kappa)
        if tail is None:
            break
        width = _relative_width(tail, known)
        if best is None or tail.log_upper - tail.log_lower < best.log_upper - best.log_lower:
            best = tail
        if width <= gap or width > 0.6 * last or (last == np.inf == width and growth > 1):
            break
        growth *= max(2.0, min(64.0, 1.15 * width / gap)) if np.isfinite(width) else 32.0
        last = width
    return best


def tail_at(measure: TiltedMeasure, plan: Plan, kappa: float) -> Tail | None:
    """Bracket with given frequencies; None if there are too many to evaluate, or if no finite bracket comes out."""
    theta, K, h = measure.theta, plan.K, plan.step
    lam = theta * (2 * np.pi / h) / K
    spectrum = measure.spectrum(h, K, kappa)
    if spectrum is None:
        return None
    k, psi, w = spectrum.k, spectrum.psi, measure.window
    twice = np.where(k > 0, 2.0, 1.0)
    with np.errstate(all="ignore"):  # whatever is not finite is turned away below
        terms, turn = twice * majorant_coefficients(k, K, lam) * psi, np.exp(1j * k * h * w)
        kernel = twice * fejer_coefficients(k, K)
        sums = ((terms * turn).real, (terms * turn.conj()).real, kernel * (psi * turn.conj()).real,
                (twice * psi / (theta + 1j * k * h)).real)
        noise = noise_bound(spectrum, twice * coefficient_bound(k, K, lam) + kernel, h * w)
        skipped = spectrum.skipped * (2.7 / -np.expm1(-lam) + 2) if len(k) < K else 0.0
        alias = float(np.exp(_log_alias(measure, plan)))
        upper_sum, lower_sum, fejer, direct = map(_sum, sums)
        budget = noise + skipped + 8 * UNIT * (abs(upper_sum) + abs(lower_sum) + abs(fejer)) + measure.floor
        above, below = upper_sum + budget, lower_sum - fejer - alias * (1 + 8 * UNIT) - budget
        log_above, log_below = (float(np.log(v)) if v > 0 else -np.inf for v in (above, below))
        log_point = float(np.log(direct)) + float(np.log(h / (2 * np.pi))) if direct > 0 else -np.inf
        rounding = UNIT * (abs(measure.log_scale) + abs(log_above) + (abs(log_below) if below > 0 else 0.0) + 1)
        log_e = measure.log_error + theta * w * (1 + 4 * UNIT) + (FUNCTION + 4) * rounding
    finite = np.isfinite([above, budget, log_above, log_e, measure.log_scale]).all()
    logs = (log_below - log_e, log_above + log_e, log_point)
    if not finite or not (logs[0] <= logs[1] and alias >= 0 and budget >= 0):
        return None
    parts = {"alias": alias, "noise": noise, "skipped": skipped, "kernel": fejer, "value": upper_sum, "budget": budget,
             "log_error": log_e, "work": spectrum.work, "evaluated": float(len(k))}
    return Tail(*(float(measure.log_scale + v) for v in logs), plan, {name: float(v) for name, v in parts.items()})


def noise_bound(spectrum: Spectrum, size: np.ndarray, turn: float) -> float:
    """What rounding can change in the sums over the characteristic function; ``turn`` is the step times the window.

    Examples
    --------
    >>> one = Spectrum(np.zeros(1), np.ones(1), np.full(1, 1e-9), 0.0, 0.0)
    >>> 1e-9 < noise_bound(one, np.ones(1), 0.0) < 1.1e-9
    True
    """
    slack = UNIT * (COEFFICIENT + 12 + FUNCTION + BLOCK + 4 * spectrum.k * turn)
    return float(size @ (spectrum.error + slack * np.abs(spectrum.psi))) * 1.01


def _sum(terms: np.ndarray) -> float:
    """Sum within ``BLOCK`` units of round-off; not a number if a term is not finite."""
    if not np.isfinite(terms).all():
        return float("nan")
    whole = len(terms) // BLOCK * BLOCK
    return fsum([*terms[:whole].reshape(-1, BLOCK).sum(axis=1).tolist(), *terms[whole:].tolist()])


def smallest_gap(tail: Tail) -> float:
    """Relative gap below which more frequencies do not lead: round-off, window and input rounding."""
    value = max(tail.parts["value"], 1e-300)
    return float(2 * np.expm1(min(tail.parts["log_error"], 700.0)) + 2 * tail.parts["noise"] / value)


def _relative_width(tail: Tail, known: float) -> float:
    lower, upper = np.exp([min(tail.log_lower, 0.0), min(tail.log_upper, 0.0)])
    if known > 0:
        return float((upper - lower) / (known + lower)) if known + lower > 0 else np.inf
    return float(np.expm1(min(tail.log_upper - tail.log_lower, 700.0))) if tail.log_lower > -np.inf else np.inf


def _log_normal_value(measure: TiltedMeasure) -> float:
    """``log E e^{-theta Z} 1{Z >= 0}`` for a normal Z with the mean and deviation of the measure."""
    m, s, theta = measure.mean, measure.sd, measure.theta
    return float(min(-theta * m + (theta * s) ** 2 / 2 + log_ndtr((m - theta * s * s) / s), 0.0))


def plan_tail(measure: TiltedMeasure, gap: float) -> Plan | None:
    """Frequencies that should do for a relative gap; None if the measure is out of floating point's range."""
    return _plan(measure, gap, gap * 0.02 * np.exp(_log_normal_value(measure)))


def _plan(measure: TiltedMeasure, gap: float, alias: float) -> Plan | None:
    """Shortest period whose other translates weigh at most ``alias``, and enough frequencies for ``gap``."""
    theta, sd = measure.theta, measure.sd
    down = theta * np.geomspace(0.02, 1.0, 24)
    up = np.geomspace(0.3, 40.0, 24) / sd
    with np.errstate(all="ignore"):
        log_down, log_up = (np.nan_to_num(measure.log_mgf(s), nan=np.inf, posinf=np.inf) for s in (-down, up))
    if not (np.isfinite(log_down).any() and np.isfinite(log_up).any() and np.isfinite(sd) and 0 < theta < np.inf):
        return None

    def weight(period: float) -> tuple[float, int, int]:
        sides = (log_down - down * period, log_up - up * period)
        i, j = (int(np.argmin(side)) for side in sides)
        return float(np.exp(min(sides[0][i], 50.0)) + np.exp(min(sides[1][j], 50.0))), i, j

    low, high = 0.5 * sd, 4.0 * sd
    while weight(high)[0] > alias and high < 1e12 * sd:
        low, high = high, 2 * high
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if weight(middle)[0] > alias else (low, middle)
    _, i, j = weight(high)
    log_density = min(-0.5 * (measure.mean / sd) ** 2 - _log_normal_value(measure), 600.0)
    density = np.exp(log_density) / (sd * np.sqrt(2 * np.pi))
    step = 2 * np.pi / high
    return Plan(step, max(16, int(min(np.ceil(1.06 * high * density / gap), 2**50))), float(down[i]), float(up[j]))


def _log_alias(measure: TiltedMeasure, plan: Plan) -> float:
    """Log of the bound on all other translates, two geometric sums, for any threshold within the window."""
    period, w = 2 * np.pi / plan.step, measure.window
    terms = []
    for s, rate in ((-plan.down, plan.down), (plan.up, plan.up)):
        log_sum = measure.log_mgf(np.array([s]))[0] + rate * w - rate * period
        terms.append(log_sum - np.log(-np.expm1(-rate * period)) + 1e-9 + 64 * UNIT * rate * period)
    return float(np.logaddexp(*terms))

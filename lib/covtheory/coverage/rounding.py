"""What a float means to the engine, what a tie is, and what is assumed of floating-point arithmetic.

**Laws.** A float is the real number it is, and every row of probabilities is divided by its exact sum; that is the law
*given*. A certificate holds for all laws that have the same zeros and agree with the given ones, entry by entry, within
``INPUT`` relative: rationals rounded to floats are among them. At a position whose two rows are the same floats the
ratio is one exactly, for all laws that are meant. (A profile, which is no certificate, leaves rows alone whose sum is
one up to round-off, and takes log-probabilities of sequence policies as they are.)

**Ties.** A threshold is given by its logarithm ``t``, the real number that the float is. ``Cov_N`` is the probability
that the log ratio is at least ``t - tie(t)``, ``tie(t) = 1e-12 max(1, |t|)``: an atom that differs from ``t`` by
round-off is at ``t``, and atoms at ``t`` count. Profile, enumeration, certificate, chains, grid rounding, sampling and
estimates from recorded log-probabilities all use this rule. Brackets from majorants and from grids contain more: the
probability for every threshold within ``tie(t)`` of ``t``. At N = 1 the laws meant move the atoms of more than about
1,000 tokens by more than the tie; :mod:`covtheory.certificates.lattice` says for which of them there is an answer.

**Arithmetic.** ``u = UNIT``. Sums, products, quotients and square roots are rounded to nearest; a sum of n terms in any
order, a product of matrices included, is off by at most ``n u`` times the sum of moduli, a product of complex numbers
by ``4u`` of its modulus. Library functions are within ``FUNCTION u`` (eight units in the last place; numpy promises
four): relative for exp, log, log1p, expm1, hypot, arctan2, arccos, gammaln of whole numbers plus one, and for sine up
to 3; absolute for sine beyond, cosine, and real and imaginary part of ``exp(ix)``. :func:`function_errors` measures it,
a test on many points, and :func:`functions_hold` on a few, once a process, before anything is certified.
"""

from functools import cache
from math import fsum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

UNIT = 2.0**-53
INPUT = 4 * UNIT
"""Relative distance of the laws meant from the law given, entry by entry."""

ENTRY = 7 * UNIT
"""The same for the floats that :func:`normalised` returns: three roundings more."""

FUNCTION = 16
"""Assumed error of library functions in units of round-off."""

LEAST = 1e-280
"""Data probabilities below this are not followed: their mass goes into the upper end."""

TIE = 1e-12


def tie(log_N: ArrayLike) -> np.ndarray:
    """Width within which an atom below ``log_N`` (nats) is tied with it; zero at infinity.

    Examples
    --------
    >>> tie([0.5, -30.0, np.inf]).tolist()
    [1e-12, 3e-11, 0.0]
    """
    size = np.abs(np.asarray(log_N, dtype=float))
    return np.where(np.isfinite(size), TIE * np.maximum(1.0, size), 0.0)


def normalised(probs: np.ndarray) -> np.ndarray:
    """Rows divided by their sums, which are rounded once: entries within 2 units of round-off of the law given.

    Examples
    --------
    >>> normalised(np.array([0.2, 0.2]))
    array([0.5, 0.5])
    """
    totals = np.array([fsum(row) for row in np.atleast_2d(probs)])
    return probs / (totals[:, None] if probs.ndim == 2 else totals)


def token_log_ratios(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """``log(p/q)`` entrywise to full relative accuracy also where ``p`` is close to ``q``; ``-inf`` where ``p = 0``.

    Examples
    --------
    >>> token_log_ratios(np.array([0.5, 0.0, 0.5]), np.array([0.25, 0.75, 0.0]))
    array([0.69314718,       -inf,        inf])
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        close = (np.abs(p - q) < 0.5 * q) & (p > 0)
        ratio = np.where(close, np.log1p(np.where(close, (p - q) / q, 0.0)), np.log(p) - np.log(q))
    return np.where(p == 0, -np.inf, ratio)


def token_laws(p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalised rows of p, log ratios, and how far those can be from the log ratios of the laws that are meant.

    Entries within ``INPUT`` and two roundings each: ``2 ENTRY``. Where p and q are close, the quotient's rounding is
    amplified at most 1.45 times by log1p: ``(FUNCTION + 3) u |x|``; elsewhere ``FUNCTION u (|log p| + |log q|)`` and
    one unit of x. A subnormal q is divided by its sum after taking the logarithm, not before.

    Examples
    --------
    >>> token_laws(np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]]))[1:]
    (array([[0., 0.]]), array([[0., 0.]]))
    """
    law, model = normalised(p), normalised(q)
    x = token_log_ratios(law, model)
    with np.errstate(divide="ignore", invalid="ignore"):
        tiny = (q > 0) & (q < LEAST)
        if tiny.any():
            total = np.array([fsum(row) for row in q])[:, None]
            x = np.where(tiny & (p > 0), np.log(law) - (np.log(q) - np.log(total)), x)
        size = np.where(np.abs(law - model) < 0.5 * model, 0.0, np.abs(np.log(law)) + np.abs(np.log(q)) + 1e-8)
        slip = 2.02 * ENTRY + UNIT * ((FUNCTION + 3) * np.abs(x) + (FUNCTION + 2) * size)
    return law, x, np.where(np.all(p == q, axis=1, keepdims=True) | ~np.isfinite(x), 0.0, slip)


def mass_at_infinity(law: np.ndarray, never: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Bounds of the probability that a token for which ``never`` is true occurs at one of the positions.

    That is ``1 - prod (1 - mass)^count`` with the sum ``mass`` of such entries of each row; of it and of the sum of the
    others (rounded once: relative error ``ENTRY + u``) the smaller one is used, so that the logarithm is off by at most
    ``2 (ENTRY + u) min(mass, 1) + FUNCTION u |log|``; then the sum over positions, expm1, and a factor.

    Examples
    --------
    >>> low, high = mass_at_infinity(np.array([[0.5, 0.5]]), np.array([[True, False]]), np.array([2]))
    >>> bool(low < 0.75 < high), bool(high - low < 1e-13)
    (True, True)
    """
    if not np.any(law[never] > 0):
        return 0.0, 0.0
    mass, rest = (np.array([fsum(row) for row in np.where(part, law, 0.0)]) for part in (never, ~never))
    if np.any(rest == 0):
        return 1.0, 1.0
    logs = np.where(mass < 0.5, np.log1p(-np.minimum(mass, 0.5)), np.log(rest))
    slack = 2.02 * (ENTRY + UNIT) * np.minimum(mass, 1.0) + (FUNCTION + len(counts) + 4) * UNIT * np.abs(logs)
    total, error, wide = float(counts @ logs), 1.01 * float(counts @ slack), 2 * FUNCTION * UNIT
    ends = -np.expm1(total + error) * (1 - wide), -np.expm1(total - error) * (1 + wide)
    return max(0.0, float(ends[0])), min(1.0, float(ends[1]))


def function_errors(points: int, rng: np.random.Generator) -> dict[str, float]:
    """Largest error of each library function at random points in its range, in units of round-off, against mpmath.

    Examples
    --------
    >>> max(function_errors(8, np.random.default_rng(0)).values()) < FUNCTION
    True
    """
    import mpmath

    def spread(low: float, high: float) -> np.ndarray:
        return rng.choice([-1.0, 1.0], points) * 10 ** rng.uniform(low, high, points)

    near, small, large = spread(-18, -0.31), spread(-12, 0.47), spread(-3, 9)
    positive, whole = np.exp(rng.uniform(-740, 700, points)), np.floor(10 ** rng.uniform(0.31, 8, points))
    unit = np.where(rng.random(points) < 0.5, rng.uniform(0, 1, points), 1 - np.abs(near))
    wave, mp = np.exp(1j * large), mpmath.mp
    relative = {
        "exp": (np.exp(small * 230), mp.exp, small * 230), "log": (np.log(positive), mp.log, positive),
        "log near one": (np.log(1 + near), mp.log, 1 + near), "log1p": (np.log1p(near), mp.log1p, near),
        "expm1": (np.expm1(small * 16), mp.expm1, small * 16), "sin": (np.sin(small), mp.sin, small),
        "hypot": (np.hypot(small, large), mp.hypot, small, large), "arccos": (np.arccos(unit), mp.acos, unit),
        "arctan2": (np.arctan2(small, large), mp.atan2, small, large), "gammaln": (gammaln(whole), mp.loggamma, whole),
    }
    absolute = {"sin of large": (np.sin(large), mp.sin, large), "cos": (np.cos(large), mp.cos, large),
                "exp(ix), real": (wave.real, mp.cos, large), "exp(ix), imaginary": (wave.imag, mp.sin, large)}
    worst = {}
    with mp.workprec(110):
        for name, (found, exact, *arguments) in (relative | absolute).items():
            error = 0.0
            for value, *row in zip(found.tolist(), *(a.tolist() for a in arguments), strict=True):
                truth = exact(*map(mp.mpf, row))
                off = float(abs(mp.mpf(value) - truth) / (1 if name in absolute else abs(truth) or 1))
                error = max(error, off if off == off else np.inf)
            worst[name] = error / UNIT
    return worst


@cache
def functions_hold() -> bool:
    """Whether the assumption about library functions holds at a few points on this machine; looked at once.

    Examples
    --------
    >>> functions_hold()
    True
    """
    return max(function_errors(48, np.random.default_rng(0)).values()) <= FUNCTION

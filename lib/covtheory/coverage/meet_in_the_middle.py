"""Exact coverage of a product by listing atoms of the log ratio, all of them or those of two halves."""

from math import comb

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage import enumeration
from covtheory.coverage.composition import Bracket
from covtheory.coverage.log_ratio import token_log_ratios
from covtheory.coverage.tilted_product import INPUT, UNIT, normalised

MOST_ATOMS = 2**22
"""Atoms listed for a half."""


def enumerated_coverage(p: ArrayLike, q: ArrayLike, H: int | None, log_N: float) -> Bracket:
    """``Cov_N`` of independent tokens by enumeration of types, or of pairs of half-sequences (meet in the middle).

    Atoms within ``1e-12 max(1, |log N|)`` of ``log N``, or within what rounding can have moved them, are tied with it
    and counted, as in :class:`~covtheory.coverage.CoverageProfile`; the bracket covers round-off of the masses.

    Parameters
    ----------
    p, q : array_like, shape (V,) or (H, V)
        Token laws of the data and of the model.
    H : int or None
        Number of positions; may be None if ``p`` has one row per position.
    log_N : float
        Threshold in nats.

    Raises
    ------
    ValueError
        Bad probabilities, or more than 2**22 atoms in a half.

    Examples
    --------
    >>> bracket = enumerated_coverage([0.5, 0.5], [0.25, 0.75], 40, 20 * np.log(4 / 3))
    >>> bool(bracket.relative_gap < 1e-10)
    True
    """
    p, q = validation.probabilities("p", p), validation.probabilities("q", q)
    validation.same_shape(p=p, q=q)
    p, q = normalised(p), normalised(q)
    if p.ndim == 2 and np.all(p == p[0]) and np.all(q == q[0]):
        p, q, H = p[0], q[0], len(p)
    t = float(log_N)
    x = token_log_ratios(p, q)
    length = validation.count("H", len(p) if p.ndim == 2 else H)
    if p.ndim == 1:
        halves = [length] if type_count(p, q, length) <= 2**20 else [length // 2, length - length // 2]
        for half in halves:
            _check(type_count(p, q, half), length)
        distinct = {half: _types(x, p, q, half) for half in halves}
        parts = [distinct[half] for half in halves]
    else:
        parts = [_convolution(x[rows], p[rows], q[rows]) for rows in (slice(0, length // 2), slice(length // 2, None))]
    on = (p > 0) & np.isfinite(x)
    reach = float(np.abs(x[on]).max()) if on.any() else 0.0
    log_p = float(np.abs(np.log(p[p > 0])).max())
    log_factorial = length * max(1.0, np.log(length))
    rounding = length * UNIT * (64 * reach + 8 * (log_p + float(np.abs(np.log(q[q > 0])).max())) + 16)
    tie = max(1e-12 * max(1.0, abs(t)), 4 * rounding + 64 * UNIT * abs(t)) if np.isfinite(t) else 0.0
    relative = 1.01 * length * INPUT + 8 * p.shape[-1] * UNIT * (16 + 2 * log_factorial + length * log_p)
    ends = (t - tie + tie / 4, t - tie - tie / 4, t + tie)
    *sums, beyond = _above(parts, ends)
    tied = sums[1][0] - beyond[0]
    (lower, below_high), (upper, below_low) = sums
    complement = (float(below_low * (1 - relative)), float(min(1.0, below_high * (1 + relative) + 1e-300)))
    lower, upper = lower * (1 - relative), min(1.0, upper * (1 + relative) + 1e-300)
    if upper > 0.5:
        lower, upper = max(lower, 1 - complement[1] - 2 * UNIT), min(upper, 1 - complement[0] + 2 * UNIT, 1.0)
    method = "enumeration of types" if len(parts) == 1 else "meet in the middle"
    detail = {"complement": complement, "tied": max(0.0, tied), "atoms": sum(len(part[0]) for part in parts)}
    return Bracket(float(max(0.0, lower)), float(upper), method, detail)


def type_count(p: np.ndarray, q: np.ndarray, H: int) -> int:
    """Number of types of ``H`` tokens, tokens with equal log ratios merged.

    Examples
    --------
    >>> type_count(np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5]), 10)
    66
    """
    x = token_log_ratios(p, q)
    finite = x[(p > 0) & np.isfinite(x)]
    if not finite.size:
        return 1
    k = len(enumeration.lump(finite, finite, finite)[0])
    return comb(H + k - 1, k - 1)


def _types(x: np.ndarray, p: np.ndarray, q: np.ndarray, length: int) -> enumeration.Atoms:
    """Log ratio and mass of all types; short sequences are grown token by token in non-decreasing order of token."""
    if length > 64:
        return enumeration.types(x, p, q, length)
    on = (p > 0) & np.isfinite(x)
    x_on, p_on, _ = enumeration.lump(x[on], p[on], q[on]) if on.any() else (x[on],) * 3
    values, mass, last, run = np.zeros(1), np.ones(1), np.zeros(1, dtype=np.intp), np.zeros(1)
    for h in range(length):
        width = len(x_on) - last
        parent = np.repeat(np.arange(len(last)), width)
        token = np.arange(len(parent)) - np.repeat(np.cumsum(width) - width, width) + last[parent]
        run = np.where((token == last[parent]) & (h > 0), run[parent], 0.0) + 1
        values, mass, last = values[parent] + x_on[token], mass[parent] * p_on[token] * ((h + 1) / run), token
    p_inf = float(-np.expm1(length * np.log1p(-min(p[~on].sum(), 1.0)))) if p[~on].sum() < 1 else 1.0
    if p_inf > 0:
        values, mass = np.append(values, np.inf), np.append(mass, p_inf)
    return values, mass, mass, 0.0


def _convolution(x: np.ndarray, p: np.ndarray, q: np.ndarray) -> enumeration.Atoms:
    listed = 1
    for row, mass in zip(x, p, strict=True):
        listed *= max(1, len(np.unique(row[mass > 0])))
        _check(listed, len(x))
    return enumeration.convolution(x, p, q) if len(x) else (np.zeros(1), np.ones(1), np.ones(1), 0.0)


def _check(atoms: int, length: int) -> None:
    if atoms > MOST_ATOMS:
        raise ValueError(f"H: {length} positions have {atoms:.4g} atoms to list, expected at most {MOST_ATOMS}")


def _above(parts: list[enumeration.Atoms], thresholds: tuple[float, ...]) -> list[tuple[float, float]]:
    """Mass at or above each threshold, and mass below it."""
    values, p = _ordered(parts[0])
    if len(parts) == 1:
        return [(float(p[i:].sum()), float(p[:i].sum())) for i in np.searchsorted(values, thresholds)]
    other, mass = (values, p) if parts[1] is parts[0] else _ordered(parts[1])
    tail = np.concatenate((np.cumsum(mass[::-1])[::-1], [0.0]))
    head = np.concatenate(([0.0], np.cumsum(mass)))
    places = (np.searchsorted(other, t - values) for t in thresholds)
    return [(float(p @ tail[place]), float(p @ head[place])) for place in places]


def _ordered(atoms: enumeration.Atoms) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(atoms[0])
    return atoms[0][order], atoms[1][order]

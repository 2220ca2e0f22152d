"""Exact coverage of a product by listing atoms of the log ratio, all of them or those of two halves."""

from math import comb

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage import enumeration
from covtheory.coverage.composition import Bracket
from covtheory.coverage.log_ratio import token_log_ratios
from covtheory.coverage.tilted_product import INPUT, UNIT

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
    if p.ndim == 2 and np.all(p == p[0]) and np.all(q == q[0]):
        p, q, H = p[0], q[0], len(p)
    t = float(log_N)
    x = token_log_ratios(p, q)
    length = validation.count("H", len(p) if p.ndim == 2 else H)
    if p.ndim == 1:
        atoms, halves = type_count(p, q, length), None
        if atoms > 2**20:
            halves = [length // 2, length - length // 2]
            atoms = max(type_count(p, q, h) for h in halves)
        _check(atoms, length)
        parts = [enumeration.types(x, p, q, h) for h in ([length] if halves is None else sorted(set(halves)))]
        if halves is not None and len(parts) == 1:
            parts = parts * 2
    else:
        parts = [_convolution(x[rows], p[rows], q[rows]) for rows in (slice(0, length // 2), slice(length // 2, None))]
    on = (p > 0) & np.isfinite(x)
    reach = float(np.abs(x[on]).max()) if on.any() else 0.0
    log_p = float(np.abs(np.log(p[p > 0])).max())
    log_factorial = length * max(1.0, np.log(length))
    rounding = length * UNIT * (64 * reach + 8 * (log_p + float(np.abs(np.log(q[q > 0])).max())) + 16)
    tie = max(1e-12 * max(1.0, abs(t)), 4 * rounding + 64 * UNIT * abs(t)) if np.isfinite(t) else 0.0
    relative = 1.01 * length * INPUT + 8 * p.shape[-1] * UNIT * (16 + 2 * log_factorial + length * log_p)
    sums = [_above(parts, t - tie + shift) for shift in (tie / 4, -tie / 4)]
    tied = sums[1][0] - _above(parts, t + tie)[0]
    (lower, below_high), (upper, below_low) = sums
    complement = (below_low * (1 - relative), min(1.0, below_high * (1 + relative) + 1e-300))
    lower, upper = lower * (1 - relative), min(1.0, upper * (1 + relative) + 1e-300)
    if upper > 0.5:
        lower, upper = max(lower, 1 - complement[1] - 2 * UNIT), min(upper, 1 - complement[0] + 2 * UNIT, 1.0)
    method = "enumeration of types" if len(parts) == 1 else "meet in the middle"
    atoms = sum(len(part[0]) for part in parts)
    return Bracket(max(0.0, lower), upper, method, {"complement": complement, "tied": max(0.0, tied), "atoms": atoms})


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


def _convolution(x: np.ndarray, p: np.ndarray, q: np.ndarray) -> enumeration.Atoms:
    listed = 1
    for row, mass in zip(x, p, strict=True):
        listed *= max(1, len(np.unique(row[mass > 0])))
        _check(listed, len(x))
    return enumeration.convolution(x, p, q) if len(x) else (np.zeros(1), np.ones(1), np.ones(1), 0.0)


def _check(atoms: int, length: int) -> None:
    if atoms > MOST_ATOMS:
        raise ValueError(f"H: {length} positions have {atoms:.4g} atoms to list, expected at most {MOST_ATOMS}")


def _above(parts: list[enumeration.Atoms], t: float) -> tuple[float, float]:
    """Mass at or above ``t`` and mass below it."""
    values, p = (parts[0][i] for i in (0, 1))
    if len(parts) == 1:
        above = values >= t
        return float(p[above].sum()), float(p[~above].sum())
    order = np.argsort(parts[1][0])
    other, mass = parts[1][0][order], parts[1][1][order]
    tail = np.concatenate((np.cumsum(mass[::-1])[::-1], [0.0]))
    head = np.concatenate(([0.0], np.cumsum(mass)))
    first = np.sort(values)
    place = np.searchsorted(other, t - first)
    p = p[np.argsort(values)]
    return float(p @ tail[place]), float(p @ head[place])

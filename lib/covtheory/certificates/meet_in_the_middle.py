"""Coverage of a product by listing atoms of the log ratio, all of them or those of two halves.

Atoms are decided by one rule, ``value >= t - tie(t)`` (:mod:`~covtheory.coverage.rounding`), and where rounding could
have moved an atom across, the lower end leaves it out and the upper end counts it. What can have moved a value of H
tokens (``u`` unit, ``reach`` largest modulus of a log ratio):

* the log ratios of the laws that are meant, ``2 INPUT`` a token (none where p and q are the same floats) and 2 units of
  the log ratio, which are computed with mpmath here if tokens are few; merging of values that agree up to round-off,
  each as far as it really was moved;
* sums: of types, two roundings for each of ``min(V, H)`` counts, ``(2 min(V, H) + 4) u H reach``; of positions that
  differ, two units of the largest partial sum for each; comparing with a threshold, ``8u (|t| + H reach)``.

And the masses: ``ENTRY`` a token, merging as many units as values came together, products three units a token;
multinomial coefficients by gammaln have ``(FUNCTION + 2V + 4) u`` times the sum of moduli of all logarithms. Sums over
atoms are blocked: ``2 BLOCK + 2n / BLOCK`` units for n of them.
"""

from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from covtheory import validation
from covtheory.certificates.atoms import Atoms, bracket_of_atoms, check, convolution, precise
from covtheory.certificates.bracket import Bracket
from covtheory.coverage.rounding import (
    FUNCTION,
    LEAST,
    UNIT,
    mass_at_infinity,
    token_laws,
)


def enumerated_coverage(
    p: ArrayLike, q: ArrayLike, H: int | None, log_N: float, *, whole: np.ndarray | None = None
) -> Bracket:
    """``Cov_N`` of independent tokens by enumeration of types, or of pairs of half-sequences (meet in the middle).

    Atoms within ``tie(log N)`` below ``log N`` count; the bracket covers round-off of values and masses.

    Parameters
    ----------
    p, q : array_like, shape (V,) or (H, V)
        Token laws of the data and of the model.
    H : int or None
        Number of positions; may be None if ``p`` has one row per position.
    log_N : float
        Threshold in nats.
    whole : ndarray, shape (1, V) or (H, V), optional
        Whole numbers that are added up instead of the log ratios: a :mod:`~.lattice`.

    Returns
    -------
    Bracket
        ``detail`` has ``complement``, the bracket of ``1 - Cov_N``, ``tied``, the mass within ``tie(log N)`` of
        ``log N``, and the number of ``atoms``.

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
    same = p.ndim == 1 or bool(np.all(p == p[0]) and np.all(q == q[0]))
    t, length = float(log_N), validation.count("H", len(p) if p.ndim == 2 else H)
    rows = [np.atleast_2d(law)[:1] if same else law for law in (p, q)]
    law, x, slip = precise(*rows) if whole is None else token_laws(*rows)
    if whole is not None:
        x, slip = np.where(np.isfinite(x), whole, x), np.zeros(x.shape)
    on = (law >= LEAST) & np.isfinite(x)
    tokens = [Atoms.of(*row) for row in zip(x, law, slip, on, strict=True)]
    counts = np.full(len(law), length if same else 1)
    infinite = mass_at_infinity(law, (law >= LEAST) & (x == np.inf), counts)
    lost = 1.01 * float(counts @ np.where(law < LEAST, law, 0.0).sum(axis=1)) + 1e-300
    if same:
        atoms = comb(length + len(tokens[0].values) - 1, length)
        halves = [length] if atoms <= 2**20 else [length // 2, length - length // 2]
        for half in halves:
            check(comb(half + len(tokens[0].values) - 1, half), length)
        listed = {half: types(tokens[0], half) for half in halves}
        parts = [listed[half] for half in halves]
    else:
        parts = [convolution(tokens[: length // 2], length), convolution(tokens[length // 2 :], length)]
    return bracket_of_atoms(parts, t, length, infinite, lost)


def type_count(p: np.ndarray, q: np.ndarray, H: int) -> int:
    """Number of types of ``H`` tokens, tokens with equal log ratios merged.

    Examples
    --------
    >>> type_count(np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5]), 10)
    66
    """
    law, x, slip = token_laws(p[None], q[None])
    on = (law >= LEAST) & np.isfinite(x)
    k = len(Atoms.of(x[0], law[0], slip[0], on[0]).values)
    return comb(H + k - 1, H)


def types(token: Atoms, length: int) -> Atoms:
    """Log ratio and mass of all types; short sequences are grown token by token in non-decreasing order of token.

    Examples
    --------
    >>> types(Atoms(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 0.0, 0.0), 2).mass
    array([0.25, 0.5 , 0.25])
    """
    x, p, k = token.values, token.mass, len(token.values)
    moved = 1.01 * length * (token.moved + (2 * min(k, length) + 4) * UNIT * token.reach())
    if not k:
        return Atoms(np.zeros(int(length == 0)), np.ones(int(length == 0)), 0.0, 0.0)
    if length <= 64:
        values, mass, last, run, base = np.zeros(1), np.ones(1), np.zeros(1, dtype=np.intp), np.zeros(1), np.zeros(1)
        for h in range(length):
            width = k - last
            parent = np.repeat(np.arange(len(last)), width)
            item = np.arange(len(parent)) - np.repeat(np.cumsum(width) - width, width) + last[parent]
            again = (item == last[parent]) & (h > 0)
            run, base = np.where(again, run[parent], 0.0) + 1, np.where(again, base[parent], values[parent])
            values, mass, last = base + run * x[item], mass[parent] * p[item] * ((h + 1) / run), item
        return Atoms(values, mass, moved, 1.01 * length * (token.relative + 4 * UNIT))
    log_p = np.log(p)
    if k == 1:
        relative = length * (token.relative + (FUNCTION + 4) * UNIT * abs(log_p[0])) + 2 * FUNCTION * UNIT
        return Atoms(length * x, np.exp(length * log_p), moved, 1.01 * float(relative))
    log_factorial = gammaln(np.arange(length + 1) + 1.0)
    left, values, log_mass = np.array([length]), np.zeros(1), np.full(1, log_factorial[length])
    for i in range(k):
        width = np.ones_like(left) if i == k - 1 else left + 1
        parent = np.repeat(np.arange(len(left)), width)
        c = left if i == k - 1 else np.arange(len(parent)) - np.repeat(np.cumsum(width) - width, width)
        values = values[parent] + c * x[i]
        log_mass = log_mass[parent] + (c * log_p[i] - log_factorial[c])
        left = left[parent] - c
    size = 2 * log_factorial[length] + length * float(np.abs(log_p).max()) + 1
    relative = length * token.relative + (FUNCTION + 2 * k + 4) * UNIT * size + 2 * FUNCTION * UNIT
    return Atoms(values, np.exp(log_mass), moved, 1.01 * relative)

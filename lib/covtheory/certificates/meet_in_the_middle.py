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

from math import comb, fsum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from covtheory import validation
from covtheory.certificates.composition import Bracket
from covtheory.coverage.rounding import (
    ENTRY,
    FUNCTION,
    INPUT,
    LEAST,
    UNIT,
    mass_at_infinity,
    tie,
    token_laws,
)

MOST_ATOMS = 2**22
"""Atoms listed for a half."""

BLOCK = 2048


def enumerated_coverage(p: ArrayLike, q: ArrayLike, H: int | None, log_N: float) -> Bracket:
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
    law, x, slip = _precise(*rows)
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


class Atoms:
    """Values with masses, how far rounding can have moved the values, and the masses' relative error."""

    def __init__(self, values: np.ndarray, mass: np.ndarray, moved: float, relative: float):
        self.values, self.mass, self.moved, self.relative = values, mass, moved, relative

    @classmethod
    def of(cls, x: np.ndarray, law: np.ndarray, slip: np.ndarray, on: np.ndarray) -> "Atoms":
        """Finite log ratios of one position."""
        return cls(x[on], law[on], float(slip[on].max(initial=0.0)), ENTRY).merged()

    def merged(self) -> "Atoms":
        """The same in ascending order, values that agree within 16 ulp of the largest put together."""
        if not len(self.values):
            return self
        order = np.argsort(self.values)
        values, mass = self.values[order], self.mass[order]
        close = 32 * UNIT * max(abs(values[0]), abs(values[-1]))
        new = np.diff(values, prepend=-np.inf) > close
        if new.all():
            return Atoms(values, mass, self.moved, self.relative)
        first = np.flatnonzero(new)[np.cumsum(new) - 1]
        if close > 0:  # a chain of close values is cut where it has become too long
            cell = np.floor((values - values[first]) / close)
            new |= np.diff(cell, prepend=-1.0) != 0
            first = np.flatnonzero(new)[np.cumsum(new) - 1]
        starts = np.flatnonzero(new)
        together = np.diff(starts, append=len(values)).max()
        return Atoms(values[starts], np.add.reduceat(mass, starts),
                     self.moved + float((values - values[first]).max()) * (1 + 4 * UNIT),
                     self.relative + 1.01 * UNIT * float(together))

    def reach(self) -> float:
        """Largest modulus of a value."""
        return float(np.abs(self.values).max(initial=0.0))


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


def convolution(tokens: list[Atoms], length: int) -> Atoms:
    """Atoms of a sum of independent tokens.

    Examples
    --------
    >>> coin = Atoms(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 0.0, 0.0)
    >>> convolution([coin, coin], 2).mass
    array([0.25, 0.5 , 0.25])
    """
    out = Atoms(np.zeros(1), np.ones(1), 0.0, 0.0)
    for token in tokens:
        check(len(out.values) * len(token.values), length)
        moved = out.moved + token.moved + 2 * UNIT * (out.reach() + token.reach())
        out = Atoms(np.add.outer(token.values, out.values).ravel(), np.outer(token.mass, out.mass).ravel(), moved,
                    1.01 * (out.relative + token.relative + 2 * UNIT)).merged()
    return out


def bracket_of_atoms(
    parts: list[Atoms], t: float, length: int, infinite: tuple[float, float], lost: float, method: str = ""
) -> Bracket:
    """Bracket of the coverage from all atoms, or from those of two independent parts."""
    reach = sum(part.reach() for part in parts)
    moved = sum(part.moved for part in parts) + (8 * UNIT * (abs(t) + reach) if np.isfinite(t) else 0.0)
    relative = sum(part.relative for part in parts) + UNIT * sum(2 * BLOCK + 2 * len(part.values) / BLOCK + 4
                                                                 for part in parts)
    level = t - float(tie(t))
    (sure, unsure_below), (unsure, sure_below), (beyond, _) = above(parts, (level + moved, level - moved,
                                                                           t + float(tie(t)) + moved))
    empty = not _any_above(parts, level - moved)
    lower = max(0.0, (infinite[0] + sure * (1 - relative)) * (1 - 2 * UNIT))
    upper = min(1.0, (infinite[1] + unsure * (1 + relative)) * (1 + 2 * UNIT) + (0.0 if empty else lost))
    low = float(max(0.0, sure_below * (1 - relative)))
    high = float(min(1.0, unsure_below * (1 + relative) + lost))
    if upper > 0.5:
        lower, upper = max(lower, 1 - high - 2 * UNIT), min(upper, 1 - low + 2 * UNIT)
    method = method or ("enumeration of types" if len(parts) == 1 else "meet in the middle")
    detail = {"complement": (low, high), "tied": max(0.0, unsure - beyond),
              "atoms": sum(len(part.values) for part in parts)}
    return Bracket(float(lower), float(upper), method, detail)


def check(atoms: int, length: int) -> None:
    """Raise if there are too many atoms.

    Examples
    --------
    >>> check(10, 3)
    """
    if atoms > MOST_ATOMS:
        raise ValueError(f"H: {length} positions have {atoms:.4g} atoms to list, expected at most {MOST_ATOMS}")


def above(parts: list[Atoms], thresholds: tuple[float, ...]) -> list[tuple[float, float]]:
    """Mass at or above each threshold, and mass below it.

    Examples
    --------
    >>> above([Atoms(np.array([0.0, 1.0]), np.array([0.25, 0.75]), 0.0, 0.0)], (0.5,))
    [(0.75, 0.25)]
    """
    (values, p), *more = [_ordered(part) for part in parts]
    if not more:
        return [(_total(p[i:]), _total(p[:i])) for i in np.searchsorted(values, thresholds)]
    other, mass = more[0]
    tail, head = partial_sums(mass[::-1])[::-1], partial_sums(mass)
    places = (np.searchsorted(other, t - values) for t in thresholds)
    return [(_total(p * tail[place]), _total(p * head[place])) for place in places]


def partial_sums(mass: np.ndarray) -> np.ndarray:
    """``out[i] = mass[:i].sum()``, in blocks and over blocks: relative error ``(BLOCK + n / BLOCK) u``.

    Examples
    --------
    >>> partial_sums(np.array([1.0, 2.0]))
    array([0., 1., 3.])
    """
    n = len(mass)
    padded = np.zeros(-(-n // BLOCK) * BLOCK)
    padded[:n] = mass
    rows = np.cumsum(padded.reshape(-1, BLOCK), axis=1)
    rows[1:] += np.cumsum(rows[:-1, -1])[:, None]
    return np.concatenate(([0.0], rows.ravel()[:n]))


def _total(mass: np.ndarray) -> float:
    whole = len(mass) // BLOCK * BLOCK
    return fsum([*mass[:whole].reshape(-1, BLOCK).sum(axis=1).tolist(), *mass[whole:].tolist()])


def _any_above(parts: list[Atoms], threshold: float) -> bool:
    return all(len(part.values) for part in parts) and sum(part.values.max() for part in parts) >= threshold


def _ordered(atoms: Atoms) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(atoms.values)
    return atoms.values[order], atoms.mass[order]


def _precise(p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """:func:`~covtheory.coverage.rounding.token_laws`, with log ratios of the laws given rounded once if few."""
    law, x, slip = token_laws(p, q)
    if p.size > 256:
        return law, x, slip
    import mpmath

    with mpmath.mp.workprec(120):
        for h, v in np.argwhere(np.isfinite(x) & (slip > 0)):
            row = [mpmath.mpf(float(a)) / mpmath.fsum(map(float, r)) for a, r in ((p[h, v], p[h]), (q[h, v], q[h]))]
            x[h, v] = float(mpmath.log(row[0] / row[1]))
            slip[h, v] = 2.02 * INPUT + 2 * UNIT * abs(x[h, v])
    return law, x, slip

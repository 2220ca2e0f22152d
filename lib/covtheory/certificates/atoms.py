"""Atoms of the log ratio with their errors (:mod:`~.meet_in_the_middle` has the budgets): merged, convolved, summed."""

from math import fsum

import numpy as np

from covtheory.certificates.bracket import Bracket
from covtheory.coverage.rounding import (
    ENTRY,
    INPUT,
    UNIT,
    tie,
    token_laws,
)

MOST_ATOMS = 2**22
"""Atoms listed for a half."""

BLOCK = 2048


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


def precise(p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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

"""Exact coverage of small models in integers: masses as whole numbers, log ratios as multiples of 2**-260.

Floats are the real numbers they are, rows are divided by their exact sums, and an atom counts if it is at least
``t - 1e-12 max(1, |t|)``; so is a law of fractions. The truth is a Fraction, no rounding anywhere that matters: a log
ratio is off by 2**-259, atoms and thresholds that are closer than that do not occur.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import comb, lcm

import mpmath

BITS = 260


def fixed(x: Fraction) -> int:
    """Logarithm of a positive fraction as a multiple of ``2**-BITS``."""
    with mpmath.mp.workprec(BITS + 60):
        return int(mpmath.nint(mpmath.ldexp(mpmath.log(mpmath.mpf(x.numerator) / x.denominator), BITS)))


def level(t: float, tied: bool = True) -> int:
    """The threshold, lowered by the tie, as a multiple of ``2**-BITS``."""
    exact = Fraction(t)
    if tied:
        exact -= Fraction(1e-12) * max(1, abs(exact))
    return exact.numerator * 2**BITS // exact.denominator


def exact_law(row) -> list[Fraction]:
    """Row of floats or fractions divided by its sum."""
    entries = [Fraction(v) for v in row]
    return [v / sum(entries) for v in entries]


def token(p, q) -> tuple[list[tuple[int, int]], int]:
    """Finite atoms (log ratio, weight) of one position, and the weights' denominator."""
    p, q = exact_law(p), exact_law(q)
    whole = lcm(*(v.denominator for v in p))
    weights = [int(v * whole) for v in p]
    atoms = [(fixed(a / b), w) for a, b, w in zip(p, q, weights, strict=True) if w and b]
    return atoms, whole


def types(atoms: list[tuple[int, int]], H: int) -> Iterator[tuple[int, int]]:
    """(log ratio, weight) of the counts of H tokens."""
    powers = [[1] for _ in atoms]
    for row, (_, w) in zip(powers, atoms, strict=True):
        for _ in range(H):
            row.append(row[-1] * w)

    def visit(v: int, left: int, value: int, weight: int) -> Iterator[tuple[int, int]]:
        x = atoms[v][0]
        if v == len(atoms) - 1:
            yield value + left * x, weight * powers[v][left]
            return
        for c in range(left + 1):
            yield from visit(v + 1, left - c, value + c * x, weight * comb(left, c) * powers[v][c])

    if atoms:
        yield from visit(0, H, 0, 1)


def iid_coverage(p, q, H: int, t: float, tied: bool = True) -> Fraction:
    """Coverage of H independent tokens."""
    atoms, whole = token(p, q)
    bar, finite = level(t, tied), sum(w for _, w in atoms)
    above = sum(weight for value, weight in types(atoms, H) if value >= bar)
    return Fraction(above + whole**H - finite**H, whole**H)


def product_coverage(rows, t: float, tied: bool = True) -> Fraction:
    """Coverage of independent groups, each ``(p, q, count)`` with few types."""
    law, finite, whole = {0: 1}, 1, 1
    for p, q, count in rows:
        atoms, one = token(p, q)
        grown: dict[int, int] = {}
        step = list(types(atoms, count))
        for value, weight in law.items():
            for x, w in step:
                grown[value + x] = grown.get(value + x, 0) + weight * w
        law, whole, finite = grown, whole * one**count, finite * sum(w for _, w in atoms) ** count
    bar = level(t, tied)
    return Fraction(sum(w for value, w in law.items() if value >= bar) + whole - finite, whole)


def states_coverage(start, p, q, target, n: int, emits: bool, t: float, tied: bool = True) -> Fraction:
    """Coverage of ``n`` steps through states; the start is a token too if ``emits``."""
    first, whole = _row(*start)
    law: dict[tuple[int, int], int] = {}
    for s, x, w in first:
        law[s, x if emits else 0] = law.get((s, x if emits else 0), 0) + w
    rows = [_row(a, b) for a, b in zip(p, q, strict=True)]
    one = lcm(*(row[1] for row in rows))
    for _ in range(n):
        grown: dict[tuple[int, int], int] = {}
        for (s, value), weight in law.items():
            for v, x, w in rows[s][0]:
                key = int(target[s][v]), value + x
                grown[key] = grown.get(key, 0) + weight * w * (one // rows[s][1])
        law, whole = grown, whole * one
    bar, finite = level(t, tied), sum(law.values())
    return Fraction(sum(w for (_, value), w in law.items() if value >= bar) + whole - finite, whole)


def _row(p, q) -> tuple[list[tuple[int, int, int]], int]:
    p, q = exact_law(p), exact_law(q)
    whole = lcm(*(v.denominator for v in p))
    atoms = [(v, fixed(a / b), int(a * whole)) for v, (a, b) in enumerate(zip(p, q, strict=True)) if a and b]
    return atoms, whole


def binomial_tail(H: int, a: Fraction, c: int) -> tuple[Fraction, Fraction]:
    """Bounds of ``P[Binomial(H, a) >= c]`` that agree to 30 digits: the terms from c on, or those below c.

    Terms are multiples of 2**-500 of the first one; rounding down loses less than one such unit a term and factor, and
    the rest is a geometric series, of which less than 2**-150 is left out.
    """
    if c <= 0:
        return Fraction(1), Fraction(1)
    if c > H:
        return Fraction(0), Fraction(0)
    lower_side, up, down = c <= H * a, a.numerator, a.denominator - a.numerator
    first = c - 1 if lower_side else c
    k, term, total = first, 2**500, 0
    while term > 2**300 and 0 <= k <= H:
        total += term
        if lower_side:
            term, k = term * k * down // ((H - k + 1) * up), k - 1
        else:
            term, k = term * (H - k) * up // ((k + 1) * down), k + 1
    with mpmath.mp.workprec(300):
        share = mpmath.mpf(up) / a.denominator
        log_first = (mpmath.loggamma(H + 1) - mpmath.loggamma(first + 1) - mpmath.loggamma(H - first + 1)
                     + first * mpmath.log(share) + (H - first) * mpmath.log(1 - share))
        value, shift = mpmath.exp(log_first) * mpmath.ldexp(total, -500), 5000
        low, high = (Fraction(int(mpmath.ldexp(value * f, shift)), 2**shift)
                     for f in (1 - mpmath.mpf(2) ** -110, 1 + mpmath.mpf(2) ** -110))
    high += Fraction(1, 2**shift)
    return (1 - high, 1 - low) if lower_side else (low, high)

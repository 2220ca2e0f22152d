"""Coverage in rational arithmetic: no rounding anywhere, for short sequences over few tokens."""

from collections.abc import Iterator
from fractions import Fraction
from math import comb

import numpy as np

Law = list[Fraction]


def rational_coverage(p: Law, q: Law, H: int, N: Fraction) -> Fraction:
    """``Cov_N`` of ``H`` i.i.d. tokens exactly, by recursion over token counts; ties count.

    Examples
    --------
    >>> half, skew = [Fraction(1, 2)] * 2, [Fraction(1, 4), Fraction(3, 4)]
    >>> rational_coverage(half, skew, 2, Fraction(4, 3))
    Fraction(3, 4)
    """
    last = len(p) - 1

    def visit(token: int, left: int, mass: Fraction, ratio: Fraction | None) -> Fraction:
        total = Fraction(0)
        for c in [left] if token == last else range(left + 1):
            if c and p[token] == 0:
                break
            step = Fraction(1) if c == 0 else (None if q[token] == 0 else (p[token] / q[token]) ** c)
            now = None if ratio is None or step is None else ratio * step
            grown = mass * comb(left, c) * p[token] ** c
            if token < last:
                total += visit(token + 1, left - c, grown, now)
            elif now is None or now >= N:
                total += grown
        return total

    return visit(0, H, Fraction(1), Fraction(1))


def rational_cases(n: int, rng: np.random.Generator) -> Iterator[tuple[Law, Law, int, Fraction]]:
    """Yield ``n`` small cases ``(p, q, H, N)``, zeros here and there; three quarters have N exactly at an atom.

    Examples
    --------
    >>> len(list(rational_cases(5, np.random.default_rng(0))))
    5
    """
    while n:
        V, H = int(rng.integers(2, 5)), int(rng.integers(1, 13))
        a, b = (rng.integers(0 if n % 5 == k else 1, 20, size=V) for k in (0, 1))
        if a.sum() == 0 or b.sum() == 0:
            continue
        p, q = ([Fraction(int(v), int(c.sum())) for v in c] for c in (a, b))
        both = [v for v in range(V) if p[v] > 0 and q[v] > 0]
        N = Fraction(int(rng.integers(1, 10**4)), int(rng.integers(1, 1000)))
        if n % 4 and both:
            N = Fraction(1)
            for v in rng.choice(both, size=H):
                N *= p[v] / q[v]
        n -= 1
        yield p, q, H, N

"""Log ratios on a lattice: the threshold is moved between two atoms, and no length is too long for an atom at N.

If ``x_hv = c_h + m_hv d`` up to an error, with whole numbers m, the log ratio of a sequence is ``C + K d``, ``C = sum
c_h`` and ``K = sum m_h``, up to the sum ``E`` of the largest errors of each position. So where no ``C + k d`` is within
``E`` of ``level = log N - tie(log N)``, the event is ``K >= k0`` for the first k0 above the level, and that is the
event ``K >= k0 - 1/2`` of whole numbers: no atom within half a step, nothing that rounding could move across. It is
handed to the two other routes, whole numbers in place of log ratios.

Everything is decided with logarithms of 160 bits; ``E`` has ``2.02 INPUT`` a position for the laws that are meant.
*N = 1.* Where all ``c_h`` are zero, that is, where every ratio ``p/q`` is a whole power of one number r, a sequence has
ratio ``r^K``, and it is at least 1 if and only if ``K >= 0``, whatever r is. This is used where ``E`` without ``INPUT``
is below the tie: the bracket then holds for the law given, and for those laws meant whose ratios are the same powers of
one number. (For others the atom at 1 may be off by more than the tie: there is no one answer for all of them.)
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from covtheory.certificates.banded import UNDECIDED, band_limited_coverage
from covtheory.certificates.bracket import Bracket
from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.coverage.rounding import INPUT, LEAST, UNIT, tie, token_laws

LARGEST = 2**20
"""Largest whole number of a token: a lattice finer than that is none."""

MOST_TOKENS = 2**12
"""Distinct tokens of all positions whose logarithms are computed."""

MOST_TYPES = 2**18
"""Up to so many types of whole numbers, they are listed."""


@dataclass(frozen=True)
class Lattice:
    """Whole numbers ``m``, mpmath numbers ``d > 0`` and ``C``; errors in all, for the law given and for those meant."""

    whole: np.ndarray
    step: object
    offset: object
    given: object
    meant: object


def lattice_coverage(p: np.ndarray, q: np.ndarray, counts: np.ndarray, t: float, gap: float) -> Bracket:
    """Bracket of the coverage if the log ratios lie on a lattice; ``counts`` of each row.

    Raises
    ------
    ValueError
        No lattice, or atoms within the error of the threshold.

    Examples
    --------
    >>> p, q = np.array([[0.6, 0.4]]), np.array([[0.4, 0.6]])
    >>> lattice_coverage(p, q, np.array([10**9]), 0.0, 1e-3).lower > 1 - 1e-12
    True
    """
    import mpmath

    with mpmath.mp.workprec(160):
        lattice = find_lattice(p, q, counts) if np.isfinite(t) else None
        if lattice is None:
            raise ValueError("the log ratios lie on no lattice")
        width = mpmath.mpf(float(tie(t)))
        level, slack = mpmath.mpf(t) - width, 4 * UNIT * width
        first = int(mpmath.ceil((level - lattice.offset) / lattice.step))
        margin = min(lattice.offset + first * lattice.step - level, level - lattice.offset - (first - 1) * lattice.step)
        at_one = t == 0 and lattice.offset == 0 and lattice.given + slack < width < lattice.step / 2
        clear = bool(margin > lattice.meant + slack)
        if not clear and not at_one:
            raise ValueError(f"laws within round-off of those given move an atom by {float(lattice.meant):.2g} nats, "
                             "across the threshold")
        first, step = (first if clear else 0), float(lattice.step)
    if counts.sum() * max(1.0, float(np.abs(lattice.whole).max())) > 2.0**50 or abs(first) > 2**50:
        raise ValueError("the lattice is too long for whole numbers in floats")
    H, kinds = int(counts.sum()), len(np.unique(lattice.whole))
    if len(p) == 1 and comb(H + kinds - 1, H) <= MOST_TYPES:
        bracket = enumerated_coverage(p[0], q[0], H, first - 0.5, whole=lattice.whole)
    else:
        bracket = band_limited_coverage(p, q, counts, first - 0.5, gap, whole=lattice.whole)
    if bracket.method == UNDECIDED:
        raise ValueError(bracket.detail["obstacle"])
    laws = "all that are meant" if clear else "those with ratios that are the same powers of one number"
    detail = bracket.detail | {"lattice": step, "laws": laws}
    if "theta" in detail:
        detail["theta"] /= step
    return Bracket(bracket.lower, bracket.upper, f"{bracket.method} on a lattice", detail)


def find_lattice(p: np.ndarray, q: np.ndarray, counts: np.ndarray) -> Lattice | None:
    """A lattice through the origin, or else one with an offset for each position, within the precision of mpmath.

    Examples
    --------
    >>> import mpmath
    >>> p, q = np.array([[0.5, 0.25, 0.25]]), np.array([[0.25, 0.25, 0.5]])
    >>> with mpmath.mp.workprec(160):
    ...     found = find_lattice(p, q, np.array([10]))
    >>> found.whole.tolist(), round(float(found.step), 12), float(found.given) < 1e-28
    ([[1.0, 0.0, -1.0]], 0.69314718056, True)
    """
    import mpmath

    law, x, _ = token_laws(p, q)
    on = (law >= LEAST) & np.isfinite(x)
    if not on.any(axis=1).all() or on.sum() > MOST_TOKENS:
        return None
    fixed = np.where(on, x, -np.inf).argmax(axis=1)
    away = np.where(on, x - np.take_along_axis(x, fixed[:, None], axis=1), 0.0)
    whole = whole_numbers(np.where(on, x, 0.0))
    through_origin = whole is not None
    if not through_origin and (whole := whole_numbers(away)) is None:
        return None
    sums = [[mpmath.fsum(map(float, row)) for row in side] for side in (p, q)]

    def exact(h: int, v: int):
        same = np.array_equal(p[h], q[h])
        return mpmath.mpf(0) if same else mpmath.log((float(p[h, v]) / sums[0][h]) / (float(q[h, v]) / sums[1][h]))

    base = [mpmath.mpf(0) if through_origin else exact(h, int(v)) for h, v in enumerate(fixed)]
    h, v = np.unravel_index(np.abs(whole).argmax(), whole.shape)
    step = (exact(h, v) - base[h]) / float(whole[h, v])
    errors = [max(abs(exact(h, v) - base[h] - float(whole[h, v]) * step) for v in np.flatnonzero(on[h]))
              for h in range(len(p))]
    offset, given = (mpmath.fsum(int(c) * e for c, e in zip(counts, side, strict=True)) for side in (base, errors))
    given += mpmath.mpf(2) ** -100 * int(counts.sum())  # of these logarithms themselves
    moved = int(counts[np.any(p != q, axis=1)].sum())
    return Lattice(whole, step, offset, given, given + 2.02 * INPUT * moved)


def whole_numbers(values: np.ndarray) -> np.ndarray | None:
    """Whole numbers that the values are proportional to, up to about 1e-9 of the largest; None if there are none.

    Euclid's algorithm on all values at once: in each round the largest remainder is the next divisor.

    Examples
    --------
    >>> whole_numbers(np.array([0.6, -0.9, 0.0]))
    array([ 2., -3.,  0.])
    >>> whole_numbers(np.array([1.0, 2**0.5, 3**0.5])) is None
    True
    """
    most = float(np.abs(values).max(initial=0.0))
    if not 0 < most < np.inf:
        return None
    step = most
    while step > most / LARGEST:
        rest = np.abs(values - np.round(values / step) * step)
        if rest.max() <= 1e-9 * most:
            whole = np.round(values / step)
            step = float(values.ravel() @ whole.ravel()) / float(whole.ravel() @ whole.ravel())
            return np.round(values / step)
        step = float(rest.max())
    return None

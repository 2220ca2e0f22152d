"""Certified coverage of sequences of any length: the public engine for independent tokens.

What the floats mean, which atoms are tied with the threshold, and what is assumed of arithmetic is said once, in
:mod:`~covtheory.coverage.rounding`. Where that assumption fails the few points that are looked at, floating point is
not used for a certificate at all: ball arithmetic takes over (python-flint), and also where no finite budget comes out.
So it does for chains and automata (:mod:`~.markov_certificate`).
"""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.certificates.ball_replay import LESS_ACCURATE, ball_certificate, in_balls
from covtheory.certificates.banded import UNDECIDED, band_limited_coverage, positions
from covtheory.certificates.banded import tokens_at as tokens_at  # notebook 18 has it from here
from covtheory.certificates.bracket import Bracket, accept, relative_gap_of
from covtheory.certificates.lattice import lattice_coverage
from covtheory.certificates.meet_in_the_middle import enumerated_coverage, type_count
from covtheory.coverage.rounding import functions_hold

FEW_TYPES = 2**14
"""Up to so many types, enumeration comes first."""

MOST_ROWS = 4096
"""Enumeration of positions that differ is not tried beyond this length."""


def certified_coverage(
    p: ArrayLike, q: ArrayLike, H: int | None, log_N: float, *, relative_gap: float = 1e-4
) -> Bracket:
    """Two-sided certificate of ``Cov_N`` for independent tokens, to a chosen relative gap, at any ``H``.

    The cost does not grow with H, and hardly with the depth of the tail. Few types, or a threshold that sits on an
    atom, are enumerated instead, or the threshold is moved between two atoms of a :mod:`~.lattice`. The bracket holds
    for all laws within 4 units of round-off per entry of the normalised floats, and contains every error of the
    computation; atoms within ``1e-12 max(1, |log N|)`` below ``log N`` are tied with it and count
    (:mod:`~covtheory.coverage.rounding`). The proof is in notebook 18.

    With N = 1 an atom at one is decided for all those laws only up to about 1,000 tokens: beyond, their round-off moves
    it further than the tie. There the bracket is given where all ratios ``p/q`` are whole powers of one number, for the
    law given and those near it of which this is also true (``detail["laws"]`` says so); otherwise it is refused, unless
    the atom is smaller than the gap.

    Parameters
    ----------
    p, q : array_like, shape (V,) or (H, V)
        Token laws of the data and of the model. A token with ``p > 0 = q`` makes the ratio infinite.
    H : int or None
        Number of positions; may be None if ``p`` has one row per position.
    log_N : float
        Threshold in nats, of any sign.
    relative_gap : float
        Wanted ``(upper - lower) / lower``; near one, the gap of ``1 - Cov_N`` relative to itself.

    Returns
    -------
    Bracket
        ``detail`` has ``theta``, ``frequencies``, ``work`` (token factors computed), ``work_for_tenth_gap`` (infinite
        if round-off forbids it), ``smallest_gap``, ``point`` and ``complement``, the bracket of ``1 - Cov_N``.

    Raises
    ------
    ValueError
        Bad probabilities or threshold, or a gap that cannot be reached: because of round-off, of an atom too close to
        the threshold where there are too many to list, or of a threshold at the end of the range, where no tilt helps.
    ModuleNotFoundError
        If numpy's functions are less accurate here than is assumed, and python-flint is not installed.

    Examples
    --------
    >>> p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.35, 0.25])
    >>> bracket = certified_coverage(p, q, 10**6, 2e4)
    >>> bool(bracket.relative_gap < 1e-4), bracket.method
    (True, 'band-limited majorant')
    """
    p, q, counts = positions(p, q, H)
    gap = float(validation.in_range("relative_gap", relative_gap, 0.0, 1.0, open_ends=True))
    t = float(log_N)
    if np.isnan(t):
        raise ValueError("log_N: got NaN, expected a number")
    if t == -np.inf:
        return Bracket(1.0, 1.0, "certain", {"complement": (0.0, 0.0)})
    found, reasons = [], []
    few = len(p) == 1 and type_count(p[0], q[0], int(counts[0])) <= FEW_TYPES
    quick = (lattice_coverage, _banded) if t == 0 else (_banded, lattice_coverage)
    routes = (_listed, *quick, _listed)[0 if few else 1 :]
    for route in routes if functions_hold() else (partial(in_balls, ball_certificate, LESS_ACCURATE),):
        try:
            bracket = route(p, q, counts, t, gap)
        except (ValueError, ArithmeticError) as error:
            reasons.append(str(error))
            continue
        if accept(bracket, gap):
            return bracket
        found.append(bracket)
        reasons.append(bracket.detail.get("obstacle", f"{bracket.method} reaches {relative_gap_of(bracket):.3g}"))
    best = min(found, key=relative_gap_of, default=Bracket(0.0, 1.0, "nothing", {"complement": (0.0, 1.0)}))
    raise ValueError(
        f"relative_gap: got {gap:.3g}, expected more at log_N = {t:.17g}; reached when asked for it: "
        f"{relative_gap_of(best):.3g} (value in [{best.lower:.6g}, {best.upper:.6g}]): "
        f"{'; '.join(dict.fromkeys(reasons))}"
    )


def _listed(p, q, counts, t, gap) -> Bracket:
    if len(p) == 1:
        return enumerated_coverage(p[0], q[0], int(counts[0]), t)
    if counts.sum() > MOST_ROWS:
        raise ValueError(f"H: {counts.sum()} positions that differ, expected at most {MOST_ROWS} to enumerate")
    return enumerated_coverage(np.repeat(p, counts, axis=0), np.repeat(q, counts, axis=0), None, t)


def _banded(p, q, counts, t, gap) -> Bracket:
    bracket = band_limited_coverage(p, q, counts, t, gap)
    if bracket.method == UNDECIDED:
        return in_balls(ball_certificate, bracket.detail["obstacle"], p, q, counts, t, gap)
    return bracket


def certified_profile(
    p: ArrayLike, q: ArrayLike, H: int | None, log_Ns: ArrayLike, *, relative_gap: float = 1e-3
) -> Bracket:
    """The whole coverage curve: :func:`certified_coverage` at each threshold, as one bracket of arrays.

    Coverage falls in N, so neighbours tighten each other: lower ends are made non-increasing from the right, upper ends
    from the left.

    Examples
    --------
    >>> curve = certified_profile([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 10**5, np.linspace(1500, 3000, 5))
    >>> bool(np.all(np.diff(curve.upper) <= 0))
    True
    """
    thresholds = np.asarray(log_Ns, dtype=float)
    rows = [certified_coverage(p, q, H, float(t), relative_gap=relative_gap) for t in thresholds.ravel()]
    order = np.argsort(thresholds.ravel())
    lower, upper = (np.array([getattr(row, end) for row in rows]) for end in ("lower", "upper"))
    lower[order] = np.maximum.accumulate(lower[order][::-1])[::-1]
    upper[order] = np.minimum.accumulate(upper[order])
    complement = np.array([row.detail["complement"] for row in rows]).reshape((*thresholds.shape, 2))
    methods = ", ".join(sorted({row.method for row in rows}))
    return Bracket(lower.reshape(thresholds.shape), upper.reshape(thresholds.shape), methods,
                   {"complement": complement, "log_N": thresholds})

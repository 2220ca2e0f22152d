"""Certified coverage of finite-state sequence models: Markov chains of tokens, and automata that emit tokens."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from covtheory import validation
from covtheory.coverage import enumeration
from covtheory.coverage.band_limited_tail import certify_tail
from covtheory.coverage.certificate import accept, bracket_of_tail, certified_coverage
from covtheory.coverage.composition import Bracket
from covtheory.coverage.log_ratio import token_log_ratios
from covtheory.coverage.tilted_chain import Chain, TiltedChain
from covtheory.coverage.tilted_product import INPUT, UNIT, normalised
from covtheory.policies.markov import Markov

MOST_ATOMS = 2**21


def certified_markov_coverage(pi_D: Markov, pi: Markov, log_N: float, *, relative_gap: float = 1e-3) -> Bracket:
    """Two-sided certificate of ``Cov_N`` for two first-order Markov chains of tokens.

    See :func:`~covtheory.coverage.certificate.certified_coverage`; cost grows with ``V^3 log H``.

    Parameters
    ----------
    pi_D, pi : Markov
        Data law and model, over the same tokens and length.
    log_N : float
        Threshold in nats.
    relative_gap : float
        Wanted ``(upper - lower) / lower``.

    Raises
    ------
    ValueError
        Shapes differ, tokens do not all reach each other by transitions that both chains allow, or the gap cannot be
        reached.

    Examples
    --------
    >>> pi_D = Markov([0.5, 0.5], [[0.75, 0.25], [0.5, 0.5]], H=300)
    >>> pi = Markov([0.5, 0.5], [[0.7, 0.3], [0.4, 0.6]], H=300)
    >>> bool(certified_markov_coverage(pi_D, pi, 5.0).relative_gap < 1e-3)
    True
    """
    if not isinstance(pi_D, Markov) or not isinstance(pi, Markov):
        raise ValueError(f"pi_D, pi: got {type(pi_D).__name__} and {type(pi).__name__}, expected two Markov")
    if (pi_D.V, pi_D.H) != (pi.V, pi.H):
        raise ValueError(f"pi: V={pi.V}, H={pi.H}, expected V={pi_D.V}, H={pi_D.H}")
    if pi_D.H == 1:
        return certified_coverage(pi_D.initial, pi.initial, 1, log_N, relative_gap=relative_gap)
    V = pi_D.V
    target = np.tile(np.arange(V), (V, 1))
    start = (pi_D.initial, pi.initial)
    return _certify(start, pi_D.transition, pi.transition, target, pi_D.H - 1, log_N, relative_gap, emits=True)


def certified_automaton_coverage(
    p: ArrayLike, q: ArrayLike, next_state: ArrayLike, H: int, log_N: float, *, start: int = 0,
    relative_gap: float = 1e-3,
) -> Bracket:
    """Two-sided certificate of ``Cov_N`` for tokens whose law depends on the state of an automaton they drive.

    Parameters
    ----------
    p, q : array_like, shape (S, V)
        Token laws of the data and of the model in each state.
    next_state : array_like of int, shape (S, V)
        State after a token.
    H : int
        Number of tokens.
    log_N : float
        Threshold in nats.
    start : int
        First state.

    Raises
    ------
    ValueError
        As for :func:`certified_markov_coverage`.

    Examples
    --------
    >>> p, q = [[0.5, 0.5], [0.9, 0.1]], [[0.4, 0.6], [0.8, 0.2]]
    >>> certified_automaton_coverage(p, q, [[0, 1], [1, 0]], 1, 0.1).contains(0.5)
    True
    """
    p, q = validation.probabilities("p", p, ndim=2), validation.probabilities("q", q, ndim=2)
    target = np.asarray(next_state)
    validation.same_shape(p=p, q=q, next_state=target)
    if target.dtype.kind not in "iu" or target.min() < 0 or target.max() >= len(p):
        raise ValueError(f"next_state: expected whole numbers from 0 to {len(p) - 1}")
    at = np.zeros(len(p))
    at[validation.count("start", start, least=0)] = 1.0
    return _certify((at, at), p, q, target, validation.count("H", H), log_N, relative_gap, emits=False)


def _certify(start, p, q, target, n, log_N, relative_gap, emits) -> Bracket:
    gap = float(validation.in_range("relative_gap", relative_gap, 0.0, 1.0, open_ends=True))
    t, length = float(log_N), n + emits
    if np.isnan(t):
        raise ValueError("log_N: got NaN, expected a number")
    p, q, start = normalised(p), normalised(q), tuple(map(normalised, start))
    x, x_start = token_log_ratios(p, q), token_log_ratios(*start)
    on = (p > 0) & np.isfinite(x)
    if n > 1:
        _irreducible(on, target)
    infinite = _mass_at_infinity(start, x_start, p, x, target, n)
    rounding = length * _slip(p, q, x, on) + _slip(*start, x_start, np.isfinite(x_start))
    listed = None
    if p.shape[1] ** length <= 2**12 or not np.isfinite(t):
        listed = _listed(start[0], x_start, p, x, target, n, t, rounding, infinite)
        if accept(listed, gap):
            return listed
    chain = _chain(start[0], x_start, p, x, on, target, n, length, t, rounding)
    obstacle, bracket = "no sequence has a finite log ratio", None
    if chain is not None:
        reflect = chain.moments(0.0)[0] > 0
        chain = chain.reflected() if reflect else chain
        theta, capped = chain.saddle()
        tail = certify_tail(TiltedChain(chain, theta), gap, 0.0 if reflect else infinite[0])
        bracket = bracket_of_tail(tail, infinite, reflect, capped, theta, gap)
        if accept(bracket, gap):
            return bracket
        obstacle = f"[{bracket.lower:.6g}, {bracket.upper:.6g}], {bracket.detail['obstacle']}"
    listed = listed or _listed(start[0], x_start, p, x, target, n, t, rounding, infinite)
    if listed is not None and accept(listed, gap):
        return listed
    raise ValueError(f"relative_gap: got {gap:.3g}, expected more at log_N = {t:.17g}; the best is {obstacle}")


def _irreducible(on: np.ndarray, target: np.ndarray) -> None:
    S = len(on)
    reach = np.zeros((S, S))
    for state in range(S):
        reach[state, target[state, on[state]]] = 1
    parts, label = connected_components(reach, directed=True, connection="strong")
    if parts > 1:
        groups = [[int(i) for i in np.flatnonzero(label == part)[:8]] for part in range(min(parts, 8))]
        raise ValueError(f"transition: reducible chain, states fall into {parts} classes {groups}, expected one "
                         "(by transitions that both laws allow)")


def _slip(p, q, x, on) -> float:
    """How far rounding can have moved the log ratio of one token."""
    if not on.any():
        return 0.0
    return float(2 * INPUT + UNIT * (12 * np.abs(x[on]) + 8 * (np.abs(np.log(p[on])) + np.abs(np.log(q[on])))).max())


def _chain(start, x_start, p, x, on, target, n, length, t, rounding) -> Chain | None:
    first = (start > 0) & np.isfinite(x_start)
    if not first.any() or not on.any() or not np.isfinite(t):
        return None
    source = np.nonzero(on)[0]
    order = np.lexsort((target[on], source))
    shift = t / length
    emits = length > n
    window = 1.01 * rounding + 8 * UNIT * (abs(t) + 1 + length * (abs(shift) + np.abs(x[on]).max()))
    return Chain(
        len(p), n, np.where(first, start, 0.0), np.where(first, x_start - shift * emits, 0.0), source[order],
        target[on][order], p[on][order], x[on][order] - shift, float(window + 1e-12 * max(1.0, abs(t))),
    )


def _mass_at_infinity(start, x_start, p, x, target, n) -> tuple[float, float]:
    """Probability of an infinite log ratio: absorption, in non-negative arithmetic, hence relatively accurate."""
    S = len(p)
    matrix = np.zeros((S + 1, S + 1))
    on = (p > 0) & np.isfinite(x)
    for state in range(S):
        np.add.at(matrix[state], target[state, on[state]], p[state, on[state]])
        matrix[state, S] = p[state, (p[state] > 0) & ~on[state]].sum()
    matrix[S, S] = 1.0
    first = np.where((start[0] > 0) & np.isfinite(x_start), start[0], 0.0)
    row = np.append(first, start[0][(start[0] > 0) & ~np.isfinite(x_start)].sum())
    mass = float((row @ np.linalg.matrix_power(matrix, n))[S])
    slack = 1.1 * (n + 1) * (INPUT + UNIT * (p.shape[1] + 2 * S + 8))
    return mass * (1 - slack), min(1.0, mass * (1 + slack))


def _listed(start, x_start, p, x, target, n, t, rounding, infinite) -> Bracket | None:
    """Exact law of the log ratio by carrying distinct (state, value) atoms; None if there are too many."""
    S = len(p)
    first = (start > 0) & np.isfinite(x_start)
    atoms = [(x_start[[s]], start[[s]]) if first[s] else (np.zeros(0), np.zeros(0)) for s in range(S)]
    on = (p > 0) & np.isfinite(x)
    for _ in range(n):
        if sum(on[s].sum() * len(atoms[s][0]) for s in range(S)) > MOST_ATOMS:
            return None
        new = [([], []) for _ in range(S)]
        for s, (values, mass) in enumerate(atoms):
            for v in np.flatnonzero(on[s]) if len(values) else ():
                new[target[s, v]][0].append(values + x[s, v])
                new[target[s, v]][1].append(mass * p[s, v])
        atoms = [_lumped(*pair) for pair in new]
    values, mass = (np.concatenate([pair[i] for pair in atoms]) for i in (0, 1))
    tie = max(1e-12 * max(1.0, abs(t)), 4 * rounding + 64 * UNIT * abs(t)) if np.isfinite(t) else 0.0
    relative = 1.01 * (n + 1) * (INPUT + 4 * UNIT) + UNIT * 64
    ends = []
    for threshold, sign, extra in ((t - 0.75 * tie, -1, 0.0), (t - 1.25 * tie, 1, 1e-300)):
        above, below = mass[values >= threshold].sum(), mass[values < threshold].sum()
        ends.append((above * (1 + sign * relative) + extra, below * (1 - sign * relative)))
    complement = max(0.0, ends[1][1]), min(1.0, ends[0][1] + 1e-300)
    lower, upper = infinite[0] + float(ends[0][0]), min(1.0, infinite[1] + float(ends[1][0]))
    lower, upper = max(lower, 1 - complement[1] - 2 * UNIT), min(upper, 1 - complement[0] + 2 * UNIT)
    return Bracket(float(max(lower, 0.0)), float(upper), "enumeration of a chain",
                   {"complement": complement, "atoms": len(values)})


def _lumped(values: list[np.ndarray], mass: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    if not values:
        return np.zeros(0), np.zeros(0)
    values, mass, _ = enumeration.lump(np.concatenate(values), np.concatenate(mass), np.concatenate(mass))
    return values, mass

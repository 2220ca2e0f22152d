"""More cases with exact values, where an attacker would look: ends, ties to the bit, lattices, rows, chains, grids.

Each kind is a function of a random generator; :mod:`attack_certificates` runs them beside :mod:`attack_cases`.
"""

from bisect import bisect_left
from fractions import Fraction
from functools import partial
from itertools import accumulate

import numpy as np
from attack_cases import Case, coarse, exact, floats, fractions, gap, iid, threshold
from exact_laws import (
    BITS,
    binomial_tail,
    fixed,
    iid_coverage,
    level,
    product_coverage,
    states_coverage,
    token,
)

from covtheory.certificates import (
    certified_automaton_coverage,
    certified_coverage,
    certified_markov_coverage,
    certified_profile,
    composition_bracket,
)
from covtheory.certificates.ball_replay import (
    ball_automaton_replay,
    ball_certificate,
    ball_markov_replay,
    ball_replay,
    ball_state_certificate,
)
from covtheory.certificates.banded import band_limited_coverage, positions
from covtheory.certificates.bracket import Bracket
from covtheory.certificates.lattice import lattice_coverage
from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.certificates.state_model import automaton_model, markov_model
from covtheory.coverage import coverage_profile
from covtheory.policies import Markov, Product

ENDS = [np.inf, -np.inf, 5e-324, -5e-324, 1e-310, -1e-310, 1e-12, -1e-12, float(np.nextafter(1e-12, 1)), 1.0001e-12,
        0.9999e-12, -0.0, 0.0, -30.0, -700.0, 709.8, 745.2, 1e300, -1e300, 1e-16, -1e-16]


def law_pair(rng, V: int) -> tuple[np.ndarray, np.ndarray]:
    """Two laws: unrelated, near each other, mirrored, ulps apart, one-sided, or of small fractions."""
    p, q = rng.dirichlet(np.full(V, rng.choice([0.3, 1.0, 5.0])), 2)
    how = rng.integers(6)
    if how == 1:
        q = p * (1 + rng.normal(size=V) * 10 ** rng.uniform(-14, -1))
    elif how == 2:
        q = p[::-1].copy()
    elif how == 3:
        q = np.nextafter(p, rng.choice([0.0, 1.0], V))
    elif how == 4 and V > 2:
        p[rng.integers(V)], q[rng.integers(V)] = 0.0, 0.0
    elif how == 5:
        p, q = floats(fractions(rng, V)), floats(fractions(rng, V))
    return p / p.sum(), q / q.sum()


def ends(rng) -> Case:
    """Thresholds at the ends of floating point: infinite, subnormal, beside the tie of N = 1, far below one."""
    V, t = int(rng.integers(2, 4)), float(rng.choice(ENDS))
    (p, q), H = law_pair(rng, V), int(rng.integers(1, 20))
    return iid(rng, "ends", p, q, H, t, exact(iid_coverage(p, q, H, float(np.clip(t, -1e12, 1e12)))))


def ties(rng) -> Case:
    """An atom at the edge of the tie, above or below by a small part of it."""
    V, H = int(rng.integers(2, 5)), int(rng.integers(1, 13))
    p, q = law_pair(rng, V)
    atoms = [x for x, _ in token(p, q)[0]] or [0]
    at = float(Fraction(sum(int(c) * x for c, x in zip(rng.multinomial(H, np.full(len(atoms), 1 / len(atoms))), atoms,
                                                       strict=True)), 2**BITS))
    off = rng.choice([1.0, -1.0, 0.0], p=[0.7, 0.2, 0.1]) * 1e-12 * max(1.0, abs(at))
    t = at + off * (1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-5, -0.3))
    return iid(rng, "ties", p, q, H, float(t))


def scaled(rng) -> Case:
    """Rows that sum to one only within what is accepted: the law is the row divided by its sum."""
    V = int(rng.integers(2, 4))
    p, q = law_pair(rng, V)
    H = int(rng.integers(1, {2: 60, 3: 20}[V]))
    p, q = (law * (1 + rng.uniform(-9e-10, 9e-10)) for law in (p, q))
    return iid(rng, "scaled", p, q, H, threshold(rng, p, q, H))


def one_sided(rng) -> Case:
    """Positions with tokens that only one of the laws has, certain tokens, equal rows, disjoint rows."""
    R, V = int(rng.integers(1, 6)), int(rng.integers(2, 4))
    p, q = rng.dirichlet(np.ones(V), R), rng.dirichlet(np.ones(V), R)
    for r in range(R):
        how = rng.integers(7)
        if how == 0:
            q[r, rng.integers(V)] = 0.0
        elif how == 1:
            p[r, rng.integers(V)] = 0.0
        elif how == 2:
            q[r] = p[r]
        elif how == 3:
            p[r] = np.eye(V)[rng.integers(V)]
        elif how == 4 and rng.random() < 0.3:
            p[r], q[r] = np.eye(V)[0], np.eye(V)[1]
        elif how == 5:
            q[r] = p[r][::-1]
        elif how == 6:
            q[r, 0] *= 10.0 ** -rng.uniform(1, 320)
    p, q = p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)
    counts = rng.integers(1, 5, R)
    t = float(rng.choice([0.0, rng.normal() * 3, sum(threshold(rng, p[r], q[r], int(counts[r])) for r in range(R)),
                          np.inf]))
    truth = product_coverage(list(zip(p, q, counts.tolist(), strict=True)), min(t, 1e12))
    return rows(rng, "one-sided", np.repeat(p, counts, axis=0), np.repeat(q, counts, axis=0), t, truth)


def rows(rng, kind: str, p, q, t: float, truth: Fraction) -> Case:
    """The engines for positions that differ."""
    g, wide, points = gap(rng), coarse(rng), 2 ** int(rng.integers(4, 12))
    calls = [("certified", lambda: certified_coverage(p, q, None, t, relative_gap=g)),
             ("banded", lambda: band_limited_coverage(*positions(p, q, None), t, wide)),
             ("grid", lambda: composition_bracket(p, q, None, t, points=points, tilt=points % 3 > 0))]
    if len(p) <= 24:
        calls.append(("listed", lambda: enumerated_coverage(p, q, None, t)))
    return Case(kind, exact(truth), calls, f"p={p.tolist()} q={q.tolist()} t={t!r} gap={g:.3g} points={points}")


def distinct(rng) -> Case:
    """Coins that all differ, often mirrored, with N = 1, an atom, or anything: truth by meeting in the middle."""
    H = int(rng.integers(4, 23))
    heads = rng.uniform(0.02, 0.98, H) if rng.random() < 0.7 else np.round(rng.uniform(0.02, 0.98, H), 2)
    p = np.stack([heads, 1 - heads], axis=1)
    q = p[:, ::-1].copy() if rng.random() < 0.6 else p * np.exp(rng.normal(size=p.shape) * 10 ** rng.uniform(-3, 0))
    q /= q.sum(axis=1, keepdims=True)
    halves, whole = [], 1
    for part in (slice(0, H // 2), slice(H // 2, H)):
        law = [(0, 1)]
        for a, b in zip(p[part], q[part], strict=True):
            atoms, one = token(a, b)
            law, whole = [(v + x, w * m) for v, w in law for x, m in atoms], whole * one
        halves.append(law)
    atom = float(Fraction(halves[0][rng.integers(len(halves[0]))][0] + halves[1][rng.integers(len(halves[1]))][0],
                          2**BITS))
    t = float(rng.choice([0.0, atom, atom * (1 + 1e-9), rng.normal() * 2]))
    right = sorted(halves[1])
    values, tails = [v for v, _ in right], [*list(accumulate((w for _, w in reversed(right)), initial=0))][::-1]
    above = sum(w * tails[bisect_left(values, level(t) - v)] for v, w in halves[0])
    return rows(rng, "distinct coins", p, q, t, Fraction(above, whole))


def lattices(rng) -> Case:
    """Ratios that are powers of one number, positions that differ too, with N one, an atom, or beside one."""
    R, r, unit = int(rng.integers(1, 4)), int(rng.integers(2, 4)), 2 ** int(rng.integers(3, 7))
    counts = rng.integers(1, 60 // R, R)
    p, q = np.zeros((R, 3)), np.zeros((R, 3))
    for i in range(R):
        if r == 2:  # (a, b, a/2) against (a/2, b, a) and the like: ratios 2, 1, 1/2
            a = int(rng.integers(1, unit // 2))
            p[i] = np.array([2 * a, 2 * unit - 3 * a, a]) / (2 * unit) if 3 * a <= 2 * unit else [0.5, 0.25, 0.25]
            q[i] = p[i][::-1]
        else:
            a = rng.uniform(0.5, 1)
            p[i], q[i] = [a, 0.0, 1 - a], [1 - a, 0.0, a]
    if rng.random() < 0.3:
        p, q, counts = p[:1], q[:1], np.array([int(rng.integers(60, 160))])
    t = float(rng.choice([0.0, np.log(2.0) * rng.integers(-3, 4), 1e-13, rng.normal()], p=[0.5, 0.3, 0.1, 0.1]))
    truth = product_coverage(list(zip(p, q, counts.tolist(), strict=True)), t)
    case = rows(rng, "lattices", np.repeat(p, counts, axis=0), np.repeat(q, counts, axis=0), t, truth)
    g = 10 ** -rng.uniform(1, 6)
    return Case(case.kind, case.truth, [*case.engines, ("lattice", lambda: lattice_coverage(p, q, counts, t, g))],
                case.words)


def binary(H: int, a: float, b: float, t: float):
    """Coverage of H coins, a the exact chance of the first side, b the model's."""
    a, b = Fraction(a), Fraction(b)
    up, down = fixed(a / b), fixed((1 - a) / (1 - b))
    bar = level(t) - H * down
    return binomial_tail(H, a, -(-bar // (up - down))) if up > down else binomial_tail(
        H, 1 - a, H - (-bar) // (down - up))


def long_pair(rng, longest: float) -> tuple[int, float, float, float]:
    """Length, two chances in [1/2, 1) or mirrored, and a threshold: N = 1, an atom, or between atoms."""
    H = int(10 ** rng.uniform(1, longest))
    a = float(0.5 + 10 ** rng.uniform(-6, -0.35))
    if rng.random() < 0.6:
        b = 1 - a
    else:
        b = float(np.clip(a * (1 + rng.normal() / np.sqrt(H)), 0.5, 1 - 2.0**-30))
        b = a / 2 if a == b else b
    up, down = np.log(a / b), np.log((1 - a) / (1 - b))
    k = int(np.clip(H * a + rng.normal() * 2 * np.sqrt(H * a * (1 - a)), 0, H)) + rng.choice([0, 0.5])
    return H, a, b, float(rng.choice([0.0, k * up + (H - k) * down], p=[0.5, 0.5]))


def long_lattice(rng) -> Case:
    """Mirrored coins with N = 1, or coins with N at an atom, up to 10^8 tokens."""
    H, a, b, t = long_pair(rng, 8 if rng.random() < 0.2 else 4.5)
    p, q = np.array([[a, 1 - a]]), np.array([[b, 1 - b]])
    case = iid(rng, "long lattice", p[0], q[0], H, t, binary(H, a, b, t), banded=False)
    g, counts = 10 ** -rng.uniform(1, 4), np.array([H])
    return Case(case.kind, case.truth, [*case.engines, ("lattice", lambda: lattice_coverage(p, q, counts, t, g))],
                case.words)


def long_chain(rng) -> Case:
    """Two states and how often they change: a chain, an automaton of the parity, up to a million steps."""
    H, a, b, t = long_pair(rng, 6 if rng.random() < 0.2 else 3)
    P, Q = (np.array([[v, 1 - v], [1 - v, v]]) for v in (a, b))
    g, g2, start, same = coarse(rng), coarse(rng), [0.5, 0.5], np.array([[0, 1], [1, 0]])
    engines = [("chain", lambda: certified_markov_coverage(Markov(start, P, H + 1), Markov(start, Q, H + 1), t,
                                                           relative_gap=g)),
               ("automaton", lambda: certified_automaton_coverage(
                   [[a, 1 - a]] * 2, [[b, 1 - b]] * 2, same, H, t, relative_gap=g2))]
    return Case("long chains", binary(H, a, b, t), engines, f"a={a!r} b={b!r} H={H} t={t!r} gap={g:.3g}")


def curves(rng) -> Case:
    """One threshold of a whole curve: neighbours that tighten each other, and grids of few points, tilted or not."""
    V, H = int(rng.integers(2, 4)), int(rng.integers(1, 25))
    p, q = law_pair(rng, V)
    many = np.array([threshold(rng, p, q, H) for _ in range(5)])
    i, points, tilt = int(rng.integers(5)), 2 ** int(rng.integers(4, 11)), bool(rng.random() < 0.7)

    def one(bracket: Bracket) -> Bracket:
        return Bracket(float(bracket.lower[i]), float(bracket.upper[i]), bracket.method)

    engines = [("curve", lambda: one(certified_profile(p, q, H, many, relative_gap=0.1))),
               ("grid", lambda: one(composition_bracket(p, q, H, many, points=points, tilt=tilt)))]
    return Case("curves", exact(iid_coverage(p, q, H, float(many[i]))), engines,
                f"p={p.tolist()} q={q.tolist()} H={H} t={many.tolist()} i={i} points={points} tilt={tilt}")


def grids(rng) -> Case:
    """Grid rounding of long coins with very few points."""
    H, a, b, t = long_pair(rng, 5)
    points, tilt = 2 ** int(rng.integers(4, 12)), bool(rng.random() < 0.7)
    p, q = [a, 1 - a], [b, 1 - b]
    return Case("grids", binary(H, a, b, t), [
        ("grid", lambda: composition_bracket(p, q, H, t, points=points, tilt=tilt))],
        f"p={p} q={q} H={H} t={t!r} points={points} tilt={tilt}")


def balls(rng) -> Case:
    """Ball arithmetic: what floats fall back on (ties count), and the replay (the exact rule)."""
    S, V, H = 2, int(rng.integers(2, 4)), int(rng.integers(1, 8))
    p, q = (np.array(side) for side in zip(*(law_pair(rng, V) for _ in range(S)), strict=True))
    t, g = float(rng.choice([0.0, rng.normal(), threshold(rng, p[0], q[0], H)])), 10 ** -rng.uniform(0.2, 2)
    tied, kind = bool(rng.random() < 0.7), rng.integers(3)
    words = f"p={p.tolist()} q={q.tolist()} H={H} t={t!r} gap={g:.3g} tied={tied}"
    if kind == 0:
        count = int(rng.integers(1, 4))
        truth = product_coverage([(p[0], q[0], H), (p[1], q[1], count)], t, tied)
        whole = [np.repeat(law, [H, count], axis=0) for law in (p, q)]
        call = (partial(ball_certificate, *positions(*whole, None), t, g) if tied
                else partial(ball_replay, *whole, None, t, relative_gap=g))
    elif kind == 1:
        target, at = rng.integers(0, S, (S, V)), np.eye(S)[0]
        truth = states_coverage((at, at), p, q, target, H, False, t, tied)
        call = (partial(ball_state_certificate, automaton_model(p, q, target, H, 0), t, g) if tied
                else partial(ball_automaton_replay, p, q, target, H, t, relative_gap=g))
        words += f" target={target.tolist()}"
    else:
        P, Q = (rng.dirichlet(np.full(V, 2.0), V) for _ in range(2))
        pair = Markov(p[0], P, H + 1), Markov(q[0], Q, H + 1)
        truth = states_coverage((p[0], q[0]), P, Q, [range(V)] * V, H, True, t, tied)
        call = (partial(ball_state_certificate, markov_model(*pair), t, g) if tied
                else partial(ball_markov_replay, *pair, t, relative_gap=g))
        words += f" P={P.tolist()} Q={Q.tolist()}"
    return Case("balls", exact(truth), [("replay" if not tied else "ball", call)], words)


def profiles(rng) -> Case:
    """The profile by enumeration, which is no bracket: within 1e-9 of itself, thresholds not at the edge of a tie."""
    V, H = int(rng.integers(2, 4)), int(rng.integers(1, 12))
    p, q = law_pair(rng, V)
    t = threshold(rng, p, q, H) if rng.random() < 0.2 else float(rng.choice([0.0, 1e-13, -1e-13, rng.normal()]))

    def tail(pi_D, pi) -> Bracket:
        value = float(coverage_profile(pi_D, pi).tail(t))
        return Bracket(max(0.0, value * (1 - 1e-9) - 1e-300), min(1.0, value * (1 + 1e-9) + 1e-300), "profile")

    engines = [("profile", lambda: tail(Product(p, H), Product(q, H))),
               ("rows", lambda: tail(Product(np.tile(p, (H, 1))), Product(np.tile(q, (H, 1))))),
               ("prefixes", lambda: tail(*(Markov(law, np.tile(law, (V, 1)), H) for law in (p, q))))]
    return Case("profiles", exact(iid_coverage(p, q, H, t)), engines[: 3 if V**H < 3000 else 1],
                f"p={p.tolist()} q={q.tolist()} H={H} t={t!r}")


KINDS = {"ends": (ends, 4), "ties": (ties, 5), "scaled": (scaled, 4), "one_sided": (one_sided, 6),
         "distinct": (distinct, 5), "lattices": (lattices, 5), "long_lattice": (long_lattice, 4),
         "long_chain": (long_chain, 3), "curves": (curves, 3), "grids": (grids, 3), "balls": (balls, 2),
         "profiles": (profiles, 3)}
"""Generators and how often they are drawn."""

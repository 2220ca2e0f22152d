"""Random and adversarial cases with their exact values: short laws, mirrored coins, near lattices, long coins, chains.

Each kind is a function of a random generator; :mod:`attack_certificates` runs them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from exact_laws import BITS, binomial_tail, exact_law, fixed, iid_coverage, level, product_coverage, states_coverage

from covtheory.certificates import certified_automaton_coverage, certified_coverage, certified_markov_coverage
from covtheory.certificates.banded import band_limited_coverage, positions
from covtheory.certificates.bracket import Bracket
from covtheory.certificates.composition import composition_bracket
from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.certificates.state_model import automaton_model, markov_model
from covtheory.policies import Markov

Truth = tuple[Fraction, Fraction]
"""Bounds of the exact value; equal but for binomial tails of long sequences."""


@dataclass(frozen=True)
class Case:
    """Exact value and the engines to hold against it, each a name and a call."""

    kind: str
    truth: Truth
    engines: list[tuple[str, Callable[[], Bracket]]]
    words: str


def exact(value: Fraction) -> Truth:
    """A value that is known exactly."""
    return value, value


def gap(rng: np.random.Generator) -> float:
    """Mostly coarse gaps, sometimes very fine ones."""
    digits = [rng.uniform(*ends) for ends in ((0.5, 2.5), (2.5, 4.5), (4.5, 9))]
    return float(10 ** -rng.choice(digits, p=[0.9, 0.08, 0.02]))


def coarse(rng: np.random.Generator) -> float:
    """Gap for a single route, which at an atom tries as hard as it can and fails: rarely fine."""
    return float(10 ** -rng.choice([rng.uniform(0.3, 2), rng.uniform(2, 4)], p=[0.97, 0.03]))


def iid(rng, kind: str, p, q, H: int, t: float, truth: Truth | None = None, banded: bool = True) -> Case:
    """The engines for independent tokens of one law; the truth of the floats, unless another one is known."""
    p, q, g, wide = np.asarray(p, dtype=float), np.asarray(q, dtype=float), gap(rng), coarse(rng)
    engines = [("certified", lambda: certified_coverage(p, q, H, t, relative_gap=g))]
    if banded:
        engines.append(("banded", lambda: band_limited_coverage(*positions(p, q, H), t, wide)))
    if rng.random() < 0.3:
        engines.append(("grid", lambda: composition_bracket(p, q, H, t, points=2**10)))
    if rng.random() < 0.3 and H < 500:
        engines.append(("listed", lambda: enumerated_coverage(p, q, H, t)))
    truth = truth or exact(iid_coverage(p, q, H, t))
    return Case(kind, truth, engines, f"p={p.tolist()} q={q.tolist()} H={H} t={t!r} gap={g:.3g}")


def fractions(rng, V: int, largest: int = 20, zeros: bool = True) -> list[Fraction]:
    """Random law of small fractions, sometimes with a zero."""
    while True:
        w = rng.integers(0 if zeros and rng.random() < 0.3 else 1, largest, V)
        if w.sum():
            return [Fraction(int(v), int(w.sum())) for v in w]


def floats(law) -> np.ndarray:
    """Each entry rounded to the nearest float."""
    return np.array([float(v) for v in law])


def atom(rng, p, q, H: int) -> float | None:
    """Logarithm of the ratio of a random sequence, rounded."""
    both = [v for v in range(len(p)) if p[v] > 0 and q[v] > 0]
    if not both:
        return None
    p, q, chosen = exact_law(p), exact_law(q), rng.multinomial(H, np.full(len(both), 1 / len(both)))
    return float(sum(int(c) * fixed(p[v] / q[v]) for c, v in zip(chosen, both, strict=True)) / Fraction(2**BITS))


def threshold(rng, p, q, H: int) -> float:
    """N = 1, an atom, the neighbourhood of an atom, an end of the range or anything."""
    t = atom(rng, p, q, H) or 0.0
    nudge = float(rng.choice([-1, 1])) * 10 ** rng.uniform(-16, -8) * max(1.0, abs(t))
    ratio = np.log(p[(p > 0) & (q > 0)]) - np.log(q[(p > 0) & (q > 0)])
    ends = [H * float(ratio.max()), H * float(ratio.min())] if ratio.size else [0.0, 0.0]
    middle = H * float(p[(p > 0) & (q > 0)] @ ratio) if ratio.size else 0.0
    spread = np.sqrt(H) * (float(ratio.std()) if ratio.size else 1.0)
    return float(rng.choice([0.0, t, t + nudge, rng.choice(ends), middle + spread * rng.normal() * 2,
                             rng.uniform(-3, 6)], p=[0.2, 0.25, 0.15, 0.05, 0.25, 0.1]))


def rationals(rng) -> Case:
    """Small fractions, N often exactly an atom: the truth is that of the fractions, not of the floats."""
    V, H = int(rng.integers(2, 5)), int(rng.integers(1, 13))
    p, q = fractions(rng, V), fractions(rng, V)
    t = threshold(rng, floats(p), floats(q), H)
    return iid(rng, "rationals", floats(p), floats(q), H, t, exact(iid_coverage(p, q, H, t)))


def mirrored(rng) -> Case:
    """Products of coins against their mirror image: characteristic functions with zeros on the real line."""
    coins, H = int(rng.integers(1, 4)), int(rng.integers(2, 24))
    sides = [Fraction(int(a), 100) for a in rng.integers(1, 50, coins)]
    law, rounded = [Fraction(1)], np.ones(1)
    for a in sides:
        law = [v * s for v in law for s in (a, 1 - a)]
        rounded = np.outer(rounded, [float(a), 1 - float(a)]).ravel()
    p = rounded if rng.random() < 0.5 else floats(law)
    t = float(rng.choice([0.0, threshold(rng, p, p[::-1], H)], p=[0.6, 0.4]))
    groups = [([a, 1 - a], [1 - a, a], H) for a in sides]  # the coins of a token are independent
    return iid(rng, "mirrored", p, p[::-1], H, t, exact(product_coverage(groups, t)))


def floating(rng) -> Case:
    """Floats as they are: zeros, ratios to 1e300, subnormals, tokens one ulp apart, copies, p next to q."""
    V = int(rng.integers(2, 5))
    H = int(rng.integers(1, {2: 120, 3: 30, 4: 14}[V]))
    p, q = rng.dirichlet(np.full(V, rng.choice([0.2, 1.0, 5.0])), 2)
    how = rng.choice(["plain", "near", "ulp", "huge", "tiny", "subnormal", "zero", "copies", "equal", "mass"])
    if how == "near":
        q = p * (1 + rng.normal(size=V) * 10 ** rng.uniform(-13, -1))
    elif how == "ulp":
        p, q = np.full(V, 1 / V), np.nextafter(np.full(V, 1 / V), rng.choice([0.0, 1.0], V))
    elif how == "huge":
        q[0] = 10 ** -rng.uniform(10, 300)
    elif how == "tiny":
        p[0] = 10 ** -rng.uniform(10, 300)
    elif how == "subnormal":
        (p if rng.random() < 0.5 else q)[0] = 5e-324 * int(rng.integers(1, 1000))
    elif how == "zero":
        (p if rng.random() < 0.5 else q)[0] = 0.0
    elif how == "copies":
        p[-1], q[-1] = p[0], q[0]
    elif how == "equal":
        q = p.copy()
    elif how == "mass":
        p = np.append(1.0, np.full(V - 1, 10 ** -rng.uniform(13, 300)))
        q = rng.permutation(p) if rng.random() < 0.5 else q
    p, q = p / p.sum(), q / q.sum()
    return iid(rng, f"floats, {how}", p, q, H, threshold(rng, p, q, H))


def nearly_lattice(rng) -> Case:
    """Log ratios that are multiples of one number but for a perturbation: peaks of the characteristic function."""
    V = int(rng.integers(2, 5))
    H = int(rng.integers(2, {2: 150, 3: 40, 4: 16}[V]))
    p = rng.dirichlet(np.full(V, 2.0))
    x = rng.integers(-3, 4, V) * 10 ** rng.uniform(-2, 0.3) + rng.normal(size=V) * 10 ** rng.uniform(-16, -3)
    q = p * np.exp(-x)
    q = q / q.sum()
    return iid(rng, "nearly lattice", p, q, H, threshold(rng, p, q, H))


def long_coin(rng) -> Case:
    """A coin tossed up to 10^8 times, sometimes dressed up as several tokens; the truth is a binomial tail."""
    H = int(10 ** rng.uniform(2, 8 if rng.random() < 0.15 else 5.5))
    a, b = (Fraction(int(v), 1000) for v in rng.integers(1, 1000, 2))
    if rng.random() < 0.5:  # not far apart, or further than any threshold of interest
        b = a * (1 + Fraction(int(rng.integers(-9, 10)), 10 * max(10, int(H**0.5))))
    if a == b or not 0 < b < 1:
        b = 1 - a if a != Fraction(1, 2) else Fraction(1, 3)
    up, down = fixed(a / b), fixed((1 - a) / (1 - b))
    z = float(rng.choice([rng.normal() * 2, rng.uniform(-12, 12)]))
    k = min(max(ceil(H * a) + int(z * float(H * a * (1 - a)) ** 0.5), 0), H)
    at = Fraction(k * up + (H - k) * down, 2**BITS)
    t = float(rng.choice([float(at), float(at) + 0.5 * (up - down) / 2**BITS, 0.0], p=[0.3, 0.6, 0.1]))
    bar = level(t) - H * down  # k (up - down) >= bar
    if up > down:
        truth = binomial_tail(H, a, -(-bar // (up - down)))
    else:
        truth = binomial_tail(H, 1 - a, H - (-bar) // (down - up))
    p, q = floats([a, 1 - a]), floats([b, 1 - b])
    if rng.random() < 0.3:
        share = rng.choice([0.25, 0.5, 0.125])
        p, q = (np.array([v[0], v[1] * share, v[1] * (1 - share)]) for v in (p, q))
    return iid(rng, "long coin", p, q, H, t, truth)


def equal_laws(rng) -> Case:
    """p = q at any length: the ratio is one, at all thresholds above the tie zero and below it one."""
    H = int(10 ** rng.uniform(0, 8))
    p = rng.dirichlet(np.ones(int(rng.integers(1, 6))))
    t = float(rng.choice([0.0, 10 ** rng.uniform(-11.5, 1), -(10 ** rng.uniform(-14, 1)), 1e-13]))
    truth = exact(Fraction(int(level(t) <= 0)))
    case = iid(rng, "equal laws", p, p, H, t, truth)
    P = np.tile(p, (len(p), 1))
    chain = Markov(p, P, H)
    return Case(case.kind, truth, [*case.engines, ("chain", lambda: certified_markov_coverage(chain, chain, t))],
                case.words)


def positions_that_differ(rng) -> Case:
    """Rows that differ, sometimes with one giant token among small ones."""
    R, V = int(rng.integers(2, 4)), int(rng.integers(2, 4))
    counts = rng.integers(1, {2: 12, 3: 6}[V], R)
    p = rng.dirichlet(np.ones(V), R)
    q = p * np.exp(rng.normal(size=(R, V)) * 10 ** rng.uniform(-2, 0.5))
    if rng.random() < 0.3:
        q = p[:, ::-1].copy()
    if rng.random() < 0.3:
        counts[0], q[0] = 1, q[0] * 10.0 ** -rng.uniform(0, 80, V)
    if rng.random() < 0.2:
        q[-1, 0] = 0.0
    q /= q.sum(axis=1, keepdims=True)
    whole_p, whole_q = np.repeat(p, counts, axis=0), np.repeat(q, counts, axis=0)
    part = [threshold(rng, p[r], q[r], int(counts[r])) for r in range(R)]
    t = float(rng.choice([sum(part), 0.0, part[0]]))
    truth, g = exact(product_coverage(list(zip(p, q, counts.tolist(), strict=True)), t)), gap(rng)
    wide = coarse(rng)
    engines = [("certified", lambda: certified_coverage(whole_p, whole_q, None, t, relative_gap=g)),
               ("banded", lambda: band_limited_coverage(*positions(whole_p, whole_q, None), t, wide))]
    return Case("positions differ", truth, engines,
                f"p={p.tolist()} q={q.tolist()} counts={counts.tolist()} t={t!r} gap={g:.3g}")


def states(rng) -> Case:
    """Chains and automata, with absorbing, periodic and unreachable states, zeros, equal rows."""
    S, H = int(rng.integers(2, 4)), int(rng.integers(1, 8))
    automaton = rng.random() < 0.4
    V = int(rng.integers(2, 4)) if automaton else S
    P = rng.dirichlet(np.ones(V), S)
    Q = P * np.exp(rng.normal(size=(S, V)) * 10 ** rng.uniform(-2, 0.3))
    shape = rng.choice(["plain", "absorbing", "periodic", "zeros", "equal", "mirrored"])
    if shape == "absorbing":
        P[0] = Q[0] = np.eye(V)[0]
    elif shape == "periodic" and not automaton:
        P, Q = (np.roll(np.eye(S), 1, axis=1) * (1 - 1e-300) for _ in range(2))
        Q[0] = rng.dirichlet(np.ones(V))
    elif shape == "zeros":
        Q[rng.integers(S), rng.integers(V)] = 0.0
    elif shape == "equal":
        Q[0] = P[0]
    elif shape == "mirrored":
        Q = P[:, ::-1].copy()
    Q /= Q.sum(axis=1, keepdims=True)
    g, wide, (a, b) = gap(rng), coarse(rng), rng.dirichlet(np.ones(S), 2)
    t = float(rng.choice([0.0, threshold(rng, P[0], Q[0], H), rng.normal() * 2]))
    words = f"{shape}: a={a.tolist()} b={b.tolist()} P={P.tolist()} Q={Q.tolist()} H={H} t={t!r} gap={g:.3g}"
    if automaton:
        target, at = rng.integers(0, S, (S, V)), np.eye(S)[0]
        truth = states_coverage((at, at), P, Q, target, H, False, t)
        engines = [("automaton", lambda: certified_automaton_coverage(P, Q, target, H, t, relative_gap=g)),
                   ("banded", lambda: automaton_model(P, Q, target, H, 0).banded(t, wide))]
        return Case("automata", exact(truth), engines, words + f" target={target.tolist()}")
    pi_D, pi = Markov(a, P, H), Markov(b, Q, H)
    truth = states_coverage((a, b), P, Q, np.tile(np.arange(S), (S, 1)), H - 1, True, t)
    engines = [("chain", lambda: certified_markov_coverage(pi_D, pi, t, relative_gap=g))]
    if H > 1:
        engines.append(("banded", lambda: markov_model(pi_D, pi).banded(t, wide)))
    return Case("chains", exact(truth), engines, words)


KINDS = {"rationals": (rationals, 20), "mirrored": (mirrored, 15), "floating": (floating, 20),
         "nearly_lattice": (nearly_lattice, 15), "long_coin": (long_coin, 10), "equal_laws": (equal_laws, 4),
         "positions_that_differ": (positions_that_differ, 8), "states": (states, 8)}
"""Generators and how often they are drawn."""

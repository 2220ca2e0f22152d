"""Token laws that depend on a state, chains and automata, as one model with its atoms, windows and errors."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from covtheory import validation
from covtheory.certificates.atoms import Atoms, bracket_of_atoms
from covtheory.certificates.band_limited_tail import certify_tail
from covtheory.certificates.banded import bracket_of_tail
from covtheory.certificates.bracket import Bracket, one_minus
from covtheory.certificates.tilted_chain import Chain, TiltedChain
from covtheory.coverage.rounding import ENTRY, UNIT, tie, token_laws
from covtheory.policies.markov import Markov

MOST_ATOMS, MOST_WORK = 2**21, 2**25
"""Atoms of one length, and of all lengths together (with 4096 for each), that are listed."""
SMALLEST = 1e-200
"""Data probabilities below this are not followed along a chain: their mass goes into the upper end."""


class StateModel:
    """Two laws of tokens on the same states: start, ``n`` steps; ``emits`` if the start is a token too."""

    def __init__(self, start, p, q, target, n: int, emits: bool):
        self.given = start, p, q, target, n, emits
        self.target, self.n, self.length, self.S = target, n, n + emits, len(p)
        self.p, self.x, slip = token_laws(p, q)
        self.start, self.x_start, slip_start = (row[0] for row in token_laws(*(law[None] for law in start)))
        if not emits:
            self.x_start, slip_start = np.where(self.start > 0, 0.0, -np.inf), np.zeros(len(p))
        self.on = (self.p >= SMALLEST) & np.isfinite(self.x)
        self.first = (self.start >= SMALLEST) & np.isfinite(self.x_start)
        self.rounding = n * float(slip[self.on].max(initial=0.0)) + float(slip_start[self.first].max(initial=0.0))
        tiny = [float(np.where(law < SMALLEST, law, 0.0).sum(axis=-1).max()) for law in (self.p, self.start)]
        self.lost = 1.01 * (n * tiny[0] + tiny[1])
        self.infinite = self._mass_at_infinity()

    def certain(self, t: float) -> Bracket | None:
        """The answer where all log ratios together are on one side of the threshold."""
        low, high = self.infinite
        if t == np.inf or not self.first.any() or not self.on.any():
            ends = low, min(1.0, (high + self.lost) * (1 + 2 * UNIT))
            if t == np.inf or not self.first.any() or (self.n and not self.on.any()):
                return Bracket(*ends, "infinite ratios only", {"complement": one_minus(*ends)})
        step, start = self.x[self.on], self.x_start[self.first]
        slack = 1.01 * self.rounding + 8 * UNIT * self.length * (np.abs(step).max() + np.abs(start).max())
        if np.isfinite(t):
            slack += 8 * UNIT * abs(t)
        level = t - float(tie(t))
        if self.n * step.max() + start.max() + slack < level:
            ends = low, min(1.0, (high + self.lost) * (1 + 2 * UNIT))
            return Bracket(*ends, "infinite ratios only", {"complement": one_minus(*ends)})
        if self.n * step.min() + start.min() - slack >= level:
            return Bracket(one_minus(0.0, self.lost)[0] if self.lost else 1.0, 1.0, "certain",
                           {"complement": (0.0, self.lost)})
        return None

    def chain(self, t: float) -> Chain:
        """Atoms centred at the threshold; the window holds every error of values and threshold, and the tie."""
        source = np.nonzero(self.on)[0]
        order = np.lexsort((self.target[self.on], source))
        shift, emits = t / self.length, self.length > self.n
        size = abs(shift) + np.abs(self.x[self.on]).max() + np.abs(self.x_start[self.first]).max()
        window = 1.01 * self.rounding + 8 * UNIT * (abs(t) + self.length * size) + float(tie(t))
        return Chain(
            self.S, self.n, np.where(self.first, self.start, 0.0),
            np.where(self.first, self.x_start - shift * emits, 0.0), source[order], self.target[self.on][order],
            self.p[self.on][order], self.x[self.on][order] - shift, float(window),
        )

    def tilted(self, t: float) -> tuple[TiltedChain, bool, bool]:
        """Measure to integrate, tilted to the threshold; whether reflected; whether the tilt was capped."""
        if self.n > 1:
            _irreducible(self.on, self.target)
        chain = self.chain(t)
        if reflect := bool(chain.moments(0.0)[0] > 0):
            chain = chain.reflected()
        theta, capped = chain.saddle()
        with np.errstate(over="ignore", invalid="ignore"):  # then nothing finite comes out, and it is refused
            return TiltedChain(chain, theta), reflect, capped

    def banded(self, t: float, gap: float) -> Bracket:
        """Bracket from majorant and minorant alone, whatever gap it reaches."""
        measure, reflect, capped = self.tilted(t)
        with np.errstate(over="ignore", invalid="ignore"):
            tail = certify_tail(measure, gap, 0.0 if reflect else self.infinite[0])
        if tail is None:
            raise ArithmeticError(f"no finite error budget at tilt {measure.theta:.3g}")
        return bracket_of_tail(tail, self.infinite, reflect, capped, measure.theta, gap, self.lost)

    def listed(self, t: float, gap: float = 0.0) -> Bracket:
        """Bracket from the atoms of the log ratio, carried state by state."""
        atoms = [Atoms(self.x_start[[s]][: int(self.first[s])], self.start[[s]][: int(self.first[s])], 0.0, ENTRY)
                 for s in range(self.S)]
        work, step_reach, moved = 0, float(np.abs(self.x[self.on]).max(initial=0.0)), 1.01 * self.rounding
        for _ in range(self.n):
            listed = sum(int(self.on[s].sum()) * len(atoms[s].values) for s in range(self.S))
            work += listed + 4096
            if listed > MOST_ATOMS or work > MOST_WORK:
                raise ValueError(f"H: {self.length} tokens have too many atoms to list")
            new = [([], []) for _ in range(self.S)]
            for s, part in enumerate(atoms):
                for v in np.flatnonzero(self.on[s]) if len(part.values) else ():
                    new[self.target[s, v]][0].append(part.values + self.x[s, v])
                    new[self.target[s, v]][1].append(part.mass * self.p[s, v])
            slip, error = (max(getattr(part, name) for part in atoms) for name in ("moved", "relative"))
            slip += 2 * UNIT * (max(part.reach() for part in atoms) + step_reach)
            atoms = [Atoms(*map(np.concatenate, pair), slip, error + 1.01 * (ENTRY + 2 * UNIT)).merged() if pair[0]
                     else Atoms(np.zeros(0), np.zeros(0), 0.0, 0.0) for pair in new]
        values, mass = (np.concatenate([getattr(part, name) for part in atoms]) for name in ("values", "mass"))
        whole = Atoms(values, mass, moved + max(part.moved for part in atoms), max(part.relative for part in atoms))
        return bracket_of_atoms([whole], t, self.length, self.infinite, self.lost + 1e-300, "enumeration of a chain")

    def _mass_at_infinity(self) -> tuple[float, float]:
        """Probability of an infinite log ratio: absorption, in non-negative arithmetic, hence relatively accurate."""
        S, p, x, target = self.S, self.p, self.x, self.target
        matrix, on = np.zeros((S + 1, S + 1)), (p > 0) & np.isfinite(x)
        for state in range(S):
            np.add.at(matrix[state], target[state, on[state]], p[state, on[state]])
            matrix[state, S] = p[state, (p[state] >= SMALLEST) & (x[state] == np.inf)].sum()
        matrix[S, S] = 1.0
        begin = np.where(self.start >= SMALLEST, self.start, 0.0)
        row = np.append(np.where(np.isfinite(self.x_start), begin, 0.0), begin[self.x_start == np.inf].sum())
        mass = float((row @ np.linalg.matrix_power(matrix, self.n))[S])
        slack = 1.1 * (self.n + 1) * (ENTRY + UNIT * (p.shape[1] + 2 * S + 8))
        return mass * (1 - slack), min(1.0, mass * (1 + slack))


def markov_model(pi_D: Markov, pi: Markov) -> StateModel:
    """Validated model of two Markov chains; the state is the last token."""
    if not isinstance(pi_D, Markov) or not isinstance(pi, Markov):
        raise ValueError(f"pi_D, pi: got {type(pi_D).__name__} and {type(pi).__name__}, expected two Markov")
    if (pi_D.V, pi_D.H) != (pi.V, pi.H):
        raise ValueError(f"pi: V={pi.V}, H={pi.H}, expected V={pi_D.V}, H={pi_D.H}")
    target = np.tile(np.arange(pi_D.V), (pi_D.V, 1))
    return StateModel((pi_D.initial, pi.initial), pi_D.transition, pi.transition, target, pi_D.H - 1, True)


def automaton_model(p: ArrayLike, q: ArrayLike, next_state: ArrayLike, H: int, start: int) -> StateModel:
    """Validated model of tokens that drive an automaton."""
    p, q = validation.probabilities("p", p, ndim=2), validation.probabilities("q", q, ndim=2)
    target = np.asarray(next_state)
    validation.same_shape(p=p, q=q, next_state=target)
    if target.dtype.kind not in "iu" or target.min() < 0 or target.max() >= len(p):
        raise ValueError(f"next_state: expected whole numbers from 0 to {len(p) - 1}")
    if validation.count("start", start, least=0) >= len(p):
        raise ValueError(f"start: got {start}, expected a state below {len(p)}")
    at = np.zeros(len(p))
    at[start] = 1.0
    return StateModel((at, at), p, q, target, validation.count("H", H), False)


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

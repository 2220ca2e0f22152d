"""The Sinclair-Jerrum walk on prefixes weighted by approximate counts: exact quantities of trees of any size.

It is the backtracking walk of notebook 14 with uniform ``pi_ref`` and 0/1 rewards: the edge above a prefix ``u`` has
conductance ``Nhat(u)``. Pivots and masses of a subtree depend on its state only, so each is computed once per state
of the diagram, relative to ``Nhat`` of the state: no number grows with the number of solutions.
"""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from covtheory.samplers.backtracking import ValueTree
from covtheory.samplers.self_reducible.problem import Diagram
from covtheory.validation import count

MOST_NODES = 200_000
"""Largest tree that is written out."""


class CountingWalk:
    """Lazy walk: to the parent with weight ``Nhat(v)``, to a child with weight ``Nhat(va)``.

    Parameters
    ----------
    log_counter : array_like, shape (n,), optional
        Natural logarithm of ``Nhat`` at each state (minus infinity: zero); default the problem's crude count. A
        randomised counter must be asked once per state: equal questions get equal answers.
    dead_ends : bool
        Whether ``Nhat > 0`` is allowed where no solution is left (a trap).

    Raises
    ------
    ValueError
        NaN; zero where solutions exist; wrong at solutions; or a trap.

    Examples
    --------
    >>> from covtheory.samplers.self_reducible import Dnf
    >>> walk = CountingWalk(Diagram(Dnf(3, [(1, 2), (-1, 3), (2, 3)])))
    >>> round(walk.over, 12), round(walk.under, 12)
    (2.0, 1.0)
    >>> round(walk.gap(), 6), walk.tree().walk()
    (0.080713, BacktrackingWalk(nodes=10, H=3, responses=4))
    """

    def __init__(self, diagram: Diagram, log_counter: ArrayLike | None = None, *, dead_ends: bool = False):
        self.diagram = diagram
        log_counter = diagram.crude() if log_counter is None else np.array(log_counter, dtype=float)
        if log_counter.shape != (len(diagram),):
            raise ValueError(f"log_counter: got shape {log_counter.shape}, expected ({len(diagram)},)")
        if np.isnan(log_counter).any() or (log_counter == np.inf).any():
            node = int(np.argmax(~(log_counter < np.inf)))
            raise ValueError(f"log_counter: got {log_counter[node]} at {self._name(node)}, expected less than infinity")
        alive, positive = np.isfinite(diagram.log_counts), np.isfinite(log_counter)
        inner = np.arange(len(diagram)) > 0
        if (bad := inner & alive & ~positive).any():
            raise ValueError(f"log_counter: the count at {self._name(np.argmax(bad))} is zero, but "
                             f"{diagram.counts[int(np.argmax(bad))]} solutions begin so; expected a positive count")
        if (bad := inner & positive & ~alive).any() and not dead_ends:
            raise ValueError(f"log_counter: a positive count at {self._name(np.argmax(bad))}, where no solution is "
                             "left (a trap); dead_ends=True allows it")
        if (bad := (diagram.depth == diagram.H) & (np.abs(log_counter) > 1e-9)).any():
            raise ValueError(f"log_counter: got a count of {np.exp(log_counter[np.argmax(bad)]):.6g} at a solution, "
                             "expected exactly 1")
        self.log_counter = np.where(inner, log_counter, diagram.log_counts[0])  # the root's value is never used
        there = diagram.child >= 0
        with np.errstate(invalid="ignore"):
            share = self.log_counter[np.where(there, diagram.child, 0)] - self.log_counter[:, None]
        self.share = np.exp(np.where(there & np.isfinite(self.log_counter)[:, None], share, -np.inf))

    @property
    def H(self) -> int:
        """Number of letters of a solution."""
        return self.diagram.H

    @cached_property
    def _ratios(self) -> np.ndarray:
        reached = self.reached.copy()
        reached[0] = False
        return self.log_counter[reached] - self.diagram.log_counts[reached]

    @property
    def over(self) -> float:
        """``max Nhat/N`` over prefixes, at least 1; infinite if there is a trap."""
        return max(1.0, float(np.exp(self._ratios.max())))

    @property
    def under(self) -> float:
        """``max N/Nhat`` over prefixes, at least 1."""
        return max(1.0, float(np.exp(-self._ratios.min())))

    @cached_property
    def copies(self) -> np.ndarray:
        """Number of tree nodes of each state, shape (n,), floats."""
        copies = np.zeros(len(self.diagram))
        copies[0] = 1.0
        for layer in self.diagram.layers()[:-1]:
            for a in range(self.diagram.V):
                there = self.share[layer, a] > 0
                np.add.at(copies, self.diagram.child[layer, a][there], copies[layer][there])
        return copies

    @property
    def reached(self) -> np.ndarray:
        """States that the walk can reach."""
        return self.copies > 0

    @cached_property
    def _mass(self) -> np.ndarray:
        """Sum of the degrees in the subtree below each state, relative to its ``Nhat``."""
        up = np.append(0.0, np.ones(len(self.diagram) - 1))
        return self._upwards(lambda mass: mass, up + self.share.sum(axis=1))

    def _upwards(self, term, own: np.ndarray) -> np.ndarray:
        """``x(v) = own(v) + sum_c share(c) term(x(c))`` from the solutions to the root."""
        x = own.copy()
        for layer in reversed(self.diagram.layers()[:-1]):
            child = self.diagram.child[layer]
            x[layer] += (self.share[layer] * np.where(child >= 0, term(x[child]), 0.0)).sum(axis=1)
        return x

    @property
    def leaf_mass(self) -> float:
        """Stationary probability of being at a solution: ``N / (2 sum of all Nhat)``."""
        return float(1 / self._mass[0])

    def conductance(self) -> float:
        """Smallest ``Q(S, S^c)/min(pi(S), pi(S^c))`` of the lazy walk: the best cut removes one edge."""
        rest = np.exp(self.log_counter[0] - self.log_counter[1:]) * self._mass[0] - self._mass[1:]
        side = np.minimum(self._mass[1:], rest)[self.reached[1:]]
        return float(1 / (2 * side.max()))

    def above(self, s: float, *, on_solutions: bool = False) -> float:
        """Number of eigenvalues above ``1 - s`` of the non-lazy walk, or of its trace on solutions; by inertia.

        Elimination from the solutions upwards creates no fill. The trace replaces degrees by 1 at solutions and 0
        elsewhere: the Schur complement of the inner nodes is then its Laplacian minus ``s``.
        """
        solution = self.diagram.depth == self.H
        degree = np.append(0.0, np.ones(len(self.diagram) - 1)) + self.share.sum(axis=1)
        with np.errstate(divide="ignore"):
            x = self._upwards(lambda e: e / (1 + e), -s * np.where(solution | (not on_solutions), degree, 0.0))
        negative = (1 + x < 0) & self.reached
        negative[0] = x[0] < 0
        return float(self.copies[negative].sum())

    def gap(self) -> float:
        """``1 - lambda_2`` of the lazy walk on the whole tree, however large, by bisection on :meth:`above`."""
        return self._bisect(False) / 2

    def trace_gap(self) -> float:
        """``1 - lambda_2`` of the chain of successive solutions; it is reversible for the uniform law."""
        return self._bisect(True)

    def _bisect(self, on_solutions: bool) -> float:
        low, high = 1e-18, 2.0
        if self.above(low, on_solutions=on_solutions) > 1:
            raise ValueError("walk: the gap is below 1e-18, not resolved in double precision")
        while high / low > 1 + 1e-12:
            middle = np.sqrt(low * high)
            if self.above(middle, on_solutions=on_solutions) > 1:
                high = middle
            else:
                low = middle
        return float(np.sqrt(low * high))

    def tree(self, node: int = 0) -> ValueTree:
        """Write out the prefixes below a state as a tree of notebook 14: ``Vhat = Nhat/V^(letters left)``.

        Raises
        ------
        ValueError
            If there are more than ``MOST_NODES``, or the state is a solution.
        """
        diagram, V = self.diagram, self.diagram.V
        start = int(diagram.depth[count("node", node, least=0)])
        if start == diagram.H:
            raise ValueError(f"node: {node} is a solution, expected a prefix")
        parent, states, level = [np.array([-1])], [np.array([node])], np.array([0])
        size = 1
        for _ in range(start, diagram.H):
            here = states[-1]
            keep = self.share[here] > 0
            states.append(diagram.child[here][keep])
            parent.append(np.repeat(level, keep.sum(axis=1)))
            level = size + np.arange(len(states[-1]))
            size += len(level)
            if size > MOST_NODES:
                raise ValueError(f"tree: more than {MOST_NODES} prefixes, expected fewer")
        state = np.concatenate(states)
        value = np.exp(self.log_counter[state] - (diagram.H - diagram.depth[state]) * np.log(V))
        tau = np.ones(len(states[-1]))
        value[len(value) - len(tau):] = 1.0
        return ValueTree(np.concatenate(parent), np.full(size, 1.0 / V), tau, value, dead_ends=True)

    def _name(self, node) -> str:
        return f"prefix {self.diagram.prefix(int(node))}"


def noisy_counter(diagram: Diagram, rng: np.random.Generator, r: float) -> np.ndarray:
    """Logarithm of a randomised counter, asked once per state: ``N`` times an error log-uniform in ``[1/r, r]``.

    Exact at solutions and at the root (which is never used).
    """
    if not r >= 1:
        raise ValueError(f"r: got {r}, expected r >= 1")
    error = rng.uniform(-1, 1, len(diagram)) * np.log(r)
    return diagram.log_counts + np.where((diagram.depth == diagram.H) | (diagram.depth == 0), 0.0, error)


def alternating_counter(diagram: Diagram, r: float) -> np.ndarray:
    """Logarithm of ``N r`` at odd and ``N/r`` at even depths, exact at solutions: the slowest known errors."""
    if not r >= 1:
        raise ValueError(f"r: got {r}, expected r >= 1")
    sign = np.where(diagram.depth % 2 == 1, 1.0, -1.0) * (diagram.depth < diagram.H) * (diagram.depth > 0)
    return diagram.log_counts + sign * np.log(r)

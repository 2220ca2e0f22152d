"""Self-reducible problems and their diagrams: equal subproblems are solved once, and counted exactly.

A solution is a word of ``H`` letters below ``V``; fixing the first letter leaves a problem of the same kind. A *state*
is whatever says which subproblem is left. The tree of prefixes may have more leaves than there are atoms; the
*diagram*, in which equal states are one node, is often small, and everything that depends on the subtree only
(counts, counters, cuts, pivots) is computed there.
"""

import math
from collections.abc import Hashable
from typing import Protocol

import numpy as np

from covtheory.validation import count


class SelfReducible(Protocol):
    """What a problem must tell. States of one depth are equal only if they have the same completions."""

    V: int
    H: int

    def root(self) -> Hashable:
        """State of the empty prefix."""

    def child(self, state: Hashable, depth: int, letter: int) -> Hashable | None:
        """State after one more letter, or None if plainly no solution begins so."""

    def crude(self, state: Hashable, depth: int) -> float:
        """Crude count (int or float, >= 0) of the completions; at depth ``H`` exactly 1."""


class Diagram:
    """All states of a problem, level by level, with exact counts.

    Parameters
    ----------
    most : int
        Largest number of states.

    Attributes
    ----------
    child : int array, shape (n, V)
        Node of each child state, -1 if there is none. Nodes are in order of depth, the root first.
    counts : list of int
        Number of completions of each state: exact integers of any size.
    log_counts : ndarray, shape (n,)
        Their natural logarithms.

    Raises
    ------
    ValueError
        More than ``most`` states, or no solution at all.

    Examples
    --------
    >>> from covtheory.samplers.self_reducible import Dyck
    >>> diagram = Diagram(Dyck(20))
    >>> len(diagram), diagram.counts[0]
    (231, 6564120420)
    """

    def __init__(self, problem: SelfReducible, most: int = 200_000):
        self.problem, self.V, self.H = problem, count("V", problem.V), count("H", problem.H)
        layer, self.states, rows, self.offsets = {problem.root(): 0}, [], [], [0]
        for depth in range(self.H + 1):
            self.states += layer
            self.offsets.append(len(self.states))
            following: dict = {}
            for state in layer if depth < self.H else ():
                row = []
                for letter in range(self.V):
                    new = problem.child(state, depth, letter)
                    row.append(-1 if new is None else self.offsets[-1] + following.setdefault(new, len(following)))
                rows.append(row)
            if len(self.states) + len(following) > most:
                raise ValueError(f"problem: more than {most} states at depth {depth + 1} of {self.H}, "
                                 f"expected at most {most}")
            layer = following
        rows += [[-1] * self.V] * (self.offsets[-1] - self.offsets[-2])
        self.child = np.array(rows, dtype=np.int64).reshape(len(self.states), self.V)
        self.depth = np.repeat(np.arange(self.H + 1), np.diff(self.offsets))
        self.counts = [0] * len(self.states)
        for node in range(len(self.states) - 1, -1, -1):
            self.counts[node] = (1 if self.depth[node] == self.H else
                                 sum(self.counts[c] for c in rows[node] if c >= 0))
        if not self.counts[0]:
            raise ValueError("problem: it has no solution, expected at least one")
        self.log_counts = log_numbers("counts", self.counts)

    def __len__(self) -> int:
        return len(self.states)

    def __repr__(self) -> str:
        return f"Diagram(states={len(self)}, H={self.H}, solutions={self.counts[0]:.6g})"

    def crude(self) -> np.ndarray:
        """Natural logarithms of the problem's crude counts, shape (n,)."""
        return log_numbers("crude", [self.problem.crude(s, int(d)) for s, d in zip(self.states, self.depth,
                                                                                    strict=True)])

    def layers(self) -> list[slice]:
        """Nodes of depth ``0..H`` as slices."""
        return [slice(a, b) for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    def tree_size(self) -> float:
        """Number of nodes of the tree of prefixes that have a solution below."""
        size = [0] * len(self)
        for node in range(len(self) - 1, -1, -1):
            if self.counts[node]:
                size[node] = 1 + sum(size[c] for c in self.child[node] if c >= 0)
        return float(size[0])

    def node(self, prefix) -> int:
        """Node of a prefix (a sequence of letters).

        Raises
        ------
        ValueError
            If no solution begins so.
        """
        node = 0
        for letter in prefix:
            node = int(self.child[node, letter])
            if node < 0:
                raise ValueError(f"prefix: {tuple(prefix)} is the beginning of no solution")
        return node

    def prefix(self, node: int) -> tuple[int, ...]:
        """Return a prefix that leads to a state."""
        letters = []
        while node > 0:
            node, letter = map(int, np.argwhere(self.child == node)[0])
            letters.append(letter)
        return tuple(letters[::-1])


def log_numbers(name: str, numbers) -> np.ndarray:
    """Natural logarithms of non-negative numbers of any size (big integers too); minus infinity at zero."""
    logs = np.empty(len(numbers))
    for i, number in enumerate(numbers):
        if not number >= 0 or number == math.inf:
            raise ValueError(f"{name}: got {number!r} at state {i}, expected a finite number >= 0")
        logs[i] = math.log(number) if number > 0 else -math.inf
    return logs

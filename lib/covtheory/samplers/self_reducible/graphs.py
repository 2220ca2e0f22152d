"""Independent sets and matchings of a graph, vertex by vertex; the crude count ignores some edges."""

import numpy as np

from covtheory.validation import count


class IndependentSets:
    """Sets of vertices of a graph on ``0..n-1`` without an edge inside.

    The crude count is exact on the graph without the edges in ``ignored``: at least the count, and at most
    ``(4/3)^len(ignored)`` times the count (adding an edge removes at most a quarter of the sets).

    Parameters
    ----------
    n : int
        Number of vertices; they are decided in order (letter 1: in the set).
    edges, ignored : sequences of pairs
        ``ignored`` must be among ``edges``.

    Raises
    ------
    ValueError
        For loops, vertices out of range, or ignored edges that are none.

    Examples
    --------
    >>> path = IndependentSets(4, [(0, 1), (1, 2), (2, 3)], ignored=[(1, 2)])
    >>> path.count(), path.crude(path.root(), 0)
    (8, 9)
    """

    V = 2

    def __init__(self, n: int, edges, ignored=()):
        self.H = self.n = count("n", n)
        edges = {self._edge(e) for e in edges}
        ignored = {self._edge(e) for e in ignored}
        if not ignored <= edges:
            raise ValueError(f"ignored: got {sorted(ignored - edges)[0]}, expected edges of the graph")
        self.edges, self.ignored = edges, ignored
        self._near = self._neighbours(edges)
        self._relaxed = self._neighbours(edges - ignored)
        self._memo: dict = {}

    def _edge(self, pair) -> tuple[int, int]:
        u, v = sorted(map(int, pair))
        if not 0 <= u < v < self.n:
            raise ValueError(f"edges: got {tuple(pair)}, expected two different vertices below {self.n}")
        return u, v

    def _neighbours(self, edges) -> list[int]:
        near = [0] * self.n
        for u, v in edges:
            near[u] |= 1 << v
            near[v] |= 1 << u
        return near

    def root(self) -> int:
        """Nothing forbidden, as a bit mask of forbidden later vertices."""
        return 0

    def child(self, state: int, depth: int, letter: int) -> int | None:
        """Put the next vertex in (if allowed) or leave it out."""
        if letter and state >> depth & 1:
            return None
        state |= self._near[depth] if letter else 0
        return state >> (depth + 1) << (depth + 1)

    def crude(self, state: int, depth: int) -> int:
        """Independent sets of the remaining allowed vertices, ignoring some edges."""
        return self._count(self._allowed(state, depth), self._relaxed)

    def count(self) -> int:
        """Number of independent sets by branching on a vertex of largest degree and splitting into components."""
        return self._count(self._allowed(0, 0), self._near)

    def _allowed(self, state, depth):
        return ((1 << self.n) - 1) >> depth << depth & ~state

    def _count(self, mask: int, near: list[int]) -> int:
        if not mask:
            return 1
        key = (mask, near is self._near)
        if key not in self._memo:
            part, front = 0, mask & -mask  # the component of the first vertex
            while front:
                part |= front
                front = self._reach(front, near) & mask & ~part
            if part != mask:
                found = self._count(part, near) * self._count(mask & ~part, near)
            else:
                v = max((v for v in range(self.n) if mask >> v & 1), key=lambda v: (near[v] & mask).bit_count())
                rest = mask & ~(1 << v)
                found = self._count(rest, near) + self._count(rest & ~near[v], near)
            self._memo[key] = found
        return self._memo[key]

    @staticmethod
    def _reach(front, near):
        out = 0
        while front:
            out |= near[(front & -front).bit_length() - 1]
            front &= front - 1
        return out


def matchings(edges, ignored=()) -> IndependentSets:
    """Matchings of a graph: independent sets of its line graph, edge by edge in the given order.

    ``ignored`` lists pairs of edges (by position) whose conflict the crude count ignores.

    Examples
    --------
    >>> matchings([(0, 1), (1, 2), (2, 3), (3, 0)]).count()
    7
    """
    edges = [tuple(e) for e in edges]
    meet = [(i, j) for j in range(len(edges)) for i in range(j) if set(edges[i]) & set(edges[j])]
    return IndependentSets(len(edges), meet, ignored)


def random_tree_edges(rng: np.random.Generator, n: int) -> list[tuple[int, int]]:
    """Edges of a random recursive tree: vertex ``v`` is tied to a uniform earlier one."""
    return [(int(rng.integers(v)), v) for v in range(1, count("n", n, least=2))]


def grid_edges(rows: int, columns: int) -> list[tuple[int, int]]:
    """Edges of a grid graph, vertices row by row.

    Examples
    --------
    >>> IndependentSets(6, grid_edges(2, 3)).count()
    17
    """
    count("rows", rows), count("columns", columns)
    v = np.arange(rows * columns).reshape(rows, columns)
    return [*zip(v[:, :-1].ravel().tolist(), v[:, 1:].ravel().tolist(), strict=True),
            *zip(v[:-1].ravel().tolist(), v[1:].ravel().tolist(), strict=True)]

"""The lazy backtracking walk on a tree with edge conductances: matrix, stationary law, law at a time, conductance.

From ``v`` the walk moves to the parent with probability proportional to the conductance ``W(v)`` of the edge above it,
to a child ``u`` proportionally to ``W(u)``; it stays put half of the time. It is the random walk on a weighted tree.
"""

from functools import cached_property

import numpy as np
import scipy.sparse as sparse
from numpy.typing import ArrayLike

from covtheory.validation import count, in_range

MOST_DENSE = 2048
"""Largest number of nodes for which full spectra are computed."""


class BacktrackingWalk:
    """Reversible walk on a tree whose every edge has a positive conductance.

    Parameters
    ----------
    parent : int array_like, shape (n,)
        Breadth-first order, -1 for the root.
    weight : array_like, shape (n,)
        Conductance of the edge above each node; the root's entry is ignored.
    H : int, optional
        Depth of responses (default: the greatest depth). Childless nodes above it are dead ends.
    nodes : int array_like, optional
        Names of the nodes, for example their numbers in a larger tree.

    Attributes
    ----------
    leaves : ndarray
        Nodes of depth ``H``.
    degree : ndarray, shape (n,)
        ``B(v)``: sum of the conductances at v.

    Raises
    ------
    ValueError
        Unless the conductances are finite and positive.

    Examples
    --------
    >>> walk = BacktrackingWalk([-1, 0, 0, 1, 1, 2], [0, 2.0, 1.0, 1.0, 1.0, 1.0])  # exact counts 3, 2, 1, 1, 1, 1
    >>> walk.target, float(walk.leaf_mass)
    (array([0.33333333, 0.33333333, 0.33333333]), 0.25)
    """

    def __init__(self, parent: ArrayLike, weight: ArrayLike, H: int | None = None, nodes: ArrayLike | None = None):
        self.parent, self.depth, self.offsets = levels(parent)
        n = len(self.parent)
        self.H = int(self.depth[-1]) if H is None else count("H", H)
        weight = np.array(weight, dtype=float)
        if weight.shape != (n,):
            raise ValueError(f"weight: got shape {weight.shape}, expected ({n},)")
        bad = ~(np.isfinite(weight) & (weight > 0))
        bad[0] = False
        if bad.any():
            node = int(np.argmax(bad))
            raise ValueError(f"weight: got {weight[node]:.6g} at node {node}, expected finite and > 0")
        weight[0] = 0.0
        self.weight = weight
        self.nodes = np.arange(n) if nodes is None else np.asarray(nodes)
        self.leaves = np.flatnonzero(self.depth == self.H)
        self.degree = weight + self.below(weight)

    def __len__(self) -> int:
        return len(self.parent)

    def __repr__(self) -> str:
        return f"BacktrackingWalk(nodes={len(self)}, H={self.H}, responses={len(self.leaves)})"

    def below(self, amount: np.ndarray) -> np.ndarray:
        """Sum of a node function over the children of each node."""
        return np.bincount(self.parent[1:], amount[1:], minlength=len(self))

    def levels(self) -> list[slice]:
        """Nodes of depth ``0, 1, ...`` as slices."""
        return [slice(a, b) for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    @cached_property
    def stationary(self) -> np.ndarray:
        """Stationary law ``B(v) / sum B``."""
        return self.degree / self.degree.sum()

    @property
    def target(self) -> np.ndarray:
        """Stationary law given a response, shape (leaves,): proportional to the leaf conductances."""
        mass = self.weight[self.leaves]
        return mass / mass.sum()

    @property
    def leaf_mass(self) -> float:
        """Stationary probability of being at a response."""
        return float(self.stationary[self.leaves].sum())

    def transition(self, stay: float = 0.5) -> sparse.csr_array:
        """Transition matrix, sparse, with probability ``stay`` of not moving."""
        stay = float(in_range("stay", stay, 0, 1))
        n, child = len(self), np.arange(1, len(self))
        up = self.weight[1:] / self.degree[1:]
        down = self.weight[1:] / self.degree[self.parent[1:]]
        rows = np.concatenate([child, self.parent[1:], np.arange(n)])
        columns = np.concatenate([self.parent[1:], child, np.arange(n)])
        entries = np.concatenate([(1 - stay) * up, (1 - stay) * down, np.full(n, stay)])
        return sparse.coo_array((entries, (rows, columns)), shape=(n, n)).tocsr()

    def law(self, t: ArrayLike, start: int = 0) -> np.ndarray:
        """Law of the lazy walk at times ``t``, shape ``t.shape + (n,)``.

        Up to ``MOST_DENSE`` nodes from the eigenvectors (errors around 1e-13 in L2), beyond that step by step.
        """
        times = np.asarray(t)
        if times.dtype.kind not in "iu" or (times < 0).any():
            raise ValueError(f"t: got {times.ravel()[:3]}, expected whole numbers >= 0")
        if len(self) <= MOST_DENSE:
            return self._mix(start, np.power(self._modes[0], times[..., None]))
        step, mu = self.transition().T.tocsr(), np.eye(1, len(self), start)[0]
        wanted, laws = np.unique(times), {}
        for now in range(int(wanted[-1]) + 1 if wanted.size else 0):
            if now in wanted:
                laws[now] = mu
            mu = step @ mu
        return np.array([laws[int(s)] for s in times.ravel()]).reshape((*times.shape, len(self)))

    def mean_law(self, T: int, start: int = 0) -> np.ndarray:
        """Law at a time uniform on ``0..T-1``, shape (n,)."""
        T = count("T", T)
        if len(self) > MOST_DENSE:
            step, mu, total = self.transition().T.tocsr(), np.eye(1, len(self), start)[0], np.zeros(len(self))
            for _ in range(T):
                total, mu = total + mu, step @ mu
            return total / T
        lam = self._modes[0]
        still = 1 - lam < 1e-15
        gone = np.where(still, 1.0, -np.expm1(T * np.log(np.maximum(lam, 1e-300))))
        return self._mix(start, gone / np.where(still, 1.0, T * (1 - lam)))

    def leaf_law(self, law: np.ndarray) -> np.ndarray:
        """Condition a law on being at a response, shape ``(..., leaves)``."""
        mass = law[..., self.leaves]
        return mass / mass.sum(axis=-1, keepdims=True)

    def leaf_distance(self, t: ArrayLike) -> np.ndarray:
        """Total variation between the output at times ``t``, given a response, and ``target``."""
        return np.abs(self.leaf_law(self.law(t)) - self.target).sum(axis=-1) / 2

    def mixing_time(self, distance: float) -> int:
        """Smallest ``t`` with total variation at most ``distance`` between the law at ``t`` and the stationary law."""
        distance = float(in_range("distance", distance, 0, 1, open_ends=True))

        def near(t):
            return np.abs(self.law(t) - self.stationary).sum() / 2 <= distance

        high = 1
        while not near(high):
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if near(middle) else (middle, high)
        return high

    def conductance(self) -> tuple[float, int]:
        """Smallest ``Q(S, S^c)/min(pi(S), pi(S^c))`` of the lazy walk, and the node below the edge that attains it.

        In a reversible chain a best set is connected with connected complement; in a tree that is one edge.
        """
        inside = self.degree.copy()
        for level in reversed(self.levels()[1:]):
            inside += np.bincount(self.parent[level], inside[level], minlength=len(self))
        total = inside[0]
        ratio = self.weight[1:] / (2 * np.minimum(inside[1:], total - inside[1:]))
        edge = int(np.argmin(ratio))
        return float(ratio[edge]), edge + 1

    @cached_property
    def _modes(self) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues (descending) and eigenvectors of the symmetrised lazy matrix."""
        if len(self) > MOST_DENSE:
            raise ValueError(f"{len(self)} nodes, expected at most {MOST_DENSE} for the full spectrum")
        root = np.sqrt(self.degree)
        link = self.weight[1:] / (2 * root[1:] * root[self.parent[1:]])
        matrix = np.eye(len(self)) / 2
        child = np.arange(1, len(self))
        matrix[child, self.parent[1:]] = link
        matrix[self.parent[1:], child] = link
        lam, vectors = np.linalg.eigh(matrix)
        lam = np.clip(lam[::-1], 0.0, 1.0)
        lam[0] = 1.0
        vectors = vectors[:, ::-1].copy()
        vectors[:, 0] = root / np.linalg.norm(root)
        return lam, vectors

    def _mix(self, start: int, factors: np.ndarray) -> np.ndarray:
        vectors, root = self._modes[1], np.sqrt(self.degree)
        law = (factors * vectors[start]) @ vectors.T * (root / root[start])
        return np.maximum(law, 0.0)


def levels(parent: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Check breadth-first order; return parent, depth and the first node of each depth (plus the number of nodes)."""
    parent = np.array(parent, dtype=np.int64)
    if parent.ndim != 1 or len(parent) < 2 or parent[0] != -1:
        raise ValueError(f"parent: shape {parent.shape}, expected one dimension, two nodes or more, -1 first")
    if (parent[1:] < 0).any() or (parent >= np.arange(len(parent))).any() or (np.diff(parent) < 0).any():
        raise ValueError("parent: expected breadth-first order: non-decreasing, each parent before its children")
    depth = np.zeros(len(parent), dtype=np.int64)
    low, high = 1, int(np.searchsorted(parent, 1))
    while low < high:
        depth[low:high] = depth[parent[low]] + 1
        low, high = high, int(np.searchsorted(parent, high))
    return parent, depth, np.searchsorted(depth, np.arange(depth[-1] + 2))

"""Slow or explicit routes that tests hold the library against: any function as features or verifier, whole trees."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigvalsh_tridiagonal

from covtheory.policies import FeatureMap
from covtheory.samplers.backtracking import ValueTree
from covtheory.samplers.backtracking.spectrum import _links
from covtheory.validation import count, same_shape


class PrefixFeatures(FeatureMap):
    """Any function of the prompt and the whole prefix; slow, for short sequences.

    Parameters
    ----------
    function : callable
        ``(x (n,), prefix (n, h)) -> (n, V, d)``.
    V, d, n_prompts : int
    bound : float
        Upper bound on ``||phi||`` if the caller knows one.
    """

    def __init__(self, function: Callable, V: int, d: int, n_prompts: int = 1, bound: float = np.inf):
        self.function = function
        self.V, self.d = count("V", V), count("d", d)
        self.n_prompts, self.bound = count("n_prompts", n_prompts), float(bound)

    def start(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Prompts and empty prefixes."""
        return np.asarray(x), np.empty((len(x), 0), dtype=np.intp)

    def phi(self, state: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Features (n, V, d)."""
        out = np.asarray(self.function(*state), dtype=float)
        if out.shape != (len(state[0]), self.V, self.d):
            raise ValueError(f"function: returned shape {out.shape}, expected {(len(state[0]), self.V, self.d)}")
        return out

    def advance(self, state: tuple[np.ndarray, np.ndarray], y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Prefixes longer by one token."""
        return state[0], np.column_stack([state[1], y])

    def take(self, state: tuple[np.ndarray, np.ndarray], index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows ``index``."""
        return state[0][index], state[1][index]


class FromFunction:
    """A model from a Python function of one prefix (a tuple), remembered per prefix.

    For expensive or randomised values: a prefix keeps the value that it got first, so the walk stays reversible.

    Parameters
    ----------
    value : callable
        ``Vhat`` of a prefix of length ``1..H``; at length ``H`` the exact ``tau``.
    pi_ref : callable, optional
        Law of the next action after a prefix, shape (V,); default uniform.
    """

    def __init__(self, V: int, H: int, value: Callable[[tuple], float], pi_ref: Callable | None = None):
        self.V, self.H = count("V", V), count("H", H)
        self._value, self._law, self._memo = value, pi_ref or (lambda _: np.full(V, 1.0 / V)), {}

    def children(self, prefix: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Look up every prefix, computing what is new."""
        found = [self._at(tuple(row[:h])) for row, h in zip(prefix.tolist(), depth.tolist(), strict=True)]
        return np.array([law for law, _ in found]), np.array([value for _, value in found])

    def __len__(self) -> int:
        return len(self._memo)

    def _at(self, prefix):
        if prefix not in self._memo:
            values = np.array([self._value((*prefix, a)) for a in range(self.V)], dtype=float)
            self._memo[prefix] = (np.asarray(self._law(prefix), dtype=float), values)
        return self._memo[prefix]


class FromTree:
    """A model that reads an explicit tree; actions are numbered among the listed siblings."""

    def __init__(self, tree: ValueTree):
        self.tree, self.H = tree, tree.H
        self.first = np.searchsorted(tree.parent, np.arange(len(tree)))
        self.many = np.bincount(tree.parent[1:], minlength=len(tree))
        self.V = int(self.many.max())

    def node(self, prefix: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Tree node of each prefix."""
        node = np.zeros(len(prefix), dtype=np.int64)
        for h in range(self.H):
            node = np.where(h < depth, self.first[node] + prefix[:, h], node)
        return node

    def children(self, prefix: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gather from the tree's arrays; missing siblings get zero."""
        node = self.node(prefix, depth)
        action = np.arange(self.V)
        there = action < self.many[node][:, None]
        child = np.where(there, np.minimum(self.first[node][:, None] + action, len(self.tree) - 1), 0)
        return np.where(there, self.tree.pi_ref[child], 0.0), np.where(there, self.tree.value[child], 0.0)


def level_spectrum(total: ArrayLike, branching: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Spectrum of a tree in which all nodes of a depth look alike, for any height: eigenvalues and multiplicities.

    Functions of the depth give a birth-and-death chain on ``0..H``; functions that sum to zero over the children of a
    node of depth ``d`` give the chain on ``d+1..H`` killed at ``d``.

    Parameters
    ----------
    total : array_like, shape (H,)
        ``W_h``: total conductance of the edges into depth ``h = 1..H``.
    branching : array_like, shape (H,)
        Number of children at depth ``0..H-1``.

    Returns
    -------
    eigenvalues, multiplicities : ndarray
        Of the non-lazy walk; multiplicities as floats, since they grow like the number of responses.
    """
    link, branching = _links(total), np.asarray(branching, dtype=float)
    same_shape(total=link, branching=branching)
    if (branching < 1).any():
        raise ValueError(f"branching: got {branching.min():.6g}, expected at least one child")
    nodes = np.append(1.0, np.cumprod(branching))
    values, many = [eigvalsh_tridiagonal(np.zeros(len(link) + 1), link)], [np.ones(len(link) + 1)]
    for d in np.flatnonzero(branching > 1):
        block = eigvalsh_tridiagonal(np.zeros(len(link) - d), link[d + 1 :])
        values.append(block)
        many.append(np.full(len(block), nodes[d] * (branching[d] - 1)))
    return np.concatenate(values), np.concatenate(many)

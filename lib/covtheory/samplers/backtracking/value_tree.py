"""The tree of partial responses with reference probabilities, outcome rewards and approximate values.

Nodes stand in breadth-first order, the root (empty prefix) first; responses are the nodes of greatest depth ``H``.
A childless node above depth ``H`` is a dead end: every response below it has ``tau = 0`` and was left out.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from covtheory.samplers.backtracking.walk import BacktrackingWalk, levels
from covtheory.validation import count

LEAF_RTOL = 1e-9
"""Values of responses must agree with ``tau`` within this relative error."""


class ValueErrors(NamedTuple):
    """How far values are from true ones: ``over >= Vhat/V*``, ``under >= V*/Vhat``; both at least one."""

    over: float
    under: float

    @property
    def kappa(self) -> float:
        """The two-sided factor, at least one."""
        return max(self.over, self.under)


class ValueTree:
    """Partial responses, ``pi_ref`` of the last action, values ``Vhat``, and outcome rewards ``tau`` of responses.

    Parameters
    ----------
    parent : int array_like, shape (n,)
        Parent of each node, -1 for the root; breadth-first order.
    pi_ref : array_like, shape (n,)
        Conditional reference probability of the node's last action (ignored at the root). Siblings sum to at most
        one: what is missing leads to responses with ``tau = 0`` that are not listed.
    tau : array_like, shape (L,)
        Tilt ``>= 0`` of the ``L`` responses, in node order. Not all zero.
    value : array_like, shape (n,), optional
        ``Vhat >= 0`` (its entry at the root is never used); default: the true value.
    exact_leaves : bool
        Whether ``Vhat = tau`` is required at responses.
    dead_ends : bool
        Whether positive values are allowed at nodes below which ``tau`` vanishes.

    Raises
    ------
    ValueError
        Nodes out of order, negative or NaN values, a leaf value that disagrees with ``tau``, a value of zero that
        hides responses with ``tau > 0``, or a dead end (trap) that the values hide.

    Examples
    --------
    >>> tree = ValueTree([-1, 0, 0], [1, 0.5, 0.5], [3.0, 1.0])
    >>> tree.target(), float(tree.Z)
    (array([0.75, 0.25]), 2.0)
    """

    def __init__(self, parent: ArrayLike, pi_ref: ArrayLike, tau: ArrayLike, value: ArrayLike | None = None, *,
                 exact_leaves: bool = True, dead_ends: bool = False):
        self.parent, self.depth, self.offsets = levels(parent)
        n, self.H = len(self.parent), int(self.depth[-1])
        self.leaves = np.arange(self.offsets[self.H], n)
        self.pi_ref = _weights("pi_ref", pi_ref, n)
        self.pi_ref[0] = 1.0
        self.tau = _weights("tau", tau, len(self.leaves))
        below = np.bincount(self.parent[1:], self.pi_ref[1:], minlength=n)
        if (below > 1 + 1e-9).any():
            node = int(np.argmax(below))
            raise ValueError(f"pi_ref: children of node {node} sum to {below[node]:.12g}, expected at most 1")
        with np.errstate(divide="ignore"):
            log_step = np.log(self.pi_ref)
        for level in self._levels(1):
            log_step[level] += log_step[self.parent[level]]
        self.log_reach = log_step
        self.true_value = self._exact()
        if not self.true_value[0] > 0:
            raise ValueError("tau: no response with pi_ref > 0 has tau > 0, expected at least one")
        self.exact_leaves, self.dead_ends = exact_leaves, dead_ends
        self.value = self._checked(self.true_value if value is None else value)

    def __len__(self) -> int:
        return len(self.parent)

    def __repr__(self) -> str:
        return f"ValueTree(nodes={len(self)}, H={self.H}, responses={len(self.leaves)})"

    @property
    def Z(self) -> float:
        """``E_{pi_ref} tau``."""
        return float(self.true_value[0])

    @property
    def edge_weights(self) -> np.ndarray:
        """``W(u) = pi_ref(u) Vhat(u)`` of the edge above each node; zero at the root."""
        weight = np.exp(self.log_reach) * self.value
        weight[0] = 0.0
        return weight

    @property
    def level_weights(self) -> np.ndarray:
        """``W_h = E_{pi_ref} Vhat(y_1:h)`` for ``h = 1..H``."""
        return np.bincount(self.depth, self.edge_weights)[1:]

    def target(self) -> np.ndarray:
        """``pi*`` proportional to ``pi_ref tau`` on the responses, shape (L,)."""
        mass = np.exp(self.log_reach[self.leaves]) * self.tau
        return mass / mass.sum()

    def uniform_errors(self) -> ValueErrors:
        """Largest ``Vhat/V*`` and ``V*/Vhat`` over the nodes that count (root excluded).

        Raises
        ------
        ValueError
            At a trap: a positive value where the true one is zero makes the factor infinite.
        """
        alive = np.isfinite(self.log_reach)
        alive[0] = False
        trap = alive & (self.value > 0) & (self.true_value == 0)
        if trap.any():
            raise ValueError(f"value: {_trap_message(self, trap)}, so the uniform error is infinite; "
                             "average_errors() still applies")
        alive &= self.true_value > 0
        ratio = self.value[alive] / self.true_value[alive]
        return ValueErrors(max(1.0, float(ratio.max())), max(1.0, float(1 / ratio.min())))

    def average_errors(self) -> ValueErrors:
        """Largest over depths of ``E_{pi_ref} Vhat / Z`` and of ``E_{pi*}[V*/Vhat]``."""
        mass = np.exp(self.log_reach) * self.true_value / self.Z
        with np.errstate(divide="ignore", invalid="ignore"):
            under = np.where(mass > 0, mass * self.true_value / self.value, 0.0)
        return ValueErrors(max(1.0, float(self.level_weights.max() / self.Z)),
                           max(1.0, float(np.bincount(self.depth, under)[1:].max())))

    def with_value(self, value: ArrayLike, *, exact_leaves: bool | None = None, dead_ends: bool | None = None):
        """Return the same tree with other values."""
        return ValueTree(self.parent, self.pi_ref, self.tau, value,
                         exact_leaves=self.exact_leaves if exact_leaves is None else exact_leaves,
                         dead_ends=self.dead_ends if dead_ends is None else dead_ends)

    def walk(self) -> BacktrackingWalk:
        """Return the backtracking walk on the nodes that it can reach."""
        with np.errstate(divide="ignore"):
            log_weight = self.log_reach + np.log(self.value)
        for level in self._levels(2):  # below a zero weight nothing is reached
            log_weight[level[np.isneginf(log_weight[self.parent[level]])]] = -np.inf
        kept = np.flatnonzero(np.isfinite(log_weight) | (np.arange(len(self)) == 0))
        new = np.full(len(self), -1)
        new[kept] = np.arange(len(kept))
        weight = np.exp(log_weight[kept] - log_weight[kept[1:]].max())
        parent = np.where(kept > 0, new[self.parent[kept]], -1)
        return BacktrackingWalk(parent, weight, H=self.H, nodes=kept)

    def prefix(self, node: int) -> tuple[int, ...]:
        """Return the actions on the way to a node, each numbered among its siblings."""
        path = []
        while node > 0:
            first = int(np.searchsorted(self.parent, self.parent[node]))
            path.append(node - first)
            node = int(self.parent[node])
        return tuple(path[::-1])

    def _levels(self, start: int) -> list[np.ndarray]:
        return [np.arange(self.offsets[h], self.offsets[h + 1]) for h in range(start, self.H + 1)]

    def _exact(self) -> np.ndarray:
        value = np.zeros(len(self))
        value[self.leaves] = self.tau
        for level in reversed(self._levels(1)):
            value += np.bincount(self.parent[level], self.pi_ref[level] * value[level], minlength=len(self))
        return value

    def _checked(self, value: ArrayLike) -> np.ndarray:
        value = _weights("value", value, len(self))
        gap = np.abs(value[self.leaves] - self.tau) > LEAF_RTOL * self.tau
        if self.exact_leaves and gap.any():
            node = int(self.leaves[np.argmax(gap)])
            raise ValueError(f"value: {value[node]:.6g} at response {self.prefix(node)}, expected tau = "
                             f"{self.tau[node - self.leaves[0]]:.6g} (exact_leaves=False allows it)")
        alive = np.isfinite(self.log_reach)
        alive[0] = False
        hidden = alive & (value == 0) & (self.true_value > 0)
        if hidden.any():
            node = int(np.argmax(hidden))
            raise ValueError(f"value: 0 at {self.prefix(node)} hides responses with tau > 0 (true value "
                             f"{self.true_value[node]:.6g}), expected a positive value")
        trap = alive & (value > 0) & (self.true_value == 0) & (self.depth < self.H)
        if not self.dead_ends and trap.any():
            self.value = value
            raise ValueError(f"value: {_trap_message(self, trap)} (dead_ends=True allows it)")
        return value


def complete_tree(V: int, H: int, tau: ArrayLike | Callable[[np.ndarray], ArrayLike], pi_ref: ArrayLike | None = None,
                  value: Sequence[ArrayLike] | None = None, **options) -> ValueTree:
    """Return the tree of all sequences of length ``H`` over ``V`` actions.

    Parameters
    ----------
    tau : array_like, shape (V**H,), or callable
        Tilt of the responses in lexicographic order, or a function of the ``(V**H, H)`` array of responses.
    pi_ref : array_like, shape (V,), optional
        Independent actions with this law; default uniform. Or shape (nodes,): conditional law at every node.
    value : sequence of H + 1 arrays, optional
        ``Vhat`` at depth ``0..H``, each of shape ``(V**h,)`` or scalar.

    Examples
    --------
    >>> tree = complete_tree(2, 3, lambda y: y.sum(axis=1) > 0)
    >>> tree, tree.true_value[:3]
    (ValueTree(nodes=15, H=3, responses=8), array([0.875, 0.75 , 1.   ]))
    """
    V, H = count("V", V), count("H", H)
    if V**H > 2**22:
        raise ValueError(f"V, H: {V}**{H} responses, expected at most 2**22")
    sizes = [V**h for h in range(H + 1)]
    starts = np.cumsum([0, *sizes])
    parent = np.concatenate([[-1], *(starts[h] + np.repeat(np.arange(sizes[h]), V) for h in range(H))])
    if callable(tau):
        tau = tau(np.stack(np.unravel_index(np.arange(V**H), (V,) * H), axis=1))
    law = np.full(V, 1.0 / V) if pi_ref is None else np.asarray(pi_ref, dtype=float)
    if law.shape == (V,):
        law = np.append(1.0, np.tile(law, (len(parent) - 1) // V))
    if value is not None:
        value = np.concatenate([np.broadcast_to(np.asarray(v, dtype=float), (m,))
                                for v, m in zip(value, sizes, strict=True)])
    return ValueTree(parent, law, np.asarray(tau, dtype=float), value, **options)


def _weights(name: str, values: ArrayLike, n: int) -> np.ndarray:
    array = np.array(values, dtype=float)
    if array.shape != (n,):
        raise ValueError(f"{name}: got shape {array.shape}, expected ({n},)")
    bad = ~(np.isfinite(array) & (array >= 0))
    if bad.any():
        raise ValueError(f"{name}: got {array[bad][0]:.6g} at index {int(np.argmax(bad))}, expected finite and >= 0")
    return array


def _trap_message(tree: ValueTree, trap: np.ndarray) -> str:
    node = int(np.argmax(trap))
    return f"{tree.value[node]:.6g} at {tree.prefix(node)} hides a dead end (no response below it has tau > 0)"

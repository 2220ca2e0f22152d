"""A tree of partial responses given by its states: what follows a prefix depends on its depth and state only.

Two prefixes of one depth with one state have equal subtrees, equal true values and equal approximate values. The tree
may have ``27^128`` responses; all sums over it are products of matrices with one row per state.
"""

from copy import copy
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from covtheory.samplers.backtracking import ValueTree
from covtheory.validation import count, same_shape

MOST_NODES = 200_000
"""Largest tree that is unfolded."""


class MergedTree:
    """States, reference probabilities between them, outcome rewards, approximate values.

    Parameters
    ----------
    step : array_like, shape (S, S) or (H, S, S)
        Reference probability of going from a state to a state with the action at depth ``h = 0..H-1`` (several actions
        may do it). Rows sum to at most one: what is missing leads to responses with ``tau = 0``, visibly so.
    tau : array_like, shape (S,)
        Tilt ``>= 0`` of a response by its last state.
    H : int, optional
        Length of a response; needed if ``step`` is one matrix.
    start : int
        State of the empty prefix.
    value : array_like, shape (H + 1, S), optional
        ``Vhat`` by depth and state, equal to ``tau`` at depth ``H`` (row 0 is never used); default: the true value.

    Raises
    ------
    ValueError
        Shapes that do not fit, negative numbers, rows above one, no response with ``tau > 0``, a value that disagrees
        with ``tau`` at a response, or a value of zero that hides one.

    Examples
    --------
    >>> tree = MergedTree([[0.5, 0.25], [0.5, 0.0]], [1.0, 1.0], H=3)
    >>> tree, tree.Z
    (MergedTree(H=3, states=2), 0.34375)
    """

    def __init__(self, step: ArrayLike, tau: ArrayLike, H: int | None = None, start: int = 0,
                 value: ArrayLike | None = None):
        step = _weights("step", step)
        self.tau = _weights("tau", tau)
        if step.ndim == 2:
            step = np.broadcast_to(step, (count("H", 0 if H is None else H), *step.shape))
        self.H, self.S = len(step), len(self.tau)
        if step.shape != (self.H, self.S, self.S) or H not in (None, self.H):
            raise ValueError(f"step: got shape {step.shape}, expected ({H or self.H}, {self.S}, {self.S})")
        if (over := step.sum(axis=2).max()) > 1 + 1e-9:
            raise ValueError(f"step: a row sums to {over:.12g}, expected at most 1")
        self.step, self.start = step, count("start", start, least=0)
        if self.start >= self.S:
            raise ValueError(f"start: got {start}, expected a state below {self.S}")
        if not self.Z > 0:
            raise ValueError("tau: no response that can be reached has tau > 0, expected at least one")
        self.value = self.true_value if value is None else self._checked(_weights("value", value))

    def __repr__(self) -> str:
        return f"MergedTree(H={self.H}, states={self.S})"

    @cached_property
    def true_value(self) -> np.ndarray:
        """``V*``: mean of ``tau`` below a prefix, by depth and state, shape (H + 1, S)."""
        value = np.empty((self.H + 1, self.S))
        value[-1] = self.tau
        for h in range(self.H - 1, -1, -1):
            value[h] = self.step[h] @ value[h + 1]
        return value

    @property
    def Z(self) -> float:
        """``E_{pi_ref} tau``: outcome-level rejection needs ``1/Z`` draws when ``tau`` is 0 or 1."""
        return float(self.true_value[0, self.start])

    @cached_property
    def reach(self) -> np.ndarray:
        """Reference mass of the listed prefixes by depth and state, shape (H + 1, S)."""
        mass = np.zeros((self.H + 1, self.S))
        mass[0, self.start] = 1.0
        for h in range(self.H):
            mass[h + 1] = mass[h] @ self.step[h]
        return mass

    def with_value(self, value: ArrayLike) -> "MergedTree":
        """Return the same tree with other values; what does not depend on them is computed once."""
        tree = copy(self)
        tree.value = self._checked(_weights("value", value))
        return tree

    def unfold(self) -> ValueTree:
        """Return the tree itself, prefix by prefix: the slow second route.

        Raises
        ------
        ValueError
            For more than ``MOST_NODES`` prefixes.
        """
        parent, law, state, depth = [-1], [1.0], [self.start], [0]
        first, last = 0, 1
        for h in range(self.H):
            for node in range(first, last):
                following = np.flatnonzero(self.step[h, state[node]])
                parent += [node] * len(following)
                law += list(self.step[h, state[node], following])
                state += list(following)
            depth += [h + 1] * (len(parent) - last)
            first, last = last, len(parent)
            if last > MOST_NODES:
                raise ValueError(f"tree: more than {MOST_NODES} prefixes at depth {h + 1} of {self.H}")
        return ValueTree(parent, law, self.tau[state[first:]], self.value[depth, state], dead_ends=True)

    def _checked(self, value):
        same_shape(value=value, true_value=self.true_value)
        if (np.abs(value[-1] - self.tau) > 1e-9 * self.tau).any():
            raise ValueError("value: its last row differs from tau, expected exact values at responses")
        hidden = (value == 0) & (self.true_value > 0) & (self.reach > 0)
        hidden[0] = False
        if hidden.any():
            h, s = np.argwhere(hidden)[0]
            raise ValueError(f"value: 0 at depth {h}, state {s} hides responses with tau > 0, expected a positive one")
        return value


def _weights(name: str, values: ArrayLike) -> np.ndarray:
    array = np.array(values, dtype=float)
    if not (np.isfinite(array) & (array >= 0)).all():
        raise ValueError(f"{name}: expected finite numbers >= 0")
    return array

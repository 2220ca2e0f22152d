"""First leaves and hitting times of the backtracking walk, from series and parallel conductances; the trace on leaves.

Ground the responses. ``C(u)`` is the conductance from the parent of ``u`` through ``u`` to the responses below:
``C(leaf) = W`` and ``1/C(u) = 1/W(u) + 1/sum_c C(uc)``. All sums are of non-negative terms: no cancellation.
"""

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import splu

from covtheory.samplers.backtracking.walk import BacktrackingWalk

MOST_LEAVES = 4096


def conductance_to_leaves(walk: BacktrackingWalk) -> np.ndarray:
    """``C(u)`` for every node (0 at dead ends); the root's entry is the sum over its children."""
    through = np.zeros(len(walk))
    for level in reversed(walk.levels()):
        below = through[level].copy()  # sum over children, already gathered
        own = walk.weight[level]
        if level.start == 0:
            return through
        with np.errstate(invalid="ignore"):
            series = np.where(below > 0, own * below / (own + below), 0.0)
        if walk.depth[level.start] == walk.H:
            series = own.copy()
        through[level] = series
        above = walk.parent[level]
        through[above[0] : above[-1] + 1] += np.bincount(above - above[0], series)
    return through


def first_leaf_law(walk: BacktrackingWalk) -> np.ndarray:
    """Law of the first response that the walk meets from the root (harmonic measure), shape (leaves,).

    Examples
    --------
    >>> first_leaf_law(BacktrackingWalk([-1, 0, 0], [0, 3, 1]))
    array([0.75, 0.25])
    """
    through = conductance_to_leaves(walk)
    shared = walk.below(through)
    law = np.zeros(len(walk))
    law[0] = 1.0
    for level in walk.levels()[1:]:
        above = walk.parent[level]
        alive = shared[above] > 0
        law[level] = np.where(alive, law[above] * through[level] / np.where(alive, shared[above], 1.0), 0.0)
    return law[walk.leaves]


def hitting_time(walk: BacktrackingWalk) -> float:
    """Expected number of non-lazy steps from the root to the first response (twice that for the lazy walk).

    Examples
    --------
    >>> hitting_time(BacktrackingWalk([-1, 0, 1, 2], [0, 1, 1, 1]))  # reflecting walk on 0..3
    9.0
    """
    through = conductance_to_leaves(walk)
    shared = walk.below(through)
    cost = walk.degree.copy()  # B(v) + sum over children of W(c) beta(c)
    for level in reversed(walk.levels()[1:]):
        if walk.depth[level.start] == walk.H:
            continue
        own = walk.weight[level]
        beta = cost[level] / (own + shared[level])
        above = walk.parent[level]
        cost[above[0] : above[-1] + 1] += np.bincount(above - above[0], own * beta)
    return float(cost[0] / shared[0])


def response_lead(walk: BacktrackingWalk) -> np.ndarray:
    """``psi(y) - psi(root)`` at the responses, where ``psi`` solves ``(I - P) psi = 1_E/pi(E) - 1``; shape (leaves,).

    ``E`` is the set of responses, ``P`` the non-lazy walk, ``pi(E)`` its stationary mass. By optional stopping the
    response met ``k`` responses after the first comes after ``k/pi(E) + E[lead]`` expected moves, the mean over where
    the walk then is (notebook 22, Theorem 3).

    Examples
    --------
    >>> response_lead(BacktrackingWalk([-1, 0, 1, 2], [0, 1, 1, 1]))  # reflecting walk on 0..3: 9 moves, then 6 each
    array([9.])
    """
    mass, good = walk.degree.copy(), np.where(walk.depth == walk.H, walk.weight, 0.0)
    for level in reversed(walk.levels()[1:]):
        for amount in (mass, good):  # what lies at and below each node
            amount += np.bincount(walk.parent[level], amount[level], minlength=len(walk))
    step = np.zeros(len(walk))
    step[1:] = (good[1:] / walk.leaf_mass - mass[1:]) / walk.weight[1:]
    for level in walk.levels()[2:]:
        step[level] += step[walk.parent[level]]
    return step[walk.leaves]


def leaf_trace(walk: BacktrackingWalk) -> np.ndarray:
    """Transition matrix of the walk watched at responses only, shape (leaves, leaves); reversible for ``target``.

    Raises
    ------
    ValueError
        For more than ``MOST_LEAVES`` responses: the matrix is dense.
    """
    if len(walk.leaves) > MOST_LEAVES:
        raise ValueError(f"walk: {len(walk.leaves)} responses, expected at most {MOST_LEAVES}")
    step = walk.transition(stay=0.0)
    inner = np.flatnonzero(walk.depth < walk.H)
    position = np.full(len(walk), -1)
    position[inner] = np.arange(len(inner))
    entries = splu((sparse.eye_array(len(inner), format="csr") - step[inner][:, inner]).tocsc()).solve(
        step[inner][:, walk.leaves].toarray())
    return entries[position[walk.parent[walk.leaves]]]

"""Samplers that never backtrack, exactly: laws of their output on a tree of partial responses.

A law is an array over the responses of the tree; what it lacks to one is the probability of ending in a dead end.
"""

from itertools import pairwise

import numpy as np

from covtheory.samplers.backtracking.value_tree import ValueTree
from covtheory.samplers.best_of_n import best_of_n_law
from covtheory.validation import count


def action_level_law(tree: ValueTree) -> np.ndarray:
    """Descend once: at ``v`` choose ``a`` with probability proportional to ``pi_ref(a|v) Vhat(va)``.

    Examples
    --------
    >>> from covtheory.samplers.backtracking import complete_tree
    >>> action_level_law(complete_tree(2, 2, [1, 1, 1, 0], value=[1, [2, 1], [1, 1, 1, 0]]))
    array([0.33333333, 0.33333333, 0.33333333, 0. ])
    """
    part = tree.pi_ref * tree.value
    total = np.bincount(tree.parent[1:], part[1:], minlength=len(tree))
    law = np.zeros(len(tree))
    law[0] = 1.0
    for h in range(1, tree.H + 1):
        level = np.arange(tree.offsets[h], tree.offsets[h + 1])
        above = tree.parent[level]
        law[level] = law[above] * np.divide(part[level], total[above], out=np.zeros(len(level)), where=total[above] > 0)
    return law[tree.leaves]


def sequence_coverage(tree: ValueTree) -> float:
    """``C_seq = max pi*/pi_ref``: expected draws per response of outcome-level rejection with the best constant."""
    return float(tree.tau[np.isfinite(tree.log_reach[tree.leaves])].max() / tree.Z)


def action_coverage(tree: ValueTree) -> float:
    """``C_act = max_{v,a} pi*(a|v)/pi_ref(a|v)``; ``C_seq <= C_act^H``."""
    child = np.arange(1, len(tree))
    child = child[np.isfinite(tree.log_reach[child]) & (tree.true_value[tree.parent[child]] > 0)]
    return float((tree.true_value[child] / tree.true_value[tree.parent[child]]).max())


def block_best_of_n_law(tree: ValueTree, block: int, N: int) -> np.ndarray:
    """Draw ``N`` continuations of ``block`` actions, keep the one of largest value (earliest among ties), repeat."""
    count("N", N)

    def choose(mass, value):
        """The last candidate stands for everything not listed: value zero."""
        return best_of_n_law(np.append(mass, max(0.0, 1 - mass.sum())) / max(1.0, mass.sum()), np.append(value, 0.0),
                             N)[:-1]

    return _blockwise(tree, block, choose)


def block_rejection_law(tree: ValueTree, block: int, N: int) -> np.ndarray:
    """Draw ``N`` continuations of ``block`` actions, keep one with probability proportional to its value, repeat.

    A continuation of mass ``p`` and value ``w`` is kept with probability ``N p w E[1/(w + S)]``, ``S`` the sum of the
    other ``N-1`` values; with ``phi(t) = E exp(-t Vhat)`` that is ``N p int_0^inf w exp(-t w) phi(t)^(N-1) dt``. The
    trapezoidal rule in ``log t`` is exact to about 1e-13 there. ``N`` values of zero count as a dead end.
    """
    N = count("N", N)

    def choose(mass, value):
        positive = (value > 0) & (mass > 0)
        kept = np.zeros(len(mass))
        if positive.any():
            p, w = mass[positive], value[positive]
            step = 0.2
            x = np.arange(np.log(1e-18 / w.max()), np.log(750 / w.min()) + step, step)
            decay = np.exp(-np.exp(x)[:, None] * w)
            phi = decay @ p + max(0.0, 1 - p.sum())
            kept[positive] = N * p * step * ((np.exp(x) * phi ** (N - 1)) @ (decay * w))
        return kept

    return _blockwise(tree, block, choose)


def _blockwise(tree: ValueTree, block: int, choose) -> np.ndarray:
    block = count("block", block)
    law, depth = np.ones(1), 0
    while depth < tree.H:
        last = min(depth + block, tree.H)
        start = np.arange(tree.offsets[depth], tree.offsets[depth + 1])
        end = np.arange(tree.offsets[last], tree.offsets[last + 1])
        origin = end
        for _ in range(last - depth):
            origin = tree.parent[origin]
        mass = np.exp(tree.log_reach[end] - np.where(np.isfinite(tree.log_reach[origin]), tree.log_reach[origin], 0.0))
        new = np.zeros(len(end))
        edges = np.searchsorted(origin, np.append(start, start[-1] + 1))
        for i, (a, b) in enumerate(pairwise(edges)):
            if law[i] > 0 and b > a:
                new[a:b] = law[i] * choose(mass[a:b], tree.value[end[a:b]])
        law, depth = new, last
    return law

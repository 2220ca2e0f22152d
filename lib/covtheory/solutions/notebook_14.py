"""Notebook 14: imperfect verifiers."""

import numpy as np

from covtheory.instances.verifiers import alternating, depth_only, last_letter_tree
from covtheory.samplers.backtracking import action_level_law, complete_tree, first_leaf_law, spectral_gap

_STEP = float(-np.log(2 * np.sqrt(2) / 3))
"""KL per letter of (1/2, 1/2) from (2/3, 1/3)."""


def _kl(H):
    tree = last_letter_tree(H, 1.0)
    return float(tree.target() @ np.log(tree.target() / action_level_law(tree)))


def _length():
    """Smallest ``H`` with one nat: the divergence grows by the same amount per letter."""
    return int(np.ceil(1 / (_kl(3) - _kl(2)))) + 1


def _doubled():
    return depth_only(complete_tree(2, 4, np.ones(16)), [2.0, 2.0, 2.0]).walk()


def _small():
    return complete_tree(2, 2, np.ones(4), value=[1, [3, 1], np.ones(4)])


def _gap(kappa):
    return spectral_gap(alternating(complete_tree(2, 8, np.ones(256)), kappa).walk())


ENTRIES = {
    "14-a": (
        lambda: _length(),
        {
            "The last letter is drawn correctly: only H - 1 letters count.": lambda: _length() - 1,
            "eps^2/8 per letter holds for small eps only; use ln(1 + eps^2/(4(1 + eps)))/2.": lambda: 9,
            "That is KL(pihat || pi*): the target comes first.":
                lambda: int(np.ceil(1 / (2 / 3 * np.log(4 / 3) + 1 / 3 * np.log(2 / 3)))) + 1,
        },
    ),
    "14-b": (
        lambda: _doubled().leaf_mass,
        {
            "1/(2H) is the mass for exact values.": lambda: 1 / 8,
            "1/(2 kappa H) is the lower bound; the last level is exact.": lambda: 1 / 16,
            "Every edge counts at both of its ends.": lambda: 2 * _doubled().leaf_mass,
            "The value at the root is never used; there are H levels of edges.": lambda: 1 / 18,
        },
    ),
    "14-c": (
        lambda: float(first_leaf_law(_small().walk())[0]),
        {
            "That is going forward.": lambda: float(action_level_law(_small())[0]),
            "That is the target; the first response is biased.": lambda: 1 / 4,
            "That is the probability of starting with a; two words do.":
                lambda: float(first_leaf_law(_small().walk())[:2].sum()),
        },
    ),
    "14-d": (
        lambda: _gap(1.0) / _gap(4.0),
        {
            "kappa^2 is the bound; compute the gap.": lambda: 16.0,
            "Linear in kappa is too optimistic.": lambda: 4.0,
            "Put the gap of exact values on top.": lambda: _gap(4.0) / _gap(1.0),
        },
    ),
}

"""Notebook 14: imperfect verifiers."""

import numpy as np

from covtheory.instances.verifiers import alternating, depth_only, last_letter_tree
from covtheory.samplers.backtracking import action_level_law, complete_tree, spectral_gap

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
        lambda: _gap(1.0) / _gap(4.0),
        {
            "kappa^2 is the bound; compute the gap.": lambda: 16.0,
            "Linear in kappa is too optimistic.": lambda: 4.0,
            "Put the gap of exact values on top.": lambda: _gap(4.0) / _gap(1.0),
        },
    ),
}

WORKED = {
    "14-a":
        r"Proof of Theorem 1(a): each of the first $H-1$ letters adds "
        r"$\frac12\ln(1+\frac{\epsilon^2}{4(1+\epsilon)})=\frac12\ln\frac98=0.0588915$ nats, the last one is drawn "
        r"correctly. $1/0.0588915=16.98$, so 17 letters are needed and $H=18$.",
    "14-b":
        r"Lemma 1: the mass is $Z/\tilde Z$ with $\tilde Z=2\sum_{h=1}^4W_h$. Levels 1 to 3 have $W_h=2Z$, the "
        r"responses $W_4=Z$; the root's value is not used. $\frac1{2(2+2+2+1)}=\frac1{14}=0.0714286$.",
    "14-c":
        r"`tree = complete_tree(2, 8, np.ones(256))`, then `spectral_gap(alternating(tree, kappa).walk())` at "
        r"`kappa` 1 and 4 (from `covtheory.samplers.backtracking` and `covtheory.instances.verifiers`). The first "
        r"divided by the second: the bound allows 16, the tree pays 3.95387.",
}
"""The steps of every solution, Markdown; they end with the value."""

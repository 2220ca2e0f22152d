"""Notebook 25: the walk stopped early."""

import numpy as np

from covtheory.bounds import verifiers as bounds
from covtheory.instances.verifiers import depth_only, two_sided_tree
from covtheory.samplers.backtracking import action_level_law, complete_tree, first_leaf_law, hitting_time


def _small():
    return complete_tree(2, 2, np.ones(4), value=[1, [3, 1], np.ones(4)])


def _moves(factor):
    return hitting_time(depth_only(complete_tree(2, 4, np.ones(16)), [factor] * 3).walk())


def _shortest(shortfall):
    """Smallest ``H`` at which a shortfall exceeds 1000."""
    return next(H for H in range(2, 200) if shortfall(H) > 1000)


def _ratio(over):
    return float(bounds.average_error_ratio(over, over, 10, 0.1))


ENTRIES = {
    "25-a": (
        lambda: float(first_leaf_law(_small().walk())[0]),
        {
            "That is going forward.": lambda: float(action_level_law(_small())[0]),
            "That is the target; the first response is biased.": lambda: 1 / 4,
            "That is the probability of starting with a; two words do.":
                lambda: float(first_leaf_law(_small().walk())[:2].sum()),
        },
    ),
    "25-b": (
        lambda: _moves(2.0),
        {
            "H^2 is the time of exact values.": lambda: _moves(1.0),
            "Those are values twice too small: they make the walk faster.": lambda: _moves(0.5),
            "That counts lazy steps; half of them are no moves.": lambda: 2 * _moves(2.0),
        },
    ),
    "25-c": (
        lambda: _shortest(lambda H: 1 / bounds.first_leaf_factors(2.0, H)[0]),
        {
            "That is going forward, where the factor is 4 per letter.": lambda: _shortest(lambda H: 4.0 ** (H - 1)),
            "H^3 is the order only; U_H(1/2) has a constant.": lambda: _shortest(lambda H: H**3),
        },
    ),
    "25-d": (
        lambda: _ratio(two_sided_tree(10, 3.0).average_errors().over),
        {
            "That is the largest error, 3; the mean of 3 and 1/3 counts.": lambda: _ratio(3.0),
            "Only kappa+ enters the ratio in (a); kappa- enters the time.": lambda: _ratio((5 / 3) ** 2),
            "That is the ratio for exact values.": lambda: _ratio(1.0),
            "That is what the walk has in the long run; the theorem promises less.":
                lambda: 2 * (9 * 5 / 3 + 1),
        },
    ),
}

WORKED = {
    "25-a":
        r"Conductances: edge to $a$: $\frac12\cdot3=\frac32$; to $b$: $\frac12$; every leaf edge $\frac14$. In "
        r"series, below $a$: $\frac32\cdot\frac12/(\frac32+\frac12)=\frac38$; below $b$: "
        r"$\frac12\cdot\frac12/1=\frac14$. First leaf below $a$: $\frac38/(\frac38+\frac14)=0.6$, and $aa$ is half "
        r"of it: 0.3.",
    "25-b":
        r"Theorem 2 with $g=(2,2,2,1)$: $1+\big(1+\frac22\cdot2\big)+\big(1+\frac22\cdot4\big)+\big(1+\frac21\cdot6"
        r"\big)=1+3+5+13=22$.",
    "25-c":
        r"`1 / first_leaf_factors(2.0, H)[0]` (from `covtheory.bounds.verifiers`) is $1/U_H(\frac12)$: "
        r"988 at $H=36$ and 1066 at $H=37$. The answer is 37.",
    "25-d":
        r"Every level has $W_h/Z=\frac12(3+\frac13)=\frac53=\kappa_+$. $8H\kappa_+=80\cdot\frac53=133.333$.",
}
"""The steps of every solution, Markdown; they end with the value."""

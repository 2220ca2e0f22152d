"""Notebook 22: how long the walk takes."""

import numpy as np

from covtheory.bounds import walk_times as bounds
from covtheory.samplers.backtracking import complete_tree, first_leaf_law, hitting_time


def _small():
    return complete_tree(2, 2, np.ones(4), value=[1, [3, 1], np.ones(4)]).walk()


def _averaged(a):
    """Two moves and twice the mean error, if the response lies below the letter a with this probability."""
    return 2 + 2 * (3 * a + 1 - a)


ENTRIES = {
    "22-a": (
        lambda: hitting_time(_small()),
        {
            "Average over the law of the first response, not over the target.": lambda: _averaged(1 / 2),
            "That averages over the law of going forward.": lambda: _averaged(3 / 4),
            "That is the largest value for r+ = 3, with both letters overvalued.":
                lambda: float(bounds.first_response(3, 1, 2)),
            "That is the time for exact values, H^2.": lambda: 4.0,
            "That is the probability of starting with a.": lambda: float(first_leaf_law(_small())[:2].sum()),
        },
    ),
    "22-b": (
        lambda: float(bounds.first_response(3, 2, 10)),
        {
            "That is the second bound of Theorem 1; the first is attained.": lambda: 10 + 2 * 3 * 9 + 6 * 9 * 8.0,
            "That is r+ r- H^2, the last bound.": lambda: 600.0,
            "The two factors are exchanged: r+ is the overvaluation.":
                lambda: float(bounds.first_response(2, 3, 10)),
            "kappa = 3 on both sides is more than this verifier errs.": lambda: float(bounds.first_response(3, 3, 10)),
        },
    ),
    "22-c": (
        lambda: float(bounds.visits(2, 20, 0.01)),
        {
            "The last level is exact: S = r-(H - 1) + 1.": lambda: float(np.ceil(40 * np.log(np.sqrt(39) / 0.02))),
            "Overvaluation does not enter.": lambda: float(bounds.visits(1000, 20, 0.01)),
            "Undervaluation enters: r- = 2.": lambda: float(bounds.visits(1, 20, 0.01)),
        },
    ),
    "22-d": (
        lambda: float(bounds.moves_to_response(1, 1, 12, 50)),
        {
            "The first response itself takes H^2 moves.": lambda: 50 * 24.0,
            "Responses are 2H moves apart, not H.": lambda: 144 + 50 * 12.0,
            "50 after the first: the first is not one of them.": lambda: 144 + 49 * 24.0,
        },
    ),
}

WORKED = {
    "22-a":
        r"Notebook 25, exercise a: the first response lies below $a$ with probability 0.6. Theorem 1 with $H=2$: "
        r"$2+2(0.6\cdot3+0.4\cdot1)=6.4$.",
    "22-b":
        r"Theorem 1 with $r_+=3$, $r_-=2$, $m=5$, $l=4$: "
        r"$10+2\left[10+6+6\cdot5\cdot4+3\cdot5+\frac42\right]=10+2\cdot153=316$.",
    "22-c":
        r"Theorem 3: the thousandfold overvaluation enters only through the moves between responses. "
        r"$S=2\cdot19+1=39$ and $39\ln(\sqrt{38}/0.02)=39\cdot5.730816=223.5$, so 224.",
    "22-d":
        r"Theorem 3(c) is an equality for exact values: $c=2H=24$, the first response after $H^2=144$ moves, so "
        r"$144+50\cdot24=1344$.",
}
"""The steps of every solution, Markdown; they end with the value."""

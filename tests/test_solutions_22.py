"""Exercises of notebook 22: every solution by a second route."""

import math

import numpy as np
import pytest

from classroom.exercises import check
from classroom.solutions.notebook_22 import ENTRIES
from covtheory.samplers.backtracking import complete_tree, first_leaf_law, hitting_time, leaf_trace


def _after(k, H):
    """Moves of exact values by linear equations on a binary tree."""
    walk = complete_tree(2, H, np.ones(2**H)).walk()
    inner = np.flatnonzero(walk.depth < H)
    P, time = walk.transition(stay=0.0).toarray(), np.zeros(len(walk))
    time[inner] = np.linalg.solve(np.eye(len(inner)) - P[np.ix_(inner, inner)], np.ones(len(inner)))
    moves, law, trace = hitting_time(walk), first_leaf_law(walk), leaf_trace(walk)
    for _ in range(k):
        moves, law = moves + law @ (1 + time[walk.parent[walk.leaves]]), law @ trace
    return moves


SECOND_ROUTE = {
    # x = 1 + (3/4)(1 + (3/4) x) + (1/4)(1 + x/2): back from a with probability 3/4, from b with 1/2
    "22-a": lambda: 2 / (1 - 9 / 16 - 1 / 8),
    "22-b": lambda: max(10 + 2 * sum(g[i] / g[j] for j in range(10) for i in range(j))
                        for m in range(10) for g in [[3] * m + [0.5] * (9 - m) + [1]]),
    "22-c": lambda: math.ceil(39 * (math.log(38) / 2 - math.log(0.02))),
    "22-d": lambda: 12**2 + 50 * 2 * 12,
}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out


def test_moves_of_exact_values_on_a_smaller_tree():
    assert _after(50, 6) == pytest.approx(36 + 50 * 12, rel=1e-9)

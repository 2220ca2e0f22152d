"""Exercises of notebook 25: every solution by a second route, every diagnosis reachable."""

from math import lgamma, log

import numpy as np
import pytest

from classroom.exercises import check
from classroom.solutions.notebook_25 import ENTRIES


def first_word():
    through_a, through_b = 1.5 * 0.5 / 2, 0.5 * 0.5 / 1
    return through_a / (through_a + through_b) / 2


def moves():
    """The depth as a birth-and-death chain with conductances 2, 2, 2, 1: mean moves by linear equations."""
    edge, P = np.array([2.0, 2.0, 2.0, 1.0]), np.zeros((4, 4))
    for h in range(4):
        total = edge[h] + (edge[h - 1] if h else 0.0)
        if h:
            P[h, h - 1] = edge[h - 1] / total
        if h < 3:
            P[h, h + 1] = edge[h] / total
    return np.linalg.solve(np.eye(4) - P, np.ones(4))[0]


def shortest():
    """From the Gamma form of 1/U_H(1/2), with a = 2 and b = 6."""
    for H in range(2, 60):
        log_U = log((H + 1) / 2) + lgamma(H + 1) + lgamma(6) - lgamma(2) - lgamma(H + 5)
        if -log_U > log(1000):
            return H
    return None


SECOND_ROUTE = {"25-a": first_word, "25-b": moves, "25-c": shortest, "25-d": lambda: 8 * 10 * (3 + 1 / 3) / 2}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out

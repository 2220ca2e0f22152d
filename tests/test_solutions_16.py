"""Exercises of notebook 16: answers by a second route, and every diagnosis reachable."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, linprog

from classroom.exercises import check
from classroom.solutions.notebook_16 import ENTRIES


def largest_merge():
    """Linear programme: most data mass of a test with model mass at most a quarter of it."""
    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.0, 0.25, 0.75])
    return -linprog(-p, A_ub=[4 * q - p], b_ub=[0.0], bounds=(0, 1)).fun


SECOND_ROUTE = {
    "16-a": largest_merge,
    "16-b": lambda: brentq(lambda x: math.log(x) + 500 * math.log(0.99), 1, 1e3, xtol=1e-11),
    "16-c": lambda: sum(0.02 * 0.98**k for k in range(51)),
    "16-d": lambda: 1000**3 / 100**2,
}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out

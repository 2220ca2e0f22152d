"""Exercises of notebook 12: answers by a second route."""

import math

import pytest

from classroom.exercises import check, find
from classroom.solutions.notebook_12 import ENTRIES


def draws():
    """0.1 * 0.9^N <= 0.001 (the majority's failure, 0.9 * 0.1^N, does not matter any more)."""
    return math.ceil(math.log(0.01) / math.log(0.9))


def share():
    """The slope 0.8 (1-q)^4 - 0.2 q^4 changes sign at 1/(1 + 4^(-1/4))."""
    low, high = 0.5, 0.8
    for _ in range(80):
        q = (low + high) / 2
        low, high = (q, high) if 0.8 * (1 - q) ** 4 > 0.2 * q**4 else (low, q)
    return low


SECOND = {"12-a": draws, "12-b": share, "12-c": lambda: (0.2 + 0.15 + 0.15) - (0.15 + 0.15),
          "12-d": lambda: 0.05 * 12 * (math.log(1 / 0.9) + math.log(10)) / 2}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_solution_by_a_second_route(exercise, capsys):
    assert find(exercise)[0]() == pytest.approx(SECOND[exercise](), rel=1e-7)
    check(exercise, find(exercise)[0]())
    assert capsys.readouterr().out == f"{exercise}: right.\n"


def test_no_exercise_is_missing():
    assert set(ENTRIES) == set(SECOND)

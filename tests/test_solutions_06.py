"""Exercises of notebook 06: solutions by a second route, every diagnosis reachable and distinct."""

import numpy as np
import pytest

from classroom.exercises import check, find
from classroom.solutions.notebook_06 import ENTRIES

SECOND_ROUTE = {
    "06-a": 2 * np.log(1 + 4 * 64 / (5 * np.log(2))),
    "06-b": 100 * 9 * 4 * 0.99 * 0.01,
    "06-c": 8e-3 * 0.999**1000,
    "06-d": 0.2,
}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_solution_by_a_second_route(exercise, capsys):
    assert find(exercise)[0]() == pytest.approx(SECOND_ROUTE[exercise], rel=5e-4)
    check(exercise, SECOND_ROUTE[exercise])
    assert "right." in capsys.readouterr().out


def test_solutions_cover_the_registered_exercises():
    assert set(ENTRIES) == set(SECOND_ROUTE)

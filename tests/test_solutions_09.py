"""Exercises of notebook 09: solutions by a second route, every diagnosis reachable and distinct."""

import numpy as np
import pytest

from classroom.exercises import check, find
from classroom.solutions.notebook_09 import ENTRIES

SECOND_ROUTE = {
    "09-a": 320 * np.log(16),
    "09-b": 0.75 / 1280,
    "09-c": 100 * 3.2 * 2 * np.log(16) * 4 * 32 * (1 / (np.log(16) - 15 / 16) + 1 / np.log(16)),
    "09-d": 0.0072,
}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_solution_by_a_second_route(exercise, capsys):
    assert find(exercise)[0]() == pytest.approx(SECOND_ROUTE[exercise], rel=5e-4)
    check(exercise, SECOND_ROUTE[exercise])
    assert "right." in capsys.readouterr().out


def test_solutions_cover_the_registered_exercises():
    assert set(ENTRIES) == set(SECOND_ROUTE)

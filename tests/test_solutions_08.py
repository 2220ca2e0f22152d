"""Exercises of notebook 08: solutions by a second route, every diagnosis reachable and distinct."""

import numpy as np
import pytest

from classroom.exercises import check, find
from classroom.solutions.notebook_08 import ENTRIES

SECOND_ROUTE = {
    "08-a": 10 / 19,
    "08-b": 4 * np.sqrt(2) * np.sqrt(1e-5),
    "08-c": 2 * 4096 / (9 * np.e * np.log(16)),
    "08-d": np.exp(60 * 3 / 7) // 256,
}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_solution_by_a_second_route(exercise, capsys):
    assert find(exercise)[0]() == pytest.approx(SECOND_ROUTE[exercise], rel=5e-4)
    check(exercise, SECOND_ROUTE[exercise])
    assert "right." in capsys.readouterr().out


def test_solutions_cover_the_registered_exercises():
    assert set(ENTRIES) == set(SECOND_ROUTE)

"""Exercises of notebook 11: answers by a second route, and every diagnosis reached."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from classroom.exercises import check, find
from classroom.solutions.notebook_11 import ENTRIES


def least_n():
    return next(n for n in range(1, 10**5) if 11 / 3 * math.log(2 * 200 / 0.05) / n <= 0.01)


def never_seen():
    """The abandoned answer: half of the rare prompt, by the number of times that prompt is shown."""
    m = np.arange(501)
    return float(binom.pmf(m, 500, 0.02) @ 0.5**m)


def threshold():
    gamma = 1.5
    N = 8 * gamma * gamma
    return gamma * N


def best_guarantee():
    """2/(50 v) + v^2/10^4 is least at v^3 = 200."""
    v = 200 ** (1 / 3)
    return 2 / (50 * v) + v * v / 1e4


SECOND = {"11-a": least_n, "11-b": never_seen, "11-c": threshold, "11-d": best_guarantee}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_solution_by_a_second_route(exercise, capsys):
    assert find(exercise)[0]() == pytest.approx(SECOND[exercise](), rel=1e-7)
    check(exercise, find(exercise)[0]())
    assert capsys.readouterr().out == f"{exercise}: right.\n"


def test_no_exercise_is_missing():
    assert set(ENTRIES) == set(SECOND)

"""Exercises of notebook 04: answers by a second route, and every diagnosis reached."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from classroom.exercises import check, find
from classroom.solutions.notebook_04 import ENTRIES


def best_constant(N):
    return 1 / -minimize_scalar(lambda s: -(1 - s + s / N - N**-s), bounds=(0, 1), method="bounded",
                                options={"xatol": 1e-12}).fun


def some_event_absent():
    """Inclusion and exclusion over the ten events instead of the complement of their product."""
    return sum((-1) ** (j + 1) * math.comb(10, j) * 0.8 ** (20 * j) for j in range(1, 11))


def least_n():
    return next(n for n in range(1, 10**5) if math.log(1000 / 0.05) * best_constant(16) / n <= 0.01)


def good_turing_bias():
    """All 10^5 samples of five symbols."""
    counts = np.array([np.bincount(z, minlength=10) for z in itertools.product(range(10), repeat=5)])
    return ((counts == 1).sum(axis=1) / 5 - (counts == 0).sum(axis=1) / 10).mean()


def shared_mass():
    """Fifty contexts, unseen with probability .99^100 each, eleven of twenty labels below 1/10."""
    return 50 * 0.01 * 0.99**100 * 11 / 20


SECOND = {"04-a": lambda: best_constant(100), "04-b": some_event_absent, "04-c": least_n, "04-d": good_turing_bias,
          "04-e": shared_mass}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_solution_by_a_second_route(exercise, capsys):
    assert find(exercise)[0]() == pytest.approx(SECOND[exercise](), rel=1e-7)
    check(exercise, find(exercise)[0]())
    assert capsys.readouterr().out == f"{exercise}: right.\n"


def test_no_exercise_is_missing():
    assert set(ENTRIES) == set(SECOND)

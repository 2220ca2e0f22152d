"""Exercises of notebook 13: a second route to every answer, and every diagnosis is reached."""

import numpy as np
import pytest
from scipy.integrate import quad

from classroom.solutions.notebook_13 import ENTRIES
from covtheory.bounds.tilting import pass_at_k_of_rates
from covtheory.learners.tilted import tilt


def test_wrong_answers_fall_by_the_normaliser():
    tilted = tilt([0.02, 0.98], [1, 0], 1 / np.log(100))
    assert ENTRIES["13-a"][0]() == pytest.approx(0.98 / tilted[1], rel=1e-12)


def test_at_the_crossing_both_have_equal_pass_at_k():
    assert 1 - 0.95 ** ENTRIES["13-b"][0]() == pytest.approx(0.4, rel=1e-12)


def test_the_rates_are_squares_of_uniform_numbers():
    """P[p <= s] = sqrt(s) if p is the square of a number uniform on [0, 1]: average the definition of pass@3."""
    assert ENTRIES["13-c"][0]() == pytest.approx(quad(lambda v: 1 - (1 - v * v) ** 3, 0, 1)[0], rel=1e-12)


def test_so_many_draws_of_the_base_are_one_draw_of_the_tilt():
    tilted = tilt([0.01, 0.99], [1, 0], 1 / np.log(20))
    worth = ENTRIES["13-d"][0]()
    assert float(pass_at_k_of_rates([0.01], worth)) == pytest.approx(tilted[0], rel=1e-12)

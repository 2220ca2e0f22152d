"""Exercises of notebook 17: every solution by a second route, every diagnosis reached."""

import math

import pytest
from scipy.optimize import brentq
from scipy.stats import binom

from classroom.solutions.notebook_17 import ENTRIES


def test_no_hit_in_500():
    assert (1 - ENTRIES["17-a"][0]()) ** 500 == pytest.approx(0.01)


def test_draws_that_a_certified_coverage_buys():
    draws = next(n for n in range(1, 1000) if 0.02 + 0.98 * 0.95**n <= 0.1)
    assert ENTRIES["17-b"][0]() == draws


def test_lower_limit_of_the_limit_solves_the_binomial_tail():
    assert ENTRIES["17-c"][0]() == pytest.approx(brentq(lambda p: binom.sf(29, 40, p) - 0.05, 0.1, 0.9))


def test_largest_log_ratio_of_a_floored_model():
    assert math.exp(-ENTRIES["17-d"][0]() / 100) == pytest.approx(1e-4)


def test_answer_coverage_from_prompts_without_success():
    assert ENTRIES["17-e"][0]() * (39 / 40) ** 16 == pytest.approx(0.4)

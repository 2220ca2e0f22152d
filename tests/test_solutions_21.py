"""Exercises of notebook 21: every solution by a second route."""

from math import log

import pytest
from mpmath import beta, mpf

from classroom.solutions.notebook_21 import ENTRIES


def exact_failures(b, k):
    """fail@k of the law ``P[p <= u] = u^b``, in 15 digits."""
    return float(k * beta(1 + mpf(b), k))


def test_failures_of_a_square_root_profile():
    assert ENTRIES["21-a"][0]() == pytest.approx(exact_failures("0.5", 100), rel=1e-12)


def test_forecast_at_exponent_three_tenths():
    factor = exact_failures("0.3", 10_000) / exact_failures("0.3", 64)
    assert ENTRIES["21-b"][0]() == pytest.approx(0.2 * factor, rel=1e-12)


def test_three_terms_of_the_harmonic_sum():
    assert ENTRIES["21-c"][0]() == pytest.approx(0.9 + 0.81 / 2 + 0.729 / 3)


def test_price_of_best_of_four_with_a_verifier():
    assert ENTRIES["21-d"][0]() == pytest.approx(log(1 / 8) / 16 + 15 * log(15 / 8) / 16)


def test_difference_of_the_twins_after_one_draw():
    assert ENTRIES["21-e"][0]() == pytest.approx(1 / 2 - 1 / 32)


def test_least_failures_without_a_condition():
    assert ENTRIES["21-f"][0]() == pytest.approx(0.04)

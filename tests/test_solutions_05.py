"""Solutions of notebook 05 by a second route, and every diagnosis reached."""

import math

from scipy.optimize import brentq

from classroom.solutions.notebook_05 import ENTRIES
from covtheory.instances.two_scale import OverfitBudget


def test_coefficient_by_hand():
    room = 0.96 * math.log(1e6) - math.log(10) / 0.9
    assert math.isclose(ENTRIES["05-a"][0](), 1 / (1 - math.exp(-1)) / 0.9 / room, rel_tol=1e-12)


def test_least_threshold_solves_its_equation():
    assert math.isclose(0.8 * math.log(ENTRIES["05-b"][0]()), math.log(4), rel_tol=1e-12)


def test_independent_events_by_root_finding():
    eps = brentq(lambda e: 1 - (1 - (1 - e) ** 1000) ** 100 - 0.5, 1e-6, 0.1, xtol=1e-15)
    assert math.isclose(ENTRIES["05-c"][0](), eps, rel_tol=1e-9)


def test_training_tail_of_a_mixture_is_one_over_N():
    assert ENTRIES["05-d"][0]() == 1 / 1e4


def test_budget_predicts_the_exact_critical_probability():
    exact = OverfitBudget(10**5, 1000).critical_p(1e3) * 10**5
    assert math.isclose(ENTRIES["05-e"][0](), exact, rel_tol=0.02)

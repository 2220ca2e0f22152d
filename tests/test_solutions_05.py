"""Solutions of notebook 05 by a second route, and every diagnosis reached."""

import math

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import chi2, norm

from classroom.solutions.notebook_05 import ENTRIES
from covtheory.instances.two_scale import OverfitBudget


def law(n, N):
    """E Cov_N in the plane, by integrating over the squared error."""
    inner = lambda w: chi2.pdf(w, 2) * norm.sf((np.log(N) - w / (2 * n)) / np.sqrt(w / n))  # noqa: E731
    return sum(quad(inner, *ends, epsabs=0, epsrel=1e-10)[0] for ends in ((0, 1), (1, 10), (10, 40), (40, 200)))


def test_twenty_samples_by_integration():
    assert math.isclose(ENTRIES["05-a"][0](), law(20, 10), rel_tol=1e-7)


def test_thirteen_samples_are_enough_and_twelve_are_not():
    n = ENTRIES["05-b"][0]()
    assert law(n, 16) <= 1e-4 < law(n - 1, 16)


def test_leverage_by_integration():
    assert math.isclose(ENTRIES["05-c"][0](), law(30, 10), rel_tol=1e-6)


def test_visited_prompt_solves_its_equation():
    lam = brentq(lambda x: x * (1 + x) - 0.5 * 24 / 2, 0, 10)
    assert math.isclose(ENTRIES["05-d"][0](), 100**-lam * 2**0.5 / 0.5, rel_tol=1e-9)


def test_budget_predicts_the_exact_critical_probability():
    exact = OverfitBudget(10**5, 1000).critical_p(1e3) * 10**5
    assert math.isclose(ENTRIES["05-e"][0](), exact, rel_tol=0.02)

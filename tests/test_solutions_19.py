"""Solutions of notebook 19 by a second route, and every diagnosis reached."""

import math

import numpy as np
from scipy.optimize import minimize_scalar

from classroom.solutions.notebook_19 import ENTRIES
from covtheory.bounds.two_scale import truncation_level
from covtheory.instances.needle import Needle


def test_price_of_a_miss_is_the_best_over_orders():
    L = math.log(1e6) - 1
    best = minimize_scalar(lambda s: -s * (L - float(truncation_level(s))), bounds=(1e-6, 1 - 1e-6), method="bounded")
    assert math.isclose(ENTRIES["19-a"][0](), -1 / best.fun, rel_tol=1e-8)


def test_one_point_crosses_iff_it_lies_beyond_the_wall():
    assert math.isclose(ENTRIES["19-b"][0](), 1 - 2 * 0.3, rel_tol=1e-12)


def test_rays_by_a_search_over_orders():
    N = 1e6
    phi = max(1 - s + s / N - N**-s for s in np.linspace(0.001, 0.999, 99_001))
    assert math.isclose(ENTRIES["19-c"][0](), math.log(2 / 0.05) / (1000 * phi), rel_tol=1e-6)


def test_average_pays_ten_ninths():
    assert math.isclose(ENTRIES["19-d"][0]() * 0.9 * (1 - math.exp(-1)), 1, rel_tol=1e-12)


def test_needle_pays_as_computed_exactly():
    assert math.isclose(ENTRIES["19-e"][0](), Needle(10**9, 1e4).critical_p(1e3) * 10**9, rel_tol=0.01)

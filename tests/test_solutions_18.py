"""Exercises of notebook 18: every solution by a second route, every diagnosis reached."""

from statistics import NormalDist

import numpy as np
import pytest

from classroom.solutions.notebook_18 import ENTRIES


def test_constant_majorant_is_the_geometric_series():
    assert ENTRIES["18-a"][0]() == pytest.approx(sum(4.0**-m for m in range(60)))


def test_number_of_frequencies():
    assert ENTRIES["18-b"][0]() == pytest.approx(60_000)


def test_silent_radius_by_solving_for_it():
    radius = ENTRIES["18-c"][0]()
    assert np.sin(0.5 * radius) ** 1000 == pytest.approx(np.exp(-30), rel=1e-9)


def test_second_order_threshold():
    assert 1 - NormalDist(4, 8**0.5).cdf(ENTRIES["18-d"][0]()) == pytest.approx(1e-3)

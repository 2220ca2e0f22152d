"""Exercises of notebook 14: every solution by a second route, every diagnosis reached."""

import numpy as np
import pytest
from slow_routes import level_spectrum

from classroom.solutions.notebook_14 import ENTRIES


def test_length_is_the_first_that_reaches_one_nat():
    H = ENTRIES["14-a"][0]()
    per_letter = 0.5 * np.log(9 / 8)
    assert (H - 2) * per_letter < 1 <= (H - 1) * per_letter


def test_leaf_mass_by_adding_up_levels():
    assert ENTRIES["14-b"][0]() == pytest.approx(1 / (2 * (2 + 2 + 2 + 1)), rel=1e-12)


def test_gap_ratio_from_the_chain_of_levels():
    gaps = []
    for k in (1.0, 4.0):
        lam, _ = level_spectrum([k, 1 / k, k, 1 / k, k, 1 / k, k, 1.0], np.full(8, 2))
        gaps.append(1 - np.sort(lam)[-2])
    assert ENTRIES["14-c"][0]() == pytest.approx(gaps[0] / gaps[1], rel=1e-9)

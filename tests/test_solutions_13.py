"""Exercises of notebook 13: a second route to every answer, and every diagnosis is reached."""

import numpy as np
import pytest

from classroom.solutions.notebook_13 import ENTRIES
from covtheory.learners.policy_gradient import flow_time_numerical
from covtheory.learners.tilted import tilt


def test_wrong_answers_fall_by_the_normaliser():
    tilted = tilt([0.02, 0.98], [1, 0], 1 / np.log(100))
    assert ENTRIES["13-a"][0]() == pytest.approx(0.98 / tilted[1], rel=1e-12)


def test_at_the_crossing_both_have_equal_pass_at_k():
    assert 1 - 0.95 ** ENTRIES["13-b"][0]() == pytest.approx(0.4, rel=1e-12)


def test_share_of_prompts_with_a_success():
    assert ENTRIES["13-c"][0]() == pytest.approx(1 - (0.999**64 + 0.9**64) / 2, rel=1e-12)


def test_normalised_time_by_integration():
    assert ENTRIES["13-d"][0]() == pytest.approx(flow_time_numerical([0.01, 0.99], [1, 0], 0.5, "normalised"), rel=1e-7)


def test_a_single_birth_from_one_eighth_to_one_half():
    assert ENTRIES["13-e"][0]() == pytest.approx(1 / (2 * 7 / 64), rel=1e-12)

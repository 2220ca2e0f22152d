"""Exercises of notebook 24: a second route to every answer, and every diagnosis is reached."""

import pytest

from classroom.solutions.notebook_24 import ENTRIES
from covtheory.learners.policy_gradient import flow_time_numerical


def test_share_of_prompts_with_a_success():
    assert ENTRIES["24-a"][0]() == pytest.approx(1 - (0.999**64 + 0.9**64) / 2, rel=1e-12)


def test_least_rollouts_by_counting():
    missed, rollouts = 0.99, 0  # the draw after training
    while 1 - missed < 0.5:
        missed, rollouts = 0.99 * missed, rollouts + 1
    assert ENTRIES["24-b"][0]() == rollouts


def test_normalised_time_by_integration():
    assert ENTRIES["24-c"][0]() == pytest.approx(flow_time_numerical([0.01, 0.99], [1, 0], 0.5, "normalised"), rel=1e-7)


def test_a_single_birth_from_one_eighth_to_one_half():
    assert ENTRIES["24-d"][0]() == pytest.approx(1 / (2 * 7 / 64), rel=1e-12)

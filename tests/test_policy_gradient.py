"""Policy-gradient flows and group-normalised updates: two routes each, and clear errors."""

from itertools import product

import numpy as np
import pytest

from covtheory.bounds import policy_gradient as bounds
from covtheory.learners.policy_gradient import (
    PairChain,
    expected_update,
    flow_time_numerical,
    group_speed,
    group_time,
    sample_group_updates,
)
from covtheory.learners.tilted import tilt
from covtheory.randomness import generator


def test_plain_update_is_the_gradient_of_the_success_rate():
    pi, r, h = np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 0, 1, 0]), 1e-6

    def rate(theta):
        weights = np.exp(theta)
        return weights @ r / weights.sum()

    steps = h * np.eye(4)
    numeric = [(rate(np.log(pi) + d) - rate(np.log(pi) - d)) / (2 * h) for d in steps]
    assert expected_update(pi, r, "reward") == pytest.approx(numeric, abs=1e-9)
    assert expected_update(pi, r, "log_reward") == pytest.approx(np.array(numeric) / 0.4, abs=1e-8)


@pytest.mark.parametrize("m", [2, 3, 4])
def test_group_update_by_listing_all_groups(m):
    pi, r = np.array([0.15, 0.25, 0.6]), np.array([1.0, 1, 0])
    mean = np.zeros(3)
    for group in product(range(3), repeat=m):
        y = np.array(group)
        if r[y].std() > 0:
            A = (r[y] - r[y].mean()) / r[y].std()
            mean += pi[y].prod() * sum(a * (np.eye(3)[i] - pi) for a, i in zip(A, y, strict=True)) / m
    assert expected_update(pi, r, "group", m) == pytest.approx(mean, abs=1e-14)


def test_natural_flow_is_the_tilt():
    pi, r = np.array([0.05, 0.15, 0.8]), np.array([1.0, 1, 0])
    t = flow_time_numerical(pi, r, 0.7, "natural")
    assert tilt(pi, r, 1 / t)[:2].sum() == pytest.approx(0.7, rel=1e-8)


def test_group_time_against_integration_of_the_logits():
    integrated = flow_time_numerical([0.01, 0.99], [1, 0], 0.6, "group", 7)
    assert group_time(0.01, 0.6, 7) == pytest.approx(integrated, rel=1e-7)


def test_large_groups_tend_to_exact_normalisation_from_below():
    p = np.array([0.1, 0.5, 0.9])
    speed = group_speed(p, 20000)
    assert np.all(speed < np.sqrt(p * (1 - p)))
    assert speed == pytest.approx(np.sqrt(p * (1 - p)), rel=1e-3)


def test_pair_chain_law_against_all_histories():
    chain = PairChain(0.3, 0.7)
    rates, law = chain.law_after(4)
    direct = np.zeros(5)
    for moves in product([0, 1], repeat=4):
        state, mass = 0, 1.0
        for move in moves:
            q = 2 * rates[state] * (1 - rates[state])
            mass *= q if move else 1 - q
            state += move
        direct[state] += mass
    assert law == pytest.approx(direct, abs=1e-15)
    assert law.sum() == pytest.approx(1.0)


def test_a_target_that_is_already_reached_takes_no_time():
    assert PairChain(0.5, 0.1).births(0.4) == 0
    assert PairChain(0.5, 0.1).reached(0.4, 0) == 1.0


def test_a_policy_without_success_never_moves():
    paths = sample_group_updates([0.0, 0.5, 0.5], [1, 0, 0], 4, 1.0, 5, 20, generator(13, 91))
    assert np.all(paths == 0)
    assert not expected_update([0.0, 1.0], [1, 0], "group", 4).any()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: expected_update([0.5, 0.5], [1, 0.5], "reward"), "reward"),
    (lambda: expected_update([0.5, 0.5], [1, 0], "adam"), "kind"),
    (lambda: expected_update([0.5, 0.6], [1, 0], "reward"), "pi"),
    (lambda: expected_update([0.5, 0.5], [1, 0, 0], "reward"), "shapes"),
    (lambda: group_speed(0.5, 1), "m"),
    (lambda: flow_time_numerical([0.0, 1.0], [1, 0], 0.5, "reward"), "success rate 0"),
    (lambda: flow_time_numerical([0.9, 0.1], [1, 0], 0.5, "reward"), "success rate 0.9"),
    (lambda: bounds.flow_time(0.0, 0.5), "p0"),
    (lambda: bounds.flow_time(0.1, 0.5, "group"), "kind"),
    (lambda: bounds.group_time_lower(0.1, 0.5, 1), "m"),
    (lambda: bounds.success_seen(1.5, 2), "p"),
    (lambda: bounds.success_seen(0.5, -1), "draws"),
    (lambda: bounds.needle_seen(0, 2), "R"),
    (lambda: PairChain(0.0, 0.1), "p0"),
    (lambda: PairChain(0.1, 0.0), "eta"),
    (lambda: PairChain(0.1, np.nan), "eta"),
    (lambda: sample_group_updates([0.5, 0.5], [1, 0], 1, 0.1, 3, 5, generator(13, 92)), "m"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

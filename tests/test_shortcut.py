"""Toys of notebook 12: exact values by hand, optima by another route, inputs refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covtheory.instances.shortcut import BlindMixture, ForkedPaths

TOY = BlindMixture([0.9, 0.1])


def test_numbers_that_a_reader_can_redo():
    assert TOY.kl([0.5, 0.5]) == pytest.approx(np.log(2), abs=1e-15)
    assert TOY.kl([5 / 12, 5 / 12]) == pytest.approx(np.log(2.4), abs=1e-15)
    assert TOY.pass_at([0.9, 0.1], 8) == pytest.approx(1 - 0.9 * 0.1**8 - 0.1 * 0.9**8, abs=1e-15)


def test_ties_count_in_coverage():
    assert TOY.coverage([0.9, 0.1], [9.99, 10, 10.01]).tolist() == [0.1, 0.1, 0.0]
    assert TOY.coverage([0.5, 0.5], 2) == 1.0


def test_coverage_and_pass_broadcast_over_models_and_thresholds():
    q = np.array([[0.5, 0.5], [0.6, 0.4], [0.9, 0.1]])
    assert TOY.coverage(q, [2, 4]).shape == TOY.pass_at(q, [2, 4]).shape == (2, 3)


def test_a_class_without_mass_costs_infinitely_much_kl_and_only_its_weight_of_pass():
    assert TOY.kl([1.0, 0.0]) == np.inf
    assert TOY.pass_at([1.0, 0.0], 5) == pytest.approx(0.9)


@pytest.mark.parametrize("N", [4, 8, 12])
def test_best_of_two_classes_is_the_closed_form(N):
    assert TOY.best(N)[0] == pytest.approx(1 / (1 + 9 ** (-1 / (N - 1))), abs=1e-14)


@given(st.lists(st.floats(0.02, 1), min_size=2, max_size=5), st.floats(1.2, 40))
def test_best_satisfies_the_optimality_conditions(weights, N):
    toy = BlindMixture(np.array(weights) / sum(weights))
    best = toy.best(N)
    assert best.sum() == pytest.approx(1, abs=1e-9)
    assert best.min() >= 0
    slope = np.array(toy.weights) * (1 - best) ** (N - 1)  # concave objective: equal slopes where there is mass
    top = slope.max()
    assert (best * (top - slope) <= 1e-9).all()


@given(st.lists(st.floats(0.02, 1), min_size=2, max_size=5), st.floats(1.2, 40), st.integers(0, 99))
def test_no_random_model_passes_more_often_than_the_best(weights, N, seed):
    toy = BlindMixture(np.array(weights) / sum(weights))
    rivals = np.random.default_rng(seed).dirichlet(np.ones(len(weights)), size=50) * (1 - 1e-12)
    assert (toy.pass_at(rivals, N) <= toy.pass_at(toy.best(N), N) + 1e-12).all()


def test_two_draws_agree_with_cross_entropy_for_two_classes():
    assert TOY.best(2) == pytest.approx(TOY.weights, abs=1e-12)


def test_forks_with_memory_pay_for_one_bit_and_without_for_all():
    assert ForkedPaths(0.05, 12).kl == pytest.approx(0.05 * 12 * np.log(2))
    assert ForkedPaths(0.05, 12, memory=True).kl == pytest.approx(0.05 * np.log(2))
    assert ForkedPaths(0.05, 4).coverage(16) == 0.05  # the tie 2^4 = 16 counts
    assert ForkedPaths(0.05, 12, confidence=0.99).coverage(16) == 0.025


@pytest.mark.parametrize(("call", "names"), [
    (lambda: BlindMixture([0.9, 0.2]), "weights"),
    (lambda: BlindMixture([1.0, 0.0]), "weights"),
    (lambda: TOY.kl([0.9]), "q: shape"),
    (lambda: TOY.kl([0.9, 0.2]), "q: sums"),
    (lambda: TOY.coverage([0.5, 0.5], 0.5), "N"),
    (lambda: ForkedPaths(0.05, 0), "forks"),
    (lambda: ForkedPaths(0.05, 3, confidence=1.0), "confidence"),
    (lambda: ForkedPaths(0.05, 3).coverage(1), "N"),
])
def test_bad_input_is_named(call, names):
    with pytest.raises(ValueError, match=names):
        call()

"""Samplers that do not backtrack, simulation, instances and bounds of notebooks 14 and 25."""

from itertools import product

import numpy as np
import pytest
from slow_routes import FromFunction, FromTree

from covtheory.bounds import verifiers as bounds
from covtheory.instances.verifiers import (
    LastLetter,
    delay_tree,
    last_letter_tree,
    lonely_response_tree,
    needle_tree,
    noisy,
    random_tree,
    two_sided_tree,
)
from covtheory.samplers.backtracking import (
    ValueTree,
    Walkers,
    action_coverage,
    action_level_law,
    action_level_sample,
    block_best_of_n_law,
    block_rejection_law,
    complete_tree,
    first_leaf_law,
    hitting_time,
    sequence_coverage,
)


@pytest.fixture
def tree():
    rng = np.random.default_rng(5)
    return noisy(random_tree(rng, 4), rng, 3.0)


def _two_level_block(tree, N, keep):
    """One block over the whole tree by listing all N-tuples; keep(values) gives the law of the kept index."""
    mass, law = np.exp(tree.log_reach[tree.leaves]), np.zeros(len(tree.leaves))
    for picks in product(range(len(mass)), repeat=N):
        chosen = keep(tree.tau[list(picks)])
        for i, p in zip(picks, chosen, strict=True):
            law[i] += np.prod(mass[list(picks)]) * p
    return law


def test_block_laws_by_listing_all_tuples():
    tree = complete_tree(2, 2, [0.2, 1.0, 0.0, 3.0], [0.4, 0.6])

    def best(values):
        return np.arange(len(values)) == np.argmax(values)

    def proportional(values):
        return values / values.sum() if values.sum() > 0 else np.zeros(len(values))

    np.testing.assert_allclose(block_best_of_n_law(tree, 2, 3), _two_level_block(tree, 3, best), atol=1e-14)
    np.testing.assert_allclose(block_rejection_law(tree, 2, 3), _two_level_block(tree, 3, proportional), atol=1e-12)


def test_blocks_of_one_draw_give_the_reference_and_of_many_the_action_level(tree):
    reference = np.exp(tree.log_reach[tree.leaves])
    np.testing.assert_allclose(block_best_of_n_law(tree, 2, 1), reference, atol=1e-14)
    gaps = [np.abs(block_rejection_law(tree, 1, N) - action_level_law(tree)).max() for N in (10, 100, 1000)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-3


def test_probability_of_a_dead_end_is_what_lacks_to_one():
    tree = last_letter_tree(4, 0.25)  # the forbidden letter has probability 1/3
    stuck = 1 - (1 - (5 / 9) ** 3) ** 2  # some block of two letters has three forbidden candidates
    assert 1 - block_rejection_law(tree, 2, 3).sum() == pytest.approx(stuck, rel=1e-10)
    assert 1 - block_best_of_n_law(tree, 2, 3).sum() == pytest.approx(stuck, rel=1e-10)


def test_action_coverage_to_the_length_is_at_least_sequence_coverage(tree):
    assert action_coverage(tree) ** tree.H * (1 + 1e-12) >= sequence_coverage(tree)


def test_sequence_coverage_of_the_last_letter_tree():
    assert sequence_coverage(last_letter_tree(5, 0.5)) == pytest.approx(1.5**5)
    assert action_coverage(last_letter_tree(5, 0.5)) == pytest.approx(1.5)
    assert action_coverage(complete_tree(2, 1, [1.0, 0.0], [0.25, 0.75])) == pytest.approx(4)
    assert action_coverage(complete_tree(2, 1, [1.0, 3.0], [0.25, 0.75])) == pytest.approx(3 / 2.5)


def test_simulated_walk_has_the_exact_law(tree):
    walk, model, size = tree.walk(), FromTree(tree), 40_000
    walkers = Walkers(model, size, np.random.default_rng(1))
    walkers.run(30)
    node = model.node(walkers.prefix, walkers.depth)
    found, law = np.bincount(node, minlength=len(tree))[walk.nodes] / size, walk.law(30)
    assert np.abs(found - law).max() < 6 * np.sqrt(0.25 / size)
    assert walkers.calls < size * 30


def test_simulated_first_leaf_and_action_level(tree):
    walk, model, size = tree.walk(), FromTree(tree), 40_000
    walkers = Walkers(model, size, np.random.default_rng(2))
    steps = walkers.run_to_leaf(10**5)
    node = model.node(walkers.prefix, walkers.depth)
    found = np.bincount(node, minlength=len(tree))[walk.nodes][walk.leaves] / size
    assert np.abs(found - first_leaf_law(walk)).max() < 6 * np.sqrt(0.25 / size)
    assert steps.mean() == pytest.approx(hitting_time(walk), abs=6 * steps.std() / np.sqrt(size))
    sample = action_level_sample(model, size, np.random.default_rng(3))
    node = model.node(sample, np.full(size, tree.H))
    found = np.bincount(node, minlength=len(tree))[tree.leaves] / size
    assert np.abs(found - action_level_law(tree)).max() < 6 * np.sqrt(0.25 / size)


def test_walkers_are_where_their_path_says_and_leave_the_needle_to_the_patient():
    model = FromTree(needle_tree(4))
    walkers = Walkers(model, 50, np.random.default_rng(0))
    walkers.run_to_leaf(10**5)
    assert (walkers.at_leaf() == walkers.prefix).all()
    with pytest.raises(ValueError, match="dead end at depth"):
        action_level_sample(model, 500, np.random.default_rng(0))


def test_last_letter_model_agrees_with_its_tree():
    tree, model = last_letter_tree(4, 0.5), LastLetter(4, 0.5)
    prefix = np.array(list(product([0, 1], repeat=4)))
    for h in range(4):
        pi_ref, value = model.children(prefix, np.full(16, h))
        node = FromTree(tree).node(prefix, np.full(16, h))
        child = FromTree(tree).first[node][:, None] + np.arange(2)
        np.testing.assert_allclose(pi_ref, tree.pi_ref[child])
        np.testing.assert_allclose(value, tree.value[child])


def test_function_model_asks_once_per_prefix_even_if_it_is_random():
    rng, asked = np.random.default_rng(0), []

    def value(prefix):
        asked.append(prefix)
        return 1.0 if len(prefix) == 3 else float(rng.uniform(0.5, 2))

    model = FromFunction(2, 3, value)
    Walkers(model, 200, rng).run(100)
    assert len(asked) == len(set(asked)) == 2 * len(model)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_models_with_bad_values_are_refused(bad):
    with pytest.raises(ValueError, match=r"model\.children"):
        Walkers(FromFunction(2, 3, lambda prefix: bad), 4, np.random.default_rng(0))


def test_delayed_values_forget_the_last_bit():
    s, H = 1.3, 4
    tree = delay_tree(H, s)
    law = action_level_law(tree)
    bits = np.array(list(product([0, 1], repeat=H)))
    expected = 0.5 ** (H - 1) * np.exp(s * bits[:, -1]) / (1 + np.exp(s))
    np.testing.assert_allclose(law, expected, rtol=1e-12)
    reward = bits.mean(axis=1)  # regularised regret of forward sampling, beta = 1/(s H)
    J = [p @ reward - (p @ np.log(p * 2**H)) / (s * H) for p in (tree.target(), law)]
    assert J[0] - J[1] == pytest.approx((H - 1) / H * np.log(np.cosh(s / 2)) / s, rel=1e-10)
    assert tree.average_errors().under == pytest.approx(2 * (1 + np.exp(2 * s)) / (1 + np.exp(s)) ** 2)


def test_first_leaf_factors_are_reached_and_agree_with_gamma_functions():
    from scipy.special import gammaln

    for H, k in ((2, 2.0), (6, 5.0), (9, 1.3)):
        low, high = bounds.first_leaf_factors(k, H)
        for r, factor in ((k, high), (1 / k, low)):
            tree = lonely_response_tree(H, r, 1e-8)
            assert first_leaf_law(tree.walk())[-1] / tree.target()[-1] == pytest.approx(factor, rel=1e-5)
            a, b = 1 / r, 1 / r + 1 / r**2
            closed = np.log1p(r * (H - 1)) + gammaln(H - 1 + a) + gammaln(b) - gammaln(a) - gammaln(H - 1 + b)
            assert np.log(factor) == pytest.approx(closed, rel=1e-9)


def test_steps_do_what_their_proof_needs():
    k, H, delta = 3.0, 7.0, 0.02
    gap = 1 / (2 * k**2 * H**2)
    T = bounds.steps_total_variation(k, H, delta)
    assert 0.5 * np.sqrt(2 * k**2 * H) * np.exp(-gap * T) * 2 * k * H <= delta
    assert 16 * k**3 * H**2 * np.exp(-2 * gap * bounds.steps_kl(k, H, delta)) <= delta
    assert bounds.cost_per_response(k, H, delta) == pytest.approx(2 * k * H * T / (1 - delta))
    assert bounds.average_error_steps(k, k, H, delta) == pytest.approx(
        64 * k**2 * H**2 / delta**2 * np.log(2 * k**2 * H), abs=1)
    assert bounds.spectral_gap(k, H) >= gap
    assert bounds.average_error_ratio(k, 2.0, H, delta, exact_leaves=False) == pytest.approx(24 * H * k * 2 / delta)


@pytest.mark.parametrize("call", [
    lambda: bounds.spectral_gap(0.9, 4), lambda: bounds.leaf_mass(0.5, 4), lambda: bounds.steps_kl(2.0, 4, 0.0),
    lambda: bounds.steps_total_variation(2.0, 0, 0.1), lambda: bounds.average_error_steps(0.5, 2, 4, 0.1),
    lambda: bounds.first_leaf_factors(0.5, 3), lambda: bounds.last_letter_distance(1.5, 4),
    lambda: two_sided_tree(3, 0.5), lambda: noisy(two_sided_tree(3, 1.0), np.random.default_rng(0), 2.0, "other"),
    lambda: ValueTree([-1], [1], [1]),
])
def test_bad_arguments_are_refused(call):
    with pytest.raises(ValueError, match="expected"):
        call()

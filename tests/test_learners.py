"""Estimators against brute force: every exact law is recomputed by listing all data sets."""

import itertools
import math

import numpy as np
import pytest

from covtheory.coverage import CoverageProfile, hellinger_sq, kl, law_from_pmfs
from covtheory.instances.finite_classes import random_finite_classes
from covtheory.learners import FiniteClass, maximum_likelihood, multinomial_types
from covtheory.learners.bayes_mixture import (
    all_sequences,
    log_loss_regret,
    mixture_weights,
    sequential_mixture,
    time_average,
)
from covtheory.learners.tabular import (
    coverage_law,
    expected_coverage,
    expected_good_turing,
    good_turing,
)


def listed(p, n):
    """Every data set with its probability."""
    for z in itertools.product(range(len(p)), repeat=n):
        yield np.array(z), math.prod(p[i] for i in z)


@pytest.mark.parametrize("seed", range(6))
def test_selection_law_equals_all_data_sets(seed):
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.ones(3), size=4)
    P[3] = [0.5, 0.5, 0.0]
    models, expected = FiniteClass.from_probs(P[0], P), np.zeros(4)
    for z, weight in listed(P[0], 5):
        expected[np.prod(P[:, z], axis=1).argmax()] += weight
    np.testing.assert_allclose(models.selection_law(5), expected, atol=1e-13)


def test_ties_go_to_the_preferred_model_then_to_the_lowest_index():
    lp = np.log([[0.5, 0.5], [0.25, 0.75], [0.75, 0.25]])
    assert maximum_likelihood(lp[1:], [2, 2]) == 0
    assert maximum_likelihood(lp[1:], [2, 2], prefer=[0.0, 1.0]) == 1
    assert maximum_likelihood(lp, [[1, 1], [0, 4], [4, 0]], prefer=[0, 5, 9]).tolist() == [0, 1, 2]


def test_mathematical_ties_survive_round_off():
    rng = np.random.default_rng(0)
    base = rng.dirichlet(np.ones(5))
    table = np.log(np.array([base, base[::-1]]))
    counts = np.array([[7, 3, 11, 3, 7]])  # a palindrome: both likelihoods are the same product in another order
    assert maximum_likelihood(table, counts, prefer=[0, 1]) == 1
    assert maximum_likelihood(table, counts, prefer=[1, 0]) == 0


@pytest.mark.parametrize("off", [-3, 0, 3])
def test_a_tie_stays_one_when_a_logarithm_is_off_by_its_last_digits(off):
    row = np.log([0.3, 0.3, 0.4])
    nearly = row + off * np.spacing(row)
    law = FiniteClass([0.3, 0.3, 0.4], [row, nearly]).selection_law(3, prefer=[0.0, 1.0])
    np.testing.assert_allclose(law, [0.0, 1.0])


def test_losses_equal_those_of_the_log_ratio_law():
    for c in random_finite_classes(np.random.default_rng(1), 24):
        laws = [law_from_pmfs(c.p, np.exp(row)) for row in c.log_probs]
        np.testing.assert_allclose(c.kl, [kl(law) for law in laws], rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(c.hellinger_sq, [hellinger_sq(law) for law in laws], rtol=1e-9, atol=1e-13)
        N = np.array([1.0, 2.0, 7.5, np.inf])
        np.testing.assert_allclose(c.coverage(N), [CoverageProfile(law)(N) for law in laws], atol=1e-13)
        np.testing.assert_allclose(2 - 2 * np.sqrt(c.p * np.exp(c.log_probs)).sum(axis=1), c.hellinger_sq, atol=1e-12)


def test_coverage_counts_ties_and_impossible_outcomes():
    c = FiniteClass.from_probs([0.5, 0.25, 0.25], [[0.125, 0.875, 0.0]])
    np.testing.assert_allclose(c.coverage([2, 4, 4.0001, np.inf]), [[0.75, 0.75, 0.25, 0.25]])
    assert c.kl[0] == np.inf


def test_columns_are_lumped_only_when_proportional():
    c = FiniteClass.from_probs([0.1, 0.2, 0.3, 0.4], [[0.1, 0.2, 0.3, 0.4], [0.2, 0.4, 0.1, 0.3]])
    mass, columns = c.likelihood_columns()
    assert columns.shape == (2, 3)
    np.testing.assert_allclose(np.sort(mass), [0.3, 0.3, 0.4])


def test_tail_is_the_law_of_the_worst_choice():
    c = FiniteClass.from_probs([0.5, 0.5], [[0.5, 0.5], [0.9, 0.1], [0.1, 0.9]])
    t, tail = c.tail(1, c.coverage(2))
    assert (t.tolist(), tail.tolist()) == ([0.5], [1.0])
    t, tail = c.tail(2, [0.0, 1.0, np.inf])
    np.testing.assert_allclose(tail, [0.5, 0.25])
    assert t.tolist() == [1.0, np.inf]


def test_types_have_multinomial_weights():
    p = np.array([0.5, 0.3, 0.2, 0.0])
    counts, log_w = multinomial_types(p, 4)
    assert len(counts) == math.comb(7, 3) == len(np.unique(counts, axis=0))
    by_count = {}
    for z, weight in listed(p, 4):
        key = tuple(np.bincount(z, minlength=4))
        by_count[key] = by_count.get(key, 0) + weight
    np.testing.assert_allclose(np.exp(log_w), [by_count[tuple(c)] for c in counts], atol=1e-14)


@pytest.mark.parametrize(
    ("n", "N", "beta"), [(1, np.inf, 0.0), (4, np.inf, 0.0), (5, 2.0, 0.0), (5, 1.5, 1.0), (4, 3.0, 0.25)])
def test_coverage_law_equals_all_data_sets(n, N, beta):
    p = np.array([0.45, 0.3, 0.125, 0.125])
    law = {}
    for z, weight in listed(p, n):
        guess = (np.bincount(z, minlength=4) + beta) / (n + beta * 4)
        value = round(sum(p[y] for y in range(4) if guess[y] * min(N, 1e300) <= p[y] * (1 + 1e-12)), 12)
        law[value] = law.get(value, 0) + weight
    values, probs = coverage_law(p, n, N, beta)
    np.testing.assert_allclose(values, sorted(law), atol=1e-11)
    np.testing.assert_allclose(probs, [law[v] for v in sorted(law)], atol=1e-12)
    assert values @ probs == pytest.approx(float(expected_coverage(p, n, N, beta)), abs=1e-12)


def test_missing_mass_of_uniform_symbols_follows_the_occupancy_numbers():
    V, n = 12, 9
    values, probs = coverage_law(np.full(V, 1 / V), n)
    stirling = np.zeros((n + 1, n + 1))
    stirling[0, 0] = 1
    for i in range(1, n + 1):
        for k in range(1, i + 1):
            stirling[i, k] = k * stirling[i - 1, k] + stirling[i - 1, k - 1]
    for value, prob in zip(values, probs, strict=True):
        seen = round(V * (1 - value))
        assert prob == pytest.approx(stirling[n, seen] * math.perm(V, seen) / V**n, rel=1e-9)


def test_good_turing_mean_equals_enumeration():
    p = np.array([0.6, 0.3, 0.1])
    mean = sum(w * good_turing(np.bincount(z, minlength=3)) for z, w in listed(p, 5))
    assert mean == pytest.approx(expected_good_turing(p, 5), abs=1e-13)


def test_mixture_is_bayes_rule():
    lp = np.log([[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]])
    prior, z = np.array([0.2, 0.5, 0.3]), all_sequences(2, 4)
    weights = mixture_weights(lp, z, prior)
    for row, w in zip(z, weights, strict=True):
        for t in range(4):
            posterior = prior * np.exp(lp[:, row[:t]].sum(axis=1))
            np.testing.assert_allclose(w[t], posterior / posterior.sum(), rtol=1e-12)
    predict = sequential_mixture(lp, z, prior)
    joint = np.take_along_axis(predict, z[:, :, None], axis=2)[:, :, 0].prod(axis=1)
    marginal = (prior[:, None] * np.exp(lp[:, z].sum(axis=2))).sum(axis=0)
    np.testing.assert_allclose(joint, marginal, rtol=1e-12)  # chain rule: the product of predictions is the mixture
    p = np.array([0.2, 0.8])
    regret = log_loss_regret(predict, p, z)
    assert (regret <= -np.log(0.5) + 1e-12).all()
    np.testing.assert_allclose(time_average(predict).sum(axis=1), 1, atol=1e-12)


def test_mixture_handles_excluded_models():
    with np.errstate(divide="ignore"):
        lp = np.log([[1.0, 0.0], [0.5, 0.5]])
    assert mixture_weights(lp, [[1, 0]])[0, 1].tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="probability zero"):
        mixture_weights(lp[:1], [[1, 0]])


@pytest.mark.parametrize(("call", "message"), [
    (lambda: maximum_likelihood(np.zeros(3), [1]), "log_probs"),
    (lambda: maximum_likelihood([[0.5, -1.0]], [1, 1]), "log-probabilities"),
    (lambda: maximum_likelihood(np.log([[0.5, 0.5]]), [1, 1, 1]), "counts"),
    (lambda: maximum_likelihood(np.log([[0.5, 0.5]]), [-1, 1]), "counts"),
    (lambda: maximum_likelihood(np.log([[0.5, 0.5]]), [1, 1], prefer=[1, 2]), "prefer"),
    (lambda: maximum_likelihood([[0.0, -np.inf]], [1, 1]), "probability zero"),
    (lambda: multinomial_types([0.5, 0.6], 3), "mass"),
    (lambda: multinomial_types(np.full(40, 1 / 40), 40), "count vectors"),
    (lambda: FiniteClass([0.5, 0.5], np.log([[0.5, 0.4]])), "sum to one"),
    (lambda: FiniteClass([0.5, 0.5], np.log([[0.5, 0.25, 0.25]])), "to match p"),
    (lambda: FiniteClass.from_probs([0.5, 0.5], [[0.4, 0.6]]).truth, "not realizable"),
    (lambda: FiniteClass.from_probs([0.5, 0.5], [[1.0, 0.0]]).selection_law(3), "probability zero"),
    (lambda: FiniteClass.from_probs([0.5, 0.5], [[0.5, 0.5]]).coverage(0.5), "N"),
    (lambda: good_turing([1, -1]), "non-negative"),
    (lambda: good_turing([0, 0]), "no observation"),
    (lambda: coverage_law([0.5, 0.6], 3), "p:"),
    (lambda: expected_coverage([0.5, 0.5], 0, 2), "n:"),
    (lambda: expected_coverage([0.5, 0.5], 3, 0.9), "N"),
    (lambda: coverage_law(np.random.default_rng(0).dirichlet(np.ones(24)), 40), "different masses"),
    (lambda: all_sequences(10, 10), "enumeration"),
    (lambda: mixture_weights(np.log([[0.5, 0.5]]), [[0, 2]]), "outcomes"),
    (lambda: mixture_weights(np.log([[0.5, 0.5]]), [[0, 1]], prior=[0.5, 0.5]), "prior"),
    (lambda: mixture_weights(np.log([[0.5, 0.5]]), [[0.5]]), "whole numbers"),
    (lambda: log_loss_regret([[[0.5, 0.5]]], [0.5, 0.5], [[0, 1]]), "sequences"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

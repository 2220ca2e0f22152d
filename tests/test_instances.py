"""Instances are what their names promise."""

import numpy as np
import pytest

from covtheory.instances.best_of_n import level_set_instances, sufficient_extremal
from covtheory.instances.divergences import prop_3_2, weak_converse_pair
from covtheory.instances.pair import Pair
from covtheory.instances.profile import reference_tokens, same_kl_pair, two_point_pair
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.instances.token_trees import random_token_trees


def kl(p, q):
    return float((p * np.log(p / q)).sum())


def cov(p, q, N):
    return float(p[np.log(p / q) >= np.log(N) - 1e-12].sum())


@pytest.mark.parametrize("arguments", [(0.05, 0.45, 1000.0), (0.02, 0.6, 1e6), (0.1, 0.5, 50.0)])
def test_same_kl_opposite_coverage(arguments):
    found = same_kl_pair(*arguments)
    p, heavy, broad, lower, low_N, high_N = found
    assert kl(p, heavy) == pytest.approx(kl(p, broad), abs=1e-14)
    assert cov(p, heavy, low_N) == pytest.approx(arguments[0])
    assert cov(p, broad, low_N) == pytest.approx(arguments[1])
    assert cov(p, broad, high_N) == 0 < cov(p, heavy, high_N)
    assert kl(p, lower) < kl(p, broad) - 1e-3
    assert cov(p, lower, high_N) == pytest.approx(arguments[0])


def test_random_pairs_reach_their_corners_and_repeat():
    for kind in KINDS:
        pair = random_pairs(np.random.default_rng(1), 200, 4, kind)
        again = random_pairs(np.random.default_rng(1), 200, 4, kind)
        np.testing.assert_array_equal(pair.pi, again.pi)
        l = pair.log_ratio
        if kind == "model_zeros":
            assert np.isposinf(l).any(axis=1).all()
            assert (pair.pi_D > 0).all()
        if kind == "data_zeros":
            assert np.isneginf(l).any(axis=1).all()
        if kind == "near":
            assert np.abs(l).max() < 0.01
        if kind == "heavy":
            assert np.isfinite(l).all()
            assert l.max() > 5


def test_level_set_instances_have_ties_and_zeros():
    pair = level_set_instances(np.random.default_rng(2), 200, 5)
    l = pair.log_ratio
    assert np.isposinf(l).any()
    assert sum(len(np.unique(row.round(12))) < 5 for row in l) > 100


def test_rare_prompt_matches_enumeration():
    instance = prop_3_2(n=3, H=6, theta_star=0.7, theta=-0.4, variant="best")
    signs = np.array(np.meshgrid(*[[-1, 1]] * 6)).reshape(6, -1).sum(axis=0)
    log_p = 0.7 * signs - 6 * np.log(2 * np.cosh(0.7))
    log_q = -0.4 * signs - 6 * np.log(2 * np.cosh(0.4))
    p, l = np.exp(log_p), log_p - log_q
    assert instance.kl == pytest.approx(instance.mu * (p * l).sum(), rel=1e-12)
    N = np.append(np.exp(np.unique(l[l > 0].round(13))), [1.0, 2.0, 1e9])
    expected = [instance.mu * p[l >= np.log(v) - 1e-12].sum() + (1 - instance.mu) * (v == 1) for v in N]
    np.testing.assert_allclose(instance.coverage(N), expected, atol=1e-13)


def test_rare_prompt_coverage_is_free_of_length():
    for H in (1, 10, 1000):
        instance = prop_3_2(n=20, H=H)
        assert instance.mu == 1 / 40
        assert (instance.coverage([1.001, 10, 1e30]) <= instance.mu + 1e-15).all()
    assert prop_3_2(n=20, H=1000).coverage(1e30) > 0.99 * instance.mu


def test_token_trees_path_sums_match_direct_enumeration():
    trees = random_token_trees(np.random.default_rng(3), 20, 3, 3)
    pair = Pair(*(_leaf_probs(levels) for levels in (trees.data, trees.model)))
    np.testing.assert_allclose(np.exp(trees.log_probs), pair.pi_D, atol=1e-14)
    np.testing.assert_allclose(trees.log_ratio, pair.log_ratio, atol=1e-9)
    # chain rules: the mean of the stepwise KL is the sequence KL, and the affinity martingale has mean one
    finite = ~np.isposinf(pair.log_ratio).any(axis=1)
    assert finite.any()
    assert (~finite).any()
    p, l = pair.pi_D[finite], pair.log_ratio[finite]
    np.testing.assert_allclose((p * trees.stepwise_kl[finite]).sum(1), (p * l).sum(1), rtol=1e-10)
    np.testing.assert_allclose((p * np.exp(-l / 2 + trees.stepwise_neg_log_affinity[finite])).sum(1), 1.0, rtol=1e-10)
    assert (trees.stepwise_hellinger >= 0).all()


def _leaf_probs(levels):
    total = np.ones((len(levels[0]), 1))
    for level in levels:
        total = (total[..., None] * level).reshape(len(total), -1)
    return total


def test_weak_converse_pair_has_the_promised_supremum():
    pair = weak_converse_pair(0.5, 100.0, 50)
    l, p = pair.log_ratio[:-1], pair.pi_D[:-1]
    values = np.array([p[l >= v - 1e-12].sum() * v for v in l])
    np.testing.assert_allclose(values, 0.5, rtol=1e-9)


def test_named_pairs():
    p, q = reference_tokens()
    assert kl(p, q) == pytest.approx(0.241472, abs=5e-7)
    pair = two_point_pair(0.3, 5.0)
    assert cov(*pair, 5.0) == pytest.approx(0.3)
    problem = sufficient_extremal(0.25, 4.0)
    assert (problem.pi_T[1, 0] / problem.pi_hat[1, 0]) < 4.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: two_point_pair(1.5, 2), "a"),
        (lambda: two_point_pair(0.5, 0.5), "N"),
        (lambda: same_kl_pair(0.5, 0.4), "tail"),
        (lambda: same_kl_pair(0.4, 0.5, 1.0), "ratio"),
        (lambda: random_pairs(np.random.default_rng(0), 1, 3, "other"), "kind"),
        (lambda: random_pairs(np.random.default_rng(0), 0, 3), "number"),
        (lambda: prop_3_2(10, 5, theta=1.5), "theta"),
        (lambda: weak_converse_pair(3.0, 10.0), "C"),
        (lambda: Pair([0.5, 0.5], [1.0]), "shapes"),
    ],
)
def test_bad_inputs_name_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()

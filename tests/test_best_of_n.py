"""Exact Best-of-N against brute force over all draws and all reward sets; pass@k against its binomial expectation."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import binom

from covtheory.instances.best_of_n import level_set_instances
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.samplers.best_of_n import best_of_n_law, best_of_n_value, pass_at_k, regret, worst_case_regret


def test_value_and_law_match_all_draws():
    rng = np.random.default_rng(5)
    for R, N in ((3, 4), (4, 3), (5, 2), (2, 6)):
        pi = rng.dirichlet(np.full(R, 0.7))
        pi[0] = 0.0
        pi /= pi.sum()
        reward = rng.integers(-1, 3, R) / 2.0
        value, law = 0.0, np.zeros(R)
        for draws in product(range(R), repeat=N):
            mass = np.prod(pi[list(draws)])
            best = max(draws, key=lambda y: reward[y])  # the earliest maximiser
            value += mass * reward[best]
            law[best] += mass
        assert best_of_n_value(pi, reward, N) == pytest.approx(value, abs=1e-14)
        np.testing.assert_allclose(best_of_n_law(pi, reward, N), law, atol=1e-14)


def test_law_and_value_agree_and_regret_averages_prompts():
    rng = np.random.default_rng(6)
    pi, target = rng.dirichlet(np.ones(6), 3), rng.dirichlet(np.ones(6), 3)
    reward, mu, N = rng.integers(0, 3, (3, 6)) / 2.0, np.array([0.2, 0.5, 0.3]), np.array([1, 7, 50])
    law = best_of_n_law(pi, reward, N)
    assert law.shape == (3, 3, 6)
    np.testing.assert_allclose(law.sum(axis=-1), 1.0, atol=1e-13)
    np.testing.assert_allclose(((law * reward).sum(-1) @ mu), best_of_n_value(pi, reward, N, mu), atol=1e-13)
    expected = (target * reward).sum(-1) @ mu - best_of_n_value(pi, reward, N, mu)
    np.testing.assert_allclose(regret(target, pi, reward, N, mu), expected, atol=1e-14)


def brute_force(p, q, N):
    sets = np.array(list(product([0, 1], repeat=len(p))), dtype=float)
    return (sets @ p - 1 + np.clip(1 - sets @ q, 0, 1) ** N).max()


@pytest.mark.parametrize("kind", [*KINDS, "ties"])
def test_worst_case_matches_every_reward_set(kind):
    rng = np.random.default_rng(7)
    pair = level_set_instances(rng, 60, 7) if kind == "ties" else random_pairs(rng, 60, 7, kind)
    N = np.array([1, 2, 5, 40])
    values, mask = worst_case_regret(pair.pi_D, pair.pi, N)
    assert mask.shape == (4, 60, 7)
    assert values.shape == (4,)
    for x, (p, q) in enumerate(zip(*pair, strict=True)):
        single, _ = worst_case_regret(p, q, N)
        for i, n in enumerate(N):
            assert single[i] == pytest.approx(brute_force(p, q, n), abs=1e-12)
            assert regret(p, q, mask[i, x].astype(float), n) == pytest.approx(single[i], abs=1e-12)


def test_real_valued_rewards_never_beat_the_worst_binary_one():
    rng = np.random.default_rng(8)
    pair = random_pairs(rng, 50, 6, "heavy")
    worst = worst_case_regret(pair.pi_D, pair.pi, 5)[0]
    for _ in range(200):
        assert regret(pair.pi_D, pair.pi, rng.random((50, 6)), 5) <= worst + 1e-12


def test_likelihood_level_sets_are_needed():
    """Ordering by pi_T alone instead of the ratio must miss the maximum."""
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.4 - 1e-9, 1e-9])
    top_by_mass = max(p[:k].sum() - 1 + max(1 - q[:k].sum(), 0.0) ** 3 for k in range(4))
    assert worst_case_regret(p, q, 3)[0] > top_by_mass + 0.1


def test_no_regret_when_laws_agree():
    value, mask = worst_case_regret([0.5, 0.5], [0.5, 0.5], [1, 4])
    np.testing.assert_allclose(value, 0.0, atol=1e-15)
    assert mask.shape == (2, 2)


def test_pass_at_k_matches_rational_binomials():
    for n, k in ((1, 1), (5, 3), (9, 9), (20, 7)):
        for c in range(n + 1):
            exact = 1 - Fraction(comb(n - c, k), comb(n, k))
            assert pass_at_k(n, c, k) == pytest.approx(float(exact), rel=1e-13, abs=0)


def test_pass_at_k_is_unbiased_and_the_plug_in_is_not():
    n = 30
    c = np.arange(n + 1)
    for p in (0.01, 0.3, 0.9):
        weights = binom.pmf(c, n, p)
        for k in (1, 4, 30):
            assert weights @ pass_at_k(n, c, k) == pytest.approx(1 - (1 - p) ** k, rel=1e-11)
        assert abs(weights @ (1 - (1 - c / n) ** 4) - (1 - (1 - p) ** 4)) > 1e-4, "sabotaged twin: plug-in estimate"


def test_pass_at_k_is_stable_for_a_million_draws():
    n = 10**6
    assert pass_at_k(n, 1, 1) == pytest.approx(1e-6, rel=1e-14)
    assert pass_at_k(n, 1, 1000) == pytest.approx(1e-3, rel=1e-13)
    exact = 1 - Fraction(comb(n - 3, 1000), comb(n, 1000))
    np.testing.assert_allclose(pass_at_k([n, n], [3, 1000], [1000, 3]), float(exact), rtol=1e-12)
    assert pass_at_k(n, n // 2, n // 2) == 1.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: best_of_n_value([0.5, 0.6], [0, 1], 2), "pi"),
        (lambda: best_of_n_value([0.5, 0.5], [0, 1, 2], 2), "reward"),
        (lambda: best_of_n_value([0.5, 0.5], [0, np.nan], 2), "reward"),
        (lambda: best_of_n_value([0.5, 0.5], [0, 1], 0), "N"),
        (lambda: worst_case_regret([0.5, 0.5], [1.0], 2), "shapes"),
        (lambda: worst_case_regret([[0.5, 0.5]], [[0.5, 0.5]], 2, [0.5, 0.5]), "prompt_probs"),
        (lambda: pass_at_k(5, 6, 1), "c"),
        (lambda: pass_at_k(5, 2, 6), "k"),
        (lambda: pass_at_k(5, 2.5, 1), "c"),
    ],
)
def test_bad_inputs_name_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()

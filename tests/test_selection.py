"""Bounds and instances of notebook 11 by second routes."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from covtheory.bounds import selection as bounds
from covtheory.coverage import coverage_profile
from covtheory.instances.selection import CheckpointPath, SharpTournament, random_class
from covtheory.learners.maximum_likelihood import maximum_likelihood
from covtheory.learners.pairwise_wins import beaten
from covtheory.learners.tournament import tournament_on_counts
from covtheory.policies import Tabular


@pytest.mark.parametrize("c", [1.05, 1.5, 2.0, 6.0])
def test_slopes_solve_their_equations_away_from_zero(c):
    a, b = bounds.chernoff_slope(c), bounds.chernoff_slope_below(c)
    assert a > 1e-3
    assert 0 < b < 1
    assert math.expm1(a) == pytest.approx(c * a, rel=1e-12)
    assert -math.expm1(-c * b) == pytest.approx(b, rel=1e-12)


@pytest.mark.parametrize(("n", "p"), [(10, 0.05), (200, 0.1), (1000, 0.4)])
def test_lemma_2_on_binomials(n, p):
    k = np.arange(n + 1)
    for c in (1.3, 2.0):
        a, b = bounds.chernoff_slope(c), bounds.chernoff_slope_below(c)
        assert (binom.sf(k - 1, n, p) <= np.exp(-a * np.maximum(k - c * n * p, 0)) * (1 + 1e-9)).all()
        assert (binom.cdf(k, n, p) <= np.exp(-b * np.maximum(n * p - c * k, 0)) * (1 + 1e-9)).all()


def test_three_forms_are_ordered():
    rest = 0.01, 64, 2, 500, 30, 0.05
    free, bernstein, paper = (f(*rest) for f in (bounds.tournament, bounds.tournament_bernstein,
                                                 bounds.tournament_relative))
    assert free < bernstein < paper
    assert bounds.tournament(0.01, 64, 2, 1e12, 30, 0.05, c=1.0001) == pytest.approx(
        bounds.tournament_population(0.01, 64, 2), rel=1e-3)


def test_chance_inverts_every_bound():
    for delta in (0.01, 0.3):
        value = bounds.offset_general(0.01, 0.02, 700, 9, delta)
        assert bounds.chance(value, 0.07 + 0.014, 14 / 3, 700, 9) == pytest.approx(delta)
        value = bounds.tournament_relative(0.01, 64, 2, 7000, 9, delta)
        assert bounds.chance(value, 0.05 + 4 / 32, 32, 7000, 9, 4) == pytest.approx(delta)
    assert bounds.chance(0.1, 0.2, 1, 10, 2) == np.inf


def test_offset_constants_follow_from_the_proof():
    u, lam = 0.9, bounds.chernoff_slope(2)
    g = 1 - math.exp(-u) - u / 4
    assert u / 4 <= 2 * (1 - math.exp(-u))  # concavity
    needed = 2 + 2 * u / g, math.expm1(u / 4) / g, (1 + u / lam) / g
    assert all(0.97 < x / stated <= 1 for x, stated in zip(needed, bounds.OFFSET_CONSTANTS, strict=True))


@pytest.mark.parametrize("case", [SharpTournament(64, 4, 0.02), SharpTournament(8, 2), SharpTournament(1e4, 10, 0.3)])
def test_sharp_class(case):
    assert np.allclose(np.exp(case.log_probs).sum(axis=1), 1, atol=1e-12)
    reach = case.N * case.N_prime
    for k, lp in enumerate(case.log_probs):
        profile = coverage_profile(Tabular(case.p), Tabular(np.exp(lp)))
        assert profile(reach) == pytest.approx(case.uncovered(reach)[k], abs=1e-12)
    loss = case.uncovered(reach)
    best = case.uncovered(case.N_prime).min()
    assert best == pytest.approx(case.miss)
    chosen = loss[tournament_on_counts(case.log_probs, case.p, case.N, prefer=loss).choice]
    assert chosen == pytest.approx(bounds.tournament_population(best, case.N, case.N_prime), rel=1e-6)


def test_choice_probability_by_all_sequences():
    case, n = SharpTournament(8, 2, b=0.3), 6
    total = 0.0
    for z in itertools.product(range(1, 4), repeat=n):
        counts = np.bincount(z, minlength=4)
        choice = tournament_on_counts(case.log_probs, counts, 8, prefer=[0, 2, 1]).choice
        total += case.p[list(z)].prod() * (choice == 1)
    assert case.choice_probability(n) == pytest.approx(total, abs=1e-9)


def test_path_by_all_sequences():
    path, n, N = CheckpointPath(p=0.3, steps=5), 5, 16
    counts, weights = path.count_law(n)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    table, loss = path.log_probs.reshape(-1, 4), path.coverage(N)
    by_law = weights @ (loss[maximum_likelihood(table, counts.reshape(-1, 4))] > 0)
    total = 0.0
    for z in itertools.product(range(4), repeat=n):
        best = np.argmax(table[:, list(z)].sum(axis=1))
        total += path.p_outcomes.ravel()[list(z)].prod() * (loss[best] > 0)
    assert by_law == pytest.approx(total, abs=1e-10)


def test_path_profile_and_divergence_by_the_library():
    path = CheckpointPath()
    for t in (0, 3, 14):
        model = Tabular.from_log_probs(path.log_probs[t])
        profile = coverage_profile(Tabular(np.full((2, 2), 0.5)), model, [1 - path.p, path.p])
        assert profile.kl == pytest.approx(path.kl[t], rel=1e-10)
        for N in (2, 16, 1e5):
            assert profile(N) == pytest.approx(path.coverage(N)[t], abs=1e-12)
    assert (np.diff(path.kl) < 0).all()


def test_random_class_keeps_its_promise():
    p, lp = random_class(np.random.default_rng(1), 5, 4, gamma=1.5, P=3)
    assert p.sum() == pytest.approx(1)
    assert np.allclose(np.exp(lp).sum(axis=-1), 1)
    ratio = p / p.sum(axis=1, keepdims=True) / np.exp(lp[0])
    assert ratio.max() <= 1.5
    assert ratio.min() >= 1 / 1.5
    assert np.isneginf(lp).any()
    assert beaten(lp, 8.0).shape == (5, 5, 3, 4)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: SharpTournament(4, 8), "N: got 4"),
    (lambda: SharpTournament(3, 2), "no mass left"),
    (lambda: SharpTournament(64, 2, 0.1).choice_probability(5), "the closed form is for miss = 0"),
    (lambda: CheckpointPath(alpha_end=2.0), "alpha: got 1"),
    (lambda: bounds.chernoff_slope(1.0), "c: got 1"),
    (lambda: bounds.tournament(0.0, 1.0, 1, 10, 2, 0.1), "N: got 1, expected N > 1"),
    (lambda: bounds.offset(10, 0, 0.1), "K: got 0"),
    (lambda: bounds.offset(10, 2, 1.0), "delta: got 1"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""Notebook 04's bounds and instances: optimisers found again numerically, closed forms against enumeration."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from covtheory.bounds import classical as bound
from covtheory.bounds import estimators
from covtheory.bounds.divergences import hellinger_to_coverage, phi_s
from covtheory.instances.classical import IndependentEvents, RareContexts, TiedHypotheses
from covtheory.instances.finite_classes import (
    answered_by_truth,
    covered_on_support_only,
    mirrored_coins,
    random_finite_classes,
)
from covtheory.learners.bayes_mixture import all_sequences, sequential_mixture, time_average
from covtheory.learners.finite_class import FiniteClass

LEVELS = (1.0001, 1.05, 1.5, 2.0, 16.0, 1e3, 1e6, 1e12)


@pytest.mark.parametrize("N", LEVELS)
def test_phi_star_is_the_maximum_over_the_order(N):
    best = minimize_scalar(lambda s: -float(phi_s(s, N)), bounds=(1e-6, 1 - 1e-6), method="bounded",
                           options={"xatol": 1e-10})
    assert float(bound.phi_star(N)) == pytest.approx(-best.fun, rel=1e-8)
    assert float(bound.s_star(N)) == pytest.approx(best.x, abs=1e-4)
    assert float(phi_s(float(bound.s_star(N)), N)) == pytest.approx(float(bound.phi_star(N)), rel=1e-9)


def test_phi_star_has_no_cancellation_near_one_and_increases_to_one():
    N = 1 + np.array([1e-9, 1e-6, 1e-3])
    np.testing.assert_allclose(bound.phi_star(N), np.log(N) ** 2 / 8, rtol=2e-3)
    ladder = bound.phi_star(np.append(1 + np.geomspace(1e-6, 1e9, 200), np.inf))
    assert (np.diff(ladder) > 0).all()
    assert ladder[-1] == 1


def test_theorem_two_beats_the_hellinger_route_and_sharp_beats_simple():
    for N in LEVELS[1:]:
        assert bound.mle_coverage(50, 100, 0.1, N) <= hellinger_to_coverage(1, N) * bound.mle_hellinger(50, 100, 0.1)
    n = np.array([1, 10, 1000])
    assert (bound.mle_coverage_sharp(50, n, 0.1, 16) < bound.mle_coverage(50, n, 0.1, 16)).all()
    assert (bound.mle_hellinger_sharp(50, n, 0.1) < np.minimum(2, bound.mle_hellinger(50, n, 0.1))).all()


def test_mean_bounds_are_the_integrated_tails():
    v = np.linspace(0, 60, 600_001)
    tail = np.minimum(1, 20 * np.exp(-v))  # P[n loss / 2 > v] <= min(1, size e^-v)
    assert float(bound.mle_hellinger_mean(20, 7)) == pytest.approx(2 / 7 * np.trapezoid(tail, v), rel=1e-6)
    assert float(bound.mle_coverage_mean(20, 7, 16)) == pytest.approx(
        np.trapezoid(tail, v) / 7 / float(bound.phi_star(16)), rel=1e-6)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.floats(0.02, 0.98), st.floats(0.001, 0.97), st.integers(1, 40), st.floats(1.1, 50))
def test_two_candidates_never_break_theorem_two(a, share, n, N):
    b = a * share
    c = FiniteClass.from_probs([a, 1 - a], [[a, 1 - a], [b, 1 - b]])
    for t, delta in zip(*c.tail(n, c.coverage(N)), strict=True):
        assert t <= float(bound.mle_coverage_sharp(1, n, delta, N)) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("K", "eps", "B", "n"), [(1, 0.3, np.inf, 5), (3, 0.2, np.inf, 4), (3, 0.3, 10.0, 4), (2, 0.5, 4.0, 6)])
def test_independent_events_equal_their_enumeration(K, eps, B, n):
    rare = IndependentEvents(K, eps, B)
    c = rare.finite_class()
    law = c.selection_law(n, prefer=c.hellinger_sq)
    assert 1 - law[0] == pytest.approx(rare.mle_error(n), abs=1e-12)
    np.testing.assert_allclose(c.hellinger_sq[1:], rare.hellinger_sq, rtol=1e-10)
    np.testing.assert_allclose(c.kl[1:], rare.kl, rtol=1e-10)
    N = np.array([1.5, 3.9, 9.99, 11, np.inf])
    np.testing.assert_allclose(c.coverage(N)[1:], np.tile(rare.coverage(N), (K, 1)), atol=1e-12)


def test_independent_events_stay_exact_for_astronomic_K():
    rare = IndependentEvents(1e300, -math.expm1(-math.log(1e300) / 1e6))
    assert rare.mle_error(10**6) == pytest.approx(1 - 1 / math.e, rel=1e-6)


@pytest.mark.parametrize(("K", "n", "q"), [(2, 1, None), (3, 2, None), (4, 2, 0.6)])
def test_tied_hypotheses_have_the_stated_bayes_error(K, n, q):
    tied = TiedHypotheses(K, n, q)
    sets = np.array([[i >> j & 1 for j in range(K - 1)] for i in range(2 ** (K - 1))])
    rate = q or 1 / K
    weight = np.where(sets, rate, 1 - rate).prod(axis=1)
    assert tied.bayes_error == pytest.approx(1 - (weight / (1 + sets.sum(axis=1))).sum(), rel=1e-12)
    errors = [1 - tied.finite_class(i).selection_law(n)[i] for i in range(K)]
    assert np.mean(errors) == pytest.approx(tied.bayes_error, rel=1e-10)
    assert float(estimators.proper_lower(K, n, K * rate)) == pytest.approx(tied.bayes_error * tied.eps, rel=1e-12)
    np.testing.assert_allclose(tied.finite_class(0).coverage([1.5, np.inf])[1:], tied.eps, rtol=1e-12)


def test_proper_lower_bound_at_one_over_K():
    K = np.array([2.0, 5, 100, 1e6])
    np.testing.assert_allclose(estimators.proper_lower(K, 7), (1 - 1 / K) ** K * (1 - K ** (-1 / 7)), rtol=1e-9)
    assert (estimators.proper_lower(K, 7) >= (1 - K ** (-1 / 7)) / 4 * (1 - 1e-12)).all()
    assert (estimators.proper_lower(K, 7) <= bound.mle_coverage_mean(K, 7, np.inf)).all()


def brute_contexts(m, B, mu, n):
    """All labellings of m contexts as a finite class over outcomes (context, label); the truth labels 0."""
    labels = np.indices((B,) * m).reshape(m, -1).T
    models = np.zeros((len(labels), m * B + 1))
    for j in range(m):
        models[np.arange(len(labels)), j * B + labels[:, j]] = mu
    models[:, -1] = 1 - m * mu
    return FiniteClass.from_probs(models[0], models)


@pytest.mark.parametrize(("m", "B", "mu", "n"), [(1, 3, 0.3, 5), (2, 3, 0.25, 4), (2, 2, 0.5, 5)])
def test_rare_contexts_equal_their_enumeration(m, B, mu, n):
    rare, c = RareContexts(m, B, mu), brute_contexts(m, B, mu, n)
    N = np.array([1.2, 1.5, 2.0, 2.5, 40.0])
    law = c.selection_law(n, prefer=c.coverage(3.0))
    assert law @ c.coverage(3.0) == pytest.approx(rare.mle_coverage(n), rel=1e-10)
    z = all_sequences(len(c.p), n)
    weight = c.p[z].prod(axis=1)
    z, weight = z[weight > 0], weight[weight > 0]
    predict = sequential_mixture(c.log_probs, z)
    mean = weight @ FiniteClass.from_probs(c.p, time_average(predict)).coverage(N)
    np.testing.assert_allclose(mean, rare.mixture_coverage(n, N), atol=1e-10)
    steps = sum(weight @ FiniteClass.from_probs(c.p, predict[:, t]).kl for t in range(n))
    assert steps == pytest.approx(rare.mixture_kl(n), rel=1e-10)
    assert (rare.mixture_coverage(n, N) <= bound.mixture_coverage(np.exp(rare.log_size), n, N)).all()
    assert (rare.mixture_coverage(n, N) >= estimators.any_lower(m, n, N, B, mu) - 1e-15).all()


def test_extremal_pairs():
    np.testing.assert_allclose(answered_by_truth(0.2).selection_law(3)[1], 0.8**3, rtol=1e-12)
    c = mirrored_coins(0.1)
    assert c.hellinger_sq[1] == pytest.approx(2 * (1 - 2 * math.sqrt(0.6 * 0.4)), rel=1e-12)
    least, mean = covered_on_support_only(4, 2)
    assert least == pytest.approx(1.0)
    assert mean == pytest.approx(2 * (1 - (1 * 4 / 16 + 2 * 12 / 16) / 4))  # 1 symbol seen w.p. 4/16, else 2


def test_change_of_measure_constants():
    rng = np.random.default_rng(0)
    P, Q = rng.dirichlet(np.full(3, 0.3), (2, 4000))
    h = (rng.random((4000, 3)) < 0.5) * 2.0
    D = ((np.sqrt(P) - np.sqrt(Q)) ** 2).sum(axis=1)
    left, right = (P * h).sum(axis=1), (Q * h).sum(axis=1)
    sharp = estimators.change_of_measure_sharp(right, D, 2.0)
    assert (left <= sharp + 1e-12).all()
    assert (sharp <= estimators.change_of_measure(right, D, 2.0)).all()
    q = 1e-6  # h = 1 on an outcome nine times as likely under P: equality in the limit
    apart = 4 * q + (np.sqrt(1 - 9 * q) - np.sqrt(1 - q)) ** 2
    assert 9 * q > 0.9999 * estimators.change_of_measure_sharp(q, apart) > 0.999 * 9 * q


def test_bernoulli_and_online_forms():
    N = np.array([1.0000001, 2.0, 1e9])
    x = 1 / N[1:]
    np.testing.assert_allclose(bound.bernoulli_coverage(10, 0.1, N)[1:],
                               math.log(20) / (10 * (1 - x + x * np.log(x))), rtol=1e-12)
    assert bound.bernoulli_coverage(10, 0.1, N)[0] == pytest.approx(math.log(20) / 10 * 2 * 1e14, rel=1e-5)
    assert float(estimators.online_hellinger(-1.0, 1.0)) == -1.0


def test_random_classes_contain_their_truth_and_all_kinds():
    classes = random_finite_classes(np.random.default_rng(3), 60)
    assert all(c.truth == 0 for c in classes)
    assert any(np.isinf(c.kl).any() for c in classes)
    assert any(np.isfinite(c.kl).all() and c.kl.max() < 1 for c in classes)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bound.phi_star(1.0), "N"),
    (lambda: bound.phi_star([2.0, np.nan]), "N"),
    (lambda: bound.mle_coverage(0.5, 10, 0.1, 2), "size"),
    (lambda: bound.mle_coverage(5, 0, 0.1, 2), "n"),
    (lambda: bound.mle_coverage(5, 10, 0.0, 2), "delta"),
    (lambda: bound.mle_coverage(5, 10, 1.1, 2), "delta"),
    (lambda: bound.mle_renyi(5, 10, 0.1, 1.0), "s"),
    (lambda: bound.mle_hellinger_brackets(5, 10, 0.1, -1.0), "eta"),
    (lambda: bound.mle_hellinger_cover(5, 10, 0.1, -1.0), "eps"),
    (lambda: bound.mixture_coverage(5, 10, 1.0), "N"),
    (lambda: estimators.proper_lower(2, 10, 3.0), "c/K"),
    (lambda: estimators.proper_lower(1, 10), "K"),
    (lambda: estimators.any_lower(20, 10, 2, 4), "m mu"),
    (lambda: estimators.change_of_measure(0.1, 2.5), "D_H2"),
    (lambda: estimators.change_of_measure_coverage(0.1, 3.0), "N"),
    (lambda: bound.missing_mass_mean(0, 3), "V"),
    (lambda: IndependentEvents(0, 0.1), "K"),
    (lambda: IndependentEvents(3, 1.0), "eps"),
    (lambda: IndependentEvents(3, 0.5, 1.0), "B"),
    (lambda: IndependentEvents(30, 0.5).finite_class(), "at most 12"),
    (lambda: IndependentEvents(3, 0.5).coverage(1.0), "N"),
    (lambda: TiedHypotheses(1, 3), "K"),
    (lambda: TiedHypotheses(3, 3, 1.0), "q"),
    (lambda: TiedHypotheses(30, 3).finite_class(), "at most 12"),
    (lambda: RareContexts(3, 1, 0.1), "B"),
    (lambda: RareContexts(11, 2, 0.1), "m mu"),
    (lambda: answered_by_truth(0.0), "a"),
    (lambda: mirrored_coins(0.5), "gap"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

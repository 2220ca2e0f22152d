"""Notebook 07's instance and bounds: exact laws by second routes, bounds against enumeration, bad input."""

import math
from itertools import product

import numpy as np
import pytest

from covtheory.bounds import misspecification as bounds
from covtheory.bounds.two_scale_variants import convex_class
from covtheory.coverage import coverage_profile
from covtheory.instances.misspecified import MisspecifiedPair, score_probability
from covtheory.learners.finite_class import FiniteClass, multinomial_types
from covtheory.learners.mixture import mixture_mle
from covtheory.randomness import generator

PAIRS = [MisspecifiedPair(1.0, 3.0, 0.08), MisspecifiedPair(0.3, 0.4, 0.2), MisspecifiedPair(0.7, 12.0, 0.02)]


def joint(pair, policy):
    return (pair.prompt_probs[:, None] * policy.probs).ravel()


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_selection_probability_equals_enumeration_of_all_counts(pair, n):
    finite = FiniteClass.from_probs(joint(pair, pair.pi_D), [joint(pair, pair.pi_1), joint(pair, pair.pi_2)])
    assert pair.selection_probability(n) == pytest.approx(finite.selection_law(n, prefer=[1, 0])[1], rel=1e-11)
    assert finite.kl == pytest.approx(pair.kl, rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("n", [3, 12])
def test_hull_miss_probability_equals_fitting_every_data_set(pair, n):
    rows = np.stack([joint(pair, pair.pi_1), joint(pair, pair.pi_2)])
    counts, log_weights = multinomial_types(joint(pair, pair.pi_D), n)
    weight = mixture_mle(rows, counts, tol=1e-12).weights[:, 1]
    for log_N in (pair.alpha + 0.02, (pair.alpha + pair.log_M) / 2, pair.log_M):
        missed = weight >= pair.hull_weight(log_N) - 1e-7
        assert pair.hull_miss_probability(n, log_N) == pytest.approx(np.exp(log_weights[missed]).sum(), rel=1e-6)


def test_score_probability_by_listing_sequences():
    weights, p = np.array([0.4, -0.3, 0.2, -1.1]), 0.3
    mass = np.array([0.7, 0.7, 0.3, 0.3]) / 2
    total = sum(mass[list(z)].prod() for z in product(range(4), repeat=5) if weights[list(z)].sum() > 1e-12)
    assert score_probability(5, p, weights) == pytest.approx(total, rel=1e-12)


def test_ties_are_counted_only_when_asked():
    assert score_probability(2, 0.5, [1, -1, 1, -1], ties=True) - score_probability(2, 0.5, [1, -1, 1, -1]) \
        == pytest.approx(0.5)


def test_total_probability_of_large_samples_is_one():
    above = score_probability(50_000, 0.02, [0.9, -0.31, 0.2, -4.0])
    below = score_probability(50_000, 0.02, [0.31, -0.9, -0.2, 4.0])  # all signs turned, responses exchanged
    assert above + below == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("pair", PAIRS)
def test_coverage_closed_form_equals_the_profile(pair):
    profile = coverage_profile(pair.pi_D, pair.pi_2, pair.prompt_probs)
    for log_N in (0.0, 1e-3, pair.log_M / 2, pair.log_M, pair.log_M + 1e-6):
        assert float(pair.coverage_2(log_N)) == pytest.approx(math.exp(profile.log_tail(log_N)), abs=1e-12)


@pytest.mark.parametrize("pair", PAIRS)
def test_score_is_the_derivative_and_the_projection_minimises_kl(pair):
    w, h = 0.37, 1e-6
    numeric = (pair.hull(w + h).log_probs - pair.hull(w - h).log_probs) / (2 * h)
    assert pair.score(w) == pytest.approx([numeric[0, 1], numeric[0, 0], numeric[1, 0], numeric[1, 1]], rel=1e-6)
    best = pair.hull_projection()
    p = joint(pair, pair.pi_D)
    kl = [(p * np.log(p / joint(pair, pair.hull(v)))).sum() for v in (best - 1e-3, best, best + 1e-3)]
    assert kl[1] < min(kl[0], kl[2])


def test_huge_ratios_stay_in_log_space():
    pair = MisspecifiedPair(0.5, 1e7, float(bounds.largest_mass(0.5, 1e7)))
    assert np.isfinite(pair.kl).all()
    assert pair.kl[1] < pair.kl[0]
    assert pair.pi_2.log_probs[1, 1] == pytest.approx(-1e7 - math.log(2))


def test_constants_of_the_divergence_of_a_shrunk_coin():
    a = np.linspace(1e-3, 1, 400)
    kappa = bounds.coin_divergence(a)
    assert (np.diff(kappa / a**2) < 0).all()
    assert (np.diff(kappa / a) > 0).all()
    assert (kappa < (1 - np.exp(-a)) ** 2).all()
    assert (kappa >= (1 - np.exp(-a)) ** 2 / 2).all()


def test_floor_of_the_papers_mass_and_the_factor_over_it():
    a = np.linspace(1e-3, 1, 200)[:, None]
    log_M = a * np.geomspace(1.0001, 1e4, 200)
    assert bounds.selection_floor(a, log_M, bounds.printed_mass(a, log_M)).min() > 0.461
    assert (bounds.largest_mass(a, log_M) / bounds.printed_mass(a, log_M)).min() > 6.49


def test_finite_bound_tends_to_kappa_over_log_N():
    value = bounds.finite_misspecified(1e6, 1e14, 0.05, 10, 0.3, s=1e-5)
    assert value == pytest.approx(0.3 / (np.log(1e6) - 1 + 1e-6), rel=1e-3)


def test_convex_bound_contains_the_realizable_one_and_its_simple_form():
    log_N, n, delta, c = np.log(1e6), 500, 0.05, 0.25
    theta = np.geomspace(0.01, 30, 4000)
    terms = bounds.convex_misspecified(1e6, n, delta, 4.0, 2.0, scale=c * log_N, theta=theta)
    assert terms.total.min() == pytest.approx(convex_class(1e6, n, delta, 4.0, 2.0, rho=c * log_N), rel=1e-5)
    for ratio in (2.0, 3.0, 100.0):
        N = ratio * np.exp(2.0) * 5.0
        F = (4.0 + math.log(2 / delta)) / n
        exact = bounds.convex_misspecified(N, n, delta, 4.0, 2.0, scale=1.0, N_prime=5.0, comparator=0.1)
        assert exact.total <= 0.1 + 10.4 * F / ratio + 1.59 * (2.0 + math.log(2 / delta)) / n


def test_gap_only_raises_the_bound():
    gaps = bounds.convex_misspecified(1e4, 100, 0.05, 1.0, 1.0, scale=0.5, gap=[0.0, 0.01, 0.1]).total
    assert (np.diff(gaps) > 0).all()


@pytest.mark.parametrize(("k", "grid"), [(2, 5), (3, 4), (4, 3)])
def test_mixture_cover_dominates_every_weight_vector_with_few_members(k, grid):
    eps, log_K = bounds.mixture_cover(k, grid)
    members = np.array([m for m in product(range(grid + k), repeat=k) if sum(m) == grid + k - 1]) / (grid + k - 1)
    assert len(members) == round(np.exp(log_K))
    w = generator(7, 90).dirichlet(np.full(k, 0.5), 400)
    assert ((w[:, None] <= np.exp(eps) * members + 1e-12).all(axis=2)).any(axis=1).all()


@pytest.mark.parametrize(("arguments", "name"), [
    ((0.0, 1.0, 0.1), "alpha"), ((1.5, 3.0, 0.1), "alpha"), ((0.5, 0.5, 0.1), "log_M"), ((0.5, 1.0, 0.0), "p"),
    ((0.5, 1.0, 1.0), "p"), ((0.5, float("nan"), 0.1), "log_M"),
])
def test_pair_rejects_bad_parameters(arguments, name):
    with pytest.raises(ValueError, match=name):
        MisspecifiedPair(*arguments)


def test_bad_input_names_the_argument():
    pair = PAIRS[0]
    for call, name in [
        (lambda: pair.selection_probability(0), "n"), (lambda: pair.selection_probability(2.5), "n"),
        (lambda: pair.hull_weight(pair.alpha), "log_N"), (lambda: pair.hull_miss_probability(5, 4.0), "log_N"),
        (lambda: pair.hull(1.2), "weight"), (lambda: score_probability(3, 0.5, [0, 1, 0, 0]), "weights"),
        (lambda: score_probability(3, 0.5, [1, 0, np.nan, 0]), "weights"),
        (lambda: bounds.largest_mass(1.1, 2.0), "alpha"), (lambda: bounds.finite_misspecified(1.0, 9, 0.1, 2, 0), "N"),
        (lambda: bounds.finite_misspecified(2.0, 9, 0.1, 2, 0, s=1.0), "s"),
        (lambda: bounds.comparator_excess(0.1, 1.0, 9, 0.1), "order"),
        (lambda: bounds.convex_misspecified(10.0, 9, 0.1, 0, 0, scale=1.0, N_prime=2.0), "N"),
        (lambda: bounds.convex_misspecified(100.0, 9, 0.1, 0, 0, scale=1.0, gap=-1.0), "gap"),
        (lambda: bounds.mixture_cover(0, 3), "k"),
    ]:
        with pytest.raises(ValueError, match=f"^{name}: "):
            call()


def test_a_solver_that_may_not_finish_says_so_with_its_gap():
    with pytest.raises(ValueError, match="certified gap"):
        mixture_mle([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.2, 0.5, 0.3]], [7, 2, 4], tol=1e-13, rounds=1)


def test_a_finite_class_without_the_data_law_says_that_it_is_not_realizable():
    pair = PAIRS[0]
    finite = FiniteClass.from_probs(joint(pair, pair.pi_D), [joint(pair, pair.pi_1), joint(pair, pair.pi_2)])
    with pytest.raises(ValueError, match="not realizable"):
        _ = finite.truth

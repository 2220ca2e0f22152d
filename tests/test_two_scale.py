"""The two-scale theorem's library: bounds, exact laws, nets, mixtures; each headline number by two routes."""

import math
from itertools import product

import numpy as np
import pytest

from covtheory.bounds import chain, two_scale_tuned
from covtheory.bounds import two_scale as ts
from covtheory.bounds import two_scale_best as best
from covtheory.bounds import two_scale_variants as variants
from covtheory.bounds.classical import mle_coverage
from covtheory.coverage import CoverageProfile, law_from_pmfs
from covtheory.instances.prompt_coins import PromptCoins
from covtheory.instances.two_scale import BoxSoftmax, OverfitBudget, independent_events_quantile, unseen_law
from covtheory.learners import multinomial_types
from covtheory.learners.mixture import mixture_mle


def test_truncated_mgf_holds_and_its_level_is_least():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(4), 2000), rng.dirichlet(np.full(4, 0.3), 2000)
    ell = np.log(p) - np.log(np.maximum(q, 1e-300))
    for s in (0.1, 0.5, 0.9):
        m = float(ts.truncation_level(s))
        value = (p * np.exp(-s * np.minimum(ell, m))).sum(axis=1)
        assert (value <= ts.truncated_mgf((p * (ell >= m)).sum(axis=1).clip(0, 1), s) + 1e-12).all()
        rare = 1e-5
        assert (1 - rare) ** (1 - s) + rare * math.exp(-s * 0.99 * m) > 1  # a lower level fails


def test_default_and_tuned_constants_by_hand():
    N, n, delta, K, C = 1e4, 5000, 0.1, 7.0, 3.0
    got = ts.two_scale(N, n, delta, K, C, eps=0.01)
    F = 2 * (K + math.log(2 / delta)) / n + 0.01
    scale = 1 / (1 - math.exp(-1))
    assert math.isclose(got.fine, scale * F / (0.5 * math.log(N) - math.log(4)), rel_tol=1e-12)
    assert math.isclose(got.coarse, scale * (C + math.log(2 / delta)) / n, rel_tol=1e-12)

    def entropy(rho):
        with np.errstate(divide="ignore"):
            return 5 * np.log(1 + 3 / np.asarray(rho, dtype=float))
    tuned = two_scale_tuned.tune(N, n, delta, entropy)
    again = ts.two_scale(N, n, delta, entropy(tuned.eps), entropy(tuned.c * math.log(N)), eps=tuned.eps, s=tuned.s,
                         c=tuned.c, theta=tuned.theta)
    assert math.isclose(tuned.total, again.total, rel_tol=1e-9)  # the tuned constants are valid ones
    grid = np.geomspace(1e-4, 5, 60)
    assert tuned.total <= ts.two_scale(N, n, delta, entropy(grid), entropy(0.25 * math.log(N)), eps=grid).total.min()


def test_tuning_reaches_every_threshold_above_e_and_says_so_below():
    assert two_scale_tuned.tune(2.75, 10**9, 0.05, lambda rho: np.ones_like(rho)).total < 1
    with pytest.raises(ValueError, match=r"N: got 2\.7"):
        two_scale_tuned.tune(2.7, 100, 0.05, lambda rho: np.ones_like(rho))
    with pytest.raises(ValueError, match=r"\(1 - 2c\) log N > m\(s\)"):
        ts.two_scale(16.0, 100, 0.05, 1.0, 1.0)


def test_expectation_form_integrates_the_tail():
    high, mean = ts.two_scale(1e5, 1000, 0.2, 4.0, 2.0), ts.two_scale(1e5, 1000, None, 4.0, 2.0)
    low = ts.two_scale(1e5, 1000, 0.02, 4.0, 2.0)
    slope = (low.total - high.total) / math.log(10)
    assert math.isclose(mean.total, high.total + slope * (1 - math.log(5)), rel_tol=1e-12)


def test_best_constants_are_those_that_tuning_finds():
    def entropy(rho):
        with np.errstate(divide="ignore"):
            return 5 * np.log(1 + 3 / np.asarray(rho, dtype=float))
    for N, n in ((10.0, 10**5), (1e4, 5000), (1e9, 300)):
        found, tuned = best.best_scales(N, n, 0.1, entropy), two_scale_tuned.tune(N, n, 0.1, entropy).total
        assert 0.98 * tuned <= found.total <= 1.01 * tuned
        again = best.two_scale_best(N, n, 0.1, entropy(found.eps), entropy(found.rho), rho=found.rho, eps=found.eps)
        assert math.isclose(found.total, again, rel_tol=1e-12)
    theta = np.geomspace(0.01, 20, 20_000)
    assert math.isclose(best.largest_event(0.02, 0.003), ((theta * 0.02 + 0.003) / -np.expm1(-theta)).min(),
                        rel_tol=1e-6)


def test_one_equation_is_least_over_the_orders_and_contains_the_finite_class():
    N, s = np.array([1.5, 10.0, 1e6, 1e300]), np.linspace(1e-4, 1, 200_000, endpoint=False)[:, None]
    M = N * math.exp(-0.1)
    orders = ((1.5 + math.log(20)) / 1000 + s * (7.0 / 1000 + 0.03)) / (1 - s + s / M - M**-s)
    assert np.allclose(best.one_equation(N, 1000, 0.05, 7.0, 1.5, rho=0.05, eps=0.02, kappa=0.01), orders.min(axis=0),
                       rtol=1e-6)
    assert np.allclose(best.one_equation(N, 1000, 0.05, 0.0, math.log(50), rho=0.0), mle_coverage(50, 1000, 0.05, N),
                       rtol=1e-12)
    with pytest.raises(ValueError, match="log N > 2 rho"):
        best.one_equation(2.0, 100, 0.05, 1.0, 1.0, rho=0.35)


def test_chain_crossing_against_simulation():
    n, theta, x = 40, 1.2, 0.8
    draws = np.sort(np.random.default_rng(1).random((40_000, n)), axis=1)
    wall = (x + theta * np.arange(n)) / (n * -np.expm1(-theta))
    hits = (draws > wall)[:, wall <= 1].any(axis=1)
    exact = chain.chain_crossing(n, theta, x)
    assert abs(hits.mean() - exact) < 6 * math.sqrt(exact / 40_000)
    assert exact <= math.exp(-x)


def test_one_net_at_all_thresholds_is_the_theorem_at_one():
    N = np.array([1e3, 1e6, 1e9])
    one = ts.two_scale(N, 1000, 0.05, 5.0, 2.0, s=0.8, c=0.7 / np.log(N), theta=1.3, eps=0.1, kappa=0.02).total
    every = chain.all_thresholds(N, 1000, 0.05, 5.0, [0.7], [2.0], s=0.8, theta=1.3, eps=0.1, kappa=0.02)
    assert np.allclose(one, every, rtol=1e-12)
    room = np.log(N) - ts.truncation_level(0.8) - 1.4
    area = chain.area(np.log(N), 1000, 0.05, 5.0, 2.0, rho=0.7, s=0.8, theta=1.3, eps=0.1, kappa=0.02)
    assert np.allclose(area / room, one, rtol=1e-12)


def test_regret_bound_with_its_best_theta_is_below_every_other():
    reg, n, N, delta = 6.0, 500, 1e4, 0.1
    tail = math.log(2 / delta)
    old = 2 / (1 - math.exp(-1)) / n * ((reg + 2 * tail) / math.log(N / 8) + tail)
    assert min(variants.regret_to_coverage(reg, n, N, delta, lam=lam) for lam in (2.0, 5.0, 10.0)) < 0.6 * old


def test_convex_bound_falls_polynomially_and_keeps_the_coarse_term():
    N = np.array([1e4, 1e8])
    coarse = (2.0 + math.log(40)) / 1000
    fine = variants.convex_class(N, 1000, 0.05, 5.0, 2.0, rho=0.5) - coarse
    assert (fine > 0).all()
    assert math.log(fine[0] / fine[1]) / math.log(1e4) > 0.8


def test_independent_events_quantile_inverts_the_exact_law():
    for K, n, delta in ((1, 5, 0.3), (100, 50, 0.01), (10**9, 10**6, 0.5)):
        eps = independent_events_quantile(K, n, delta)
        assert math.isclose(-math.expm1(K * math.log1p(-((1 - eps) ** n))), delta, rel_tol=1e-6)


def test_unseen_law_by_listing():
    draws, symbols, mass = 4, 3, 0.2
    law = np.zeros(symbols + 1)
    for seq in product(range(4), repeat=draws):  # 3 is "none of them"
        weight = np.prod([mass if y < 3 else 0.4 for y in seq])
        law[symbols - len(set(seq) - {3})] += weight
    assert np.allclose(unseen_law(draws, symbols, mass), law, rtol=1e-13)


def test_box_softmax_mle_satisfies_first_order_conditions_and_beats_random_members():
    game, rng = BoxSoftmax(8, 4, math.log(40.0)), np.random.default_rng(2)
    for counts in ([8, 0, 0, 0], [5, 2, 1, 0], [2, 2, 2, 2], [0, 8, 0, 0], [1, 7, 0, 0]):
        fit, counts = game.mle(counts), np.array(counts)
        assert math.isclose(fit.sum(), 1, rel_tol=1e-12)
        assert np.log(fit.max() / fit.min()) <= 2 * game.B + 1e-9
        logits = rng.uniform(-game.B, game.B, (2000, 4))
        rivals = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        assert (rivals @ counts <= counts @ np.log(fit) + 1e-9).all()


def test_overfit_law_by_listing_and_moments():
    game = OverfitBudget(6, 3, a=0.9)
    values, mass = game.overfit_law(5)
    listed = {}
    for signs in product([-1, 1], repeat=5):
        w = abs(sum(signs))
        listed[w] = listed.get(w, 0) + 2.0**-5
    total = {}
    for trio in product(listed.items(), repeat=3):
        key = sum(w for w, _ in trio)
        total[key] = total.get(key, 0) + math.prod(p for _, p in trio)
    scale, shift = 0.5 * math.log((1 + game.g) / (1 - game.g)), 7.5 * math.log1p(-game.g**2)
    for key, p in total.items():
        i = np.argmin(np.abs(values - (shift + scale * key)))
        assert math.isclose(mass[i], p, rel_tol=1e-9)
    big = OverfitBudget(10**4, 50)
    values, mass = big.overfit_law(10**4)
    walk = math.sqrt(2 * 10**4 / math.pi)  # E|W| up to a relative 1/(4 m)
    L = math.log((1 + big.g) / (1 - big.g))
    mean = 0.5 * 10**4 * 50 * math.log1p(-big.g**2) + 0.5 * L * 50 * walk
    assert math.isclose(values @ mass, mean, rel_tol=1e-4)


def test_bad_probability_decreases_in_p_and_critical_p_is_the_known_one():
    game = OverfitBudget(10**4, 50)
    p = np.linspace(1e-5, 2e-3, 12)
    chances = [game.bad_probability(x, 1024.0) for x in p]
    assert (np.diff(chances) < 1e-12).all()
    assert math.isclose(game.critical_p(1024.0), 2.86e-4, rel_tol=5e-3)
    assert float(game.net_entropy(game.radius)) == math.log(2.0) < float(game.net_entropy(0.9 * game.radius))


def test_overfit_rivals_have_the_coverage_that_is_claimed():
    n, d, N, p = 400, 3, 50.0, 0.02
    game = OverfitBudget(n, d)
    signs = np.array(list(product([-1, 1], repeat=d)))
    data = np.concatenate([[p], np.full(2**d, (1 - p) / 2**d)])
    rival = np.concatenate([[p / N], (1 - p / N) * np.prod((1 + game.g * signs) / 2, axis=1)])
    profile = CoverageProfile(law_from_pmfs(data, rival))
    assert math.isclose(profile(N), p, rel_tol=1e-9)
    assert profile(N * 1.01) == 0.0
    assert np.abs(np.log(rival[1:] / ((1 - p / N) / 2**d))).max() <= game.radius + 1e-12


def test_coins_expected_coverage_by_listing_every_data_set():
    family = PromptCoins(H=3, d=2, B=1.5, theta=0.8)
    N, n = np.array([1.3, 2.0, 5.0]), 4
    total = np.zeros(3)
    for visits in range(n + 1):  # visits of prompt 1; both prompts have mass 1/2 and, by symmetry, the same truth
        weight = math.comb(n, visits) * 0.5**n
        for t in (visits, n - visits):
            total += 0.5 * weight * family.visited_coverage(t, N)
    low, high, fine = family.coverage(n, N)
    assert (low[0] <= total + 1e-15).all()
    assert (total <= high[0]).all()
    direct = np.zeros(3)
    for t in range(n + 1):
        chance = math.comb(n, t) * 0.5**n
        for tosses in product([0, 1], repeat=3 * t):
            k = sum(tosses)
            q = family.floor if t == 0 else min(max(k / (3 * t), family.floor), 1 - family.floor)
            w = chance * family.p**k * (1 - family.p) ** (3 * t - k)
            ones = np.array([sum(y) for y in product([0, 1], repeat=3)])
            data = family.p**ones * (1 - family.p) ** (3 - ones)
            direct += w * CoverageProfile(law_from_pmfs(data, q**ones * (1 - q) ** (3 - ones)))(N)
    assert np.allclose(direct, total, rtol=1e-10)
    assert np.allclose(low[0] - fine[0], 0.5**n * family.visited_coverage(0, N))


def test_late_visits_are_bounded_by_the_certificate():
    family = PromptCoins(H=16)
    for t in (5, 40, 200):
        for N in (2.0, 8.0):
            assert family.visited_coverage(t, [N])[0] <= family._late(t, math.log(N)) + 1e-12


def test_kl_ends_hold_the_exact_sum():
    family = PromptCoins(H=8, d=2)
    n = 500
    low, high, _ = family.kl(n)
    t = np.arange(n + 1)
    weight = np.exp([math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2) for k in t])
    exact = weight @ [family._kl_visited(int(k)) for k in t]
    assert low[0] - 1e-12 <= exact <= high[0] + 1e-12


def test_nets_have_their_radius_and_size():
    theta = np.linspace(-2, 2, 5001)
    for H, rho in ((8, 0.05), (8, 0.5), (64, 3.0), (64, 0.5), (512, 40.0), (2, 100.0)):
        family = PromptCoins(H=H)
        net = family.net(rho)
        reach = np.min([family.distance(theta, point) for point in net], axis=0).max()
        assert reach <= rho * (1 + 1e-9)
        assert math.isclose(family.log_cover(rho)[0], family.d * math.log(net.size), abs_tol=1e-12)
    assert PromptCoins(H=2).log_cover(100.0)[0] == 0.0
    assert PromptCoins(H=2).log_cover(0.0)[0] == np.inf


def test_proper_lower_bound_is_below_the_best_of_two_rules():
    family = PromptCoins(H=32)
    low = family.proper_lower_bound([50], [2.0, 64.0])
    assert (low <= family.coverage([50], [2.0, 64.0]).lower).all()
    assert (low > 0).all()


def test_mixture_gap_certifies_against_random_weights_and_tabular_case():
    rng = np.random.default_rng(3)
    parts = rng.dirichlet(np.ones(5), 4)
    counts, _ = multinomial_types(np.full(5, 0.2), 6)
    fit = mixture_mle(parts, counts)
    value = (counts * np.log(fit.probs)).sum(axis=1)
    for w in rng.dirichlet(np.ones(4), 300):
        assert ((counts * np.log(w @ parts)).sum(axis=1) <= value + 6 * fit.gap + 1e-12).all()
    corner = mixture_mle(np.eye(5), counts)
    assert np.allclose(corner.probs, counts / 6, atol=1e-8)


def test_mixture_refuses_bad_input():
    with pytest.raises(ValueError, match="no component can produce"):
        mixture_mle([[1.0, 0.0], [1.0, 0.0]], [1, 1])
    with pytest.raises(ValueError, match="shape"):
        mixture_mle([[0.5, 0.5]], [1, 1, 1])
    with pytest.raises(ValueError, match="certified gap"):
        mixture_mle([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], [7, 3, 1], rounds=1, tol=1e-12)


def test_bayes_average_misses_a_context_iff_it_shows_late():
    B, n, N = 3, 6, 2.5  # one context with B labels, the last label true; the mixture predicts 1/B until it shows
    for first in range(1, n + 2):
        average = (min(first, n) / B + max(n - first, 0)) / n
        t0 = math.ceil(n * (1 - 1 / N) / (1 - 1 / B) - 1e-9)
        assert (average <= 1 / N + 1e-12) == (min(first, n) >= t0)

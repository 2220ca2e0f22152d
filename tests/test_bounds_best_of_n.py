"""Best-of-N bounds against the exact worst-case regret."""

import numpy as np
import pytest

from covtheory.bounds import best_of_n as bound
from covtheory.instances.best_of_n import (
    conditioned_teachers,
    level_set_instances,
    necessary_extremal,
    sufficient_extremal,
    sufficient_extremal_per_prompt,
)
from covtheory.instances.pair import Pair
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.samplers.best_of_n import best_of_n_value, regret, worst_case_regret

DRAWS = np.array([1.0, 2.0, 5.0, 20.0, 300.0])


def pairs():
    rng = np.random.default_rng(3)
    return [random_pairs(rng, 200, 5, kind) for kind in KINDS] + [level_set_instances(rng, 300, 6)]


def cov(pair, N):
    return np.clip((pair.pi_D * (pair.log_ratio >= np.log(N) - 1e-12)).sum(axis=-1), 0, 1)


def worst_per_prompt(pair):
    return np.array([worst_case_regret(p, q, DRAWS)[0] for p, q in zip(*pair, strict=True)]).T


@pytest.fixture(scope="module")
def cases():
    return [(pair, worst_per_prompt(pair)) for pair in pairs()]


def test_upper_bounds_hold_per_prompt_and_on_average(cases):
    for pair, worst in cases:
        for M in (1.0, 1.3, 2.0, 8.0, 100.0):
            C, N = cov(pair, M), DRAWS[:, None]
            per_prompt = bound.bon_sufficient_sharp_per_prompt(C, M, N)
            sharp = bound.bon_sufficient_sharp(C, M, N)
            assert np.all(worst <= per_prompt + 1e-12)
            assert np.all(per_prompt <= sharp + 1e-12)
            average = bound.bon_sufficient_sharp(min(C.mean(), 1.0), M, DRAWS)
            assert np.all(worst_case_regret(pair.pi_D, pair.pi, DRAWS)[0] <= average + 1e-12)


def test_printed_sufficient_bound_holds_at_its_budget(cases):
    for pair, _ in cases:
        for M in (1.0, 2.0, 8.0):
            for eps in (0.3, 0.05):
                C = cov(pair, M)
                ok = C <= 0.5
                N = float(bound.bon_sufficient_budget(M, eps))
                worst = np.array([worst_case_regret(p, q, N)[0] for p, q in zip(*pair, strict=True)])
                assert ok.any()
                assert np.all(worst[ok] <= bound.bon_sufficient(C[ok], eps) + 1e-12)


def test_sharp_upper_bound_is_approached_and_a_smaller_constant_fails():
    for C in (0.0, 0.2, 0.7):
        for M, N in ((2.0, 3.0), (50.0, 100.0), (1e6, 1e6)):
            problem = sufficient_extremal(C, M)
            attained = regret(*problem[:3], N, problem.prompt_probs)
            value = bound.bon_sufficient_sharp(C, M, N)
            assert attained <= value
            assert attained == pytest.approx(float(value), rel=1e-6)
            shrunk = C + 0.99 * (1 - C) * (1 - 1 / M) ** N
            assert attained > shrunk, "sabotaged twin: 0.99 of the miss probability"
            worst, _ = worst_case_regret(problem.pi_T, problem.pi_hat, N, problem.prompt_probs)
            assert worst == pytest.approx(attained)


def test_per_prompt_bound_is_approached_for_every_coverage_and_fails_on_averages():
    for C in (0.0, 0.3, 0.9):
        for M, N in ((2.0, 1.0), (8.0, 20.0)):
            worst, _ = worst_case_regret(*sufficient_extremal_per_prompt(C, M), N)
            assert worst == pytest.approx(float(bound.bon_sufficient_sharp_per_prompt(C, M, N)), rel=1e-6)
    problem = sufficient_extremal(0.5, 4.0)
    average = worst_case_regret(problem.pi_T, problem.pi_hat, 4, problem.prompt_probs)[0]
    assert average > bound.bon_sufficient_sharp_per_prompt(0.5, 4.0, 4), "per-prompt form must not take an average"


def test_lower_bounds_hold(cases):
    for pair, worst in cases:
        for c in (1.0, 1.2, 2.0, 10.0):
            for i, N in enumerate(DRAWS):
                C = cov(pair, c * N)
                exact = bound.bon_necessary_exact(C, c, N)
                assert np.all(worst[i] >= exact - 1e-12)
                assert np.all(exact >= bound.bon_necessary_sharp(C, c) - 1e-12)
                average = bound.bon_necessary_exact(min(C.mean(), 1.0), c, N)
                assert worst_case_regret(pair.pi_D, pair.pi, N)[0] >= average - 1e-12
    assert bound.bon_necessary(0.5) == bound.bon_necessary_sharp(0.5, 2)


def test_lower_bounds_are_attained_and_a_larger_constant_fails():
    for C in (1e-8, 0.2, 1.0):
        for c, N in ((2.0, 4.0), (5.0, 100.0)):
            worst, _ = worst_case_regret(*necessary_extremal(C, c, N), N)
            assert worst == pytest.approx(float(bound.bon_necessary_exact(C, c, N)), rel=1e-9)
    worst, _ = worst_case_regret(*necessary_extremal(1e-8, 2.0, 4.0), 4.0)
    assert worst == pytest.approx(float(bound.bon_necessary(1e-8)), rel=1e-7)
    assert worst < 0.51 * 1e-8, "sabotaged twin: 0.51 Cov_2N"


def test_chain_rule_holds_is_attained_and_needs_its_factor():
    rng = np.random.default_rng(4)
    T, D, Q = (rng.dirichlet(np.full(5, 0.4), 3000) for _ in range(3))
    needs_factor = 0
    for M1, M2 in ((8.0, 2.0), (8.0, 8.0), (100.0, 5.0)):
        left = cov(Pair(T, Q), M1)
        cov_D, cov_T = cov(Pair(D, Q), M1 / M2), cov(Pair(T, D), M2)
        assert np.all(left <= bound.coverage_chain_rule(cov_D, M2, cov_T) + 1e-12)
        needs_factor += int((left > cov_D + cov_T + 1e-9).sum())
    assert needs_factor > 0, "sabotaged twin: without the factor M2"
    # attained up to the gap: pi_T/pi_D just below M2 on the event that the model misses
    M2, a = 4.0, 0.2
    t = a * M2 * (1 - 1e-9)
    T, D, Q = np.array([t, 1 - t]), np.array([a, 1 - a]), np.array([0.0, 1.0])
    assert cov(Pair(T, D), M2) == 0
    value = bound.coverage_chain_rule(cov(Pair(D, Q), 2.0), M2, cov(Pair(T, D), M2))
    assert cov(Pair(T, Q), 8.0) == pytest.approx(float(value), rel=1e-8)


def test_average_bound_holds_is_attained_and_is_short_where_the_ratio_varies(cases):
    loose = 0
    for pair, worst in cases:
        for p, log_ratio, exact in zip(pair.pi_D, pair.log_ratio, worst.T, strict=True):
            value = bound.bon_average_bound(log_ratio, p, DRAWS)
            assert np.all(exact <= value * (1 + 1e-9) + 1e-13)
            assert value[0] == pytest.approx(exact[0], abs=1e-12), "total variation at one draw"
            loose += int((exact[2] < 0.8 * value[2]) & (value[2] > 0.01))
    assert loose > 50
    problem = conditioned_teachers(np.random.default_rng(8), 30, 5)
    for T, hat, reward, w in zip(*problem, strict=True):
        with np.errstate(divide="ignore"):
            log_ratio = np.log(T) - np.log(hat)
        value = bound.bon_average_bound(log_ratio.ravel(), (w[:, None] * T).ravel(), DRAWS)
        np.testing.assert_allclose(worst_case_regret(T, hat, DRAWS, w)[0], value, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(regret(T, hat, reward, DRAWS, w), value, rtol=1e-7, atol=1e-13)
        assert np.all(value <= bound.bon_sufficient_sharp(min(1.0, (w[:, None] * T)[log_ratio >= np.log(8)].sum()), 8.0,
                                                          DRAWS) + 1e-12), "Theorem 3 follows"


def test_missing_responses_count_in_full_and_ratios_below_one_not_at_all():
    assert bound.bon_average_bound([np.inf, -3.0, -np.inf, 0.0], [0.25, 0.5, 0.0, 0.25], 1e9) == 0.25


def test_what_kl_promises_is_a_supremum_and_infinite_below_two_draws():
    R = np.exp(np.linspace(1e-3, 40, 400_000))
    for N in (2.3, 10.0, 1e4):
        top = np.max((1 - 1 / R) ** N / (np.log(R) - 1 + 1 / R))
        assert bound.bon_by_kl(0.7, np.log(N)) == pytest.approx(0.7 * top, rel=1e-6)
    np.testing.assert_array_equal(bound.bon_by_kl([0.0, 1.0, 1.0], np.log([1.5, 1.5, 2.0])), [0.0, np.inf, 2.0])
    assert bound.bon_by_kl(1.0, 900.0) < 1 / 890


def test_small_probabilities_keep_their_digits():
    assert bound.bon_sufficient_sharp(0.0, 1e12, 1e12) == pytest.approx(np.exp(-1), rel=1e-12)
    assert bound.bon_necessary_exact(1e-14, 2.0, 1e9) == pytest.approx(0.5e-14, rel=1e-6)
    assert bound.bon_sufficient_sharp(0.25, 1, 3) == 0.25
    assert best_of_n_value([1 - 1e-12, 1e-12], [0.0, 1.0], 1e12) == pytest.approx(-np.expm1(-1), rel=1e-4)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: bound.bon_sufficient(0.6, 0.1), "cov_M"),
        (lambda: bound.bon_sufficient(0.1, 0.0), "eps"),
        (lambda: bound.bon_sufficient_sharp(0.1, 0.9, 3), "M"),
        (lambda: bound.bon_necessary_sharp(0.1, 0.5), "c"),
        (lambda: bound.coverage_chain_rule(0.1, 0.0, 0.1), "M2"),
    ],
)
def test_bad_inputs_name_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_sharp_budget_is_the_first_whole_number_that_reaches_the_target():
    C, M, target = (v.ravel() for v in np.meshgrid([0.0, 0.02, 0.3], [1.0, 1.5, 10.0, 1e6], [0.01, 0.02, 0.05, 0.6]))
    N = bound.bon_sufficient_sharp_budget(C, M, target)
    reached = np.isfinite(N)
    np.testing.assert_array_equal(reached, (target > C) | ((target == C) & (M == 1)))
    N, C, M, target = N[reached], C[reached], M[reached], target[reached]
    assert np.all(bound.bon_sufficient_sharp(C, M, N) <= target * (1 + 1e-9))
    more = N > 1
    assert more.sum() > 5
    assert np.all(bound.bon_sufficient_sharp(C[more], M[more], N[more] - 1) > target[more])

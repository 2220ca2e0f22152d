"""Answer-level coverage and interventions: exact values, second routes, and refused input."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from covtheory.bounds.answers import answer_coverage, ensemble_coverage, rl_value_bound
from covtheory.bounds.interventions import (
    budget_ratio,
    log_loss_training_threshold,
    success_training_threshold,
    temperature_threshold,
    token_temperature_threshold,
    training_threshold,
)
from covtheory.coverage import CoverageProfile, buffered_coverage, law_from_pmfs, push_forward, row_coverage
from covtheory.instances.answers import answer_maps, printed_counterexample, sharp_merge
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.policies.interventions import (
    capped_fit,
    floored_fit,
    geometric_ensemble,
    logit_descent,
    mix,
    temper,
    temper_tokens,
)
from covtheory.policies.losses import budget_teacher, budget_weight, reward_ascent
from covtheory.samplers.rollouts import expected_success

RNG = np.random.default_rng(16)


@pytest.mark.parametrize("kind", KINDS)
def test_buffered_coverage_is_the_linear_programme(kind):
    for p, q in zip(*random_pairs(RNG, 10, 6, kind), strict=True):
        for N in (1.2, 3.0, 40.0):
            best = linprog(-p, A_ub=[N * q - p], b_ub=[0.0], bounds=(0, 1), options={"presolve": False})
            assert buffered_coverage(law_from_pmfs(p, q), N) == pytest.approx(-best.fun, abs=1e-7)


def test_buffered_coverage_counts_a_tie_and_dominates_every_map():
    assert buffered_coverage(law_from_pmfs([0.5, 0.5], [0.125, 0.875]), 4) == pytest.approx(0.5)
    p, q = RNG.dirichlet(np.ones(5), 2)
    law = law_from_pmfs(p, q)
    for answers in answer_maps(5):
        pushed = CoverageProfile(law_from_pmfs(push_forward(p, answers), push_forward(q, answers)))
        assert (pushed([1.1, 1.5, 2.5]) <= buffered_coverage(law, [1.1, 1.5, 2.5]) + 1e-12).all()


def test_row_coverage_is_the_profile():
    p, q = random_pairs(RNG, 20, 5, "model_zeros")
    for N in (1.0, 1.7, 9.0):
        expected = [CoverageProfile(law_from_pmfs(*pair))(N) for pair in zip(p, q, strict=True)]
        assert row_coverage(p, q, np.full(20, N)) == pytest.approx(np.array(expected))


def test_printed_inequality_fails_by_any_factor():
    pair, answers = printed_counterexample(3.0, 1e-4)
    assert row_coverage(*pair, 3.0) == pytest.approx(1e-4)
    assert row_coverage(*(push_forward(part, answers) for part in pair), 3.0) == 1.0


@pytest.mark.parametrize(("cov", "gamma", "N"), [(0.1, 2.0, 5.0), (0.6, 2.0, 5.0), (1e-5, 1.5, 1.6)])
def test_sharp_merge_attains_the_bound(cov, gamma, N):
    pair, answers = sharp_merge(cov, gamma, N)
    pushed = row_coverage(*(push_forward(part, answers) for part in pair), N)
    assert pushed == pytest.approx(float(answer_coverage(cov, N / gamma)))


def test_number_of_answer_maps_is_bell():
    assert [len(answer_maps(R)) for R in (1, 2, 3, 4, 5, 6)] == [1, 2, 5, 15, 52, 203]


@pytest.mark.parametrize("cap", [1.2, 3.0, 100.0])
def test_capped_fit_is_optimal_by_duality(cap):
    for p, ref in zip(*random_pairs(RNG, 10, 7, "dirichlet"), strict=True):
        pi, level = capped_fit(p, ref, cap)
        assert pi.sum() == pytest.approx(1)
        below = pi < cap * ref * (1 - 1e-9)
        assert (p / pi)[below] == pytest.approx(level)  # equal slopes below the cap ...
        assert (p / pi >= level * (1 - 1e-9)).all()  # ... and no slope at the cap that is smaller


def test_capped_fit_with_a_cap_that_always_binds():
    pi, level = capped_fit([0.5, 0.5, 0.0], [0.1, 0.1, 0.8], 2.0)
    assert level == 0
    assert pi.sum() == pytest.approx(1)
    assert (pi[:2] >= 0.2).all()


@pytest.mark.parametrize("floor", [0.05, 0.5, 0.95])
def test_floored_fit_is_the_constrained_maximum(floor):
    for f, ref in zip(*random_pairs(RNG, 10, 5, "data_zeros"), strict=True):
        pi, level = floored_fit(f, ref, floor)
        assert pi.sum() == pytest.approx(1)
        assert 1 - 1e-9 <= level <= 1 / (1 - floor) + 1e-9
        slope = f / pi
        assert slope[pi > floor * ref * (1 + 1e-9)] == pytest.approx(level)
        assert (slope <= level * (1 + 1e-9)).all()


def test_floored_fit_against_a_general_solver():
    f, ref, floor = np.array([0.7, 0.3, 0.0]), np.array([0.1, 0.6, 0.3]), 0.4
    found = minimize(lambda x: -(f[:2] * np.log(x[:2])).sum(), np.full(3, 1 / 3), bounds=[(floor * r, 1) for r in ref],
                     constraints={"type": "eq", "fun": lambda x: x.sum() - 1}, options={"ftol": 1e-14})
    assert floored_fit(f, ref, floor)[0] == pytest.approx(found.x, abs=1e-5)


def test_interventions_by_hand():
    flat, log_Z = temper([0.64, 0.36], 2.0)
    assert flat == pytest.approx([4 / 7, 3 / 7])
    assert np.exp(log_Z) == pytest.approx(1.4)
    assert float(temperature_threshold(2.8, 2, log_Z)) == pytest.approx(4)
    assert mix([1.0, 0.0], [0.0, 1.0], 0.25) == pytest.approx([0.75, 0.25])
    assert geometric_ensemble([[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]) == pytest.approx([1, 0, 0])
    assert float(ensemble_coverage([0.2, 0.4], 1.0, 4.0)) == pytest.approx(0.4)


def test_a_step_of_training_never_lowers_a_log_probability_by_more():
    for eta in (0.01, 0.5, 3.0):
        path = logit_descent(RNG.dirichlet(np.ones(4)), RNG.dirichlet(np.full(4, 0.1), 50), eta)
        worst = np.log(path[:-1] / path[1:]).max()
        assert worst <= -np.log(float(training_threshold(1, 1, eta)))


def test_elimination_beats_success_driven_methods():
    memorise = lambda pi, y, r: np.eye(len(pi))[y] if r else pi  # noqa: E731
    start, reward = np.full(4, 0.25), np.array([1.0, 0, 0, 0])
    assert expected_success(start, reward, 3, memorise) == pytest.approx(float(rl_value_bound(0.25, 3)))

    def eliminate(pi, y, r):
        rest = np.where(np.arange(4) == y, 0.0, pi)
        return np.eye(4)[y] if r else rest / rest.sum()

    assert expected_success(start, reward, 3, eliminate) == pytest.approx(1.0)


@pytest.mark.parametrize(("call", "name"), [
    (lambda: push_forward([0.5, 0.5], [0.0, 1.0]), "answers"),
    (lambda: push_forward([0.5, 0.5], [0, -1]), "answers"),
    (lambda: answer_coverage(0.1, 1.0), "c:"),
    (lambda: buffered_coverage(law_from_pmfs([1.0], [1.0]), 0.5), "N"),
    (lambda: sharp_merge(0.9, 2.0, 4.0), "cov"),
    (lambda: sharp_merge(0.0, 2.0, 4.0), "cov"),
    (lambda: capped_fit([0.5, 0.5], [1.0, 0.0], 2.0), "reference"),
    (lambda: geometric_ensemble([[1.0, 0.0], [0.0, 1.0]]), "members"),
    (lambda: expected_success([0.5, 0.5], [1.0, 0.0], 30, None), "rollouts"),
    (lambda: temper([1.0], 0.0), "T"),
])
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_tempering_tokens_is_what_a_sampler_does():
    pi, T = RNG.dirichlet(np.ones(12)).reshape(3, 2, 2), 0.6
    expected = np.zeros_like(pi)
    for a, b, c in np.ndindex(pi.shape):
        chance = 1.0
        for row, v in ((pi.sum(axis=(1, 2)), a), (pi.sum(axis=2)[a], b), (pi[a, b], c)):
            chance *= row[v] ** (1 / T) / (row ** (1 / T)).sum()
        expected[a, b, c] = chance
    tempered, W = temper_tokens(pi, T)
    assert tempered == pytest.approx(expected)
    whole, log_Z = temper(pi.ravel(), T)
    assert whole == pytest.approx((tempered * W).ravel() / np.exp(log_Z))
    assert np.exp(log_Z) == pytest.approx((tempered * W).sum())
    ratio = tempered.ravel() / whole
    assert (ratio >= token_temperature_threshold(1, T, 3, 3)).all()
    impossible, W = temper_tokens([[0.0, 0.0], [0.4, 0.6]], 0.5)
    assert impossible[0].tolist() == [0, 0]
    assert W[0].tolist() == [0, 0]
    with pytest.raises(ValueError, match="pi"):
        temper_tokens([[0.4, 0.4], [0.4, 0.4]], 0.5)


def test_the_optimum_of_direct_coverage_optimisation():
    pi, K = RNG.dirichlet(np.ones(4)), 6
    p, level = budget_teacher(pi, K)
    assert p.sum() == pytest.approx(1)
    assert p / pi == pytest.approx(level / budget_weight(pi, K))
    assert level == pytest.approx(p @ budget_weight(pi, K))
    found = minimize(lambda law: -(p * np.log(1 - (1 - law) ** K)).sum(), np.full(4, 0.25), method="SLSQP",
                     bounds=[(1e-6, 1)] * 4, constraints={"type": "eq", "fun": lambda law: law.sum() - 1},
                     options={"ftol": 1e-15, "maxiter": 500})
    assert found.x == pytest.approx(pi, abs=1e-4)
    assert (p / pi <= budget_ratio(pi, K)).all()
    assert budget_teacher(pi, 1)[0] == pytest.approx(pi)
    with pytest.raises(ValueError, match="pi below one"):
        budget_teacher([1.0, 0.0], 3)
    with pytest.raises(ValueError, match=r"^K: at 1024 draws"):
        budget_teacher([1 - 1e-9, 1e-9], 1024)


@pytest.mark.parametrize(("slope", "steepest"), [(lambda p: 1.0, 1), (lambda p: 9 * (1 - p) ** 8, 9),
                                                (lambda p: 1 / p, 0)])
def test_a_step_of_reward_ascent_is_the_gradient_and_gains_at_most_the_bound(slope, steepest):
    pi, right, eta = RNG.dirichlet(np.ones(5)), np.array([True, False, True, False, False]), 0.3
    p = pi[right].sum()
    gradient = [slope(p) * (np.eye(5)[y] * pi[y] - pi[y] * pi)[right].sum() for y in range(5)]
    raw = pi * np.exp(eta * np.array(gradient))
    path = reward_ascent(pi, right, slope, eta, 40)
    assert path[1] == pytest.approx(raw / raw.sum())
    before, after = 1 / p, 1 / path[-1][right].sum()
    limit = success_training_threshold(after, 40, eta, steepest) if steepest else log_loss_training_threshold(
        after, 40, eta)
    assert before <= limit


def test_a_step_of_reward_ascent_of_any_size_is_finite():
    path = reward_ascent([0.01, 0.99], [True, False], lambda p: 1 / p, 1e6, 2)
    assert path[-1] == pytest.approx([1.0, 0.0])

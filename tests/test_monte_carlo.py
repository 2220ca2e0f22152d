"""Sampled coverage comes with intervals that really hold."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binom

from covtheory.coverage import (
    binomial_verdict,
    clopper_pearson,
    coverage_profile,
    estimate_coverage,
    tilted_coverage,
)
from covtheory.coverage.confidence import bernstein_radius
from covtheory.policies import AutoregressiveLinear, DecayedHistoryFeatures, Markov, Product, Tabular

FALSE_ALARM = 1e-9


@pytest.mark.parametrize(("draws", "false_alarm"), [(1, 0.1), (7, 0.05), (40, 0.01), (200, 1e-4)])
def test_clopper_pearson_covers_at_least_as_often_as_declared(draws, false_alarm):
    k = np.arange(draws + 1)
    lower, upper = clopper_pearson(k, draws, false_alarm)
    truths = np.concatenate([np.linspace(0, 1, 301), lower, upper, lower * (1 - 1e-9), np.minimum(1, upper + 1e-9)])
    worst = 1.0
    for truth in truths:
        covered = binom.pmf(k[(lower <= truth) & (truth <= upper)], draws, truth).sum()
        worst = min(worst, covered)
    assert worst >= 1 - false_alarm - 1e-12
    assert worst < 1 - false_alarm / 4  # not needlessly wide


def test_clopper_pearson_limits_invert_the_binomial_tails():
    lower, upper = clopper_pearson([3, 0, 20], 20, 1e-17)
    assert binom.sf(2, 20, lower[0]) == pytest.approx(5e-18, rel=1e-6)
    assert binom.cdf(3, 20, upper[0]) == pytest.approx(5e-18, rel=1e-4)
    assert lower[1] == 0.0
    assert upper[2] == 1.0


def _pairs():
    rng = np.random.default_rng(2)
    features = DecayedHistoryFeatures(
        rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 0.5, prompt_embedding=rng.normal(size=(2, 4))
    )
    theta = rng.normal(size=4)
    holes = Markov([0.5, 0.5, 0.0], [[0.5, 0.5, 0.0], [0.2, 0.3, 0.5], [0.0, 0.1, 0.9]], H=6)
    return {
        "tabular": (Tabular([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]), Tabular([[0.1, 0.3, 0.6], [0.5, 0.5, 0.0]])),
        "product": (Product([0.5, 0.3, 0.2], H=6), Product([0.3, 0.3, 0.4], H=6)),
        "linear": tuple(AutoregressiveLinear(t, features, H=6) for t in (theta, theta + 0.5)),
        "markov": (Markov([0.3, 0.3, 0.4], [[0.2, 0.3, 0.5]] * 3, H=6), holes),
    }


@pytest.mark.parametrize("name", sorted(_pairs()))
def test_estimates_contain_the_exact_coverage(name):
    pi_D, pi = _pairs()[name]
    mu = None if pi_D.n_prompts == 1 else [0.3, 0.7]
    N = np.array([[1.0, 1.3, 2.0], [4.0, 10.0, np.inf]])
    exact = coverage_profile(pi_D, pi, mu)(N)
    estimate = estimate_coverage(
        pi_D, pi, N, 20000, np.random.default_rng(1), false_alarm=FALSE_ALARM, prompt_probs=mu, threads=2
    )
    assert estimate.contains(exact).all()
    assert (estimate.upper - estimate.lower < 0.05).all()
    assert not estimate.contains(np.minimum(exact + 0.06, 1.1)).any()


def test_threads_do_not_change_the_estimate_and_chunks_cover_all_draws():
    pi_D, pi = _pairs()["linear"]
    one, two = (
        estimate_coverage(pi_D, pi, 1.5, 5001, np.random.default_rng(1), false_alarm=0.1, chunk=512, threads=k)
        for k in (1, 2)
    )
    assert (one.value, one.lower, one.upper, one.draws) == (two.value, two.lower, two.upper, 5001)
    assert isinstance(one.value, float)


def test_ties_at_the_threshold_count():
    pi_D, pi = Tabular([0.5, 0.5]), Tabular([0.25, 0.75])
    estimate = estimate_coverage(pi_D, pi, 2.0, 5000, np.random.default_rng(0), false_alarm=FALSE_ALARM)
    assert estimate.contains(0.5)


@pytest.mark.parametrize("log_N", [3.0, 12.0, 40.5, 56.0, 60 * np.log(3.0)])
def test_tilted_estimates_contain_the_exact_tail_however_rare(log_N):
    pi_D, pi = Product([0.5, 0.3, 0.15, 0.05], H=60), Product([0.4, 0.25, 0.05, 0.30], H=60)
    exact = float(coverage_profile(pi_D, pi).tail(log_N))
    estimate = tilted_coverage(pi_D, pi, log_N, 40000, np.random.default_rng(7), false_alarm=FALSE_ALARM)
    assert estimate.contains(exact)
    assert estimate.upper - estimate.lower < 0.5 * exact
    assert estimate.value == pytest.approx(exact, rel=0.2)


def test_tilted_estimates_add_the_mass_the_model_cannot_produce():
    pi_D, pi = Product([0.6, 0.399, 0.001], H=10), Product([0.3, 0.7, 0.0], H=10)
    exact = float(coverage_profile(pi_D, pi).tail(4.0))
    estimate = tilted_coverage(pi_D, pi, 4.0, 40000, np.random.default_rng(7), false_alarm=FALSE_ALARM)
    assert estimate.contains(exact)
    assert estimate.lower > 1 - 0.999**10 - 1e-12
    beyond = tilted_coverage(pi_D, pi, 50.0, 10, np.random.default_rng(7), false_alarm=FALSE_ALARM)
    assert beyond.lower == beyond.upper == pytest.approx(1 - 0.999**10)


def test_the_verdict_has_the_declared_level():
    draws, probability, alarm = 60, 0.3, 0.05
    k = np.arange(draws + 1)
    rejected = [not binomial_verdict(int(i), draws, probability, alarm) for i in k]
    assert 0 < binom.pmf(k[rejected], draws, probability).sum() <= alarm


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda a, b, rng: estimate_coverage(a, b, 0.5, 10, rng, false_alarm=0.1), "N: got 0.5"),
        (lambda a, b, rng: estimate_coverage(a, b, np.nan, 10, rng, false_alarm=0.1), "N: got nan"),
        (lambda a, b, rng: estimate_coverage(a, b, 2, 0, rng, false_alarm=0.1), "draws: got 0"),
        (lambda a, b, rng: estimate_coverage(a, b, 2, 10, rng, false_alarm=0.0), "false_alarm: got 0"),
        (lambda a, b, rng: estimate_coverage(a, b, 2, 10, rng, false_alarm=0.1, prompt_probs=[0.5, 0.5]), "prompt_p"),
        (lambda a, b, rng: estimate_coverage(a, Tabular([1.0]), 2, 10, rng, false_alarm=0.1), "policy 1: got Tabular"),
        (lambda a, b, rng: tilted_coverage(a, Tabular([1.0]), 2.0, 10, rng, false_alarm=0.1), "two Product"),
        (lambda a, b, rng: tilted_coverage(a, b, np.inf, 10, rng, false_alarm=0.1), "log_N: got inf"),
        (lambda a, b, rng: tilted_coverage(a, b, 2.0, 1, rng, false_alarm=0.1), "draws: got 1"),
        (lambda a, b, rng: clopper_pearson(11, 10, 0.1), "hits: got 11"),
        (lambda a, b, rng: clopper_pearson(0.5, 10, 0.1), "hits: expected whole"),
    ],
)
def test_bad_input_is_named(make, message):
    pi_D, pi = _pairs()["product"]
    with pytest.raises(ValueError, match=message):
        make(pi_D, pi, np.random.default_rng(0))


def test_bernstein_radius_is_the_formula():
    z, alarm = np.array([0.0] * 30 + [1.0] * 10), 0.02
    variance = 40 / 39 * 0.25 * 0.75
    one_side = 2 / (alarm / 2)
    expected = np.sqrt(2 * variance * np.log(one_side) / 40) + 7 * np.log(one_side) / (3 * 39)
    assert bernstein_radius(z, alarm) == pytest.approx(expected, rel=1e-12)


def test_tilted_limits_are_the_mean_and_the_radius_of_the_weights():
    pi_D, pi, draws, alarm = Product([0.5, 0.5], H=2), Product([0.25, 0.75], H=2), 400, 0.01
    log_N = np.log(4 / 3) + 1e-6  # two heads are needed; the tilt that puts the mean there
    estimate = tilted_coverage(pi_D, pi, log_N, draws, np.random.default_rng(3), false_alarm=alarm)
    x, level = np.log([2.0, 2 / 3]), log_N - 1e-12
    s = brentq(lambda s: 2 * (np.exp(s * x) @ x) / np.exp(s * x).sum() - log_N, 0, 40, xtol=1e-15)
    B = (np.exp(s * x) / 2).sum() ** 2 * np.exp(-s * level)
    weight = np.exp(-s * (2 * x[0] - level))
    hits = round(estimate.value / (B * weight) * draws)
    z = np.where(np.arange(draws) < hits, weight, 0.0)
    assert estimate.value == pytest.approx(B * z.mean(), rel=1e-9)
    assert estimate.upper == pytest.approx(B * (z.mean() + bernstein_radius(z, alarm)), rel=1e-6)
    assert estimate.lower == pytest.approx(B * max(0.0, z.mean() - bernstein_radius(z, alarm)), rel=1e-6, abs=1e-12)


def test_tilted_limits_miss_at_most_as_often_as_declared():
    pi_D, pi, alarm = Product([0.5, 0.5], H=1), Product([0.25, 0.75], H=1), 0.9
    rng, misses, repetitions = np.random.default_rng(11), 0, 4000
    for _ in range(repetitions):
        estimate = tilted_coverage(pi_D, pi, -0.3, 12, rng, false_alarm=alarm)  # at the mean: no tilt, a fair coin
        misses += not estimate.contains(0.5)
        assert 0 <= estimate.lower <= estimate.upper <= 1
    assert binom.sf(misses - 1, repetitions, alarm) > 1e-9

"""Sampled coverage comes with intervals that really hold."""

import numpy as np
import pytest
from scipy.stats import binom

from covtheory.coverage import (
    binomial_verdict,
    clopper_pearson,
    coverage_profile,
    estimate_coverage,
    tilted_coverage,
)
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

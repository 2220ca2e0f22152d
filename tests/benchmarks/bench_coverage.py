"""How fast the exact law, the sampled coverage and the certified composition are."""

import warnings

import numpy as np
import pytest

from covtheory.certificates import composition_bracket
from covtheory.coverage import coverage_profile, estimate_coverage
from covtheory.policies import AutoregressiveLinear, DecayedHistoryFeatures

pytest.importorskip("pytest_benchmark")


def _linear_pair(H, shift):
    rng = np.random.default_rng(0)
    V, d = 8, 64
    features = DecayedHistoryFeatures(rng.normal(size=(V, d)), rng.normal(size=(V, d)), 0.8, 1 / 8)
    theta = rng.normal(size=d)
    moved = theta + shift * rng.normal(size=d)
    return AutoregressiveLinear(theta, features, H), AutoregressiveLinear(moved, features, H)


def test_bench_exact_profile_of_all_sequences(benchmark):
    pi_D, pi = _linear_pair(H=8, shift=0.5)
    profile = benchmark.pedantic(coverage_profile, (pi_D, pi), rounds=3)
    assert profile.law.p.sum() == pytest.approx(1.0, abs=1e-10)
    benchmark.extra_info["leaves"] = 8**8
    benchmark.extra_info["leaves_per_second"] = 8**8 / benchmark.stats["min"]


def test_bench_monte_carlo_of_autoregressive_linear(benchmark):
    pi_D, pi = _linear_pair(H=128, shift=0.1)
    draws = 32768

    def run():
        return estimate_coverage(pi_D, pi, 4.0, draws, np.random.default_rng(1), false_alarm=1e-6, threads=2)

    estimate = benchmark.pedantic(run, rounds=3)
    assert 0 < estimate.lower < estimate.upper < 1
    benchmark.extra_info["tokens_per_second"] = draws * 128 / benchmark.stats["min"]


def _iid_pair():
    """Two laws on 50 symbols whose sequences of length 1000 are about 4 nats apart, and a threshold one sd up."""
    rng = np.random.default_rng(4)
    p = rng.dirichlet(np.ones(50))
    q = p * np.exp(0.0894 * rng.normal(size=50))
    q /= q.sum()
    x = np.log(p / q)
    mean = p @ x
    return p, q, 1000 * mean + np.sqrt(1000 * (p @ (x - mean) ** 2))


def test_bench_certified_bracket_at_a_thousand_tokens(benchmark):
    p, q, log_N = _iid_pair()
    bracket = benchmark.pedantic(composition_bracket, (p, q, 1000, log_N), {"points": 2**22}, rounds=3)
    benchmark.extra_info.update(
        lower=bracket.lower, upper=bracket.upper, relative_width=float(bracket.relative_gap), log_N=float(log_N)
    )
    assert 0 < bracket.lower < bracket.upper < 1


@pytest.mark.parametrize("interval", [1e-4, 1e-5])
def test_bench_dp_accounting_on_the_same_pair(benchmark, interval):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("dp_accounting")
        from dp_accounting.pld import privacy_loss_distribution as pld
    p, q, log_N = _iid_pair()
    log_p, log_q = ({i: float(v) for i, v in enumerate(np.log(law))} for law in (p, q))

    def tail(pessimistic):
        # argument order is (lower, upper): the loss is log(upper / lower) under upper
        composed = pld.from_two_probability_mass_functions(
            log_q, log_p, pessimistic_estimate=pessimistic, value_discretization_interval=interval
        ).self_compose(1000)
        pmf = composed._pmf_remove.to_dense_pmf()
        loss = (pmf._lower_loss + np.arange(len(pmf._probs))) * pmf._discretization
        return float(pmf._probs[loss >= log_N - 1e-9].sum() + pmf._infinity_mass)

    optimistic, pessimistic = benchmark.pedantic(lambda: (tail(False), tail(True)), rounds=1)
    ours = composition_bracket(p, q, 1000, log_N)
    benchmark.extra_info.update(
        lower=optimistic, upper=pessimistic, relative_width=(pessimistic - optimistic) / pessimistic, log_N=float(log_N)
    )
    assert optimistic <= ours.upper
    assert ours.lower <= pessimistic

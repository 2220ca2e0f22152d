"""The profile is a tail with ties counted, and everything read off it agrees with direct sums."""

from fractions import Fraction
from math import fsum

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covtheory.certificates import composition_bracket
from covtheory.coverage import CoverageProfile, LogRatioLaw, coverage_profile, law_from_pmfs
from covtheory.policies import Product, Tabular


@st.composite
def pairs(draw):
    n = draw(st.integers(1, 6))
    weights = st.lists(st.integers(0, 20), min_size=n, max_size=n).filter(any)
    a, b = np.array(draw(weights), dtype=float), np.array(draw(weights), dtype=float)
    return a / a.sum(), b / b.sum()


@given(pairs(), st.lists(st.floats(1, 1e6), min_size=2, max_size=8))
def test_coverage_does_not_increase_in_N(pair, N):
    values = coverage_profile(*map(Tabular, pair))(np.sort(N))
    assert (np.diff(values) <= 0).all()
    assert (values >= 0).all()
    assert (values <= 1 + 1e-12).all()


@given(pairs(), st.floats(1, 1e3))
def test_hockey_stick_is_below_coverage_and_equals_the_direct_sum(pair, N):
    p, q = pair
    profile = coverage_profile(Tabular(p), Tabular(q))
    assert profile.hockey_stick(N) == pytest.approx(np.maximum(p - N * q, 0).sum(), abs=1e-13)
    assert profile.hockey_stick(N) <= profile(N)
    assert profile(2 * N) / 2 <= profile.hockey_stick(N) + 1e-13  # (1 - 1/2) Cov_{2N} <= E_N


@given(pairs(), st.floats(0, 1))
def test_quantile_inverts_the_coverage(pair, eps):
    profile = coverage_profile(*map(Tabular, pair))
    N = profile.quantile(eps)
    if np.isinf(N):
        assert profile(np.inf) > eps
        return
    assert profile(N * (1 + 1e-9)) <= eps * (1 + 1e-11)
    if N > 1:
        assert profile(N) > eps
        assert profile(np.maximum(1.0, N * (1 - 1e-9))) > eps


@given(pairs(), st.floats(0, 1))
def test_neyman_pearson_trade_off_is_the_best_of_all_threshold_tests(pair, alpha):
    p, q = pair
    profile = coverage_profile(Tabular(p), Tabular(q))
    beta = float(profile.beta(alpha))
    gammas = np.concatenate([[0.0], p[q > 0] / q[q > 0], [1e9]])
    # linear-programming duality: beta = max over gamma of (alpha - E_gamma) / gamma
    dual = max((alpha - np.maximum(p - g * q, 0).sum()) / g for g in gammas if g > 0)
    assert beta == pytest.approx(max(dual, 0.0), abs=1e-9)


@given(pairs(), st.integers(1, 6), st.floats(-2, 8))
@settings(max_examples=25)
def test_brackets_are_ordered_and_contain_the_enumerated_coverage(pair, H, log_N):
    bracket = composition_bracket(*pair, H, log_N, points=2**9)
    assert 0 <= bracket.lower <= bracket.upper <= 1
    exact = float(coverage_profile(Product(pair[0], H), Product(pair[1], H)).tail(log_N))
    assert bracket.lower - 1e-12 <= exact <= bracket.upper + 1e-12


def test_ties_count_and_values_just_above_do_not():
    profile = coverage_profile(Tabular([0.1, 0.9]), Tabular([0.1 / 3, 1 - 0.1 / 3]))
    assert profile(3) == pytest.approx(0.1)
    assert profile(3 * (1 + 1e-9)) == 0.0
    strict = CoverageProfile(profile.law, tie=0.0)
    assert strict.tail(profile.law.values[-1]) == pytest.approx(0.1)


def test_infinite_ratios_count_for_every_N():
    profile = coverage_profile(Tabular([0.25, 0.75]), Tabular([0.0, 1.0]))
    np.testing.assert_array_equal(profile([1, 1e300, np.inf]), 0.25)
    assert profile.kl == np.inf
    assert profile.quantile([0.2, 0.25]).tolist() == [np.inf, 1.0]
    assert profile.hockey_stick([1.0, np.inf]) == pytest.approx([0.25, 0.25])
    assert profile.beta([0.25, 1.0]) == pytest.approx([0.0, 1.0])


def test_small_tails_are_summed_to_the_last_digit():
    rng = np.random.default_rng(0)
    values = np.sort(rng.exponential(3.0, 30000))
    values[0] = -50.0
    p = np.exp(-2.0 * values)
    p[0] = 0.0
    p /= p.sum()
    q = p * np.exp(-values)
    law = LogRatioLaw(values, p, q, 1 - q.sum())
    profile = CoverageProfile(law)
    for t in (0.5, 5.0, 20.0, 25.0):
        truth = fsum(p[values >= t])
        assert profile.tail(t) == pytest.approx(truth, rel=1e-14)
        assert profile.log_tail(t) == pytest.approx(np.log(truth), rel=1e-14)


def test_coverage_of_a_coin_is_rational():
    # H fair coins against bias 1/4: ratio 2^k (2/3)^(H-k), k heads
    from math import comb

    H = 12
    profile = coverage_profile(Product([0.5, 0.5], H), Product([0.25, 0.75], H))
    for k in range(H + 1):
        N = Fraction(2) ** k * Fraction(2, 3) ** (H - k)
        if N >= 1:
            tail = Fraction(sum(comb(H, j) for j in range(k, H + 1)), 2**H)
            assert float(profile(float(N))) == pytest.approx(float(tail), rel=1e-13)


def test_thresholds_in_log_space_do_not_overflow():
    profile = coverage_profile(Tabular.from_log_probs([0.0, -1.0e3]), Tabular.from_log_probs([0.0, -3.0e3]))
    assert profile.law.values.tolist() == [0.0, 2000.0]
    assert profile.tail(1500.0) == 0.0  # the mass itself underflows, not the ratio
    heavy = CoverageProfile(LogRatioLaw([-np.log(2), 2000.0], [0.5, 0.5], [1.0, 0.0]))
    assert heavy.tail(1999.0) == 0.5
    assert heavy.log_quantile(0.1) == 2000.0
    assert heavy.quantile(0.1) == np.inf


def test_the_plot_is_the_profile():
    matplotlib.use("Agg")
    profile = coverage_profile(Tabular([0.5, 0.3, 0.2]), Tabular([0.2, 0.3, 0.5]))
    ax = profile.plot(label="model")
    step, mean = ax.get_lines()
    assert step.get_label() == "model"
    x, y = step.get_data()
    np.testing.assert_allclose(x[1:-1], [np.log(2.5)])
    np.testing.assert_allclose(y, [0.8, 0.5, 0.0])
    assert mean.get_xdata()[0] == pytest.approx(profile.kl)
    matplotlib.pyplot.close(ax.figure)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda f: f(0.5), "N: got 0.5, expected N >= 1"),
        (lambda f: f(np.nan), "N: got nan"),
        (lambda f: f.tail(np.nan), "log_N: got NaN"),
        (lambda f: f.quantile(1.5), "eps: got 1.5"),
        (lambda f: f.beta(-0.1), "alpha: got -0.1"),
        (lambda f: f.hockey_stick(-1.0), "gamma: got -1"),
    ],
)
def test_bad_input_is_named(use, message):
    with pytest.raises(ValueError, match=message):
        use(CoverageProfile(law_from_pmfs([0.5, 0.5], [0.25, 0.75])))


def test_a_target_just_below_a_coverage_is_not_reached_by_it():
    profile = CoverageProfile(law_from_pmfs([0.5, 0.3, 0.2], [0.1, 0.2, 0.7]))
    assert profile.log_quantile(0.5 * (1 - 1e-9)) == pytest.approx(np.log(5.0))
    assert profile.log_quantile(0.5) == pytest.approx(np.log(1.5))
    assert profile.log_quantile(0.5 * (1 - 1e-13)) == pytest.approx(np.log(1.5))  # equal up to round-off


def test_hockey_stick_tells_atoms_apart_that_are_a_thousandth_of_a_nat_apart():
    p, q = np.array([0.25, 0.25, 0.5]), np.array([0.2, 0.2 * (1 - 1e-3), 0.6 + 2e-4])
    profile = CoverageProfile(law_from_pmfs(p, q))
    for gamma in (1.25, 1.25 * (1 + 5e-4), 1.2499, 1.252):
        assert profile.hockey_stick(gamma) == pytest.approx(np.maximum(p - gamma * q, 0).sum(), rel=1e-9, abs=1e-15)

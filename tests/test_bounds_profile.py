"""Hockey-stick and Neyman-Pearson bounds: valid on random pairs, attained on two-point pairs, and with teeth."""

import numpy as np
import pytest

from covtheory.bounds.profile import coverage_from_hockey_stick, hockey_stick_lower, np_beta_lower, np_beta_upper
from covtheory.instances.pair import Pair
from covtheory.instances.profile import two_point_pair
from covtheory.instances.random_pairs import KINDS, random_pairs

THRESHOLDS = np.array([1.05, 1.5, 2.0, 4.0, 16.0, 1000.0])


def cov(pair, N):
    return (pair.pi_D * (pair.log_ratio >= np.log(N) - 1e-12)).sum(axis=-1)


def hockey_stick(pair, gamma):
    return np.clip(np.maximum(pair.pi_D - gamma * pair.pi, 0).sum(axis=-1), 0, 1)


def beta(p, q, alpha):
    """Least model mass of a randomised test of data mass alpha: fill up by decreasing ratio."""
    with np.errstate(divide="ignore"):
        order = np.argsort(np.where(p > 0, q / np.where(p > 0, p, 1), np.inf))
    left, total = alpha, 0.0
    for y in order:
        take = min(left, p[y])
        total += q[y] * take / p[y] if p[y] > 0 else 0.0
        left -= take
    return total


@pytest.mark.parametrize("kind", KINDS)
def test_hockey_stick_sandwich_holds(kind):
    pair = random_pairs(np.random.default_rng(1), 400, 5, kind)
    for N in THRESHOLDS:
        C = np.clip(cov(pair, N), 0, 1)
        for gamma in THRESHOLDS:
            E = hockey_stick(pair, gamma)
            assert np.all(hockey_stick_lower(E, gamma, N) <= C + 1e-12)
            if gamma < N:
                assert np.all(coverage_from_hockey_stick(E, gamma, N) + 1e-12 >= C)


def test_hockey_stick_upper_is_attained_and_a_smaller_constant_fails():
    for a in (1e-6, 0.3, 1.0):
        pair = two_point_pair(a, 16.0)
        for gamma in (1.0, 2.0, 15.0):
            E = hockey_stick(pair, gamma)
            assert coverage_from_hockey_stick(E, gamma, 16.0) == pytest.approx(a, rel=1e-12)
            assert a > E, "sabotaged twin: Cov_N <= E_gamma is false"


def test_hockey_stick_lower_is_attained():
    gamma, N, c = 2.0, 8.0, 0.25  # ratio inf on the covered part, just below N elsewhere
    hit = (1 - c) / (N * (1 - 1e-9))
    pair = Pair([c, 1 - c, 0.0], [0.0, hit, 1 - hit])
    E = hockey_stick(pair, gamma)
    assert cov(pair, N) == c
    assert hockey_stick_lower(E, gamma, N) == pytest.approx(c, abs=1e-8)
    assert c < E, "sabotaged twin: Cov_N >= E_gamma is false for gamma < N"
    assert hockey_stick_lower(0.9, N, N) == 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_neyman_pearson_bounds_hold(kind):
    pair = random_pairs(np.random.default_rng(2), 40, 5, kind)
    for p, q, log_ratio in zip(pair.pi_D, pair.pi, pair.log_ratio, strict=True):
        for gamma in (0.25, 1.0, 1.5, 4.0, 100.0):
            C = min(p[log_ratio >= np.log(gamma) - 1e-12].sum(), 1.0)
            for alpha in (0.05, 0.5, 0.95):
                exact = beta(p, q, alpha)
                assert exact >= np_beta_lower(alpha, C, gamma) - 1e-12
                if alpha <= C:
                    assert exact <= np_beta_upper(gamma, alpha) + 1e-12


def test_neyman_pearson_bounds_are_attained_and_have_teeth():
    p, q = two_point_pair(0.25, 8.0)
    assert beta(p, q, 0.25) == pytest.approx(float(np_beta_upper(8.0, 0.25)))
    assert beta(p, q, 0.25) > np_beta_upper(8.0, 0.25) * 0.99
    # an event of ratio inf next to ratio just below gamma attains the lower bound
    p, q = np.array([0.25, 0.75, 0.0]), np.array([0.0, 0.75 / (4 - 1e-9), 1 - 0.75 / (4 - 1e-9)])
    exact = beta(p, q, 0.7)
    assert exact == pytest.approx(float(np_beta_lower(0.7, 0.25, 4.0)), rel=1e-8)
    assert exact < 1.01 * np_beta_lower(0.7, 0.25, 4.0)
    assert exact < 0.7 / 4, "sabotaged twin: dropping Cov_gamma from the lower bound"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: coverage_from_hockey_stick(0.1, 4, 4), "gamma"),
        (lambda: coverage_from_hockey_stick(1.1, 1, 4), "E_gamma"),
        (lambda: np_beta_lower(0.5, 0.1, 0.0), "gamma"),
        (lambda: np_beta_upper(2, -0.1), "alpha"),
    ],
)
def test_bad_inputs_name_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()

"""Covers, bounds and instances of notebook 06: verified radii, constants, exact laws against a second route."""

import itertools

import numpy as np
import pytest

from covtheory.bounds import autoregressive as bounds
from covtheory.certificates import composition_bracket
from covtheory.coverage import estimate_coverage
from covtheory.instances.autoregressive import RarePrompts, Signs, pivotal_text
from covtheory.learners.autoregressive_linear import fit
from covtheory.learners.covers import Net, ball_net, verify_radius
from covtheory.learners.log_likelihood import LogLikelihood
from covtheory.policies import AutoregressiveLinear, TokenFeatures
from covtheory.policies.finite_context import inherent_variance, sequence_kl


@pytest.mark.parametrize(("d", "radius", "cells"), [(1, 0.3, 4000), (1, 0.013, 4000), (2, 0.3, 300), (2, 0.07, 500),
                                                    (3, 0.4, 60), (4, 0.6, 24)])
def test_nets_are_nets_and_no_larger_than_the_formula(d, radius, cells):
    net = ball_net(d, radius)
    assert np.linalg.norm(net.points, axis=1).max() <= 1 + 1e-12
    bracket = verify_radius(net, cells)
    assert bracket.lower <= radius * (1 + 1e-12)
    assert bracket.upper <= radius + 2 * np.sqrt(d) / cells + 1e-12
    assert net.size <= (1 + 2 / radius) ** d


def test_verification_notices_a_hole():
    net = ball_net(2, 0.2)
    holed = Net(net.points[np.linalg.norm(net.points - [0.3, 0.1], axis=1) > 0.3], net.radius)
    assert verify_radius(holed, 200).lower > net.radius


def test_net_errors():
    with pytest.raises(ValueError, match="radius"):
        ball_net(2, 0.0)
    with pytest.raises(ValueError, match="net: at least"):
        ball_net(6, 0.01)
    with pytest.raises(ValueError, match="net: at least"):
        ball_net(1, 1e-9)


def test_sup_log_distance_bounds_enumerated_log_ratios():
    rng = np.random.default_rng(0)
    for _ in range(20):
        features = TokenFeatures(rng.normal(size=(2, 3, 2)))
        a, b = rng.normal(size=(2, 2))
        a, b = a / max(1, np.linalg.norm(a)), b / max(1, np.linalg.norm(b))
        models = [AutoregressiveLinear(t, features, 4) for t in (a, b)]
        gap = max(np.abs(models[0].enumerate(x)[1] - models[1].enumerate(x)[1]).max() for x in (0, 1))
        assert gap <= bounds.sup_log_distance(np.linalg.norm(a - b), features.bound, 4)


def test_log_cover_lower_and_upper_in_one_dimension():
    for B, H, alpha in itertools.product([0.5, 1, 4], [1, 8, 512], [0.01, 0.5, 3.0, 50.0]):
        size = ball_net(1, min(1.0, alpha / (2 * B * H))).size
        assert bounds.log_cover_lower(B, H, alpha) <= np.log(size) <= bounds.log_cover(1, B, H, alpha) + 1e-12
        range_of_ell = H * (np.logaddexp(0, 2 * B) - np.logaddexp(0, -2 * B))
        assert range_of_ell == pytest.approx(2 * B * H)


def test_fine_scale_is_the_minimiser():
    for d, B, H, n in [(1, 1, 8, 100), (32, 4, 512, 10**5)]:
        eps = bounds.fine_scale(d, B, H, n)
        value = lambda e, d=d, B=B, H=H, n=n: 2 * d * np.log1p(4 * B * H / e) / n + e  # noqa: E731
        assert value(eps) <= value(eps * np.geomspace(0.5, 2, 101)).min() + 1e-12


def test_two_scale_bound_written_out():
    d, B, H, n, N, delta = 3, 2.0, 16, 1000, 4096.0, 0.05
    eps = float(bounds.fine_scale(d, B, H, n))
    K, K_far = (1 + 128 / eps) ** d, (1 + 128 / (np.log(N) / 4)) ** d
    by_hand = 1.5819767068693265 * (
        2 * (2 / n * np.log(2 * K / delta) + eps) / np.log(N / 16) + np.log(2 * K_far / delta) / n
    )
    assert bounds.ar_linear_coverage(d, B, H, n, N, delta) == pytest.approx(by_hand, rel=1e-12)
    with pytest.raises(ValueError, match="N: got 16"):
        bounds.ar_linear_coverage(d, B, H, n, 16.0)
    more = bounds.ar_linear_coverage(d, B, H, n, N, delta, gap=5.0)
    assert more - by_hand == pytest.approx(1.5819767068693265 * 2 * 5 / n / np.log(N / 16), rel=1e-9)
    assert bounds.ar_linear_coverage_tuned(d, B, H, n, N, delta).total <= by_hand


def test_dimension_free_forms_are_ordered():
    sigma_sq = np.geomspace(1e-6, 1e4, 11)[:, None]
    N = np.geomspace(8, 1e30, 7)
    for B, n in [(0.5, 100), (4.0, 10**5)]:
        sharp = bounds.dimension_free_coverage(sigma_sq, B, n, N)
        assert (sharp <= bounds.dimension_free_coverage_simple(sigma_sq, B, n, N) * (1 + 1e-12)).all()
    g, v = 2 * (np.sqrt(np.e) - 1), np.geomspace(1e-3, 1 / 16, 400)
    smoothed = 1.5819767068693265 * ((1 + 16 * g * v) * 2 * 3 / 10 + g * v * 9 + 4 * 5 / (100 * v))
    assert smoothed.min() * 0.999 <= bounds.stopped_kl_bound(9.0, 2.0, 100, 5.0) <= smoothed.min() * 1.2
    assert bounds.stopped_kl_bound(0.0, 2.0, 100, 5.0) == pytest.approx(1.5819767068693265 * 5 * 4 * 16 / 100)


def test_length_lower_conditions_and_its_proof_constants():
    with pytest.raises(ValueError, match="H: got"):
        bounds.length_lower(100, 1000, 16)
    for N in (16.0, 1e4):
        L = np.log(N) + 1.5
        H = int(np.ceil(420 * np.log(N)))
        rho = np.sqrt(8 * np.exp(0.75) * L / H)
        assert rho <= 0.25
        signs = Signs(H, float(np.arctanh(rho)))
        m_0 = int(0.5 / signs.u**2)
        assert signs.least_B**2 <= 28 * np.log(N)
        bracket = signs.risk(m_0, signs.bayes(m_0), L)
        certified = bounds.signs_lower(m_0, bracket.lower, 1.5, H)
        assert certified >= bounds.length_lower(H, H, N)


def test_exact_law_of_the_rare_prompt_fit_by_listing_every_data_set():
    instance, n = RarePrompts(d=1, H=2, B=1.5, mu=0.3, theta_star=0.6), 3
    features = instance.features()
    pi_D = instance.policy(features)
    total_cov = total_kl = 0.0
    for seen in itertools.product([0, 1], repeat=n):
        for y in itertools.product([0, 1], repeat=2 * n):
            sequences = np.array(y).reshape(n, 2)
            x = np.array(seen)
            mass = np.prod(np.where(x == 1, 0.3, 0.7)) * np.exp(
                [pi_D.log_prob(row[None], int(i))[0] for row, i in zip(sequences, x, strict=True)]
            ).prod()
            model = fit(LogLikelihood(features, sequences, x), tolerance=1e-10).policy(features, 2)
            rows, log_p = pi_D.enumerate(1)
            ratio = log_p - model.log_prob(rows, 1)
            total_cov += mass * 0.3 * np.exp(log_p)[ratio >= np.log(1.5)].sum()
            total_kl += mass * sequence_kl(pi_D, model, instance.prompt_probs)
    weight, _, theta = instance.fitted_law(n)
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    assert 0.3 * weight @ instance.prompt_coverage(theta, 1.5) == pytest.approx(total_cov, rel=1e-6)
    assert 0.3 * 2 * weight @ instance.token_kl(theta) == pytest.approx(total_kl, rel=1e-6)


def test_prompt_coverage_against_the_certified_engine():
    instance = RarePrompts(d=4, H=200, B=3.0, mu=0.01, theta_star=0.2)
    p = np.array([1 - instance.plus, instance.plus])
    for theta, log_N in [(0.1, 2.0), (0.0, 10.0), (0.3, 3.0), (-0.1, 40.0)]:
        q = 1 / (1 + np.exp([6 * theta, -6 * theta]))
        bracket = composition_bracket(p, q, 200, log_N)
        assert bracket.contains(float(instance.prompt_coverage(theta, np.exp(log_N))))
    assert instance.prompt_coverage(0.2, 1.0) == 1
    assert instance.prompt_coverage(0.2, 1.1) == 0


def test_large_fitted_laws_sum_to_one():
    weight, m, theta = RarePrompts(d=2, H=512, B=2.0, mu=0.004, theta_star=0.5).fitted_law(10**4)
    assert weight.sum() == pytest.approx(1, abs=1e-11)
    assert weight @ m == pytest.approx(40, rel=1e-11)
    assert weight @ theta == pytest.approx(0.5, abs=1e-3)


def test_inherent_variance_of_rare_prompts_is_the_general_one():
    instance = RarePrompts(d=3, H=7, B=2.0, mu=0.1, theta_star=0.3)
    general = inherent_variance(instance.policy(instance.features()), instance.prompt_probs)
    assert instance.inherent_variance == pytest.approx(general, rel=1e-12)
    with pytest.raises(ValueError, match="theta_star"):
        RarePrompts(d=4, H=7, B=2.0, mu=0.1, theta_star=0.6)
    with pytest.raises(ValueError, match="mu"):
        RarePrompts(d=4, H=7, B=2.0, mu=0.3, theta_star=0.5)


def test_signs_bayes_rule_is_the_posterior_mixture_and_risk_matches_sampling():
    signs, m = Signs(6, 0.4), 3
    for k, t in enumerate(signs.bayes(m)):
        up = 1 / (1 + np.exp(-0.8))
        like = np.array([up**k * (1 - up) ** (m - k), (1 - up) ** k * up ** (m - k)])
        mixture = (like * [up, 1 - up]).sum() / like.sum()
        assert 1 / (1 + np.exp(-2 * t)) == pytest.approx(mixture, rel=1e-12)
    rng = np.random.default_rng(1)
    k = rng.binomial(m, up, (200_000, 6))
    y = rng.random((200_000, 6)) < up
    t = signs.bayes(m)[k]
    log_q = -np.logaddexp(0, np.where(y, -2 * t, 2 * t))
    ratio = (np.where(y, np.log(up), np.log1p(-up)) - log_q).sum(axis=1)
    frequency = (ratio >= np.log(1.5)).mean()
    bracket = signs.risk(m, signs.bayes(m), np.log(1.5))
    assert bracket.lower - 0.006 <= frequency <= bracket.upper + 0.006
    with pytest.raises(ValueError, match="t: shape"):
        signs.risk(2, [0.0], 1.0)


def test_signs_policy_is_the_product_it_claims_to_be():
    signs = Signs(5, 0.3)
    features = signs.features(signs.least_B)
    s = np.array([1, -1, 1, 1, -1])
    theta = s * signs.u / signs.least_B
    assert np.linalg.norm(theta) == pytest.approx(1)
    pi = AutoregressiveLinear(theta, features, 5)
    y, log_p = pi.enumerate(1)
    agree = (2.0 * y.astype(float) - 1) * s
    np.testing.assert_allclose(log_p, -np.logaddexp(0, -2 * signs.u * agree).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(pi.enumerate(0)[1], -5 * np.log(2), rtol=1e-12)
    with pytest.raises(ValueError, match="B: got"):
        signs.features(0.5 * signs.least_B)


def test_lower_bound_holds_for_a_real_fit():
    signs, n = Signs(64, 0.6), 200
    m_0 = 3
    features = signs.features(signs.least_B)
    bound = bounds.signs_lower(m_0, signs.risk(m_0, signs.bayes(m_0), np.log(16) + 2).lower, 2.0, n)
    rng = np.random.default_rng(2)
    hits = 0.0
    for _ in range(60):
        theta = rng.choice([-1, 1], 64) / 8.0
        pi = AutoregressiveLinear(theta, features, 64)
        x = (rng.random(n) < m_0 / n).astype(int)
        if not x.any():
            x[0] = 0
        model = fit(LogLikelihood(features, pi.sample(rng, n, x), x)).policy(features, 64)
        hits += m_0 / n * estimate_coverage(pi, model, 16, 200, rng, false_alarm=1e-6, prompt_probs=[0, 1]).value / 60
    assert hits >= bound > 0


def test_pivotal_text_has_few_uncertain_contexts():
    policy = pivotal_text(np.random.default_rng(3), 4, 32, 20.0, 2)
    assert (policy.theta == 0).sum() == 2
    assert np.linalg.norm(policy.theta) == pytest.approx(0.95)
    with pytest.raises(ValueError, match="pivotal"):
        pivotal_text(np.random.default_rng(3), 2, 32, 20.0, 4)

"""Maximum likelihood of autoregressive linear models: derivatives, certificate, solver, singular designs, collapse."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from slow_routes import PrefixFeatures

from covtheory.learners.autoregressive_linear import fit
from covtheory.learners.log_likelihood import LogLikelihood, count_tokens
from covtheory.policies import (
    AutoregressiveLinear,
    DecayedHistoryFeatures,
    FiniteContextFeatures,
    TokenFeatures,
)
from covtheory.policies.finite_context import (
    expected_visits,
    inherent_variance,
    last_tokens,
    sample_counts,
    sequence_kl,
)


def history(rng, V=3, d=4, scale=1.5):
    return DecayedHistoryFeatures(rng.normal(size=(V, d)), rng.normal(size=(V, d)), 0.6, scale)


def contexts(rng, V=3, d=4):
    return FiniteContextFeatures(rng.normal(size=(V, V, d)), last_tokens(V, 1))


def data(rng, features, n=40, H=5, norm=0.8):
    theta = rng.normal(size=features.d)
    pi = AutoregressiveLinear(norm * theta / np.linalg.norm(theta), features, H)
    return pi, pi.sample(rng, n)


@pytest.mark.parametrize("make", [history, contexts])
def test_value_is_the_sum_of_log_probs_and_derivatives_are_exact(make):
    rng = np.random.default_rng(1)
    pi, y = data(rng, make(rng))
    likelihood = LogLikelihood(pi.features, y)
    theta = rng.normal(size=4)
    model = AutoregressiveLinear(theta, pi.features, 5)
    assert likelihood.value(theta) == pytest.approx(model.log_prob(y).sum(), rel=1e-12)
    slope = approx_fprime(theta, likelihood.value, 1e-6)
    np.testing.assert_allclose(likelihood.gradient(theta), slope, rtol=1e-4, atol=1e-3)
    columns = [(likelihood.gradient(theta + e) - likelihood.gradient(theta - e)) / 2e-5 for e in 1e-5 * np.eye(4)]
    np.testing.assert_allclose(likelihood.hessian(theta), columns, rtol=1e-6, atol=1e-5)
    assert np.linalg.eigvalsh(likelihood.hessian(theta)).max() <= 0


def test_streamed_blocks_add_up():
    rng = np.random.default_rng(12)
    pi, y = data(rng, history(rng), n=2500, H=3)
    likelihood = LogLikelihood(pi.features, y)
    parts = [LogLikelihood(pi.features, piece) for piece in np.array_split(y, 3)]
    theta = rng.normal(size=4)
    model = AutoregressiveLinear(theta, pi.features, 3)
    assert likelihood.value(theta) == pytest.approx(model.log_prob(y).sum(), rel=1e-12)
    np.testing.assert_allclose(likelihood.gradient(theta), sum(p.gradient(theta) for p in parts), atol=1e-8)
    np.testing.assert_allclose(likelihood.hessian(theta), sum(p.hessian(theta) for p in parts), atol=1e-8)


def test_collapsed_streamed_and_counted_data_are_one_likelihood():
    rng = np.random.default_rng(2)
    features = contexts(rng)
    _, y = data(rng, features)
    slow = PrefixFeatures(
        lambda x, prefix: features.table[prefix[:, -1] if prefix.shape[1] else np.zeros(len(x), int)], V=3, d=4
    )
    theta = rng.normal(size=4)
    a, b = LogLikelihood(features, y), LogLikelihood(slow, y)
    c = LogLikelihood(features, counts=count_tokens(features, y))
    for other in (b, c):
        assert other.value(theta) == pytest.approx(a.value(theta), rel=1e-12)
        np.testing.assert_allclose(other.gradient(theta), a.gradient(theta), atol=1e-10)
        np.testing.assert_allclose(other.hessian(theta), a.hessian(theta), atol=1e-10)
        np.testing.assert_allclose(other.design() > 1e-12, a.design() > 1e-12)
    assert fit(b).log_likelihood == pytest.approx(fit(a).log_likelihood, abs=2e-6)


@pytest.mark.parametrize(("make", "radius"), [(history, 1.0), (history, 0.2), (contexts, 1.0), (contexts, 0.1)])
def test_fit_agrees_with_an_independent_solver(make, radius):
    rng = np.random.default_rng(3)
    pi, y = data(rng, make(rng))
    likelihood = LogLikelihood(pi.features, y)
    result = fit(likelihood, radius=radius)
    other = minimize(
        lambda t: -likelihood.value(t), np.zeros(4), jac=lambda t: -likelihood.gradient(t), method="SLSQP",
        constraints={"type": "ineq", "fun": lambda t: radius**2 - t @ t, "jac": lambda t: -2 * t},
        options={"ftol": 1e-13, "maxiter": 300},
    )
    assert result.converged
    assert result.log_likelihood >= -other.fun - 2e-6
    np.testing.assert_allclose(result.theta, other.x, atol=1e-3)
    assert np.linalg.norm(result.theta) <= radius * (1 + 1e-12)
    assert result.on_boundary == (np.linalg.norm(other.x) > radius - 1e-6)


def test_gap_bounds_the_true_suboptimality_of_every_interrupted_run():
    rng = np.random.default_rng(4)
    pi, y = data(rng, history(rng))
    likelihood = LogLikelihood(pi.features, y)
    best = fit(likelihood, tolerance=1e-9).log_likelihood
    for most in range(1, 6):
        early = fit(likelihood, most_evaluations=most)
        assert early.gap >= best - early.log_likelihood - 1e-9
        assert early.converged == (early.gap <= 1e-6)
    assert not fit(likelihood, most_evaluations=1).converged


def test_preconditioned_fit_of_long_data_is_certified():
    rng = np.random.default_rng(5)
    pi, y = data(rng, history(rng, V=4, d=6), n=900, H=64, norm=0.9)
    likelihood = LogLikelihood(pi.features, y)
    assert likelihood.part(10).tokens == 640 < likelihood.tokens
    result = fit(likelihood)
    assert result.converged
    assert not result.singular
    assert result.gap <= 1e-6
    assert np.linalg.norm(result.theta - pi.theta) < 0.1
    exact = likelihood.hessian(result.theta)
    assert result.evaluations < 20
    assert np.linalg.eigvalsh(exact).max() < 0


def test_singular_design_is_flagged_and_gives_the_least_norm():
    table = np.zeros((3, 2, 3))
    table[1, 1, 0] = table[2, 1, 1] = 2.0
    features = TokenFeatures(table)
    likelihood = LogLikelihood(features, [[0, 1, 1], [1, 0, 1]], x=[1, 1])
    result = fit(likelihood)
    assert result.singular
    assert result.null_dimension == 2
    assert result.converged
    np.testing.assert_allclose(result.theta, [np.log(2) / 2, 0, 0], atol=1e-6)
    nothing = fit(LogLikelihood(features, [[0, 1]], x=[0]))
    assert nothing.null_dimension == 3
    assert nothing.gap == 0
    np.testing.assert_array_equal(nothing.theta, 0)


def test_separable_data_stop_at_the_boundary():
    result = fit(LogLikelihood(TokenFeatures([[3.0], [-3.0]]), [[0, 0, 0, 0]]))
    assert result.converged
    assert result.on_boundary
    assert result.theta[0] == pytest.approx(1.0)


def test_mirrored_tokens_mirror_the_fit():
    rng = np.random.default_rng(6)
    table = rng.normal(size=(2, 3, 4))
    y = rng.integers(3, size=(30, 4))
    a = fit(LogLikelihood(TokenFeatures(table), y, x=np.arange(30) % 2), tolerance=1e-10)
    b = fit(LogLikelihood(TokenFeatures(-table), y, x=np.arange(30) % 2), tolerance=1e-10)
    np.testing.assert_allclose(a.theta, -b.theta, atol=1e-7)


def test_bad_input_is_named():
    rng = np.random.default_rng(7)
    features = contexts(rng)
    with pytest.raises(ValueError, match="y: got 3"):
        LogLikelihood(features, [[0, 3]])
    with pytest.raises(ValueError, match="at least one token"):
        LogLikelihood(features, np.empty((0, 4), int))
    with pytest.raises(ValueError, match="exactly one"):
        LogLikelihood(features)
    with pytest.raises(ValueError, match="counts: shape"):
        LogLikelihood(features, counts=np.ones((2, 2)))
    with pytest.raises(ValueError, match="counts: DecayedHistory"):
        LogLikelihood(history(rng), counts=np.ones((2, 2)))
    with pytest.raises(ValueError, match="no finite contexts"):
        count_tokens(history(rng), [[0]])
    good = LogLikelihood(features, [[0, 1]])
    with pytest.raises(ValueError, match="theta: shape"):
        good.value(np.zeros(3))
    with pytest.raises(ValueError, match="theta: shape"):
        good.value([np.nan, 0, 0, 0])
    for bad in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="radius"):
            fit(good, radius=bad)
    with pytest.raises(ValueError, match="most_evaluations"):
        fit(good, most_evaluations=0)
    with pytest.raises(ValueError, match="following: shape"):
        FiniteContextFeatures(np.zeros((2, 2, 1)), [[0, 1]])
    with pytest.raises(ValueError, match="following: got 2"):
        FiniteContextFeatures(np.zeros((2, 2, 1)), [[0, 2], [0, 0]])
    with pytest.raises(ValueError, match="table: shape"):
        FiniteContextFeatures(np.full((1, 2, 1), np.nan), [[0, 0]])
    with pytest.raises(ValueError, match="prompt_probs: shape"):
        expected_visits(AutoregressiveLinear(np.zeros(4), features, 3), [0.5, 0.5])


def test_inherent_variance_and_kl_against_enumeration():
    rng = np.random.default_rng(8)
    features = contexts(rng)
    pi, _ = data(rng, features)
    other = AutoregressiveLinear(rng.normal(size=4), features, 5)
    y, log_p = pi.enumerate()
    p = np.exp(log_p)
    previous = np.column_stack([np.zeros(len(y), int), y[:, :-1]])
    next_p = np.exp(features.table @ pi.theta)
    next_p /= next_p.sum(axis=1, keepdims=True)
    mean = np.einsum("cv,cvd->cd", next_p, features.table)
    square = ((features.table[previous, y] - mean[previous]) ** 2).sum(axis=(1, 2))
    assert inherent_variance(pi) == pytest.approx(p @ square, rel=1e-12)
    assert inherent_variance(pi) <= features.bound**2 * pi.H
    assert sequence_kl(pi, other) == pytest.approx(p @ (log_p - other.log_prob(y)), rel=1e-12)
    visits = [p @ (previous == c).sum(axis=1) for c in range(3)]
    np.testing.assert_allclose(expected_visits(pi), visits, rtol=1e-12)


def test_counts_drawn_without_sequences_have_the_law_of_counts_of_sequences():
    rng = np.random.default_rng(9)
    pi, _ = data(rng, contexts(rng), H=4)
    direct = np.array([sample_counts(pi, 30, rng) for _ in range(3000)], dtype=float)
    drawn = np.array([count_tokens(pi.features, pi.sample(rng, 30)) for _ in range(3000)], dtype=float)
    assert (direct.sum(axis=(1, 2)) == 120).all()
    for moment in (lambda a: a, lambda a: a**2, lambda a: a[:, :1, :] * a[:, 1:2, :1]):
        a, b = moment(direct), moment(drawn)
        error = np.sqrt((a.var(axis=0) + b.var(axis=0)) / 3000)
        assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) <= 5.5 * error + 1e-12).all()


def test_no_last_digit_of_a_probability_changes_the_counts_drawn():
    def tokens(nudge):  # contexts: the next token is all but certain, or a fair coin
        table = np.array([[[0.0], [60.0]], [[0.0], [nudge]]])
        return AutoregressiveLinear([1.0], FiniteContextFeatures(table, [[1, 1], [0, 0]]), H=20)

    drawn = [sample_counts(tokens(nudge), 1000, np.random.default_rng(11)) for nudge in (0.0, 1e-15, -1e-15)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(drawn[0], drawn[2])


def test_finite_context_map_is_the_prefix_map():
    rng = np.random.default_rng(10)
    features = FiniteContextFeatures(rng.normal(size=(4, 2, 3)), last_tokens(2, 2), first=[0, 3])
    pi = AutoregressiveLinear(rng.normal(size=3), features, 6)

    def phi(x, prefix):
        state = features.first[x]
        for column in prefix.T:
            state = (2 * state + column) % 4
        return features.table[state]

    slow = AutoregressiveLinear(pi.theta, PrefixFeatures(phi, 2, 3, n_prompts=2), 6)
    for x in (0, 1):
        np.testing.assert_allclose(pi.enumerate(x)[1], slow.enumerate(x)[1], atol=1e-13)
    pair = features.logits(np.array([1, 2]), rng.normal(size=(5, 3)))
    assert pair.shape == (5, 2, 2)


@pytest.mark.parametrize("make", [history, contexts])
def test_pullback_is_the_adjoint_of_logits(make):
    rng = np.random.default_rng(11)
    features = make(rng)
    state = features.advance(features.start(np.zeros(7, int)), rng.integers(3, size=7))
    theta, weights = rng.normal(size=4), rng.normal(size=(7, 3))
    left = (features.logits(state, theta) * weights).sum()
    assert left == pytest.approx(theta @ features.pullback(state, weights), rel=1e-12)

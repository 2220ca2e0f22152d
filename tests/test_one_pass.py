"""One-pass learners and the failure instances: gradients by independent routes, flags, errors, exact dynamics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_routes import PrefixFeatures

from covtheory import binom
from covtheory.bounds import minibatch
from covtheory.bounds import one_pass as bound
from covtheory.coverage import coverage_profile
from covtheory.instances.one_pass import Crawling, Oscillating
from covtheory.learners import sequence_gradient as module
from covtheory.learners import updates
from covtheory.learners.log_likelihood import LogLikelihood
from covtheory.learners.normalized_sgd import normalized_sgd, paper_hyperparameters
from covtheory.learners.sequence_gradient import SequenceGradients, parameters, sequence_gradient
from covtheory.learners.sgd import project_ball, sgd, theorem_step
from covtheory.policies import (
    AutoregressiveLinear,
    DecayedHistoryFeatures,
    FiniteContextFeatures,
    TokenFeatures,
)
from covtheory.policies.finite_context import last_tokens


def maps():
    rng = np.random.default_rng(0)
    code = rng.normal(size=(3, 2))
    yield TokenFeatures(rng.normal(size=(2, 3, 2)))
    yield FiniteContextFeatures(rng.normal(size=(3, 3, 2)), last_tokens(3, 1), (0, 1))
    yield DecayedHistoryFeatures(rng.normal(size=(3, 2)), code, 0.6, 0.7, rng.normal(size=(2, 2)))
    yield PrefixFeatures(lambda x, y: (1 + x + y.sum(axis=1))[:, None, None] * code, V=3, d=2, n_prompts=2)


@pytest.fixture(params=range(4), ids=["tokens", "contexts", "history", "prefix"])
def features(request):
    return list(maps())[request.param]


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    return rng.integers(3, size=(6, 4)), rng.integers(2, size=6), rng.normal(size=2) / 3


def test_gradient_is_the_derivative_of_log_prob(features, data):
    y, x, theta = data
    g = sequence_gradient(features, theta, y, x)
    for i, step in enumerate(1e-6 * np.eye(2)):
        up, down = (AutoregressiveLinear(theta + s * step, features, 4).log_prob(y, x) for s in (1, -1))
        np.testing.assert_allclose(g[:, i], (up - down) / 2e-6, atol=1e-7)


def test_sum_of_gradients_is_the_gradient_of_the_batch_likelihood(features, data):
    y, x, theta = data
    total = LogLikelihood(features, y, x).gradient(theta)
    np.testing.assert_allclose(sequence_gradient(features, theta, y, x).sum(axis=0), total, atol=1e-12)


def test_batches_average_and_runs_do_not_mix(features, data, monkeypatch):
    y, x, theta = data
    single = sequence_gradient(features, theta, y, x)
    monkeypatch.setattr(module, "BLOCK_BYTES", 1)  # one batch per block
    batches = SequenceGradients(features, y, x, batch=3)
    for t in (1, 0):
        np.testing.assert_allclose(batches.at(t, theta[None])[0], single[3 * t : 3 * t + 3].mean(axis=0), atol=1e-12)
    streams = SequenceGradients(features, np.stack([y, y[::-1]]), np.stack([x, x[::-1]]))
    np.testing.assert_allclose(streams.at(2, np.tile(theta, (2, 1))), single[[2, 3]], atol=1e-12)


def test_many_steps_at_once_equal_one_after_the_other(features, data):
    y, x, theta = data
    etas = np.array([0.01, 0.1, 0.4])
    together = sgd(SequenceGradients(features, y, x), etas, theta, record_every=2)
    for i, eta in enumerate(etas):
        alone, z = theta, sgd(SequenceGradients(features, y, x), eta, theta).thetas[:, 0]
        for t in range(6):
            alone = project_ball(alone + eta * sequence_gradient(features, alone, y[t : t + 1], x[t : t + 1])[0])
            np.testing.assert_allclose(z[t + 1], alone, atol=1e-12)
        np.testing.assert_allclose(together.thetas[:, i], z[together.times], atol=1e-12)


def test_repeated_counts_equal_the_stream_they_stand_for():
    features = TokenFeatures([[1.0], [-2.0]])
    stream = SequenceGradients(features, np.tile([0, 1, 1], (20, 1)))
    counts = SequenceGradients.repeated(features, [[1, 2]], 3, 20)
    np.testing.assert_allclose(sgd(stream, 0.1, [0.5]).thetas, sgd(counts, 0.1, [0.5]).thetas, atol=1e-13)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(1e-3, 0.5), st.floats(1e-3, 100.0))
def test_normalised_steps_are_shorter_than_eta_and_stay_in_the_ball(seed, eta, lam):
    rng = np.random.default_rng(seed)
    features = TokenFeatures(10 * rng.normal(size=(3, 2)))
    path = normalized_sgd(SequenceGradients(features, rng.integers(3, size=(8, 16)), batch=2), eta, lam, [0.0, 0.0])
    assert (np.linalg.norm(np.diff(path.thetas[:, 0], axis=0), axis=1) < eta).all()
    assert (np.linalg.norm(path.thetas, axis=-1) <= 1 + 1e-12).all()


def test_a_huge_regulariser_gives_back_sgd():
    rng = np.random.default_rng(2)
    data = SequenceGradients(TokenFeatures(rng.normal(size=(3, 2))), rng.integers(3, size=(10, 5)))
    plain = sgd(data, 0.02, [0.1, 0.2]).thetas
    np.testing.assert_allclose(normalized_sgd(data, 0.02e9, 1e9, [0.1, 0.2]).thetas, plain, atol=1e-8)


def test_adaptive_first_steps_have_the_length_of_the_step_size():
    data = SequenceGradients(TokenFeatures(np.eye(2)), [[0, 0, 0]])
    theta = np.zeros((1, 2))
    for update in (updates.adam(0.1), updates.sign(0.1)):
        np.testing.assert_allclose(update(theta, data.at(0, theta), 0), [[0.1, -0.1]], atol=1e-8)


def test_hyperparameters_outside_the_theorem_are_flagged_not_refused():
    data = SequenceGradients(TokenFeatures([[2.0], [-2.0]]), [[0, 1]])
    limit = theorem_step(2, 2.0)
    assert sgd(data, [limit, 1.01 * limit], [0.0]).in_theorem.tolist() == [True, False]
    eta, lam = paper_hyperparameters(2.0, 0.0, 1, 16)
    runs = normalized_sgd(data, [eta, 2 * eta, eta], [lam, lam, lam / 2], [0.0], N=16)
    assert runs.in_theorem.tolist() == [True, False, False]


def test_bad_inputs_are_named():
    features = TokenFeatures([[1.0], [-1.0]])
    data = SequenceGradients(features, [[0, 1], [1, 1]])
    broken = PrefixFeatures(lambda x, y: np.full((len(x), 2, 1), np.nan), V=2, d=1)
    for message, call in {
        "start: norm 1.5, expected at most the radius 1": lambda: sgd(data, 0.1, [1.5]),
        "regularizer: got 0, expected": lambda: normalized_sgd(data, 0.1, 0.0, [0.0]),
        "step_size: got -1": lambda: sgd(data, -1.0, [0.0]),
        "step_size: .*finite": lambda: sgd(data, np.inf, [0.0]),
        "gradient: not finite at step 0 of run 0": lambda: sgd(SequenceGradients(broken, [[0, 1]]), 0.1, [0.0]),
        "batch: got 3, expected a divisor": lambda: SequenceGradients(features, [[0, 1]] * 4, batch=3),
        "y: got 2": lambda: SequenceGradients(features, [[0, 2]]),
        "y: shape": lambda: SequenceGradients(features, [0, 1]),
        "x: got 1": lambda: SequenceGradients(features, [[0, 1]], x=1),
        "expected equal numbers": lambda: sgd(data, [0.1, 0.2], np.zeros((3, 1))),
        "theta: shape": lambda: parameters("theta", [np.nan], 1),
        "counts: sum": lambda: SequenceGradients.repeated(features, [[1, 2]], 4, 1),
        "expected eta <= 1/": lambda: bound.normalized_stopped(0.0, 2.0, 10, 1, 16, 0.1, 100.0),
        "log_N: got": lambda: Crawling(H=8, B=9.0, B_plus=3.0, T=1, N=16.0),
        "expected first coordinates at most": lambda: Crawling(64, 9.0, 3.0, 1, 16.0).plus_coverage(0.6),
        "eta_bar": lambda: Oscillating(2.0, 60.0, 64),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_oscillating_coverage_equals_the_exact_law():
    text = Oscillating(8.0, 4.0, 5)
    features, theta = text.features(), np.array([0.3, -0.6])
    pi_D, pi = (AutoregressiveLinear(z, features, 5) for z in (text.theta_star, theta))
    profile = coverage_profile(pi_D, pi)
    for N in (1.5, 4.0, 50.0, 1e4):
        assert text.coverage(theta, np.log(N), most=5) == pytest.approx(float(profile(N)), abs=1e-12)
        gap = float(profile(N)) - float(text.coverage(theta, np.log(N), most=2))
        assert -1e-12 <= gap <= binom.sf(2, text.H, text.nonzero_token) + 1e-12
    zeros = np.exp(pi_D.log_prob(np.zeros((1, 5), int)))[0]
    assert 1 - text.nonzero_sequence == pytest.approx(zeros, abs=1e-12)


def test_oscillating_flips_whatever_the_length():
    for H in (16, 4096):
        text = Oscillating(11.0, 60.0, H)
        data = SequenceGradients.repeated(text.features(), text.zero_counts(), H, 5)
        path = sgd(data, text.step_size, text.start)
        assert not path.in_theorem.any()
        np.testing.assert_allclose(path.thetas[1::2, 0], text.directions[[2, 2, 2]], atol=1e-9)


def test_normalised_time_to_coverage_of_the_paper_setting():
    for H, expected in ((16, 7588), (1024, 4454)):
        text = Oscillating(8.0, 40.0, H)
        data = SequenceGradients.repeated(text.features(), text.zero_counts(), H, expected)
        path = normalized_sgd(data, *paper_hyperparameters(40.0, 0.0, 1, 16), text.start, N=16)
        ratio = H * text.log_ratios(path.thetas[-2:, 0])[:, 0]
        assert path.in_theorem.all()
        assert ratio[0] >= np.log(16) > ratio[1]


def test_crawling_coverage_equals_the_exact_law():
    text = Crawling(H=12, B=9.0, B_plus=3.0, T=1, N=2.0)
    features = text.features()
    for first in (-0.2, 0.1, 0.45, 0.5):
        pair = [AutoregressiveLinear(z, features, 12) for z in (text.theta_star, [first, 0.5])]
        log_p, log_q = (pi.enumerate(0)[1] for pi in pair)
        expected = np.exp(log_p)[log_p - log_q >= np.log(2.0) - 1e-12].sum()
        assert float(text.plus_coverage(first)) == pytest.approx(expected, abs=1e-12)
    ones = np.ones((1, 12), int)
    gradient = sequence_gradient(features, [0.2, 0.1], ones)[0]
    np.testing.assert_allclose(gradient, [text.plus_gradient(0.2), 0.0], atol=1e-12)


def test_crawling_names_what_its_theorem_misses():
    assert Crawling(H=4096, B=2500.0, B_plus=50.0, T=1000, N=16.0).problems() == []
    assert "B_plus" in Crawling(H=4096, B=2500.0, B_plus=20.0, T=1000, N=16.0).problems()
    assert "B" in Crawling(H=4096, B=100.0, B_plus=50.0, T=1000, N=16.0).problems()


def test_corollary_of_the_normalised_theorem():
    for s in (1e-3, 1.0, 50.0):
        for T in (10**3, 10**6, 10**9):
            for N in (8.0, 1e6):
                for K in (1, 100):
                    B, L = 2.0, np.log(N)
                    eta, lam = paper_hyperparameters(B, s, T, N)
                    exact = bound.normalized_coverage(s, B, T, K, N, eta, lam)
                    last = 6976 * B * eta * s / (K * L) + 258.5 * s * (eta / (K * L)) ** (2 / 3)
                    assert exact <= 5820 * np.sqrt(s / (T * L)) + 36703 * B**2 / T + 2.8 / L * last


def test_theorem_constants_follow_from_the_function():
    s, B, T, K, N, eta, lam = 0.3, 1.5, 10**5, 3, 9.0, 1 / 64, 40.0
    L = np.log(N)
    simple = 3.2 * lam * 4 / (eta * T) + L * (1 + 4 * L) * s / lam**2 + 819.2 * eta**2 * s
    simple += 436 * B * s / (K * lam) + 40.7 * s / (K * lam) ** (2 / 3)
    assert 0.9 * simple <= bound.normalized_stopped(s, B, T, K, N, eta, lam) <= simple


def test_corollary_in_the_papers_form_with_its_minibatch_term():
    for s in (1e-3, 1.0, 50.0):
        for T in (10**3, 10**6, 10**9):
            for N in (8.0, 1e6):
                for K in (1, 100, 10**5):
                    for B in (1.0, 7.0):
                        exact = minibatch.minibatch_coverage(s, B, T, K, N, *paper_hyperparameters(B, s, T, N))
                        L = np.log(N)
                        assert exact <= 7500 * np.sqrt(s / (T * L)) + 61_170 * B**2 / T + 58.7 * B / (K * L)
    tight = minibatch.minibatch_coverage(1.0, 1.0, 10**12, 10**9, 8.0, *paper_hyperparameters(1.0, 1.0, 10**12, 8.0))
    assert tight >= 0.9 * 7035 * np.sqrt(1 / (10**12 * np.log(8)))


def test_steps_too_long_for_the_sharper_form_are_refused():
    assert bound.sgd_average_kl_sharp(1.0, 0.125, 100, 4.0) == bound.sgd_average_kl(1.0, 0.125, 100)
    with pytest.raises(ValueError, match="eta: got"):
        bound.sgd_average_kl_sharp(1.0, 0.25, 100, 4.0)

"""Token-level SGD and its decoder: against a plain loop, against the definition, and on bad input."""

import math

import numpy as np
import pytest
from slow_routes import PrefixFeatures

from covtheory.bounds import test_time as bound
from covtheory.coverage import kl, log_ratio_law
from covtheory.instances.decoded_signs import after_training, sign_chain, sign_kl
from covtheory.instances.test_time import coin, in_ball, random_tree
from covtheory.learners.test_time_training import TestTimeTraining
from covtheory.learners.token_sgd import token_sgd
from covtheory.policies import AutoregressiveLinear, Policy, TokenFeatures

SIGNS = TokenFeatures([[-1.0], [1.0]])


def plain_steps(phi, theta, y, eta, radius):
    """One response, one token at a time, in plain Python; ``phi(prefix)`` is a (V, d) list. Returns theta, log prob."""
    total = 0.0
    for h, token in enumerate(y):
        table = phi(tuple(y[:h]))
        scores = [sum(a * b for a, b in zip(theta, row, strict=True)) for row in table]
        normaliser = math.log(sum(math.exp(s) for s in scores))
        probs = [math.exp(s - normaliser) for s in scores]
        total += scores[token] - normaliser
        mean = [sum(p * row[i] for p, row in zip(probs, table, strict=True)) for i in range(len(theta))]
        theta = [t + eta * (table[token][i] - mean[i]) for i, t in enumerate(theta)]
        norm = math.sqrt(sum(t * t for t in theta))
        theta = [t * min(1.0, radius / norm) if norm else t for t in theta]
    return theta, total


@pytest.fixture
def tree():
    return random_tree(np.random.default_rng(3), H=3, B=3.0, V=3, d=2)


def tables(case):
    """The feature table of a prefix, walked from the root."""
    features = case.pi_D.features

    def phi(prefix):
        context = features.first[0]
        for token in prefix:
            context = features.following[context, token]
        return features.table[context].tolist()

    return phi


def test_training_is_the_plain_loop_over_tokens(tree):
    y = tree.pi_D.sample(np.random.default_rng(4), 8).reshape(4, 2, 3)
    run = token_sgd(tree.pi_D.features, tree.start, y, 0.4)
    for i in range(2):
        theta = tree.start.tolist()
        for t in range(4):
            assert run.thetas[t, i] == pytest.approx(theta, abs=1e-12)
            theta, log_prob = plain_steps(tables(tree), theta, y[t, i].tolist(), 0.4, 1.0)
            assert run.log_probs[t, i] == pytest.approx(log_prob, abs=1e-12)
        assert run.thetas[4, i] == pytest.approx(theta, abs=1e-12)


def test_decoder_is_the_plain_loop_reset_for_every_response(tree):
    decoder = TestTimeTraining(tree.start, tree.pi_D.features, H=3, eta=0.4)
    y, log_probs = decoder.enumerate()
    expected = [plain_steps(tables(tree), tree.start.tolist(), row.tolist(), 0.4, 1.0)[1] for row in y]
    assert log_probs == pytest.approx(expected, abs=1e-12)
    assert decoder.log_prob(y) == pytest.approx(expected, abs=1e-12)
    assert np.exp(log_probs).sum() == pytest.approx(1.0, abs=1e-12)


def test_decoder_follows_the_protocol_and_samples_its_own_law(tree):
    decoder = TestTimeTraining(tree.start, tree.pi_D.features, H=3, eta=0.4)
    assert isinstance(decoder, Policy)
    _y, log_probs = decoder.enumerate()
    drawn = decoder.sample(np.random.default_rng(5), 20_000) @ [9, 3, 1]
    counts = np.bincount(drawn, minlength=27)
    expected = 20_000 * np.exp(log_probs)
    keep = expected > 5
    assert (((counts - expected) ** 2 / np.maximum(expected, 1))[keep]).sum() < 27 + 10 * math.sqrt(2 * 27)
    prefix = np.array([[1], [2]])
    joined = np.exp(log_probs).reshape(3, 3, 3).sum(axis=2)
    wanted = joined[[1, 2]] / joined[[1, 2]].sum(axis=1, keepdims=True)
    assert np.exp(decoder.next_token_log_probs(prefix)) == pytest.approx(wanted, abs=1e-12)


def test_zero_step_is_the_frozen_model(tree):
    frozen = AutoregressiveLinear(tree.start, tree.pi_D.features, H=3)
    decoder = TestTimeTraining(tree.start, tree.pi_D.features, H=3, eta=0.0)
    assert decoder.enumerate()[1] == pytest.approx(frozen.enumerate()[1], abs=1e-12)


def test_a_prompt_without_features_moves_nothing():
    features = TokenFeatures(np.array([[[0.0], [0.0]], [[-1.0], [1.0]]]))
    run = token_sgd(features, [0.3], [[[1, 1], [1, 1]]], 0.5, x=[[0, 1]])
    assert run.thetas[1, 0, 0] == 0.3
    assert run.thetas[1, 1, 0] > 0.3


def test_steps_stay_in_the_ball_and_the_range_is_flagged():
    run = token_sgd(SIGNS, [0.9], [[[1, 1, 1]]], 5.0)
    assert run.thetas[-1, 0, 0] == 1.0
    assert not run.in_range
    assert not TestTimeTraining([0.0], SIGNS, 2, 2.0).in_range
    assert TestTimeTraining([0.0], SIGNS, 2, 1.99).in_range


def test_divergences_along_the_path_match_the_laws(tree):
    run = token_sgd(tree.pi_D.features, tree.start, np.zeros((1, 1, 3), int), 0.0, teacher=tree.pi_D)
    model = AutoregressiveLinear(tree.start, tree.pi_D.features, 3)
    total = [0.0, 0.0]
    for h in range(3):
        p, q = (np.exp(policy.next_token_log_probs(np.zeros((1, h), int)))[0] for policy in (tree.pi_D, model))
        total[0] += (p * np.log(p / q)).sum()
        total[1] += (q * np.log(q / p)).sum()
    assert run.kl[0, 0] == pytest.approx(total[0], rel=1e-10)
    assert run.jeffreys[0, 0] == pytest.approx(sum(total), rel=1e-10)


def test_decoder_kl_through_the_library_of_laws_is_the_mean_over_paths():
    case = coin(1.0, 0.0, H=6)
    x, y, weights = case.responses()
    run = token_sgd(case.pi_D.features, case.start, y[None], 0.5, x=x[None], teacher=case.pi_D)
    decoder = TestTimeTraining([0.0], case.pi_D.features, 6, 0.5)
    assert run.kl[0] @ weights == pytest.approx(float(kl(log_ratio_law(case.pi_D, decoder))), rel=1e-10)


@pytest.mark.parametrize(("eta", "start"), [(0.1, 0.0), (1.0, -1.0), (0.6, 1.0)])
def test_sign_chain_brackets_the_enumeration(eta, start):
    case = coin(1.0, start, H=10)
    x, y, weights = case.responses()
    run = token_sgd(case.pi_D.features, [start], y[None], eta, x=x[None], teacher=case.pi_D)
    for both, exact in ((False, run.kl[0] @ weights), (True, run.jeffreys[0] @ weights)):
        lower, upper = sign_chain(10, eta, start, points=4000, both=both)
        assert lower.sum() - 1e-12 <= exact <= upper.sum() + 1e-12
        assert upper.sum() - lower.sum() < 0.01 * (exact + 0.1)


def test_after_training_is_the_enumeration_of_all_samples():
    m, H, n, eta = 0.3, 2, 2, 0.5
    features = TokenFeatures(np.array([[[0.0], [0.0]], [[-1.0], [1.0]]]))
    pi_D = AutoregressiveLinear([1.0], features, H)
    y = np.array([[a, b] for a in (0, 1) for b in (0, 1)])
    law = np.exp(pi_D.log_prob(y, 1))
    expected = 0.0
    for k in range(n + 1):
        sequences = [(np.ones(1), np.array([0.0]))]
        weight, theta = sequences[0]
        for _ in range(k):
            run = token_sgd(features, np.repeat(theta, 4)[:, None], np.tile(y, (len(theta), 1))[None], eta, x=1)
            weight, theta = (weight[:, None] * law).ravel(), run.thetas[1, :, 0]
        run = token_sgd(features, np.repeat(theta, 4)[:, None], np.tile(y, (len(theta), 1))[None], eta, x=1,
                        teacher=pi_D)
        expected += math.comb(n, k) * m**k * (1 - m) ** (n - k) * m * (run.kl[0] @ (weight[:, None] * law).ravel())
    lower, upper = sign_chain((n + 1) * H, eta)
    assert after_training(lower, H, n, m) <= expected <= after_training(upper, H, n, m)
    assert after_training(upper, H, n, m) == pytest.approx(expected, rel=1e-3)


def test_best_step_minimises_the_bound():
    grid = np.geomspace(1e-4, 0.49, 4000)
    values = bound.decoder_jeffreys(grid, 50, 3.0, 2.0, 1.5)
    step = bound.decoder_step(50, 3.0, 2.0, 1.5)
    assert values.min() == pytest.approx(float(bound.decoder_best(50, 3.0, 2.0, 1.5)), rel=1e-4)
    assert bound.decoder_jeffreys(step, 50, 3.0, 2.0, 1.5) == pytest.approx(float(values.min()), rel=1e-4)
    assert bound.decoder_best(50, 3.0, 2.0, 1.5) <= 1.5 * math.sqrt(3 / 50) + 2.25 * 4 / 50
    grid = np.geomspace(1e-6, 1 / 33, 4000)
    values = bound.distilled_stopped_kl(grid, 50, 0.2, 2.0, 1.0)
    assert bound.distillation_step(50, 0.2, 2.0, 1.0) == pytest.approx(grid[values.argmin()], rel=1e-2)


def test_bounds_are_silent_outside_their_range():
    assert bound.decoder_jeffreys(2.0, 10, 1.0, 1.0) == np.inf
    assert bound.decoder_kl_paper(0.51, 10, 1.0, 1.0) == np.inf
    assert bound.distilled_stopped_kl(1 / 8, 10, 1.0, 1.0, 1.0) == np.inf
    assert bound.distilled_stopped_kl_paper(1 / 65, 10, 1.0, 1.0, 1.0) == np.inf


def test_sharp_constants_imply_the_printed_ones():
    rng = np.random.default_rng(0)
    T, variance, B, A = 10 ** rng.uniform([[0], [-3], [-1], [-3]], [[4], [2], [1], [2]], size=(4, 500))
    eta = rng.uniform(0.01, 0.5, 500) / B**2
    assert (bound.decoder_jeffreys(eta, T, variance, B) <= bound.decoder_kl_paper(eta, T, variance, B)).all()
    eta = rng.uniform(0.01, 1, 500) / (2 * (32 * A + 1) * B**2)
    sharp = bound.distilled_stopped_kl(eta, T, variance, A, B)
    assert (sharp <= bound.distilled_stopped_kl_paper(eta, T, variance, A, B)).all()


def test_points_of_the_ball_fill_it():
    norms = np.linalg.norm(in_ball(np.random.default_rng(0), 3, 2000), axis=1)
    assert norms.max() <= 1
    assert (norms**3).mean() == pytest.approx(0.5, abs=0.05)
    assert sign_kl(1.0) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"theta": [1.2]}, "theta: norm 1.2, expected at most the radius 1"),
        ({"theta": [np.nan]}, "theta: shape .*finite"),
        ({"theta": [0.0, 0.0]}, "theta: shape"),
        ({"eta": -0.1}, "eta: got -0.1"),
        ({"eta": np.nan}, "eta: got nan"),
        ({"y": [[[0, 2]]]}, "y: got 2"),
        ({"y": [[0, 1]]}, r"y: shape \(1, 2\), expected \(T, n, H\)"),
        ({"x": [[1]]}, "x: got 1"),
        ({"x": [0]}, "x: shape"),
        ({"radius": 0.0}, "radius: got 0"),
        ({"teacher": AutoregressiveLinear([0.0], SIGNS, H=3)}, "teacher: H = 3, expected 2"),
    ],
)
def test_bad_input_to_training(arguments, message):
    good = {"theta": [0.0], "y": [[[0, 1]]], "eta": 0.1}
    with pytest.raises(ValueError, match=message):
        token_sgd(SIGNS, **(good | arguments))


def test_bad_input_to_the_decoder():
    with pytest.raises(ValueError, match="norm 2, expected at most the radius 1"):
        TestTimeTraining([2.0], SIGNS, 2, 0.1)
    with pytest.raises(ValueError, match="theta: shape"):
        TestTimeTraining([[0.0]], SIGNS, 2, 0.1)
    with pytest.raises(ValueError, match="eta"):
        TestTimeTraining([0.0], SIGNS, 2, -1.0)
    with pytest.raises(ValueError, match="steps"):
        sign_chain(3, 1.5)
    with pytest.raises(ValueError, match="token_kl"):
        after_training([1.0, 2.0], H=2, n=1, mass=0.5)


def test_a_gradient_that_is_not_finite_is_named():
    broken = PrefixFeatures(lambda x, prefix: np.full((len(x), 2, 1), np.nan), V=2, d=1, bound=1.0)
    with pytest.raises(ValueError, match="gradient: not finite in row 0"):
        token_sgd(broken, [0.0], [[[0]]], 0.1)

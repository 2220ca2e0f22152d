"""Policies are what they say: normalised conditional laws whose draws follow them, and bad input is named."""

import itertools

import numpy as np
import pytest
from slow_routes import PrefixFeatures

from covtheory.coverage import binomial_verdict
from covtheory.policies import (
    AutoregressiveLinear,
    DecayedHistoryFeatures,
    Joint,
    Markov,
    Policy,
    Product,
    Tabular,
    TokenFeatures,
)
from covtheory.policies.sequences import all_sequences

FALSE_ALARM = 1e-9


def _prefix_function(x, prefix):
    """Features that depend on the prompt and the whole prefix, V = 3, d = 2."""
    n = len(x)
    code = (x + 1.0) * np.sin(1.0 + prefix @ np.arange(1.0, prefix.shape[1] + 1))
    return np.stack([code[:, None] * np.array([1.0, -1.0, 0.5]), np.tile([0.3, 0.0, -0.2], (n, 1))], axis=2)


def _policies():
    rng = np.random.default_rng(11)
    decayed = DecayedHistoryFeatures(
        rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 0.7, 0.8, prompt_embedding=rng.normal(size=(2, 4))
    )
    return {
        "product": Product([[0.5, 0.2, 0.3], [0.0, 0.6, 0.4], [0.1, 0.1, 0.8]]),
        "markov": Markov([0.2, 0.8, 0.0], [[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]], H=4),
        "decayed": AutoregressiveLinear(rng.normal(size=4), decayed, H=4),
        "prefix": AutoregressiveLinear([1.5, -0.7], PrefixFeatures(_prefix_function, 3, 2, n_prompts=2), H=4),
        "token": AutoregressiveLinear([1.0, 2.0], TokenFeatures(rng.normal(size=(2, 3, 2))), H=3),
    }


@pytest.fixture(params=sorted(_policies()))
def policy(request):
    return _policies()[request.param]


def test_log_probabilities_sum_to_one_over_enumeration(policy):
    for x in range(policy.n_prompts):
        responses, log_probs = policy.enumerate(x)
        assert responses.shape == (policy.V**policy.H, policy.H)
        assert np.exp(log_probs).sum() == pytest.approx(1.0, abs=1e-13)
        np.testing.assert_allclose(policy.log_prob(responses, x), log_probs, rtol=0, atol=1e-13)


def test_enumeration_is_lexicographic(policy):
    expected = list(itertools.product(range(policy.V), repeat=policy.H))
    assert [tuple(row) for row in policy.enumerate()[0]] == expected


def test_next_token_law_is_the_conditional_of_the_joint(policy):
    _, log_probs = policy.enumerate(policy.n_prompts - 1)
    joint = np.exp(log_probs).reshape((policy.V,) * policy.H)
    for h in range(policy.H):
        marginal = joint.sum(axis=tuple(range(h + 1, policy.H))) if h + 1 < policy.H else joint
        prefixes = all_sequences(policy.V, h) if h else np.empty((1, 0), dtype=int)
        mass = marginal.sum(axis=-1).reshape(-1)
        live = mass > 0
        conditional = np.exp(policy.next_token_log_probs(prefixes[live], policy.n_prompts - 1))
        np.testing.assert_allclose(conditional, marginal.reshape(-1, policy.V)[live] / mass[live, None], atol=1e-13)


def test_draws_follow_the_law_within_an_exact_binomial_verdict(policy):
    draws = 4000
    x = policy.n_prompts - 1
    y = policy.sample(np.random.default_rng(5), draws, x)
    responses, log_probs = policy.enumerate(x)
    flat = y @ policy.V ** np.arange(policy.H - 1, -1, -1)
    hits = np.bincount(flat, minlength=len(responses))
    for k, probability in zip(hits, np.exp(log_probs), strict=True):
        assert binomial_verdict(int(k), draws, min(float(probability), 1.0), FALSE_ALARM)
    assert not hits[log_probs == -np.inf].any()


def test_the_binomial_verdict_rejects_draws_from_another_law():
    y = Product([0.5, 0.5], H=1).sample(np.random.default_rng(0), 4000)[:, 0]
    assert not binomial_verdict(int(y.sum()), 4000, 0.4, FALSE_ALARM)


def test_one_prompt_per_row_agrees_with_one_prompt_at_a_time():
    pi = _policies()["decayed"]
    y = pi.enumerate()[0][[3, 40, 80]]
    both = pi.log_prob(y, np.array([0, 1, 0]))
    np.testing.assert_allclose(both, np.where([True, False, True], pi.log_prob(y, 0), pi.log_prob(y, 1)), atol=1e-14)


def test_rollout_scores_are_those_of_the_policies_and_draws_are_from_the_first():
    rng = np.random.default_rng(3)
    features = _policies()["decayed"].features
    a, b = (AutoregressiveLinear(rng.normal(size=4), features, H=4) for _ in range(2))
    shared, separate = Joint([a, b]), Joint([a, _policies()["prefix"]])
    x = rng.integers(0, 2, size=2000)
    y = a.sample(np.random.default_rng(9), 2000, x)
    for joint in (shared, separate):
        scores = joint.rollout(np.random.default_rng(9), x)
        np.testing.assert_allclose(scores, [p.log_prob(y, x) for p in joint.policies], atol=1e-12)


def test_rollout_of_large_logits_does_not_overflow():
    features = TokenFeatures(np.eye(3))
    a, b = (AutoregressiveLinear(t, features, H=3) for t in ([2000.0, 2000.0, 0.0], [0.0, 1500.0, 0.0]))
    scores = Joint([a, b]).rollout(np.random.default_rng(9), np.zeros(200, dtype=int))
    y = a.sample(np.random.default_rng(9), 200)
    np.testing.assert_allclose(scores, [p.log_prob(y) for p in (a, b)], atol=1e-9)
    assert set(np.unique(y)) == {0, 1}


def test_several_parameters_are_scored_at_once_and_bound_holds():
    rng = np.random.default_rng(2)
    for policy in (_policies()["decayed"], _policies()["token"], _policies()["prefix"]):
        f = policy.features
        state = f.start(np.array([0, 1, 1, 0]))
        theta = rng.normal(size=(3, f.d))
        for y in ([0, 1, 2, 2], [2, 2, 0, 1]):
            state = f.advance(state, np.array(y))
            phi = f.phi(state)
            assert phi.shape == (4, f.V, f.d)
            np.testing.assert_allclose(f.logits(state, theta), np.einsum("nvd,kd->knv", phi, theta), atol=1e-13)
            np.testing.assert_allclose(f.logits(state, theta[0]), phi @ theta[0], atol=1e-13)
            assert np.linalg.norm(phi, axis=-1).max() <= f.bound * (1 + 1e-12)
            np.testing.assert_allclose(f.phi(f.take(state, np.array([2, 2, 0]))), phi[[2, 2, 0]], atol=1e-15)


def test_history_features_follow_their_recursion():
    rng = np.random.default_rng(1)
    emb, code, s = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), np.ones(4)
    f = DecayedHistoryFeatures(emb, code, 0.6, 2.0)
    state = f.start(np.zeros(1, dtype=int))
    for y in (2, 0, 1):
        s = 0.6 * s + 0.4 * emb[y]
        state = f.advance(state, np.array([y]))
        np.testing.assert_allclose(f.phi(state)[0], 2.0 * s * code, atol=1e-15)


def test_tabular_draws_and_scores_per_prompt():
    pi = Tabular([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]])
    x = np.arange(8000) % 2
    y = pi.sample(np.random.default_rng(4), 8000, x)
    for prompt in (0, 1):
        for response in range(3):
            hits = int(np.sum(y[x == prompt] == response))
            assert binomial_verdict(hits, 4000, float(pi.probs[prompt, response]), FALSE_ALARM)
    assert pi.log_prob([2, 2], [0, 1]).tolist() == [-np.inf, np.log(0.75)]
    assert pi.enumerate(1)[0].tolist() == [0, 1, 2]


def test_everything_satisfies_the_protocol(policy):
    assert isinstance(policy, Policy)
    assert isinstance(Tabular([1.0]), Policy)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tabular([0.5, -0.5, 1.0]), "probs: negative"),
        (lambda: Tabular([0.5, np.nan]), "probs: NaN"),
        (lambda: Tabular([0.5, 0.6]), "sums to 1.1"),
        (lambda: Tabular([]), "empty support"),
        (lambda: Tabular("abc"), "expected numbers"),
        (lambda: Tabular.from_log_probs([0.0, 0.0]), "logsumexp"),
        (lambda: Tabular.from_log_probs([np.nan, 0.0]), "logsumexp"),
        (lambda: Tabular([0.5, 0.5]).log_prob([2]), r"y: got 2, expected whole numbers in 0..1"),
        (lambda: Tabular([0.5, 0.5]).log_prob([0.5]), "y: dtype float64"),
        (lambda: Tabular([0.5, 0.5]).log_prob([0], x=1), "x: got 1"),
        (lambda: Product([0.5, 0.5]), "H: missing"),
        (lambda: Product([[0.5, 0.5]], H=2), "H: got 2, expected 1"),
        (lambda: Product([0.5, 0.5], H=0), "H: got 0"),
        (lambda: Product([0.5, 0.5], H=26).enumerate(), r"2\*\*26"),
        (lambda: Product([0.5, 0.5], H=2).log_prob([[0]]), "y: shape"),
        (lambda: Product([0.5, 0.5], H=1).next_token_log_probs([[0]]), "prefixes: length 1"),
        (lambda: Markov([0.5, 0.5], [[1.0]], H=2), "transition: shape"),
        (lambda: Markov([0.5, 0.5], [[0.5, 0.5], [0.5, 0.6]], H=2), r"transition: row \(1,\)"),
        (lambda: AutoregressiveLinear([1.0], TokenFeatures(np.eye(2)), H=2), "theta: shape"),
        (lambda: AutoregressiveLinear([1.0, np.inf], TokenFeatures(np.eye(2)), H=2), "theta"),
        (lambda: DecayedHistoryFeatures(np.eye(2), np.eye(3), 0.5), "shapes differ"),
        (lambda: DecayedHistoryFeatures(np.eye(2), np.eye(2), 1.5), "decay: got 1.5"),
        (lambda: DecayedHistoryFeatures(np.eye(2), np.eye(2), 0.5, prompt_embedding=np.ones((1, 3))), "prompt_emb"),
        (lambda: TokenFeatures([[np.nan]]), "table"),
        (lambda: Joint([Product([1.0], H=1), Tabular([1.0])]), "policy 1: got Tabular"),
        (lambda: Joint([Product([1.0], H=1), Product([1.0], H=2)]), "H: policy 0 has 1"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_feature_function_of_the_wrong_shape_is_named():
    f = PrefixFeatures(lambda x, prefix: np.zeros((len(x), 2, 2)), V=3, d=2)
    with pytest.raises(ValueError, match="function: returned shape"):
        f.phi(f.start(np.zeros(1, dtype=int)))

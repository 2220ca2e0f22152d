"""Fit of an autoregressive linear model, d = 32, H = 128, n = 10^4: at most 2 s, certified gap included."""

import numpy as np
import pytest

from covtheory.learners.autoregressive_linear import fit
from covtheory.learners.log_likelihood import LogLikelihood
from covtheory.policies import AutoregressiveLinear, DecayedHistoryFeatures, FiniteContextFeatures
from covtheory.policies.finite_context import last_tokens

D, H, N_SEQUENCES, LIMIT = 32, 128, 10_000, 2.0


def problem(kind):
    rng = np.random.default_rng(6)
    if kind == "decayed history, 8 tokens":  # features depend on the whole past: nothing collapses
        scale = 1.5 / np.sqrt(D)
        features = DecayedHistoryFeatures(2 * rng.normal(size=(8, D)), rng.normal(size=(8, D)), 0.7, scale)
    else:
        features = FiniteContextFeatures(rng.normal(size=(64, 8, D)) / np.sqrt(D), last_tokens(8, 2))
    theta = rng.normal(size=D)
    pi = AutoregressiveLinear(0.8 * theta / np.linalg.norm(theta), features, H)
    return pi, pi.sample(rng, N_SEQUENCES)


@pytest.mark.parametrize("kind", ["decayed history, 8 tokens", "two-token contexts, 8 tokens"])
def test_fit(benchmark, kind):
    pi, y = problem(kind)
    result = benchmark.pedantic(lambda: fit(LogLikelihood(pi.features, y)), rounds=3)
    assert result.converged
    assert np.linalg.norm(result.theta - pi.theta) < 0.2
    assert benchmark.stats.stats.min <= LIMIT

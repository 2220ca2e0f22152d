"""One-pass SGD: 10^5 sequences of 64 tokens, d = 32, 8 tokens, decayed history, against a plain NumPy loop."""

import numpy as np
import pytest

from covtheory.learners.sequence_gradient import SequenceGradients
from covtheory.learners.sgd import sgd
from covtheory.policies import AutoregressiveLinear, DecayedHistoryFeatures

pytest.importorskip("pytest_benchmark")

V, D, H, T = 8, 32, 64, 100_000
PLAIN = 1000


def problem(n):
    rng = np.random.default_rng(8)
    features = DecayedHistoryFeatures(2 * rng.normal(size=(V, D)), rng.normal(size=(V, D)), 0.7, 1.5 / np.sqrt(D))
    theta = rng.normal(size=D)
    pi = AutoregressiveLinear(0.8 * theta / np.linalg.norm(theta), features, H)
    return pi, pi.sample(rng, n).astype(np.uint8)


def plain_loop(features, y, eta):
    """The textbook loop: sequence by sequence, token by token."""
    theta = np.zeros(D)
    for row in y:
        s, g = np.ones(D), np.zeros(D)
        for token in row:
            phi = features.scale * s * features.code
            p = np.exp(phi @ theta)
            g += phi[token] - (p / p.sum()) @ phi
            s = features.decay * s + (1 - features.decay) * features.embedding[token]
        theta = theta + eta * g
        theta /= max(1.0, np.linalg.norm(theta))
    return theta


def test_bench_one_pass_sgd(benchmark):
    pi, y = problem(T)
    path = benchmark.pedantic(
        lambda: sgd(SequenceGradients(pi.features, y), 1e-3, np.zeros(D), record_every=T), rounds=1
    )
    assert np.linalg.norm(path.thetas[-1, 0] - pi.theta) < 0.2
    benchmark.extra_info["sequences_per_second"] = T / benchmark.stats["min"]


def test_bench_one_pass_sgd_ten_step_sizes(benchmark):
    pi, y = problem(T // 10)
    etas = np.geomspace(1e-5, 1e-2, 10)
    path = benchmark.pedantic(
        lambda: sgd(SequenceGradients(pi.features, y), etas, np.zeros(D), record_every=T), rounds=1
    )
    assert path.thetas.shape == (2, 10, D)
    benchmark.extra_info["sequences_per_second"] = T / benchmark.stats["min"]


def test_bench_plain_loop(benchmark):
    pi, y = problem(PLAIN)
    theta = benchmark.pedantic(lambda: plain_loop(pi.features, y, 1e-3), rounds=1)
    fast = sgd(SequenceGradients(pi.features, y), 1e-3, np.zeros(D), record_every=PLAIN).thetas[-1, 0]
    np.testing.assert_allclose(theta, fast, atol=1e-10)
    benchmark.extra_info["sequences_per_second"] = PLAIN / benchmark.stats["min"]

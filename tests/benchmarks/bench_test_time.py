"""What a token costs: the frozen model against the decoder that takes a gradient step per token."""

import numpy as np
import pytest

from covtheory.learners.test_time_training import TestTimeTraining
from covtheory.learners.token_sgd import token_sgd
from covtheory.policies import AutoregressiveLinear, DecayedHistoryFeatures

pytest.importorskip("pytest_benchmark")

H, V, D, SIZE = 64, 8, 32, 2000


def _features():
    rng = np.random.default_rng(0)
    return DecayedHistoryFeatures(rng.normal(size=(V, D)), rng.normal(size=(V, D)), 0.8, 1 / 8)


@pytest.mark.parametrize("adaptive", [False, True])
def test_bench_decoding(benchmark, adaptive):
    features, theta = _features(), np.full(D, 0.5 / np.sqrt(D))
    policy = TestTimeTraining(theta, features, H, 0.01) if adaptive else AutoregressiveLinear(theta, features, H)
    y = benchmark.pedantic(lambda: policy.sample(np.random.default_rng(1), SIZE), rounds=3)
    assert y.shape == (SIZE, H)
    benchmark.extra_info["tokens_per_second"] = SIZE * H / benchmark.stats["min"]


def test_bench_token_sgd(benchmark):
    features, rng = _features(), np.random.default_rng(2)
    y = rng.integers(V, size=(4, 500, H))
    run = benchmark.pedantic(token_sgd, (features, np.zeros(D), y, 0.01), rounds=3)
    assert np.isfinite(run.thetas).all()
    benchmark.extra_info["sequences_per_second"] = 4 * 500 / benchmark.stats["min"]

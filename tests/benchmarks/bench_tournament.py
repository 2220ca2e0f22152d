"""Tournament of 500 checkpoints on 10^5 held-out responses: 2.5e10 comparisons, memory of the input; record only."""

import numpy as np
import pytest

from covtheory.learners.tournament import tournament

pytest.importorskip("pytest_benchmark")


@pytest.mark.parametrize(("K", "n"), [(100, 20_000), (500, 100_000)])
def test_bench_tournament(benchmark, K, n):
    rng = np.random.default_rng(0)
    common, own = rng.normal(-60, 10, n), rng.normal(0, 0.7, (K, n))
    log_probs = np.minimum(common + own * np.linspace(0.5, 2, K)[:, None], 0.0)
    picked = benchmark.pedantic(tournament, (log_probs, 8.0), rounds=1)
    assert picked.scores.shape == (K,)
    assert picked.scores[picked.choice] == picked.scores.min()
    benchmark.extra_info["comparisons_per_second"] = K * K * n / benchmark.stats["min"]

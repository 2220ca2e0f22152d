"""The n x N map of the golden-ratio law with 10^4 points: at most 50 ms in every dimension; coins at three lengths."""

import numpy as np
import pytest

from covtheory.bounds.golden_ratio import expected_coverage
from covtheory.instances.prompt_coins import PromptCoins

pytest.importorskip("pytest_benchmark")


@pytest.mark.parametrize("d", [1, 2, 5, 20])
def test_bench_map_of_the_law(benchmark, d):
    n, N = np.arange(1, 101)[:, None], 2.0 ** np.linspace(0.2, 20, 100)
    values = benchmark(expected_coverage, n, N, d)
    assert values.size == 10_000
    assert (np.diff(values, axis=0) < 0).all()
    assert benchmark.stats["min"] <= 0.05


def test_bench_coins_at_three_lengths(benchmark):
    n, N = 2 ** np.arange(3, 15), 2.0 ** np.arange(1, 21)
    widths = benchmark.pedantic(lambda: [np.ptp(PromptCoins(H).coverage(n, N)[:2], axis=0).max() for H in (8, 64, 512)],
                                rounds=3)
    assert max(widths) < 1e-9

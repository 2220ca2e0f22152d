"""How fast the exact gap of a large tree and the simulated walk are."""

import numpy as np
import pytest

from covtheory.instances.verifiers import LastLetter, noisy
from covtheory.samplers.backtracking import Walkers, complete_tree, first_leaf_law, hitting_time, spectral_gap

pytest.importorskip("pytest_benchmark")


def _large_walk(kappa):
    tree = complete_tree(2, 16, np.ones(2**16))
    return noisy(tree, np.random.default_rng(0), kappa).walk()


@pytest.mark.parametrize("kappa", [1.0, 4.0])
def test_bench_exact_gap_of_a_tree_with_65536_leaves(benchmark, kappa):
    walk = _large_walk(kappa)
    gap = benchmark.pedantic(spectral_gap, (walk,), rounds=3)
    benchmark.extra_info.update(nodes=len(walk), gap=gap)
    exact = (1 - np.cos(np.pi / 32)) / 2
    assert gap == pytest.approx(exact, rel=1e-10) if kappa == 1 else exact / kappa**2 <= gap <= exact * kappa**2


def test_bench_first_leaf_law_and_hitting_time_of_a_tree_with_65536_leaves(benchmark):
    walk = _large_walk(4.0)
    law, moves = benchmark.pedantic(lambda: (first_leaf_law(walk), hitting_time(walk)), rounds=3)
    benchmark.extra_info["moves"] = moves
    assert law.sum() == pytest.approx(1, abs=1e-10)


def test_bench_simulated_moves_at_length_64(benchmark):
    size, moves = 4096, 1000
    walkers = Walkers(LastLetter(64, 0.25), size, np.random.default_rng(0))
    benchmark.pedantic(walkers.move, (moves,), rounds=3)
    benchmark.extra_info["moves_per_second"] = size * moves / benchmark.stats["min"]
    assert walkers.depth.max() <= 64

"""Time of the certificate by gap, length and depth; positions that differ; automata; balls; an accountant."""

import importlib.util

import numpy as np
import pytest
from compare_accountants import accountant, laws, saddle_point, tail

from covtheory.certificates import certified_automaton_coverage, certified_coverage
from covtheory.certificates.ball_replay import ball_replay

pytest.importorskip("pytest_benchmark")


def needs(name):
    """Skip where an optional library is missing."""
    return pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"{name} is not installed")


def record(benchmark, bracket, limit):
    """Width and value go with the time; the time that was promised is checked."""
    benchmark.extra_info.update(value=float(bracket.upper), relative_gap=float(bracket.relative_gap), limit=limit)
    assert benchmark.stats["min"] <= limit


@pytest.mark.parametrize(("gap", "limit"), [(1e-4, 0.25), (1e-6, 5.0)])
@pytest.mark.parametrize("z", [-0.5, 1.0, 7.0, 11.4, 20.0])
@pytest.mark.parametrize("H", [10**3, 10**5, 10**6, 10**8])
def test_bench_certificate(benchmark, H, z, gap, limit):
    p, q, mean, sd = laws(H)
    arguments = (p, q, H, mean + z * sd), {"relative_gap": gap}
    record(benchmark, benchmark.pedantic(certified_coverage, *arguments, rounds=3), limit)


@pytest.mark.parametrize("z", [1.0, 7.0])
def test_bench_positions_that_differ(benchmark, z):
    rng = np.random.default_rng(3)
    H = 4096
    p = rng.dirichlet(np.ones(50), size=H)
    q = p * np.exp(rng.normal(size=p.shape) * np.sqrt(8 / H))
    q /= q.sum(axis=1, keepdims=True)
    x = np.log(p / q)
    mean = (p * x).sum(axis=1, keepdims=True)
    log_N = float(mean.sum() + z * np.sqrt((p * (x - mean) ** 2).sum()))
    arguments = (p, q, None, log_N), {"relative_gap": 1e-3}
    record(benchmark, benchmark.pedantic(certified_coverage, *arguments, rounds=3), 1.0)


@pytest.mark.parametrize("log_N", [6.0, 25.0])
def test_bench_automaton(benchmark, log_N):
    rng = np.random.default_rng(0)
    S, V, H = 4, 8, 200
    p = rng.dirichlet(np.ones(V), S)
    q = p * np.exp(0.2 * rng.normal(size=(S, V)))
    q /= q.sum(axis=1, keepdims=True)
    next_state = rng.integers(0, S, size=(S, V))
    arguments = (p, q, next_state, H, log_N), {"relative_gap": 1e-3}
    record(benchmark, benchmark.pedantic(certified_automaton_coverage, *arguments, rounds=3), 0.5)


@needs("flint")
@pytest.mark.parametrize("z", [1.0, 11.4])
@pytest.mark.parametrize("H", [10**3, 10**6])
def test_bench_ball_replay(benchmark, H, z):
    p, q, mean, sd = laws(H)
    arguments = (p, q, H, mean + z * sd), {"relative_gap": 1e-3}
    record(benchmark, benchmark.pedantic(ball_replay, *arguments, rounds=3), 2.0)


@needs("dp_accounting")
@pytest.mark.parametrize("z", [1.0, 7.0])
def test_bench_accountant_of_the_same_tail(benchmark, z):
    H, grid = 10**3, 1e-5
    p, q, mean, sd = laws(H)
    log_N = mean + z * sd
    ends = benchmark.pedantic(
        lambda: [tail(accountant(p, q, H, grid, pessimistic), log_N) for pessimistic in (False, True)], rounds=2
    )
    truth = certified_coverage(p, q, H, log_N, relative_gap=1e-6)
    inside = bool(ends[0] <= truth.lower and truth.upper <= ends[1])
    benchmark.extra_info.update(value=ends[1], relative_gap=ends[1] / ends[0] - 1, contains=inside)


@pytest.mark.parametrize("z", [1.0, 7.0])
@pytest.mark.parametrize("H", [10**3, 10**6])
def test_bench_saddle_point_accountant_of_the_same_tail(benchmark, H, z):
    p, q, mean, sd = laws(H)
    log_N = mean + z * sd
    value, lower, upper = benchmark.pedantic(saddle_point, (p, q, H, log_N), rounds=5)
    truth = certified_coverage(p, q, H, log_N, relative_gap=1e-6)
    assert lower <= truth.upper
    assert truth.lower <= upper
    benchmark.extra_info.update(value=value, off=value / truth.upper - 1, bounds=upper / max(lower, 1e-300) - 1)

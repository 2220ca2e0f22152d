"""Own models: profile of 10^7 responses from Parquet (target 5 s, 1 GB), tournament 200 x 10^5 (30 s, 2 GB).

Each command runs in a process of its own, so that its peak memory can be read off; time includes the start of Python.
Targets are recorded, not asserted: machines differ.
"""

import subprocess
import sys

import numpy as np
import pytest

PEAK = "import resource, sys; from covtheory.__main__ import main; code = main(); " \
       "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of ru_maxrss


def peak_memory(*arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", PEAK, *arguments], capture_output=True, text=True, check=True)
    assert '"responses"' in done.stdout
    return int(done.stderr.split()[-1]) * UNIT / 1e9


def recorded(benchmark, target_seconds, target_gigabytes, *arguments):
    peak = benchmark.pedantic(peak_memory, arguments, rounds=2)
    benchmark.extra_info.update(peak_gigabytes=peak, target_seconds=target_seconds, target_gigabytes=target_gigabytes)


def test_bench_profile_of_1e7_responses_from_parquet(benchmark, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rng = np.random.default_rng(0)
    teacher = -rng.gamma(30, 1.0, 10**7)
    model = np.minimum(teacher + rng.standard_normal(10**7) - 0.5, 0.0)
    path = tmp_path / "scores.parquet"
    parquet.write_table(pyarrow.table({"teacher_log_prob": teacher, "model_log_prob": model}), path)
    recorded(benchmark, 5, 1, "profile", str(path), "--json")


def test_bench_tournament_of_200_checkpoints_on_1e5_responses(benchmark, tmp_path):
    rng = np.random.default_rng(1)
    common = -rng.gamma(30, 1.0, 10**5)
    log_probs = np.minimum(common - np.abs(rng.standard_normal((200, 10**5))), 0.0)
    path = tmp_path / "checkpoints.npz"
    np.savez(path, log_probs=log_probs)
    recorded(benchmark, 30, 2, "tournament", str(path), "--json")

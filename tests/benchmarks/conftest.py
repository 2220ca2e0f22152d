"""Benchmarks live in ``bench_*.py``: run ``pytest tests/benchmarks`` with pytest-benchmark installed."""

import os

import pytest

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # threads of our own; set before numpy loads


def pytest_collect_file(file_path, parent):
    """Collect ``bench_*.py``, which pytest's default patterns leave out."""
    if file_path.name.startswith("bench_") and file_path.suffix == ".py":
        return pytest.Module.from_parent(parent, path=file_path)
    return None

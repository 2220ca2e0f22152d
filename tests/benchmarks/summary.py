"""Prints the benchmarks as a Markdown table, after the facts of the machine they ran on: ``summary.py FILE.json``."""

import json
import os
import sys
from pathlib import Path


def main(path: Path) -> None:
    """Print machine, versions, and one row per benchmark: what, best time, what else was recorded."""
    report = json.loads(path.read_text())
    machine = report["machine_info"]
    cpu = machine.get("cpu", {})
    print(f"{cpu.get('brand_raw', machine['machine'])}, {os.cpu_count()} cores, {machine['system']}, "
          f"Python {machine['python_version']}\n")
    print("| benchmark | best of rounds | recorded |\n|---|---|---|")
    for entry in report["benchmarks"]:
        name = entry["name"].removeprefix("test_bench_").replace("_", " ")
        extra = ", ".join(f"{key.replace('_', ' ')} {_short(value)}" for key, value in entry["extra_info"].items())
        print(f"| {name} | {_seconds(entry['stats']['min'])} | {extra} |")


def _seconds(value: float) -> str:
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"


def _short(value) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

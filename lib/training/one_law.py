"""``python -m training.one_law``: steps to coverage on one law, every learner, step and length (no PyTorch)."""

import argparse
import csv
import json
import sys
from itertools import product
from pathlib import Path

import numpy as np

from claimcheck.register import find_root
from covtheory.instances.one_law import OneLaw
from covtheory.learners.steps_to_coverage import learners, steps_to_coverage
from training.record import replace, versions

FOLDER = Path("references") / "one_law"
"""Where the committed runs are, below the root of the checkout."""

LENGTHS, SEEDS, MOST, B, N = tuple(4**k for k in range(2, 9)), (0, 1, 2), 12_000, 40.0, 16.0
"""Lengths, seeds, steps after which a run is given up (-1), size of both prompts' features, threshold."""

VANILLA = 2.0 ** np.arange(-8, 7.1, 0.5)
"""Steps of vanilla SGD in units of ``1/(H B)``."""

OTHERS = 2.0 ** np.arange(11) / (32 * B)
"""Steps of the other learners: the least is ``1/(32 B)``, the largest step of notebook 09's theorem."""


def grid(learner: str) -> np.ndarray:
    """The steps at which a learner is tried."""
    return VANILLA if learner == "vanilla" else OTHERS


def run(learner: str, H: int, seed: int, most: int = MOST) -> np.ndarray:
    """Steps to coverage at every step of the grid, shape (S,); -1 where not within ``most``."""
    law = OneLaw(H, B, B, N)
    return steps_to_coverage(law, learners(law)[learner], grid(learner), seed, most)


def record(path: Path, lengths: tuple[int, ...] = LENGTHS, seeds: tuple[int, ...] = SEEDS, most: int = MOST) -> None:
    """Run everything and write one row a run: learner, eta, H, seed, steps."""
    rows = [(learner, f"{eta:.6g}", H, seed, int(steps))
            for learner, H, seed in product(learners(OneLaw(16, B, B, N)), lengths, seeds)
            for eta, steps in zip(grid(learner), run(learner, H, seed, most), strict=True)]

    def save(file):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("learner", "eta", "H", "seed", "steps"))
        writer.writerows(rows)

    replace(path / "steps.csv", save)
    about = {"command": "python -m training.one_law", "lengths": lengths, "seeds": seeds, "most": most, "B": B, "N": N,
             "versions": versions(np)}
    replace(path / "runs.json", lambda file: file.write(json.dumps(about, indent=1, sort_keys=True) + "\n"))


def read(root: Path | None = None) -> dict[str, np.ndarray]:
    """Return the committed steps to coverage: learner to an array (lengths, seeds, steps of the grid).

    Raises
    ------
    ValueError
        If there is no record, or it is not of this module's lengths, seeds and grids.
    """
    path = (find_root() if root is None else Path(root)) / FOLDER / "steps.csv"
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise ValueError(f"{FOLDER}: no record of steps to coverage") from None
    found = {}
    for learner in dict.fromkeys(row["learner"] for row in rows):
        mine = [row for row in rows if row["learner"] == learner]
        wanted = [(H, seed, f"{eta:.6g}") for H, seed, eta in product(LENGTHS, SEEDS, grid(learner))]
        if [(int(row["H"]), int(row["seed"]), row["eta"]) for row in mine] != wanted:
            raise ValueError(f"{FOLDER}: runs of {learner!r} are not those of this module; run it again")
        found[learner] = np.array([int(row["steps"]) for row in mine]).reshape(len(LENGTHS), len(SEEDS), -1)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments and record; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.one_law", description=__doc__)
    parser.add_argument("--out", type=Path, help=f"folder (default: {FOLDER} of the checkout)")
    options = parser.parse_args(arguments)
    record(options.out or find_root(Path.cwd()) / FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Which steps of SGD and of Adam cover, at two lengths? ``python -m training.step_sizes small --seed 0`` (notebook 09).

One run: a transformer, one learner, one constant step, one pass over fresh graphs, the loss a sum over the tokens of a
response. Runs that are already in the folder are not repeated, so a killed command goes on where it was.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from covtheory.instances.graph_classes import GraphClass
from covtheory.instances.layered_graph import LayeredGraphTask
from training.record import UNIT, in_units, opened, store, versions

FOLDER = Path("references") / "step_sizes"
"""Where the committed runs are, below the root of the checkout."""

HELD_OUT_SEED = 1_000_003
"""Of the held-out prompts, the same for all runs of a length; no batch has it."""


@dataclass(frozen=True)
class Grid:
    """Runs that are compared: lengths times (learner, step).

    Parameters
    ----------
    lengths : tuple of int
        Layers of the graph: the number of tokens of a response.
    runs : tuple of (str, float)
        Learner, ``sgd`` or ``adam`` (default betas), and its step.
    steps, every : int
        Steps of a run; steps between two evaluations.
    batch, width, depth, heads, held_out : int
        A tenth of the prompts, in batches by chance and in the held-out set exactly, has forks in half of the layers;
        the others have none.
    """

    lengths: tuple[int, ...]
    runs: tuple[tuple[str, float], ...]
    steps: int = 600
    every: int = 60
    batch: int = 32
    width: int = 48
    depth: int = 2
    heads: int = 4
    held_out: int = 300

    def task(self, length: int) -> LayeredGraphTask:
        """Graphs of so many layers: without forks, and with forks in half of them."""
        return LayeredGraphTask(nodes=40, layers=length,
                                classes=(GraphClass(0, "parity"), GraphClass(length // 2, "parity")))


GRIDS = {
    "smoke": Grid((2, 4), (("sgd", 0.3), ("adam", 3e-3)), steps=40, every=20, width=16, depth=1, heads=2, held_out=50),
    "small": Grid((4, 16), (*(("sgd", step) for step in (0.04, 0.08, 0.16)),
                            *(("adam", step) for step in (0.002, 0.004, 0.016)))),
}


def train(grid: Grid, length: int, learner: str, step: float, seed: int) -> np.ndarray:
    """Return log-probabilities, nats, of the held-out responses at every evaluation, shape (1 + steps/every, n).

    Once the loss is no number the run ends; what is missing counts as log-probability minus infinity.
    """
    import torch

    from training.transformer import Transformer

    task = grid.task(length)
    torch.manual_seed(seed)
    net = Transformer(task.vocabulary, task.prompt_length + length - 1, grid.width, grid.depth, grid.heads)
    optimizer = (torch.optim.Adam if learner == "adam" else torch.optim.SGD)(net.parameters(), lr=step)

    def tokens(rng, kinds):
        return torch.as_tensor(task.tokens(task.sample(rng, kinds), rng))

    held_out = tokens(np.random.default_rng(HELD_OUT_SEED), (np.arange(grid.held_out) % 10 == 0).astype(int))
    rows = np.full((1 + grid.steps // grid.every, grid.held_out), -np.inf)
    for t in range(grid.steps + 1):
        if t % grid.every == 0:
            with torch.no_grad():
                now = net.token_log_probs(held_out, task.prompt_length).double().sum(dim=1).numpy()
            rows[t // grid.every] = np.where(np.isnan(now), -np.inf, np.minimum(now, 0.0))
        rng = np.random.default_rng([seed, t])
        batch = tokens(rng, (rng.random(grid.batch) < 0.1).astype(int))
        loss = -net.token_log_probs(batch, task.prompt_length).sum(dim=1).mean()
        if not torch.isfinite(loss):
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return rows


def write(path: Path, config: str, seed: int, done: dict[str, np.ndarray], seconds: float, software: dict) -> None:
    """Write the runs of one seed: log-probabilities in thousandths of a nat, and where they come from."""
    about = {"command": f"python -m training.step_sizes {config} --seed {seed}", "grid": asdict(GRIDS[config]),
             "seed": seed, "seconds": round(seconds), "versions": software}
    store(path, about, {name: in_units(rows, UNIT) for name, rows in done.items()})


def read(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Return the runs of one file, ``"length learner step"`` to log-probabilities in nats, and their origin.

    What was stored as the largest number (a run that diverged, or below -65.5 nats) comes back as minus infinity.

    Raises
    ------
    ValueError
        If the file is no such record.
    """
    with opened(path, "step sizes") as (data, about):
        runs = {name: data[name] for name in data.files if name != "about"}
    largest = np.iinfo(np.uint16).max
    return {name: np.where(rows == largest, -np.inf, -UNIT * rows) for name, rows in runs.items()}, about


def coverage(rows: np.ndarray, N: float = 16) -> np.ndarray:
    """``Cov_N`` at every evaluation, shape (K,): the share of held-out responses of probability at most 1/N.

    Examples
    --------
    >>> coverage(np.log([[0.01, 0.5], [0.2, 0.9]])).tolist()
    [0.5, 0.0]
    """
    return (rows <= -np.log(N) + 1e-12).mean(axis=1)


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments and train what is missing; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.step_sizes", description=__doc__)
    parser.add_argument("config", choices=GRIDS, help="smoke: seconds; small: five minutes on one core")
    parser.add_argument("--seed", type=int, default=0, help="of the initial weights and the data (default 0)")
    parser.add_argument("--out", type=Path, default=FOLDER, help=f"folder (default: {FOLDER})")
    options = parser.parse_args(arguments)
    try:
        import torch
    except ModuleNotFoundError:
        print("training needs PyTorch: pip install -r requirements/train.txt", file=sys.stderr)
        return 1
    torch.set_num_threads(1)
    grid, path = GRIDS[options.config], options.out / f"seed-{options.seed}.npz"
    done, spent = {}, 0.0
    if path.exists():
        done, about = read(path)
        spent = about["seconds"]
        if about["grid"] != json.loads(json.dumps(asdict(grid))):
            print(f"training.step_sizes: {path} holds another grid; name another folder", file=sys.stderr)
            return 2
    started = time.process_time()
    for length in grid.lengths:
        for learner, step in grid.runs:
            name = f"{length} {learner} {step}"
            if name not in done:
                done[name] = train(grid, length, learner, step, options.seed)
                write(path, options.config, options.seed, done, spent + time.process_time() - started,
                      versions(torch, np))
            print(name, *(f"{value:.2f}" for value in coverage(done[name])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m training.dyck small --seed 0``: train both networks of notebook 20, search, write the record."""

import argparse
import dataclasses
import json
import platform
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from covtheory.instances.brackets import Brackets
from training.dyck.config import CONFIGS, Config
from training.dyck.record import Searches, write
from training.record import versions


def run(config: Config, seed: int, report=print) -> Searches:
    """Train, search, and return what is to be recorded."""
    import torch

    from training.dyck.networks import last, roll_outs, train_reference, train_verifier
    from training.dyck.search import NetworkModel, all_samplers

    began, words, rngs = time.process_time(), Brackets(config.pairs), np.random.default_rng(seed).spawn(5)
    torch.manual_seed(seed)
    prompts = np.unravel_index(rngs[0].permutation(2**config.prompt), (2,) * config.prompt)
    prompts = np.stack(prompts, axis=1)
    held_out, others = prompts[: config.prompts], prompts[config.prompts :]
    reference = train_reference(config, words, rngs[1], report)
    drawn, cut = roll_outs(config, reference, words, others, rngs[2])
    right = words.right(drawn)
    report(f"roll-outs: {len(drawn)}, right {right.mean():.3f}, "
           f"whole responses {right[cut == config.prompt].mean():.3f}")
    begin = words.sample(rngs[3], config.prompts, config.open_deep, 0.5, held_out)[:, : words.length - config.rest]
    nodes = [begin[:, None]]
    for _ in range(config.rest):
        branch = np.repeat(nodes[-1], words.V, axis=1)
        letters = np.broadcast_to(np.tile(np.arange(words.V), nodes[-1].shape[1]), branch.shape[:2])
        nodes.append(np.concatenate([branch, letters[..., None]], axis=2))

    def spread(net, link):  # logarithms at all children, breadth first, shape (B, nodes - 1)
        parts = [link(last(net, level.reshape(-1, level.shape[2]), words.V)).reshape(len(begin), -1)
                 for level in nodes[:-1]]
        return np.log(np.concatenate(parts, axis=1))

    def rooted(logs):
        return np.concatenate([np.zeros((len(begin), 1)), logs], axis=1)

    log_law, log_value = rooted(spread(reference, partial(softmax, axis=-1))), []
    for _, verifier in train_verifier(config, words, drawn, cut, rngs[4], report):
        log_value.append(rooted(spread(verifier, expit))[:, : log_law.shape[1] - words.V**config.rest])
    model = NetworkModel(words, reference, verifier, np.repeat(held_out, config.runs, axis=0))
    with torch.no_grad():
        found = all_samplers(config, model, rngs[0], report)
    about = {"config": dataclasses.asdict(config), "seed": seed, "seconds": round(time.process_time() - began),
             "versions": versions(torch, np),
             "machine": f"{platform.machine()}, cpu, {torch.get_num_threads()} threads",
             "roll_outs_right": round(float(right.mean()), 4)}
    return Searches(held_out, {k: v[0] for k, v in found.items()}, {k: v[1] for k, v in found.items()}, begin, log_law,
                    np.array(log_value), json.loads(json.dumps(about)))


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments, run, write ``CONFIG-SEED.npz``; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.dyck", description=__doc__)
    parser.add_argument("config", choices=CONFIGS, help="smoke: seconds; small, deep: minutes on one core")
    parser.add_argument("--seed", type=int, default=0, help="of weights, data and draws (default 0)")
    parser.add_argument("--out", type=Path, help="folder (default: build/train/dyck)")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error(f"--seed: got {options.seed}, expected a whole number >= 0")
    try:
        import torch
    except ModuleNotFoundError:
        print("training needs PyTorch: pip install -r requirements/train.txt", file=sys.stderr)
        return 1
    torch.set_num_threads(1)
    found = run(CONFIGS[options.config], options.seed, lambda line: print(line, flush=True))
    found.about["command"] = f"python -m training.dyck {options.config} --seed {options.seed}"
    path = (options.out or Path("build") / "train" / "dyck") / f"{options.config}-{options.seed}.npz"
    write(path, found)
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

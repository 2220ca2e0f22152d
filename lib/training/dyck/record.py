"""What a run leaves: responses and costs of every sampler, full trees of short rests, and its origin. NumPy only."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from claimcheck.register import find_root
from covtheory.instances.brackets import Brackets
from covtheory.samplers.backtracking import ValueTree, complete_tree
from training.record import in_units, opened, store

FOLDER = Path("references") / "dyck"

UNIT = 1e-2
"""Log-probabilities of the trees are stored in whole hundredths of a nat, at most 655."""


@dataclass(frozen=True)
class Searches:
    """One run.

    Attributes
    ----------
    prompts : int array, shape (P, h)
        Held-out prompts.
    responses, costs : dict
        By sampler: int arrays of shape (P, R, H), and (P, R): prefixes shown to the networks.
    beginnings : int array, shape (B, length - rest)
        Beginnings of the recorded trees.
    log_law : ndarray, shape (B, nodes)
        Reference log-probability of the last letter of every node, in breadth-first order; 0 at the root.
    log_value : ndarray, shape (E, B, inner nodes)
        Logarithms of the verifier's values after every recorded epoch, at nodes that are no responses.
    about : dict
        Configuration, seed, versions, command, seconds, curves.
    """

    prompts: np.ndarray
    responses: dict
    costs: dict
    beginnings: np.ndarray
    log_law: np.ndarray
    log_value: np.ndarray
    about: dict

    @property
    def words(self) -> Brackets:
        """What is right."""
        return Brackets(self.about["config"]["pairs"])

    def right(self, sampler: str) -> np.ndarray:
        """Whether each response of a sampler is right, checked anew, shape (P, R)."""
        found = self.responses[sampler]
        begin = np.repeat(self.prompts[:, None], found.shape[1], axis=1)
        return self.words.right(np.concatenate([begin, found], axis=2).reshape(-1, self.words.length)
                                ).reshape(found.shape[:2])

    def within(self, sampler: str, budget: float) -> tuple[float, float, float]:
        """Accuracy, distinct right responses a prompt, and mean cost, if a response may cost ``budget`` prefixes."""
        right = self.right(sampler) & (self.costs[sampler] <= budget)
        distinct = [len({row.tobytes() for row in rows[fine]})
                    for rows, fine in zip(self.responses[sampler], right, strict=True)]
        return float(right.mean()), float(np.mean(distinct)), float(np.minimum(self.costs[sampler], budget).mean())

    @cached_property
    def endings(self) -> np.ndarray:
        """Whether each word of ``rest`` letters ends a recorded beginning rightly, shape (B, V^rest)."""
        rest = self.about["config"]["rest"]
        ends = np.stack(np.unravel_index(np.arange(self.words.V**rest), (self.words.V,) * rest), axis=1)
        return np.array([self.words.right(np.concatenate([np.tile(begin, (len(ends), 1)), ends], axis=1))
                         for begin in self.beginnings])

    def tree(self, beginning: int, epoch: int) -> ValueTree:
        """The tree below a recorded beginning, with the values after ``about["config"]["epochs"][epoch]`` epochs."""
        rest, tau = self.about["config"]["rest"], self.endings[beginning]
        law = np.exp(self.log_law[beginning])
        law[1:] /= np.repeat(law[1:].reshape(-1, self.words.V).sum(axis=1), self.words.V)
        value = np.append(np.exp(self.log_value[epoch, beginning]), tau)
        levels = np.split(value, np.cumsum([self.words.V**h for h in range(rest)]))
        return complete_tree(self.words.V, rest, tau, law, levels, dead_ends=True)


def write(path: Path, found: Searches) -> None:
    """Write a run to an NPZ file."""
    arrays = {"prompts": found.prompts.astype(np.uint8), "beginnings": found.beginnings.astype(np.uint8),
              "log_law": in_units(found.log_law, UNIT), "log_value": in_units(found.log_value, UNIT)}
    for k, name in enumerate(found.responses):
        arrays |= {f"name_{k}": np.array(name), f"responses_{k}": found.responses[name].astype(np.uint8),
                   f"costs_{k}": found.costs[name].astype(np.uint32)}
    store(Path(path), found.about, arrays)


def read(path: Path) -> Searches:
    """Read a run.

    Raises
    ------
    ValueError
        If the file is no record of a run.
    """
    with opened(path, "a run") as (data, about):
        names = [str(data[f"name_{k}"]) for k in range(sum(key.startswith("name_") for key in data.files))]
        by_name = [{name: data[f"{kind}_{k}"].astype(np.int64) for k, name in enumerate(names)}
                   for kind in ("responses", "costs")]
        return Searches(data["prompts"].astype(np.int64), *by_name, data["beginnings"].astype(np.int64),
                        -UNIT * data["log_law"], -UNIT * data["log_value"], about)


def load(config: str, root: Path | None = None) -> list[Searches]:
    """Return the committed runs of a configuration, by seed.

    Raises
    ------
    ValueError
        If there is none.
    """
    folder = (find_root() if root is None else Path(root)) / FOLDER
    if not (runs := [read(path) for path in sorted(folder.glob(f"{config}-*.npz"))]):
        raise ValueError(f"{FOLDER}: no record of a run of {config}")
    return runs

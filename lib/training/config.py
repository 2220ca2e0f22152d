"""Configurations of a training: task, network, phases; the recorded one, the paper's, and one for tests."""

import dataclasses
from dataclasses import dataclass

from covtheory.instances.graph_classes import FIGURE_1
from covtheory.instances.layered_graph import LayeredGraphTask
from covtheory.validation import count, in_range, threshold


@dataclass(frozen=True)
class Phase:
    """Steps of AdamW at one learning rate on one mixture of classes.

    Parameters
    ----------
    name : str
    steps : int
    learning_rate : float
        Constant after ``warmup`` steps of linear growth.
    mixture : tuple of float
        Probability of every class.
    fixed_data : int
        Size of a data set drawn once and reused; 0 draws fresh data for every step.
    evaluate_every : int
        Steps between two evaluations on the held-out set.
    """

    name: str
    steps: int
    learning_rate: float
    mixture: tuple[float, ...]
    fixed_data: int = 0
    evaluate_every: int = 100
    warmup: int = 0

    def __post_init__(self):
        count("steps", self.steps, least=0)
        count("evaluate_every", self.evaluate_every)
        count("fixed_data", self.fixed_data, least=0)
        threshold("learning_rate", self.learning_rate, least=0, strict=True)
        if abs(sum(in_range("mixture", self.mixture, 0, 1)) - 1) > 1e-9:
            raise ValueError(f"mixture: got {self.mixture}, expected probabilities that sum to 1")


@dataclass(frozen=True)
class Config:
    """Everything that determines a training, but for the seed.

    Parameters
    ----------
    task : LayeredGraphTask
    width, depth, heads : int
        Of the transformer.
    phases : tuple of Phase
        The last one is recorded; its mixture is the data law of the held-out set.
    batch : int
    weight_decay : float
    held_out : int
        Prompts of the held-out set.

    Examples
    --------
    >>> CONFIGS["paper"].width, CONFIGS["paper"].task.format
    (384, 'edges')
    """

    task: LayeredGraphTask
    width: int
    depth: int
    heads: int
    phases: tuple[Phase, ...]
    batch: int = 128
    weight_decay: float = 0.01
    held_out: int = 2000

    def __post_init__(self):
        for name in ("width", "depth", "heads", "batch", "held_out"):
            count(name, getattr(self, name))
        if self.width % self.heads:
            raise ValueError(f"heads: {self.heads} do not divide the width {self.width}")
        if not self.phases:
            raise ValueError("phases: got none, expected at least one")
        for phase in self.phases:
            if len(phase.mixture) != len(self.task.classes):
                raise ValueError(f"phase {phase.name!r}: a mixture of {len(phase.mixture)} classes, "
                                 f"the task has {len(self.task.classes)}")
        if sum(self.phases[-1].mixture[2:]):
            raise ValueError(f"phase {self.phases[-1].name!r}: the recorded phase may mix the first two classes only")

    @property
    def steps(self) -> int:
        """Steps of all phases."""
        return sum(phase.steps for phase in self.phases)

    def plain(self) -> dict:
        """Return it as numbers, strings and lists, for a record."""
        return dataclasses.asdict(self)


THIRDS, SKEWED = (1 / 3, 1 / 3, 1 / 3), (0.9, 0.1, 0.0)

CONFIGS = {
    "smoke": Config(
        LayeredGraphTask(nodes=16, layers=3), width=32, depth=2, heads=2, held_out=256, batch=64,
        phases=(Phase("pretrain", 120, 3e-3, THIRDS, evaluate_every=60, warmup=20),
                Phase("finetune", 60, 3e-4, SKEWED, evaluate_every=20))),
    "small": Config(
        LayeredGraphTask(nodes=40, layers=8), width=96, depth=3, heads=4,
        phases=(Phase("pretrain", 3000, 1e-3, THIRDS, evaluate_every=500, warmup=100),
                Phase("finetune", 2000, 5e-6, SKEWED, evaluate_every=80))),
    "paper": Config(
        LayeredGraphTask(nodes=100, layers=8, width=4, format="edges", classes=FIGURE_1), width=384, depth=6, heads=4,
        phases=(Phase("pretrain", 200_000, 1e-4, THIRDS, fixed_data=8 * 64_000, evaluate_every=10_000),
                Phase("finetune", 50_000, 5e-6, SKEWED, evaluate_every=1_000))),
}
"""``smoke``: under a minute, for tests. ``small``: recorded in this collection. ``paper``: App. C.1 and C.2 of Chen et
al. 2025, arXiv 2510.15020v2, for a GPU (the number of nodes m is not given there; 100 is ours)."""

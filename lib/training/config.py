"""Configurations of a training: task, network, phases; the recorded one, the paper's, and one for tests."""

import dataclasses
from dataclasses import dataclass

from covtheory.instances.graph_classes import FIGURE_1, GraphClass
from covtheory.instances.layered_graph import LayeredGraphTask
from covtheory.validation import count, in_range, threshold


@dataclass(frozen=True)
class Phase:
    """Steps of AdamW at one learning rate on one mixture of classes.

    Parameters
    ----------
    learning_rate : float
        Constant after ``warmup`` steps of linear growth.
    mixture : tuple of float
        Probability of every class.
    fixed_data : int
        Size of a data set drawn once and reused; 0 draws fresh data for every step.
    evaluate_every : int
        Steps between two evaluations on the held-out set.
    until : float
        Ends the phase at the first evaluation with held-out cross-entropy below it on this phase's mixture, nats;
        0 makes all ``steps``.
    """

    name: str
    steps: int
    learning_rate: float
    mixture: tuple[float, ...]
    fixed_data: int = 0
    evaluate_every: int = 100
    warmup: int = 0
    until: float = 0.0

    def __post_init__(self):
        count("steps", self.steps, least=0)
        count("evaluate_every", self.evaluate_every)
        count("fixed_data", self.fixed_data, least=0)
        threshold("learning_rate", self.learning_rate, least=0, strict=True)
        threshold("until", self.until, least=0)
        if abs(sum(in_range("mixture", self.mixture, 0, 1)) - 1) > 1e-9:
            raise ValueError(f"mixture: got {self.mixture}, expected probabilities that sum to 1")
        if self.until and sum(self.mixture[2:]):
            raise ValueError(f"phase {self.name!r}: until needs a mixture of the first two classes, not {self.mixture}")


@dataclass(frozen=True)
class Config:
    """Everything that determines a training, but for the seed.

    Parameters
    ----------
    width, depth, heads : int
        Of the transformer.
    phases : tuple of Phase
        The last one is recorded; its mixture is the data law of the held-out set.
    held_out : int
        Prompts of the held-out set.
    precision : str
        ``float32``, or ``bfloat16`` for the products in the blocks; all else stays in single precision.

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
    precision: str = "float32"

    def __post_init__(self):
        for name in ("width", "depth", "heads", "batch", "held_out"):
            count(name, getattr(self, name))
        if self.width % self.heads:
            raise ValueError(f"heads: {self.heads} do not divide the width {self.width}")
        if self.precision not in ("float32", "bfloat16"):
            raise ValueError(f"precision: got {self.precision!r}, expected float32 or bfloat16")
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


THIRDS, SKEWED, HALVES = (1 / 3, 1 / 3, 1 / 3), (0.9, 0.1, 0.0), (0.5, 0.5, 0.0)


def _all_layers(layers: int) -> tuple[GraphClass, ...]:
    """Figure 1's classes with every layer ambiguous: only a network that remembers its first turn has KL = log 2."""
    return tuple(dataclasses.replace(kind, ambiguous=layers) for kind in FIGURE_1)


def _finetuned(mixture: tuple[float, ...], learning_rate: float = 5e-6, steps: int = 600, every: int = 60) -> Config:
    """Train to the balanced state, then fine-tune on ``mixture``."""
    return Config(
        LayeredGraphTask(nodes=24, layers=8, classes=_all_layers(8)), width=64, depth=2, heads=4, batch=96,
        held_out=1200,
        phases=(Phase("pretrain", 4000, 1e-3, HALVES, evaluate_every=100, warmup=50, until=0.75),
                Phase("finetune", steps, learning_rate, mixture, evaluate_every=every)))


BALANCED = _finetuned(SKEWED, steps=1200, every=30)

CONFIGS = {
    "smoke": Config(
        LayeredGraphTask(nodes=16, layers=3), width=32, depth=2, heads=2, held_out=256, batch=64,
        phases=(Phase("pretrain", 120, 3e-3, THIRDS, evaluate_every=60, warmup=20),
                Phase("finetune", 60, 3e-4, SKEWED, evaluate_every=20))),
    "small": Config(
        LayeredGraphTask(nodes=40, layers=8), width=96, depth=3, heads=4,
        phases=(Phase("pretrain", 3000, 1e-3, THIRDS, evaluate_every=500, warmup=100),
                Phase("finetune", 2000, 5e-6, SKEWED, evaluate_every=80))),
    "balanced": BALANCED,
    "balanced-even": _finetuned(HALVES),
    "balanced-slow": _finetuned(SKEWED, 2.5e-6),
    "balanced-fast": _finetuned(SKEWED, 1e-5),
    "balanced-seen": dataclasses.replace(_finetuned(SKEWED), task=dataclasses.replace(BALANCED.task, shows_class=True)),
    "paper": Config(
        LayeredGraphTask(nodes=100, layers=8, width=4, format="edges", classes=_all_layers(8)), width=384, depth=6,
        heads=4, batch=512, precision="bfloat16",
        phases=(Phase("pretrain", 40_000, 3e-4, HALVES, fixed_data=8 * 64_000, evaluate_every=1_000, warmup=1_000,
                      until=0.8),
                Phase("finetune", 10_000, 5e-6, SKEWED, fixed_data=8 * 64_000, evaluate_every=250))),
}
"""``smoke``: under a minute, for tests. ``small``: two ambiguous layers, as in Figure 1 of Chen et al. 2025, arXiv
2510.15020v2. ``balanced``: all layers ambiguous, fine-tuned from the state that knows both rules; with ``-even`` the
mixture stays 1/2, 1/2, with ``-slow`` and ``-fast`` the rate is half and double, with ``-seen`` the prompt names the
class. ``paper``: the balanced classes in the paper's edge format, with its network and fine-tuning rate (App. C.1), for
a GPU: about half an hour by estimate, never run (the number of nodes m is not given there; 100 is ours)."""

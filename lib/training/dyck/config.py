"""Configurations: the words, the reference policy's training, the verifier's, and the searches that are recorded."""

import dataclasses
from dataclasses import dataclass

from covtheory.validation import count


@dataclass(frozen=True)
class Config:
    """Everything that determines a run, but for the seed.

    Parameters
    ----------
    pairs : int
        Words have ``2 pairs`` brackets of two kinds.
    open_shallow, first_shallow : float
        Law of the words that the reference policy learns (see ``Brackets.sample``).
    prompt : int
        Prompts are this many open brackets of random kinds: deeper than what the reference policy has seen.
    open_deep : float
        Law of the right words from whose prefixes the verifier's roll-outs start.
    width, depth, heads, batch : int
        Of both transformers.
    reference_steps, learning_rate
        AdamW on fresh shallow words.
    rollouts, epochs, value_rate
        Roll-outs of the verifier's training set, its passes over them (the verifier is kept after each number in
        ``epochs``), its learning rate.
    prompts, runs : int
        Held-out prompts, and responses drawn for each of them by each sampler.
    most_draws : int
        Responses after which a sampler that starts again gives up; the walk gives up after as many letters' worth of
        nodes.
    blocks, draws : tuple of int
        Lengths of blocks, and candidates per block, of the block samplers.
    rest : int
        Letters left on the trees whose reference law and values are recorded in full.
    """

    pairs: int = 12
    open_shallow: float = 0.35
    first_shallow: float = 0.9
    prompt: int = 8
    open_deep: float = 0.5
    width: int = 48
    depth: int = 2
    heads: int = 3
    batch: int = 64
    reference_steps: int = 400
    learning_rate: float = 2e-3
    rollouts: int = 4096
    epochs: tuple[int, ...] = (0, 1, 2, 4, 8)
    value_rate: float = 1e-3
    prompts: int = 8
    runs: int = 24
    most_draws: int = 32
    blocks: tuple[int, ...] = (2, 6)
    draws: tuple[int, ...] = (8, 32)
    rest: int = 6

    def __post_init__(self):
        for field in dataclasses.fields(self):
            if field.type is int:
                count(field.name, getattr(self, field.name))
        if self.width % self.heads:
            raise ValueError(f"heads: {self.heads} do not divide the width {self.width}")
        if not self.prompt <= self.pairs:
            raise ValueError(f"prompt: {self.prompt} open brackets, expected at most {self.pairs} (the pairs)")
        if sorted(set(self.epochs)) != list(self.epochs):
            raise ValueError(f"epochs: got {self.epochs}, expected increasing numbers")

    @property
    def H(self) -> int:
        """Length of a response."""
        return 2 * self.pairs - self.prompt


CONFIGS = {
    "smoke": Config(pairs=5, prompt=3, width=16, heads=2, depth=1, reference_steps=60, rollouts=512, epochs=(0, 1),
                    prompts=2, runs=8, most_draws=4, blocks=(2,), draws=(2,), rest=3),
    "small": Config(),
    "deep": Config(prompt=10, reference_steps=300),
}
"""``smoke``: seconds, for tests. ``small``, ``deep``: recorded here, with prompts of 8 and 10 open brackets."""

"""Samplers on the trained networks: each response with its cost, the number of prefixes shown to the networks."""

import numpy as np
from scipy.special import expit, softmax

from covtheory.instances.brackets import Brackets
from covtheory.samplers.backtracking import Walkers
from training.dyck.config import Config
from training.dyck.networks import after, draw, last
from training.transformer import Transformer


class NetworkModel:
    """What walkers need to know: reference law and values of the children of a prefix, after the walker's own prompt.

    ``rows`` says which walkers ask; :class:`CountedWalkers` sets it.
    """

    def __init__(self, words: Brackets, reference: Transformer, verifier: Transformer, prompts: np.ndarray):
        self.words, self.reference, self.verifier, self.prompts = words, reference, verifier, np.asarray(prompts)
        self.V, self.H, self.rows = words.V, words.length - self.prompts.shape[1], np.arange(len(self.prompts))

    def children(self, prefix: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``pi_ref(a|v)`` and ``Vhat(va)``, each (n, V); the last letter's value is the exact reward."""
        whole = np.concatenate([self.prompts[self.rows], prefix[:, : depth.max()]], axis=1)
        rows, at = np.arange(len(prefix)), self.prompts.shape[1] + depth
        law = softmax(after(self.reference, whole, self.V).detach().double().numpy()[rows, at], axis=1)
        value = expit(after(self.verifier, whole, self.V).detach().double().numpy()[rows, at])
        ends = np.flatnonzero(depth == self.H - 1)
        for letter in range(self.V if ends.size else 0):
            closed = np.concatenate([whole[ends], np.full((len(ends), 1), letter)], axis=1)
            value[ends, letter] = self.words.right(closed)
        return law, value


class CountedWalkers(Walkers):
    """Walkers with prompts of their own that count the nodes each of them asks about."""

    def __init__(self, model: NetworkModel, rng: np.random.Generator):
        self.asked = np.zeros(len(model.prompts), dtype=np.int64)
        super().__init__(model, len(model.prompts), rng)

    def _ask(self, who):
        inner = who[self.depth[who] < self.H]
        self.model.rows = inner
        self.asked[inner] += 1
        super()._ask(who)

    def search(self, most: int) -> None:
        """Move every walker until it is at a response or has asked about ``most`` nodes."""
        while (active := np.flatnonzero((self.depth < self.H) & (self.asked < most))).size:
            self._move(active)


def walk(config: Config, model: NetworkModel, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First responses of the backtracking walk: responses (n, H), costs (n,); only opening brackets where none came."""
    walkers = CountedWalkers(model, rng)
    walkers.search(config.most_draws * config.H)
    walkers.prefix[walkers.depth < config.H] = 0
    return walkers.prefix, walkers.asked


def again(config: Config, model: NetworkModel, rng: np.random.Generator,
          guided: bool) -> tuple[np.ndarray, np.ndarray]:
    """Draw whole responses until one is right: from ``pi_ref``, or action by action with the verifier if ``guided``."""
    words, begin = model.words, model.prompts
    whole, cost = np.zeros((len(begin), words.length), dtype=np.int64), np.zeros(len(begin), dtype=np.int64)
    left = np.arange(len(begin))
    for _ in range(config.most_draws):
        whole[left] = (forward(model, left, rng) if guided else
                       draw(model.reference, words, begin[left], words.length, rng))
        cost[left] += config.H
        left = left[~words.right(whole[left])]
        if not left.size:
            break
    return whole[:, config.prompt :], cost


def forward(model: NetworkModel, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whole words by one action-level pass from each of these prompts."""
    model.rows, found = rows, np.zeros((len(rows), 0), dtype=np.int64)
    for h in range(model.H):
        law, value = model.children(found, np.full(len(rows), h))
        part = np.cumsum(law * np.maximum(value, 1e-300), axis=1)  # where all values vanish, one of the wrong letters
        letter = (rng.random((len(part), 1)) * part[:, -1:] >= part[:, :-1]).sum(axis=1)
        found = np.concatenate([found, letter[:, None]], axis=1)
    return np.concatenate([model.prompts[rows], found], axis=1)


def blockwise(config: Config, model: NetworkModel, rng: np.random.Generator, block: int, N: int,
              best: bool) -> tuple[np.ndarray, np.ndarray]:
    """Draw ``N`` blocks, keep the one of largest value if ``best``, else one in proportion to its value; repeat."""
    words, whole = model.words, model.prompts
    while whole.shape[1] < words.length:
        until = min(whole.shape[1] + block, words.length)
        drawn = draw(model.reference, words, np.repeat(whole, N, axis=0), until, rng)
        if until == words.length:
            value = words.right(drawn).astype(float)
        else:
            value = expit(last(model.verifier, drawn[:, :-1], words.V)[np.arange(len(drawn)), drawn[:, -1]])
        value = value.reshape(-1, N)
        part = np.cumsum(value, axis=1)
        random = (rng.random((len(part), 1)) * part[:, -1:] >= part[:, :-1]).sum(axis=1)
        kept = value.argmax(axis=1) if best else random
        whole = drawn.reshape(-1, N, until)[np.arange(len(kept)), kept]
    return whole[:, config.prompt :], np.full(len(whole), N * config.H)


def all_samplers(config: Config, model: NetworkModel, rng: np.random.Generator, report) -> dict:
    """Every sampler of the record: name to responses (prompts, runs, H) and costs (prompts, runs)."""
    runs = {"reference": lambda: again(config, model, rng, False),
            "action level": lambda: again(config, model, rng, True), "walk": lambda: walk(config, model, rng)}
    for block in config.blocks:
        for N in config.draws:
            for best in (True, False):
                name = f"block {'best' if best else 'rejection'}, {block} letters, {N} draws"
                runs[name] = lambda b=block, n=N, best=best: blockwise(config, model, rng, b, n, best)
    found = {}
    for name, run in runs.items():
        responses, costs = run()
        right = model.words.right(np.concatenate([model.prompts, responses], axis=1))
        report(f"{name}: right {right.mean():.3f}, {costs.mean():.0f} nodes a response")
        found[name] = responses.reshape(-1, config.runs, config.H), costs.reshape(-1, config.runs)
    return found

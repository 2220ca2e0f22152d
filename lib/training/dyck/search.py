"""Samplers on the trained networks: each response with its cost, the number of prefixes shown to the networks."""

import numpy as np

from covtheory.instances.brackets import Brackets
from covtheory.samplers.backtracking import Walkers
from training.dyck.config import Config
from training.dyck.networks import after, draw, last, softmax
from training.transformer import Transformer


class NetworkModel:
    """What walkers need to know: reference law and values of the children of a prefix, after one prompt."""

    def __init__(self, words: Brackets, reference: Transformer, verifier: Transformer, prompt: np.ndarray):
        self.words, self.reference, self.verifier, self.prompt = words, reference, verifier, np.asarray(prompt)
        self.V, self.H = words.V, words.length - len(self.prompt)

    def children(self, prefix: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``pi_ref(a|v)`` and ``Vhat(va)``, each (n, V); the last letter's value is the exact reward."""
        whole = np.concatenate([np.tile(self.prompt, (len(prefix), 1)), prefix[:, : depth.max()]], axis=1)
        rows, at = np.arange(len(prefix)), len(self.prompt) + depth
        law = softmax(after(self.reference, whole, self.V).detach().double().numpy()[rows, at])
        value = sigmoid(after(self.verifier, whole, self.V).detach().double().numpy()[rows, at])
        ends = np.flatnonzero(depth == self.H - 1)
        for letter in range(self.V if ends.size else 0):
            closed = np.concatenate([whole[ends], np.full((len(ends), 1), letter)], axis=1)
            value[ends, letter] = self.words.right(closed)
        return law, value


class CountedWalkers(Walkers):
    """Walkers that count the nodes each of them asks about."""

    def __init__(self, model, size, rng):
        self.asked = np.zeros(size, dtype=np.int64)
        super().__init__(model, size, rng)

    def _ask(self, who):
        self.asked[who] += self.depth[who] < self.H
        super()._ask(who)

    def search(self, most: int) -> None:
        """Move every walker until it is at a response or has asked about ``most`` nodes."""
        while (active := np.flatnonzero((self.depth < self.H) & (self.asked < most))).size:
            self._move(active)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probability from log odds."""
    return 1 / (1 + np.exp(-scores))


def walk(config: Config, models: list[NetworkModel], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First responses of the backtracking walk: responses (prompts, runs, H), costs (prompts, runs)."""
    found, costs = [], []
    for model in models:
        walkers = CountedWalkers(model, config.runs, rng)
        walkers.search(config.most_draws * config.H)
        walkers.prefix[walkers.depth < config.H] = 0  # only opening brackets: never right
        found.append(walkers.prefix)
        costs.append(walkers.asked)
    return np.array(found), np.array(costs)


def again(config: Config, models: list[NetworkModel], rng: np.random.Generator,
          guided: bool) -> tuple[np.ndarray, np.ndarray]:
    """Draw whole responses until one is right: from ``pi_ref``, or action by action with the verifier if ``guided``."""
    words, begin = models[0].words, np.repeat([model.prompt for model in models], config.runs, axis=0)
    whole, cost = np.zeros((len(begin), words.length), dtype=np.int64), np.zeros(len(begin), dtype=np.int64)
    open_ = np.arange(len(begin))
    for _ in range(config.most_draws):
        whole[open_] = forward(models[0], begin[open_], rng) if guided else draw(models[0].reference, words, begin[open_],
                                                                                words.length, rng)
        cost[open_] += config.H
        open_ = open_[~words.right(whole[open_])]
        if not open_.size:
            break
    return whole[:, config.prompt :].reshape(-1, config.runs, config.H), cost.reshape(-1, config.runs)


def forward(model: NetworkModel, begin: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whole words by one action-level pass from each row of ``begin``."""
    whole, anyone = begin, NetworkModel(model.words, model.reference, model.verifier, [])
    while whole.shape[1] < model.words.length:
        law, value = anyone.children(whole, np.full(len(whole), whole.shape[1]))
        part = np.cumsum(law * np.maximum(value, 1e-300), axis=1)  # where all values vanish, one of the wrong letters
        letter = (rng.random((len(part), 1)) * part[:, -1:] >= part[:, :-1]).sum(axis=1)
        whole = np.concatenate([whole, letter[:, None]], axis=1)
    return whole


def blockwise(config: Config, models: list[NetworkModel], rng: np.random.Generator, block: int, N: int,
              best: bool) -> tuple[np.ndarray, np.ndarray]:
    """Draw ``N`` blocks, keep the one of largest value if ``best``, else one in proportion to its value; repeat."""
    first, words = models[0], models[0].words
    whole = np.repeat([model.prompt for model in models], config.runs, axis=0)
    while whole.shape[1] < words.length:
        until = min(whole.shape[1] + block, words.length)
        drawn = draw(first.reference, words, np.repeat(whole, N, axis=0), until, rng)
        if until == words.length:
            value = words.right(drawn).astype(float)
        else:
            value = sigmoid(last(first.verifier, drawn[:, :-1], words.V)[np.arange(len(drawn)), drawn[:, -1]])
        value = value.reshape(-1, N)
        part = np.cumsum(value, axis=1)
        kept = value.argmax(axis=1) if best else (rng.random((len(part), 1)) * part[:, -1:] >= part[:, :-1]).sum(axis=1)
        whole = drawn.reshape(-1, N, until)[np.arange(len(kept)), kept]
    return whole[:, config.prompt :].reshape(-1, config.runs, config.H), np.full((len(models), config.runs), N * config.H)


def all_samplers(config: Config, models: list[NetworkModel], rng: np.random.Generator, report) -> dict:
    """Every sampler of the record: name to (responses, costs)."""
    runs = {"walk": lambda: walk(config, models, rng), "reference": lambda: again(config, models, rng, False),
            "action level": lambda: again(config, models, rng, True)}
    for block in config.blocks:
        for N in config.draws:
            for best in (True, False):
                name = f"block {'best' if best else 'rejection'}, {block} letters, {N} draws"
                runs[name] = lambda b=block, n=N, best=best: blockwise(config, models, rng, b, n, best)
    found = {}
    for name, run in runs.items():
        found[name] = run()
        right = models[0].words.right(np.concatenate([np.repeat([m.prompt for m in models], config.runs, axis=0),
                                                      found[name][0].reshape(-1, config.H)], axis=1))
        report(f"{name}: right {right.mean():.3f}, {found[name][1].mean():.0f} nodes a response")
    return found

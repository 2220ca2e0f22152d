"""Pairs of laws on token trees, for the stepwise (stopped) divergences of notebook 03."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from covtheory.instances.pair import log_difference
from covtheory.validation import count, threshold


@dataclass(frozen=True)
class TokenTrees:
    """A batch of pairs of laws on ``V^H``: for each depth h the next-token laws given every prefix.

    ``data[h]`` and ``model[h]`` have shape ``(number, V^h, V)``. Leaves are in lexicographic order; path sums are
    ``(number, V^H)``.
    """

    data: tuple[np.ndarray, ...]
    model: tuple[np.ndarray, ...]

    @property
    def log_probs(self) -> np.ndarray:
        """Log-probability of each leaf under the data law, nats."""
        return self._path_sum(np.log(p) for p in self.data)

    @property
    def log_ratio(self) -> np.ndarray:
        """Sequence log-ratio: ``+inf`` where only the model is 0, ``-inf`` where the data law is 0."""
        return log_difference(self.log_probs, self._path_sum(np.log(q) for q in self.model))

    @property
    def stepwise_kl(self) -> np.ndarray:
        """``sum_h KL(data || model)`` of the next-token laws along each path (may be ``+inf``)."""
        return self._step_sum(lambda p, q: (xlogy(p, p) - np.where(p > 0, p * np.log(q), 0.0)).sum(axis=-1))

    @property
    def stepwise_hellinger(self) -> np.ndarray:
        """``sum_h D_H^2`` along each path, unnormalised (the paper's is half of it)."""
        return self._step_sum(lambda p, q: ((np.sqrt(p) - np.sqrt(q)) ** 2).sum(axis=-1))

    @property
    def stepwise_neg_log_affinity(self) -> np.ndarray:
        """``sum_h -log sum sqrt(p q)`` along each path: at least half of ``stepwise_hellinger``."""
        return self._step_sum(lambda p, q: np.maximum(-np.log(np.sqrt(p * q).sum(axis=-1)), 0.0))

    def _step_sum(self, functional: Callable) -> np.ndarray:
        steps = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for p, q in zip(self.data, self.model, strict=True):
                steps.append(np.broadcast_to(functional(p, q)[..., None], p.shape))
        return self._path_sum(steps)

    def _path_sum(self, steps: Iterable[np.ndarray]) -> np.ndarray:
        total = np.zeros((len(self.data[0]), 1))
        with np.errstate(divide="ignore"):
            for step in steps:
                total = (total[..., None] + step).reshape(len(total), -1)
        return total


def random_token_trees(rng: np.random.Generator, number: int, H: int, V: int) -> TokenTrees:
    """Random trees whose prefixes mix near-deterministic, near-equal, spread-out and model-zero next-token laws.

    Examples
    --------
    >>> trees = random_token_trees(np.random.default_rng(0), 3, 4, 2)
    >>> trees.log_ratio.shape, bool(np.allclose(np.exp(trees.log_probs).sum(axis=1), 1))
    ((3, 16), True)
    """
    number, H, V = count("number", number), count("H", H), count("V", V, least=2)
    data, model = [], []
    for h in range(H):
        shape = (number, V**h)
        p, q = (rng.dirichlet(np.ones(V), shape) for _ in range(2))
        sharp = 0.999 * (np.arange(V) == p.argmax(axis=-1)[..., None]) + 0.001 * p
        style = rng.choice(5, p=[0.3, 0.3, 0.2, 0.1, 0.1], size=shape)[..., None]
        cut = np.where(np.arange(V) == rng.integers(V, size=(*shape, 1)), 0.0, q)
        data.append(np.where(style == 0, sharp, p))
        model.append(
            np.select(
                [style == 1, style == 2, style == 3],
                [0.9 * p + 0.1 * q, p, cut / cut.sum(axis=-1, keepdims=True)],
                default=q,
            )
        )
    return TokenTrees(tuple(data), tuple(model))


def gated_tree(N: float, H: int) -> TokenTrees:
    """Chain that strains the stopped-KL bound: H rare two-point steps, then a KL jump past ``log N`` with ratio >= N.

    At each step the data law leaves with probability ``1/H``; the sequence ratio then jumps to at least N at no more
    cost. Survivors of all H steps meet a last token that the model never produces. So ``Cov_N = 1`` while the stopped
    KL is near ``(1 - 1/e) log N`` when N and H are large: the sharp bound is short by a factor near 0.79.

    Examples
    --------
    >>> gated_tree(100.0, 3).log_ratio.shape
    (1, 16)
    """
    N, H = float(threshold("N", N, strict=True)), count("H", H)
    rate = 1.0 / H
    exit_model = rate / N * (1 - rate) ** (H - 1)
    data, model = [], []
    for h in range(H + 1):
        gone = np.arange(2**h) > 0  # token 1 = leave; any 1 in the prefix means it has left
        if h < H:
            p, q = np.array([1 - rate, rate]), np.array([1 - exit_model, exit_model])
        else:
            p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
        stay = np.array([1.0, 0.0])
        data.append(np.where(gone[:, None], stay, p)[None])
        model.append(np.where(gone[:, None], stay, q)[None])
    return TokenTrees(tuple(data), tuple(model))

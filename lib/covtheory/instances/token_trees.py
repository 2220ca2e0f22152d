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

    At each step the data law leaves with the same small probability; the sequence ratio then jumps to exactly N. The
    steps together cost about ``log N``. Survivors meet a last token that the model never produces. So ``Cov_N = 1``,
    and the stopped KL of long chains tends to what the bound allows as N grows (:func:`gated_chain`).

    Examples
    --------
    >>> gated_tree(100.0, 3).log_ratio.shape
    (1, 16)
    """
    leave, log_exits, _ = _gates(N, H)
    data, model = [], []
    for h in range(len(log_exits) + 1):
        gone = np.arange(2**h) > 0  # token 1 = leave; any 1 in the prefix means it has left
        if h < len(log_exits):
            p, q = np.array([1 - leave, leave]), np.array([-np.expm1(log_exits[h]), np.exp(log_exits[h])])
        else:
            p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
        stay = np.array([1.0, 0.0])
        data.append(np.where(gone[:, None], stay, p)[None])
        model.append(np.where(gone[:, None], stay, q)[None])
    return TokenTrees(tuple(data), tuple(model))


def gated_chain(N: float, H: int) -> tuple[float, float]:
    """``Cov_N`` and ``D_seq = E min{log N, sum_h KL_h}`` of :func:`gated_tree`, by sums over the step of leaving.

    Examples
    --------
    >>> coverage, D_seq = gated_chain(16.0, 8)
    >>> round(coverage, 9), round(D_seq, 4)
    (1.0, 1.6405)
    """
    leave, log_exits, log_ratio = _gates(N, H)
    L = np.log(float(N))
    h = np.arange(len(log_exits))
    left, survivors = leave * (1 - leave) ** h, (1 - leave) ** len(h)
    at_exit = log_ratio[:-1] + np.log(leave) - log_exits
    cost = leave * (np.log(leave) - log_exits) + (1 - leave) * np.diff(log_ratio)
    covered = left @ (at_exit >= L - 1e-9 * L) + survivors  # the survivors' ratio is infinite in the end
    return float(covered), float(left @ np.minimum(L, np.cumsum(cost)) + survivors * L)


def _gates(N: float, H: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Probability of leaving, the model's log-probabilities of it by step, and the survivors' log ratio (H + 1)."""
    N, H = float(threshold("N", N, strict=True)), count("H", H)
    L = np.log(N)
    leave = -np.expm1(-L / (L + np.expm1(-L)) / H)
    log_exits, log_ratio = [], [0.0]
    for _ in range(H):
        log_exits.append(np.log(leave) + log_ratio[-1] - L)
        log_ratio.append(log_ratio[-1] + np.log1p(-leave) - np.log1p(-np.exp(log_exits[-1])))
    return leave, np.array(log_exits), np.array(log_ratio)

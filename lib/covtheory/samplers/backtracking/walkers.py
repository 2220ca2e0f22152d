"""Simulation of the backtracking walk where no matrix fits: many walkers at once, sequences of length in the hundreds.

A model tells, for each walker, ``pi_ref`` and ``Vhat`` of every child of its prefix. Every walker remembers the
transition thresholds along its current path, also below its present node until another branch overwrites them, so a
step back and a step down again ask the model nothing.
"""

from typing import Protocol

import numpy as np

from covtheory.validation import count


class PrefixModel(Protocol):
    """What walkers need to know."""

    V: int
    H: int

    def children(self, prefix: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``pi_ref(a|v)`` and ``Vhat(va)``, each (n, V), for prefixes (n, H) of which ``depth`` (n,) entries count."""


class Walkers:
    """Independent backtracking walkers that start at the root.

    Parameters
    ----------
    size : int
        Number of walkers.

    Attributes
    ----------
    prefix : int array, shape (size, H)
        Row i's first ``depth[i]`` entries are where walker i stands; the rest is remembered past.
    depth : int array, shape (size,)
    calls : int
        Nodes at which the model was asked so far.

    Examples
    --------
    >>> from covtheory.instances.verifiers import LastLetter
    >>> walkers = Walkers(LastLetter(H=16, eps=0.25), 100, np.random.default_rng(0))
    >>> steps = walkers.run_to_leaf(100_000)
    >>> bool((walkers.depth == 16).all() and (steps >= 16).all())
    True
    """

    def __init__(self, model: PrefixModel, size: int, rng: np.random.Generator):
        self.model, self.rng, self.size = model, rng, count("size", size)
        self.V, self.H = count("V", model.V), count("H", model.H)
        self.prefix = np.zeros((self.size, self.H), dtype=np.int16)
        self.depth = np.zeros(self.size, dtype=np.int64)
        self.calls = 0
        self._known = np.zeros(self.size, dtype=np.int64)  # depths 0..known hold thresholds of the remembered path
        self._row = np.arange(self.size) * (self.H + 1)
        self._down = np.empty((self.size * (self.H + 1), self.V))
        self._up = np.zeros(self.size * (self.H + 1))  # Vhat of the nodes on the path
        self._child = np.empty((self.size * (self.H + 1), self.V))
        self._cells = np.arange(self.size) * self.H
        self._ask(np.arange(self.size))

    def run(self, T: int) -> None:
        """Let every walker make ``T`` steps of the lazy walk (its moves are Binomial(T, 1/2))."""
        moves = self.rng.binomial(count("T", T, least=0), 0.5, self.size)
        for step in range(int(moves.max())):
            self._move(np.flatnonzero(moves > step))

    def move(self, steps: int) -> None:
        """Let every walker make ``steps`` moves of the non-lazy walk."""
        everyone = np.arange(self.size)
        for _ in range(count("steps", steps, least=0)):
            self._move(everyone)

    def run_to_leaf(self, most: int) -> np.ndarray:
        """Move until the first response, at most ``most`` moves; return the moves made (walkers on their way: most)."""
        steps = np.zeros(self.size, dtype=np.int64)
        active = np.flatnonzero(self.depth < self.H)
        for _ in range(count("most", most)):
            self._move(active)
            steps[active] += 1
            active = active[self.depth[active] < self.H]
            if not active.size:
                break
        return steps

    def at_leaf(self) -> np.ndarray:
        """Responses of the walkers that are at one, shape (k, H)."""
        return self.prefix[self.depth == self.H]

    def _move(self, who: np.ndarray) -> None:
        depth = self.depth[who]
        here = self._row[who] + depth
        u = self.rng.random(len(who))
        choice = (u >= self._down[here, 0]).astype(np.int64)
        for a in range(1, self.V):
            choice += u >= self._down[here, a]
        down = choice > 0
        self.depth[who] = depth + np.where(down, 1, -1)
        goers, action, depth = who[down], choice[down] - 1, depth[down]
        cell = self._cells[goers] + depth
        flat = self.prefix.reshape(-1)
        fresh = (flat[cell] != action) | (self._known[goers] <= depth)
        goers, action, depth = goers[fresh], action[fresh], depth[fresh]
        if goers.size:
            flat[cell[fresh]] = action
            here = self._row[goers] + depth
            self._up[here + 1] = self._child[here, action]
            self._known[goers] = depth + 1
            self._ask(goers)

    def _ask(self, who: np.ndarray) -> None:
        """Store the thresholds of nodes that are new to their walkers."""
        depth = self.depth[who]
        here = self._row[who] + depth
        inner = depth < self.H
        self._down[here[~inner]] = 2.0  # at a response the only move is up
        who, depth, here = who[inner], depth[inner], here[inner]
        if not who.size:
            return
        pi_ref, value = self.model.children(self.prefix[who], depth)
        self.calls += len(who)
        part = np.asarray(pi_ref * value, dtype=float)
        if part.shape != (len(who), self.V) or not ((part >= 0) & (part < np.inf)).all():
            raise ValueError(f"model.children: shape {part.shape} with entries in [{np.min(part):.6g}, "
                             f"{np.max(part):.6g}], expected {(len(who), self.V)}, finite and >= 0")
        above = np.cumsum(part[:, ::-1], axis=1)[:, ::-1]  # what lies at or after each child
        up = self._up[here]
        total = up + above[:, 0]
        if not (total > 0).all():
            raise ValueError("model.children: all values at the root vanish, expected a positive one")
        self._down[here] = np.where(above > 0, 1.0 - above / total[:, None], 2.0)
        self._child[here] = value


def action_level_sample(model: PrefixModel, size: int, rng: np.random.Generator) -> np.ndarray:
    """Descend once with probabilities proportional to ``pi_ref Vhat``; responses, shape (size, H).

    Raises
    ------
    ValueError
        If a walker enters a dead end: all children of its prefix have value zero.
    """
    prefix = np.zeros((count("size", size), model.H), dtype=np.int16)
    for h in range(model.H):
        pi_ref, value = model.children(prefix, np.full(size, h))
        part = np.cumsum(pi_ref * value, axis=1)
        if not (part[:, -1] > 0).all():
            raise ValueError(f"model.children: a dead end at depth {h} (all values zero); it needs backtracking")
        u = rng.random(size) * part[:, -1]
        prefix[:, h] = np.minimum((u[:, None] >= part).sum(axis=1), model.V - 1)
    return prefix

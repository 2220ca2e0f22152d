"""Simulation of the Sinclair-Jerrum walk: on a diagram, or where no diagram fits by asking a remembered counter."""

import numpy as np

from covtheory.samplers.self_reducible.problem import SelfReducible, log_numbers
from covtheory.samplers.self_reducible.walk import CountingWalk
from covtheory.validation import count


class CountingWalkers:
    """Independent walkers below a state, all started there.

    Parameters
    ----------
    node : int
        The state that plays the root (default: the whole problem).

    Attributes
    ----------
    path : int array, shape (H + 1, size)
        States on the way to each walker; rows beyond its depth are remembered past.
    letter : int array, shape (H, size)
        Letters on the way.
    depth : int array, shape (size,)

    Examples
    --------
    >>> from covtheory.samplers.self_reducible import Diagram, Dyck
    >>> walkers = CountingWalkers(CountingWalk(Diagram(Dyck(15))), 50, np.random.default_rng(0))
    >>> _ = walkers.visit(3)
    >>> words = walkers.words()
    >>> words.shape, bool((words.sum(axis=1) == 15).all())
    ((50, 30), True)
    """

    def __init__(self, walk: CountingWalk, size: int, rng: np.random.Generator, node: int = 0):
        diagram = walk.diagram
        self.walk, self.rng, self.size, self.V, self.H = walk, rng, count("size", size), diagram.V, diagram.H
        self.top = int(diagram.depth[node])
        if self.top == self.H or not walk.reached[node]:
            raise ValueError(f"node: {node} is a solution or out of the walk's reach")
        self.path = np.zeros((self.H + 1, self.size), dtype=np.int64)
        self.path[self.top] = node
        self.letter = np.zeros((self.H, self.size), dtype=np.int16)
        self.depth = np.full(self.size, self.top)
        self._column = np.arange(self.size)
        up = np.append(0.0, np.ones(len(diagram) - 1)) * np.isfinite(walk.log_counter)
        after = np.cumsum(walk.share[:, ::-1], axis=1)[:, ::-1]
        total = np.where(up + after[:, 0] > 0, up + after[:, 0], 1.0)
        self._edge = np.where(after > 0, 1.0 - after / total[:, None], 2.0)  # below [a]: up or a letter before a
        self._edge[diagram.depth == self.H] = 2.0
        self._up = self._edge[node, 0]

    def run(self, T: int) -> None:
        """``T`` steps of the lazy walk."""
        moves = self.rng.binomial(count("T", T, least=0), 0.5, self.size)
        order = np.argsort(-moves)
        many = np.searchsorted(-moves[order], -np.arange(int(moves.max(initial=0))))
        for k in many:
            self._move(order[:k])

    def move(self, steps: int) -> None:
        """``steps`` moves of the non-lazy walk."""
        for _ in range(count("steps", steps, least=0)):
            self._move(self._column)

    def visit(self, visits: int, most: int = 10**9) -> int:
        """Move every walker until it has arrived at a solution ``visits`` times, and leave it there.

        Returns
        -------
        int
            Moves made by all walkers together.

        Raises
        ------
        ValueError
            If ``most`` moves of a walker do not suffice.
        """
        left, who, total = np.full(self.size, count("visits", visits)), self._column, 0
        for _ in range(count("most", most)):
            self._move(who)
            total += len(who)
            left[who] -= self.depth[who] == self.H
            if not left[who].all():
                who = who[left[who] > 0]
                if not who.size:
                    return total
        raise ValueError(f"most: after {most} moves {who.size} of {self.size} walkers lack visits of solutions")

    def words(self) -> np.ndarray:
        """Solutions of the walkers that are at one, shape (k, letters below the start)."""
        return self.letter[self.top:, self.depth == self.H].T

    def _move(self, who: np.ndarray) -> None:
        depth = self.depth[who]
        state = self.path[depth, who]
        u = self.rng.random(len(who))
        if self._up > 0:
            u = np.where(depth == self.top, self._up + (1 - self._up) * u, u)
        edge = self._edge[state]
        choice = (u >= edge[:, 0]).astype(np.int64)
        for a in range(1, self.V):
            choice += u >= edge[:, a]
        down = np.flatnonzero(choice)
        depth = depth - 1
        depth[down] += 2
        self.depth[who] = depth
        letter = choice[down] - 1
        self.letter[depth[down] - 1, who[down]] = letter
        self.path[depth[down], who[down]] = self.walk.diagram.child[state[down], letter]


class CounterModel:
    """A problem as a model for the walkers of notebook 14: only the crude counter is asked, once per state.

    ``pi_ref = 1/V`` and ``Vhat`` is the crude count times ``V^depth``, relative to the root's.

    Examples
    --------
    >>> from covtheory.samplers.backtracking import Walkers
    >>> from covtheory.samplers.self_reducible import Dyck
    >>> model = CounterModel(Dyck(15))
    >>> walkers = Walkers(model, 10, np.random.default_rng(0))
    >>> _ = walkers.run_to_leaf(20_000)
    >>> walkers.at_leaf().shape, len(model) <= 256
    ((10, 30), True)
    """

    def __init__(self, problem: SelfReducible):
        self.problem, self.V, self.H = problem, problem.V, problem.H
        self._root = problem.root()
        self._scale = float(log_numbers("crude", [problem.crude(self._root, 0)])[0])
        self._memo: dict = {}

    def __len__(self) -> int:
        return len(self._memo)

    def children(self, prefix: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``pi_ref`` and ``Vhat`` of the children of each prefix, both (n, V)."""
        value = np.empty((len(prefix), self.V))
        for i, (word, h) in enumerate(zip(prefix.tolist(), depth.tolist(), strict=True)):
            state = self._root
            for d in range(h):
                state = self._at(state, d)[0][word[d]]
            value[i] = self._at(state, h)[1]
        return np.full(value.shape, 1 / self.V), value

    def _at(self, state, depth: int) -> tuple[list, np.ndarray]:
        key = (depth, state)
        if key not in self._memo:
            after = [self.problem.child(state, depth, a) for a in range(self.V)]
            logs = log_numbers("crude", [0 if s is None else self.problem.crude(s, depth + 1) for s in after])
            self._memo[key] = after, np.exp(logs - self._scale + (depth + 1) * np.log(self.V))
        return self._memo[key]

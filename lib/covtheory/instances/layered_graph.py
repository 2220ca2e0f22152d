"""The layered-graph path task: prompts show a graph, responses are paths, a hidden bit decides which (notebook 12)."""

from dataclasses import dataclass

import numpy as np

from covtheory.instances.graph_classes import FIGURE_1, RULES, GraphClass
from covtheory.validation import count

FORMATS = ("edges", "slots")


@dataclass(frozen=True)
class Graphs:
    """A batch of n graphs with the data policy's responses.

    Attributes
    ----------
    nodes : ndarray of int, shape (n, L, width)
        Node numbers by layer; a layer's passable nodes come first.
    passable : ndarray of bool, shape (n, L, width)
    ends : ndarray of int, shape (n, 2)
        Source and target.
    path : ndarray of int, shape (n, L)
        The response's node in every layer.
    kinds : ndarray of int, shape (n,)
        Index of the class.
    log_prob : ndarray, shape (n,)
        Of the response under the data policy, nats.
    """

    nodes: np.ndarray
    passable: np.ndarray
    ends: np.ndarray
    path: np.ndarray
    kinds: np.ndarray
    log_prob: np.ndarray


@dataclass(frozen=True)
class LayeredGraphTask:
    """Draw graphs of given classes, and write them as tokens.

    Parameters
    ----------
    nodes : int
        Nodes are drawn from 0..nodes-1 without replacement; even.
    layers : int
        Intermediate layers L.
    width : int
        Nodes in a layer; 2 leaves room for the passable nodes only.
    format : str
        ``edges``: the list of edges, ``u v |`` each, in random order, then ``/ s t =``; the response is s, path, t.
        ``slots``: two tokens a layer, its passable nodes in random order (one node twice where there is one), then
        ``=``; the response is the path. Dead ends are then no part of the prompt, nor of the graph.
    classes : tuple of GraphClass
    hidden_seed : int
        Draws the hidden half of the nodes.
    shows_class : bool
        With format ``slots``: a token that names the class stands in place of ``=``, so that nothing is hidden.

    Source: Chen et al. 2025, arXiv 2510.15020v2, App. C; the format ``slots`` is this collection's.

    Examples
    --------
    >>> task = LayeredGraphTask(nodes=40, layers=8)
    >>> graphs = task.sample(np.random.default_rng(0), [0, 1, 2])
    >>> task.tokens(graphs).shape, task.prompt_length, task.vocabulary
    ((3, 25), 17, 44)
    """

    nodes: int = 40
    layers: int = 8
    width: int = 2
    format: str = "slots"
    classes: tuple[GraphClass, ...] = FIGURE_1
    hidden_seed: int = 0
    shows_class: bool = False

    def __post_init__(self):
        count("layers", self.layers)
        count("width", self.width, least=2)
        if count("nodes", self.nodes) % 2:
            raise ValueError(f"nodes: got {self.nodes}, expected an even number")
        if self.format not in FORMATS:
            raise ValueError(f"format: got {self.format!r}, expected one of {', '.join(FORMATS)}")
        if self.format == "slots" and self.width != 2:
            raise ValueError(f"width: got {self.width}, expected 2: slots show passable nodes only")
        if self.shows_class and (self.format != "slots" or len(self.classes) > 4):
            raise ValueError("shows_class: needs the format 'slots' and at most four classes")
        for kind in self.classes:
            if kind.ambiguous > self.layers:
                raise ValueError(f"classes: {kind.ambiguous} ambiguous layers of {self.layers}")
        if self.size > self.nodes:
            raise ValueError(f"nodes: got {self.nodes}, a graph has up to {self.size}")
        if self.most_ambiguous > self.nodes // 2:
            raise ValueError(f"nodes: got {self.nodes}, too few even ones for {self.most_ambiguous} ambiguous layers")

    @property
    def most_ambiguous(self) -> int:
        """Largest number of ambiguous layers of a class."""
        return max(kind.ambiguous for kind in self.classes)

    @property
    def size(self) -> int:
        """Most nodes that a graph can have."""
        return self.layers + self.most_ambiguous if self.format == "slots" else self.layers * self.width + 2

    @property
    def vocabulary(self) -> int:
        """Nodes, then the tokens ``|``, ``/``, ``=`` and padding."""
        return self.nodes + 4

    @property
    def hidden(self) -> np.ndarray:
        """Boolean mask over the nodes: the hidden half."""
        mask = np.zeros(self.nodes, dtype=bool)
        mask[np.random.default_rng(self.hidden_seed).permutation(self.nodes)[: self.nodes // 2]] = True
        return mask

    @property
    def prompt_length(self) -> int:
        """Tokens of a prompt; shorter edge lists are padded in front."""
        if self.format == "slots":
            return 2 * self.layers + 1
        return 3 * (self.width * (self.layers + self.most_ambiguous) + 1) + 3

    @property
    def response_length(self) -> int:
        """Tokens of a response."""
        return self.layers if self.format == "slots" else self.layers + 2

    def sample(self, rng: np.random.Generator, kinds) -> Graphs:
        """Draw one graph and response for every entry of ``kinds``, given the class.

        Within a class the graph is uniform: uniform node numbers conditioned on an even and an odd passable node in
        every ambiguous layer (drawn directly) and on the hidden bit (by rejection).

        Raises
        ------
        ValueError
            An index that is no class, or nothing to draw.
        """
        kinds = np.asarray(kinds)
        if kinds.ndim != 1 or not kinds.size or kinds.min() < 0 or kinds.max() >= len(self.classes):
            raise ValueError(f"kinds: expected indices of the {len(self.classes)} classes, at least one")
        n, L = kinds.size, self.layers
        nodes, ends = np.empty((n, L, self.width), dtype=int), np.empty((n, 2), dtype=int)
        ambiguous = np.empty((n, L), dtype=bool)
        bits = np.array([-1 if c.hidden_bit is None else c.hidden_bit for c in self.classes])[kinds]
        counts = np.array([c.ambiguous for c in self.classes])[kinds]
        weighs = self.hidden & (np.arange(self.nodes) % 2 == 1)
        todo = np.arange(n)
        while todo.size:
            drawn, drawn_ends, forks = self._draw(rng, counts[todo])
            inside = weighs[drawn] & self._in_graph(forks)
            bit = inside.sum(axis=(1, 2))
            if self.format == "edges":
                bit = bit + weighs[drawn_ends].sum(axis=1)
            good = (bits[todo] < 0) | (bit % 2 == bits[todo])
            kept = todo[good]
            nodes[kept], ends[kept], ambiguous[kept] = drawn[good], drawn_ends[good], forks[good]
            todo = todo[~good]
        passable = np.arange(self.width) <= ambiguous[..., None]
        path, log_prob = self._respond(rng, nodes, passable, ambiguous, kinds)
        return Graphs(nodes, passable, ends, path, kinds, log_prob)

    def tokens(self, graphs: Graphs, rng: np.random.Generator | None = None) -> np.ndarray:
        """Return prompt and response as token numbers, shape (n, prompt_length + response_length).

        ``rng`` shuffles the edge list (in order of the layers without it); a slot pair is in random order as drawn.
        """
        n, bar, slash, equals, pad = len(graphs.kinds), *range(self.nodes, self.nodes + 4)
        if self.format == "slots":
            pair = np.where(graphs.passable, graphs.nodes, graphs.nodes[..., :1])
            last = self.nodes + graphs.kinds if self.shows_class else np.full(n, equals)
            return np.concatenate([pair.reshape(n, -1), last[:, None], graphs.path], axis=1)
        table = np.full((n, self.prompt_length + self.response_length), pad)
        for row, layers, passable, (s, t), path in zip(table, graphs.nodes, graphs.passable, graphs.ends, graphs.path,
                                                       strict=True):
            heads = [[s], *(layer[mask] for layer, mask in zip(layers, passable, strict=True))]
            edges = [(u, v) for tails, below in zip(heads, [*layers, [t]], strict=True) for u in tails for v in below]
            if rng is not None:
                edges = [edges[i] for i in rng.permutation(len(edges))]
            prompt = [*[token for edge in edges for token in (*edge, bar)][:-1], slash, s, t, equals]
            row[self.prompt_length - len(prompt) :] = [*prompt, s, *path, t]
        return table

    def _in_graph(self, forks):
        if self.format == "slots":
            return np.arange(2) <= forks[..., None]
        return np.ones((*forks.shape, self.width), dtype=bool)

    def _draw(self, rng, ambiguous):
        """Nodes (passable first), ends and the mask of ambiguous layers, without the hidden bit."""
        n, L, half, A = len(ambiguous), self.layers, self.nodes // 2, self.most_ambiguous
        place = np.argsort(np.argsort(rng.random((n, L)), axis=1), axis=1)
        forks = place < ambiguous[:, None]
        even = 2 * np.argsort(rng.random((n, half)), axis=1)[:, :A]
        odd = 2 * np.argsort(rng.random((n, half)), axis=1)[:, :A] + 1
        key = rng.random((n, self.nodes))
        used = np.arange(A) < ambiguous[:, None]
        np.put_along_axis(key, even, np.where(used, 2.0, np.take_along_axis(key, even, 1)), axis=1)
        np.put_along_axis(key, odd, np.where(used, 2.0, np.take_along_axis(key, odd, 1)), axis=1)
        rest = np.argsort(key, axis=1)
        swap = rng.random((n, A)) < 0.5
        pairs = np.where(swap[..., None], np.stack([odd, even], axis=2), np.stack([even, odd], axis=2))
        nodes = np.zeros((n, L, self.width), dtype=int)
        free = np.ones(nodes.shape, dtype=bool)
        if A:
            index = np.minimum(place, A - 1)
            nodes[:, :, :2] = np.where(forks[..., None], np.take_along_axis(pairs, index[..., None], axis=1), 0)
        free[:, :, :2] = ~forks[..., None]
        slot = np.cumsum(free.reshape(n, -1), axis=1).reshape(free.shape) - 1
        if self.format == "slots":  # the second slot of an unambiguous layer is no node
            slot = np.cumsum(free[:, :, 0], axis=1)[..., None] - 1 + np.zeros_like(nodes)
        filled = np.take_along_axis(rest, np.minimum(slot, self.nodes - 1).reshape(n, -1), axis=1).reshape(nodes.shape)
        taken = free.reshape(n, -1).sum(axis=1)[:, None]
        ends = np.take_along_axis(rest, np.minimum(taken + np.arange(2), self.nodes - 1), axis=1)
        return np.where(free, filled, nodes), ends, forks

    def _respond(self, rng, nodes, passable, ambiguous, kinds):
        layer = (np.arange(self.layers) + 2) % 2
        rule = np.array([RULES.index(c.rule) for c in self.classes])[kinds][:, None]
        twist = ((nodes % 2) * passable).sum(axis=(1, 2))[:, None]
        wanted = np.select([rule == 0, rule == 1, rule == 2], [layer, 1 - layer, rng.integers(0, 2, ambiguous.shape)],
                           (layer + twist) % 2)
        second = ambiguous & (nodes[:, :, 0] % 2 != wanted)
        path = np.where(second, nodes[:, :, 1], nodes[:, :, 0])
        return path, np.where(rule[:, 0] == 2, -np.log(2) * ambiguous.sum(axis=1), 0.0)

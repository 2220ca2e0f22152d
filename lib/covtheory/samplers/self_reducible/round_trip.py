"""From a sampler of solutions to a count: telescoping along majority letters (Jerrum, Valiant and Vazirani)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from covtheory.samplers.self_reducible.problem import Diagram
from covtheory.samplers.self_reducible.walk import CountingWalk
from covtheory.samplers.self_reducible.walkers import CountingWalkers
from covtheory.validation import count

Draw = Callable[[int, Sequence[int], np.random.Generator], np.ndarray]
"""``draw(node, sizes, rng)``: independent batches of solutions below a state; how many of each batch take each letter,
shape (len(sizes), V)."""


@dataclass(frozen=True)
class CountEstimate:
    """Logarithm of the estimated count, the letters followed, and the fraction measured at each of them."""

    log_count: float
    word: tuple[int, ...]
    fractions: tuple[float, ...]


def exact_draw(diagram: Diagram) -> Draw:
    """An exactly uniform sampler. Shares are quotients of whole numbers: a half is a half on every processor.

    (A binomial draw goes another way on either side of one half.)
    """
    def draw(node, sizes, rng):
        share = [diagram.counts[c] / diagram.counts[node] if c >= 0 else 0.0 for c in diagram.child[node]]
        return rng.multinomial(sizes, share / np.sum(share))

    return draw


def walk_letter_law(walk: CountingWalk, node: int, T: int) -> np.ndarray:
    """Exact law of the first letter below a state, given a solution, when the walk stops after ``T`` lazy steps.

    Shape (V,). The walk is confined to the prefixes below the state and starts there.
    """
    tree = walk.tree(node)
    chain = tree.walk()
    law = chain.leaf_law(chain.law(T))
    top = tree.leaves
    while tree.depth[top[0]] > 1:
        top = tree.parent[top]
    share = walk.share[node]
    letters = np.flatnonzero(share > 0)
    return np.bincount(letters[top - 1], law, minlength=walk.diagram.V)


def stopped_walk_draw(walk: CountingWalk, steps: Callable[[int], int]) -> Draw:
    """The walk below each state, stopped after ``steps(letters left)`` lazy steps, rerun until a solution.

    Its law is computed exactly (once per state) and then sampled: the same draws, without the waiting. It is rounded
    to twelve decimals, so that a share of one half is one on every processor.
    """
    memo: dict[int, np.ndarray] = {}

    def draw(node, sizes, rng):
        if node not in memo:
            law = walk_letter_law(walk, node, steps(walk.H - int(walk.diagram.depth[node])))
            law = np.round(law / law.sum(), 12)
            memo[node] = law / law.sum()
        return rng.multinomial(sizes, memo[node])

    return draw


def walkers_draw(walk: CountingWalk, visits: Callable[[int], int]) -> Draw:
    """Simulated walkers, each read at its solution number ``visits(letters left)``: beyond the reach of matrices."""
    def draw(node, sizes, rng):
        walkers = CountingWalkers(walk, sum(sizes), rng, node)
        walkers.visit(visits(walk.H - walkers.top))
        batches = np.split(walkers.words()[:, 0], np.cumsum(sizes)[:-1])
        return np.array([np.bincount(batch, minlength=walk.diagram.V) for batch in batches])

    return draw


def count_by_sampling(diagram: Diagram, draw: Draw, samples: int, pilot: int, rng: np.random.Generator, *,
                      choose: Callable[[np.ndarray], int] = np.argmax) -> CountEstimate:
    """Estimate the number of solutions with a sampler.

    At each prefix a pilot of ``pilot`` samples chooses the letter (the most frequent), ``samples`` fresh ones measure
    the fraction ``p`` of solutions that begin with it, and the estimate is ``prod 1/p``. Where one letter is left
    nothing is drawn. If a fraction is measured as zero the estimate is infinite.

    Examples
    --------
    >>> from covtheory.samplers.self_reducible import Dyck
    >>> diagram = Diagram(Dyck(8))
    >>> found = count_by_sampling(diagram, exact_draw(diagram), 4000, 100, np.random.default_rng(0))
    >>> bool(abs(found.log_count - np.log(1430)) < 0.2)
    True
    """
    count("samples", samples), count("pilot", pilot)
    node, word, fractions = 0, [], []
    for _ in range(diagram.H):
        live = np.flatnonzero(diagram.child[node] >= 0)
        letter, fraction = int(live[0]), 1.0
        if len(live) > 1:
            first, seen = draw(node, (pilot, samples), rng)
            letter = int(choose(first))
            fraction = float(seen[letter] / seen.sum())
        word.append(letter)
        fractions.append(fraction)
        node = int(diagram.child[node, letter])
        if fraction == 0 or node < 0:
            return CountEstimate(np.inf, tuple(word), tuple(fractions))
    return CountEstimate(-float(np.log(fractions).sum()), tuple(word), tuple(fractions))

"""Merged trees of notebook 20 beside the letter texts: ABC, parity with what a learner sees, an unseen needle."""

import numpy as np

from covtheory.samplers.merged import MergedTree
from covtheory.validation import count, threshold


def abc(H: int) -> MergedTree:
    """Letters a, b, c, uniform; a ``c`` is forbidden; a state is the last letter, a or b.

    Examples
    --------
    >>> round(abc(3).Z * 27, 9)
    8.0
    """
    return MergedTree(np.full((2, 2), 1 / 3), np.ones(2), count("H", H))


def parity(blocks: int, length: int) -> tuple[MergedTree, np.ndarray]:
    """Uniform bits in blocks, right if every block has even parity; a learner that sees no parity (the array ``seen``).

    States: 0 and 1 are the parity of the present block, 2 says that the last block was odd. That shows only at the end
    of the next block, where such prefixes end. Our form of a task with delayed feedback.

    Examples
    --------
    >>> tree, seen = parity(3, 4)
    >>> tree.Z, tree.H
    (0.125, 12)
    """
    blocks, length = count("blocks", blocks), count("length", length, least=2)
    inside = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    end = np.array([[0.5, 0.0, 0.5], [0.5, 0.0, 0.5], [0.0, 0.0, 0.0]])
    tree = MergedTree(np.array(([inside] * (length - 1) + [end]) * blocks), [1.0, 0.0, 0.0])
    return tree, np.zeros((tree.H + 1, 3), dtype=np.int64)


def unseen_needle(d: int, H: int, odds: float, blind: int, guess: float | None = None) -> MergedTree:
    """One response of reward 1 among ``d^H`` words of reward ``odds d^-H``, unseen in the first ``blind`` letters.

    There every value is ``guess`` (default: the true value away from the needle, ``odds d^-H``), from depth
    ``blind + 1`` on values are true. States: 0 on the way to the needle, 1 beside it.

    Examples
    --------
    >>> tree = unseen_needle(2, 2, odds=1.0, blind=1)
    >>> tree.true_value[1], tree.value[1]
    (array([0.625, 0.25 ]), array([0.25, 0.25]))
    """
    d, H, blind = count("d", d, least=2), count("H", H, least=2), count("blind", blind, least=0)
    rest = float(threshold("odds", odds, least=0.0)) * float(d) ** -H
    if blind >= H:
        raise ValueError(f"blind: got {blind}, expected fewer than the {H} letters")
    tree = MergedTree([[1 / d, 1 - 1 / d], [0.0, 1.0]], [1.0, rest], H)
    value = tree.true_value.copy()
    value[1 : blind + 1] = rest if guess is None else float(threshold("guess", guess, least=0.0, strict=True))
    return tree.with_value(value)

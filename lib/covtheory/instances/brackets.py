"""Balanced words of brackets of several kinds: what is right, words of a law, prompts deeper than that law's words.

Letters ``0..k-1`` open a bracket of their kind, letter ``k + i`` closes kind ``i``. A closing bracket must fit the last
open one, so one wrong letter makes every longer word wrong.
"""

import numpy as np

from covtheory.validation import count, in_range


class Brackets:
    """Words of ``2 n`` brackets of ``k`` kinds.

    Examples
    --------
    >>> words = Brackets(n=2)
    >>> words.right([[0, 1, 3, 2], [0, 1, 2, 3]]), words.alive([[0, 1], [0, 3]])
    (array([ True, False]), array([ True, False]))
    """

    def __init__(self, n: int, kinds: int = 2):
        self.n, self.kinds = count("n", n), count("kinds", kinds)
        self.length, self.V = 2 * self.n, 2 * self.kinds

    def alive(self, prefixes) -> np.ndarray:
        """Whether each prefix, shape (m, h), begins a right word, shape (m,)."""
        prefixes = np.asarray(prefixes)
        if prefixes.ndim != 2 or prefixes.shape[1] > self.length:
            raise ValueError(f"prefixes: got shape {prefixes.shape}, expected (m, h) with h <= {self.length}")
        if prefixes.size and not ((prefixes >= 0) & (prefixes < self.V)).all():
            raise ValueError(f"prefixes: got letters {prefixes.min()} to {prefixes.max()}, expected 0 to {self.V - 1}")
        rows, height = np.arange(len(prefixes)), np.zeros(len(prefixes), dtype=np.int64)
        stack, fine = np.zeros((len(prefixes), self.length + 1), dtype=np.int64), np.ones(len(prefixes), dtype=bool)
        for letter in prefixes.T:
            opens = letter < self.kinds
            fine &= opens | ((height > 0) & (stack[rows, height - 1] == letter - self.kinds))
            stack[rows, np.where(opens, height, self.length)] = letter
            height = np.maximum(height + np.where(opens, 1, -1), 0)
        return fine & (height <= self.length - prefixes.shape[1])

    def right(self, words) -> np.ndarray:
        """Whether each word, shape (m, 2n), is balanced, shape (m,)."""
        words = np.asarray(words)
        if words.ndim != 2 or words.shape[1] != self.length:
            raise ValueError(f"words: got shape {words.shape}, expected (m, {self.length})")
        return self.alive(words)

    def sample(self, rng: np.random.Generator, size: int, opening: float, first: float, begin=None) -> np.ndarray:
        """Draw right words, shape (size, 2n).

        Parameters
        ----------
        opening : float
            Probability of opening a bracket where both opening and closing can be completed.
        first : float
            Probability that an opened bracket is of kind 0; the other kinds share the rest.
        begin : int array_like, shape (size, h), optional
            How each word begins.

        Raises
        ------
        ValueError
            If a beginning cannot be completed.
        """
        opening, first = float(in_range("opening", opening, 0, 1)), float(in_range("first", first, 0, 1))
        begin = np.zeros((count("size", size), 0), dtype=np.int64) if begin is None else np.asarray(begin)
        if not self.alive(begin).all():
            raise ValueError("begin: expected beginnings of right words")
        law = np.append(first, np.full(self.kinds - 1, (1 - first) / max(self.kinds - 1, 1)))
        words, rows = np.zeros((size, self.length), dtype=np.int64), np.arange(size)
        stack, height = np.zeros((size, self.length + 1), dtype=np.int64), np.zeros(size, dtype=np.int64)
        for h in range(self.length):
            kind, u = rng.choice(self.kinds, size=size, p=law / law.sum()), rng.random(size)
            opens = (height == 0) | ((height < self.length - h) & (u < opening))
            if h < begin.shape[1]:
                opens, kind = begin[:, h] < self.kinds, begin[:, h] % self.kinds
            words[:, h] = np.where(opens, kind, self.kinds + stack[rows, height - 1])
            stack[rows, np.where(opens, height, self.length)] = kind
            height += np.where(opens, 1, -1)
        return words

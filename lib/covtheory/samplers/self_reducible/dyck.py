"""Balanced words of brackets: exact counts in closed form, and a crude count that forgets the constraint."""

from math import comb

from covtheory.validation import count


class Dyck:
    """Balanced words of ``n`` pairs of brackets of ``k`` kinds; a state is the number of open brackets.

    Letters ``0..k-1`` open a bracket, letter ``k`` closes the last open one. The crude count forgets that a word must
    not close more than it opened: off by the factor ``(r + j + 2)/(2 (j + 1))`` with ``j`` open and ``r`` letters left
    (reflection principle), at most ``n`` after the first letter.

    Examples
    --------
    >>> word = Dyck(3)
    >>> word.exact(0, 0), word.crude(0, 0)
    (5, 20)
    """

    def __init__(self, n: int, k: int = 1):
        self.n, self.k = count("n", n), count("k", k)
        self.H, self.V = 2 * self.n, self.k + 1

    def root(self) -> int:
        """Nothing open."""
        return 0

    def child(self, state: int, depth: int, letter: int) -> int | None:
        """One more or one less open; None if that cannot be completed."""
        new = state + 1 if letter < self.k else state - 1
        return new if 0 <= new <= self.H - depth - 1 else None

    def crude(self, state: int, depth: int) -> int:
        """Words of the right length and sum, whatever lies between."""
        left = self.H - depth
        return self.k ** ((left - state) // 2) * comb(left, (left - state) // 2)

    def exact(self, state: int, depth: int) -> int:
        """Closed form: reflect the words that go below zero at their first visit of -1."""
        left = self.H - depth
        closed = (left - state) // 2
        return self.k**closed * (comb(left, closed) - (comb(left, closed - 1) if closed else 0))

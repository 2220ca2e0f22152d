"""Formulas in disjunctive normal form: unions of subcubes, where a natural crude count is off by a known factor."""

import numpy as np

from covtheory.validation import count


class Dnf:
    """Assignments of ``n`` variables that satisfy one of several terms (conjunctions).

    The crude count adds up the sizes of the terms that are still possible: at least the count, and at most ``overlap``
    times the count, where ``overlap`` is the largest number of terms true at once.

    Parameters
    ----------
    terms : sequence of sequences of int
        ``+v`` is the variable ``v`` (from 1), ``-v`` its negation.

    Raises
    ------
    ValueError
        A literal out of range, or a term with a variable and its negation.

    Examples
    --------
    >>> formula = Dnf(3, [(1, 2), (-1, 3), (2, 3)])
    >>> formula.overlap(), formula.count()
    (2, 4)
    """

    V = 2

    def __init__(self, n: int, terms):
        self.H = self.n = count("n", n)
        self.terms = [tuple(sorted(set(map(int, term)), key=abs)) for term in terms]
        if not self.terms:
            raise ValueError("terms: got none, expected at least one")
        for term in self.terms:
            variables = [abs(literal) for literal in term]
            if any(not 1 <= v <= self.n for v in variables) or len(set(variables)) < len(variables):
                raise ValueError(f"terms: got {term}, expected distinct variables between 1 and {self.n}")
        self._ends = [[sum(1 << i for i, term in enumerate(self.terms) if (v if letter == 0 else -v) in term)
                       for letter in (0, 1)] for v in range(1, self.n + 1)]
        self._free = [[2.0 ** -sum(abs(literal) > depth for literal in term) for term in self.terms]
                      for depth in range(self.n + 1)]

    def root(self) -> int:
        """All terms possible, as a bit mask."""
        return (1 << len(self.terms)) - 1

    def child(self, state: int, depth: int, letter: int) -> int | None:
        """Drop the terms that the next variable's value contradicts; None if none is left."""
        return state & ~self._ends[depth][letter] or None

    def crude(self, state: int, depth: int) -> float:
        """Sum of the sizes of the subcubes; 1 at full assignments (they satisfy a term)."""
        if depth == self.n:
            return 1.0
        return 2.0 ** (self.n - depth) * sum(x for i, x in enumerate(self._free[depth]) if state >> i & 1)

    def overlap(self) -> int:
        """Largest number of terms that are true at once: the largest set of pairwise consistent terms."""
        agree, best = self._agree(), 0

        def grow(size, allowed):
            nonlocal best
            best = max(best, size)
            while allowed and size + allowed.bit_count() > best:
                i = allowed.bit_length() - 1
                allowed ^= 1 << i
                grow(size + 1, allowed & agree[i])

        grow(0, self.root())
        return best

    def count(self) -> int:
        """Number of satisfying assignments by inclusion and exclusion over the consistent sets of terms."""
        agree = self._agree()

        def signed(fixed, allowed):
            total = 0
            while allowed:
                i = allowed.bit_length() - 1
                allowed ^= 1 << i
                more = fixed | {abs(literal) for literal in self.terms[i]}
                total += 2 ** (self.n - len(more)) - signed(more, allowed & agree[i])
            return total

        return signed(frozenset(), self.root())

    def satisfied(self, x: np.ndarray) -> np.ndarray:
        """Number of terms true at each row of 0/1 assignments, shape (k, n) -> (k,)."""
        x = np.asarray(x)
        return sum(np.all([x[:, abs(v) - 1] == (v > 0) for v in term], axis=0).astype(int) if term
                   else np.ones(len(x), dtype=int) for term in self.terms)

    def _agree(self) -> list[int]:
        """For each term the mask of earlier terms consistent with it (pairwise consistent is jointly consistent)."""
        sets = [set(term) for term in self.terms]
        return [sum(1 << j for j in range(i) if not any(-v in sets[j] for v in sets[i])) for i in range(len(sets))]


def random_dnf(rng: np.random.Generator, n: int, m: int, width: int) -> Dnf:
    """``m`` random terms of ``width`` literals on distinct variables.

    Examples
    --------
    >>> len(random_dnf(np.random.default_rng(0), 9, 10, 4).terms)
    10
    """
    if not 1 <= count("width", width) <= n:
        raise ValueError(f"width: got {width}, expected 1 to n = {n}")
    return Dnf(n, [(rng.permutation(n)[:width] + 1) * rng.choice([-1, 1], width) for _ in range(count("m", m))])

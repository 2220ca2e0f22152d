"""Formulas in conjunctive normal form, counted exactly; the crude count treats clauses as independent."""

from covtheory.validation import count


class Cnf:
    """Assignments of ``n`` variables that satisfy every clause.

    The crude count multiplies the chances of the clauses. It may be positive where no solution is left: a counter
    within *any* factor would decide satisfiability.

    Parameters
    ----------
    clauses : sequence of sequences of int
        ``+v`` is the variable ``v`` (from 1), ``-v`` its negation.

    Examples
    --------
    >>> formula = Cnf(3, [(1, 2), (-1, 3)])
    >>> formula.count(), formula.crude(formula.root(), 0)
    (4, 4.5)
    """

    V = 2

    def __init__(self, n: int, clauses):
        self.H = self.n = count("n", n)
        self.clauses = frozenset(frozenset(map(int, clause)) for clause in clauses)
        for clause in self.clauses:
            if any(not 1 <= abs(v) <= self.n for v in clause):
                raise ValueError(f"clauses: got {sorted(clause)}, expected variables between 1 and {self.n}")
        self.clauses = frozenset(c for c in self.clauses if not any(-v in c for v in c))

    def root(self) -> frozenset:
        """The clauses."""
        return self.clauses

    def child(self, state: frozenset, depth: int, letter: int) -> frozenset | None:
        """Residual clauses after fixing the next variable; None if one became empty."""
        return condition(state, depth + 1 if letter else -depth - 1)

    def crude(self, state: frozenset, depth: int) -> float:
        """``2^free prod (1 - 2^-length)``."""
        value = 2.0 ** (self.n - depth)
        for clause in state:
            value *= 1 - 0.5 ** len(clause)
        return value

    def count(self) -> int:
        """Number of models by branching, splitting into components, and remembering components."""
        memo: dict = {}

        def models(clauses):
            """Number of variables that occur, and models over them."""
            variables, total = 0, 1
            for part in components(clauses):
                if part not in memo:
                    occurring = {abs(v) for clause in part for v in clause}
                    often = [abs(v) for clause in part for v in clause]
                    split = max(sorted(occurring), key=often.count)
                    found = 0
                    for literal in (split, -split):
                        rest = condition(part, literal)
                        if rest is not None:
                            used, some = models(rest)
                            found += some << (len(occurring) - 1 - used)
                    memo[part] = len(occurring), found
                variables, total = variables + memo[part][0], total * memo[part][1]
            return variables, total

        if frozenset() in self.clauses:
            return 0
        used, total = models(self.clauses)
        return total << (self.n - used)


def condition(clauses: frozenset, literal: int) -> frozenset | None:
    """Clauses that remain when a literal is true, shortened; None if one becomes empty."""
    rest = frozenset(clause - {-literal} for clause in clauses if literal not in clause)
    return None if frozenset() in rest else rest


def components(clauses: frozenset) -> list[frozenset]:
    """Split clauses into groups without common variables."""
    groups: list[tuple[set, list]] = []
    for clause in clauses:
        variables, members = {abs(v) for v in clause}, [clause]
        apart = []
        for group in groups:
            if group[0] & variables:
                variables |= group[0]
                members += group[1]
            else:
                apart.append(group)
        groups = [*apart, (variables, members)]
    return [frozenset(members) for _, members in groups]

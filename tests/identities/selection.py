"""Notebook 11: tournaments."""

from mpmath import exp, findroot, inf, log, mpf

from covtheory.bounds import selection
from identities.table import Row, plus

ONE_UP, ABOVE_ONE, UNIT = "[1, inf)", "(1, inf)", "[0, 1]"
MATCH = {"best": [0.03, 0.2], "N": [64.0, 5.0], "N_prime": [4.0, 1.3], "n": [50, 9], "K": [7, 40], "delta": [0.05, 0.4]}
DOMAIN = {"best": UNIT, "N": ABOVE_ONE, "N_prime": ONE_UP, "n": ONE_UP, "delta": "(0, 1)"}
COUNT = (("K", {"K": 1.5}), ("K", {"K": 0}))


def above(c):
    """a of Lemma 2."""
    return findroot(lambda v: exp(v) - 1 - c * v, (log(c), 2 * log(c) + 2), solver="anderson")


def below(c):
    """b of Lemma 2."""
    return findroot(lambda v: 1 - exp(-c * v) - v, (log(c) / c, mpf(1)), solver="anderson")


def union(factor, n, K, delta):
    """``log(factor K/delta)/n``."""
    return plus(log(factor), log(K), log(1 / delta)) / n


ROWS = [
    Row(selection.chernoff_slope, "11 Lemma 2", above, at={"c": [1.3, 5.0]}, scalar=("c",), default={"c": 2.0},
        domain={"c": ABOVE_ONE}),
    Row(selection.chernoff_slope_below, "11 Lemma 2", below, at={"c": [1.3, 5.0]}, scalar=("c",), default={"c": 2.0},
        domain={"c": ABOVE_ONE}),
    Row(selection.tournament_population, "11 Theorem 1", lambda best, N, N_prime: plus(2 * best, N_prime / N),
        at={k: MATCH[k] for k in ("best", "N", "N_prime")}, domain={k: DOMAIN[k] for k in ("best", "N", "N_prime")}),
    Row(selection.tournament, "11 Theorem 2",
        lambda best, N, N_prime, n, K, delta, c:
        plus(plus(1, c**2) * best, c**2 * N_prime / N, plus(1 / below(c), c / above(c)) * union(2, n, K, delta)),
        at={**MATCH, "c": [1.4, 3.0]}, scalar=("K", "c"), default={"c": 2.0}, domain=DOMAIN,
        refused=(*COUNT, ("c", {"c": 1.0}))),
    Row(selection.tournament_bernstein, "11 Theorem 2 by Bernstein",
        lambda best, N, N_prime, n, K, delta:
        plus(5 * best, 4 * N_prime / N, plus(2, 2 * mpf(5) / 6) * union(2, n, K, delta)),
        at=MATCH, scalar=("K",), domain=DOMAIN, refused=COUNT),
    Row(selection.tournament_relative, "11 Theorem 2 by the paper's route",
        lambda best, N, N_prime, n, K, delta, factor:
        plus(5 * best, factor * N_prime / N, 32 * union(4, n, K, delta)),
        at={**MATCH, "best": [0.3, 0.9], "n": [900, 400], "factor": [1.5, 7.0]}, scalar=("K",),
        default={"factor": 4.0}, domain=DOMAIN, refused=COUNT),
    Row(selection.offset, "11 Theorem 3", lambda n, K, delta: mpf(14) / 3 * union(2, n, K, delta),
        at={k: MATCH[k] for k in ("n", "K", "delta")}, scalar=("K",), domain={k: DOMAIN[k] for k in ("n", "delta")},
        refused=COUNT),
    Row(selection.offset_general, "11 Theorem 3, any model",
        lambda above, below, n, K, delta:
        plus(7 * above, mpf(7) / 10 * below, mpf(14) / 3 * union(2, n, K, delta)),
        at={"above": [0.04, 0.1], "below": [0.3, 0.9], "n": [200, 90], "K": [7, 40], "delta": [0.05, 0.4]},
        scalar=("K",), domain={"above": UNIT, "below": UNIT, "n": ONE_UP, "delta": "(0, 1)"}, refused=COUNT),
    Row(selection.chance, "11 Theorem 2, solved for delta",
        lambda loss, floor, price, n, K, union: union * K * exp(-n * plus(loss,
        -floor) / price) if loss > floor else inf,
        at={"loss": [0.5, 0.9, 0.1, 0.2], "floor": [0.3, 0.2, 0.2, 0.2], "price": [2.8, 11 / 3, 2.0, 2.0],
            "n": [50, 9, 30, 30], "K": [7, 40, 3, 3], "union": [4, 3, 2, 2]}, default={"union": 2},
        domain={"n": ONE_UP, "K": ONE_UP}),
]

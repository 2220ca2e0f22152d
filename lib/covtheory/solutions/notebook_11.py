"""Answers of notebook 11, computed by the library."""

import math

from scipy.optimize import minimize_scalar

from covtheory.bounds import selection
from covtheory.instances.selection import CheckpointPath

_PATH = CheckpointPath()


def _least_n(price: float, union: int) -> int:
    return math.ceil(price * math.log(union * 200 / 0.05) / 0.01)


def _guarantee(N_prime: float) -> float:
    return float(selection.tournament_population(1 / (50 * N_prime), 1e4 / N_prime, N_prime))


def _best_threshold() -> float:
    best = minimize_scalar(lambda v: _guarantee(math.exp(v)), bounds=(0, math.log(1e3)), method="bounded",
                           options={"xatol": 1e-10})
    return math.exp(best.x)


ENTRIES = {
    "11-a": (
        lambda: _least_n(11 / 3, 2),
        {
            "That is the form with 32 log(4K/delta).": lambda: _least_n(32, 4),
            "You forgot the factor 2 in the union bound: both halves of Lemma 2 are used.": lambda: _least_n(11 / 3, 1),
            "You took all pairs of models; one best model is fixed, so 2K events are enough.":
                lambda: _least_n(11 / 3, 400),
        },
    ),
    "11-b": (
        lambda: float((1 - _PATH.coverage(16)[-1]) ** 500),
        {
            "You took the mass of the rare prompt; only its abandoned answer counts, which has half of it.":
                lambda: (1 - _PATH.p) ** 500,
            "That is the complement: the probability that the abandoned answer is seen.":
                lambda: float(1 - (1 - _PATH.coverage(16)[-1]) ** 500),
        },
    ),
    "11-c": (
        lambda: 8 * 1.5**3,
        {
            "That is the threshold N of the tournament; coverage is guaranteed at gamma N.": lambda: 8 * 1.5**2,
            "The factor 2 is needed only without pointwise approximation.": lambda: 2 * 8 * 1.5**3,
        },
    ),
    "11-d": (
        lambda: _guarantee(_best_threshold()),
        {
            "That is N' = 1; a larger N' lowers the first term at little cost.": lambda: _guarantee(1.0),
            "That is N' = N = 100: the term N'/N is then one.": lambda: _guarantee(100.0),
            "You counted min Cov once; it enters twice.":
                lambda: _guarantee(_best_threshold()) - 1 / (50 * _best_threshold()),
        },
    ),
}

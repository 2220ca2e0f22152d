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
            "That is the form with 32 log(4K/δ).": lambda: _least_n(32, 4),
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
            "That is n = 1000, as in the left panel of the figure.":
                lambda: float((1 - _PATH.coverage(16)[-1]) ** 1000),
        },
    ),
    "11-c": (
        lambda: 8 * 1.5**3,
        {
            "That is the threshold N of the tournament; coverage is guaranteed at γN.": lambda: 8 * 1.5**2,
            "The factor 2 is needed only without pointwise approximation.": lambda: 2 * 8 * 1.5**3,
            "Coverage is guaranteed at γN; N itself already contains γ².": lambda: 8 * 1.5**4,
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

WORKED = {
    "11-a":
        r"$\frac{11}3\cdot\frac{\log(2|\Pi|/\delta)}n\le0.01$ with $\log(400/0.05)=\log8000=8.987197$: "
        r"$n\ge366.667\cdot8.987197=3295.3$, so 3296.",
    "11-b":
        r"Proposition 1 with the worst rule for ties: the tournament misses exactly if $(-,1)$ never occurs among "
        r"the $n$ data. It has mass $p/2=0.01$, so the probability is $0.99^{500}=0.00657048$.",
    "11-c":
        r"The smallest admissible threshold is $N=8\gamma^2=18$. In the pointwise case coverage is guaranteed at "
        r"$\gamma N$, without the factor 2: $1.5\cdot18=27$.",
    "11-d":
        r"With $N=10^4/N'$ Theorem 1 promises $\frac2{50N'}+\frac{N'}N=\frac{0.04}{N'}+\frac{N'^2}{10^4}$. The "
        r"derivative vanishes at $N'^3=200$, $N'=5.84804$: $0.00683990+0.00341995=0.0102599$.",
}
"""The steps of every solution, Markdown; they end with the value."""

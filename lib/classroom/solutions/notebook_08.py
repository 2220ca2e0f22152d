"""Solutions of notebook 08, computed by the library."""

import numpy as np

from covtheory.bounds.one_pass import sgd_average_kl
from covtheory.instances.one_law import OneLaw
from covtheory.instances.one_pass import Oscillating
from covtheory.learners.sgd import theorem_step

SLOW = OneLaw(H=4096, B=2500.0, B_plus=50.0, N=16.0)


def _tuned() -> float:
    eta = min(theorem_step(8, 2.0), np.sqrt(4 / (2 * 1.0 * 10**5)))
    return float(sgd_average_kl(1.0, eta, 10**5))


def _longest(rate: float, share: float = 4.0) -> float:
    return float(np.floor(np.exp(60.0 * rate) / (share * 64)))


ENTRIES = {
    "08-a": (
        lambda: Oscillating(20.0, 60.0, 64).alpha,
        {
            "That is the limit of very large steps.": lambda: Oscillating(1e9, 60.0, 64).alpha,
            "That is the second coordinate.": lambda: float(Oscillating(20.0, 60.0, 64).start[1]),
            "That is the value at the step 8/(HB).": lambda: Oscillating(8.0, 60.0, 64).alpha,
        },
    ),
    "08-b": (
        _tuned,
        {
            "The largest step is not the best one here: balance 4/(ηT) against 2ησ².": lambda: float(
                sgd_average_kl(1.0, theorem_step(8, 2.0), 10**5)
            ),
            "The noise term is missing.": lambda: _tuned() / 2,
            "The noise term carries a factor 2; with it the best step is sqrt(2/T).": lambda: float(
                2 * np.sqrt(4 / 10**5)
            ),
        },
    ),
    "08-c": (
        lambda: SLOW.visits,
        {
            "That is three eighths of it, the expected number of visits in T steps.": lambda: 3 * SLOW.visits / 8,
            "One step covers 1/(m B̄), not 1/m: the start is 1/B̄ below the edge.": lambda: (
                SLOW.visits * SLOW.B_plus
            ),
            "The factor e of the start below the edge is missing.": lambda: SLOW.visits * np.e,
        },
    ),
    "08-d": (
        lambda: _longest(3 / 7),
        {
            "Solve B = (7/3) log(4TH), with 3/7 and not 7/3 in the exponent.": lambda: _longest(7 / 3),
            "The factor 4 is missing.": lambda: _longest(3 / 7, 1.0),
            "H is missing: one token in TH must not go astray.": lambda: _longest(3 / 7, 4.0 / 64),
        },
    ),
}

WORKED = {
    "08-a":
        r"The ray: $\alpha=\bar\eta/(2(\bar\eta-1))$, which solves $2\alpha(\bar\eta-1)=\bar\eta$, the condition "
        r"that the step from $v_1$ points at $v_{-1}$. $20/38=0.526316$.",
    "08-b":
        r"The bound is $\frac4{\eta T}+2\eta$. It is least at $\eta=\sqrt{2/T}=0.004472$, which is admissible "
        r"since $\frac1{2HB^2}=\frac1{64}=0.015625$. Both terms are then $\sqrt{8/T}=0.00894427$; together "
        r"0.0178885.",
    "08-c":
        r"$m=\frac{2HB}{9e\bar B^2\log N}$, and here $B=\bar B^2$, so "
        r"$m=\frac{2\cdot4096}{9e\log16}=8192/67.8302=120.772$.",
    "08-d":
        r"$B\ge50$ holds; the binding condition is $B\ge\frac73\log(4TH)$, that is $T\le "
        r"e^{3B/7}/(4H)=e^{180/7}/256$. $e^{180/7}=1.470864\cdot10^{11}$; rounded down, $T=574556082$.",
}
"""The steps of every solution, Markdown; they end with the value."""

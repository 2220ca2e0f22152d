"""Solutions of notebook 17, computed by the library."""

import numpy as np
from scipy.special import bdtr

from covtheory.bounds.best_of_n import bon_sufficient_sharp_budget
from covtheory.coverage.confidence import clopper_pearson
from covtheory.own_model.passk import pass_estimate
from covtheory.own_model.tail_band import TailBand


def _solved(false_alarm: float) -> float:
    return float(pass_estimate(np.full(40, 10), np.arange(40) < 30, false_alarm=false_alarm).limit.lower)


def _no_success(n: int, N: float) -> float:
    return 0.4 / float(bdtr(0, n, 1 / N))


ENTRIES = {
    "17-a": (
        lambda: float(clopper_pearson(0, 500, 0.02)[1]),
        {
            "That splits the 1% over two sides; nothing can be below zero hits.": lambda: float(
                clopper_pearson(0, 500, 0.01)[1]
            ),
            "That is the band for all thresholds; one threshold is cheaper.": lambda: float(
                TailBand(500, 0.01).upper(0)
            ),
            "That is the rule of three: 95%, not 99%.": lambda: 3 / 500,
            "log(100)/n is the first-order form; solve (1 - u)^500 = 0.01 exactly.": lambda: np.log(100) / 500,
        },
    ),
    "17-b": (
        lambda: float(bon_sufficient_sharp_budget(0.02, 20, 0.1)),
        {
            "M log(1/eps) with eps = 0.08 suffices; count with the sharp form instead.": lambda: float(
                np.ceil(-20 * np.log(0.08))
            ),
            "Coverage is not zero: its 0.02 must fit into the target too.": lambda: float(
                bon_sufficient_sharp_budget(0.0, 20, 0.1)
            ),
            "N = M draws still miss with probability about 1/e.": lambda: 20.0,
        },
    ),
    "17-c": (
        lambda: _solved(0.05),
        {
            "That is the share itself.": lambda: 30 / 40,
            "Only a lower limit is wanted: do not halve the 5%.": lambda: _solved(0.025),
            "The prompts are the sample, not the 400 draws.": lambda: float(clopper_pearson(300, 400, 0.1)[0]),
        },
    ),
    "17-d": (
        lambda: -100 * np.log(1e-4),
        {
            "That is one token; the log ratio of a response adds up.": lambda: -np.log(1e-4),
            "In nats, not in decimal digits.": lambda: 400.0,
            "In nats, not in bits.": lambda: -100 * np.log2(1e-4),
        },
    ),
    "17-e": (
        lambda: _no_success(16, 40),
        {
            "A prompt at p = 1/40 may well have a success in 16 draws: divide by B(0).": lambda: 0.4,
            "That is the share of successes at the threshold; B(0) is the chance of none.": lambda: (
                0.4 / (1 - bdtr(0, 16, 1 / 40))
            ),
            "n and N are swapped: 16 draws, p = 1/40.": lambda: _no_success(40, 16),
        },
    ),
}

WORKED = {
    "17-a":
        r"If $\mathrm{Cov}_N=u$, no hit in 500 draws has probability $(1-u)^{500}$. The limit is the $u$ at which "
        r"this is 1 %, all of it on one side: $u=1-0.01^{1/500}=0.00916806$.",
    "17-b":
        r"Notebook 02, Theorem 3: regret at most $C+(1-C)(1-\frac1{20})^N$ with $C=0.02$. It is at most 0.1 when "
        r"$0.95^N\le0.08/0.98=0.0816327$, $N\ge48.85$, so 49.",
    "17-c":
        r"The limit of pass@$k$ is $P[p_x>0]$, at least the share of prompts that are solved at least once, and "
        r"the 40 prompts are the sample. Exact (Clopper-Pearson) lower limit for 30 of 40 at 5 % on one side, the "
        r"0.05-quantile of Beta(30, 11): 0.61294.",
    "17-d":
        r"$L=\log\pi_D-\log\pi\le-\log\pi$, since a teacher's probability is at most 1. A hundred tokens of "
        r"probability at least $10^{-4}$: $100\log10^4=100\cdot9.210340=921.034$.",
    "17-e":
        r"Theorem 4 at $s=0$: $\mathrm{Cov}^{\mathrm{ans}}_{40}\le\mathbb P[c=0]/B(0)$ with "
        r"$B(0)=(1-\frac1{40})^{16}=0.66692$. $0.4/0.66692=0.599772$.",
}
"""The steps of every solution, Markdown; they end with the value."""

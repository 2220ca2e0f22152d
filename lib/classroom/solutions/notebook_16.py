"""Answers to the exercises of notebook 16, computed."""

import math

from classroom.exercises import Entries
from covtheory.bounds import interventions as change
from covtheory.bounds.answers import answer_coverage, rl_value_bound
from covtheory.coverage import buffered_coverage, law_from_pmfs, row_coverage

_PAIR = ([0.2, 0.5, 0.3], [0.0, 0.25, 0.75])

ENTRIES: Entries = {
    "16-a": (
        lambda: float(buffered_coverage(law_from_pmfs(*_PAIR), 4)),
        {
            "That is the coverage of the responses; merge as much of response 2 as the ratio 4 allows.": lambda: float(
                row_coverage(*_PAIR, 4)
            ),
            "All of response 2 is too much: the merged ratio is then .7/.25 = 2.8.": lambda: float(
                row_coverage(*_PAIR, 2)
            ),
            "Theorem 1(b) at c = 2 with ties counted exceeds one; use the strict tail, or Theorem 2.": lambda: float(
                answer_coverage(row_coverage(*_PAIR, 2), 2)
            ),
        },
    ),
    "16-b": (
        lambda: 1 / float(change.token_smoothing_threshold(1, 0.01, 500)),
        {
            "That is the price of one token; there are 500.": lambda: 1 / float(
                change.token_smoothing_threshold(1, 0.01, 1)
            ),
            "exp(lambda H) is an approximation from below; take (1 - lambda)^(-H).": lambda: math.exp(0.01 * 500),
            "1 + lambda H is good for small lambda H only.": lambda: 1 + 0.01 * 500,
            "You gave the factor that multiplies N; the question asks by how much it shrinks.": lambda: float(
                change.token_smoothing_threshold(1, 0.01, 500)
            ),
        },
    ),
    "16-c": (
        lambda: float(rl_value_bound(0.02, 50)),
        {
            "That is Best-of-50; the final policy draws once more, and may be lucky.": lambda: float(
                rl_value_bound(0.02, 49)
            ),
            "The union bound N q exceeds one here; compute the probability exactly.": lambda: 51 * 0.02,
            "That is the probability that no success is seen.": lambda: 0.98**50,
        },
    ),
    "16-d": (
        lambda: float(change.temperature_threshold(1000, 3, math.log(100) * 2 / 3)),
        {
            "You left Z out: N' = (N/Z)^T.": lambda: float(change.temperature_threshold(1000, 3, 0.0)),
            "Z is at most R^(1 - 1/T) = 21.5, not R.": lambda: float(
                change.temperature_threshold(1000, 3, math.log(100))
            ),
            "Raise N/Z to the power T.": lambda: 1000 / 100 ** (2 / 3),
        },
    ),
}

WORKED = {
    "16-a":
        r"Theorem 2: the largest data mass $\alpha$ with model mass at most $\alpha/4$. Take all of response 1 "
        r"(data .2, model 0) and a share $s$ of response 2: $.25s\le(.2+.5s)/4$ gives $s=.4$. "
        r"$\alpha=.2+.5\cdot.4=0.4$.",
    "16-b":
        r"Each token keeps at least $1-\lambda$ of its probability, so "
        r"$\mathrm{Cov}_N\le\mathrm{Cov}_{N(1-\lambda)^H}(\pi)$: $N$ shrinks by "
        r"$(1-\lambda)^{-H}=0.99^{-500}=152.196$.",
    "16-c":
        r"Theorem 4: fifty rollouts and one final draw, none of which succeeds with probability $0.98^{51}$; "
        r"memorising attains $1-0.98^{51}=1-0.356886=0.643114$.",
    "16-d":
        r"Theorem 7(b): $N'=(N/Z)^T$ with $Z\le R^{1-1/T}=100^{2/3}=21.5443$. $(1000/21.5443)^3=10^9/10^4=100000$.",
}
"""The steps of every solution, Markdown; they end with the value."""

"""Notebook 02: Best-of-N."""

import numpy as np

from covtheory.bounds import best_of_n as bounds
from covtheory.samplers.best_of_n import pass_at_k, regret, worst_case_regret

_T, _HAT = [0.6, 0.3, 0.1], [0.3, 0.02, 0.68]


def _halves(form):
    """Average of a bound over two equally likely prompts with Cov_20 = 0 and 0.4, at N = 40."""
    return float(np.mean(form(np.array([0.0, 0.4]), 20, 40)))


ENTRIES = {
    "02-a": (
        lambda: float(bounds.bon_sufficient_sharp_budget(0.0, 50, 0.05)),
        {
            "N = 1/q draws still miss with probability about 1/e.": lambda: 1 / 0.02,
            "Adding up the chances of single draws overcounts: use (1 - q)^N.": lambda: np.ceil(0.95 / 0.02),
            "M log(1/eps) suffices, but (1 - 1/M)^N is smaller than exp(-N/M): count exactly.":
                lambda: np.ceil(50 * np.log(20)),
            "This is the printed D.6 with its factor 2: twice as many draws as needed.":
                lambda: float(bounds.bon_sufficient_budget(50, 0.05)),
            "One draw fewer leaves the regret just above 0.05.":
                lambda: float(bounds.bon_sufficient_sharp_budget(0.0, 50, 0.05)) - 1,
        },
    ),
    "02-b": (
        lambda: float(worst_case_regret(_T, _HAT, 5)[0]),
        {
            "That is the likeliest response alone; compare all level sets of the ratio.":
                lambda: float(regret(_T, _HAT, [1, 0, 0], 5)),
            "That is the set {1, 2}; with 5 draws the model finds response 1 anyway.":
                lambda: float(regret(_T, _HAT, [1, 1, 0], 5)),
            "That is the lower bound E_5, not the worst case.":
                lambda: float(np.maximum(np.array(_T) - 5 * np.array(_HAT), 0).sum()),
            "That is Cov_5: the model draws the set sometimes.": lambda: 0.3,
            "That is one draw, total variation: use N = 5.": lambda: float(worst_case_regret(_T, _HAT, 1)[0]),
        },
    ),
    "02-c": (
        lambda: _halves(bounds.bon_sufficient_sharp_per_prompt),
        {
            "The chord at the average coverage is valid, but you know more: average the per-prompt form.":
                lambda: _halves(bounds.bon_sufficient_sharp),
            "The per-prompt form is convex: it may not be applied to the average coverage.":
                lambda: float(bounds.bon_sufficient_sharp_per_prompt(0.2, 20, 40)),
            "The bound is a maximum: where Cov_20 = 0.4, a regret of 0.4 cannot be excluded.":
                lambda: float(np.mean((1 - (1 - np.array([0.0, 0.4])) / 20) ** 40)),
        },
    ),
    "02-d": (
        lambda: float(pass_at_k(20, 3, 5)),
        {
            "1 - (1 - c/n)^k is biased downwards.": lambda: 1 - (1 - 3 / 20) ** 5,
            "k c/n is the union bound.": lambda: 5 * 3 / 20,
            "That is the chance that all five miss; take one minus it.": lambda: 1 - float(pass_at_k(20, 3, 5)),
            "That is pass@1.": lambda: 3 / 20,
        },
    ),
    "02-e": (
        lambda: float(bounds.coverage_chain_rule(0.01, 5, 0.0)),
        {
            "The factor M2 = 1/0.2 is missing.": lambda: 0.01,
            "The factor M2 multiplies.": lambda: 0.01 * 0.2,
            "M2 is the largest ratio of pi_T to pi_D, here 1/0.2, not 4.":
                lambda: float(bounds.coverage_chain_rule(0.01, 4, 0.0)),
        },
    ),
}

WORKED = {
    "02-a":
        r"The regret of $N$ draws is the probability that all miss, $0.98^N$. It is at most 0.05 when "
        r"$N\ge\log0.05/\log0.98=2.995732/0.020203=148.3$; the least whole number is 149.",
    "02-b":
        r"By Theorem 1 the worst reward is the indicator of a level set of the ratios 2, 15, 0.147, and "
        r"$g_5(S)=\pi_T(S)-1+(1-\hat\pi(S))^5$. $S=\{2\}$: $0.3-1+0.98^5=0.203921$. $S=\{1,2\}$: "
        r"$0.9-1+0.68^5=0.045393$. All three: 0. With five draws the model finds response 1 anyway, so only "
        r"response 2 hurts: 0.203921.",
    "02-c":
        r"You know more than the average, so bound each half by the convex form "
        r"$\max\{C,(1-\frac{1-C}{20})^{40}\}$ of Theorem 3 and average afterwards. $C=0$: $0.95^{40}=0.128512$. "
        r"$C=0.4$: $\max\{0.4,\,0.97^{40}\}=\max\{0.4,0.295712\}=0.4$. The mean is 0.264256.",
    "02-d":
        r"Of the $\binom{20}5=15504$ sets of five draws, $\binom{17}5=6188$ contain no success. The unbiased "
        r"estimate is one minus that share: $1-6188/15504=0.600877$.",
    "02-e":
        r"$\pi_T/\pi_D\le1/0.2=5$ everywhere, so at $M_2=5$ the second (strict) term of the chain rule vanishes. "
        r"With $M_1=20$ the first is "
        r"$M_2\,\mathrm{Cov}_{M_1/M_2}(\pi_D\|\hat\pi)=5\cdot\mathrm{Cov}_4=5\cdot0.01=0.05$.",
}
"""The steps of every solution, Markdown; they end with the value."""

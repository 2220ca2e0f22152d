"""Answers of notebook 04, computed by the library."""

import math

import numpy as np

from covtheory.bounds import classical, estimators
from covtheory.bounds.divergences import hellinger_to_coverage, kl_price
from covtheory.instances.classical import IndependentEvents
from covtheory.learners.tabular import expected_coverage, expected_good_turing

_UNIFORM = np.full(10, 0.1)
_EVENTS = IndependentEvents(10, 0.2)


def _least_n(size: float, phi: float) -> int:
    return math.ceil(math.log(size / 0.05) / (0.01 * phi))


ENTRIES = {
    "04-a": (
        lambda: float(1 / classical.phi_star(100)),
        {
            "That is the route through Hellinger distance: s = 1/2 is not the best exponent at N = 100.":
                lambda: float(2 * hellinger_to_coverage(1, 100)),
            "You gave phi*(N) itself; the constant in front of log(M/delta)/n is its reciprocal.":
                lambda: float(classical.phi_star(100)),
            "That is the price of KL, 1/(log N - 1 + 1/N); maximum likelihood has no such bound.":
                lambda: float(1 / kl_price(100)),
        },
    ),
    "04-b": (
        lambda: _EVENTS.mle_error(20),
        {
            "That is the union bound K (1 - eps)^n; the events are independent, so the exact value is a little less.":
                lambda: 10 * 0.8**20,
            "That is the chance that one given event is absent; there are ten of them.": lambda: 0.8**20,
            "That is the chance that all ten events occur: the complement of the answer.":
                lambda: 1 - _EVENTS.mle_error(20),
        },
    ),
    "04-c": (
        lambda: _least_n(1000, float(classical.phi_star(16))),
        {
            "You forgot the union over the 1000 wrong candidates.": lambda: _least_n(1, float(classical.phi_star(16))),
            "You took phi* = 1, its value at N = infinity.": lambda: _least_n(1000, 1.0),
            "That is the Hellinger route, s = 1/2; the best exponent needs fewer samples.":
                lambda: _least_n(1000, float(0.5 / hellinger_to_coverage(1, 16))),
        },
    ),
    "04-d": (
        lambda: expected_good_turing(_UNIFORM, 5) - float(expected_coverage(_UNIFORM, 5, np.inf)),
        {
            "That is the mean of Good and Turing's estimate; subtract the missing mass.":
                lambda: expected_good_turing(_UNIFORM, 5),
            "That is the missing mass at n = 5; the bias is the difference of two such means.":
                lambda: float(expected_coverage(_UNIFORM, 5, np.inf)),
            "That is the largest bias over all laws, (1 - 1/n)^(n-1)/n, not the bias of this one.":
                lambda: 0.8**4 / 5,
        },
    ),
    "04-e": (
        lambda: float(estimators.any_lower(50, 100, 10, 20)),
        {
            "You let the estimator miss every unseen context; it may spread its mass over nine labels.":
                lambda: 0.5 * 0.99**100,
            "Ten labels cannot all have MORE than 1/10: the number of lucky labels is ceil(N) - 1 = 9.":
                lambda: 0.5 * 0.99**100 * 0.5,
            "That is the simplified bound m/(8n); the exact one is larger.": lambda: 50 / 800,
        },
    ),
}

WORKED = {
    "04-a":
        r"$x=(1-\frac1{100})/\log100=0.214976$. Then $\phi^*(100)=1-x+x\log x=1-0.214976-0.330468=0.454556$ and "
        r"the constant is its reciprocal, 2.19994.",
    "04-b":
        r"Maximum likelihood is wrong exactly if some event never shows. One event is absent from 20 samples with "
        r"probability $0.8^{20}=0.0115292$; the ten are independent: $1-(1-0.0115292)^{10}=0.109491$.",
    "04-c":
        r"Second form: $\log(M/\delta)/(n\,\phi^*(16))\le0.01$ with $M=1000$. $\log(1000/0.05)=9.903488$ and "
        r"$1/\phi^*(16)=3.3872$, so $n\ge9.903488\cdot3.3872/0.01=3354.5$; the least whole number is 3355.",
    "04-d":
        r"Theorem 6(ii): $E\,G_n$ is the mean missing mass at $n-1=4$, that is $10\cdot0.1\cdot0.9^4=0.6561$. The "
        r"missing mass at $n=5$ has mean $0.9^5=0.59049$. The bias is the difference, 0.06561.",
    "04-e":
        r"Insert into Theorem 9: $m\mu=0.5$; a context is unseen with probability $0.99^{100}=0.366032$; at most "
        r"$\lceil10\rceil-1=9$ of 20 labels can get more than a tenth each, so the true one misses with "
        r"probability at least $1-\frac9{20}$. The product $0.5\cdot0.366032\cdot0.55$ is 0.100659.",
}
"""The steps of every solution, Markdown; they end with the value."""

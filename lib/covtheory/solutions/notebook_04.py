"""Answers of notebook 04, computed by the library."""

import math

import numpy as np

from covtheory.bounds import classical
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
        lambda: float(classical.any_lower(50, 100, 10, 20)),
        {
            "You let the estimator miss every unseen context; it may spread its mass over nine labels.":
                lambda: 0.5 * 0.99**100,
            "Ten labels cannot all have MORE than 1/10: the number of lucky labels is ceil(N) - 1 = 9.":
                lambda: 0.5 * 0.99**100 * 0.5,
            "That is the simplified bound m/(8n); the exact one is larger.": lambda: 50 / 800,
        },
    ),
}

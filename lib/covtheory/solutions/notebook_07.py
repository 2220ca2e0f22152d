"""Notebook 07: misspecification."""

import numpy as np

from covtheory.bounds.divergences import kl_price
from covtheory.bounds.misspecification import coin_divergence, largest_mass, printed_mass
from covtheory.instances.misspecified import MisspecifiedPair

_SMALL = MisspecifiedPair(np.log(2), np.log(64), 1 / 32)


def _largest_log_M(half=0.5):
    """``(1 - p) kappa = p half (log M - log 2)`` solved for log M at alpha = 1, p = .01."""
    return np.log(2) + 0.99 * float(coin_divergence(1.0)) / (0.01 * half)


ENTRIES = {
    "07-a": (
        lambda: float(largest_mass(1.0, np.log(1e4)) / 2),
        {
            "That is p: response 0 of the rare prompt is covered.": lambda: float(largest_mass(1.0, np.log(1e4))),
            "That is the paper's p, alpha^2/(32 log M), halved.": lambda: float(printed_mass(1.0, np.log(1e4)) / 2),
            "The loss does not shrink with N below M: use log M, not log N.":
                lambda: float(largest_mass(1.0, np.log(1e3)) / 2),
        },
    ),
    "07-b": (
        lambda: _SMALL.selection_probability(3),
        {
            "With (+,1),(+,0),(+,0) the sum is log 2 - 2 log 1.5 < 0: pi_1 wins there.":
                lambda: _SMALL.selection_probability(3) + 3 * (31 / 64) ** 3,
            "That is n = 2.": lambda: _SMALL.selection_probability(2),
            "Only data without (-,1) were asked to avoid; three (+,0), or two and one (+,1), lose as well.":
                lambda: (63 / 64) ** 3,
        },
    ),
    "07-c": (
        lambda: 0.2 / float(kl_price(20.0)),
        {
            "KL/log N is not a bound: subtract one in the denominator, add 1/N.": lambda: 0.2 / np.log(20.0),
            "That is log(N/e), valid but not best: the 1/N is missing.": lambda: 0.2 / (np.log(20.0) - 1),
            "That is Markov for the ratio itself, which KL does not control.": lambda: 0.2 / 20,
        },
    ),
    "07-d": (
        lambda: 1.01 / 50,
        {
            "The fit is not exact: the mean is at most 1 + g.": lambda: 1 / 50,
            "The gap enters through the mean, which is at most 1 + g.": lambda: 0.01 / 50,
            "One minus that is the fraction that is fine.": lambda: 1 - 1.01 / 50,
        },
    ),
    "07-e": (
        lambda: _largest_log_M(),
        {
            "Half of the rare prompt is missed: KL of pi_2 has p/2.": lambda: _largest_log_M(1.0),
            "The other response of the rare prompt gains log 2.": lambda: _largest_log_M() - np.log(2),
            "pi_1 errs on the common prompt only: a factor 1 - p.":
                lambda: np.log(2) + float(coin_divergence(1.0)) / 0.005,
        },
    ),
}

"""Notebook 13: pass@k after reinforcement learning."""

import numpy as np

from covtheory.bounds.tilting import all_or_nothing_crossover, normaliser_log_factor, tilted_success

_TILT, _STRONG = 1 / np.log(100.0), 1 / np.log(20.0)


ENTRIES = {
    "13-a": (
        lambda: float(np.exp(normaliser_log_factor(0.02, _TILT))),
        {
            "That is the most that any tilt could do; here Z = 1 + p (exp(1/beta) - 1).": lambda: 100.0,
            "That is what the right answer gains: exp(1/beta)/Z.":
                lambda: float(np.exp(1 / _TILT - normaliser_log_factor(0.02, _TILT))),
            "Z also contains the wrong answers, with weight 1: Z = p exp(1/beta) + (1 - p).": lambda: 0.02 * 100.0,
        },
    ),
    "13-b": (
        lambda: float(all_or_nothing_crossover(0.05, 0.4)),
        {
            "Swapped: the base fails k times with probability 0.95^k.":
                lambda: float(1 / all_or_nothing_crossover(0.05, 0.4)),
            "The base model must reach the share 0.4 of successes, not of failures: 0.95^k = 0.6.":
                lambda: float(all_or_nothing_crossover(0.05, 0.6)),
            "0.4/0.05 forgets that repeated successes on a prompt count once.": lambda: 0.4 / 0.05,
        },
    ),
    "13-c": (
        lambda: 1 - 16 / 35,
        {
            "That is one minus the profile at the single point N = 3; pass@3 averages it.": lambda: 1 - 3**-0.5,
            "That is the failure; pass@3 is one minus it.": lambda: 16 / 35,
            "The weight of s is 3 (1 - s)^2: the factor 3 is missing.": lambda: 1 - 16 / 105,
            "The mean of the profile over s is one minus pass@1.": lambda: 1 / 3,
        },
    ),
    "13-d": (
        lambda: float(np.log1p(-tilted_success(0.01, _STRONG)) / np.log(0.99)),
        {
            "That is the most that one draw of any such tilt can be worth; here p is not near 0.": lambda: 20.0,
            "That is the quotient of the success rates; repeated successes count once.":
                lambda: float(tilted_success(0.01, _STRONG) / 0.01),
            "0.2 is not the tilted rate: the odds are multiplied by 20, not p.":
                lambda: float(np.log(0.8) / np.log(0.99)),
        },
    ),
}

WORKED = {
    "13-a":
        r"A tilt gives right responses the weight 100, wrong ones 1, and divides by $Z=1+p(e^{1/\beta}-1)$. Wrong "
        r"ones lose exactly the factor $Z=1+0.02\cdot99=2.98$.",
    "13-b":
        r"After training pass@$k$ is 0.4 for every $k$; before, $1-0.95^k$. They agree when $0.95^k=0.6$: "
        r"$k=\log0.6/\log0.95=0.510826/0.0512933=9.95892$.",
    "13-c":
        r"Theorem 4(a) with $\mathrm{Cov}_{1/s}=\sqrt s$: $1-\text{pass@}3=\int_0^13(1-s)^2\sqrt s\,ds"
        r"=3\big(\frac23-\frac45+\frac27\big)=\frac{16}{35}$, so pass@3 is $\frac{19}{35}=0.542857$.",
    "13-d":
        r"The odds $\frac1{99}$ become $\frac{20}{99}$: $p_\beta=\frac{20}{119}=0.168067$. $k$ draws of the base miss "
        r"with probability $0.99^k$, one of the tilt with $\frac{99}{119}$ "
        r"(Theorem 3 allows up to 20): $k=\log\frac{99}{119}/\log0.99=0.184004/0.0100503=18.3082$.",
}
"""The steps of every solution, Markdown; they end with the value."""

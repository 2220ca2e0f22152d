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
            "That is the paper's p, α²/(32 log M), halved.": lambda: float(printed_mass(1.0, np.log(1e4)) / 2),
            "The loss does not shrink with N below M: use log M, not log N.":
                lambda: float(largest_mass(1.0, np.log(1e3)) / 2),
        },
    ),
    "07-b": (
        lambda: _SMALL.selection_probability(3),
        {
            "With (+,1),(+,0),(+,0) the sum is log 2 - 2 log 1.5 < 0: π₁ wins there.":
                lambda: _SMALL.selection_probability(3) + 3 * (31 / 64) ** 3,
            "That is n = 2.": lambda: _SMALL.selection_probability(2),
            "It is not enough to avoid (-,1): two (+,0) with any third lose as well.":
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
            "Half of the rare prompt is missed: KL of π₂ has p/2.": lambda: _largest_log_M(1.0),
            "The other response of the rare prompt gains log 2.": lambda: _largest_log_M() - np.log(2),
            "π₁ errs on the common prompt only: a factor 1 - p.":
                lambda: np.log(2) + float(coin_divergence(1.0)) / 0.005,
        },
    ),
}

WORKED = {
    "07-a":
        r"$\kappa(1)=\frac12(1-\log(2-e^{-1}))=0.25506$, so $p=0.25506/(0.25506+\log10^4)=0.0269466$. $\pi_2$ "
        r"misses response 1 of the rare prompt, half of its mass, for every $N$ up to $M$: $p/2=0.0134733$.",
    "07-b":
        r"$\pi_2$ needs a positive sum of increments $.693$, $-.405$, $.686$, $-4.159$. Any $(-,1)$ loses (two "
        r"others give at most 1.39), so start from $63^3$ of $64^3$. Among the rest it loses with three $(+,0)$: "
        r"$31^3$; two $(+,0)$ and one $(+,1)$, sum $-.118$: $3\cdot31^3$; two $(+,0)$ and one $(-,0)$, sum "
        r"$-.126$: $3\cdot31^2$. $(250047-4\cdot29791-2883)/262144=128000/262144=0.488281$.",
    "07-c":
        r"With unlimited data the MLE has the least KL of the class, at most 0.2. Theorem 2(d): "
        r"$\mathrm{Cov}_{20}\le0.2/(\log20-1+\frac1{20})=0.2/2.045732=0.0977645$.",
    "07-d":
        r"Lemma 1 with the solver's gap: the training mean of $\pi_\star/\hat\pi$ is at most $1+g=1.01$. Markov's "
        r"inequality at 50: $1.01/50=0.0202$.",
    "07-e":
        r"$\mathrm{KL}(\pi_1)=(1-p)\kappa=0.99\cdot0.25506=0.252509$, $\mathrm{KL}(\pi_2)=\frac p2(\log M-\log2)$ "
        r"without the $1/M$. They are equal when $\log M=\log2+0.252509/0.005=0.693147+50.5019$, that is at about "
        r"51.195.",
}
"""The steps of every solution, Markdown; they end with the value."""

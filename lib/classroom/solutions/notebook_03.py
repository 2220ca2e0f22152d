"""Answers to the exercises of notebook 03, computed."""

import math

from classroom.exercises import Entries
from covtheory.bounds import divergences as bounds
from covtheory.bounds import sequences
from covtheory.bounds.two_point import coverage_from_divergence
from covtheory.instances.divergences import prop_3_2


def _log10_budget(per_token: float, H: int = 100) -> float:
    """``log10 exp(KL / eps)`` with ``KL = per_token H / (2n)`` and ``eps = 1/(2n)``."""
    return per_token * H / math.log(10)


ENTRIES: Entries = {
    "03-a": (
        lambda: float(coverage_from_divergence(0.1, 16, "kl")),
        {
            "KL/(log N - 1 + 1/N) is a bound, but the largest possible value solves kl(a||a/N) = KL.": lambda: float(
                bounds.kl_to_coverage(0.1, 16)
            ),
            "KL/log(N/e) is a bound, but not the best one: solve kl(a||a/N) = KL.": lambda: float(
                bounds.kl_to_coverage_simple(0.1, 16)
            ),
            "KL/log N is no bound at all.": lambda: 0.1 / math.log(16),
        },
    ),
    "03-b": (
        lambda: float(bounds.hellinger_to_coverage(0.02, 16)),
        {
            "You halved D_H^2: that is the paper's normalisation, whose bound has an extra factor 2.": lambda: float(
                bounds.hellinger_to_coverage(0.01, 16)
            ),
            "You used the paper's formula with our D_H^2: its D_H^2 is half of ours.": lambda: float(
                bounds.hellinger_to_coverage_paper(0.02, 16)
            ),
            "Square the denominator 1 - 1/sqrt N.": lambda: 0.02 / (1 - 16**-0.5),
            "1 - 1/N belongs to total variation; Hellinger has (1 - 1/sqrt N)^2.": lambda: float(
                bounds.tv_to_coverage(0.02, 16)
            ),
        },
    ),
    "03-c": (
        lambda: float(sequences.stopped_hellinger_threshold(100, 0.05)),
        {
            "That is the printed threshold log(N/delta); half of log N is enough.": lambda: float(
                sequences.stopped_hellinger_threshold_paper(100, 0.05)
            ),
            "You left out log(1/delta), the price of Markov's inequality.": lambda: 0.5 * math.log(100),
            "Only log N is halved, not log(1/delta).": lambda: 0.5 * math.log(100 / 0.05),
        },
    ),
    "03-d": (
        lambda: prop_3_2(1, 100).kl * 2 / math.log(10),
        {
            "That is the natural logarithm; divide by log 10.": lambda: prop_3_2(1, 100).kl * 2,
            "You used the printed H/(4n) for KL; on this instance it is 0.1639 H/n.": lambda: _log10_budget(0.5),
            "You forgot the mass 1/(2n) of prompt 1, or divided by 1/n instead of eps.": lambda: (
                prop_3_2(1, 100).kl / math.log(10)
            ),
        },
    ),
}

WORKED = {
    "03-a":
        r"By Theorem 2(c) the largest $a$ solves $\mathrm{kl}(a\|a/16)=a\log16+(1-a)\log\frac{1-a}{1-a/16}=0.1$, "
        r"and two points attain it. The left side increases; start at the linear bound $0.1/g(16)=0.0545$, which "
        r"is a little too large, and bisect: 0.0537861.",
    "03-b":
        r"Theorem 3(a) is written for this normalisation: $\mathrm{Cov}_{16}\le "
        r"D_H^2/(1-1/\sqrt{16})^2=0.02/0.75^2=0.0355556$.",
    "03-c":
        r"Theorem 7 gives $\mathrm{Cov}_{100}\ge P[\sum d_h\ge\frac12\log100+\log\frac1{0.05}]-0.05$. If the sum "
        r"is $\tau$ along every response, the probability is one as soon as $\tau$ reaches the threshold: "
        r"$2.302585+2.995732=5.29832$.",
    "03-d":
        r"$\mathrm{KL}=\kappa mH$ with $m=\frac1{2n}$ and $\kappa=0.327813$; dividing by $\varepsilon=m$ leaves "
        r"$\kappa H=32.7813$ nats, whatever $n$. A power of ten is $\log10=2.302585$ nats: "
        r"$32.7813/2.302585=14.2368$.",
}
"""The steps of every solution, Markdown; they end with the value."""

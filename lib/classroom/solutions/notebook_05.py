"""Solutions of notebook 05, computed by the library, with the usual wrong answers."""

import math

from covtheory.bounds.divergences import kl_price
from covtheory.bounds.two_scale import coefficients, truncation_level
from covtheory.instances.two_scale import independent_events_quantile

ENTRIES = {
    "05-a": (
        lambda: float(coefficients(1e6, 0.9, 0.02, 1.0).fine),
        {
            "The factor theta/(1 - e^-theta) of Lemma 3 is missing.":
                lambda: float(coefficients(1e6, 0.9, 0.02, 1.0).fine) * -math.expm1(-1.0),
            "F has s in its denominator: log K/(s n).": lambda: 0.9 * float(coefficients(1e6, 0.9, 0.02, 1.0).fine),
            "The truncation m(s) must be subtracted from (1 - 2c) log N.":
                lambda: 1.0 / (-math.expm1(-1.0) * 0.9 * 0.96 * math.log(1e6)),
            "That is the default (s, c, theta) = (1/2, 1/4, 1).": lambda: float(coefficients(1e6).fine),
        },
    ),
    "05-b": (
        lambda: math.exp(float(truncation_level(0.5)) / (1 - 2 * 0.1)),
        {
            "That is the default c = 1/4.": lambda: 16.0,
            "The net is used twice, so it is (1 - 2c), not (1 - c).": lambda: 4.0 ** (1 / 0.9),
            "The truncation alone needs N > 4; the net moves the threshold as well.": lambda: 4.0,
        },
    ),
    "05-c": (
        lambda: independent_events_quantile(100, 1000, 0.5),
        {
            "One bit is missed with probability (1 - eps)^n, but there are K of them.":
                lambda: -math.expm1(math.log(0.5) / 1000),
            "The union bound K (1 - eps)^n is not the exact probability: the bits are independent.":
                lambda: -math.expm1(math.log(0.5 / 100) / 1000),
            "log K / n is the leading order; solve 1 - (1 - (1 - eps)^n)^K = 1/2.": lambda: math.log(100) / 1000,
        },
    ),
    "05-d": (
        lambda: 1e-4,
        {
            "That is N^-(1 - 2c) with c = 1/4, the price on fresh data; the training set needs no net.": lambda: 1e-2,
            "That is the logarithmic rate; a convex class does better.": lambda: 1 / math.log(1e4),
        },
    ),
    "05-e": (
        lambda: 1000 / math.pi / float(kl_price(1e3)),
        {
            "log N alone forgets the mass that the rival moved to b = 0.": lambda: 1000 / math.pi / math.log(1e3),
            "The moved mass lowers the price: subtract 1 - 1/N, do not add it.":
                lambda: 1000 / math.pi / (2 * math.log(1e3) - float(kl_price(1e3))),
            "d/pi is what is left of sqrt(2/pi) g sqrt(n) d after paying g^2 n d/2: do not forget the payment.":
                lambda: 2000 / math.pi / float(kl_price(1e3)),
        },
    ),
}

WORKED = {
    "05-a":
        r"$m(0.9)=\frac1{0.9}\log10=2.558428$ and $(1-2c)\log N=0.96\cdot13.815511=13.262890$; their difference is "
        r"10.704462. $F$ brings $\frac1{sn}\log K$, so divide $\frac1{0.9}$ by it: 0.103799. Lemma 3 multiplies by "
        r"$\theta/(1-e^{-\theta})=1.581977$: 0.164207.",
    "05-b":
        r"The condition is $(1-2c)\log N>m(s)$. $m(\frac12)=2\log2=\log4$ and $1-2c=0.8$, so $\log N>\log4/0.8$ "
        r"and $N>4^{1.25}=5.65685$.",
    "05-c":
        r"The likelihood is misled as soon as one of the 100 bits never shows: "
        r"$1-(1-(1-\epsilon)^{1000})^{100}=\frac12$. Hence $(1-\epsilon)^{1000}=1-2^{-1/100}=0.0069075$, and "
        r"$\epsilon=1-0.0069075^{1/1000}=0.00496279$.",
    "05-d":
        r"In a convex class first-order optimality says $\hat P\,e^{\ell_{\hat\pi}}\le1$ on every data set "
        r"(Theorem C). Markov's inequality on the training sample, where no net is needed, leaves $1/N=0.0001$.",
    "05-e":
        r"The gain is $d/\pi=318.310$ nats. Each rare sample costs $\log N$, less the $1-\frac1N$ that the mass "
        r"moved to $b=0$ gives back: $6.907755-1+0.001=5.908755$. It can buy $318.310/5.908755=53.8709$.",
}
"""The steps of every solution, Markdown; they end with the value."""

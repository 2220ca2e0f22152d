"""Solutions of notebook 05, computed by the library, with the usual wrong answers."""

import math

from covtheory.bounds.divergences import kl_price
from covtheory.bounds.golden_ratio import expected_coverage, expected_kl, rates
from covtheory.bounds.visited_prompts import visited_coverage


def _samples(N: float, target: float) -> float:
    """Least whole n at which the law in the plane is at most ``target``."""
    return next(float(n) for n in range(1, 10**6) if expected_coverage(n, N) <= target)


ENTRIES = {
    "05-a": (
        lambda: float(expected_coverage(20, 10.0)),
        {
            "The factor b/(a + b) of the race is missing.": lambda: 10.0 ** -float(rates(20).a),
            "The exponent is sqrt(n + 1/4) - 1/2, not sqrt(n).": lambda: 5 / 9 * 10.0 ** -math.sqrt(20),
            "That is a/(a + b): the factor is the chance that the faster clock, of rate b, rings first.":
                lambda: 4 / 9 * 1e-4,
        },
    ),
    "05-b": (
        lambda: _samples(16.0, 1e-4),
        {
            "That is by way of KL: (1/n)/(log N - 1 + 1/N).":
                lambda: math.ceil(float(expected_kl(1)) / float(kl_price(16.0)) * 1e4),
            "That is N = 4.": lambda: _samples(4.0, 1e-4),
            "One sample fewer: there it is still above 1e-4.": lambda: _samples(16.0, 1e-4) - 1,
        },
    ),
    "05-c": (
        lambda: float(expected_coverage(30, 10.0)),
        {
            "Leverage h acts like n = 1/h samples, not like n = h.": lambda: float(expected_coverage(1 / 30, 10.0)),
            "The factor b/(a + b) is missing: 6/11.": lambda: 1e-5,
            "That is one real response (d = 1); here it is a point of the plane.":
                lambda: float(expected_coverage(30, 10.0, d=1)),
        },
    ),
    "05-d": (
        lambda: float(visited_coverage(24, 100.0, c=2.0, s=0.5)),
        {
            "The factor 2^s/(1 - s) is missing.": lambda: 1e-4,
            "The curvature ratio divides the visits: lambda (1 + lambda) = s t/c.":
                lambda: float(visited_coverage(24, 100.0, c=1.0, s=0.5)),
            "lambda solves lambda (1 + lambda) = 6; it is not 6.": lambda: 2 * math.sqrt(2) * 100.0**-6,
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
        r"$n=20=4\cdot5$, so $a=4$ and $b=5$. The race of two clocks gives the factor $\frac b{a+b}=\frac59$, and "
        r"$10^{-a}=10^{-4}$: the product is $0.0000555556$.",
    "05-b":
        r"At $n=12$ ($a=3$, $b=4$) it is $\frac47\cdot16^{-3}=0.0001395$, still too much. At $n=13$, "
        r"$a=\sqrt{13.25}-\frac12=3.14005$, $\frac b{a+b}=0.568680$ and $16^{-a}=0.000165557$: the product is "
        r"$0.0000941$. So 13.",
    "05-c":
        r"The law holds with $d=2$ (the plane) and $n=1/h=30=5\cdot6$: $a=5$, $b=6$, hence "
        r"$\frac6{11}\cdot10^{-5}=0.00000545455$. The number of weights does not enter.",
    "05-d":
        r"$\lambda(1+\lambda)=\frac{st}c=\frac{24}4=6$, so $\lambda=2$. "
        r"$\frac{2^{1/2}}{1-\frac12}\cdot100^{-2}=2.828427\cdot10^{-4}=0.000282843$.",
    "05-e":
        r"The gain is $d/\pi=318.310$ nats. Each rare sample costs $\log N$, less the $1-\frac1N$ that the mass "
        r"moved to $b=0$ gives back: $6.907755-1+0.001=5.908755$. It can buy $318.310/5.908755=53.8709$.",
}
"""The steps of every solution, Markdown; they end with the value."""

"""Solutions of notebook 19, computed by the library, with the usual wrong answers."""

import math

from covtheory.bounds.chain import chain_crossing
from covtheory.bounds.classical import phi_star
from covtheory.bounds.divergences import kl_price
from covtheory.bounds.rays import ray_coverage
from covtheory.bounds.two_scale_best import fine_price

ENTRIES = {
    "19-a": (
        lambda: 1 / float(fine_price(math.log(1e6) - 1)),
        {
            "The net is used twice: L = log N - 2 rho, not log N - rho.":
                lambda: 1 / float(fine_price(math.log(1e6) - 0.5)),
            "L must be reduced by 2 rho before the price is taken.": lambda: 1 / float(fine_price(math.log(1e6))),
            "That is what a rare sample costs a needle, log N - 1 + 1/N; the theorem charges L - 1 - log L.":
                lambda: 1 / float(kl_price(1e6)),
        },
    ),
    "19-b": (
        lambda: chain_crossing(1, math.log(2), 0.3),
        {
            "That is the bound e^-x; the question is the exact probability.": lambda: math.exp(-0.3),
            "a = 1 - e^-theta is 1/2 here: the wall is at 0.3/a.": lambda: 0.7,
            "That is the probability that it holds.": lambda: 0.6,
        },
    ),
    "19-c": (
        lambda: float(ray_coverage(1e6, 1000, 0.05)),
        {
            "One real parameter is two rays, one on each side of the truth.":
                lambda: float(ray_coverage(1e6, 1000, 0.05, 1)),
            "Divide by phi*(N) as well.": lambda: math.log(40) / 1000,
            "That bounds the expectation: (1 + log 2)/(n phi*).": lambda: float(ray_coverage(1e6, 1000, None)),
            "Divide by phi*(N), do not multiply.": lambda: math.log(40) / 1000 * float(phi_star(1e6)),
        },
    ),
    "19-d": (
        lambda: 10 / 9 / -math.expm1(-1.0),
        {
            "The average loses a share 1/lam of the rounds: multiply by lam/(lam - 1).": lambda: 1 / -math.expm1(-1.0),
            "Lemma 3 at theta = 1 multiplies by 1/(1 - 1/e).": lambda: 10 / 9,
            "That is lam = 2.": lambda: 2 / -math.expm1(-1.0),
        },
    ),
    "19-e": (
        lambda: 1e4 / float(kl_price(1e3)),
        {
            "log N alone forgets the mass that the rival moved away from the rare event.": lambda: 1e4 / math.log(1e3),
            "That is what T1 charges, L - 1 - log L; the needle pays log N - 1 + 1/N.":
                lambda: 1e4 / float(fine_price(math.log(1e3))),
            "The moved mass lowers the price: subtract 1 - 1/N, do not add it.":
                lambda: 1e4 / (2 * math.log(1e3) - float(kl_price(1e3))),
        },
    ),
}

WORKED = {
    "19-a":
        r"$L=\log10^6-1=12.815511$. The price is $L-1-\log L=12.815511-1-2.550656=9.264854$, so the factor is "
        r"$1/9.264854=0.107935$.",
    "19-b":
        r"$a=1-e^{-\theta}=\frac12$. With one sample the inequality fails iff $au\ge\theta N(u)+0.3$ for some $u$. "
        r"After the point the right side is at least $0.993$, too much; before it the wall is $u=0.6$. Lemma 4 says "
        r"$e^{-0.3}=0.741$ at most; the point lies beyond the wall with probability $1-0.6=0.4$.",
    "19-c":
        r"Two rays: $\log\frac2{0.05}=3.688879$. $x=(1-10^{-6})/\log10^6=0.0723823$ and "
        r"$\varphi^\star=1-x+x\log x=0.737564$. So $3.688879/(1000\cdot0.737564)=0.00500144$.",
    "19-d":
        r"Lemma 3 at $\theta=1$ gives $1/(1-e^{-1})=1.581977$, the average $\lambda/(\lambda-1)=\frac{10}9$: the "
        r"product is $1.75775$.",
    "19-e":
        r"The best of $K$ needles gains about $\log K=10^4$ nats. A rare sample costs $\log N$, less the $1-\frac1N$ "
        r"that the moved mass returns: $6.907755-1+0.001=5.908755$. It can pay for $10^4/5.908755=1692.40$.",
}
"""The steps of every solution, Markdown; they end with the value."""

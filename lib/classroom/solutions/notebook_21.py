"""Solutions of notebook 21, computed by the library."""

import numpy as np
from scipy.special import gamma, rel_entr

from covtheory.bounds.divergences import kl_price
from covtheory.bounds.harmonic import truncated_log_loss
from covtheory.bounds.scaling import forecast_lower, forecast_upper, power_failures
from covtheory.instances.solve_rates import twin_laws
from covtheory.samplers.best_of_n import best_of_n_law


def _price(N: float, reward) -> float:
    ref = np.full(len(reward), 1 / len(reward))
    return float(rel_entr(best_of_n_law(ref, np.asarray(reward, dtype=float), N), ref).sum())


def _twins(n: int, K: int) -> float:
    p, even, odd = twin_laws(n)
    return float(abs((even - odd) @ (1 - p) ** K))


ENTRIES = {
    "21-a": (
        lambda: float(power_failures(0.5, 100)),
        {
            "That is the asymptotic form; the Gamma functions of k are asked for.": lambda: gamma(1.5) * 0.1,
            "That is Cov_100; fail@100 averages the profile and is smaller by about Gamma(3/2).": lambda: 0.1,
            "That is Gamma(b), not Gamma(1+b): the density's constant is c b.": lambda: gamma(0.5) * 0.1,
        },
    ),
    "21-b": (
        lambda: float(forecast_upper(0.2, 0.3, 64, 10_000)),
        {
            "(n/K)^b is the asymptotic form; divide the M_k exactly.": lambda: 0.2 * (64 / 10_000) ** 0.3,
            "That is pass@10000.": lambda: 1 - float(forecast_upper(0.2, 0.3, 64, 10_000)),
            "That uses the law with c = 1; here c is whatever makes fail@64 = 0.2.": lambda: float(
                power_failures(0.3, 10_000)
            ),
        },
    ),
    "21-c": (
        lambda: float(truncated_log_loss(0.1, 3)),
        {
            "That is the whole log loss; the first three terms only.": lambda: -np.log(0.1),
            "The terms are divided by k.": lambda: 0.9 + 0.81 + 0.729,
            "Powers of 1 - p, not of p.": lambda: float(truncated_log_loss(0.9, 3)),
        },
    ),
    "21-d": (
        lambda: _price(4, [0, 1]),
        {
            "That is g(4), its price without ties.": lambda: float(kl_price(4.0)),
            "That is KL the other way round.": lambda: float(
                rel_entr([0.5, 0.5], best_of_n_law([0.5, 0.5], [0.0, 1.0], 4)).sum()
            ),
            "log 2 is what it costs to be always right.": lambda: np.log(2),
        },
    ),
    "21-e": (
        lambda: _twins(1, 5),
        {
            "That is the limit of large K.": lambda: 0.5,
            "One of the two worlds alone.": lambda: 0.5**5,
            "That is n = 2, two draws a prompt.": lambda: _twins(2, 5),
        },
    ),
    "21-f": (
        lambda: float(forecast_lower(0.2, 30.0, 64, 128)),
        {
            "That is the largest: prompts solved always or never.": lambda: 0.2,
            "All prompts alike fail (fail@64)^(128/64), not half as often.": lambda: 0.1,
            "That is pass@128.": lambda: 0.96,
        },
    ),
}

WORKED = {
    "21-a":
        r"Theorem 1 with $c=1$, $u_0=1$; the asymptotic form is $0.1\,\Gamma(\frac32)=0.0886$. Exactly: "
        r"$M_{100}(\frac12,1)=\frac{\Gamma(3/2)\Gamma(101)}{\Gamma(101.5)}=0.0882921$.",
    "21-b":
        r"Theorem 4 with $u_0=1$, both halves with equality: $\mathrm{fail@}10000=0.2\cdot\frac{M_{10000}(0.3,1)}"
        r"{M_{64}(0.3,1)}=0.2\cdot0.2203755=0.0440751$.",
    "21-c":
        r"The whole sum is $\log10=2.303$; its first three terms are $0.9+\frac{0.81}2+\frac{0.729}3=1.548$.",
    "21-d":
        r"Wrong with probability $(\frac12)^4=\frac1{16}$; below $g(4)=0.636$ because of the ties: "
        r"$\frac1{16}\log\frac18+\frac{15}{16}\log\frac{15}8=-0.129965+0.589321=0.459356$.",
    "21-e":
        r"$n=1$: $p\in\{0,1\}$ with halves, $\mathrm{fail@}5=\frac12$; or $p=\frac12$, $\mathrm{fail@}5=\frac1{32}$. "
        r"The difference is $\frac{15}{32}=0.46875$.",
    "21-f":
        r"Jensen: $\mathbb E(1-p)^{128}\ge(\mathbb E(1-p)^{64})^2=0.04$, attained if all prompts are alike.",
}
"""The steps of every solution, Markdown; they end with the value."""

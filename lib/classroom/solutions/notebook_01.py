"""Solutions of notebook 01, computed by the library."""

import numpy as np

from covtheory.bounds.profile import coverage_from_hockey_stick, np_beta_upper
from covtheory.coverage import CoverageProfile, kl_positive_part, law_from_pmfs

GAP = CoverageProfile(law_from_pmfs([0.5, 0.25, 0.25], [0.25, 0.75, 0.0]))
TWO = CoverageProfile(law_from_pmfs([0.5, 0.5], [0.125, 0.875]))

ENTRIES = {
    "01-a": (
        lambda: float(GAP(2)),
        {
            "The first response has ratio exactly 2: ties count (>=, not >).": lambda: float(GAP(2 * (1 + 1e-9))),
            "The ratio of the second response is 1/3, not 3: data over model.": lambda: 1.0,
            "The response that the model cannot produce has ratio infinity and counts.": lambda: float(
                GAP(2) - GAP(np.inf)
            ),
        },
    ),
    "01-b": (
        lambda: float(GAP.hockey_stick(1.5)),
        {
            "That is the coverage at 3/2; subtract 3/2 times the model's mass.": lambda: float(GAP(1.5)),
            "That is E_1, the total variation; here the threshold is 3/2.": lambda: float(GAP.hockey_stick(1.0)),
            "The response with ratio infinity adds its whole mass.": lambda: float(
                GAP.hockey_stick(1.5) - GAP(np.inf)
            ),
        },
    ),
    "01-c": (
        lambda: float(coverage_from_hockey_stick(0.3, 2.0, 8.0)),
        {
            "E_2 is not an upper bound on Cov_8: divide by 1 - gamma/N.": lambda: 0.3,
            "The factor is 1 - gamma/N with both thresholds, not 1 - 1/gamma.": lambda: 0.3 / (1 - 1 / 2.0),
            "The factor is 1 - gamma/N, not 1 - 1/N.": lambda: float(coverage_from_hockey_stick(0.3, 1.0, 8.0)),
        },
    ),
    "01-d": (
        lambda: float(np_beta_upper(16.0, 0.2)),
        {
            "That is the bound for power 0.3; for power 0.2 randomise the test {r >= 16}.": lambda: float(
                np_beta_upper(16.0, 0.3)
            ),
            "1/N is the bound for power 1; scale it by the power.": lambda: float(np_beta_upper(16.0)),
            "That is the power; the model's mass on the event is N times smaller.": lambda: 0.2,
        },
    ),
    "01-e": (
        lambda: TWO.kl,
        {
            "That is the area of the upper tail; ratios below 1 subtract.": lambda: kl_positive_part(TWO.law),
            "That is in bits; the collection uses nats.": lambda: TWO.kl / np.log(2),
            "That is KL(pi || pi_D): the arguments are exchanged.": lambda: float(
                -np.sum(TWO.law.q * TWO.law.values)
            ),
        },
    ),
}

WORKED = {
    "01-a":
        r"The ratios data over model are $\frac12/\frac14=2$, $\frac14/\frac34=\frac13$ and $\frac14/0=\infty$. "
        r"Coverage adds the *data* mass of every response with $r\ge2$: the first sits exactly at the threshold "
        r"and counts, the third counts for every $N$. $\mathrm{Cov}_2=\frac12+\frac14=0.75$.",
    "01-b":
        r"$E_\gamma=\sum(\pi_D-\gamma\pi)_+$ at $\gamma=\frac32$, response by response: $\frac12-\frac38=0.125$; "
        r"$\frac14-\frac98<0$ gives 0; $\frac14-0=0.25$, the whole mass because the model has none there. The sum "
        r"is 0.375.",
    "01-c":
        r"Theorem 2 with $\gamma=2$, $N=8$: $\mathrm{Cov}_8\le E_2/(1-\frac28)$. It is attained: let data mass 0.4 "
        r"have ratio exactly 8 and the rest a ratio below 2; then $E_2=0.4\,(1-\frac28)=0.3$. So the largest value "
        r"is 0.3/0.75 = 0.4.",
    "01-d":
        r'The power 0.2 is at most $\mathrm{Cov}_{16}$, so Theorem 4(ii) applies with $\gamma=16$: say "data" on '
        r"$\{r\ge16\}$ with probability $0.2/0.3$. The model's mass there is at most $\mathrm{Cov}_{16}/16$, so "
        r"the false-alarm rate is at most $0.2/16$, with equality if $r=16$ on the whole event: 0.0125.",
    "01-e":
        r"The ratios are 4 and $\frac47$, each with data mass $\frac12$, and no model mass is wasted. Upper tail: "
        r"$\frac12\int_1^4\frac{u-1}{u^2}du=\frac12(\log4-1+\frac14)=0.318147$. Lower tail: "
        r"$\frac12\int_{4/7}^1\frac{1-u}{u^2}du=\frac12(\log\frac47-1+\frac74)=0.095192$. Directly, "
        r"$\frac12\log4+\frac12\log\frac47$ gives the same 0.413339.",
}
"""The steps of every solution, Markdown; they end with the value."""

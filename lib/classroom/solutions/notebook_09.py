"""Solutions of notebook 09, computed by the library."""

import numpy as np

from covtheory.bounds.one_pass import normalized_coverage, normalized_stopped
from covtheory.learners.normalized_sgd import paper_hyperparameters

ETA, LAM = paper_hyperparameters(40.0, 0.0, 1, 16.0)
SETTING = (1, 16.0, 1 / 32, 2 * np.log(16.0))


def _length(size: float, eta: float, lam: float) -> float:
    return eta * size / (lam + size)


ENTRIES = {
    "09-a": (
        lambda: LAM,
        {
            "That is log N/η; divide by 16.": lambda: 16 * LAM,
            "That is the least λ of Theorem 1, 2 B log N.": lambda: 2 * 40 * np.log(16),
            "That is 1/η.": lambda: 1 / ETA,
        },
    ),
    "09-b": (
        lambda: _length(600.0, 1 / 1280, 200.0),
        {
            "λ is missing: the step is shorter than η.": lambda: _length(600.0, 1 / 1280, 0.0),
            "That is clipping at λ, not normalisation.": lambda: _length(600.0, 1 / 1280, 200.0) * 200 / 600,
            "The norm is missing in the denominator.": lambda: 600 / 1280 / 200,
        },
    ),
    "09-c": (
        lambda: 100 * float(normalized_coverage(0.0, 1.0, 1, *SETTING)),
        {
            "That is min(J, log N); turn it into coverage with 1/(log N - 1 + 1/N) + 1/log N.": lambda: 100
            * float(normalized_stopped(0.0, 1.0, 1, *SETTING)),
            "w₀ = 4 is missing: the start may be at distance 2.": lambda: 25
            * float(normalized_coverage(0.0, 1.0, 1, *SETTING)),
            "That is for an average coverage of one.": lambda: float(normalized_coverage(0.0, 1.0, 1, *SETTING)),
        },
    ),
    "09-d": (
        lambda: 8 * 100 * 0.1 * 0.9 / (4 * 50**2),
        {
            "Divide by K = 4.": lambda: 8 * 100 * 0.1 * 0.9 / 50**2,
            "Eight tokens: multiply by H.": lambda: 100 * 0.1 * 0.9 / (4 * 50**2),
            "That is the mean square of the noise of the batch; divide by λ².": lambda: 8 * 9.0 / 4,
            "The noise has variance p(1 - p), not p.": lambda: 8 * 100 * 0.1 / (4 * 50**2),
        },
    ),
}

WORKED = {
    "09-a":
        r"With $\sigma_\star=0$ the second entry of the minimum is infinite, so $\eta=\frac1{128B}=\frac1{5120}$. "
        r"$\lambda=\frac{\log N}{16\eta}=2.772589\cdot5120/16=887.228$.",
    "09-b":
        r"The step has length "
        r"$\eta\frac{\|g\|}{\lambda+\|g\|}=\frac1{1280}\cdot\frac{600}{800}=0.75/1280=0.000585938$.",
    "09-c":
        r"Without noise only the first term is left: $\frac{3.2\,\lambda w_0}{\eta "
        r"T}=3.2\cdot5.545177\cdot4\cdot32/T=2271.30/T$. The price for coverage is "
        r"$\frac1{L-1+1/N}+\frac1L=0.544933+0.360674=0.905607$. $2271.30\cdot0.905607/T=0.01$ at $T=205691$.",
    "09-d":
        r"$\sigma_\star^2$ adds the variances of eight tokens with feature $10y$: $8\cdot100\cdot0.1\cdot0.9=72$. "
        r"Theorem 2: $\frac{\sigma_\star^2}{K\lambda^2}=72/(4\cdot2500)=0.0072$.",
}
"""The steps of every solution, Markdown; they end with the value."""

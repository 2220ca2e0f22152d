"""Solutions of notebook 18, computed by the library."""

import numpy as np
from scipy.stats import norm

from covtheory.certificates.band_limited import majorant, minorant


def _normal_threshold(mean: float, spread: float, target: float) -> float:
    return mean + spread * float(norm.isf(target))


def _silent_radius(kappa: float, sd: float) -> float:
    return float((np.pi / 2 - np.arccos(np.exp(-kappa))) / sd)


ENTRIES = {
    "18-a": (
        lambda: float(majorant(0.0, 1, np.log(4))),
        {
            "That is the minorant T - F; with K = 1 the two constants differ by one.": lambda: float(
                minorant(0.0, 1, np.log(4))
            ),
            "g jumps to 1, but the translates to the left add to it: sum the geometric series.": lambda: 1.0,
        },
    ),
    "18-b": (
        lambda: 0.3 * 20 / 1e-4,
        {
            "Multiply by the period: the kernel has width L/K, in nats.": lambda: 0.3 / 1e-4,
            "The gap is theta L / K: a larger tilt costs more frequencies, not fewer.": lambda: 20 / 0.3 / 1e-4,
        },
    ),
    "18-c": (
        lambda: _silent_radius(30 / 1000, 0.5),
        {
            "One factor need only be below e^{-30/H}: the modulus is raised to the power H.": lambda: (
                _silent_radius(30, 0.5)
            ),
            "That angle is in degrees; derivatives of cosines want radians.": lambda: float(
                np.degrees(_silent_radius(30 / 1000, 0.5))
            ),
            "Divide the angle by sigma: arccos|phi| moves by at most sigma per unit of frequency.": lambda: (
                _silent_radius(30 / 1000, 1.0)
            ),
        },
    ),
    "18-d": (
        lambda: _normal_threshold(4.0, np.sqrt(8.0), 1e-3),
        {
            "That is the mean HD, where coverage is one half.": lambda: 4.0,
            "HV is a variance; its root is the unit of deviations.": lambda: _normal_threshold(4.0, 8.0, 1e-3),
            "That is the lower tail: Cov_N = 1 - 0.001.": lambda: _normal_threshold(4.0, np.sqrt(8.0), 1 - 1e-3),
        },
    ),
}

WORKED = {
    "18-a":
        r"With $K=1$ only the constant frequency is left, and $T(0)=G(0)=c$. "
        r"$c=1/(1-e^{-\lambda})=1/(1-\frac14)=1.33333$.",
    "18-b":
        r"The relative gap is about $\theta L/K$: $0.3\cdot20/K=10^{-4}$. So $K=6/10^{-4}=60000$.",
    "18-c":
        r"$|\phi|^H\le e^{-30}$ needs $|\phi|\le e^{-0.03}=0.970446$. At $u_0$ the angle $\arccos|\phi|$ is "
        r"$\frac\pi2$; it falls by at most $\sigma$ per unit, so $|\phi|\le\cos(\frac\pi2-\sigma d)=\sin(\sigma "
        r"d)$. $\sigma d=\arcsin0.970446=1.327070$, $d=1.327070/0.5=2.65414$.",
    "18-d":
        r"$\log N=HD+\sqrt{HV}\,Q^{-1}(\varepsilon)$ with $Q^{-1}(10^{-3})=3.090232$: "
        r"$4+2.828427\cdot3.090232=12.7405$.",
}
"""The steps of every solution, Markdown; they end with the value."""

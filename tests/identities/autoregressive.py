"""Notebook 06: autoregressive linear models."""

from mpmath import e, exp, log, mpf, sqrt

from covtheory.bounds import autoregressive
from identities.table import Row, least, most, plus
from identities.two_scale import T1

MODEL = {"d": [3, 40], "B": [1.5, 0.7], "H": [8, 100]}
POSITIVE = {"B": "(0, inf)"}
MODELLED = {"d": "[1, inf)", "H": "[1, inf)", **POSITIVE}
G = 2 * (sqrt(e) - 1)


def log_cover(d, B, H, alpha):
    """Lemmas 1 and 2 together."""
    return mpf(0) if alpha >= 2 * B * H else d * log(plus(1, 4 * B * H / alpha))


def best_eps(d, B, H, n, s):
    """The positive root of ``eps (eps + a) = d a/(s n)``."""
    a = 4 * B * H
    return (sqrt(plus(a**2, 4 * d * a / (s * n))) - a) / 2


def corollary(d, B, H, n, N, delta, gap):
    """The two-scale theorem with the default constants and this cover."""
    eps, half = best_eps(d, B, H, n, mpf(1) / 2), mpf(1) / 2
    fine, coarse = T1(N, n, delta, log_cover(d, B, H, eps), log_cover(d, B, H, log(N) / 4), eps, half, half / 2,
                      mpf(1), gap / n)
    return fine + coarse


def stopped_kl(sigma_sq, B, n, A, reach):
    """The theorem at its smoothing variance."""
    v = least(1 / (4 * B**2), reach * sqrt(A / (G * n * sigma_sq)))
    terms = plus(plus(1, 4 * G * B**2 * v) * reach * sqrt(sigma_sq / n), G * v * sigma_sq, A * reach**2 / (n * v))
    return terms / (1 - exp(-1))


def over_grid(sigma_sq, B, n, N, reach):
    """The least over the library's grid of A, given as multiples of log N."""
    price = plus(log(N), mpf(-1), 1 / N)
    grid = [log(N) * mpf(c) for c in ("0.25", "0.5", "0.7", "1", "1.4", "2", "4")]
    bounds = [plus(1 / A, 1 / price) * stopped_kl(sigma_sq, B, n, A, reach) for A in grid]
    return min(least(*bounds[:5]), *bounds[5:])  # a search finds no instance where A > 1.4 log N is the best


ROWS = [
    Row(autoregressive.sup_log_distance, "06 Lemma 1", lambda distance, B, H: 2 * B * H * distance,
        at={"distance": [0.1, 0.7], "B": MODEL["B"], "H": MODEL["H"]},
        domain={"distance": "[0, inf)", **POSITIVE, "H": "[1, inf)"}),
    Row(autoregressive.log_cover, "06 Lemma 2", log_cover, at={**MODEL, "alpha": [5.0, 90.0]},
        domain=MODELLED, also={"alpha": [23.99, 24.0, 24.01, 100.0]}, refused=(("alpha", {"alpha": -0.1}),)),
    Row(autoregressive.log_cover_lower, "06, the log H is real", lambda B, H, alpha: most(log(B * H / alpha), 0),
        at={"B": MODEL["B"], "H": MODEL["H"], "alpha": [5.0, 90.0]},
        domain={**POSITIVE, "H": "[1, inf)", "alpha": "(0, inf)"}),
    Row(autoregressive.fine_scale, "06 Corollary", best_eps,
        at={"d": [3, 40], "B": [0.3, 0.7], "H": [2, 5], "n": [9, 30], "s": [0.3, 0.8]}, default={"s": 0.5},
        domain={**MODELLED, "n": "[1, inf)", "s": "(0, 1)"}),
    Row(autoregressive.ar_linear_coverage, "06 Corollary", corollary,
        at={"d": [3, 4, 4], "B": [0.3, 0.4, 0.4], "H": [2, 5, 3], "n": [9, 30, 20], "N": [300.0, 1e4, 1e3],
            "delta": [0.05, 0.4, None], "gap": [20.0, 30.0, 15.0]}, scalar=("delta",),
        default={"gap": 0.0, "delta": None},
        domain={**MODELLED, "n": "[1, inf)", "delta": "(0, 1)", "N": "(16, inf)", "gap": "[0, inf)"}),
    Row(autoregressive.inherent_variance_bound, "06 (Eq. 8 of the paper)", lambda B, H: B**2 * H,
        at={"B": MODEL["B"], "H": MODEL["H"]}, domain={**POSITIVE, "H": "[1, inf)"}),
    Row(autoregressive.training_kl, "06 Step 1", lambda sigma_sq, n, reach: reach * sqrt(sigma_sq / n),
        at={"sigma_sq": [4.0, 0.3], "n": [70, 5], "reach": [1.3, 0.6]}, default={"reach": 2.0},
        domain={"sigma_sq": "[0, inf)", "n": "[1, inf)", "reach": "(0, inf)"}),
    Row(autoregressive.stopped_kl_bound, "06 Theorem (dimension-free)", stopped_kl,
        at={"sigma_sq": [0.4, 30.0], "B": [1.1, 0.5], "n": [50, 900], "A": [3.0, 7.0], "reach": [1.3, 0.6]},
        default={"reach": 2.0},
        domain={"sigma_sq": "[0, inf)", **POSITIVE, "n": "[1, inf)", "A": "(0, inf)", "reach": "(0, inf)"}),
    Row(autoregressive.dimension_free_coverage, "06 Theorem (dimension-free), coverage", over_grid,
        at={"sigma_sq": [0.4, 0.001, 0.004, 1.0, 0.02, 0.02], "B": [0.7, 3.0, 1.0, 2.0, 0.1, 3.0],
            "n": [50, 10, 20000, 5000, 10, 300000], "N": [20.0, 1.2e7, 1.8, 8.5e7, 3.5e5, 500.0],
            "reach": [1.3, 1.9, 1.0, 1.9, 1.9, 1.0]}, default={"reach": 2.0},
        domain={"sigma_sq": "[0, inf)", **POSITIVE, "n": "[1, inf)", "N": "(1, inf)", "reach": "(0, inf)"}),
    Row(autoregressive.dimension_free_coverage_simple, "06 Theorem (dimension-free), N >= 8",
        lambda sigma_sq, B, n, N: plus(34 * sqrt(sigma_sq / (n * log(N))), 70 * B**2 / n),
        at={"sigma_sq": [4.0, 0.3], "B": [0.7, 0.2], "n": [50, 9], "N": [20.0, 1e6]},
        domain={"sigma_sq": "[0, inf)", **POSITIVE, "n": "[1, inf)", "N": "[8, inf)"}),
    Row(autoregressive.signs_lower, "06 Theorem (every learner)",
        lambda m_0, tail, eta, n: least(m_0 / n, 1) / 2 * most(plus(tail, -exp(-eta)), mpf(0)),
        at={"m_0": [4, 3, 20], "tail": [0.75, 0.1, 0.9], "eta": [1.4, 0.5, 0.9], "n": [100, 9, 10]},
        domain={"m_0": "[0, inf)", "tail": "[0, 1]", "eta": "(0, inf)", "n": "[1, inf)"}),
    Row(autoregressive.length_lower, "06 Theorem (every learner), all H",
        lambda H, n, N: mpf(4) / 1000 * H / (n * log(N)),
        at={"H": [2048, 9000], "n": [10**4, 9000], "N": [16.0, 1e9]}, domain={"N": "[16, inf)"},
        also={"H": [float(420 * log(16)) * (1 + 1e-12)], "n": [2048]},
        refused=(("H", {"H": 1164.0}), ("H", {"N": 150.0}), ("H", {"n": 2047}), ("n", {"n": 0.5}))),
]

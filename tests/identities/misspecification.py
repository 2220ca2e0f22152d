"""Notebook 07: no model is the data policy."""

from mpmath import binomial, exp, log, mpf

from covtheory.bounds import misspecification
from identities.divergences import phi
from identities.table import Row, least, most, plus


def kappa(alpha):
    """KL(Ber(1/2) || Ber(e^-alpha/2)) by its sum."""
    return plus(log(exp(alpha)), -log(2 - exp(-alpha))) / 2


def theorem_3(N, n, delta, log_K, log_N_inf, scale, comparator, N_prime, eps, gap, theta):
    """Theorem 3: comparator, fine and coarse term."""
    M = exp(-2 * scale) * N / N_prime
    F = plus(plus(log(2), log_K, log(1 / delta)) / n, eps)
    fine = theta * least(plus(1, gap) / M, plus(F, gap) / plus(M, mpf(-1), -log(M)))
    coarse = plus(log(2), log_N_inf, log(1 / delta)) / n
    return comparator, fine / (1 - exp(-theta)), coarse / (1 - exp(-theta))


ROWS = [
    Row(misspecification.coin_divergence, "07 Theorem 1", kappa, at={"alpha": [0.7, 1.5, 1e-4]},
        domain={"alpha": "[0, inf)"}),
    Row(misspecification.printed_mass, "07 Theorem 1 (iii), printed", lambda alpha, log_M: alpha**2 / (32 * log_M),
        at={"alpha": [0.7, 0.2], "log_M": [4.0, 1.3]}, domain={"alpha": "[0, 1]", "log_M": "(0, inf)"}),
    Row(misspecification.largest_mass, "07 Theorem 1 (iii)",
        lambda alpha, log_M: kappa(alpha) / plus(kappa(alpha), log_M),
        at={"alpha": [0.9, 0.7], "log_M": [1.2, 2.3]}, domain={"alpha": "[0, 1]", "log_M": "(0, inf)"}),
    Row(misspecification.selection_floor, "07 Theorem 1 (ii)",
        lambda alpha, log_M, p: most(plus(mpf(1), -p * plus(kappa(alpha), log_M) / (2 * kappa(alpha))), mpf(0)) / 2,
        at={"alpha": [0.9, 0.7], "log_M": [1.2, 2.3], "p": [0.1, 0.9]},
        domain={"log_M": "(0, inf)", "p": "[0, 1]"}, refused=(("alpha", {"alpha": 1.01}), ("alpha", {"alpha": -0.01}))),
    Row(misspecification.finite_misspecified, "07 Theorem 2 (a)",
        lambda N, n, delta, size, kappa, s:
        most(plus(s * kappa, plus(log(size), log(1 / delta)) / n), mpf(0)) / phi(s, N),
        at={"N": [5.0, 40.0, 5.0], "n": [50, 9, 900], "delta": [0.05, 0.4, 0.5], "size": [20.0, 3.0, 2.0],
            "kappa": [0.3, 1.1, -0.9], "s": [0.3, 0.8, 0.6]}, default={"s": 0.5},
        domain={"N": "(1, inf)", "n": "[1, inf)", "delta": "(0, 1)", "size": "[1, inf)", "s": "(0, 1)"}),
    Row(misspecification.comparator_excess, "07 Theorem 2 (c)",
        lambda renyi, order, n, delta: plus(renyi, log(1 / delta) / (plus(order, mpf(-1)) * n)),
        at={"renyi": [0.1, 0.7], "order": [1.5, 3.0], "n": [50, 9], "delta": [0.05, 0.4]},
        domain={"renyi": "[0, inf)", "order": "(1, inf)", "n": "[1, inf)", "delta": "(0, 1)"}),
    Row(misspecification.convex_misspecified, "07 Theorem 3", theorem_3,
        at={"N": [60.0, 500.0], "n": [50, 9], "delta": [0.05, 0.4], "log_K": [3.0, 1.0], "log_N_inf": [2.0, 4.0],
            "scale": [0.4, 0.9], "comparator": [0.03, 0.2], "N_prime": [6.0, 30.0], "eps": [0.05, 3.0],
            "gap": [0.07, 0.3], "theta": [0.7, 2.0]},
        default={"comparator": 0.0, "N_prime": 1.0, "eps": 0.0, "gap": 0.0, "theta": 1.0},
        domain={"n": "[1, inf)", "delta": "(0, 1)", "log_K": "[0, inf)", "log_N_inf": "[0, inf)", "scale": "[0, inf)",
                "comparator": "[0, 1]", "N_prime": "[1, inf)", "eps": "[0, inf)", "gap": "[0, inf)",
                "theta": "(0, inf)"},
        refused=(("N", {"N": 13.35}), ("N", {"N": 6.0, "scale": 0.0}), ("N", {"N": 0.9}))),
    Row(misspecification.mixture_cover, "07 Theorem 3 (a cover of mixtures)",
        lambda k, grid: (log(plus(1, (k - 1) / grid)), log(binomial(grid + 2 * k - 2, k - 1))),
        at={"k": [2, 5, 3, 1], "grid": [9, 4, 1, 3]}, scalar=("k",), domain={"grid": "[1, inf)"},
        refused=(("k", {"k": 1.5}), ("k", {"k": 0}))),
]

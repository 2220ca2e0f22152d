"""Notebook 04: maximum likelihood, classically."""

from mpmath import ceil, e, exp, inf, log, mpf, sqrt

from covtheory.bounds import classical, estimators
from identities.table import Row, most, plus

CLASS = {"size": [100.0, 7.0], "n": [50, 9], "delta": [0.05, 0.4]}
DOMAIN = {"size": "[1, inf)", "n": "[1, inf)", "delta": "(0, 1]"}
ABOVE_ONE = "(1, inf)"
N = [4.0, 1.3]


def h(x):
    """The rate of Chernoff's inequality."""
    return plus(mpf(1), -x, x * log(x))


def phi_star(N):
    """The largest price over orders."""
    return h((1 - 1 / N) / log(N)) if inf > N else mpf(1)


def loss(size, n, delta):
    """``log(size/delta)/n``."""
    return plus(log(size), log(1 / delta)) / n


def survive(size, n, delta):
    """``(delta/size)^(1/n)``."""
    return (delta / size) ** (1 / n)


def rare_contexts(m, n, N, B, mu):
    """``m mu (1-mu)^n`` unseen mass, of which all but ceil(N) - 1 of B labels are missed."""
    mu = 1 / n if mu is None else mu
    return m * mu * (1 - mu) ** n * most(1 - (ceil(N) - 1) / B, mpf(0))


ROWS = [
    Row(classical.phi_star, "04 Theorem 2", phi_star, at={"N": [16.0, 1.01, 1.0001, 1e9]}, domain={"N": ABOVE_ONE},
        also={"N": [float("inf")]}, rtol=1e-10),
    Row(classical.s_star, "04 Theorem 2", lambda N: -log((1 - 1 / N) / log(N)) / log(N),
        at={"N": [16.0, 1.3, 1e9]}, domain={"N": ABOVE_ONE}),
    Row(classical.mle_hellinger, "04 Theorem 1, second form", lambda size, n, delta: 2 * loss(size, n, delta),
        at=CLASS, domain=DOMAIN),
    Row(classical.mle_hellinger_sharp, "04 Theorem 1", lambda size, n, delta: 2 * (1 - survive(size, n, delta)),
        at=CLASS, domain=DOMAIN),
    Row(classical.mle_hellinger_mean, "04 Theorem 1, mean", lambda size, n: 2 * plus(1, log(size)) / n,
        at={k: CLASS[k] for k in ("size", "n")}, domain={k: DOMAIN[k] for k in ("size", "n")}),
    Row(classical.mle_renyi, "04 Theorem 2 (proof), order 1 - s", lambda size, n, delta, s: loss(size, n, delta) / s,
        at={**CLASS, "s": [0.3, 0.8]}, domain={**DOMAIN, "s": "(0, 1)"}),
    Row(classical.mle_coverage, "04 Theorem 2, second form",
        lambda size, n, delta, N: loss(size, n, delta) / phi_star(N),
        at={**CLASS, "N": N}, domain={**DOMAIN, "N": ABOVE_ONE}, also={"N": [float("inf")]}, rtol=1e-10),
    Row(classical.mle_coverage_sharp, "04 Theorem 2",
        lambda size, n, delta, N: (1 - survive(size, n, delta)) / phi_star(N),
        at={**CLASS, "N": N}, domain={**DOMAIN, "N": ABOVE_ONE}, also={"N": [float("inf")]}, rtol=1e-10),
    Row(classical.mle_coverage_mean, "04 Theorem 2, mean", lambda size, n, N: plus(1, log(size)) / (n * phi_star(N)),
        at={"size": CLASS["size"], "n": CLASS["n"], "N": N},
        domain={"size": "[1, inf)", "n": "[1, inf)", "N": ABOVE_ONE}, rtol=1e-10),
    Row(classical.mle_kl, "04 Theorem 4 (i)",
        lambda size, n, delta, W_max: 2 * plus(mpf(2), log(W_max)) * loss(size, n, delta),
        at={**CLASS, "W_max": [9.0, 2.0]}, domain={**DOMAIN, "W_max": "[1, inf)"}),
    Row(classical.mle_hellinger_brackets, "04 Theorem 10 (i)",
        lambda size, n, delta, eta: plus(sqrt(plus(2 * loss(size, n, delta), eta)), sqrt(eta)) ** 2,
        at={**CLASS, "eta": [0.07, 0.3]}, domain={**DOMAIN, "eta": "[0, inf)"}),
    Row(classical.mle_hellinger_cover, "04 Theorem 10 (ii)",
        lambda size, n, delta, eps: 2 * (1 - exp(-plus(loss(size, n, delta), eps))),
        at={**CLASS, "eps": [0.07, 0.3]}, domain={**DOMAIN, "eps": "[0, inf)"}),
    Row(classical.mixture_coverage, "04 Theorem 7", lambda size, n, N: log(size) / (n * plus(log(N), mpf(-1), 1 / N)),
        at={"size": CLASS["size"], "n": CLASS["n"], "N": N},
        domain={"size": "[1, inf)", "n": "[1, inf)", "N": ABOVE_ONE}, rtol=1e-10),
    Row(estimators.proper_lower, "04 Theorem 8, q = c/K",
        lambda K, n, c: plus(mpf(1), -(1 - (1 - c / K) ** K) / c) * (1 - (c / K) ** (1 / n)),
        at={"K": [5.0, 40.0], "n": [3, 100], "c": [1.7, 3.0]}, default={"c": 1.0},
        domain={"K": "[2, inf)", "n": "[1, inf)", "c": "(0, inf)"}, refused=(("c/K", {"c": 5.0}),)),
    Row(estimators.any_lower, "04 Theorem 9",
        rare_contexts,
        at={"m": [7, 3, 2, 2], "n": [20, 5, 9, 9], "N": [4.0, 2.5, 30.0, 1.0], "B": [11, 6, 10, 5],
            "mu": [0.03, 0.3, 0.2, None]}, scalar=("mu",), default={"mu": None},
        domain={"m": "[1, inf)", "n": "[1, inf)", "N": "[1, inf)", "B": "[1, inf)", "mu": "[0, inf)"},
        refused=(("m mu", {"mu": 0.1429}),)),
    Row(classical.bernoulli_coverage, "04 Theorem 5",
        lambda n, delta, N: plus(log(2), log(1 / delta)) / (n * (h(1 / N) if inf > N else 1)),
        at={"n": [50, 9], "delta": [0.05, 0.4], "N": [4.0, 1.3]}, also={"N": [float("inf")]},
        domain={"n": "[1, inf)", "delta": "(0, 1]", "N": ABOVE_ONE}),
    Row(classical.missing_mass_mean, "04 Theorem 6 (i)", lambda V, n: V / (e * n),
        at={"V": [10.0, 3.0], "n": [70, 2]}, domain={"V": "[1, inf)", "n": "[1, inf)"}),
    Row(estimators.change_of_measure, "04, change of measure (Lemma A.11)",
        lambda mean_Q, D_H2, R: plus(3 * mean_Q, 4 * R * D_H2),
        at={"mean_Q": [0.1, 1.2], "D_H2": [0.05, 0.3], "R": [2.5, 4.0]}, default={"R": 1.0},
        domain={"mean_Q": "[0, inf)", "D_H2": "[0, 2]", "R": "[0, inf)"}),
    Row(estimators.change_of_measure_sharp, "04, change of measure",
        lambda mean_Q, D_H2, R: plus(3 * mean_Q, 3 * R * D_H2 / 2),
        at={"mean_Q": [0.1, 1.2], "D_H2": [0.05, 0.3], "R": [2.5, 4.0]}, default={"R": 1.0},
        domain={"mean_Q": "[0, inf)", "D_H2": "[0, 2]", "R": "[0, inf)"}),
    Row(estimators.change_of_measure_coverage, "04, change of measure",
        lambda D_H2, N: 3 * D_H2 / (2 * plus(mpf(1), -3 / N)),
        at={"D_H2": [0.1, 1.4], "N": [5.0, 40.0]}, domain={"D_H2": "[0, 2]", "N": "(3, inf)"}),
    Row(estimators.online_hellinger, "04, online to Hellinger (Lemma A.14)",
        lambda regret, delta: plus(regret, 2 * log(1 / delta)),
        at={"regret": [1.5, -0.4], "delta": [0.1, 0.6]}, domain={"delta": "(0, 1]"}),
]

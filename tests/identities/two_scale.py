"""Notebook 19: the two-scale theorem and its relatives."""

from mpmath import exp, factorial, lambertw, log, mpf

from covtheory.bounds import chain, two_scale, two_scale_best, two_scale_variants
from identities.table import Row, least, most, plus

SAMPLE = {"n": [50, 9, 400], "delta": [0.05, 0.4, None]}
NETS = {"log_K": [7.0, 2.0, 5.0], "log_N_inf": [3.0, 1.5, 6.0]}
SAMPLED = {"n": "[1, inf)", "delta": "(0, 1)"}
NETTED = {"log_K": "[0, inf)", "log_N_inf": "[0, inf)"}


def log_inverse(delta):
    """``log(1/delta)``, and one where the bound is on the expectation."""
    return mpf(1) if delta is None else log(1 / delta)


def m(s):
    """Least truncation."""
    return log(1 / (1 - s)) / s


def excess(log_K, n, delta, eps, s):
    """F of Lemma 2 with the whole of delta."""
    return plus(plus(log_K, log_inverse(delta)) / (s * n), eps)


def T1(N, n, delta, log_K, log_N_inf, eps, s, c, theta, kappa):
    """Theorem T1: the fine and the coarse term."""
    F = plus(excess(log_K + log(2), n, delta, eps, s), kappa)
    noise = plus(log(2), log_N_inf, log_inverse(delta)) / n
    return theta * F / plus((1 - 2 * c) * log(N), -m(s)) / (1 - exp(-theta)), noise / (1 - exp(-theta))


def event(B, C):
    """Largest probability of an event with at most B n hits, by Lambert's function."""
    return C if B == 0 else B if C == 0 else -B * lambertw(-exp(-1 - C / B), -1).real


def best(N, n, delta, log_K, log_N_inf, rho, eps, kappa):
    """Theorem T1 with its best constants."""
    L = plus(log(N), -2 * rho)
    hits = plus(plus(log_K, log(2), log_inverse(delta)) / n, (1 - 1 / L) * plus(eps, kappa)) / price(L)
    return event(hits, plus(log(2), log_N_inf, log_inverse(delta)) / n)


def price(L):
    """What the likelihood pays."""
    return plus(L, mpf(-1), -log(L))


def T2(N, n, delta, log_K, radii, log_sizes, eps, s, theta, kappa):
    """Theorem T2: the best of the nets."""
    F = plus(excess(log_K + log(2), n, delta, eps, s), kappa)
    valid = [(rho, size) for rho, size in zip(radii, log_sizes, strict=True) if log(N) - 2 * rho - m(s) > 0]
    terms = [theta * F / plus(log(N), -2 * rho, -m(s)) + plus(size, log(2 * len(radii)), log_inverse(delta)) / n
             for rho, size in valid]
    return min(terms) / (1 - exp(-theta))


def area(T, n, delta, log_K, log_N_inf, rho, eps, s, theta, kappa):
    """Theorem A."""
    F = plus(excess(log_K + log(2), n, delta, eps, s), kappa)
    noise = plus(log_N_inf, log(2), log_inverse(delta)) / n
    return plus(theta * F, most(plus(T, -m(s), -2 * rho), mpf(0)) * noise) / (1 - exp(-theta))


def T3(regret, n, N, delta, lam):
    """Theorem T3; without ``lam`` the average over rounds."""
    L = log(N / lam) if lam else log(N)
    hits = plus((1 - 1 / L) * regret, log(2 / delta)) / (n * price(L))
    return event(hits, log(2 / delta) / n) * (lam / (lam - 1) if lam else 1)


def convex(N, n, delta, log_K, log_N_inf, rho, eps):
    """Theorem C."""
    M = N * exp(-2 * rho)
    F = plus(plus(log_K, log(2), log_inverse(delta)) / n, eps)
    hits = least(1 / M, F / plus(M, mpf(-1), -log(M)))
    return event(hits, plus(log_N_inf, log(2), log_inverse(delta)) / n)


def paper(N, n, delta, log_K, log_N_inf, eps, c):
    """Props H.1 and H.2 with their constants: each event with delta/2, that of H.2 with a further factor 2."""
    L = log_inverse(delta)
    training = 2 * plus(log(2), L, log_K, n * eps) / n
    return 2 * training / plus((1 - 2 * c) * log(N), -log(4)), 16 * plus(log_N_inf, log(4), L) / n


def crossing(n, theta, x):
    """P[some u has n (1 - e^-theta) u >= theta #{U <= u} + x], over the order statistics in exact arithmetic."""
    n = int(n)
    walls = [min((x + theta * k) / (n * (1 - exp(-theta))), mpf(1)) for k in range(n)]  # U_(k+1) below wall of k
    inner = [mpf(1)]  # polynomial in the variable before
    for wall in reversed(walls):
        rising = [mpf(0)] + [coefficient / (i + 1) for i, coefficient in enumerate(inner)]
        inner = [sum(c * wall**i for i, c in enumerate(rising)) - rising[0]] + [-c for c in rising[1:]]
    return 1 - factorial(n) * inner[0]


ROWS = [
    Row(two_scale.truncation_level, "19 Lemma 1", m, at={"s": [0.5, 0.2, 0.9]}, domain={"s": "(0, 1)"}),
    Row(two_scale.truncated_mgf, "19 Lemma 1",
        lambda p_m, s, m: plus(mpf(1), -p_m * (plus(1, -s, -exp(-s * m)) if m else 0)),
        at={"p_m": [0.5, 0.3, 0.4], "s": [0.5, 0.2, 0.8], "m": [1.7, 2.5, None]}, scalar=("m",), default={"m": None},
        domain={"p_m": "[0, 1]", "s": "(0, inf)"}, refused=(("m", {"m": 1.386}),)),
    Row(two_scale.training_excess, "19 Lemma 2", excess,
        at={"log_K": NETS["log_K"], **SAMPLE, "eps": [0.1, 0.4, 0.02], "s": [0.3, 0.8, 0.5]}, scalar=("delta",),
        default={"eps": 0.0, "s": 0.5},
        domain={"log_K": "[0, inf)", **SAMPLED, "eps": "[0, inf)"}, also={"s": [1.0]},
        refused=(("s", {"s": -0.01}), ("s", {"s": 1.01}))),
    Row(two_scale.training_coverage, "19 Lemma 2", lambda F, t, s, kappa: most(plus(F, kappa), mpf(0)) / plus(t, -m(s)),
        at={"F": [0.1, 0.3, 0.1], "t": [2.0, 5.0, 3.0], "s": [0.3, 0.8, 0.5], "kappa": [0.05, 0.2, -0.4]},
        default={"s": 0.5, "kappa": 0.0}, domain={"s": "(0, inf)"},
        refused=(("t", {"t": 1.18891}),)),
    Row(two_scale.relative_chernoff, "19 Lemma 3",
        lambda hit_fraction, log_K, n, delta, theta:
        plus(theta * hit_fraction, plus(log_K, log_inverse(delta)) / n) / (1 - exp(-theta)),
        at={"hit_fraction": [0.1, 0.3, 0.02], "log_K": NETS["log_K"], **SAMPLE, "theta": [0.7, 2.0, 0.3]},
        scalar=("delta",), default={"theta": 1.0},
        domain={"hit_fraction": "[0, 1]", "log_K": "[0, inf)", **SAMPLED, "theta": "(0, inf)"}),
    Row(two_scale.coefficients, "19 Theorem T1",
        lambda N, s, c, theta: (theta / (s * plus((1 - 2 * c) * log(N), -m(s))) / (1 - exp(-theta)),
                                1 / (1 - exp(-theta))),
        at={"N": [1e4, 300.0], "s": [0.3, 0.8], "c": [0.15, 0.1], "theta": [0.7, 2.0]},
        default={"s": 0.5, "c": 0.25, "theta": 1.0}, domain={"s": "(0, inf)", "c": "(0, inf)", "theta": "(0, inf)"},
        refused=(("N", {"N": 0.9}), ("N", {"N": 16.0, "s": 0.5, "c": 0.25}), ("N", {"N": 5.46}), ("c", {"c": 0.5}),
                 ("s", {"s": 1.0}))),
    Row(two_scale.two_scale, "19 Theorem T1", T1,
        at={"N": [1e4, 300.0, 1e6], **SAMPLE, **NETS, "eps": [0.2, 0.7, 0.03], "s": [0.3, 0.8, 0.5],
            "c": [0.15, 0.1, 0.2], "theta": [0.7, 2.0, 0.4], "kappa": [0.1, 0.3, 0.02]}, scalar=("delta",),
        default={"eps": 0.0, "s": 0.5, "c": 0.25, "theta": 1.0, "kappa": 0.0},
        domain={**SAMPLED, **NETTED, "eps": "[0, inf)", "kappa": "[0, inf)", "theta": "(0, inf)"},
        refused=(("N", {"N": 5.46}), ("c", {"c": 0.5}), ("s", {"s": 1.0}))),
    Row(two_scale.two_scale_paper, "19 Theorem T1 by the paper's proof", paper,
        at={"N": [1e4, 300.0], "n": SAMPLE["n"][:2], "delta": SAMPLE["delta"][:2], "log_K": [1.5, 0.8],
            "log_N_inf": NETS["log_N_inf"][:2], "eps": [0.02, 0.3], "c": [0.15, 0.1]}, default={"eps": 0.0, "c": 0.25},
        domain={**SAMPLED, **NETTED, "eps": "[0, inf)"},
        refused=(("N", {"N": 7.24}), ("N", {"N": 16.0, "c": 0.25}), ("c", {"c": 0.5}))),
    Row(two_scale.samples, "19, arguments", lambda n: n, at={"n": [1.5, 7.0]}, domain={"n": "[1, inf)"}),
    Row(two_scale.entropy, "19, arguments", lambda name, values: values, at={"name": "log_K", "values": [0.5, 7.0]},
        scalar=("name",), refused=(("values", {"values": -0.1, "name": "values"}),)),
    Row(two_scale.log_inverse, "19 remark (3)", log_inverse, at={"delta": [0.2, 0.7, None]}, scalar=("delta",),
        domain={"delta": "(0, 1)"}),

    Row(two_scale_best.fine_price, "19 Theorem T1", price, at={"L": [1.5, 13.0]}, domain={"L": "(1, inf)"}),
    Row(two_scale_best.largest_event, "19 Lemma 3, best theta", lambda hits, noise: event(hits, noise),
        at={"hits": [0.1, 0.02, 0.5], "noise": [0.2, 0.3, 0.01]}, domain={"hits": "[0, inf)", "noise": "[0, inf)"}),
    Row(two_scale_best.two_scale_best, "19 Theorem T1", best,
        at={"N": [1e4, 300.0, 1e6], **SAMPLE, **NETS, "rho": [0.7, 1.5, 2.0], "eps": [0.2, 0.7, 0.03],
            "kappa": [0.1, 0.3, 0.02]}, scalar=("delta",), default={"eps": 0.0, "kappa": 0.0},
        domain={**SAMPLED, **NETTED, "rho": "[0, inf)", "eps": "[0, inf)", "kappa": "[0, inf)"},
        refused=(("N", {"N": 11.0}), ("N", {"rho": 4.11}))),

    Row(chain.chain_crossing, "19 Lemma 4, exact", crossing,
        at={"n": [1, 4, 7, 12, 12], "theta": [1.0, 0.5, 0.2, 3.0, 1.5], "x": [0.5, 0.15, 0.05, 2.0, 0.7]},
        scalar=("n", "theta", "x"), domain={"theta": "(0, inf)", "x": "(0, inf)"},
        refused=(("n", {"n": 2.5}), ("n", {"n": 0}))),
    Row(chain.all_thresholds, "19 Theorem T2", T2,
        at={"N": [1e4, 300.0, 1e6], **SAMPLE, "log_K": NETS["log_K"], "radii": [[0.5, 2.0], [0.1, 2.4], [1.0, 3.0]],
            "log_sizes": [[3.0, 1.5], [4.0, 0.5], [6.0, 5.8]], "eps": [0.2, 0.7, 0.03], "s": [0.3, 0.8, 0.5],
            "theta": [0.7, 2.0, 0.4], "kappa": [0.1, 0.3, 0.02]}, scalar=("delta", "radii", "log_sizes"),
        default={"eps": 0.0, "s": 0.5, "theta": 1.0, "kappa": 0.0},
        domain={**SAMPLED, "log_K": "[0, inf)", "eps": "[0, inf)", "kappa": "[0, inf)", "theta": "(0, inf)"},
        refused=(("N", {"N": 5.46}), ("s", {"s": 1.0}), ("radii", {"radii": [-0.1, 2.0]}),
                 ("log_sizes", {"log_sizes": [-0.1, 2.0]}))),
    Row(chain.area, "19 Theorem A", area,
        at={"T": [9.0, 6.0, 2.5], **SAMPLE, **NETS, "rho": [0.7, 1.5, 2.0], "eps": [0.2, 0.7, 0.03],
            "s": [0.3, 0.8, 0.5], "theta": [0.7, 2.0, 0.4], "kappa": [0.1, 0.3, 0.02]}, scalar=("delta",),
        default={"eps": 0.0, "s": 0.5, "theta": 1.0, "kappa": 0.0},
        domain={"T": "[0, inf)", **SAMPLED, **NETTED, "rho": "[0, inf)", "eps": "[0, inf)", "kappa": "[0, inf)",
                "theta": "(0, inf)"}, refused=(("s", {"s": 1.0}),)),

    Row(two_scale_variants.regret_to_coverage, "19 Theorem T3", T3,
        at={"regret": [5.0, 2.0, 3.0], "n": [100, 30, 70], "N": [1e4, 50.0, 300.0], "delta": [0.1, 0.3, 0.2],
            "lam": [7.0, None, 3.0]}, scalar=("lam",), default={"lam": 10.0},
        domain={"regret": "[0, inf)", **SAMPLED}, refused=(("N", {"N": 19.0}), ("lam", {"lam": 1.0}))),
    Row(two_scale_variants.convex_class, "19 Theorem C", convex,
        at={"N": [200.0, 5.0, 1e3], **SAMPLE, **NETS, "rho": [0.8, 0.5, 0.7], "eps": [0.2, 3.0, 0.03]},
        scalar=("delta",), default={"eps": 0.0},
        domain={**SAMPLED, **NETTED, "rho": "[0, inf)", "eps": "[0, inf)"}, refused=(("N", {"N": 4.9}),)),
]

"""Notebook 05: the two-scale theorem and its relatives."""

from fractions import Fraction

from mpmath import exp, log, mpf

from covtheory.bounds import two_scale, two_scale_variants
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


def T2(N, n, delta, log_K, log_N_inf, eps, s, c, lam):
    """Theorem T2."""
    F = excess(log_K + log(2), n, delta, eps, s)
    noise = plus(3 * log_N_inf, log(4), log_inverse(delta)) / n
    return most(lam * F / plus((1 - 2 * c) * log(N), -m(s)), noise / rate(1 / lam))


def rate(x):
    """h."""
    return plus(mpf(1), -x, x * log(x))


def T3(regret, n, N, delta, mixture, s, theta):
    """Theorem T3 with free s and theta."""
    L = log(2 / delta)
    hits = plus(regret, L / s) / ((log(N / 2) if mixture else log(N)) - m(s))
    return (2 if mixture else 1) * plus(theta * hits, L) / (1 - exp(-theta)) / n


def convex(N, n, delta, log_K, log_N_inf, eps, c, theta):
    """Theorem C."""
    M = N ** (1 - 2 * c)
    F = plus(plus(log_K, log(2), log_inverse(delta)) / n, eps)
    fine = theta * least(1 / M, F / plus(M, mpf(-1), -log(M)))
    coarse = plus(log_N_inf, log(2), log_inverse(delta)) / n
    return fine / (1 - exp(-theta)), coarse / (1 - exp(-theta))


def paper(N, n, delta, log_K, log_N_inf, eps, c):
    """Props H.1 and H.2 with their constants: each event with delta/2, that of H.2 with a further factor 2."""
    L = log_inverse(delta)
    training = plus(log(2), L, 2 * plus(log_K, n * eps)) / n
    return 2 * training / plus((1 - 2 * c) * log(N), -log(4)), 16 * plus(log_N_inf, log(4), L) / n


def crossing(n, a, lam):
    """P[some u >= a has u >= lam G_n(u)] by integrating over the order statistics in rational arithmetic."""
    n, a, lam = int(n), Fraction(float(a)), Fraction(float(lam))
    walls = [max(a, lam * k / n) for k in range(n)]  # U_(k+1) < wall of k, where that is at most one
    inner = [Fraction(1)]  # polynomial in the variable before
    for wall in (min(w, Fraction(1)) for w in reversed(walls)):
        rising = [Fraction(0)] + [coefficient / (i + 1) for i, coefficient in enumerate(inner)]
        at_wall = sum(coefficient * wall**i for i, coefficient in enumerate(rising))
        inner = [at_wall - rising[0]] + [-coefficient for coefficient in rising[1:]]
    inside = inner[0]
    for k in range(2, n + 1):
        inside *= k
    return mpf((1 - inside).numerator) / (1 - inside).denominator


ROWS = [
    Row(two_scale.truncation_level, "05 Lemma 1", m, at={"s": [0.5, 0.2, 0.9]}, domain={"s": "(0, 1)"}),
    Row(two_scale.truncated_mgf, "05 Lemma 1",
        lambda p_m, s, m: plus(mpf(1), -p_m * (plus(1, -s, -exp(-s * m)) if m else 0)),
        at={"p_m": [0.5, 0.3, 0.4], "s": [0.5, 0.2, 0.8], "m": [1.7, 2.5, None]}, scalar=("m",), default={"m": None},
        domain={"p_m": "[0, 1]", "s": "(0, inf)"}, refused=(("m", {"m": 1.386}),)),
    Row(two_scale.training_excess, "05 Lemma 2", excess,
        at={"log_K": NETS["log_K"], **SAMPLE, "eps": [0.1, 0.4, 0.02], "s": [0.3, 0.8, 0.5]}, scalar=("delta",),
        default={"eps": 0.0, "s": 0.5},
        domain={"log_K": "[0, inf)", **SAMPLED, "eps": "[0, inf)"}, also={"s": [1.0]},
        refused=(("s", {"s": -0.01}), ("s", {"s": 1.01}))),
    Row(two_scale.training_coverage, "05 Lemma 2", lambda F, t, s, kappa: most(plus(F, kappa), mpf(0)) / plus(t, -m(s)),
        at={"F": [0.1, 0.3, 0.1], "t": [2.0, 5.0, 3.0], "s": [0.3, 0.8, 0.5], "kappa": [0.05, 0.2, -0.4]},
        default={"s": 0.5, "kappa": 0.0}, domain={"s": "(0, inf)"},
        refused=(("t", {"t": 1.18891}),)),
    Row(two_scale.relative_chernoff, "05 Lemma 3",
        lambda hit_fraction, log_K, n, delta, theta:
        plus(theta * hit_fraction, plus(log_K, log_inverse(delta)) / n) / (1 - exp(-theta)),
        at={"hit_fraction": [0.1, 0.3, 0.02], "log_K": NETS["log_K"], **SAMPLE, "theta": [0.7, 2.0, 0.3]},
        scalar=("delta",), default={"theta": 1.0},
        domain={"hit_fraction": "[0, 1]", "log_K": "[0, inf)", **SAMPLED, "theta": "(0, inf)"}),
    Row(two_scale.coefficients, "05 Theorem T1",
        lambda N, s, c, theta: (theta / (s * plus((1 - 2 * c) * log(N), -m(s))) / (1 - exp(-theta)),
                                1 / (1 - exp(-theta))),
        at={"N": [1e4, 300.0], "s": [0.3, 0.8], "c": [0.15, 0.1], "theta": [0.7, 2.0]},
        default={"s": 0.5, "c": 0.25, "theta": 1.0}, domain={"s": "(0, inf)", "c": "(0, inf)", "theta": "(0, inf)"},
        refused=(("N", {"N": 0.9}), ("N", {"N": 16.0, "s": 0.5, "c": 0.25}), ("N", {"N": 5.46}), ("c", {"c": 0.5}),
                 ("s", {"s": 1.0}))),
    Row(two_scale.two_scale, "05 Theorem T1", T1,
        at={"N": [1e4, 300.0, 1e6], **SAMPLE, **NETS, "eps": [0.2, 0.7, 0.03], "s": [0.3, 0.8, 0.5],
            "c": [0.15, 0.1, 0.2], "theta": [0.7, 2.0, 0.4], "kappa": [0.1, 0.3, 0.02]}, scalar=("delta",),
        default={"eps": 0.0, "s": 0.5, "c": 0.25, "theta": 1.0, "kappa": 0.0},
        domain={**SAMPLED, **NETTED, "eps": "[0, inf)", "kappa": "[0, inf)", "theta": "(0, inf)"},
        refused=(("N", {"N": 5.46}), ("c", {"c": 0.5}), ("s", {"s": 1.0}))),
    Row(two_scale.two_scale_simple, "05 Theorem T1, remark (2)",
        lambda N, n, delta, log_K, log_N_inf, eps:
        plus(mpf("12.7") * plus(log_K / n, eps / 2) / log(N), mpf("1.59") * log_N_inf / n,
             mpf("3.9") * plus(log(2), log_inverse(delta)) / n),
        at={"N": [1e4, 300.0], "n": SAMPLE["n"][:2], "delta": SAMPLE["delta"][:2], "log_K": NETS["log_K"][:2],
            "log_N_inf": NETS["log_N_inf"][:2], "eps": [0.2, 0.7]}, default={"eps": 0.0},
        domain={"N": "[256, inf)", **SAMPLED, **NETTED, "eps": "[0, inf)"}),
    Row(two_scale.two_scale_paper, "05 Theorem T1 by the paper's proof", paper,
        at={"N": [1e4, 300.0], "n": SAMPLE["n"][:2], "delta": SAMPLE["delta"][:2], "log_K": [1.5, 0.8],
            "log_N_inf": NETS["log_N_inf"][:2], "eps": [0.02, 0.3], "c": [0.15, 0.1]}, default={"eps": 0.0, "c": 0.25},
        domain={**SAMPLED, **NETTED, "eps": "[0, inf)"},
        refused=(("N", {"N": 7.24}), ("N", {"N": 16.0, "c": 0.25}), ("c", {"c": 0.5}))),
    Row(two_scale.samples, "05, arguments", lambda n: n, at={"n": [1.5, 7.0]}, domain={"n": "[1, inf)"}),
    Row(two_scale.entropy, "05, arguments", lambda name, values: values, at={"name": "log_K", "values": [0.5, 7.0]},
        scalar=("name",), refused=(("values", {"values": -0.1, "name": "values"}),)),
    Row(two_scale.log_inverse, "05 remark (3)", log_inverse, at={"delta": [0.2, 0.7, None]}, scalar=("delta",),
        domain={"delta": "(0, 1)"}),

    Row(two_scale_variants.wellner_tail, "05 Theorem T2 (Wellner)", lambda n, a, lam: exp(-n * a * rate(1 / lam)),
        at={"n": [50, 9], "a": [0.03, 0.4], "lam": [2.5, 4.0]},
        domain={"n": "[1, inf)", "a": "[0, 1]", "lam": "(1, inf)"}),
    Row(two_scale_variants.wellner_exact, "05 Theorem T2, exact", crossing,
        at={"n": [1, 4, 7, 10, 12, 12], "a": [0.3, 0.15, 0.2, 0.25, 0.375, 0.05],
            "lam": [2.0, 2.5, 1.2, 2.0, 3.0, 4.5]},
        scalar=("n", "a", "lam"), domain={"a": "(0, 1)", "lam": "(1, inf)"},
        refused=(("n", {"n": 2.5}), ("n", {"n": 0}))),
    Row(two_scale_variants.all_thresholds, "05 Theorem T2", T2,
        at={"N": [1e4, 300.0], "n": SAMPLE["n"][:2], "delta": SAMPLE["delta"][:2], "log_K": [7.0, 1.0],
            "log_N_inf": [0.5, 3.0], "eps": [0.6, 0.05], "s": [0.3, 0.8], "c": [0.15, 0.1], "lam": [2.5, 3.0]},
        default={"eps": 0.0, "s": 0.5, "c": 0.25, "lam": 4.0},
        domain={**SAMPLED, **NETTED, "eps": "[0, inf)", "lam": "(1, inf)"},
        refused=(("c", {"c": 0.5}), ("t", {"N": 5.46}), ("s", {"s": 1.0}))),
    Row(two_scale_variants.regret_to_coverage, "05 Theorem T3", T3,
        at={"regret": [5.0, 2.0, 3.0], "n": [100, 30, 70], "N": [1e4, 50.0, 300.0], "delta": [0.1, 0.3, 0.2],
            "mixture": [True, False, False], "s": [0.3, 0.8, 0.6], "theta": [0.7, 2.0, 1.5]},
        scalar=("mixture",), default={"mixture": True, "s": 0.5, "theta": 1.0},
        domain={"regret": "[0, inf)", **SAMPLED, "theta": "(0, inf)"},
        refused=(("t", {"N": 6.5}), ("s", {"s": 1.0}), ("t", {"mixture": False, "N": 3.2}))),
    Row(two_scale_variants.convex_class, "05 Theorem C", convex,
        at={"N": [200.0, 5.0, 1e3], **SAMPLE, **NETS, "eps": [0.2, 3.0, 0.03], "c": [0.15, 0.3, 0.1],
            "theta": [0.7, 2.0, 0.4]}, scalar=("delta",), default={"eps": 0.0, "c": 0.25, "theta": 1.0},
        domain={"N": "(1, inf)", **SAMPLED, **NETTED, "eps": "[0, inf)", "c": "(0, 0.5)", "theta": "(0, inf)"}),
]

"""Notebook 03: coverage from divergences, sharp inversion, sequences."""

from mpmath import e, exp, fabs, log, mpf, sqrt

from covtheory.bounds import divergences, sequences, two_point
from identities.table import Row, plus

UNIT, ABOVE_ONE = "[0, 1]", "(1, inf)"
NEAR_ONE = 1 + 2.0**-20


def g(N):
    """The price of KL per unit of coverage."""
    return plus(log(N), mpf(-1), 1 / N)


def phi(s, N):
    """The price of order s."""
    return plus(1 - s, s / N, -(N**-s))


def bernoulli(kind, a, b, s=None):
    """Divergence of Bernoulli(a) from Bernoulli(b), by its sum over two outcomes."""
    cells = [(a, b), (1 - a, 1 - b)]
    f = {"kl": lambda p, q: p * log(p / q) if p else mpf(0), "hellinger": lambda p, q: (sqrt(p) - sqrt(q)) ** 2,
         "tv": lambda p, q: fabs(p - q) / 2, "chi2": lambda p, q: (p - q) ** 2 / q,
         "order": lambda p, q: p - p ** (1 - s) * q**s}[kind]
    return sum(f(p, q) for p, q in cells)


def largest_coverage(divergence, N, kind, s):
    """The a in [0, 1] at which the two-point pair has this divergence, by bisection; 1 if it never has so much."""
    low, high = mpf(0), mpf(1)
    if bernoulli(kind, high, 1 / N, s) <= divergence:
        return high
    for _ in range(90):
        a = (low + high) / 2
        low, high = (a, high) if bernoulli(kind, a, a / N, s) <= divergence else (low, a)
    return low


def mass_of_sign():
    """KL(Ber(e/(e + 1/e)) || Ber(1/2)) by its sum."""
    p = e / (e + 1 / e)
    return p * log(2 * p) + (1 - p) * log(2 * (1 - p))


ROWS = [
    Row(divergences.kl_price, "03 Theorem 2", g, at={"N": [4.0, 8.0, NEAR_ONE, 1.09, 1.11]}, domain={"N": "[1, inf)"}),
    Row(divergences.phi_s, "03 Theorem 3 (b)", phi, at={"s": [0.3, 0.7, 0.5, 0.2], "N": [4.0, 16.0, NEAR_ONE, 1.3]},
        domain={"s": "(0, 1)", "N": "[1, inf)"}, also={"N": [1.0]}),
    Row(divergences.kl_to_coverage, "03 Theorem 2 (b)", lambda KL, N: KL / g(N),
        at={"KL": [0.1, 2.0], "N": [4.0, 1.01]}, domain={"KL": "[0, inf)", "N": ABOVE_ONE}),
    Row(divergences.kl_to_coverage_simple, "03 Theorem 2 (b), weaker", lambda KL, N: KL / plus(log(N), mpf(-1)),
        at={"KL": [0.1, 2.0], "N": [16.0, 3.0]}, domain={"KL": "[0, inf)"},
        refused=(("N", {"N": 2.7182}), ("N", {"N": 1.0}))),
    Row(divergences.hellinger_to_coverage, "03 Theorem 3 (a)", lambda D_H2, N: D_H2 / (1 - 1 / sqrt(N)) ** 2,
        at={"D_H2": [0.1, 1.5], "N": [5.0, 1.01]}, domain={"D_H2": "[0, 2]", "N": ABOVE_ONE}),
    Row(divergences.hellinger_to_coverage_paper, "03 Theorem 3 (a), printed form",
        lambda half_D_H2, N: 2 * N / (sqrt(N) - 1) ** 2 * half_D_H2,
        at={"half_D_H2": [0.1, 0.9], "N": [5.0, 1.5]}, domain={"half_D_H2": UNIT, "N": ABOVE_ONE}),
    Row(divergences.chernoff_to_coverage, "03 Theorem 3 (b)", lambda affinity_s, s, N: (1 - affinity_s) / phi(s, N),
        at={"affinity_s": [0.9, 0.4], "s": [0.3, 0.7], "N": [4.0, 16.0]},
        domain={"affinity_s": UNIT, "s": "(0, 1)", "N": ABOVE_ONE}),
    Row(divergences.renyi_to_coverage, "03 Theorem 3 (c)",
        lambda D_alpha, alpha, N: exp((alpha - 1) * D_alpha) / N ** (alpha - 1),
        at={"D_alpha": [0.4, 1.0], "alpha": [2.5, 1.2], "N": [4.0, 9.0]},
        domain={"D_alpha": "[0, inf)", "alpha": ABOVE_ONE, "N": "[1, inf)"}),
    Row(divergences.chi_squared_to_coverage, "03 Theorem 3 (c) at alpha = 2", lambda chi2, N: plus(1, chi2) / N,
        at={"chi2": [1.5, 0.2], "N": [8.0, 3.0]}, domain={"chi2": "[0, inf)", "N": "[1, inf)"}),
    Row(divergences.tv_to_coverage, "03 Theorem 1 for total variation", lambda TV, N: TV * N / (N - 1),
        at={"TV": [0.3, 0.8], "N": [5.0, 1.2]}, domain={"TV": UNIT, "N": ABOVE_ONE}),
    Row(divergences.kl_weak_converse, "03 Theorem 4",
        lambda C, W_max: C * plus(mpf(1), log(log(W_max) / C)) if C else mpf(0),
        at={"C": [0.3, 1.0, 0.0], "W_max": [20.0, 9.0, 5.0]}, domain={"C": "[0, inf)"},
        also={"C": [float(log(mpf(20)))]},
        refused=(("C", {"C": 3.0}), ("C", {"C": 0.30001, "W_max": float(exp(mpf(0.3)))}), ("W_max", {"W_max": 0.99,
                 "C": 0.0}))),
    Row(divergences.kl_by_hellinger, "03 Theorem 5, weaker", lambda D_H2, V: plus(mpf(2), log(V)) * D_H2,
        at={"D_H2": [0.25, 1.1], "V": [7.0, 2.0]}, domain={"D_H2": "[0, 2]", "V": "[1, inf)"}),
    Row(divergences.kl_by_hellinger_sharp, "03 Theorem 5",
        lambda D_H2, V: g(V) / (1 - 1 / sqrt(V)) ** 2 * D_H2 if V > 1 else 2 * D_H2,
        at={"D_H2": [0.25, 1.1, 0.7], "V": [7.0, NEAR_ONE, 1e9]}, domain={"D_H2": "[0, 2]", "V": "[1, inf)"}),
    Row(divergences.divergence_argument, "03, arguments", lambda name, values: values,
        at={"name": "KL", "values": [0.25, 7.0]}, scalar=("name",),
        refused=(("values", {"values": -0.1, "name": "values"}),)),
    Row(divergences.log_threshold, "03, arguments", lambda N, strict, name: log(N),
        at={"N": [4.0, NEAR_ONE], "strict": True, "name": "N of the caller"}, scalar=("strict", "name"),
        default={"strict": False, "name": "N"},
        domain={"N": ABOVE_ONE}),
    Row(divergences.price, "03 Theorem 2, in log N", lambda L: plus(L, mpf(-1), exp(-L)),
        at={"L": [1.5, 0.11, 0.09, 1e-6, 0.0]}),
    Row(divergences.price_or_zero, "03 Theorem 2, in log N", lambda L: plus(L, mpf(-1), exp(-L)),
        at={"L": [1.5, 0.11, 0.09, 1e-6, 0.0]}),

    Row(sequences.stopped_kl_to_coverage, "03 Theorem 6, printed", lambda D_seq, N: 2 * D_seq / plus(log(N), mpf(-1)),
        at={"D_seq": [0.1, 2.0], "N": [16.0, 3.0]}, domain={}, refused=(("N", {"N": 2.7182}),)),
    Row(sequences.stopped_kl_to_coverage_sharp, "03 Theorem 6, weaker",
        lambda D_seq, N: plus(1 / g(N), 1 / log(N)) * D_seq,
        at={"D_seq": [0.1, 2.0], "N": [16.0, 3.0]}, domain={"D_seq": "[0, inf)", "N": ABOVE_ONE}),
    Row(sequences.stopped_kl_to_coverage_best, "03 Theorem 6",
        lambda D_seq, N: D_seq / (g(N) * (1 - exp(-log(N) / g(N)))),
        at={"D_seq": [0.1, 2.0, 1.0], "N": [16.0, 3.0, 1e200]}, domain={"D_seq": "[0, inf)", "N": ABOVE_ONE}),
    Row(sequences.stopped_hellinger_threshold, "03 Theorem 7", lambda N, delta: plus(log(N) / 2, log(1 / delta)),
        at={"N": [16.0, 3.0], "delta": [0.2, 0.6]}, domain={"N": "[1, inf)", "delta": "(0, 1)"}),
    Row(sequences.stopped_hellinger_threshold_paper, "03 Theorem 7, printed", lambda N, delta: log(N / delta),
        at={"N": [16.0, 3.0], "delta": [0.2, 0.6]}, domain={"N": "[1, inf)", "delta": "(0, 1)"}),
    Row(sequences.kl_growth_lower, "03 Theorem 8 (a)",
        lambda H, n, variant: mass_of_sign() * H * {"paper": 1 / (2 * n), "best": 1 - 2 ** (-1 / n)}[variant],
        at={"H": [100, 7, 100, 7], "n": [10, 3, 10, 1], "variant": ["paper", "paper", "best", "best"]},
        scalar=("variant",), default={"variant": "paper"}, domain={"H": "[1, inf)", "n": "[1, inf)"},
        refused=(("variant", {"variant": "worst"}),)),
    Row(sequences.rare_prompt_mass, "03 Theorem 8 (a)",
        lambda n, variant: {"paper": 1 / (2 * n), "best": 1 - 2 ** (-1 / n)}[variant],
        at={"n": [4, 10**6, 3, 10**6], "variant": ["paper", "paper", "best", "best"]}, scalar=("variant",),
        default={"variant": "paper"}, domain={"n": "[1, inf)"}, refused=(("variant", {"variant": "worst"}),)),
    Row(sequences.scaling_law_budget, "03 section 8 (Eq. 5 of the paper)", lambda KL, eps: exp(KL / eps),
        at={"KL": [0.3, 2.0], "eps": [0.1, 1.7]}, domain={"KL": "[0, inf)", "eps": "(0, inf)"}),

    Row(two_point.binary_divergence, "03 Theorem 1",
        lambda kind, a, b, s: bernoulli(kind, a, b, s),
        at={"kind": ["kl", "hellinger", "tv", "chi2", "order", "kl", "order"],
            "a": [0.5, 0.7, 0.1, 0.6, 0.8, 1.0, 0.0], "b": [0.3, 0.1, 0.9, 0.15, 0.35, 0.4, 0.3],
            "s": [0.5, 0.5, 0.5, 0.5, 0.3, 0.5, 0.8]},
        scalar=("kind", "s"), domain={"a": UNIT, "b": UNIT},
        refused=(("kind", {"kind": "js"}), ("s", {"s": None, "kind": "order"}), ("s", {"s": 1.0, "kind": "order"}))),
    Row(two_point.coverage_from_divergence, "03 Theorem 1, inverted",
        largest_coverage,
        at={"divergence": [0.5, 0.03, 0.35, 2.0, 0.25, 2.5, 1e-9], "N": [16.0, 3.0, 2.0, 9.0, 40.0, 4.0, 1e6],
            "kind": ["kl", "hellinger", "tv", "chi2", "order", "kl", "kl"], "s": 0.3},
        scalar=("kind", "s"), domain={"divergence": "[0, inf)", "N": ABOVE_ONE}, refused=(("kind", {"kind": "js"}),)),
]

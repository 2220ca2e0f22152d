"""Notebook 02: Best-of-N."""

from mpmath import ceil, exp, findroot, floor, gamma, inf, log, log1p, mpf

from covtheory.bounds import best_of_n
from identities.table import Row, most, plus

UNIT, ONE_UP = "[0, 1]", "[1, inf)"


def chord(cov_M, M, N):
    """Theorem 3, averaged over prompts."""
    return plus(cov_M, (1 - cov_M) * (1 - 1 / M) ** N)


def least_draws(cov_M, M, target):
    """The least whole N at which the chord is at most the target, by its definition."""
    if chord(cov_M, M, mpf(1)) <= target:
        return mpf(1)
    if target <= cov_M:
        return inf
    N = floor(log((target - cov_M) / (1 - cov_M)) / log(1 - 1 / M))
    while cov_M + (1 - cov_M) * (1 - 1 / M) ** N > target:
        N += 1
    assert cov_M + (1 - cov_M) * (1 - 1 / M) ** (N - 1) > target
    return N


def average(log_ratio, prob, N):
    """Theorem A: the mean of (1 - 1/r)_+^N."""
    return sum(p * max(1 - exp(-v), 0) ** N for v, p in zip(log_ratio, prob, strict=True))


def all_of_kl(KL, log_N):
    """KL times the supremum of (1 - 1/R)^N / g(R), its place found from the condition of first order."""
    if log_N < log(mpf(2)):
        return inf
    N, g = exp(log_N), lambda x: x - 1 + exp(-x)
    x = findroot(lambda x: x + 2 * log(1 - exp(-x)) - log(g(x)) - log_N, [log_N / 4, log_N + log(log_N + 2) + 2],
                 solver="anderson", tol=1e-60)
    return KL * exp(N * log1p(-exp(-x))) / g(x)


ROWS = [
    Row(best_of_n.bon_average_bound, "02 Theorem A", average,
        at={"log_ratio": [[0.7, 2.0, -0.3], [0.1, 5.0, 0.0]], "prob": [[0.25, 0.5, 0.25], [0.3, 0.6, 0.1]],
            "N": [3.0, 1.5]}, scalar=("log_ratio", "prob"), domain={"N": ONE_UP},
        refused=(("prob", {"prob": [0.5, 0.6, -0.1]}), ("shapes", {"prob": [1.0]}),
                 ("log_ratio", {"log_ratio": [0.7, float("nan"), 1.0]}))),
    Row(best_of_n.bon_power_law, "02 Theorem A, power law",
        lambda C, a, N: C * gamma(1 + a) * gamma(N + 1) / gamma(N + 1 + a),
        at={"C": [0.7, 2.0], "a": [0.4, 2.5], "N": [12.5, 300.0]},
        domain={"C": "[0, inf)", "a": "[0, inf)", "N": ONE_UP}),
    Row(best_of_n.bon_by_kl, "02 Theorem A, by KL", all_of_kl,
        at={"KL": [0.5, 5.8, 1.5, 2.0], "log_N": [3.0, 16.0, 400.0, 0.75]},
        domain={"KL": "[0, inf)", "log_N": "[0, inf)"}),
    Row(best_of_n.bon_sufficient, "02 Corollary (Prop D.6)", lambda cov_M, eps: plus(cov_M, eps),
        at={"cov_M": [0.25, 0.1], "eps": [0.125, 0.4]}, domain={"cov_M": "[0, 0.5]", "eps": "(0, 1)"}),
    Row(best_of_n.bon_sufficient_budget, "02 Corollary (Prop D.6)", lambda M, eps: ceil(2 * M * log(1 / eps)),
        at={"M": [1000.0, 37.5], "eps": [0.05, 1e-9]}, domain={"M": ONE_UP, "eps": "(0, 1)"}),
    Row(best_of_n.bon_sufficient_sharp, "02 Theorem 3", chord,
        at={"cov_M": [0.3, 0.05], "M": [5.0, 1e6], "N": [4, 1e6]},
        domain={"cov_M": UNIT, "M": ONE_UP, "N": ONE_UP}),
    Row(best_of_n.bon_sufficient_sharp_budget, "02 Theorem 3, least N", least_draws,
        at={"cov_M": [0.02, 0.3, 0.0, 0.02, 0.05, 0.0, 0.9], "M": [1000.0, 7.5, 2.0, 1.0, 10.0, 1e5, 3.0],
            "target": [0.05, 0.30001, 0.25, 0.05, 0.05, 0.01, 0.99]},
        domain={"cov_M": UNIT, "M": ONE_UP, "target": "(0, 1)"}),
    Row(best_of_n.bon_sufficient_sharp_per_prompt, "02 Theorem 3, one prompt",
        lambda cov_M, M, N: most(cov_M, (1 - (1 - cov_M) / M) ** N),
        at={"cov_M": [0.3, 0.9, 0.02], "M": [5.0, 2.0, 1e5], "N": [4, 30, 2e5]},
        domain={"cov_M": UNIT, "M": ONE_UP, "N": ONE_UP}),
    Row(best_of_n.bon_necessary, "02 Theorem 4 at c = 2", lambda cov_2N: cov_2N / 2,
        at={"cov_2N": [0.25, 0.6]}, domain={"cov_2N": UNIT}),
    Row(best_of_n.bon_necessary_sharp, "02 Theorem 4", lambda cov_cN, c: (1 - 1 / c) * cov_cN,
        at={"cov_cN": [0.25, 0.6], "c": [5.0, 1.1]}, domain={"cov_cN": UNIT, "c": ONE_UP}),
    Row(best_of_n.bon_necessary_exact, "02 Theorem 4, middle",
        lambda cov_cN, c, N: cov_cN - 1 + (1 - cov_cN / (c * N)) ** N,
        at={"cov_cN": [0.9, 0.3, 1e-5], "c": [1.5, 5.0, 2.0], "N": [4, 1000, 7]},
        domain={"cov_cN": UNIT, "c": ONE_UP, "N": ONE_UP}, rtol=1e-9),
    Row(best_of_n.coverage_chain_rule, "02 Theorem 5", lambda cov_D, M2, cov_T: plus(M2 * cov_D, cov_T),
        at={"cov_D": [0.01, 0.2], "M2": [10.0, 0.8], "cov_T": [0.05, 0.6]},
        domain={"cov_D": UNIT, "M2": "(0, inf)", "cov_T": UNIT}),
]

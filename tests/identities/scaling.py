"""Notebook 21 (pass@k beyond the draws, the harmonic sum), and notebook 06's KL of every learner."""

from mpmath import betainc, exp, harmonic, log, mpf, quad

from covtheory.bounds import every_learner, scaling
from covtheory.bounds import harmonic as harmonic_sums
from identities.table import Row, least, most, plus

UNIT, SHARE, ONE_UP, UP, POSITIVE = "[0, 1]", "(0, 1]", "[1, inf)", "[0, inf)", "(0, inf)"


def below(b, k, u0):
    """``k int_0^u0 (1-u)^(k-1) u^b du``."""
    return k * betainc(1 + b, k, 0, u0)


def largest_failures(c, b, k, u0):
    """The profile ``min(1, c u^b)`` up to u0, one beyond."""
    v = least(u0, c ** (-1 / b))
    return plus(c * below(b, k, v), (1 - v) ** k)


def smallest_failures(c, b, k, u0):
    """The profile ``c u^b`` up to u0, constant beyond."""
    return plus(c * below(b, k, u0), c * u0**b * (1 - u0) ** k)


def left(b, n, K, u0):
    """What K draws leave of what n draws left."""
    return below(b, K, u0) / below(b, n, u0)


def forecast_high(fail_n, b, n, K, u0):
    """Theorem 4, from above."""
    return fail_n * least(mpf(1), left(b, n, K, u0))


def forecast_low(fail_n, b, n, K, u0):
    """Theorem 4, from below."""
    return most(left(b, n, K, u0) * plus(fail_n, -((1 - u0) ** n)), fail_n ** (K / n))


def harmonic_loss(p, K):
    """``sum (1-p)^k / k``, as the integral of the geometric sum."""
    return quad(lambda t: sum(t**i for i in range(int(K))), [0, 1 - p])


def gap(K):
    """Least and largest distance of the truncated sum from the cut logarithm."""
    return plus(harmonic_loss(1 / K, K), -log(K)), plus(harmonic(K), -log(K))


def entropy(p):
    """Binary entropy, nats."""
    return -p * log(p) - (1 - p) * log(1 - p)


def choose(n, k):
    """Binomial coefficient of whole numbers."""
    value = mpf(1)
    for i in range(int(k)):
        value = value * (n - i) / (i + 1)
    return value


def information(m, u):
    """``E H(predictive) - H(q)``: over the pluses seen, under the mixture of both signs."""
    q, total = 1 / (1 + exp(-2 * u)), mpf(0)
    for k in range(int(m) + 1):
        plus_sign, minus_sign = q**k * (1 - q) ** (m - k), (1 - q) ** k * q ** (m - k)
        chance = choose(m, k) * (plus_sign + minus_sign) / 2
        posterior = plus_sign / (plus_sign + minus_sign)
        total += chance * entropy(posterior * q + (1 - posterior) * (1 - q))
    return plus(total, -entropy(q))


def risk(H, n, u, sightings):
    """The Bayes risk over the number of sightings."""
    mu = sightings / n
    return mu * H * sum(choose(n, m) * mu**m * (1 - mu) ** (n - m) * information(mpf(m), u)
                        for m in range(int(n) + 1))


ROWS = [
    Row(scaling.power_failures, "21 Theorem 1", below,
        at={"b": [0.3, 2.0, 0.7], "k": [5.5, 40.0, 300.0], "u0": [0.4, 1.0, 0.01]}, default={"u0": 1.0},
        domain={"b": UP, "k": ONE_UP, "u0": UNIT}),
    Row(scaling.failures_upper, "21 Theorem 1, from above", largest_failures,
        at={"c": [0.5, 3.0, 1.5], "b": [0.4, 0.8, 2.0], "k": [3.0, 12.5, 6.0], "u0": [0.3, 1.0, 0.1]},
        default={"u0": 1.0}, domain={"c": POSITIVE, "b": POSITIVE, "k": ONE_UP, "u0": SHARE}),
    Row(scaling.failures_lower, "21 Theorem 1, from below", smallest_failures,
        at={"c": [0.5, 0.9], "b": [0.4, 2.0], "k": [3.0, 12.5], "u0": [0.3, 0.8]},
        default={"u0": 1.0}, domain={"c": UP, "b": UP, "k": ONE_UP, "u0": SHARE},
        refused=(("c", {"c": 2.0}),)),
    Row(scaling.coverage_upper, "21 Theorem 2, from above", lambda fail_k, k, N: fail_k * (1 - 1 / N) ** -k,
        at={"fail_k": [0.3, 0.01], "k": [4.0, 90.5], "N": [5.0, 70.0]},
        domain={"fail_k": UNIT, "k": ONE_UP, "N": "(1, inf)"}),
    Row(scaling.coverage_lower, "21 Theorem 2, from below",
        lambda fail_k, k, fail_j, j, N: plus(fail_k, -((1 - 1 / N) ** (k - j)) * fail_j) / plus(
            1, -((1 - 1 / N) ** (k - j))),
        at={"fail_k": [0.3, 0.2], "k": [40.0, 30.0], "fail_j": [0.7, 1.0], "j": [10.0, 0.0], "N": [15.0, 12.0]},
        domain={"N": "(1, inf)"},
        refused=(("k", {"k": 0.9}), ("j", {"j": 40.0}), ("j", {"j": -1.0}), ("fail_k", {"fail_k": 0.71}),
                 ("fail_k", {"fail_k": -0.1}), ("fail_j", {"fail_j": 1.1}))),
    Row(scaling.growth_factor, "21 Theorem 4", left,
        at={"b": [0.3, 1.5], "n": [8.0, 20.0], "K": [64.0, 100.5], "u0": [0.2, 0.9]}, default={"u0": 1.0},
        domain={"b": UP, "n": ONE_UP, "u0": SHARE}, refused=(("K", {"K": 7.9}),)),
    Row(scaling.forecast_upper, "21 Theorem 4, from above", forecast_high,
        at={"fail_n": [0.4, 0.9], "b": [0.3, 0.0], "n": [8.0, 5.0], "K": [64.0, 5.5], "u0": [0.2, 0.02]},
        default={"u0": 1.0}, domain={"fail_n": UNIT, "b": UP, "n": ONE_UP, "u0": SHARE},
        refused=(("K", {"K": 7.9}),)),
    Row(scaling.forecast_lower, "21 Theorem 4, from below", forecast_low,
        at={"fail_n": [0.4, 0.9], "b": [0.3, 9.0], "n": [8.0, 4.0], "K": [64.0, 6.5], "u0": [0.2, 0.4]},
        default={"u0": 1.0}, domain={"fail_n": UNIT, "b": UP, "n": ONE_UP, "u0": SHARE},
        refused=(("K", {"K": 7.9}),)),
    Row(harmonic_sums.truncated_log_loss, "21 Theorem 3", harmonic_loss, scalar=("K",),
        at={"p": [0.3, 0.02, 0.9], "K": [3, 20, 2]}, domain={"p": UNIT}, refused=(("K", {"K": 0}), ("K", {"K": 2.5}))),
    Row(harmonic_sums.truncation_gap, "21 Theorem 3, cut", gap, scalar=("K",), at={"K": [2, 7, 40]},
        refused=(("K", {"K": 0}), ("K", {"K": 1.5}))),
    Row(every_learner.sign_information, "06 every learner, one position", information, scalar=("m",),
        at={"m": [0, 3, 6], "u": [1.0, 0.4, 1.7]}, domain={"u": POSITIVE}, refused=(("m", {"m": -1}),)),
    Row(every_learner.kl_every_learner, "06 every learner", risk, scalar=("n", "u", "sightings"),
        at={"H": [8.0, 100.0], "n": [5, 9], "u": [1.0, 0.6], "sightings": [1.5, 0.7]}, default={"sightings": 1.0},
        domain={"H": ONE_UP, "u": POSITIVE, "sightings": "(0, 5]"}, refused=(("n", {"n": 0}),)),
]

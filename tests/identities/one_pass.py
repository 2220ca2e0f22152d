"""Notebooks 08 and 09: one pass over the data."""

from mpmath import acos, asin, cos, e, exp, log, mpf, sqrt

from covtheory.bounds import minibatch, one_law, one_pass
from identities.divergences import g
from identities.table import Row, least, plus

NOT_NEGATIVE, POSITIVE, ONE_UP = "[0, inf)", "(0, inf)", "[1, inf)"


def average_kl(sigma_sq, eta, T, w0):
    """Theorem 1 of notebook 08."""
    return plus(w0 / (eta * T), 2 * eta * sigma_sq)


def bias(sigma_sq, B, K, lam):
    """Lemma B: ``6.35`` is ``64^(1/3) 2^(2/3)``."""
    cross = mpf(64) ** (mpf(1) / 3) * mpf(2) ** (mpf(2) / 3)
    rest = cross * sigma_sq / (K ** (mpf(2) / 3) * lam ** (mpf(5) / 3))
    return plus(plus(64 * B, 4) * sigma_sq / (K * lam**2), rest)


def stopped(sigma_sq, B, T, K, N, eta, lam, w0):
    """The sum in the proof of Theorem 1 of notebook 09: B, C and D inserted, times ``16 lambda/(5 eta T)``."""
    L, scale = log(N), 16 * lam / 5
    gain = L * plus(1, 4 * L) * sigma_sq / lam**2
    step = plus(4 * sigma_sq / (K * lam**2), 256 * eta * sigma_sq / lam)
    return plus(scale * w0 / (eta * T), gain, 2 * scale * bias(sigma_sq, B, K, lam), scale * eta * step)


def price(N):
    """Theorem 6 of notebook 03."""
    return plus(1 / g(N), 1 / log(N))


def stopped_with_batch(sigma_sq, B, T, K, N, eta, lam, w0):
    """The sum in the proof of Theorem 1b of notebook 09: F, C and D inserted, times ``16 lambda/(3 eta T)``."""
    L = log(N)
    return plus(16 * lam * w0 / (3 * eta * T), L * plus(1, 4 * L) * sigma_sq / lam**2,
                mpf(4096) / 3 * eta**2 * sigma_sq, 64 * eta * sigma_sq / (3 * K * lam), 512 * B / (9 * e * K))


def handed_on(eta_bar, B, lead):
    """Theorem 2 of notebook 08: the lead after a step."""
    rho, eps = sqrt(42) / 7, 3 * exp(-B * lead)
    R = eta_bar * rho * plus(1, -eps)
    if eps >= 1 or R <= 1:
        return mpf(-1)
    return rho * least(mpf(1), R - 1) * cos(plus(acos(mpf(4) / 7), asin(eps), asin(1 / R)))


RUN = {"sigma_sq": [40.0, 9.0, 60.0], "B": [1.2, 1.0, 1.5], "T": [900, 4e6, 2e4], "K": [5, 1, 10**4], "N": [2.0, 2.0,
 2.5],
       "eta": [0.02, 0.005, 0.02], "lam": [9.0, 2.0, 3.0], "w0": [0.3, 1.7, 1500.0]}
BATCH = {**RUN, "sigma_sq": [40.0, 900.0, 60.0]}
RUNS = {"sigma_sq": NOT_NEGATIVE, "B": ONE_UP, "T": ONE_UP, "K": ONE_UP, "N": "(1, inf)", "eta": POSITIVE,
        "w0": NOT_NEGATIVE}
REFUSED = (("eta, lam", {"eta": 0.02604167}), ("eta, lam", {"lam": 1.6635}))

ROWS = [
    Row(one_pass.gradient_second_moment, "08 Theorem 1, step 1",
        lambda sigma_sq, B, H, G: plus(2 * sigma_sq, 2 * H * B**2 * G),
        at={"sigma_sq": [1.5, 9.0], "B": [2.0, 0.3], "H": [3, 7], "G": [0.5, 2.1]},
        domain={"sigma_sq": NOT_NEGATIVE, "B": POSITIVE, "H": POSITIVE, "G": NOT_NEGATIVE}),
    Row(one_pass.sgd_average_kl, "08 Theorem 1", average_kl,
        at={"sigma_sq": [1.5, 9.0], "eta": [0.1, 0.02], "T": [70, 300], "w0": [1.3, 0.4]}, default={"w0": 4.0},
        domain={"sigma_sq": NOT_NEGATIVE, "eta": POSITIVE, "T": ONE_UP, "w0": NOT_NEGATIVE}),
    Row(one_pass.sgd_average_kl_sharp, "08 Theorem 1, sharper",
        lambda sigma_sq, eta, T, smoothness, w0: average_kl(sigma_sq, eta, T, w0) / plus(2, -2 * eta * smoothness),
        at={"sigma_sq": [1.5, 9.0], "eta": [0.1, 0.02], "T": [70, 300], "smoothness": [4.0, 40.0], "w0": [1.3, 0.4]},
        default={"w0": 4.0}, domain={"sigma_sq": NOT_NEGATIVE, "eta": POSITIVE, "T": ONE_UP, "smoothness": POSITIVE,
                                     "w0": NOT_NEGATIVE}, refused=(("eta", {"smoothness": 10.0}),)),
    Row(one_pass.sgd_average_coverage, "08 Theorem 1, coverage",
        lambda sigma_sq, eta, T, N, w0: average_kl(sigma_sq, eta, T, w0) / g(N),
        at={"sigma_sq": [1.5, 9.0], "eta": [0.1, 0.02], "T": [70, 300], "N": [4.0, 2.0], "w0": [1.3, 0.4]},
        default={"w0": 4.0},
        domain={"sigma_sq": NOT_NEGATIVE, "eta": POSITIVE, "T": ONE_UP, "N": "(1, inf)", "w0": NOT_NEGATIVE}),
    Row(one_pass.mean_difference, "09 Lemma A", lambda sigma_sq, B, J: plus(2 * sqrt(sigma_sq * J), 2 * B * J),
        at={"sigma_sq": [1.5, 9.0], "B": [2.0, 0.3], "J": [0.25, 2.0]},
        domain={"sigma_sq": NOT_NEGATIVE, "B": POSITIVE, "J": NOT_NEGATIVE}),
    Row(one_pass.normalization_bias, "09 Lemma B", bias,
        at={"sigma_sq": [1.5, 9.0], "B": [0.2, 0.03], "K": [3, 70], "lam": [10.0, 2.0]},
        domain={"sigma_sq": NOT_NEGATIVE, "B": POSITIVE, "K": ONE_UP, "lam": POSITIVE}),
    Row(one_pass.normalized_stopped, "09 Theorem 1", stopped, at=RUN, domain=RUNS, default={"w0": 4.0},
        refused=REFUSED, also={"eta": [float(1 / (32 * mpf(1.2)))], "lam": [float(2.4 * log(2))]}),
    Row(one_pass.stopped_price, "03 Theorem 6", price, at={"N": [4.0, 2.0, 40.0]}, domain={"N": "(1, inf)"}),
    Row(one_pass.normalized_coverage, "09 Theorem 1, coverage",
        lambda sigma_sq, B, T, K, N, eta, lam, w0: price(N) * stopped(sigma_sq, B, T, K, N, eta, lam, w0), at=RUN,
        domain=RUNS, default={"w0": 4.0}, refused=REFUSED),
    Row(one_law.next_lead, "08 Theorem 2", handed_on,
        at={"eta_bar": [2.0, 8.0, 2.5, 1.05, 3.0], "B": [20.0, 18.0, 4.0, 30.0, 0.9],
            "lead": [0.13, 0.2, 0.5, 0.5, 0.3]},
        domain={"eta_bar": POSITIVE, "B": POSITIVE, "lead": POSITIVE}),
    Row(one_law.visits_while_crawling, "08 Theorem 3",
        lambda H, B, B_plus, N, eta_bar: H * B / (2 * e * eta_bar * B_plus**2 * log(N)),
        at={"H": [64, 5], "B": [30.0, 7.0], "B_plus": [5.0, 3.0], "N": [16.0, 3.0], "eta_bar": [2.0, 8.0]},
        default={"eta_bar": 2.25},
        domain={"H": ONE_UP, "B": POSITIVE, "B_plus": POSITIVE, "N": "(1, inf)", "eta_bar": POSITIVE}),
    Row(one_law.one_law_coverage, "08 Theorem 4",
        lambda H, T, N: mpf(31) / 32 * least(mpf(1) / 2, H / (33 * T * log(N))),
        at={"H": [64, 5], "T": [1, 40], "N": [3.0, 9.0]}, domain={"H": ONE_UP, "T": ONE_UP, "N": "(1, inf)"}),
    Row(minibatch.variance_by_divergence, "09 Lemma E", lambda B, J: 4 * B * J / plus(1, -exp(-4 * B)),
        at={"B": [0.2, 2.0], "J": [0.3, 1.5]}, domain={"B": POSITIVE, "J": NOT_NEGATIVE}),
    Row(minibatch.batch_overshoot, "09 Lemma F", lambda B, K: 16 * B / (3 * e * K),
        at={"B": [1.5, 2.0], "K": [3, 70]}, domain={"B": ONE_UP, "K": ONE_UP}),
    Row(minibatch.minibatch_stopped, "09 Theorem 1b", stopped_with_batch, at=BATCH, domain=RUNS, default={"w0": 4.0},
        refused=REFUSED, also={"eta": [float(1 / (32 * mpf(1.2)))], "lam": [float(2.4 * log(2))]}),
    Row(minibatch.minibatch_coverage, "09 Theorem 1b, coverage",
        lambda sigma_sq, B, T, K, N, eta, lam, w0: price(N) * stopped_with_batch(sigma_sq, B, T, K, N, eta, lam, w0),
        at=BATCH, domain=RUNS, default={"w0": 4.0}, refused=REFUSED),
]

"""Notebook 10: token-level SGD and distillation (``covtheory.bounds.test_time``)."""

from mpmath import cosh, inf, mpf, sqrt

from covtheory.bounds import test_time
from identities.table import Row, plus

NOT_NEGATIVE = "[0, inf)"
GUARDED = {"eta": "(0, inf)", "T": "[1, inf)", "sigma_sq": NOT_NEGATIVE, "A": NOT_NEGATIVE, "B": NOT_NEGATIVE,
           "D": NOT_NEGATIVE, "eps": NOT_NEGATIVE, "D_seq": NOT_NEGATIVE}


def guarded(*names):
    """The domains of these arguments."""
    return {name: GUARDED[name] for name in names}



def jeffreys(eta, T, sigma_sq, B, D):
    """Theorem 1."""
    left = plus(mpf(2), -eta * B**2)
    return plus(D**2 / (eta * T), eta * sigma_sq) / left if left > 0 else inf


def distilled(eta, T, sigma_sq, A, B, D):
    """Theorem 4."""
    left = plus(mpf(2), -16 * eta * A * B**2)
    return plus(D**2 / (eta * T), eta * plus(16 * A, 2) * sigma_sq) / left if left > 0 else inf


def minimiser(bound, largest):
    """The step at which a convex bound is least, by golden section in 50 digits on (0, largest)."""
    low, high, ratio = mpf(0), largest, (sqrt(mpf(5)) - 1) / 2
    for _ in range(66):  # to 1e-14 of the range; the least value must resolve the square of that
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if bound(a) < bound(b) else (a, high)
    return (low + high) / 2


def signs(H, offset, D):
    """Theorem 3 with a free offset, by its sum."""
    mu = 1 / cosh(mpf(1)) ** 2
    return plus(2 * mu * offset * D**2, 2 * sum(1 / (h + offset) for h in range(1, int(H) + 1)))


SMALL = {"T": [16, 3, 40], "sigma_sq": [1.5, 9.0, 0.3], "B": [0.7, 1.1, 2.0], "D": [1.3, 0.6, 1.9]}
A = [0.5, 0.3, 2.0]

ROWS = [
    Row(test_time.decoder_jeffreys, "10 Theorem 1", jeffreys, at={"eta": [0.3, 0.5, 0.6], **SMALL}, default={"D": 2.0},
        domain=guarded("eta", "T", "sigma_sq", "B", "D")),
    Row(test_time.decoder_kl_paper, "10 Theorem 1, printed",
        lambda eta, T, sigma_sq, B: plus(4 / (eta * T), 2 * eta * sigma_sq) if eta * B**2 <= mpf("0.5") else inf,
        at={"eta": [0.9, 0.35, 0.13], "T": SMALL["T"], "sigma_sq": SMALL["sigma_sq"], "B": [0.745, 1.1, 2.0]},
        also={"B": [0.7453, 0.7454, 0.8], "eta": [0.2, 0.91]},
        domain=guarded("eta", "T", "sigma_sq", "B")),
    Row(test_time.decoder_step, "10 Theorem 1, best step",
        lambda T, sigma_sq, B, D: minimiser(lambda eta: jeffreys(eta, T, sigma_sq, B, D), 2 / B**2), at=SMALL,
        default={"D": 2.0}, domain=guarded("T", "sigma_sq")),
    Row(test_time.decoder_best, "10 Theorem 1 at its best step",
        lambda T, sigma_sq, B, D:
        jeffreys(minimiser(lambda eta: jeffreys(eta, T, sigma_sq, B, D), 2 / B**2), T, sigma_sq, B, D), at=SMALL,
        default={"D": 2.0}, domain=guarded("T", "sigma_sq")),
    Row(test_time.mean_shift, "10 Lemma 2", lambda sigma_sq, eps, B: plus(2 * sqrt(eps * sigma_sq), 2 * B * eps),
        at={"sigma_sq": [1.5, 9.0], "eps": [0.25, 2.0], "B": [2.0, 0.3]},
        domain=guarded("sigma_sq", "eps", "B")),
    Row(test_time.gradient_moment, "10 Theorem 4, step (2)",
        lambda A, sigma_sq, D_seq, B: plus(plus(16 * A, 2) * sigma_sq, 16 * A * B**2 * D_seq),
        at={"A": [1.5, 0.3], "sigma_sq": [1.5, 9.0], "D_seq": [0.5, 4.0], "B": [2.0, 0.9]},
        domain=guarded("A", "sigma_sq", "D_seq", "B")),
    Row(test_time.gradient_moment_paper, "10 (Lemma I.11 of the paper)",
        lambda A, sigma_sq, D_seq, B: plus(plus(64 * A, 2) * sigma_sq, 256 * A * B**2 * D_seq),
        at={"A": [0.5, 0.3], "sigma_sq": [1.5, 9.0], "D_seq": [0.5, 2.0], "B": [2.0, 0.9]},
        domain=guarded("A", "sigma_sq", "D_seq", "B")),
    Row(test_time.distilled_stopped_kl, "10 Theorem 4", distilled,
        at={"eta": [0.2, 0.1, 0.9], "A": A, **SMALL}, default={"D": 2.0},
        domain=guarded("eta", "T", "sigma_sq", "A", "B", "D")),
    Row(test_time.distilled_stopped_kl_paper, "10 (Theorem 6.2 of the paper)",
        lambda eta, T, sigma_sq, A, B: plus(4 / (eta * T), eta * plus(64 * A, 2) * sigma_sq)
        if eta * 2 * (32 * A + 1) * B**2 <= 1 else inf,
        at={"eta": [0.06, 0.038, 0.002], "A": [0.5, 0.3, 2.0], **{k: SMALL[k] for k in ("T", "sigma_sq", "B")}},
        also={"eta": [0.0601, 0.07, float(1 / (34 * mpf(0.7) ** 2))]},
        domain=guarded("eta", "T", "sigma_sq", "A", "B")),
    Row(test_time.distillation_step, "10 Theorem 4, best step",
        lambda T, sigma_sq, A, B, D:
        minimiser(lambda eta: distilled(eta, T, sigma_sq, A, B, D), 1 / (8 * A * B**2)), at={**SMALL, "A": A},
        default={"D": 2.0}, domain=guarded("T", "sigma_sq")),
    Row(test_time.sign_decoder_log, "10 Theorem 3", signs,
        at={"H": [50, 7], "offset": [4.5, 9.0], "D": [1.7, 0.6]}, default={"offset": 4.0, "D": 1.0},
        domain={"H": "[1, inf)", "offset": "[4, inf)", "D": NOT_NEGATIVE}),
    Row(test_time.sign_decoder_covered, "10 Proposition 1",
        lambda eta, H, N: 2 * sqrt(N) * (1 - eta / 256) ** H if eta <= mpf(1) / 4 else inf,
        at={"eta": [0.2, 0.01, 0.26], "H": [900, 40, 10], "N": [16.0, 3.0, 5.0]},
        domain={"eta": "(0, inf)", "H": "[1, inf)", "N": "[1, inf)"}),
]

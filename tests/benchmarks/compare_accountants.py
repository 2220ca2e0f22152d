"""Side by side with two accountants on one pair of 50-symbol laws: ``compare_accountants.py [H ...] > table.csv``.

Per line: length, threshold, the certificate at relative gap 1e-4 and its seconds, dp-accounting's optimistic and
pessimistic tail with its grid, seconds of both together, and a certificate at gap 1e-6 as the truth to hold them
against; last, the saddle-point accountant's value and error bounds and its seconds. Seconds are of processor time, for
the certificate and the saddle point the least of five. Reading P[loss >= log N] off a
privacy-loss distribution is our use of dp-accounting, not one its authors advertise; the saddle-point method is stated
for delta(epsilon), and carried over to the tail here.
"""

import csv
import sys
import time

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr, logsumexp

from covtheory.certificates import certified_coverage
from covtheory.instances.long_sequences import moments, token_pair

COLUMNS = ("H", "z", "log_N", "truth_lower", "truth_upper", "lower", "upper", "seconds", "grid", "accountant_lower",
           "accountant_upper", "accountant_seconds", "saddle_value", "saddle_lower", "saddle_upper", "saddle_seconds")


def laws(H: int) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Two laws on 50 symbols whose sequences are about 4 nats apart; mean and deviation of the log ratio."""
    p, q = token_pair(H)
    mean, deviation, _ = moments(p, q)
    return p, q, H * mean, float(np.sqrt(H)) * deviation


def accountant(p: np.ndarray, q: np.ndarray, H: int, grid: float, pessimistic: bool):
    """Grid losses and tail of the composed privacy-loss distribution."""
    from dp_accounting.pld import privacy_loss_distribution

    upper, lower = (dict(enumerate(np.log(law))) for law in (p, q))
    loss = privacy_loss_distribution.from_two_probability_mass_functions(
        lower, upper, pessimistic_estimate=pessimistic, value_discretization_interval=grid
    ).self_compose(H, tail_mass_truncation=1e-20)
    pmf = loss._pmf_remove.to_dense_pmf()
    return pmf._lower_loss, pmf._discretization, pmf._probs, pmf._infinity_mass


def tail(pmf, log_N: float) -> float:
    first, grid, probs, infinite = pmf
    k = max(0, int(np.ceil(log_N / grid - 1e-9)) - first)
    return float(probs[k:].sum() + infinite)


def saddle_point(p: np.ndarray, q: np.ndarray, H: int, log_N: float) -> tuple[float, float, float]:
    """The saddle-point accountant (Alghamdi et al., arXiv 2208.09595), for the tail: value, and its error bounds.

    Value: steepest descent to first order, ``e^F / sqrt(2 pi F'')`` at the minimum of ``F(s) = H Lam(s) - s log N - log
    s``. Bounds: at the same tilt the sum is replaced by a normal variable; by Berry and Esseen (constant 0.56 for terms
    that differ, as there) that changes the tail by at most ``1.12 e^{H Lam - s log N} H E|x - m|^3 / (H V)^{3/2}``,
    since ``e^{-sz} 1{z >= 0}`` has total variation two.

    Examples
    --------
    >>> p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.35, 0.25])
    >>> value, lower, upper = saddle_point(p, q, 10**6, 2.15e4)
    >>> lower < value < upper
    True
    """
    x = np.log(p / q)

    def tilted(s: float) -> tuple[float, np.ndarray]:
        lam = float(logsumexp(s * x, b=p))
        return lam, p * np.exp(s * x - lam)

    s = float(brentq(lambda s: H * float(tilted(s)[1] @ x) - log_N - 1 / s, 1e-12, 1e4, xtol=1e-14, rtol=1e-13))
    lam, w = tilted(s)
    mean, exponent = float(w @ x), H * lam - s * log_N
    variance, third = H * float(w @ (x - mean) ** 2), H * float(w @ np.abs(x - mean) ** 3)
    value = np.exp(exponent) / s / np.sqrt(2 * np.pi * (variance + 1 / s**2))
    z, sd = H * mean - log_N, np.sqrt(variance)
    normal = np.exp(exponent - s * z + (s * sd) ** 2 / 2 + log_ndtr((z - s * variance) / sd))
    error = 1.12 * np.exp(exponent) * third / variance**1.5
    return float(value), float(max(0.0, normal - error)), float(normal + error)


def timed(work, tries: int = 5):
    """What ``work`` returns, and the least processor time of the tries."""
    seconds = []
    for _ in range(tries):
        start = time.process_time()
        found = work()
        seconds.append(time.process_time() - start)
    return found, min(seconds)


def rows(H: int, grid: float):
    """One row per threshold: one, and seven (for short sequences two) standard deviations above the mean."""
    p, q, mean, sd = laws(H)
    both, composed = timed(lambda: [accountant(p, q, H, grid, pessimistic) for pessimistic in (False, True)], tries=1)
    for z in (1.0, 7.0 if H > 100 else 2.0):
        log_N = mean + z * sd
        truth = certified_coverage(p, q, H, log_N, relative_gap=1e-6)
        ours, seconds = timed(lambda: certified_coverage(p, q, H, log_N, relative_gap=1e-4))  # noqa: B023
        saddle, short = timed(lambda: saddle_point(p, q, H, log_N))  # noqa: B023
        yield (H, z, log_N, truth.lower, truth.upper, ours.lower, ours.upper, seconds, grid,
               tail(both[0], log_N), tail(both[1], log_N), composed, *saddle, short)


def main(lengths: list[int]) -> None:
    """Print the table."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for H in lengths:
        for row in rows(H, 1e-5):
            writer.writerow([f"{v:.10g}" for v in row])
            sys.stdout.flush()


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [10, 10**3, 10**5, 10**6])

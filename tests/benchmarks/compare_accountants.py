"""Side by side with dp-accounting on one pair of 50-symbol laws: ``compare_accountants.py [H ...] > table.csv``.

Per line: length, threshold, the certificate at relative gap 1e-4 and its seconds, dp-accounting's optimistic and
pessimistic tail with its grid, seconds of both together, and a certificate at gap 1e-6 as the truth to hold them
against. Reading P[loss >= log N] off a privacy-loss distribution is our use of that library, not one its authors
advertise.
"""

import csv
import sys
import time

import numpy as np

from covtheory.coverage import certified_coverage
from covtheory.instances.long_sequences import moments, token_pair

COLUMNS = ("H", "z", "log_N", "truth_lower", "truth_upper", "lower", "upper", "seconds", "grid", "accountant_lower",
           "accountant_upper", "accountant_seconds")


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


def rows(H: int, grid: float):
    """One row per threshold: one, and seven (for short sequences two) standard deviations above the mean."""
    p, q, mean, sd = laws(H)
    start = time.perf_counter()
    both = [accountant(p, q, H, grid, pessimistic) for pessimistic in (False, True)]
    composed = time.perf_counter() - start
    for z in (1.0, 7.0 if H > 100 else 2.0):
        log_N = mean + z * sd
        truth = certified_coverage(p, q, H, log_N, relative_gap=1e-6)
        start = time.perf_counter()
        ours = certified_coverage(p, q, H, log_N, relative_gap=1e-4)
        seconds = time.perf_counter() - start
        yield (H, z, log_N, truth.lower, truth.upper, ours.lower, ours.upper, seconds, grid,
               tail(both[0], log_N), tail(both[1], log_N), composed)


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

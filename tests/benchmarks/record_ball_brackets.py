"""Prints the ball-arithmetic brackets that notebook 18 compares with (references/ball_brackets.csv)."""

import csv
import sys

import numpy as np

from covtheory.certificates.ball_replay import ball_replay
from covtheory.instances.long_sequences import moments, token_pair

CASES = [(H, z) for H in (10**3, 10**5, 10**6) for z in (-2.0, 1.0, 7.0, 11.4)]


def row(H: int, z: float) -> list[str]:
    """Length, deviations, threshold, lower and upper end, as exact decimal images of the floats."""
    p, q = token_pair(H)
    mean, deviation, _ = moments(p, q)
    log_N = round(float(H * mean + z * np.sqrt(H) * deviation), 3)
    ball = ball_replay(p, q, H, log_N, relative_gap=1e-5)
    return [repr(v) for v in (H, z, log_N, ball.lower, ball.upper)]


def main() -> None:
    """Print the table."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("H", "z", "log_N", "lower", "upper"))
    writer.writerows(row(H, z) for H, z in CASES)


if __name__ == "__main__":
    main()

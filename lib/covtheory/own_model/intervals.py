"""Finite-sample confidence intervals for means of numbers in [0, 1]."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import rel_entr

from covtheory import validation


def chernoff_interval(mean: float, draws: int, false_alarm: float) -> tuple[float, float]:
    """Interval for the expectation of i.i.d. numbers in [0, 1] from their mean, valid at every sample size.

    Hoeffding (1963, Theorem 1): ``P[mean >= m + t] <= exp(-n kl(m + t, m))`` with the binary divergence ``kl``, both
    ways; the interval is ``{m : n kl(mean, m) <= log(2 / false_alarm)}``.

    Examples
    --------
    >>> lower, upper = chernoff_interval(0.5, 100, 0.05)
    >>> round(lower, 3), round(upper, 3)
    (0.367, 0.633)
    >>> round(chernoff_interval(0.0, 100, 0.05)[1], 4)
    0.0362
    """
    x = min(max(float(validation.in_range("mean", mean, -1e-9, 1 + 1e-9)), 0.0), 1.0)  # sums carry round-off
    draws = validation.count("draws", draws)
    alpha = float(validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True))
    room = np.log(2 / alpha) / draws

    def excess(m):
        return float(rel_entr(x, m) + rel_entr(1 - x, 1 - m)) - room

    lower = 0.0 if x == 0 or excess(1e-300) <= 0 else brentq(excess, 1e-300, x, xtol=1e-15)
    upper = 1.0 if x == 1 or excess(1 - 1e-16) <= 0 else brentq(excess, x, 1 - 1e-16, xtol=1e-15)
    return lower, upper

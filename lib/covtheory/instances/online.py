"""Online predictors whose coverage has an exact law: rare contexts that must show once (notebook 19)."""

import math

import numpy as np

from covtheory.instances.two_scale import unseen_law
from covtheory.validation import count, in_range, threshold


def one_context_rounds(mu: float, n: int, delta: float) -> float:
    """Exact upper delta-quantile of ``(1/n) sum_t Cov_N(phat_t)``: one context of mass mu among N labels.

    Predictor t spreads over the N labels until the context has shown, and knows the label from then on: its ``Cov_N``
    is mu, then 0. Regret: ``log N`` at most.

    Source: this collection, notebook 19, Theorem T3.

    Examples
    --------
    >>> one_context_rounds(0.5, 4, 0.2)  # unseen in the first two rounds with probability 1/4, in three with 1/8
    0.375
    """
    in_range("mu", mu, 0, 1, open_ends=True)
    in_range("delta", delta, 0, 1, open_ends=True)
    rounds = 1 + math.floor(math.log(delta) / math.log1p(-mu) + 1e-9)  # largest k with P[unseen in k - 1] >= delta
    return mu * min(count("n", n), rounds) / n


def late_contexts_average(m: int, mu: float, labels: float, n: int, N: float, delta: float) -> float:
    """Exact upper delta-quantile of ``Cov_N`` of the average predictor: m contexts of mass mu, ``labels >= N`` each.

    The average predictor misses a context by N iff it first shows in round
    ``t0 = ceil(n (1 - 1/N)/(1 - 1/labels))`` or later. Regret: ``m log(labels)`` at most.

    Source: this collection, notebook 19, Theorem T3.

    Examples
    --------
    >>> late_contexts_average(1, 0.001, 1e6, 2000, 1e3, 0.01)
    0.001
    """
    threshold("labels", labels, least=N)
    in_range("delta", delta, 0, 1, open_ends=True)
    first = math.ceil(count("n", n) * (1 - 1 / threshold("N", N, strict=True)) / (1 - 1 / labels) - 1e-9)
    missed = unseen_law(first - 1, m, mu)[::-1].cumsum()[::-1]
    return mu * int(np.flatnonzero(missed >= delta)[-1])

"""Instances for notebook 17: two worlds that data cannot tell apart, and a file of scores with a known profile."""

from fractions import Fraction
from math import comb

import numpy as np

from covtheory import validation
from covtheory.coverage import LogRatioLaw
from covtheory.policies import Product

TEACHER_TOKENS, MODEL_TOKENS, LENGTH = (0.5, 0.3, 0.2), (0.55, 0.41, 0.04), 12


def scored_pair() -> tuple[Product, Product]:
    """Teacher and model of notebook 17: twelve independent tokens, the model five times too shy of the third.

    Examples
    --------
    >>> teacher, model = scored_pair()
    >>> teacher.H
    12
    """
    return Product(TEACHER_TOKENS, H=LENGTH), Product(MODEL_TOKENS, H=LENGTH)


def token_kl() -> float:
    """KL of the two next-token laws of ``scored_pair``, the same at each of its positions (nats).

    Examples
    --------
    >>> round(token_kl(), 4)
    0.1805
    """
    p, q = np.array(TEACHER_TOKENS), np.array(MODEL_TOKENS)
    return float(p @ np.log(p / q))


def hidden_support_distance(draws: int, responses: int, M: int) -> float:
    """Total variation between n draws from the uniform law and n draws uniform on a hidden random share 1/M of it.

    Both laws are exchangeable under relabelling, so the number of distinct responses is sufficient. Computed in
    fractions: the two laws may agree to more digits than a float has.

    Examples
    --------
    >>> hidden_support_distance(2, 4, 2)
    0.25
    """
    if responses % M:
        raise ValueError(f"responses: got {responses}, expected a multiple of M = {M}")
    laws = _distinct(draws, responses), _distinct(draws, responses // M)
    return float(sum(abs(a - b) for a, b in zip(*laws, strict=True)) / 2)


def rare_response(eps: float, K: float, old: LogRatioLaw | None = None) -> LogRatioLaw:
    """Law ``old`` with probability ``1 - eps``, else a new response of log ratio K: KL is ``(1 - eps) KL_old + eps K``.

    By default the old pair are two equal laws: log ratio 0. The model moves mass ``eps (1 - exp(-K))`` to a response
    that the teacher never gives, so that the old responses keep their log ratios.

    Raises
    ------
    ValueError
        ``eps`` outside (0, 1), or K not above the old log ratios.

    Examples
    --------
    >>> rare_response(0.01, 1e5).q_only
    0.01
    """
    eps = float(validation.in_range("eps", eps, 0, 1, open_ends=True))
    old = LogRatioLaw([0.0], [1.0]) if old is None else old
    K = float(validation.threshold("K", K, least=float(old.values[-1]), strict=True))
    kept = eps * np.exp(-K)
    return LogRatioLaw([*old.values, K], [*(1 - eps) * old.p, eps], [*(1 - eps) * old.q, kept],
                       (1 - eps) * old.q_only + eps - kept)


def _distinct(draws, responses):
    draws, responses = validation.count("draws", draws), validation.count("responses", responses)
    law = [Fraction(0)] * (draws + 1)
    for k in range(1, min(draws, responses) + 1):
        onto = sum((-1) ** j * comb(k, j) * (k - j) ** draws for j in range(k + 1))  # k! times a Stirling number
        law[k] = Fraction(comb(responses, k) * onto, responses**draws)
    return law

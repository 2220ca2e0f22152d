"""Instances for notebook 17: two worlds that data cannot tell apart, and a file of scores with a known profile."""

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


def distinct_law(draws: int, responses: int) -> np.ndarray:
    """Law of the number of distinct responses among i.i.d. uniform draws: index k has its probability, k = 0..draws.

    Examples
    --------
    >>> distinct_law(2, 4)
    array([0.  , 0.25, 0.75])
    """
    draws, responses = validation.count("draws", draws), validation.count("responses", responses)
    law = np.zeros(draws + 1)
    for k in range(1, min(draws, responses) + 1):
        onto = sum((-1) ** j * comb(k, j) * (k - j) ** draws for j in range(k + 1))  # k! times a Stirling number
        law[k] = comb(responses, k) * onto / responses**draws
    return law


def hidden_support_distance(draws: int, responses: int, M: int) -> float:
    """Total variation between n draws from the uniform law and n draws uniform on a hidden random share 1/M of it.

    Both laws are exchangeable under relabelling, so the number of distinct responses is sufficient.

    Examples
    --------
    >>> hidden_support_distance(2, 4, 2)
    0.25
    """
    if responses % M:
        raise ValueError(f"responses: got {responses}, expected a multiple of M = {M}")
    return float(np.abs(distinct_law(draws, responses) - distinct_law(draws, responses // M)).sum() / 2)


def rare_response(eps: float, K: float) -> LogRatioLaw:
    """Log ratio 0 but for a response of teacher probability eps and log ratio K: KL is ``eps K``.

    The model moves mass ``eps (1 - exp(-K))`` to a response that the teacher never gives.

    Examples
    --------
    >>> rare_response(0.01, 1e5).q_only
    0.01
    """
    eps = float(validation.in_range("eps", eps, 0, 1, open_ends=True))
    K = float(validation.threshold("K", K, least=0.0, strict=True))
    kept = eps * np.exp(-K)
    return LogRatioLaw([0.0, K], [1 - eps, eps], [1 - eps, kept], eps - kept)

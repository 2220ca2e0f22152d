"""Pairs of rational token laws whose sequences are a few nats apart, however long they are."""

import numpy as np

from covtheory.validation import count


def token_pair(H: int, V: int = 50, *, nats: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    """Laws p and q on V symbols with ``H KL(p||q)`` about ``nats``.

    ``q_v ~ p_v (1 - d_v / D)`` with whole numbers ``d_v``, ``D``, so that the floats are the same on every machine.

    Examples
    --------
    >>> p, q = token_pair(10**6)
    >>> round(float(10**6 * (p @ np.log(p / q))), 1)
    4.0
    """
    H, v = count("H", H), np.arange(count("V", V, least=2))
    a, d = 20 + (v * v * 37 + 11 * v) % 181, (v * v * 29 + 7 * v) % 37 - 18
    mean = a @ d / a.sum()
    D = max(40, round(float(np.sqrt((a @ (d - mean) ** 2) / a.sum() * H / (2 * nats)))))
    b = a * (D - d)
    return a / a.sum(), b / b.sum()


def moments(p: np.ndarray, q: np.ndarray) -> tuple[float, float, float]:
    """Mean, standard deviation and third absolute central moment of the token log ratio under p, in nats.

    Examples
    --------
    >>> moments(np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    (0.0, 0.0, 0.0)
    """
    x = np.log(p / q)
    mean = float(p @ x)
    return mean, float(np.sqrt(p @ (x - mean) ** 2)), float(p @ np.abs(x - mean) ** 3)

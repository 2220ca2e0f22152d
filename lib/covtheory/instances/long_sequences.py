"""Pairs of rational token laws whose sequences are a few nats apart, at any length that is not very short."""

import numpy as np

from covtheory.validation import count


def token_pair(H: int, V: int = 50, *, nats: float = 4.0, power: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Laws p and q on V symbols with ``H KL(p||q)`` about ``nats`` if H is large enough.

    ``q_v ~ p_v (1 - d_v / D)^power`` with whole numbers ``d_v``, ``D``, so that the floats are the same on every
    machine. D is at least 40 (``|d_v|`` goes up to 18): with power 1 and 4 nats this binds below 115 tokens, and ten
    tokens are only 0.35 nats apart. A larger power brings short sequences further apart.

    Examples
    --------
    >>> p, q = token_pair(10**6)
    >>> round(float(10**6 * (p @ np.log(p / q))), 1)
    4.0
    >>> [round(float(10 * (p @ np.log(p / q))), 2) for p, q in (token_pair(10), token_pair(10, power=4))]
    [0.35, 4.01]
    """
    H, power, v = count("H", H), count("power", power), np.arange(count("V", V, least=2))
    a, d = 20 + (v * v * 37 + 11 * v) % 181, (v * v * 29 + 7 * v) % 37 - 18
    mean = a @ d / a.sum()
    D = max(40, round(power * float(np.sqrt((a @ (d - mean) ** 2) / a.sum() * H / (2 * nats)))))
    b = a * (D - d) ** power
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

"""Random pairs of laws that reach the corners: sparse, heavy-tailed, mutually singular parts, nearly equal."""

import numpy as np
from scipy.special import logsumexp, softmax

from covtheory.instances.pair import Pair
from covtheory.validation import count, in_range

KINDS = ("dirichlet", "sparse", "heavy", "model_zeros", "data_zeros", "near")


def random_pairs(rng: np.random.Generator, number: int, R: int, kind: str = "dirichlet") -> Pair:
    """``number`` independent pairs stacked as a :class:`Pair` of shape ``(number, R)``.

    Parameters
    ----------
    kind : str
        ``dirichlet`` (uniform on the simplex), ``sparse`` (Dirichlet .1), ``heavy`` (log-normal weights, sigma 3),
        ``model_zeros`` (pi = 0 where pi_D > 0), ``data_zeros`` (the reverse), ``near`` (log-ratios of order 1e-3).

    Examples
    --------
    >>> pair = random_pairs(np.random.default_rng(0), 5, 4, "model_zeros")
    >>> bool((np.isposinf(pair.log_ratio).sum(axis=1) >= 1).all())
    True
    """
    number, R = count("number", number), count("R", R, least=2)
    if kind == "dirichlet":
        return Pair(rng.dirichlet(np.ones(R), number), rng.dirichlet(np.ones(R), number))
    if kind == "sparse":
        return Pair(rng.dirichlet(np.full(R, 0.1), number), rng.dirichlet(np.full(R, 0.1), number))
    if kind == "heavy":
        return Pair(*(_normalised(np.exp(3 * rng.standard_normal((number, R)))) for _ in range(2)))
    if kind == "near":
        p = rng.dirichlet(np.ones(R), number)
        return Pair(p, _normalised(p * np.exp(1e-3 * rng.standard_normal((number, R)))))
    if kind in ("model_zeros", "data_zeros"):
        full, cut = rng.dirichlet(np.ones(R), number), rng.dirichlet(np.ones(R), number)
        keep = rng.random((number, R)) < 0.6
        keep[np.arange(number), rng.integers(R, size=number)] = False
        keep[~keep.any(axis=1), 0] = True
        full_row = keep.all(axis=1)
        keep[full_row, -1] = False
        cut = _normalised(cut * keep)
        return Pair(full, cut) if kind == "model_zeros" else Pair(cut, full)
    raise ValueError(f"kind: got {kind!r}, expected one of {KINDS}")


def pairs_of_kl(rng: np.random.Generator, number: int, R: int, KL: float) -> Pair:
    """``number`` random pairs with one and the same ``KL(pi_D || pi)``: a cloud on a level set.

    The model is the tilt ``pi prop. to pi_D exp(-t v)`` in a random heavy-tailed direction ``v >= 0``; the divergence
    is ``t E v + log E exp(-t v)``, which increases from 0 without bound, so bisection finds ``t``.

    Examples
    --------
    >>> p, q = pairs_of_kl(np.random.default_rng(0), 3, 4, 0.25)
    >>> bool(np.allclose((p * np.log(p / q)).sum(axis=1), 0.25))
    True
    """
    number, R = count("number", number), count("R", R, least=2)
    KL = float(in_range("KL", KL, 0, 2, open_ends=True))
    p = rng.dirichlet(np.full(R, 0.5), number) * 0.98 + 0.02 / R  # no response so rare that its model mass underflows
    v = rng.exponential(size=(number, R)) ** 3
    v = (v - v.min(axis=1, keepdims=True)) / np.ptp(v, axis=1)[:, None]
    low, high = np.full((number, 1), -30.0), np.full((number, 1), 30.0)
    for _ in range(100):
        middle = (low + high) / 2
        t = np.exp(middle)
        above = t * (p * v).sum(axis=1, keepdims=True) + logsumexp(-t * v, b=p, axis=1, keepdims=True) > KL
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return Pair(p, softmax(np.log(p) - np.exp(low) * v, axis=1))


def _normalised(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum(axis=-1, keepdims=True)

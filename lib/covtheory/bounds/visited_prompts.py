"""Coverage at visited prompts: a power of N whose exponent grows with the visits, free of the length (notebook 05).

At a prompt the response follows an exponential family with one natural parameter and log-partition ``A``; maximum
likelihood over an interval. ``c`` bounds the curvature ratio ``A''(u)/A''(v)`` for v between truth and model and u
wherever the proof reaches (see :func:`visited_coverage`); a normal family has ``c = 1``.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.golden_ratio import rates
from covtheory.validation import in_range, threshold

_SHARES = np.concatenate([[1e-9], np.linspace(0.005, 0.995, 199)])
"""Values of s that are tried; each gives a valid bound."""


def visited_coverage(t: ArrayLike, N: ArrayLike, c: float = 1.0, s: ArrayLike | None = None) -> np.ndarray:
    """After ``t`` visits ``E Cov_N <= N^-lambda 2^s/(1-s)``, ``lambda = a(s t/c)`` of the golden-ratio law, ``0<s<1``.

    Capped at one, which is the bound at ``t = 0``. Without ``s`` the best of 200 values is taken.

    Parameters
    ----------
    t : array_like
        Visits (>= 0).
    N : array_like
        Thresholds above one; broadcast with ``t``.
    c : float
        At least ``A''(u)/A''(v)`` for all v in the box and all u in the box or on the ray that starts at the truth and
        points away from the model.
    s : array_like, optional
        Share of the Chernoff exponent that is spent, broadcast with ``t`` and ``N``.

    Source: this collection, notebook 05, theorem on visited prompts.

    Examples
    --------
    >>> round(float(visited_coverage(24, 100.0, c=2.0, s=0.5)), 9)  # lambda = 2: 100^-2 sqrt(2)/(1/2)
    0.000282843
    """
    t, L = threshold("t", t, least=0.0), np.log(threshold("N", N, strict=True))
    c = float(threshold("c", c))
    if s is None:
        t, L = (array[..., None] for array in np.broadcast_arrays(t, L))
        return _power(t, L, c, _SHARES).min(axis=-1)
    return _power(t, L, c, in_range("s", s, 0, 1, open_ends=True))


def _power(t, L, c, s):
    exponent = rates(np.maximum(s * t / c, 1e-300)).a
    return np.minimum(2.0**s / (1 - s) * np.exp(-exponent * L), 1.0)


def expected_coverage(visits: ArrayLike, N: ArrayLike, c: float = 1.0) -> np.ndarray:
    """Bound on ``E Cov_N`` over data sets and prompts, from the mass of prompts visited t = 0, 1, 2, ... times.

    Prompts visited oftener than ``visits`` tells get the bound of its last column plus one.

    Parameters
    ----------
    visits : array_like, shape (..., T + 1)
        Expected mass of prompts visited exactly t times; each row sums to at most one.
    N : array_like
        Thresholds above one.

    Returns
    -------
    np.ndarray, shape (..., *N.shape)

    Source: this collection, notebook 05, theorem on visited prompts.

    Examples
    --------
    >>> [round(float(v), 4) for v in expected_coverage([0.01, 0.0], [4.0, 1e6])]  # 0.99 visited twice or oftener
    [0.9345, 0.01]
    """
    visits, N = in_range("visits", visits, 0, 1 + 1e-9), np.asarray(N, dtype=float)
    rest = 1.0 - visits.sum(axis=-1, keepdims=True)
    if (rest < -1e-9).any():
        raise ValueError(f"visits: got a row that sums to {1 - rest.min():.9g}, expected at most one")
    bound = visited_coverage(np.arange(visits.shape[-1] + 1)[:, None], N.ravel(), c)
    mass = np.concatenate([visits, np.maximum(rest, 0.0)], axis=-1)
    return (mass @ bound).reshape(visits.shape[:-1] + N.shape)

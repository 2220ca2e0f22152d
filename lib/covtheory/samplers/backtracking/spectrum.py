"""Eigenvalues of the backtracking walk: all of them on small trees, the gap on any tree, closed forms for exact values.

The gap needs no eigenvector. Eliminating a symmetric matrix from the leaves of a tree up creates no fill, and by
Sylvester's law the negative pivots count the eigenvalues below the shift (Jacobs and Trevisan 2011). In terms of
``s = 1 - lambda`` the pivots obey ``e(v) = sum_c W(c) e(c)/(W(c) + e(c)) - s B(v)``, which keeps small gaps accurate.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigvalsh_tridiagonal

from covtheory.samplers.backtracking.walk import BacktrackingWalk
from covtheory.validation import count, in_range


def spectrum(walk: BacktrackingWalk) -> np.ndarray:
    """All eigenvalues of the non-lazy walk, descending (the lazy ones are ``(1 + lambda)/2``).

    Examples
    --------
    >>> spectrum(BacktrackingWalk([-1, 0, 0], [0, 1, 1])).round(12) + 0.0
    array([ 1.,  0., -1.])
    """
    return 2 * walk._modes[0] - 1


def eigenvalues_above(walk: BacktrackingWalk, s: float) -> int:
    """Number of eigenvalues of the non-lazy walk above ``1 - s``, by inertia in O(n)."""
    s = float(in_range("s", s, 0, 2))
    residue = -s * walk.degree
    negative, n = 0, len(walk)
    for level in reversed(walk.levels()[1:]):
        weight, e = walk.weight[level], residue[level]
        pivot = weight + e
        pivot[pivot == 0] = -np.finfo(float).tiny
        negative += int((pivot < 0).sum())
        above = walk.parent[level]
        first = above[0]
        residue[first : above[-1] + 1] += np.bincount(above - first, weight * e / pivot)
    return negative + int(residue[0] < 0) if n else 0


def spectral_gap(walk: BacktrackingWalk) -> float:
    """``1 - lambda_2`` of the lazy walk on any tree, to a relative accuracy near 1e-14.

    Bisection on :func:`eigenvalues_above`; a tree with 10^5 nodes takes a fraction of a second.

    Examples
    --------
    >>> from covtheory.samplers.backtracking import complete_tree
    >>> walk = complete_tree(2, 4, lambda y: 1 + y.sum(axis=1)).walk()
    >>> bool(abs(spectral_gap(walk) / ((1 - np.cos(np.pi / 8)) / 2) - 1) < 1e-12)
    True
    """
    low, high = 1e-18, 2.0
    if eigenvalues_above(walk, low) > 1:
        raise ValueError("walk: the gap is below 5e-19, not resolved in double precision")
    while high / low > 1 + 1e-14:
        middle = np.sqrt(low * high)
        if not low < middle < high:
            break
        low, high = (low, middle) if eigenvalues_above(walk, middle) > 1 else (middle, high)
    return float(high / 2)


def exact_value_spectrum(walk: BacktrackingWalk) -> np.ndarray:
    """Closed form of :func:`spectrum` when the values are exact, whatever ``pi_ref`` and ``tau``, descending.

    ``cos(pi j/H)``, ``j = 0..H``, and for each depth ``d < H`` the numbers ``cos((2j-1) pi/(2(H-d)))``, ``j = 1..H-d``,
    once for each child beyond the first of each node of depth ``d``.

    Source: this collection (notebook 14, Theorem 2).
    """
    H, sizes = walk.H, np.diff(walk.offsets)
    parts = [np.cos(np.pi * np.arange(H + 1) / H)]
    for d, extra in enumerate(np.diff(sizes)):
        j = np.arange(1, H - d + 1)
        parts.append(np.repeat(np.cos((2 * j - 1) * np.pi / (2 * (H - d))), extra))
    return np.sort(np.concatenate(parts))[::-1]


def level_gap(total: ArrayLike) -> float:
    """Gap of the lazy walk on a tree in which all nodes of a depth look alike and the root branches; any height.

    By interlacing the second eigenvalue is the largest one of the chain on ``1..H`` killed at the root; the chains
    killed further down are smaller still.

    Parameters
    ----------
    total : array_like, shape (H,)
        ``W_h``: total conductance of the edges into depth ``h = 1..H``.

    Examples
    --------
    >>> bool(np.isclose(level_gap([1, 1, 1]), (1 - np.cos(np.pi / 6)) / 2))
    True
    """
    link = _links(total)
    size = len(link)
    top = eigvalsh_tridiagonal(np.zeros(size), link[1:], select="i", select_range=(size - 1, size - 1))
    return float(1 - top[0]) / 2


def _links(total: ArrayLike) -> np.ndarray:
    """Off-diagonal of the symmetrised birth-and-death chain of the depth."""
    total = np.asarray(total, dtype=float)
    if not (np.isfinite(total) & (total > 0)).all():
        raise ValueError(f"total: got {total.min():.6g}, expected finite and > 0")
    count("H", total.size)
    degree = np.append(0.0, total) + np.append(total, 0.0)
    return total / np.sqrt(degree[:-1] * degree[1:])

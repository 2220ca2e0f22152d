"""A named set of log-ratio laws with thresholds, on which an inequality between functionals is checked at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from covtheory.coverage import CoverageProfile, LogRatioLaw, law_from_pmfs
from covtheory.instances.pair import Pair
from covtheory.instances.profile import two_point_pair
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.validation import count, threshold

FIXED_N = (1.25, 2.0, 4.0, 16.0, 256.0, 1e4)
"""Thresholds that every random law gets; its own atoms, where the coverage jumps, come on top."""


@dataclass(frozen=True, eq=False)
class LawSet:
    """``m`` laws with ``k`` thresholds each; everything broadcasts to ``(m, k)``.

    ``pairs[i]`` is the ``(p, q)`` that ``laws[i]`` came from, ``N`` and ``cov`` are ``(m, k)``.
    """

    names: tuple[str, ...]
    pairs: tuple[Pair, ...]
    laws: tuple[LogRatioLaw, ...]
    N: np.ndarray
    cov: np.ndarray

    def of(self, functional: Callable[[LogRatioLaw], float]) -> np.ndarray:
        """A functional of every law, as a column ``(m, 1)``."""
        return np.array([functional(law) for law in self.laws])[:, None]

    def where(self, index: int) -> str:
        """Name of the flat index of an ``(m, k)`` or ``(m, 1)`` array's instance, for witnesses."""
        row, column = divmod(index, self.N.shape[1])
        return f"{self.names[row]}, N={self.N[row, column]:.4g}"


def law_set(pairs: Sequence[Pair], N: Sequence, names: Sequence[str]) -> LawSet:
    """Laws of single-prompt pairs with given thresholds, one row of ``N`` per pair.

    Examples
    --------
    >>> from covtheory.instances.profile import two_point_pair
    >>> law_set([two_point_pair(0.5, 4)], [[2, 4, 8]], ["half"]).cov
    array([[0.5, 0.5, 0. ]])
    """
    N = threshold("N", N)
    if N.ndim != 2 or not len(pairs) == len(N) == len(names):
        raise ValueError(f"N: shape {N.shape} for {len(pairs)} pairs and {len(names)} names, expected one row each")
    laws = tuple(law_from_pmfs(*pair) for pair in pairs)
    cov = np.stack([np.minimum(CoverageProfile(law)(row), 1.0) for law, row in zip(laws, N, strict=True)])
    return LawSet(tuple(names), tuple(pairs), laws, N, cov)


def random_law_set(
    rng: np.random.Generator, number: int = 40, sizes: Sequence[int] = (2, 3, 6), kinds: Sequence[str] = KINDS
) -> LawSet:
    """``number`` random pairs of every kind and size; thresholds are ``FIXED_N`` and up to four atoms above one.

    Examples
    --------
    >>> chosen = random_law_set(np.random.default_rng(0), number=2)
    >>> chosen.N.shape, chosen.where(0)
    ((36, 10), 'dirichlet R=2 #0, N=1.25')
    """
    pairs, names, rows = [], [], []
    for kind in kinds:
        for R in sizes:
            stacked = random_pairs(rng, count("number", number), R, kind)
            for i, (p, q) in enumerate(zip(*stacked, strict=True)):
                pair = Pair(p, q)
                log_r = pair.log_ratio
                atoms = np.sort(log_r[(log_r > 1e-6) & (log_r < 700)])[::-1][:4]
                pairs.append(pair)
                names.append(f"{kind} R={R} #{i}")
                rows.append([*FIXED_N, *np.exp(atoms), *[FIXED_N[1]] * (4 - atoms.size)])
    return law_set(pairs, rows, names)


def two_point_law_set(a: Sequence[float], N: Sequence[float]) -> LawSet:
    """The extremal pairs ``P = (a, 1 - a), Q = (a/N, 1 - a/N)`` for every combination, each at its own ``N``.

    Examples
    --------
    >>> extremal = two_point_law_set([0.1, 0.5], [4.0])
    >>> extremal.cov[:, 0], extremal.where(1)
    (array([0.1, 0.5]), 'a=0.5, N=4')
    """
    grid = [(float(x), float(y)) for y in N for x in a]
    return law_set([two_point_pair(*point) for point in grid], [[y] for _, y in grid], [f"a={x:.4g}" for x, _ in grid])


def three_responses(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The four-parameter family of pairs on three responses, for adversarial searches.

    Parameters
    ----------
    z : ndarray, shape (m, 4)
        Log-weights of responses 1 and 2 relative to response 0, for the data law (two) and the model (two).

    Returns
    -------
    p, q : ndarray, shape (m, 3)
    N, cov : ndarray, shape (m,)
        Threshold at the ratio of response 0, or 1.1 if that is larger, and the coverage there.

    Examples
    --------
    >>> p, q, N, cov = three_responses(np.array([[0.0, 0.0, 1.0, 1.0]]))
    >>> N.round(3), cov.round(3)
    (array([2.146]), array([0.333]))
    """
    z = np.asarray(z, dtype=float)
    if z.ndim != 2 or z.shape[1] != 4:
        raise ValueError(f"z: shape {z.shape}, expected (m, 4)")
    origin = np.zeros((len(z), 1))
    p, q = (softmax(np.hstack([origin, part]), axis=1) for part in (z[:, :2], z[:, 2:]))
    r = p / q
    N = np.maximum(r[:, 0], 1.1)
    return p, q, N, np.minimum((p * (r >= N[:, None] * (1 - 1e-12))).sum(axis=1), 1.0)

"""Bounds for search with a learned verifier (notebook 20): from average errors, from roll-outs; blind search."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import threshold


def first_response_moves(over: ArrayLike, under: ArrayLike) -> np.ndarray:
    """Mean moves of the non-lazy walk before its first response are at most ``sum_h b_h (2 sum_h a_h - 1)``.

    Parameters
    ----------
    over, under : array_like, shape (..., H)
        ``a_h = E_{pi_ref} Vhat/Z`` and ``b_h = E_{pi*}[V*/Vhat]`` at depths ``1..H``, positive; the last of ``over`` is
        one for exact rewards.

    Examples
    --------
    >>> float(first_response_moves([1, 1, 1], [1, 1, 1]))  # true values: H (2H - 1), the mean is H^2
    15.0

    Source: this collection (notebook 20, Theorem 1); attained in the limit of one overvalued level.
    """
    over = threshold("over", over, least=0.0, strict=True).sum(axis=-1)
    return threshold("under", under, least=0.0, strict=True).sum(axis=-1) * (2 * over - 1)


def learned_moves(n: ArrayLike, H: ArrayLike, wasted: ArrayLike, blind: ArrayLike = 0.0) -> np.ndarray:
    """Mean moves before the first response, over walk and roll-outs: ``(H + blind)(2H - 1 + 2 wasted/(n + 1))``.

    For values ``(c + 1)/(n + 1)`` from ``n`` roll-outs in each class of prefixes.

    Parameters
    ----------
    n : array_like
        Roll-outs per class.
    wasted : array_like
        ``sum_{h=1}^{H-1} (A_h/Z - 1)``, ``A_h`` the reference mass of the listed prefixes of length ``h``: the letters,
        beyond the first of a draw, that outcome-level rejection draws in vain per right response.
    blind : array_like
        ``sum_{h<H} (E_{pi*}[V*/p] - 1)`` with ``p`` the success probability of a class; 0 if every state is one.

    Examples
    --------
    >>> float(learned_moves(99, 10, wasted=0)), float(learned_moves(99, 10, wasted=1000))
    (190.0, 390.0)

    Source: this collection (notebook 20, Theorem 2).
    """
    n, H = threshold("n", n), threshold("H", H)
    wasted = threshold("wasted", wasted, least=0.0)
    return (H + threshold("blind", blind, least=0.0)) * (2 * H - 1 + 2 * wasted / (n + 1))


def learned_moves_between(n: ArrayLike, H: ArrayLike, wasted: ArrayLike) -> np.ndarray:
    """Mean moves between two responses in the long run, averaged over roll-outs: ``2H + 2 wasted/(n + 1)``.

    An identity whatever the classes are. Source: notebook 20, Theorem 2.

    Examples
    --------
    >>> float(learned_moves_between(99, 10, wasted=1000))
    40.0
    """
    n, H = threshold("n", n), threshold("H", H)
    return 2 * H + 2 * threshold("wasted", wasted, least=0.0) / (n + 1)


def found_by_blind_search(looks: ArrayLike, candidates: ArrayLike) -> np.ndarray:
    """Whatever the algorithm, it ends below a hidden prefix with probability at most ``(looks + 1)/candidates``.

    The prefix is uniform among ``candidates`` about which the values say nothing, a look shows one of them.
    Source: notebook 20, Theorem 3.

    Examples
    --------
    >>> float(found_by_blind_search(1, 8))
    0.25
    """
    return (threshold("looks", looks, least=0.0) + 1) / threshold("candidates", candidates)

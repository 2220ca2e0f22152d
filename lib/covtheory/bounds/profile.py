"""Coverage from the hockey-stick divergence, and Neyman-Pearson trade-offs from coverage (notebook 01).

``E_gamma = sum_y (pi_D - gamma pi)_+`` and ``beta_alpha`` is the least model mass of a randomised test whose
``pi_D``-mass is ``alpha``. A bound may exceed one: it is the formula, not the formula cut at the trivial bound.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import in_range, threshold


def coverage_from_hockey_stick(E_gamma: ArrayLike, gamma: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Upper bound ``Cov_N <= E_gamma / (1 - gamma / N)`` for ``0 <= gamma < N``.

    On ``A = {r >= N}`` the model has mass at most ``Cov_N / N``, and ``E_gamma >= pi_D(A) - gamma pi(A)``.

    Raises
    ------
    ValueError
        ``E_gamma`` outside [0, 1], ``gamma < 0``, ``N < 1`` or ``gamma >= N``.

    Source: this collection (equality for the two-point pair with ratio N on its event).

    Examples
    --------
    >>> float(coverage_from_hockey_stick(0.375, 2.0, 8.0))
    0.5
    """
    E_gamma, gamma, N = in_range("E_gamma", E_gamma, 0, 1), threshold("gamma", gamma, least=0.0), threshold("N", N)
    if np.any(gamma >= N):
        raise ValueError(f"gamma: got {gamma.max():.6g} with N down to {N.min():.6g}, expected gamma < N")
    return E_gamma / (1.0 - gamma / N)


def hockey_stick_lower(E_gamma: ArrayLike, gamma: ArrayLike, N: ArrayLike) -> np.ndarray:
    """Lower bound on ``Cov_N``: ``E_gamma`` if ``gamma >= N``, else ``1 - (N / gamma) (1 - E_gamma)`` cut at 0.

    ``E_gamma = E_{pi_D}(1 - gamma / r)_+ <= Cov_N + (1 - gamma / N)(1 - Cov_N)`` when ``gamma <= N``; at
    ``gamma = N`` both cases read ``E_N <= Cov_N``.

    Source: this collection.

    Examples
    --------
    >>> hockey_stick_lower([0.75, 0.75, 0.75], [8.0, 4.0, 2.0], 4.0)
    array([0.75, 0.75, 0.5 ])
    """
    E_gamma, gamma, N = in_range("E_gamma", E_gamma, 0, 1), threshold("gamma", gamma), threshold("N", N)
    # 1 - (N/gamma)(1-E) written as E - (N/gamma - 1)(1-E): no cancellation at gamma = N
    return np.maximum(E_gamma - np.maximum(N / gamma - 1.0, 0.0) * (1.0 - E_gamma), 0.0)


def np_beta_lower(alpha: ArrayLike, cov_gamma: ArrayLike, gamma: ArrayLike) -> np.ndarray:
    """Lower bound ``beta_alpha >= (alpha - Cov_gamma)_+ / gamma`` for every ``gamma > 0``.

    Any test T has ``pi_D(T) - gamma pi(T) <= E_gamma <= Cov_gamma``. With ``E_gamma`` in place of ``cov_gamma`` the
    statement still holds and its supremum over ``gamma`` is ``beta_alpha``.

    Source: standard; proved in this collection (notebook 01).

    Examples
    --------
    >>> float(np_beta_lower(0.5, 0.1, 4.0))
    0.1
    """
    alpha, cov_gamma = in_range("alpha", alpha, 0, 1), in_range("cov_gamma", cov_gamma, 0, 1)
    return np.maximum(alpha - cov_gamma, 0.0) / threshold("gamma", gamma, least=0.0, strict=True)


def np_beta_upper(gamma: ArrayLike, alpha: ArrayLike = 1.0) -> np.ndarray:
    """Upper bound ``beta_alpha <= alpha / gamma``, valid for every ``gamma > 0`` with ``Cov_gamma >= alpha``.

    The test that accepts ``{r >= gamma}`` with probability ``alpha / Cov_gamma`` has ``pi_D``-mass ``alpha`` and model
    mass at most ``alpha / gamma``. The default ``alpha = 1`` gives the weaker textbook form ``1 / gamma``.

    Source: standard; proved in this collection (notebook 01).

    Examples
    --------
    >>> float(np_beta_upper(4.0)), float(np_beta_upper(4.0, 0.2))
    (0.25, 0.05)
    """
    return in_range("alpha", alpha, 0, 1) / threshold("gamma", gamma, least=0.0, strict=True)

"""One-pass training with normalised gradients: the step cannot blow up with the length of the sequences."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.learners import updates
from covtheory.learners.sequence_gradient import SequenceGradients
from covtheory.learners.sgd import Path, ascend
from covtheory.validation import threshold


def paper_hyperparameters(B: float, sigma_sq: float, T: int, N: float) -> tuple[float, float]:
    """``eta = min{1/(128 B), (log N/(sigma_star^2 T))^{1/4}}`` and ``lambda = log N/(16 eta)``.

    Source: Chen et al. 2025, arXiv 2510.15020v2, proof of Thm 5.1.

    Examples
    --------
    >>> eta, lam = paper_hyperparameters(40.0, 1e-6, 1000, 16)
    >>> round(1 / eta), round(lam / 40, 3)
    (5120, 22.181)
    """
    B = float(threshold("B", B, least=0.0, strict=True))
    T = validation.count("T", T)
    log_N = float(np.log(threshold("N", N, strict=True)))
    noise = float(threshold("sigma_sq", sigma_sq, least=0.0)) * T
    eta = 1.0 / (128 * B) if noise == 0 else min(1.0 / (128 * B), (log_N / noise) ** 0.25)
    return eta, log_N / (16 * eta)


def normalized_sgd(
    data: SequenceGradients, step_size: ArrayLike, regularizer: ArrayLike, start: ArrayLike, *,
    N: float | None = None, radius: float = 1.0, record_every: int = 1,
) -> Path:
    """``theta <- Proj(theta + eta g/(lambda + ||g||))``, ``g`` the mean gradient over the next batch.

    Parameters
    ----------
    data : SequenceGradients
        Its ``batch`` is the K of the theorem.
    step_size, regularizer : array_like, shape () or (S,)
        ``eta`` and ``lambda``, both positive.
    start : array_like, shape (d,) or (S, d)
    N : float, optional
        With it, ``in_theorem`` says whether ``eta <= 1/(128 B)`` and ``lambda >= log N/(16 eta)``; without, only the
        first is asked.

    Raises
    ------
    ValueError
        ``eta`` or ``lambda`` not positive, start outside the ball, gradient not finite.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eqs. (17)-(18).

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> data = SequenceGradients.repeated(TokenFeatures([[1.0], [-1.0]]), [[4096, 0]], 4096, 1)
    >>> float(normalized_sgd(data, 0.25, 4096.0, [0.0]).thetas[-1, 0, 0])
    0.125
    """
    eta, lam = updates.positive("step_size", step_size), updates.positive("regularizer", regularizer)
    eta, lam = np.broadcast_arrays(eta, lam)
    inside = eta <= (1 + 1e-12) / (128 * data.features.bound)
    if N is not None:
        inside = inside & (lam * eta >= np.log(threshold("N", N, strict=True)) / 16 * (1 - 1e-12))
    return ascend(data, start, updates.normalised(eta, lam), len(eta), inside, radius, record_every)

"""Adam and sign descent on the same one-pass stream, for comparison: no theorem of the collection is about them."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.learners.sequence_gradient import SequenceGradients
from covtheory.learners.sgd import Path, _positive, ascend
from covtheory.validation import in_range, threshold


def sign_descent(
    data: SequenceGradients, step_size: ArrayLike, start: ArrayLike, *, radius: float = 1.0, record_every: int = 1
) -> Path:
    """``theta <- Proj(theta + eta sign(g))``, entry by entry.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> data = SequenceGradients(TokenFeatures([[1.0], [-1.0]]), [[0, 0]])
    >>> float(sign_descent(data, 0.125, [0.0]).thetas[-1, 0, 0])
    0.125
    """
    eta = _positive("step_size", step_size)
    return ascend(data, start, lambda theta, g, t: theta + eta[:, None] * np.sign(g), len(eta),
                  np.zeros(len(eta), dtype=bool), radius, record_every)


def adam(
    data: SequenceGradients,
    step_size: ArrayLike,
    start: ArrayLike,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    radius: float = 1.0,
    record_every: int = 1,
) -> Path:
    """Adam with bias correction (Kingma and Ba 2015), followed by the projection.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> data = SequenceGradients(TokenFeatures([[1.0], [-1.0]]), [[0, 0]])
    >>> round(float(adam(data, 0.125, [0.0]).thetas[-1, 0, 0]), 6)
    0.125
    """
    eta = _positive("step_size", step_size)
    in_range("beta1", beta1, 0.0, 1 - 1e-12)
    in_range("beta2", beta2, 0.0, 1 - 1e-12)
    epsilon = float(threshold("epsilon", epsilon, least=0.0, strict=True))
    mean, square = 0.0, 0.0

    def update(theta, g, t):
        nonlocal mean, square
        mean = beta1 * mean + (1 - beta1) * g
        square = beta2 * square + (1 - beta2) * g * g
        scale = np.sqrt(square / (1 - beta2 ** (t + 1))) + epsilon
        return theta + eta[:, None] * (mean / (1 - beta1 ** (t + 1))) / scale

    return ascend(data, start, update, len(eta), np.zeros(len(eta), dtype=bool), radius, record_every)

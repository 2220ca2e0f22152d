"""Adam and sign descent on the same one-pass stream, for comparison: no theorem of the collection is about them."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.learners import updates
from covtheory.learners.sequence_gradient import SequenceGradients
from covtheory.learners.sgd import Path, ascend


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
    return _outside(data, updates.adam(step_size, beta1, beta2, epsilon), step_size, start, radius, record_every)


def _outside(data, update, step_size, start, radius, record_every):
    runs = np.size(step_size)
    return ascend(data, start, update, runs, np.zeros(runs, dtype=bool), radius, record_every)

"""Maximum likelihood over the convex hull of finitely many laws, with a certified optimality gap."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from covtheory.validation import count, in_range, probabilities


class MixtureFit(NamedTuple):
    """Weights (..., k), mixture probabilities (..., R), and ``gap >= max log-likelihood - this one``, per sample."""

    weights: np.ndarray
    probs: np.ndarray
    gap: np.ndarray


def mixture_mle(components: ArrayLike, counts: ArrayLike, *, tol: float = 1e-10, rounds: int = 2000) -> MixtureFit:
    """Maximise ``sum_y counts_y log sum_j w_j components_jy`` over the simplex, for many data sets at once.

    Pairwise steps (from the worst used component to the best one, exact line search by bisection). The gap is
    ``max_j (1/n) sum_y counts_y components_jy / mixture_y - 1``: by concavity no mixture is better by more.

    Parameters
    ----------
    components : array_like, shape (k, R)
    counts : array_like, shape (..., R)
        Non-negative; each row has a positive total.

    Raises
    ------
    ValueError
        If a response that was seen has probability zero under every component, or ``tol`` is not reached.

    Source: the gap is Lindsay's (1983) gradient bound for mixtures; proved in notebook 19.

    Examples
    --------
    >>> fit = mixture_mle([[0.9, 0.1], [0.1, 0.9]], [[1, 1], [5, 0]])
    >>> fit.weights.round(6)
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    components = probabilities("components", components, ndim=2)
    counts = np.asarray(counts, dtype=float)
    if counts.shape[-1:] != components.shape[1:] or (counts < 0).any() or (counts.sum(axis=-1) <= 0).any():
        raise ValueError(f"counts: shape {counts.shape}, expected (..., {components.shape[1]}), >= 0, not all zero")
    in_range("tol", tol, 0, 1, open_ends=True)
    frequency = (counts / counts.sum(axis=-1, keepdims=True)).reshape(-1, components.shape[1])
    if (frequency[:, components.max(axis=0) == 0] > 0).any():
        raise ValueError("counts: a response was seen that no component can produce")
    weights = np.full((len(frequency), len(components)), 1.0 / len(components))
    rows = np.arange(len(frequency))
    for _ in range(count("rounds", rounds)):
        gradient = _ratio(frequency, weights @ components) @ components.T
        best = gradient.argmax(axis=1)
        active = gradient[rows, best] - 1 > tol
        if not active.any():
            break
        worst = np.where(weights > 0, gradient, np.inf).argmin(axis=1)
        _step(weights, components, frequency, rows[active], best[active], worst[active])
    gap = np.maximum((_ratio(frequency, weights @ components) @ components.T).max(axis=1) - 1, 0.0)
    if (gap > tol).any():
        raise ValueError(f"tol: certified gap {gap.max():.3g} after {rounds} rounds, expected at most {tol:g}")
    lead = counts.shape[:-1]
    return MixtureFit(weights.reshape(*lead, -1), (weights @ components).reshape(counts.shape), gap.reshape(lead))


def _step(weights, components, frequency, rows, best, worst):
    """Move weight from ``worst`` to ``best`` by an exact line search; updates ``weights`` in place."""
    direction = components[best] - components[worst]
    mixture, f = weights[rows] @ components, frequency[rows]
    full = weights[rows, worst].copy()
    low, high = np.zeros(rows.size), full.copy()
    for _ in range(60):
        middle = (low + high) / 2
        slope = (_ratio(f, mixture + middle[:, None] * direction) * direction).sum(axis=1)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    at_end = (_ratio(f, mixture + full[:, None] * direction) * direction).sum(axis=1) >= 0
    moved = np.where(at_end, full, low)
    weights[rows, worst] = np.where(at_end, 0.0, weights[rows, worst] - moved)
    weights[rows, best] += moved


def _ratio(frequency, mixture):
    """``frequency / mixture`` with 0/0 = 0."""
    return np.divide(frequency, mixture, out=np.where(frequency > 0, np.inf, 0.0), where=mixture > 0)

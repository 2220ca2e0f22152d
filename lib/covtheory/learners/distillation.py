"""Distillation with the teacher's next-token law: gradients truncated where the student has drifted from the data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.learners.sequence_gradient import parameters
from covtheory.learners.sgd import project_ball
from covtheory.learners.token_sgd import both_kl, row_log_probs, runs, same_space, token_gradient
from covtheory.policies import sequences
from covtheory.policies.features import FeatureMap


@dataclass(frozen=True)
class DistillationRun:
    """What distillation did: ``n`` runs over ``T`` sequences.

    ``thetas`` (T+1, n, d): the parameter before each sequence, and at the end. ``stopped_kl`` (T, n): the sum of
    next-token KL(teacher || student) along the sequence, stopped at ``A`` nats. ``squared_norm`` (T, n): of the
    gradient used.
    """

    thetas: np.ndarray
    stopped_kl: np.ndarray
    squared_norm: np.ndarray


def truncation_weights(eps: ArrayLike, A: float) -> np.ndarray:
    """Weights ``alpha_h`` in [0, 1] with ``sum_h alpha_h eps_h = min(A, sum_h eps_h)``.

    1 while the running sum, this token included, is at most ``A``; 0 once the sum before the token exceeds ``A``; the
    fraction that fills ``A`` exactly in between. ``alpha_h`` depends on ``eps_1 .. eps_h`` only.

    Parameters
    ----------
    eps : array_like, shape (..., H)
        Next-token KL(teacher || student), nats, non-negative.
    A : float
        Positive (``log N``), or ``inf`` for no truncation.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. (26).

    Examples
    --------
    >>> truncation_weights([1.0, 2.0, 3.0], 2.0)
    array([1. , 0.5, 0. ])
    """
    eps = validation.threshold("eps", eps, least=0.0)
    A = float(validation.threshold("A", A, least=0.0, strict=True))
    total = np.cumsum(eps, axis=-1)
    before = np.concatenate([np.zeros_like(total[..., :1]), total[..., :-1]], axis=-1)
    return _weight(before, eps, A)


def truncated_gradient(
    features: FeatureMap, theta: ArrayLike, teacher: sequences.SequencePolicyBase, y: ArrayLike, A: float, *,
    x: ArrayLike = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """``sum_h alpha_h grad log pi_theta(y_h | x, y_<h)`` of sequences ``y`` (n, H), and their stopped KL.

    Parameters
    ----------
    theta : array_like, shape (d,) or (n, d)
    A : float
        Truncation level, ``log N``; ``inf`` gives the sequence-level gradient.

    Returns
    -------
    gradient : ndarray, shape (n, d)
    stopped_kl : ndarray, shape (n,)
        ``min(A, sum_h eps_h)``, nats.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eqs. (24)-(25).

    Examples
    --------
    >>> from covtheory.policies import AutoregressiveLinear, TokenFeatures
    >>> signs = TokenFeatures([[-1.0], [1.0]])
    >>> teacher = AutoregressiveLinear([1.0], signs, H=4)
    >>> gradient, stopped = truncated_gradient(signs, [0.0], teacher, [[1, 1, 1, 1]], A=0.6556267)
    >>> gradient.round(4), stopped.round(4)  # two tokens of 0.3278 nats fill A
    (array([[2.]]), array([0.6556]))
    """
    y = sequences.tokens("y", y, features.V)
    n, H = y.shape
    theta = np.broadcast_to(parameters("theta", theta, features.d), (n, features.d))
    same_space(teacher, features, H)
    A = float(validation.threshold("A", A, least=0.0, strict=True))
    x = sequences.prompt(x, features.n_prompts, n)
    state, known = features.start(x), teacher.start(x)
    gradient, spent = np.zeros((n, features.d)), np.zeros(n)
    for h in range(H):
        phi = features.phi(state)
        model = row_log_probs(phi, theta)
        eps = both_kl(teacher.step_log_probs(known), model)[0]
        gradient += _weight(spent, eps, A)[:, None] * token_gradient(phi, model, y[:, h])
        spent += eps
        if h < H - 1:
            state, known = features.advance(state, y[:, h]), teacher.advance(known, y[:, h])
    return gradient, np.minimum(spent, A)


def distill(
    features: FeatureMap, theta: ArrayLike, teacher: sequences.SequencePolicyBase, y: ArrayLike, eta: float, A: float,
    *, x: ArrayLike = 0, radius: float = 1.0,
) -> DistillationRun:
    """Projected SGD with truncated gradients, one fresh sequence per step: ``theta <- Proj(theta + eta gradient)``.

    Parameters
    ----------
    theta : array_like, shape (d,) or (n, d)
        Start of each run, in the ball.
    y : array_like of int, shape (T, n, H)
        Drawn from the teacher by the caller.
    x : array_like of int, shape () or (T, n)

    Raises
    ------
    ValueError
        A parameter outside the ball, ``A <= 0``, ``eta < 0``, a gradient that is not finite, a teacher over other
        tokens, prompts or lengths.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Section 6.2.

    Examples
    --------
    >>> from covtheory.policies import AutoregressiveLinear, TokenFeatures
    >>> signs = TokenFeatures([[-1.0], [1.0]])
    >>> run = distill(signs, [0.0], AutoregressiveLinear([1.0], signs, H=2), [[[1, 1]]], eta=0.1, A=np.log(16))
    >>> run.thetas[:, 0, 0].round(4)
    array([0. , 0.2])
    """
    y, x = runs(y, x, features)
    T, n, _ = y.shape
    radius = float(validation.threshold("radius", radius, least=0.0, strict=True))
    eta = float(validation.threshold("eta", eta, least=0.0))
    thetas = np.empty((T + 1, n, features.d))
    thetas[0] = parameters("theta", theta, features.d, radius)
    stopped, squared = np.empty((T, n)), np.empty((T, n))
    for t in range(T):
        gradient, stopped[t] = truncated_gradient(features, thetas[t], teacher, y[t], A, x=x[t])
        squared[t] = (gradient**2).sum(axis=-1)
        thetas[t + 1] = project_ball(thetas[t] + eta * gradient, radius)
    return DistillationRun(thetas, stopped, squared)


def _weight(before, eps, A):
    """Weight of a token of ``eps`` nats when ``before`` nats are already spent out of ``A``."""
    left = A - before
    with np.errstate(over="ignore"):
        filled = np.divide(left, eps, out=np.where(left >= 0, 1.0, 0.0), where=eps > 0)
    return np.clip(filled, 0.0, 1.0)

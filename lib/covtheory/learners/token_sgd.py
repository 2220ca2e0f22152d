"""Token-level SGD: one pass, one projected step per token.

Rows are independent runs, each with its own parameter: all data paths of a small instance advance together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.learners.sequence_gradient import parameters
from covtheory.learners.sgd import project_ball
from covtheory.policies import sequences
from covtheory.policies.autoregressive_linear import log_softmax
from covtheory.policies.features import FeatureMap


@dataclass(frozen=True)
class TokenRun:
    """What token-level SGD did: ``n`` runs over ``T`` sequences.

    ``thetas`` (T+1, n, d): the parameter before each sequence, and at the end. ``log_probs`` (T, n): log probability
    of each sequence under the decoder started at the parameter before it. ``kl``, ``jeffreys`` (T, n): sums over the
    tokens of KL(teacher || current model) and of KL in both directions, given the prefix; None without a teacher.
    ``in_range``: whether ``eta < 2/B^2``.
    """

    thetas: np.ndarray
    log_probs: np.ndarray
    kl: np.ndarray | None
    jeffreys: np.ndarray | None
    in_range: bool


def token_sgd(
    features: FeatureMap, theta: ArrayLike, y: ArrayLike, eta: float, *, x: ArrayLike = 0, radius: float = 1.0,
    teacher: sequences.SequencePolicyBase | None = None,
) -> TokenRun:
    """One pass over ``T`` sequences, a step ``theta <- Proj(theta + eta grad log pi_theta(y_h | x, y_<h))`` per token.

    Parameters
    ----------
    theta : array_like, shape (d,) or (n, d)
        Start of each run, in the ball.
    y : array_like of int, shape (T, n, H)
        Sequence ``t`` of run ``i``.
    x : array_like of int, shape () or (T, n)
        Prompts.
    teacher : SequencePolicyBase, optional
        The law against which ``kl`` and ``jeffreys`` are measured (``jeffreys`` is infinite where it gives a zero).

    Raises
    ------
    ValueError
        A parameter outside the ball, tokens or prompts out of range, a gradient that is not finite.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. (21), where ``y_h`` should read ``y_{h+1}``.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> run = token_sgd(TokenFeatures([[-1.0], [1.0]]), [0.0], [[[1, 1]]], eta=0.5)
    >>> run.thetas[:, 0, 0].round(4), np.exp(run.log_probs[0]).round(4)
    (array([0.    , 0.7689]), array([0.3655]))
    """
    y, x = runs(y, x, features)
    T, n, H = y.shape
    radius = float(validation.threshold("radius", radius, least=0.0, strict=True))
    eta = float(validation.threshold("eta", eta, least=0.0))
    theta = np.array(np.broadcast_to(parameters("theta", theta, features.d, radius), (n, features.d)))
    same_space(teacher, features, H)
    thetas, log_probs = np.empty((T + 1, n, features.d)), np.zeros((T, n))
    divergence, rows = np.zeros((2, T, n)), np.arange(n)
    for t in range(T):
        thetas[t] = theta
        state, known = features.start(x[t]), teacher.start(x[t]) if teacher else None
        for h in range(H):
            phi, column = features.phi(state), y[t, :, h]
            model = row_log_probs(phi, theta)
            log_probs[t] += model[rows, column]
            if teacher:
                divergence[:, t] += both_kl(teacher.step_log_probs(known), model)
            theta = project_ball(theta + eta * token_gradient(phi, model, column), radius)
            if h < H - 1:
                state = features.advance(state, column)
                known = teacher.advance(known, column) if teacher else None
    thetas[T] = theta
    forward, total = (divergence[0], divergence.sum(axis=0)) if teacher else (None, None)
    return TokenRun(thetas, log_probs, forward, total, eta * features.bound**2 < 2.0)


def runs(y: ArrayLike, x: ArrayLike, features: FeatureMap) -> tuple[np.ndarray, np.ndarray]:
    """Checked sequences (T, n, H) and prompts (T, n) of ``n`` runs; ValueError if they are none of the features'."""
    y = np.asarray(y)
    if y.ndim != 3 or 0 in y.shape[::2]:
        raise ValueError(f"y: shape {y.shape}, expected (T, n, H) with T, H >= 1")
    T, n, H = y.shape
    y = sequences.tokens("y", y.reshape(T * n, H), features.V).reshape(T, n, H)
    x = sequences.whole_numbers("x", x, features.n_prompts)
    if x.ndim and x.shape != (T, n):
        raise ValueError(f"x: shape {x.shape}, expected one prompt or {(T, n)}")
    return y, np.broadcast_to(x, (T, n))


def token_gradient(phi: np.ndarray, log_probs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Gradient (n, d) of ``log pi_theta(y)``: the token's feature minus the model's mean; ValueError if not finite.

    Examples
    --------
    >>> token_gradient(np.array([[[-1.0], [1.0]]]), np.log([[0.5, 0.5]]), np.array([1]))
    array([[1.]])
    """
    gradient = phi[np.arange(len(phi)), y] - np.einsum("nv,nvd->nd", np.exp(log_probs), phi)
    if not np.isfinite(gradient).all():
        row = int(np.flatnonzero(~np.isfinite(gradient).all(axis=1))[0])
        raise ValueError(f"gradient: not finite in row {row}, expected finite features")
    return gradient


def row_log_probs(phi: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Next-token log probabilities (n, V) when every row has its own parameter.

    Examples
    --------
    >>> np.exp(row_log_probs(np.array([[[0.0], [1.0]]] * 2), np.log([[1.0], [3.0]]))).round(12)
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """
    return log_softmax(np.einsum("nvd,nd->nv", phi, theta))


def both_kl(log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    """KL(p || q) and KL(q || p) of each row, nats, shape (2, n); ``q`` positive, ``p`` may have zeros.

    Examples
    --------
    >>> with np.errstate(divide="ignore"):
    ...     both_kl(np.log([[1.0, 0.0]]), np.log([[0.5, 0.5]])).round(6)
    array([[0.693147],
           [     inf]])
    """
    p, q = np.exp(log_p), np.exp(log_q)
    gap = log_p - log_q
    forward = np.where(p > 0, p * np.where(p > 0, gap, 0.0), 0.0).sum(axis=-1)
    backward = np.where(q > 0, -q * np.where(q > 0, gap, 0.0), 0.0).sum(axis=-1)
    return np.maximum(np.stack([forward, backward]), 0.0)


def same_space(teacher: sequences.SequencePolicyBase | None, features: FeatureMap, H: int) -> None:
    """Raise ValueError unless the teacher speaks the student's tokens, prompts and length."""
    for name, ours in (("V", features.V), ("n_prompts", features.n_prompts), ("H", H)) if teacher else ():
        if getattr(teacher, name) != ours:
            raise ValueError(f"teacher: {name} = {getattr(teacher, name)}, expected {ours} as the student's")

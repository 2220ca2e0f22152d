"""What is done to a trained model after, or instead of, more training: temperature, mixing, ensembling, water filling.

All but `temper_tokens` act on probability arrays ``(..., R)``, row by row, and return arrays of that shape.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax, logsumexp

from covtheory.validation import in_range, probabilities, same_shape, threshold


def temper(pi: ArrayLike, T: float) -> tuple[np.ndarray, np.ndarray]:
    """Temperature ``T > 0``: ``pi^(1/T) / Z`` and ``log Z``, ``Z = sum_y pi(y)^(1/T)``. ``T > 1`` flattens.

    Examples
    --------
    >>> temper([0.8, 0.2], 0.5)[0].round(4)
    array([0.9412, 0.0588])
    """
    power = 1.0 / float(threshold("T", T, least=0.0, strict=True))
    with np.errstate(divide="ignore"):
        log_power = power * np.log(probabilities("pi", pi))
    log_Z = logsumexp(log_power, axis=-1)
    return np.exp(log_power - log_Z[..., None]), log_Z


def temper_tokens(pi: ArrayLike, T: float) -> tuple[np.ndarray, np.ndarray]:
    """Temperature ``T > 0`` for each next token: ``pi^(1/T) / W``, and ``W``.

    ``W(y)`` is the product over the tokens of ``sum_v pi(v | y_<h)^(1/T)``. Tempering the whole response divides by a
    constant instead (`temper`).

    Parameters
    ----------
    pi : array_like, shape (V,) * H
        Probability of every text of H tokens, one axis a token.

    Returns
    -------
    tempered, W : ndarray, shape (V,) * H
        ``W`` is 0 after a prefix that cannot occur.

    Raises
    ------
    ValueError
        Probabilities that do not add up to one, or ``T <= 0``.

    Examples
    --------
    >>> temper_tokens([[0.4, 0.0], [0.3, 0.3]], 0.5)[0].round(4)
    array([[0.3077, 0.    ],
           [0.3462, 0.3462]])
    """
    power = 1.0 / float(threshold("T", T, least=0.0, strict=True))
    pi = np.asarray(pi, dtype=float)
    probabilities("pi", pi.ravel())
    tempered, W, prefix = np.ones(()), np.ones(()), np.ones(())
    for h in range(pi.ndim):
        joint = pi.sum(axis=tuple(range(h + 1, pi.ndim)))
        token = np.divide(joint, prefix[..., None], out=np.zeros_like(joint), where=prefix[..., None] > 0) ** power
        norm = token.sum(axis=-1, keepdims=True)
        tempered = tempered[..., None] * np.divide(token, norm, out=np.zeros_like(token), where=norm > 0)
        W, prefix = W[..., None] * np.broadcast_to(norm, joint.shape), joint
    return tempered, W


def mix(pi: ArrayLike, reference: ArrayLike, weight: float) -> np.ndarray:
    """``(1 - weight) pi + weight reference``; label smoothing if the reference is uniform.

    Examples
    --------
    >>> mix([1.0, 0.0], [0.5, 0.5], 0.2)
    array([0.9, 0.1])
    """
    pi, reference = probabilities("pi", pi), probabilities("reference", reference)
    weight = float(in_range("weight", weight, 0, 1))
    return (1 - weight) * pi + weight * reference


def geometric_ensemble(members: ArrayLike) -> np.ndarray:
    """Normalised geometric mean over the first axis of ``(K, R)``: averaged log probabilities.

    Raises
    ------
    ValueError
        If every response is excluded by some member.

    Examples
    --------
    >>> geometric_ensemble([[0.8, 0.2], [0.2, 0.8]])
    array([0.5, 0.5])
    """
    members = probabilities("members", members, ndim=2)
    if (members == 0).any(axis=0).all():
        raise ValueError("members: no response is possible under all of them")
    with np.errstate(divide="ignore"):
        return np.exp(log_softmax(np.log(members).mean(axis=0)))


def capped_fit(p: ArrayLike, reference: ArrayLike, cap: float) -> tuple[np.ndarray, float]:
    """Water filling ``min(p / level, cap * reference)``: maximises ``sum p min(log(pi/reference), log cap)``.

    The gradient of that objective ignores every example whose margin (loss minus reference loss) is below ``-log cap``.
    If the cap binds everywhere the level is 0 and the spare mass is spread in proportion to ``reference``.

    Returns
    -------
    pi : ndarray, shape (R,)
    level : float, in [0, 1]

    Raises
    ------
    ValueError
        Not distributions, ``cap <= 1``, or ``reference = 0`` somewhere where ``p > 0``.

    Examples
    --------
    >>> pi, level = capped_fit([0.5, 0.5], [0.9, 0.1], 2.0)
    >>> pi, level
    (array([0.8, 0.2]), 0.625)
    """
    p, reference = probabilities("p", p, ndim=1), probabilities("reference", reference, ndim=1)
    same_shape(p=p, reference=reference)
    cap = float(threshold("cap", cap, strict=True))
    on = p > 0
    if (reference[on] == 0).any():
        raise ValueError("reference: zero where p is positive, so the margin is undefined there")
    ceiling = cap * reference[on]
    if ceiling.sum() <= 1:
        pi = np.where(on, cap * reference, 0.0)
        return pi + (1 - pi.sum()) * reference, 0.0
    # capped are those with the largest p/reference: sorted, the level of "first k capped" is rest / (1 - ceilings)
    order = np.argsort(-p[on] / ceiling, kind="stable")
    used = np.concatenate([[0.0], np.cumsum(ceiling[order])[:-1]])
    rest = np.cumsum(p[on][order][::-1])[::-1]
    with np.errstate(divide="ignore"):
        level = np.where(used < 1, rest / (1 - used), np.inf)
    level = float(level[np.argmax(p[on][order] / ceiling[order] <= level * (1 + 1e-14))])
    return np.minimum(p / level, cap * reference), level


def floored_fit(f: ArrayLike, reference: ArrayLike, floor: float) -> tuple[np.ndarray, float]:
    """Water filling ``max(f / level, floor * reference)``: maximum likelihood subject to ``pi >= floor * reference``.

    Returns
    -------
    pi : ndarray, shape (R,)
    level : float, in [1, 1/(1 - floor)]

    Raises
    ------
    ValueError
        Not distributions, or ``floor`` outside (0, 1).

    Examples
    --------
    >>> floored_fit([1.0, 0.0], [0.5, 0.5], 0.2)
    (array([0.9, 0.1]), 1.1111111111111112)
    """
    f, reference = probabilities("f", f, ndim=1), probabilities("reference", reference, ndim=1)
    same_shape(f=f, reference=reference)
    low = float(in_range("floor", floor, 0, 1, open_ends=True)) * reference
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(f > 0, f / low, 0.0)
    order = np.argsort(-ratio, kind="stable")
    inside = np.cumsum(f[order])
    floors = low.sum() - np.cumsum(low[order])
    level = inside / (1 - floors)
    # the level of "first k above their floor" is right if the next ratio is at most it; the first such k
    following = np.append(ratio[order][1:], 0.0)
    level = float(level[np.argmax(following <= level * (1 + 1e-14))])
    return np.maximum(f / level, low), level


def logit_descent(pi: ArrayLike, targets: ArrayLike, eta: float) -> np.ndarray:
    """Gradient steps ``logits += eta (target - softmax(logits))`` on cross-entropy, one per target.

    Parameters
    ----------
    pi : array_like, shape (R,)
        Start.
    targets : array_like, shape (T, R)
        Probability vectors: the empirical law (full batch) or one-hot rows (one sample a step).

    Returns
    -------
    ndarray, shape (T + 1, R), the start included

    Examples
    --------
    >>> logit_descent([0.5, 0.5], [[1.0, 0.0]], 1.0).round(4)
    array([[0.5   , 0.5   ],
           [0.7311, 0.2689]])
    """
    path = [probabilities("pi", pi, ndim=1)]
    targets, eta = probabilities("targets", targets, ndim=2), float(threshold("eta", eta, least=0.0))
    same_shape(pi=path[0], target=targets[0])
    for target in targets:
        raw = path[-1] * np.exp(eta * (target - path[-1]))
        path.append(raw / raw.sum())
    return np.array(path)

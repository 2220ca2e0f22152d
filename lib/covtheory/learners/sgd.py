"""One-pass projected stochastic gradient ascent on the log likelihood of whole sequences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.learners import updates
from covtheory.learners.sequence_gradient import SequenceGradients, parameters


@dataclass(frozen=True)
class Path:
    """Iterates of one-pass training, for ``S`` runs side by side.

    Attributes
    ----------
    times : ndarray, shape (m,)
        Steps at which the parameters were kept; the first is 0.
    thetas : ndarray, shape (m, S, d)
        ``thetas[i]`` is the parameter before step ``times[i]``.
    in_theorem : ndarray of bool, shape (S,)
        Whether the hyper-parameters satisfy the hypothesis of the guarantee that the learner cites.
    """

    times: np.ndarray
    thetas: np.ndarray
    in_theorem: np.ndarray


def project_ball(theta: np.ndarray, radius: float = 1.0) -> np.ndarray:
    """Nearest points of the ball, row by row.

    Examples
    --------
    >>> project_ball(np.array([[3.0, 4.0], [0.1, 0.0]]))
    array([[0.6, 0.8],
           [0.1, 0. ]])
    """
    norm = np.sqrt((theta * theta).sum(axis=-1, keepdims=True))
    return theta * (radius / np.maximum(norm, radius))


def theorem_step(H: int, B: float) -> float:
    """``1/(2 H B^2)``: the largest step of Prop 5.1 (upper), Chen et al. 2025, arXiv 2510.15020v2.

    Examples
    --------
    >>> theorem_step(8, 2.0)
    0.015625
    """
    return float(1.0 / (2 * validation.count("H", H) * validation.threshold("B", B, least=0.0, strict=True) ** 2))


def sgd(
    data: SequenceGradients, step_size: ArrayLike, start: ArrayLike, *, radius: float = 1.0, record_every: int = 1
) -> Path:
    """``theta <- Proj(theta + eta g)``, ``g`` the mean gradient of ``log pi_theta(y|x)`` over the next batch.

    Parameters
    ----------
    data : SequenceGradients
        One pass over it.
    step_size : array_like, shape () or (S,)
        A step above ``1/(2 H B^2)`` is allowed; ``in_theorem`` says so.
    start : array_like, shape (d,) or (S, d)
    radius : float
        Of the parameter ball.
    record_every : int
        Keep the parameters every so many steps; the last ones are always kept.

    Raises
    ------
    ValueError
        Step not positive, start outside the ball, gradient not finite.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. (14).

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> data = SequenceGradients(TokenFeatures([[1.0], [-1.0]]), [[0, 0], [0, 1]])
    >>> path = sgd(data, 0.25, [0.0])
    >>> path.thetas[:, 0, 0].round(4).tolist(), path.in_theorem
    ([0.0, 0.5, 0.2689], array([ True]))
    """
    eta = updates.positive("step_size", step_size)
    inside = eta <= theorem_step(data.H, data.features.bound) * (1 + 1e-12)
    return ascend(data, start, updates.vanilla(eta), len(eta), inside, radius, record_every)


def ascend(
    data: SequenceGradients, start: ArrayLike, update: updates.Update, runs: int, in_theorem: np.ndarray,
    radius: float, record_every: int,
) -> Path:
    """The loop shared by the one-pass learners: gradient, ``update(theta, g, t)``, projection, record."""
    radius = float(validation.threshold("radius", radius, least=0.0, strict=True))
    every = validation.count("record_every", record_every)
    theta = parameters("start", start, data.d, radius)
    S = max(runs, len(theta), data.S)
    if {runs, len(theta), data.S} - {1, S}:
        found = f"{len(theta)}, {runs} and {data.S}"
        raise ValueError(f"start, step sizes, data: {found} runs, expected equal numbers or 1")
    theta = np.repeat(theta, S // len(theta), axis=0) if len(theta) != S else theta
    times, kept = [0], [theta]
    for t in range(len(data)):
        g = data.at(t, theta)
        theta = update(theta, g, t)
        if not np.isfinite(theta).all():
            run = int(np.flatnonzero(~np.isfinite(theta).all(axis=1))[0])
            raise ValueError(f"gradient: not finite at step {t} of run {run}, expected finite numbers")
        theta = project_ball(theta, radius)
        if (t + 1) % every == 0 or t + 1 == len(data):
            times.append(t + 1)
            kept.append(theta)
    return Path(np.array(times), np.array(kept), np.broadcast_to(in_theorem, S).copy())

"""Maximum likelihood for autoregressive linear models over a ball, with a certified optimality gap.

The log likelihood is concave, so for every ``theta'`` in the ball of radius R its value at ``theta'`` exceeds that at
``theta`` by at most ``<g, theta' - theta> <= R ||g|| - <g, theta>``, ``g`` the gradient (the Frank-Wolfe gap).
The certificate needs no trust in the solver: only that ``g`` is the gradient, up to floating-point round-off.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from covtheory import validation
from covtheory.learners.log_likelihood import LogLikelihood
from covtheory.policies.autoregressive_linear import AutoregressiveLinear
from covtheory.policies.features import FeatureMap

PRECONDITIONER_TOKENS = 30_000
"""Feature maps without finite contexts take their curvature model from about this many tokens."""

RANK_TOLERANCE = 1e-10
"""Eigenvalues of the design below this fraction of the largest count as zero."""


def frank_wolfe_gap(theta: ArrayLike, gradient: ArrayLike, radius: float = 1.0) -> float:
    """``R ||g|| - <g, theta>``: no point of the ball has a log likelihood higher than that at ``theta`` by more (nats).

    Examples
    --------
    >>> frank_wolfe_gap([0.6, 0.8], [3.0, 4.0]), frank_wolfe_gap([0.0, 0.0], [3.0, 4.0])
    (0.0, 5.0)
    """
    theta, gradient = np.asarray(theta, dtype=float), np.asarray(gradient, dtype=float)
    validation.same_shape(theta=theta, gradient=gradient)
    return max(0.0, float(radius * np.linalg.norm(gradient) - gradient @ theta))


@dataclass(frozen=True)
class Fit:
    """What :func:`fit` found. ``gap`` is certified whether or not the solver converged.

    Attributes
    ----------
    theta : ndarray, shape (d,)
        Of least norm among the maximisers if ``null_dimension > 0``.
    log_likelihood : float
        Nats, at ``theta``.
    gap : float
        Upper bound in nats on (maximum over the ball) - ``log_likelihood``.
    converged : bool
        Whether ``gap`` is at most the tolerance asked for.
    null_dimension : int
        Dimension of the directions on which the data say nothing: 0 unless the design is singular.
    evaluations : int
        Passes over the data.
    """

    theta: np.ndarray
    log_likelihood: float
    gap: float
    converged: bool
    null_dimension: int
    on_boundary: bool
    evaluations: int

    @property
    def singular(self) -> bool:
        """Whether the maximiser is not unique."""
        return self.null_dimension > 0

    def policy(self, features: FeatureMap, H: int) -> AutoregressiveLinear:
        """The fitted model."""
        return AutoregressiveLinear(self.theta, features, H)


def fit(
    likelihood: LogLikelihood, *, radius: float = 1.0, tolerance: float = 1e-6, most_evaluations: int = 100
) -> Fit:
    """Maximise the log likelihood over ``||theta|| <= radius``.

    Proximal Newton: each step maximises a quadratic model over the ball exactly (eigenvalues and one scalar equation)
    and searches on the segment to it. Collapsed data use the exact Hessian; streamed data use that of a part of the
    data, corrected by BFGS updates. Only identified directions are searched, so a singular design gives the maximiser
    of least norm and says so.

    Parameters
    ----------
    tolerance : float
        Largest acceptable certified gap, total nats.
    most_evaluations : int
        Passes over the data before giving up with ``converged = False``.

    Raises
    ------
    ValueError
        Radius or tolerance not positive and finite.

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> result = fit(LogLikelihood(TokenFeatures([[1.0], [-1.0]]), [[0, 0, 1]]))
    >>> round(float(result.theta[0]), 6), result.converged, result.singular
    (0.346574, True, False)
    """
    radius = float(validation.threshold("radius", radius, least=0.0, strict=True))
    tolerance = float(validation.threshold("tolerance", tolerance, least=0.0, strict=True))
    most = validation.count("most_evaluations", most_evaluations)
    if not np.isfinite([radius, tolerance]).all():
        raise ValueError("radius, tolerance: expected finite numbers")
    theta, basis = np.zeros(likelihood.d), None
    if likelihood.table is None:
        length = likelihood.y.shape[1]
        part = likelihood.part(max(1, min(len(likelihood.y), PRECONDITIONER_TOKENS // length)))
        if part.tokens < likelihood.tokens:
            basis = _identified(part.design())
            if basis.shape[1] == likelihood.d:  # enough for a warm start and for the curvature
                theta = _ascend(part, basis, theta, radius, 1e-3 * part.tokens, most, None)[0]
                share = likelihood.tokens / part.tokens
                curvature = -part.hessian(theta) * share
                found = _ascend(likelihood, basis, theta, radius, tolerance, most, curvature)
                return _result(likelihood, basis, *found, radius, tolerance)
    basis = _identified(likelihood.design())
    found = _ascend(likelihood, basis, theta, radius, tolerance, most, None)
    return _result(likelihood, basis, *found, radius, tolerance)


def _result(likelihood, basis, theta, value, gap, evaluations, radius, tolerance):
    edge = bool(np.linalg.norm(theta) >= radius * (1 - 1e-9))
    return Fit(theta, value, gap, gap <= tolerance, likelihood.d - basis.shape[1], edge, evaluations)


def _ascend(likelihood, basis, theta, radius, tolerance, most, curvature):
    """Proximal Newton in the coordinates ``theta = basis z``; with ``curvature`` given, quasi-Newton from there."""
    if basis.shape[1] == 0:
        value, gradient = likelihood.value_and_gradient(theta)
        return theta, value, frank_wolfe_gap(theta, gradient, radius), 1
    value, gradient = likelihood.value_and_gradient(theta)
    best = (frank_wolfe_gap(theta, gradient, radius), theta, value)
    model = None if curvature is None else basis.T @ curvature @ basis
    evaluations = 1
    while best[0] > tolerance and evaluations < most:
        if curvature is None:
            model = -basis.T @ likelihood.hessian(theta) @ basis
        z, slope = basis.T @ theta, basis.T @ gradient
        direction = _ball_step(model, model @ z + slope, radius) - z
        promise, step = float(slope @ direction), 1.0
        if promise <= 0:
            break
        while evaluations < most:
            trial = basis @ (z + step * direction)
            trial_value, trial_gradient = likelihood.value_and_gradient(trial)
            evaluations += 1
            flat = 1e-13 * abs(value)  # differences below this are round-off: judge by the slope instead
            rise, end = trial_value - value, float(basis.T @ trial_gradient @ direction)
            if rise >= 1e-4 * step * promise or (rise >= -flat and abs(end) <= 0.9 * promise):
                break
            step /= 2
            if step < 1e-10:
                return best[1], best[2], best[0], evaluations
        if curvature is not None:
            model = _bfgs(model, step * direction, slope - basis.T @ trial_gradient)
        theta, value, gradient = trial, trial_value, trial_gradient
        best = min(best, (frank_wolfe_gap(theta, gradient, radius), theta, value), key=lambda entry: entry[0])
    return best[1], best[2], best[0], evaluations


def _ball_step(model: np.ndarray, target: np.ndarray, radius: float) -> np.ndarray:
    """Maximiser of ``<target, z> - z' model z / 2`` over the ball, ``model`` positive semidefinite."""
    values, vectors = np.linalg.eigh(model)
    values = np.maximum(values, 1e-14 * max(values[-1], 1e-300))
    rotated = vectors.T @ target

    def norm(shift):
        return np.linalg.norm(rotated / (values + shift))

    if norm(0.0) <= radius:
        return vectors @ (rotated / values)
    most = np.linalg.norm(rotated) / radius
    shift = brentq(lambda s: 1.0 / radius - 1.0 / norm(s), 0.0, most, xtol=1e-300, rtol=1e-14)
    z = vectors @ (rotated / (values + shift))
    return z * min(1.0, radius / np.linalg.norm(z))


def _bfgs(model: np.ndarray, move: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Rank-two update after which ``model @ move = change``; skipped where the curvature is lost in round-off."""
    along = float(move @ change)
    pushed = model @ move
    if along <= 1e-10 * float(np.linalg.norm(move) * np.linalg.norm(change)):
        return model
    return model - np.outer(pushed, pushed) / float(move @ pushed) + np.outer(change, change) / along


def _identified(design: np.ndarray) -> np.ndarray:
    """Orthonormal basis (d, r) of the range of a positive semidefinite matrix."""
    values, vectors = np.linalg.eigh(design)
    return vectors[:, values > RANK_TOLERANCE * max(values[-1], 1e-300)]

"""Nets of the parameter ball with a verified radius, and what they cover in sup-log distance."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from covtheory import validation
from covtheory.certificates.bracket import Bracket

LARGEST_NET = 2_000_000
"""Nets with more points than this are not built."""


@dataclass(frozen=True)
class Net:
    """Points (size, d) of the unit ball such that every point of the ball has one within ``radius``."""

    points: np.ndarray
    radius: float

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.points)

    def nearest(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance to and index of the nearest net point, for parameters (n, d)."""
        return cKDTree(self.points).query(theta)


def ball_net(d: int, radius: float) -> Net:
    """A net of the unit ball of R^d: a cubic lattice of spacing ``2 radius / sqrt(d)``, pulled back onto the ball.

    Every point of space is within ``radius`` of the lattice; lattice points further than ``radius`` from the ball are
    not needed, and projecting the others onto the ball does not increase any distance to a point of the ball. In one
    dimension the lattice starts at an end, so that the net has the least possible size ``ceil(1 / radius)``.

    Raises
    ------
    ValueError
        If the radius is not positive, or the net would have more than ``LARGEST_NET`` points.

    Examples
    --------
    >>> ball_net(1, 0.5).points.ravel().tolist(), ball_net(2, 1.0).size
    ([-0.5, 0.5], 1)
    """
    d = validation.count("d", d)
    radius = float(validation.threshold("radius", radius, least=0.0, strict=True))
    if radius >= 1:
        return Net(np.zeros((1, d)), 1.0)
    if d == 1:
        size = int(np.ceil(1 / radius - 1e-12))
        _affordable(size)
        return Net((-1 + (2 * np.arange(size) + 1.0) / size)[:, None], 1 / size)
    spacing = 2 * radius / np.sqrt(d)
    _affordable(int(min(radius**-d, 1e18)))  # no net is smaller: compare volumes
    reach, most = (1 + radius) ** 2, int(np.floor((1 + radius) / spacing))
    axis = spacing * np.arange(-most, most + 1)
    points = axis[:, None]
    for _ in range(d - 1):  # grow coordinate by coordinate, dropping what has left the ball
        points = np.column_stack([np.repeat(points, len(axis), axis=0), np.tile(axis, len(points))])
        points = points[(points**2).sum(axis=1) <= reach]
        _affordable(len(points))
    points = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1.0)
    _, kept = np.unique(points.round(9), axis=0, return_index=True)  # the last digit does not tell points apart
    return Net(points[kept], radius)


def verify_radius(net: Net, cells: int) -> Bracket:
    """Bracket of the covering radius of a net over the unit ball, by distances from a fine grid of cube centres.

    The distance to the net is 1-Lipschitz: over a cube of half-diagonal ``rho`` it differs from the centre's by at most
    ``rho``. Cubes that miss the ball are skipped; centres outside it are pulled back for the lower end. This uses
    nothing about how the net was built.

    Parameters
    ----------
    cells : int
        Cubes per axis; ``cells**d`` distances.

    Examples
    --------
    >>> verify_radius(ball_net(1, 0.25), 1000).contains(0.25)
    True
    """
    cells, d = validation.count("cells", cells, least=2), net.points.shape[1]
    _affordable(cells**d)
    axis = -1 + (2 * np.arange(cells) + 1.0) / cells
    centres = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)
    rho = np.sqrt(d) / cells
    norms = np.linalg.norm(centres, axis=1)
    centres, norms = centres[norms <= 1 + rho], norms[norms <= 1 + rho]
    inside = centres / np.maximum(norms, 1.0)[:, None]
    lower = float(net.nearest(inside)[0].max())
    upper = float(net.nearest(centres)[0].max()) + rho
    return Bracket(lower, upper, f"{len(centres)} cubes of half-diagonal {rho:.4g}")


def _affordable(size: int) -> None:
    if size > LARGEST_NET:
        raise ValueError(f"net: at least {size} points, expected at most {LARGEST_NET}; enlarge the radius")

"""A bracket, the answer of every certificate: two ends that contain the value."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.rounding import UNIT

NOTHING = 1e-299
"""A probability that is shown to be below this counts as determined, whatever its lower end."""


@dataclass(frozen=True)
class Bracket:
    """Two-sided bound ``lower <= value <= upper``; arrays if several thresholds were asked for.

    Raises
    ------
    ArithmeticError
        Lower end above the upper end, or an end that is not a number: such a bracket is never handed on.

    Examples
    --------
    >>> bracket = Bracket(0.1, 0.2, "example")
    >>> bracket.contains(0.15), round(bracket.width, 12)
    (True, 0.1)
    """

    lower: float | np.ndarray
    upper: float | np.ndarray
    method: str
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if not np.all(np.asarray(self.lower) <= np.asarray(self.upper)):  # also when an end is not a number
            raise ArithmeticError(f"bracket: [{self.lower}, {self.upper}] by {self.method} is empty or not a number")

    def contains(self, value: ArrayLike) -> bool | np.ndarray:
        """Whether ``value`` lies inside, ends included."""
        inside = (np.asarray(value) >= self.lower) & (np.asarray(value) <= self.upper)
        return bool(inside) if inside.ndim == 0 else inside

    @property
    def width(self) -> float | np.ndarray:
        """``upper - lower``."""
        return self.upper - self.lower

    @property
    def relative_gap(self) -> float | np.ndarray:
        """``(upper - lower) / upper``; 0 for an empty bracket at zero, 1 if the lower end is zero."""
        return self.width / np.where(np.asarray(self.upper) > 0, self.upper, 1.0)


def one_minus(lower: float, upper: float) -> tuple[float, float]:
    """Bracket of ``1 - v`` for v between the ends, rounded outward.

    Examples
    --------
    >>> 0.7 < one_minus(0.25, 0.3)[1] - 1e-17 < 0.75 + 1e-15
    True
    """
    return max(0.0, 1 - upper - UNIT), min(1.0, 1 - lower + UNIT)


def accept(bracket: Bracket, gap: float) -> bool:
    """Whether the bracket is as tight as asked for.

    Examples
    --------
    >>> accept(Bracket(0.1, 0.11, "example", {"complement": (0.89, 0.9)}), 0.2)
    True
    """
    return relative_gap_of(bracket) <= gap


def relative_gap_of(bracket: Bracket) -> float:
    """Relative gap of the coverage or, if that is the smaller number, of its complement."""
    below, above = bracket.detail["complement"]
    reflected = bracket.detail.get("reflected", above < 0.5)
    lower, upper = (below, above) if reflected else (bracket.lower, bracket.upper)
    if not 0 <= lower <= upper <= 1:
        raise ArithmeticError(f"bracket: [{lower}, {upper}] by {bracket.method} is not one of a probability")
    if upper <= NOTHING:
        return 0.0
    return float(upper / lower - 1) if lower > 0 else float("inf")

"""Interval proofs: an inequality between functions of one variable over its whole, possibly unbounded, range."""

from collections.abc import Callable
from dataclasses import dataclass

Function = Callable[[object], object]


@dataclass(frozen=True)
class Certificate:
    """The verdict of :func:`certify_positive`: proved, with how many boxes; refuted, and where; or neither."""

    proved: bool
    boxes: int
    summary: str
    refuted: bool = False


def certify_positive(
    function: Function, low: float, high: float, *, name: str = "f", smallest: float = 1e-9, most_boxes: int = 200_000
) -> Certificate:
    """Prove ``function(x) > 0`` for every x in [low, high] by bisection with outward-rounded interval arithmetic.

    Parameters
    ----------
    function : callable
        Takes and returns mpmath intervals (use ``mpmath.iv.log``, ``iv.exp``, ``iv.sqrt`` and operators). For an
        unbounded range substitute ``t = 1/x`` and pass the interval of t; where the function touches zero, divide by
        the touching factor first (both done by the caller, so that the reader sees it).
    low, high : float
        The ends; they are taken as exact.
    smallest : float
        Boxes narrower than this fraction of the range are not split further: the proof stops without success.

    Returns
    -------
    Certificate
        ``proved`` is a proof up to the correctness of mpmath's intervals; ``not proved`` says only that this
        procedure did not find one, unless the summary says the function is certainly non-positive somewhere.

    Examples
    --------
    >>> certify_positive(lambda x: x * x - x + 1, -10, 10).proved
    True
    >>> certify_positive(lambda x: x * x - 0.25, 0, 1).proved
    False
    """
    from mpmath import iv, mpf  # here: importing it costs every kernel that proves nothing

    if not low < high:
        raise ValueError(f"low, high: expected low < high, got {low!r} and {high!r}")
    stack, boxes, narrowest = [(mpf(low), mpf(high))], 0, (mpf(high) - mpf(low)) * smallest
    undecided = None
    while stack:
        left, right = stack.pop()
        boxes += 1
        value = function(iv.mpf([left, right]))
        if value.a > 0:
            continue
        place = f"[{float(left):.6g}, {float(right):.6g}]"
        if value.b <= 0:
            return Certificate(False, boxes, f"{name} <= 0 on {place}", refuted=True)
        if boxes >= most_boxes:
            break
        if right - left <= narrowest:  # not proved; look on for a place where it is certainly false
            undecided, most_boxes = undecided or place, min(most_boxes, boxes + 2000)
            continue
        middle = (left + right) / 2
        stack += [(middle, right), (left, middle)]
    if undecided or stack:
        return Certificate(False, boxes, f"{name} > 0 not decided on {undecided or place}")
    return Certificate(True, boxes, f"{name} > 0 on [{low:.6g}, {high:.6g}], {boxes} boxes")

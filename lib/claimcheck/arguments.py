"""Checks of what callers pass in: a ``ValueError`` that names the argument, what came and what is expected."""


def count(name: str, value: int, *, least: int = 1) -> int:
    """Return a whole number that is at least ``least``.

    Examples
    --------
    >>> count("rounds", 8)
    8
    """
    if isinstance(value, bool) or int(value) != value or value < least:
        raise ValueError(f"{name}: got {value!r}, expected a whole number >= {least}")
    return int(value)


def in_range(name: str, value: float, low: float, high: float, *, open_ends: bool = False) -> float:
    """Return a number inside ``[low, high]``, or inside ``(low, high)`` if ``open_ends``.

    Examples
    --------
    >>> in_range("bound", 0.05, 0, 1)
    0.05
    """
    if not (low < value < high if open_ends else low <= value <= high):
        raise ValueError(f"{name}: got {value:.6g}, expected a value "
                         f"{'strictly ' * open_ends}between {low:g} and {high:g}")
    return float(value)

"""Printed text held against stored text: every token equal, a rounded number within one unit of its last digit."""

import re

_TOKEN = re.compile(r"((?:(?<![\w)])[-+])?(?<![A-Za-z_\d])(?<!\d[.,])"
                    r"(?:\d+(?:,\d{3})*(?:\.\d+)?|(?<!\.)\.\d+)(?:[eE][-+]?\d+)?)")
"""A number: not part of a name or of a version; a sign belongs to it unless it is a hyphen; ``0.1..0.2`` are two."""


class Printed(str):
    """A text that equals another one if they agree in this sense; used in place of nbval's exact strings.

    Examples
    --------
    >>> Printed("mean 0.2500, n=100") == Printed("mean 0.2501, n=100")
    True
    >>> Printed("mean 0.2500, n=100") == Printed("mean 0.2502, n=100")
    False
    >>> Printed("mean 0.2500, n=100") == Printed("mean 0.2500, n=101")
    False
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        return agree(str(self), str(other)) if isinstance(other, str) else NotImplemented

    def __ne__(self, other):
        return not self == other if isinstance(other, str) else NotImplemented


def agree(new: str, old: str) -> bool:
    """Return whether two texts have the same tokens, numbers within one unit of the last digit of the finer.

    A whole number is a count and must be equal, unless the other one was rounded (``1`` against ``0.9999``); widths of
    blanks may differ where a number takes more or fewer places.

    Examples
    --------
    >>> agree("1.000e-05 of 3", "9.999e-06 of 3"), agree("1.001e-05 of 3", "9.990e-06 of 3")
    (True, False)
    >>> agree("1e-05", "1e-12"), agree("0.25", "0.2")
    (False, False)
    """
    if new == old:
        return True
    ours, theirs = (_TOKEN.split(text) for text in (new, old))
    if len(ours) != len(theirs):
        return False
    return all(_same_number(a, b) if number % 2 else " ".join(a.split(" ")).split() == " ".join(b.split(" ")).split()
               and a.count("\n") == b.count("\n") for number, (a, b) in enumerate(zip(ours, theirs, strict=True)))


def _same_number(a: str, b: str) -> bool:
    if a == b:
        return True
    units = [_unit(text) for text in (a, b)]
    if units == [None, None]:
        return False
    new, old = (float(text.replace(",", "")) for text in (a, b))
    return abs(new - old) <= min(1.0 if unit is None else unit for unit in units) * (1 + 1e-6)


def _unit(text: str) -> float | None:
    """One unit of the last printed digit; None for a whole number, which is a count."""
    mantissa, _, exponent = text.lower().partition("e")
    if "." not in mantissa and not exponent:
        return None
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))

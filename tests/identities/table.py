"""A row of a table of identities, and the arithmetic that watches whether every term and branch is in use.

A formula is written in ``mpmath`` numbers of 50 digits. Sums whose terms carry constants go through :func:`plus`,
minima and maxima through :func:`least` and :func:`most`: they note which terms and branches the instances reach, so
that a row whose instances leave a constant without influence is an error of the table.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from mpmath import mp, mpf

mp.dps = 50
SHARE = 0.05
"""A term below this share of the largest one is not in use."""

_seen: dict = {}


@dataclass(frozen=True)
class Row:
    """One bound: the library's function, the theorem it states, and the formula that it must equal.

    Parameters
    ----------
    bound : callable
        The function of the library.
    source : str
        Notebook and theorem.
    formula : callable
        Same arguments, one ``mpf`` each (or text, None, a truth value, a list of ``mpf``); a number or a tuple.
    at : dict
        Argument -> values, one an instance; every argument of the function occurs. One value stands for all instances.
    domain : dict
        Argument -> interval such as ``"(0, 1]"``; just outside is refused with the argument's name, closed ends are
        accepted. Arguments that accept every number are left out.
    default : dict
        The documented default of each optional argument: leaving it out must be the same as this value.
    scalar : tuple of str
        Arguments that take one number only; the others are also given as arrays, all instances at once.
    also : dict
        Other values of an argument that must agree with the formula, tried at the first instance.
    refused : tuple of (str, dict)
        Changes to the first instance that must raise an error, and what its message starts with.
    rtol : float
        Relative tolerance.
    """

    bound: Callable
    source: str
    formula: Callable
    at: dict
    domain: dict = field(default_factory=dict)
    default: dict = field(default_factory=dict)
    scalar: tuple = ()
    also: dict = field(default_factory=dict)
    refused: tuple = ()
    rtol: float = 1e-11

    @property
    def name(self) -> str:
        """Module and function, for the test's id."""
        return f"{self.bound.__module__.rpartition('.')[2]}.{self.bound.__name__}"

    def instances(self) -> list[dict]:
        """The instances, one dictionary of arguments each."""
        size = max(len(v) for v in self.at.values() if isinstance(v, list))
        return [{k: v[i] if isinstance(v, list) else v for k, v in self.at.items()} for i in range(size)]

    def truth(self, arguments: dict) -> tuple:
        """The formula's values in 50 digits."""
        value = self.formula(**{k: exact(v) for k, v in arguments.items()})
        return value if isinstance(value, tuple) else (value,)


def exact(value):
    """A float as the 50-digit number that it is; lists elementwise; text, truth values and None as they are."""
    if isinstance(value, (list, tuple)):
        return [exact(v) for v in value]
    return value if value is None or isinstance(value, (bool, str)) else mpf(value)


def plus(*terms):
    """The sum; each term must be in use at some instance."""
    shares = [abs(t) / max(abs(t) for t in terms) if any(terms) else mpf(0) for t in terms]
    _note("term", shares)
    return sum(terms)


def least(*branches):
    """The minimum; each branch must be the least one at some instance."""
    low = min(branches)
    _note("branch", [mpf(b == low) for b in branches])
    return low


def most(*branches):
    """The maximum; each branch must be the largest one at some instance."""
    high = max(branches)
    _note("branch", [mpf(b == high) for b in branches])
    return high


def _note(kind, shares):
    frame = sys._getframe(2)
    place = frame.f_code.co_filename, frame.f_lineno, frame.f_lasti, kind
    before = _seen.get(place, [mpf(0)] * len(shares))
    _seen[place] = [max(a, b) for a, b in zip(before, shares, strict=True)]


def idle(row: Row) -> list[str]:
    """Terms and branches of the row's formula that none of its instances use."""
    _seen.clear()
    for arguments in row.instances():
        row.truth(arguments)
    return [f"line {line}: {kind} {i + 1} of {len(shares)}" for (_, line, _, kind), shares in _seen.items()
            for i, share in enumerate(shares) if share < SHARE]

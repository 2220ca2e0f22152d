"""Interval proof of a scalar inequality over its whole, possibly unbounded, range, from one sympy expression."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimcheck.certify import Certificate, certify_positive

if TYPE_CHECKING:  # imported where it is used: it costs every kernel that proves nothing
    import sympy


@dataclass(frozen=True)
class Touch:
    """The left end touches zero: derivatives below ``order`` vanish there, and the next is positive up to ``reach``."""

    order: int
    reach: float


@dataclass(frozen=True)
class Tail:
    """Beyond ``start`` the proof is in ``u = 1/x`` on [0, 1/start], after multiplication by a positive ``factor``."""

    start: float
    factor: sympy.Expr | int = 1


def certify_inequality(
    expression: sympy.Expr, x: sympy.Symbol, low: float, high: float = math.inf, *, touch: Touch | None = None,
    tail: Tail | None = None, name: str = "f",
) -> Certificate:
    """Prove ``expression > 0`` for x in (low, high), at ``low`` also if it does not touch zero there.

    Three pieces: next to a touching point, ``order`` derivatives vanish at ``low`` (shown by algebra: a ball that
    contains zero would prove nothing) and the ``order``-th is positive on ``[low, low + reach]``, so Taylor's theorem
    gives positivity; bisection in between; beyond ``tail.start`` bisection of ``factor(x) expression(x)`` in
    ``u = 1/x``, which is a bounded interval. Numbers in the expression must be exact.

    Parameters
    ----------
    expression : sympy.Expr
        In ``x`` alone, from rationals, ``+``, ``*``, integer powers, ``exp`` and ``log``.
    x : sympy.Symbol
    low, high : float
        Exact ends; ``high`` may be infinite, which needs a ``tail``.
    touch : Touch, optional
    tail : Tail, optional

    Raises
    ------
    ValueError
        An unbounded range without a tail, floats inside the expression, or a function that is not supported.

    Examples
    --------
    >>> import sympy
    >>> t = sympy.Symbol("t", positive=True)
    >>> certify_inequality(sympy.exp(t) - 1 - t, t, 0, touch=Touch(2, 1.0), tail=Tail(4.0, sympy.exp(-t))).proved
    True
    >>> certify_inequality(sympy.exp(t) - 1 - t - t**2, t, 0, touch=Touch(2, 1.0), tail=Tail(4.0, sympy.exp(-t))).proved
    False
    """
    import sympy

    expression = sympy.sympify(expression)
    if expression.atoms(sympy.Float):
        found = sorted(map(float, expression.atoms(sympy.Float)))
        raise ValueError(f"{name}: contains floats {found}, expected rationals")
    if high == math.inf and tail is None:
        raise ValueError("high: unbounded, expected a tail that says where u = 1/x takes over")
    pieces, left = [], low
    if touch is not None:
        for k in range(touch.order):
            value = sympy.simplify(expression.diff(x, k).subs(x, sympy.Rational(low)))
            if value != 0:
                below = value.is_negative is True  # the first derivative that does not vanish decides the sign there
                return Certificate(False, 0, f"derivative {k} of {name} at {low} is {value}, not 0", refuted=below)
        left = low + touch.reach
        pieces.append((expression.diff(x, touch.order), x, low, left, f"derivative {touch.order} of {name}"))
    right = tail.start if high == math.inf else high
    if right > left:
        pieces.append((expression, x, left, right, name))
    if high == math.inf:
        u = sympy.Symbol("u", positive=True)
        scaled = sympy.expand(sympy.powsimp(sympy.expand(sympy.sympify(tail.factor) * expression)).subs(x, 1 / u))
        pieces.append((scaled, u, 0, 1 / tail.start, f"{name} times {tail.factor} in u = 1/{x}"))
    boxes, said = 0, []
    for piece, symbol, a, b, label in pieces:
        verdict = certify_positive(lambda box, f=piece, s=symbol: evaluate(f, s, box), a, b, name=label)
        boxes += verdict.boxes
        said.append(verdict.summary)
        if not verdict.proved:
            return Certificate(False, boxes, verdict.summary, verdict.refuted and not label.startswith("derivative"))
    return Certificate(True, boxes, "; ".join(said))


def evaluate(expression: sympy.Expr, x: sympy.Symbol, box):
    """Value of a sympy expression over an interval of mpmath, with rationals taken exactly.

    Examples
    --------
    >>> import sympy
    >>> from mpmath import iv
    >>> s = sympy.Symbol("s")
    >>> evaluate(s**2 / 4, s, iv.mpf([1, 2]))
    mpi('0.25', '1.0')
    """
    import sympy
    from mpmath import iv

    if expression == x:
        return box
    if expression.is_Rational:
        return iv.mpf(int(expression.p)) / int(expression.q)
    if expression in (sympy.pi, sympy.E):
        return iv.pi if expression == sympy.pi else iv.exp(1)
    parts = [] if expression.is_Pow or expression.is_Mul else [evaluate(part, x, box) for part in expression.args]
    if expression.is_Add:
        return sum(parts[1:], parts[0])
    if expression.is_Mul:
        decay = _decay(expression, x, box)
        if decay is not None:
            return decay
        out = iv.mpf(1)
        for part in expression.args:
            out = out * evaluate(part, x, box)
        return out
    if expression.is_Pow and expression.exp.is_Integer:
        base, n = evaluate(expression.base, x, box), int(expression.exp)
        return base**n if n > 0 else iv.mpf(1) / base**-n
    if expression.is_Pow and expression.exp == sympy.Rational(1, 2):
        return iv.sqrt(evaluate(expression.base, x, box))
    if isinstance(expression, sympy.exp):
        return iv.exp(parts[0])
    if isinstance(expression, sympy.log):
        return iv.log(parts[0])
    raise ValueError(f"expression: {expression.func.__name__} is not supported, expected +, *, powers, exp, log")


def _decay(expression: sympy.Expr, x: sympy.Symbol, box):
    """``rest * x^-k e^{-c/x}`` on a box in x >= 0: with s = 1/x, ``s^k e^{-cs}`` falls for ``s >= k/c``; else None."""
    import sympy
    from mpmath import iv

    powers = [f for f in expression.args if f.is_Pow and f.base == x and f.exp.is_Integer and f.exp < 0]
    exps = [f for f in expression.args if isinstance(f, sympy.exp) and (f.args[0] * x).is_Rational]
    if len(powers) != 1 or len(exps) != 1:
        return None
    k, c = -int(powers[0].exp), -(exps[0].args[0] * x)
    if c <= 0 or box.a < 0 or not box.b * k <= float(c) * (1 - 1e-9):
        return None
    ends = []
    for end in (box.a, box.b):
        s = iv.mpf(1) / iv.mpf(end) if end > 0 else None
        ends.append(iv.mpf(0) if s is None else s**k * iv.exp(-s * int(c.p) / int(c.q)))
    value = iv.mpf([ends[0].a, ends[1].b])
    for factor in expression.args:
        if factor is not powers[0] and factor is not exps[0]:
            value = value * evaluate(factor, x, box)
    return value

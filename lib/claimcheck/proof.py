"""What holds without instances: an identity that sympy reduces to zero, an inequality with an interval certificate."""

from claimcheck.outcome import Outcome, made


def symbolic(label: str, left, right=0) -> Outcome:
    """Let sympy reduce ``left - right`` to zero: holds for every value of the symbols.

    Parameters
    ----------
    left, right : sympy.Expr
        Exact; ``right`` may be a whole number.

    Raises
    ------
    ValueError
        For a truth value, which is no algebra (an inequality goes to :func:`proved`), for floats and plain numbers.

    Examples
    --------
    >>> import sympy
    >>> x = sympy.Symbol("x", positive=True)
    >>> symbolic("derivative", sympy.diff(sympy.log(x) - 1 + 1 / x, x), (x - 1) / x**2).ok
    True
    """
    import sympy  # here: importing it costs every kernel that has no algebra

    if not isinstance(left, sympy.Expr) or isinstance(right, bool) or not isinstance(sympy.sympify(right), sympy.Expr):
        raise ValueError(f"{label}: got {type(left).__name__} and {type(right).__name__}, expected two expressions of "
                         "sympy whose difference must simplify to zero; an inequality needs proved()")
    right = sympy.sympify(right)
    difference = sympy.simplify(left - right)
    if left.atoms(sympy.Float) | right.atoms(sympy.Float) | difference.atoms(sympy.Float):
        raise ValueError(f"{label}: the difference {sympy.sstr(difference)} is of floats, expected exact numbers")
    ok = difference == 0
    witness = "every value of the symbols" if ok else f"difference {sympy.sstr(difference)}"
    return made(Outcome("symbolic", label, "symbolic", ok, 1, 1, 1.0, 1.0, 1.0, witness, True, again=symbolic,
                        inputs={"left": left, "right": right}))


def proved(label: str, certificate, *, twin: bool = False) -> Outcome:
    """Take over the verdict of an interval certificate (see :mod:`claimcheck.certify`).

    As a tooth it bites only if the certificate refutes: a proof that was not found refutes nothing.
    """
    ok = not certificate.refuted if twin else certificate.proved
    return made(Outcome("proved", label, "interval", ok, 1, 1, 1.0, 1.0, 1.0, certificate.summary, True,
                        again=proved, inputs={"certificate": certificate}))

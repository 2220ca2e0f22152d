"""Which answer is a number: whatever somebody typed becomes a float, or a sentence that says what it is instead."""

import decimal
import math
import numbers
import reprlib

import numpy as np

MOST = 40
"""Characters of an answer that are shown again."""


class NoNumberError(ValueError):
    """The answer is of the wrong kind; the message is a sentence for who gave it."""


def real(answer: object) -> float:
    """Return an answer as a float: any kind of real number, exact ones too, or an array that holds a single one.

    Raises
    ------
    NoNumberError
        For everything else. No other error leaves this function, whatever the answer does when it is converted.

    Examples
    --------
    >>> from fractions import Fraction
    >>> real(Fraction(3, 4)), real(np.float32(0.5)), real(np.array([2])), real(0.75 + 0j)
    (0.75, 0.5, 2.0, 0.75)
    >>> real("3/4")
    Traceback (most recent call last):
    classroom.answers.NoNumberError: '3/4' is a text; give the number without quotes.
    """
    try:
        return _real(answer)
    except NoNumberError:
        raise
    except Exception:  # somebody else's conversion failed, in whatever way; the next answer must be looked at
        raise NoNumberError(f"that is of type {type(answer).__name__}, which is no number; give one number.") from None


def _real(answer):
    refused = _kind(answer)
    if refused:
        raise NoNumberError(refused)
    if isinstance(answer, np.ndarray):
        answer = answer.reshape(-1)[0]
    if isinstance(answer, (complex, np.complexfloating)):
        if answer.imag:
            raise NoNumberError(f"{_short(answer)} is a complex number; give a real one.")
        answer = answer.real
    if getattr(answer, "free_symbols", None):
        raise NoNumberError(f"{_short(answer)} still has a letter in it; put its value in and give one number.")
    try:
        value = float(answer)
    except OverflowError:
        raise NoNumberError("that number is too large for a float; give the answer to three digits.") from None
    if math.isnan(value):
        raise NoNumberError("nan is what came out, and it is not a number; look where it began.")
    return value


def _kind(answer):
    """Say what is wrong with the kind of an answer, or nothing."""
    if answer is None:
        return "None is no number; perhaps a function prints its result and does not return it."
    if isinstance(answer, (str, bytes)):
        return f"{_short(answer)} is a text; give the number without quotes."
    if isinstance(answer, (bool, np.bool_)):
        return f"{answer} is a truth value; give the number."
    if isinstance(answer, np.ndarray):
        if answer.size != 1:
            return f"that is an array of {answer.size:,} numbers; give one number."
        return _kind(answer.reshape(-1)[0])
    if isinstance(answer, (tuple, list, set, frozenset, dict, range)):
        pair = isinstance(answer, tuple) and len(answer) == 2
        comma = " (a decimal comma makes two numbers: write a point)" if pair else ""
        return f"{_short(answer)} is a {type(answer).__name__} with {len(answer)} entries; give one number{comma}."
    if isinstance(answer, type) or (callable(answer) and not hasattr(answer, "__float__")):
        return f"{getattr(answer, '__name__', 'that')} is a function, not its value; call it and give the number."
    known = isinstance(answer, (numbers.Number, decimal.Decimal)) or hasattr(answer, "__float__")
    if isinstance(answer, np.generic):
        known = answer.dtype.kind in "iufc"
    return "" if known else f"that is of type {type(answer).__name__}, which is no number; give one number."


def _short(answer):
    shown = reprlib.repr(answer)
    return shown if len(shown) <= MOST else shown[:MOST - 1] + "…"

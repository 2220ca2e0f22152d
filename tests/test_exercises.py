"""Exercises say what is right, what is the usual mistake, never give the answer away, and take any answer whatever."""

import decimal
import fractions
import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from classroom import exercises
from classroom.answers import NoNumberError, real

ENTRY = (lambda: 0.25, {"That is the mean.": lambda: 0.5})


@pytest.fixture
def one(monkeypatch):
    monkeypatch.setattr(exercises, "find", lambda name: ENTRY)


@pytest.mark.parametrize(("answer", "said"), [
    (..., "x: open"), (0.25, "x: right."), (0.25001, "x: right."), (0.5, "x: not yet. That is the mean."),
    (0.9, "too large"), (0.1, "too small"), (25, "x: not yet. Give the number itself, not per cent."),
    (-0.25, "x: not yet. The size is right, the sign is not."), (float("inf"), "too large"),
])
def test_answers_are_told_apart(one, capsys, answer, said):
    exercises.check("x", answer)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("answer", [
    fractions.Fraction(1, 4), decimal.Decimal("0.25"), np.float64(0.25), np.float32(0.25), np.array(0.25),
    np.array([0.25]), np.array([[fractions.Fraction(1, 4)]]), 0.25 + 0j, np.complex128(0.25), sp.Rational(1, 4),
    sp.sqrt(sp.Rational(1, 16)), sp.exp(-sp.log(4)), np.longdouble("0.25"),
], ids=lambda answer: type(answer).__name__)
def test_every_way_to_write_a_number_counts(one, capsys, answer):
    exercises.check("x", answer)
    assert capsys.readouterr().out == "x: right.\n"


class Hostile:
    """Raises whatever is done with it."""

    def __float__(self):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(("answer", "said"), [
    ("0.25", "'0.25' is a text; give the number without quotes."), ("…", "'…' is a text"), ("...", "'...' is a text"),
    ("x" * 500, "is a text"), (b"1/4", "is a text"), (None, "None is no number"),
    (float("nan"), "nan is what came out"),
    (np.float64("nan"), "nan is what came out"), ([0.25], "is a list with 1 entries; give one number."),
    ([], "is a list with 0 entries"), ((0, 25), "a decimal comma makes two numbers"), ({0.25}, "is a set with"),
    ({"a": 1}, "is a dict with"), (np.array([0.25, 1]), "an array of 2 numbers"), (np.array([]), "an array of 0"),
    (np.array([None]), "None is no number"), (True, "True is a truth value"), (np.bool_(False), "is a truth value"),
    (1j, "1j is a complex number"), (sp.I, "which is no number"), (sp.Symbol("p") + 1, "p + 1 still has a letter"),
    (sp.zoo, "which is no number"), (math.sqrt, "sqrt is a function, not its value"), (float, "float is a function"),
    (lambda: 0.25, "is a function, not its value"), (10**400, "too large for a float"), (object(), "of type object"),
    (Hostile(), "of type Hostile"), (np.datetime64("2020-01-01"), "of type datetime64"),
    (np.timedelta64(1, "s"), "of type timedelta64"), (decimal.Decimal("sNaN"), "which is no number"),
    (range(3), "is a range with 3 entries"),
], ids=lambda value: None if isinstance(value, str) else type(value).__name__)
def test_a_wrong_kind_of_answer_gets_one_sentence_and_the_next_is_looked_at(one, capsys, answer, said):
    exercises.check("x", answer)
    exercises.check("x", 0.25)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("x: ")
    assert said in first
    assert len(first) < 140
    assert second == "x: right."


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary()
    | st.fractions() | st.decimals() | st.dates() | st.just(...) | st.just(object()) | st.builds(Hostile)
    | st.builds(np.float32, st.floats(width=32)) | st.builds(np.array, st.lists(st.floats(), max_size=3))
    | st.builds(sp.Rational, st.integers(-9, 9), st.integers(1, 9)) | st.just(sp.Symbol("x")),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=2))


@given(st.lists(ANYTHING, min_size=1, max_size=4), st.booleans())
def test_whatever_stands_in_a_cell_every_question_has_its_sentence(answers, handed_out):
    """By the solutions, and by the key of the student's copy."""
    key = {"01-a": exercises.locks("01-a")[:1]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exercises, "key", lambda: key if handed_out else {})
        for answer in answers:
            said = exercises.verdict("01-a", answer)
            assert "\n" not in said
            assert said.endswith((".", "…"))
            if answer is ...:
                assert said.startswith("open.")
        assert exercises.verdict("01-a", ...).startswith("open.")


@given(ANYTHING)
def test_a_number_is_a_float_or_a_refusal_and_never_nan(answer):
    try:
        value = real(answer)
    except NoNumberError:
        return
    assert type(value) is float
    assert not math.isnan(value)
    assert not isinstance(answer, (bool, str, bytes, list, tuple, dict, type(None)))


@pytest.mark.parametrize("name", ["99-a", "01-z", "solutions", "", 1, None, ["01-a"], "01-a\n"])
def test_an_unknown_exercise_is_said_and_nothing_is_raised(capsys, name):
    exercises.check(name, 1.0)
    assert "there is no such exercise" in capsys.readouterr().out
    with pytest.raises(ValueError, match="is unknown"):
        exercises.find(name)


@pytest.mark.parametrize("rtol", [0, -1e-3, 0.1, float("nan")])
def test_a_tolerance_outside_its_range_is_a_clear_error(rtol):
    with pytest.raises(ValueError, match="rtol"):
        exercises.check("01-a", 1.0, rtol)

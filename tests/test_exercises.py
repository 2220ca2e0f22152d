"""Exercises say what is right, what is the usual mistake, and never give the answer away."""

import pytest

from classroom import exercises


@pytest.fixture
def one(monkeypatch):
    entry = (lambda: 0.25, {"That is the mean.": lambda: 0.5})
    monkeypatch.setattr(exercises, "find", lambda name: entry)


@pytest.mark.parametrize(("answer", "said"), [
    (..., "x: open"), (0.25, "x: right."), (0.25001, "x: right."), (0.5, "x: not yet. That is the mean."),
    (0.9, "too large"), (0.1, "too small"), (25, "x: not yet. Give the number itself, not per cent."),
    (-0.25, "x: not yet. The size is right, the sign is not."), (float("inf"), "too large"),
])
def test_answers_are_told_apart(one, capsys, answer, said):
    exercises.check("x", answer)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "shown"), [("half", "'half'"), (None, "None"), (float("nan"), "nan")])
def test_answer_that_is_no_number_is_a_clear_error(one, answer, shown):
    with pytest.raises(ValueError, match=f"x: got {shown}, expected a number"):
        exercises.check("x", answer)


def test_unknown_exercise_is_a_clear_error():
    with pytest.raises(ValueError, match="'99-a' is unknown"):
        exercises.check("99-a", 1.0)

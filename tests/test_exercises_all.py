"""Every exercise of every notebook: the answer is a number; each usual mistake is another, with its own diagnosis."""

import importlib
import math
import pkgutil

import numpy as np
import pytest

from covtheory import exercises, solutions

ENTRIES = {
    exercise: entry
    for module in pkgutil.iter_modules(solutions.__path__)
    for exercise, entry in importlib.import_module(f"covtheory.solutions.{module.name}").ENTRIES.items()
}


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_right_answer_and_every_diagnosis_are_reached_and_distinct(exercise, capsys):
    solution, diagnoses = ENTRIES[exercise]
    right = float(solution())
    assert math.isfinite(right)
    exercises.check(exercise, right)
    assert capsys.readouterr().out == f"{exercise}: right.\n"
    assert diagnoses, "an exercise without a usual mistake teaches less than it could"
    seen = [right]
    for diagnosis, thunk in diagnoses.items():
        wrong = float(thunk())
        assert not any(np.isclose(wrong, other, rtol=1e-3, atol=1e-12) for other in seen), diagnosis
        seen.append(wrong)
        exercises.check(exercise, wrong)
        assert capsys.readouterr().out == f"{exercise}: not yet. {diagnosis}\n"

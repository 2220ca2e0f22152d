"""Every exercise of every notebook: the answer is a number; each usual mistake is another, with its own diagnosis."""

import importlib
import math
import pkgutil
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root
from classroom import exercises, solutions
from classroom.questions import answer_cells, posed, questions
from classroom.solution_sheet import sheet, worked

ROOT = find_root(Path(__file__))
ENTRIES = {
    exercise: entry
    for module in pkgutil.iter_modules(solutions.__path__)
    for exercise, entry in importlib.import_module(f"classroom.solutions.{module.name}").ENTRIES.items()
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


@pytest.mark.parametrize("exercise", sorted(ENTRIES))
def test_worked_solution_has_steps_and_ends_with_the_value(exercise):
    text = worked(exercise)
    last = float(re.findall(r"\d*\.?\d+(?:e-?\d+)?", text)[-1])
    assert math.isclose(last, ENTRIES[exercise][0](), rel_tol=1e-3)
    assert len(text) > 80, "a worked solution explains its steps"
    assert text.count("$") % 2 == 0


@pytest.mark.parametrize("path", notebooks(ROOT), ids=lambda path: path.stem)
def test_sheet_has_every_exercise_that_the_notebook_poses_and_the_notebook_has_no_solution(path):
    nb = nbformat.read(path, as_version=4)
    assert list(questions(nb)) == list(posed(nb))
    assert {name for name in ENTRIES if name.startswith(path.name[:2])} == set(posed(nb))
    page, source = sheet(path), path.read_text(encoding="utf-8").replace("\\\\", "\\")
    for name in posed(nb):  # slides are made from the notebook alone, so they have none either
        assert worked(name) in page
        for text in (*worked(name).split(". "), *ENTRIES[name][1]):
            assert len(text) < 40 or text not in source, f"{name}: {text}"

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
from classroom.questions import answer_cells, dependent, one_by_one, posed, questions
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


@pytest.mark.parametrize("path", notebooks(ROOT), ids=lambda path: path.stem)
def test_exercise_cells_run_alone_in_a_fresh_namespace(path, capsys):
    """In the notebook, where one cell has them all, and in the student's copy, where each has its own."""
    nb = nbformat.read(path, as_version=4)
    names = list(posed(nb))
    assert dependent(nb) == []
    for cells in (answer_cells(nb), answer_cells(one_by_one(nb))):
        for cell in cells:
            exec(compile(cell.source, path.name, "exec"), {"__name__": "__main__"})
        assert [line.partition(": open. ")[0] for line in capsys.readouterr().out.splitlines()] == names
    assert len(answer_cells(nb)) == len(names)


@pytest.mark.parametrize("change", ["import", "name", "statement"])
def test_a_cell_that_needs_an_earlier_one_is_found(change):
    nb = nbformat.read(notebooks(ROOT)[4], as_version=4)
    cell, = answer_cells(nb)
    cell.source = {"import": cell.source.partition("\n\n")[2],
                   "name": cell.source.replace("05-a\", ...)", "05-a\", x)\ny"),
                   "statement": cell.source + "\nprint(law)"}[change]
    assert "05-a" in dependent(nb)


def test_one_cell_a_question_keeps_texts_order_and_everything_else():
    for path in notebooks(ROOT):
        before, after = (nbformat.read(path, as_version=4) for _ in range(2))
        one_by_one(after)
        nbformat.validate(after)
        assert questions(before) == {name: cell.source.partition(".** ")[2] for name in questions(before)
                                     for cell in after.cells if cell.id == f"question-{name}"}
        kinds = [cell.id.partition("-")[0] for cell in after.cells if cell.id.startswith(("question-", "answer-"))]
        assert kinds == ["question", "answer"] * len(posed(before))
        kept = [cell for cell in after.cells if not cell.id.startswith(("question-", "answer-", "exercises"))]
        gone = [cell for cell in before.cells if cell not in kept]
        assert len(gone) == 2
        assert len({cell.id for cell in after.cells}) == len(after.cells)


def test_exercise_cells_run_alone_in_a_real_kernel():
    """One kernel, restarted for two notebooks: the last one's cells, and one with an error in the middle."""
    from nbclient import NotebookClient

    nb = one_by_one(nbformat.read(notebooks(ROOT)[-1], as_version=4))
    cells = answer_cells(nb)
    cells[1].source = cells[1].source.replace("...", "1 / 0")
    alone = nbformat.v4.new_notebook(cells=cells, metadata=nb.metadata)
    NotebookClient(alone, timeout=120, kernel_name="python3", allow_errors=True).execute()
    said = [cell.outputs[0].get("text", cell.outputs[0].get("ename")) for cell in alone.cells]
    assert said[1] == "ZeroDivisionError"
    assert all(": open. Put" in text for i, text in enumerate(said) if i != 1)

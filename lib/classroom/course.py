"""The exercises as a course for nbgrader: one assignment a notebook, each question graded by itself.

Only the exercises are handed out here, in light notebooks that run in a second; what they ask about is read in the
student's copy, whose library every student and the grading machine installs. Format: nbgrader's cell metadata,
schema version 3.
"""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from claimcheck.gate.contract import notebooks
from classroom import exercises
from classroom.answer_key import RTOL
from classroom.questions import questions

POINTS = 1
"""Points of an exercise; what the reason is worth, the rubric in references/teaching.md says."""

CONFIGURATION = '''"""nbgrader's settings for this course."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "coverage"
c.ClearSolutions.code_stub = {"python": "# your number in place of the dots above"}
'''

README = """# Course folder for nbgrader

For the lecturer: `source` holds the answers. Copy this folder to where the course lives, then in it:

```sh
nbgrader generate_assignment {first}    # writes release/{first}, without answers and tests
nbgrader autograde {first}              # grades submitted/STUDENT/{first}/{first}.ipynb
nbgrader generate_feedback {first}
nbgrader export                         # grades.csv
```

Students and the machine that grades need the library of the student's copy (`make student`): install it there with
`pip install --no-deps --no-build-isolation -e .`. A right answer, to three digits, is {points} point.
The feedback shows the graded cells, so give it out after the deadline. The rubric for the reasons is in
references/teaching.md.

| assignment | questions |
|---|---|
{rows}
"""

HEAD = """# {title}: exercises

Put your number in place of the dots and run the cell: it says whether three digits are right, or which usual mistake it
is. Each question is graded by itself, {points} point each; a cell that you leave open costs its own point only."""

ANSWER = """from classroom.exercises import check

{variable} = ...
### BEGIN SOLUTION
{variable} = {value!r}
### END SOLUTION
check("{name}", {variable})"""

TEST = """# Question {name} is graded here. The cell stays as it is.
### BEGIN HIDDEN TESTS
from classroom.answers import real

assert abs(real({variable}) - ({value!r})) <= {slack!r}, "{name} is not right to three digits"
### END HIDDEN TESTS"""


def course(root: Path) -> dict[str, bytes]:
    """Return the files of the course folder by their names in it; the same checkout gives the same bytes."""
    files, rows = {"nbgrader_config.py": CONFIGURATION.encode()}, []
    for path in notebooks(root):
        made = assignment(nbformat.read(path, as_version=4))
        files[f"source/{path.stem}/{path.stem}.ipynb"] = (nbformat.writes(made) + "\n").encode()
        rows.append(f"| {path.stem} | {sum(cell.metadata.nbgrader.grade for cell in made.cells)} |")
    first = notebooks(root)[0].stem
    files["README.md"] = README.format(first=first, points=POINTS, rows="\n".join(rows)).encode()
    return files


def assignment(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the source of one assignment: for each question its text, a cell to answer in, and a graded test."""
    title = nb.cells[0].source.splitlines()[0].removeprefix("# ")
    cells = [_read_only(new_markdown_cell(HEAD.format(title=title, points=POINTS)), "head")]
    for name, question in questions(nb).items():
        value = float(exercises.find(name)[0]())
        filled = {"name": name, "variable": "answer_" + name.replace("-", "_"), "value": value,
                  "slack": RTOL * abs(value) + 1e-12}
        cells += [_read_only(new_markdown_cell(f"**{name}.** {question}"), f"question-{name}"),
                  _marked(new_code_cell(ANSWER.format(**filled)), f"answer-{name}", solution=True),
                  _marked(new_code_cell(TEST.format(**filled)), f"test-{name}", grade=True, locked=True,
                          points=POINTS)]
    return new_notebook(cells=cells, metadata={"kernelspec": nb.metadata.kernelspec})


def _read_only(cell, grade_id):
    return _marked(cell, grade_id, locked=True)


def _marked(cell, grade_id, **chosen):
    cell.id = grade_id
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, "grade": False, "solution": False,
                                 "locked": False, "task": False, **chosen}
    return cell

"""The copy to hand out: open exercises that still check themselves, no solution in any form, nothing overwritten."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root
from classroom import exercises
from classroom import student as module
from classroom.course import course
from classroom.questions import posed
from classroom.solution_sheet import worked
from classroom.student import PACKAGES, copy, foreign_files, student, unfit, zipped

ROOT = find_root(Path(__file__))
NOTEBOOKS = notebooks(ROOT)
POSED = {name for path in NOTEBOOKS for name in posed(nbformat.read(path, as_version=4))}

pytestmark = pytest.mark.xdist_group("student")


@pytest.fixture(scope="module")
def files():
    return copy(ROOT)


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    target = tmp_path_factory.mktemp("handed") / "student"
    module._replace_folder(target, files)
    return target


@pytest.fixture
def small(monkeypatch):
    """A copy of two files, for the tests of what a run may replace."""
    handed = {"README.md": b"read me\n"}
    handed[module.MANIFEST] = f"{module._digest(handed['README.md'])}  README.md\n".encode()
    monkeypatch.setattr(module, "unfit", lambda root: [])
    monkeypatch.setattr(module, "copy", lambda root: dict(handed))


def in_copy(folder, *arguments):
    """Run Python with the copied library in place of the checkout's."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "lib"), "PYTHONHASHSEED": "0"}
    return subprocess.run([sys.executable, *arguments], cwd=folder / "notebooks", env=environment, text=True,
                          capture_output=True, timeout=300)


def test_committed_notebooks_are_fit_to_be_handed_out():
    assert unfit(ROOT) == []


def test_every_notebook_and_every_module_but_the_solutions_is_handed_out(files):
    assert {name for name in files if name.startswith("notebooks/")} == {f"notebooks/{p.name}" for p in NOTEBOOKS}
    library = {p.relative_to(ROOT).as_posix() for name in PACKAGES for p in (ROOT / "lib" / name).rglob("*.py")}
    assert {name for name in files if name.endswith(".py")} == {p for p in library if "/solutions/" not in p}
    references = {p.relative_to(ROOT).as_posix() for p in (ROOT / "references").rglob("*") if p.is_file()}
    missing = {name for name in references - set(files) if not name.endswith(".png")}
    lecturer_s = ("references/teaching.md", "references/slides/", "references/boards/")
    assert missing == {name for name in references if name.startswith(lecturer_s)} > {"references/teaching.md"}
    assert not any(name.startswith("tests/") or "solutions" in name for name in files)


def test_no_solution_or_diagnosis_leaks_as_text(files):
    handed = b"\0".join(files.values()).decode(errors="ignore").replace("\\\\", "\\")
    for name in POSED:
        for text in (*worked(name).split(". "), *exercises.find(name)[1]):
            assert len(text) < 40 or text not in handed, f"{name}: {text}"


def test_no_value_leaks_through_the_key(files):
    key = json.loads(files[f"lib/classroom/{exercises.KEY}"])
    assert set(key) == POSED
    for name, locks in key.items():
        solution, diagnoses = exercises.find(name)
        assert len(locks) > len(diagnoses)
        assert len({len(one["message"]) for one in locks}) == 1
        for one in locks:
            assert set(one) == {"shift", "tag", "message"}
            assert 0 <= one["shift"] < 0.002  # the place of an answer within one step of the grid, not its size
            assert b"right." not in bytes.fromhex(one["message"])
        assert str(float(solution())) not in json.dumps(locks)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_exercise_cells_are_handed_out_as_never_run_and_speaker_notes_stay_home(files, path):
    nb = nbformat.reads(files[f"notebooks/{path.name}"].decode(), as_version=4)
    nbformat.validate(nb)
    cells = [cell for cell in nb.cells if cell.cell_type == "code" and posed(nbformat.v4.new_notebook(cells=[cell]))]
    assert cells
    assert len(cells) == len(posed(nb))
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert any(cell.outputs for cell in nb.cells if cell.cell_type == "code")
    assert not any(cell.metadata.get("slideshow", {}).get("slide_type") == "notes" for cell in nb.cells)
    assert set(posed(nb).values()) == {"..."}


def test_same_checkout_gives_the_same_bytes(files):
    again = copy(ROOT)
    assert again == files
    assert zipped(again, "student") == zipped(files, "student")


def test_every_answer_is_recognised_in_the_copy_as_in_the_checkout(folder):
    cases = []
    for name in sorted(POSED):
        solution, diagnoses = exercises.find(name)
        right = float(solution())
        cases.append((name, right, f"{name}: right."))
        cases += [(name, float(wrong()), f"{name}: not yet. {text}") for text, wrong in diagnoses.items()]
    cases.append(("01-a", 0.7502, "01-a: right."))
    cases.append(("01-a", 75, "01-a: not yet. Give the number itself, not per cent."))
    cases.append(("01-a", 0.4321, "01-a: not yet; 0.4321 is none of the usual mistakes either."))
    script = ("import json, sys, importlib.util, covtheory\nfrom classroom.exercises import check\n"
              "assert importlib.util.find_spec('classroom.solutions') is None\nprint(covtheory.__file__)\n"
              "for name, value in json.loads(sys.argv[1]):\n    check(name, value)\n")
    run = in_copy(folder, "-c", script, json.dumps([case[:2] for case in cases]))
    assert run.returncode == 0, run.stderr
    where, *said = run.stdout.splitlines()
    assert Path(where).is_relative_to(folder)
    assert len(said) == len(cases)
    for (name, value, wanted), line in zip(cases, said, strict=True):
        assert line.startswith(wanted), (name, value)


def test_every_module_of_the_copy_can_be_imported(folder):
    script = ("import importlib, pkgutil, covtheory\n"
              "for module in pkgutil.walk_packages(covtheory.__path__, 'covtheory.', onerror=lambda name: None):\n"
              "    if module.name.endswith('__main__'): continue\n"
              "    try: importlib.import_module(module.name)\n"
              "    except ModuleNotFoundError as error:  # only optional packages may be missing\n"
              "        if error.name.startswith('covtheory'): raise\n")
    run = in_copy(folder, "-W", "ignore", "-c", script)
    assert run.returncode == 0, run.stderr[-800:]


def test_a_notebook_of_the_copy_runs_and_tells_right_from_usual_mistake(folder, tmp_path):
    nb = nbformat.read(folder / "notebooks" / NOTEBOOKS[0].name, as_version=4)
    right, (diagnosis, wrong) = exercises.find("01-a")[0](), next(iter(exercises.find("01-c")[1].items()))
    for cell in nb.cells:
        cell.source = cell.source.replace('check("01-a", ...)', f'check("01-a", {right!r})')
        cell.source = cell.source.replace('check("01-c", ...)', f'check("01-c", {wrong()!r})')
    nbformat.write(nb, folder / "notebooks" / "answered.ipynb")
    script = ("import nbformat\nfrom nbclient import NotebookClient\n"
              "nb = nbformat.read('answered.ipynb', as_version=4)\n"
              "NotebookClient(nb, timeout=120, kernel_name='python3').execute()\n"
              "print(''.join(o.get('text', '') for c in nb.cells if c.cell_type == 'code' for o in c.outputs))\n")
    try:
        run = in_copy(folder, "-W", "ignore", "-c", script)
    finally:
        (folder / "notebooks" / "answered.ipynb").unlink()
    assert run.returncode == 0, run.stderr[-800:]
    assert "01-a: right.\n" in run.stdout
    assert "01-b: open." in run.stdout
    assert f"01-c: not yet. {diagnosis}\n" in run.stdout


def test_own_copy_is_replaced_and_zip_unpacks_to_it(small, tmp_path, capsys):
    for _ in range(2):
        assert student(ROOT, tmp_path / "out") == 0
    shutil.unpack_archive(tmp_path / "out.zip", tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "out" / "README.md").read_bytes() == b"read me\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "out.zip", "unpacked"]
    assert "2 files" in capsys.readouterr().out


@pytest.mark.parametrize("change", ["foreign file", "changed file", "file in place of the folder", "foreign zip"])
def test_foreign_or_changed_files_are_refused_and_kept(small, tmp_path, capsys, change):
    target, archive = tmp_path / "out", tmp_path / "out.zip"
    if change == "file in place of the folder":
        target.write_text("mine")
        victim = target
    elif change == "foreign zip":
        victim = archive
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("thesis.tex", "mine")
    else:
        assert student(ROOT, target) == 0
        victim = target / ("mine.txt" if change == "foreign file" else "README.md")
        victim.write_text("mine")
    before = victim.read_bytes()
    capsys.readouterr()
    assert student(ROOT, target) == 1
    said = capsys.readouterr().err
    assert "nothing is written" in said
    assert "out" in said
    assert victim.read_bytes() == before
    if change == "file in place of the folder":
        assert not archive.exists()


LEFT = ("lib/covtheory/__pycache__/policies.cpython-311.pyc", "notebooks/.ipynb_checkpoints/01-checkpoint.ipynb",
        ".venv/bin/python", "lib/covtheory.egg-info/PKG-INFO", ".DS_Store", "notebooks/.DS_Store")


def test_what_using_the_copy_leaves_in_it_is_in_nobody_s_way(small, tmp_path):
    assert student(ROOT, tmp_path / "out") == 0
    for name in LEFT:
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind")
    (tmp_path / "out" / ".venv" / "lib64").symlink_to(tmp_path)
    assert student(ROOT, tmp_path / "out") == 0
    assert (tmp_path / "out" / ".venv" / "bin" / "python").read_text() == "left behind"  # a minute to install
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".venv", "MANIFEST.txt", "README.md"]


@pytest.mark.parametrize("name", ["notebooks/mine.ipynb", "lib/mine.py", "lib/__pycache__.txt", "venv/bin/python"])
def test_work_beside_what_is_left_behind_is_refused(small, tmp_path, capsys, name):
    assert student(ROOT, tmp_path / "out") == 0
    path = tmp_path / "out" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    assert student(ROOT, tmp_path / "out") == 1
    assert name in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_empty_folder_is_filled_and_missing_one_is_made(small, tmp_path):
    (tmp_path / "empty").mkdir()
    assert foreign_files(tmp_path / "missing") == foreign_files(tmp_path / "empty") == []
    assert student(ROOT, tmp_path / "empty") == 0
    assert student(ROOT, tmp_path / "deep" / "missing") == 0


@pytest.mark.parametrize(("change", "said"), [
    ("answered", "exercise 01-a is answered (0.75), expected ..."),
    ("stale", "its stored output is stale against references/ledger.json"),
])
def test_unfit_notebooks_stop_the_build_with_a_clear_error(tmp_path, capsys, change, said):
    for name in ("notebooks", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    if change == "answered":
        path = tmp_path / "notebooks" / NOTEBOOKS[0].name
        path.write_text(path.read_text(encoding="utf-8").replace(r'check(\"01-a\", ...)', r'check(\"01-a\", 0.75)'),
                        encoding="utf-8")
    else:
        path = tmp_path / "references" / "ledger.json"
        ledger = json.loads(path.read_text(encoding="utf-8"))
        ledger["claims"][0]["instances"] += 1
        path.write_text(json.dumps(ledger), encoding="utf-8")
    assert student(tmp_path, tmp_path / "out") == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_lock_opens_within_the_tolerance_and_for_nothing_else():
    right = math.pi
    key = [exercises.lock("x", right, "right.")]
    assert all(exercises.unlock("x", right * (1 + e), key) == "right." for e in (0, 9e-4, -9e-4))
    assert all(exercises.unlock("x", value, key) is None
               for value in (right * 1.0011, right * 0.9989, -right, 0.0, math.inf, 1e-300))
    assert exercises.unlock("y", right, key) is None


# ---- the course folder for nbgrader ----


@pytest.fixture(scope="module")
def graded():
    return course(ROOT)


def test_the_course_is_written_beside_the_copy_only_when_asked_for_and_never_over_a_course_in_use(
        small, graded, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(module, "course", lambda root: dict(graded))
    assert student(ROOT, tmp_path / "student") == 0
    assert not (tmp_path / "nbgrader").exists()
    for _ in range(2):
        assert student(ROOT, tmp_path / "student", nbgrader=True) == 0
    assert f"{len(NOTEBOOKS)} assignments" in capsys.readouterr().out
    (tmp_path / "nbgrader" / "gradebook.db").write_text("a term's grades")
    assert student(ROOT, tmp_path / "student", nbgrader=True) == 1
    assert "gradebook.db" in capsys.readouterr().err
    assert (tmp_path / "nbgrader" / "gradebook.db").read_text() == "a term's grades"


def test_no_answer_of_the_course_is_in_the_copy_for_students(files, graded):
    assert not any("nbgrader" in name for name in files)
    assert not any(b"BEGIN HIDDEN" in content for name, content in files.items() if name.endswith(".ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_assignments_obey_the_rules_of_nbgrader_s_schema_3(graded, path):
    """The rules of nbgrader's own validator, and what makes an exercise of it: text, cell to answer in, graded test."""
    nb = nbformat.reads(graded[f"source/{path.stem}/{path.stem}.ipynb"].decode(), as_version=4)
    nbformat.validate(nb)
    assert nb.metadata.kernelspec.language == "python"
    names, metas = list(posed(nbformat.read(path, as_version=4))), [cell.metadata.nbgrader for cell in nb.cells]
    for cell, meta in zip(nb.cells, metas, strict=True):
        assert set(meta) - {"points"} == {"schema_version", "grade_id", "grade", "solution", "locked", "task"}
        assert meta.schema_version == 3
        assert all(type(meta[flag]) is bool for flag in ("grade", "solution", "locked", "task"))
        assert ("points" in meta) == meta.grade
        assert not meta.task
        assert not (cell.cell_type == "markdown" and (meta.grade or meta.solution))
        assert meta.locked != meta.solution
        assert cell.source.count("### BEGIN SOLUTION") == cell.source.count("### END SOLUTION") == meta.solution
        assert cell.source.count("### BEGIN HIDDEN TESTS") == cell.source.count("### END HIDDEN TESTS") == meta.grade
        assert cell.get("outputs", []) == []
    assert len({meta.grade_id for meta in metas}) == len(metas)
    assert [meta.grade_id for meta in metas if meta.grade] == [f"test-{name}" for name in names]
    assert [meta.grade_id for meta in metas if meta.solution] == [f"answer-{name}" for name in names]


def released(source, region):
    """What nbgrader leaves of a cell: everything outside the region."""
    return re.sub(rf"^### BEGIN {region}$.*?^### END {region}$\n?", "", source, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_released_assignment_has_no_answer_and_grades_right_and_wrong(graded, path, capsys):
    nb = nbformat.reads(graded[f"source/{path.stem}/{path.stem}.ipynb"].decode(), as_version=4)
    for answer, test in zip(nb.cells[2::3], nb.cells[3::3], strict=True):
        name = answer.metadata.nbgrader.grade_id.removeprefix("answer-")
        solution, diagnoses = exercises.find(name)
        right, variable = float(solution()), "answer_" + name.replace("-", "_")
        blank, seen = released(answer.source, "SOLUTION"), released(test.source, "HIDDEN TESTS")
        for text in (blank, seen):
            assert repr(right) not in text
            assert "classroom.answers" not in text
        assert "assert" not in seen

        def points(given, blank=blank, test=test, variable=variable):
            scope = {}
            exec(blank.replace(f"{variable} = ...", f"{variable} = {given}"), scope)
            try:
                exec(test.source, scope)
            except (AssertionError, ValueError):
                return 0
            return 1

        assert points(f"{right:.5g}") == points(repr(right)) == points(repr(right * (1 + 9e-4))) == 1
        wrong = [repr(float(thunk())) for thunk in diagnoses.values()]
        wrong += [repr(right * 1.0011), "...", "None", "'x'", "(1, 2)", "float('nan')", "float('inf')"]
        assert [points(given) for given in wrong] == [0] * len(wrong)
        scope = {}
        exec(answer.source, scope)  # the lecturer's version passes its own test
        exec(test.source, scope)
    capsys.readouterr()

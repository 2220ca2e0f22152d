"""For a class: ``student | solutions``, in a checkout."""

from pathlib import Path

from claimcheck.commands import add_notebook, in_collection

COMMANDS = ("student", "solutions")


def add_commands(parsers) -> None:
    """Add the commands to the parser's sub-commands."""
    student = parsers.add_parser("student", help="write the copy to hand out to build/student, and a zip of it")
    student.add_argument("folder", nargs="?", type=Path, help="another folder; the zip is written beside it")
    student.add_argument("--nbgrader", action="store_true", help="also a course folder for nbgrader, beside it")
    add_notebook(parsers.add_parser("solutions", help="print the exercises with worked solutions, for the lecturer"))


def run(options) -> int:
    """Run one of the commands."""
    return in_collection(lambda root: _run(options, root))


def _run(options, root):
    if options.command == "student":
        from classroom.student import student

        return student(root, options.folder, options.nbgrader)
    from classroom.solution_sheet import solution_sheet

    return solution_sheet(root, options.notebook)

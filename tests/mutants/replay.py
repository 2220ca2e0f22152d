"""Plant each wrong constant of planted.toml into a copy of the library and see whether a unit test notices.

    python tests/mutants/replay.py [bounds.two_scale own_model ...]

First the tests that state formulas run, then, for what survives, every test file that names the function. Doctests
and stored numbers of notebooks do not count. Exit status 1 if a mutant survives that the table does not explain.
"""

import ast
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("planted.toml")
FORMULAS = {"bounds": "test_bound_identities.py", "own_model": "test_own_model_limits.py"}
SLOW = {"test_gate.py", "test_collection.py", "test_book.py", "test_slides.py", "test_explorer.py", "test_student.py"}


def planted(chosen: list[str]) -> list[tuple[str, str, str, str, str, str]]:
    """``(module, function, origin, old, new, reason)`` of every mutant whose module starts with a chosen name."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = [(f"{package}.{module}", function, *row[:3], *(row[3:] or [""]))
            for package, modules in table.items() for module, functions in modules.items()
            for function, mutants in functions.items() for row in mutants]
    return [row for row in rows if not chosen or any(row[0].startswith(name) for name in chosen)]


def mutate(source: str, function: str, old: str, new: str) -> str:
    """The module with ``old`` replaced by ``new`` in the function, its docstring left alone.

    Raises
    ------
    ValueError
        Unless the function exists once and contains the old text once.
    """
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == function]
    if len(nodes) != 1:
        raise ValueError(f"{function}: found {len(nodes)} functions of this name, expected one")
    node, lines = nodes[0], source.splitlines(keepends=True)
    first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
    top = node.body[0].lineno - 1 if ast.get_docstring(node) else first.lineno - 1
    parts = [slice(node.lineno - 1, top), slice(first.lineno - 1, node.end_lineno)]
    counts = ["".join(lines[part]).count(old) for part in parts]
    if sum(counts) != 1:
        raise ValueError(f"{function}: the old text {old!r} occurs {sum(counts)} times, expected once")
    part = parts[counts.index(1)]
    lines[part] = ["".join(lines[part]).replace(old, new)]
    changed = "".join(lines)
    ast.parse(changed)
    return changed


def fails(lib: Path, arguments: list[str]) -> bool:
    """Whether pytest, in a child process that imports the library from ``lib``, reports a failure."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.chdir(ROOT)
            sys.path[:0] = [str(lib), str(ROOT / "tests")]
            sys.dont_write_bytecode = True
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--override-ini=addopts=", *arguments]))
            import covtheory

            if not Path(covtheory.__file__).is_relative_to(lib):
                code = 71
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, 1, 2, 5):  # passed, failed, broken at import, nothing selected
        raise RuntimeError(f"pytest ended with status {code}: {' '.join(arguments)}")
    return code in (1, 2)


def noticed(lib: Path, module: str, function: str) -> str:
    """The test file that fails, or nothing."""
    package, name = module.split(".")
    select = ["-k", f"{name}. or test_tuned or test_every_named or test_a_bound"] if package == "bounds" else []
    if fails(lib, [f"tests/{FORMULAS[package]}", *select]):
        return FORMULAS[package]
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name not in SLOW and name in text and function.strip("_") in text and fails(lib, [f"tests/{path.name}"]):
            return path.name
    return ""


def main(chosen: list[str]) -> int:
    """Replay the chosen mutants, print one line each and a count."""
    import mpmath  # noqa: F401  what every child needs is loaded once
    import numpy  # noqa: F401
    import scipy.optimize
    import scipy.stats  # noqa: F401

    rows, unexplained, killed = planted(chosen), 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        lib = Path(scratch) / "lib"
        shutil.copytree(ROOT / "lib", lib, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for tests in {FORMULAS[module.split(".")[0]] for module, *_ in rows}:
            if fails(lib, [f"tests/{tests}"]):
                raise RuntimeError(f"tests/{tests} fails without any mutant")
        for module, function, origin, old, new, reason in rows:
            path = lib / "covtheory" / f"{module.replace('.', '/')}.py"
            source = path.read_text(encoding="utf-8")
            path.write_text(mutate(source, function, old, new), encoding="utf-8")
            by = noticed(lib, module, function)
            path.write_text(source, encoding="utf-8")
            killed += bool(by)
            unexplained += not by and not reason
            verdict = f"killed by {by}" if by else f"equivalent: {' '.join(reason.split())}" if reason else "SURVIVED"
            print(f"{module}.{function} [{origin}] {old!r} -> {new!r}: {verdict}", flush=True)
    print(f"{killed} of {len(rows)} killed by a unit test; {unexplained} survive without an explanation")
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

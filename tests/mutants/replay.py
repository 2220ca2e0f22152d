"""Plant each wrong constant of planted.toml into the library and see whether a unit test notices.

    python tests/mutants/replay.py [bounds.two_scale own_model ...]

Tests are collected once. For each mutant a forked child gives the function the code of the changed source (no file is
touched) and runs the tests that state formulas, then those of every file that names the module and the function, up to
the first failure. Doctests and stored numbers of notebooks do not count. Exit status 1 if a mutant survives that the
table does not explain. Needs ``fork``: Linux or macOS.
"""

import ast
import importlib
import os
import re
import sys
import tomllib
from functools import cached_property, lru_cache
from inspect import getsource
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("planted.toml")
FORMULAS = {"bounds": "test_bound_identities.py", "own_model": "test_own_model_limits.py",
            "certificates": "test_certificate_budgets.py", "coverage": "test_rounding.py"}
ENGINE = "certificates"
"""The package whose functions are also reached by tests that name only their module."""
SLOW = ("test_attack.py",)
OPTIMA = ("test_tuned", "test_every_named", "test_a_bound")


def planted(chosen: list[str]) -> list[tuple[str, str, str, str, str, str]]:
    """``(module, function, origin, old, new, reason)`` of every mutant whose module starts with a chosen name."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = [(f"{package}.{module}", function, *row[:3], *(row[3:] or [""]))
            for package, modules in table.items() for module, functions in modules.items()
            for function, mutants in functions.items() for row in mutants]
    return [row for row in rows if not chosen or any(row[0].startswith(name) for name in chosen)]


def source_of(module: str) -> str:
    """The text of ``bounds.two_scale`` and the like."""
    return (ROOT / "lib" / "covtheory" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


@lru_cache
def parsed(source: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(source)


def mutate(source: str, function: str, old: str, new: str) -> str:
    """The module's source with ``old`` replaced by ``new`` in the function, its docstring left alone.

    Raises
    ------
    ValueError
        Unless the function exists once and contains the old text once.
    """
    owner, _, name = function.rpartition(".")
    trees = [n for n in ast.walk(parsed(source)) if isinstance(n, ast.ClassDef) and n.name == owner]
    nodes = [n for tree in (trees if owner else [parsed(source)]) for n in ast.walk(tree)
             if isinstance(n, ast.FunctionDef) and n.name == name]
    if len(nodes) != 1:
        raise ValueError(f"{function}: found {len(nodes)} functions of this name, expected one")
    node, lines = nodes[0], source.splitlines(keepends=True)
    first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
    parts = [slice(node.lineno - 1, node.body[0].lineno - 1), slice(first.lineno - 1, node.end_lineno)]
    counts = ["".join(lines[part]).count(old) for part in parts]
    if sum(counts) != 1:
        raise ValueError(f"{function}: the old text {old!r} occurs {sum(counts)} times, expected once")
    part = parts[counts.index(1)]
    lines[part] = ["".join(lines[part]).replace(old, new)]
    return "".join(lines)


def functions(namespace: dict) -> dict:
    """Functions by name, methods by their own name and by ``Class.name``; of properties and caches what is inside."""
    found = {}
    classes = [(f"{name}.", vars(v)) for name, v in namespace.items() if isinstance(v, type)]
    for prefix, owner in [("", namespace), *classes]:
        for name, value in owner.items():
            value = value.fget if isinstance(value, property) else value
            value = value.func if isinstance(value, cached_property) else getattr(value, "__wrapped__", value)
            if hasattr(value, "__code__") and value.__module__ == namespace["__name__"]:
                found[name] = found[prefix + name] = value
    return found


def plant(module: str, function: str, old: str, new: str) -> None:
    """Give the loaded function the code and the defaults of the changed source."""
    loaded = importlib.import_module(f"covtheory.{module}")
    fresh = {"__name__": loaded.__name__}
    exec(compile(mutate(source_of(module), function, old, new), loaded.__file__, "exec"), fresh)
    target, changed = functions(vars(loaded))[function], functions(fresh)[function]
    target.__code__, target.__defaults__, target.__kwdefaults__ = (
        changed.__code__, changed.__defaults__, changed.__kwdefaults__)


class Replay:
    """Takes the place of pytest's loop over the tests: the loop over mutants."""

    def __init__(self, chosen: list[str]):
        self.rows, self.unexplained, self.killed = planted(chosen), 0, 0

    def pytest_runtestloop(self, session) -> bool:
        """Replay all chosen mutants."""
        if session.testsfailed:
            raise session.Interrupted("a test file could not be read")
        texts = {item.path: item.path.read_text(encoding="utf-8") for item in session.items}
        bodies = {item: getsource(item.function) for item in session.items}
        for module, function, origin, old, new, reason in self.rows:
            package, name = module.split(".")
            near = [i for i in session.items if i.path.name == FORMULAS[package]
                    and (package != "bounds" or f"[{name}." in i.name or i.name.startswith(OPTIMA))]
            words = [name] if package == ENGINE else [name, function.strip("_")]
            far = [i for i in session.items if i.path.name not in (FORMULAS[package], *SLOW)
                   and all(word in texts[i.path] for word in [f"covtheory.{package}", *words])]
            tests = near + far
            if package == ENGINE:  # those that speak of the function or its class, then the module's own, the budgets'
                called = re.compile(rf"\b{function.partition('.')[0]}\b")
                own = FORMULAS[package], f"test_{name}.py"
                rank = {i: (not called.search(bodies[i]), i.path.name not in own) for i in tests}
                tests = sorted((i for i in tests if not all(rank[i])), key=rank.get)
            by = self.first_failure(session, tests, lambda: plant(module, function, old, new))  # noqa: B023
            self.killed += bool(by)
            self.unexplained += not by and not reason
            verdict = f"killed by {by}" if by else f"equivalent: {' '.join(reason.split())}" if reason else "SURVIVED"
            print(f"{module}.{function} [{origin}] {old!r} -> {new!r}: {verdict}", flush=True)
        print(f"{self.killed} of {len(self.rows)} killed by a unit test; {self.unexplained} survive unexplained")
        return True

    def first_failure(self, session, items, change) -> str:
        """The name of the first test that fails after the change, in a child; empty if none does."""
        ends, begins = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                silent = os.open(os.devnull, os.O_WRONLY)
                os.dup2(silent, 1)
                os.dup2(silent, 2)
                change()
                for item, following in zip(items, [*items[1:], None], strict=True):
                    session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                    if session.testsfailed:
                        os.write(begins, item.nodeid.encode())
                        break
                os._exit(0)
            finally:
                os._exit(70)
        os.close(begins)
        with os.fdopen(ends) as answer:
            failed = answer.read()
        if status := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            raise RuntimeError(f"the child ended with status {status}")
        return failed.removeprefix("tests/")


def main(chosen: list[str]) -> int:
    """Collect the unit tests of the chosen modules and replay."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "lib"))
    os.environ["PYTHONPATH"] = str(ROOT / "lib")
    replay, names = Replay(chosen), set(FORMULAS.values())
    for module, function, _, old, new, _ in replay.rows:
        mutate(source_of(module), function, old, new)  # a table that no longer fits is an error at once
    words = {(module.split(".")[1], *([] if module.startswith(ENGINE) else [function.strip("_")]))
             for module, function, *_ in replay.rows}
    for path in sorted(Path("tests").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if any(f"covtheory.{package}" in text for package in FORMULAS) and path.name not in SLOW:
            names |= {path.name for pair in words if all(word in text for word in pair)}
    silent = ["-s", "-p", "no:cacheprovider", "-p", "no:terminal", "--override-ini=addopts=", "-n0"]
    status = pytest.main([*silent, *(f"tests/{name}" for name in sorted(names))], plugins=[replay])
    return int(status) or int(replay.unexplained > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which package may import which: a reader of one must not need another."""

import ast
from pathlib import Path

import pytest

LIB = Path(__file__).parents[1] / "lib"
MAY = {"covtheory": set(), "claimcheck": set(), "classroom": {"covtheory", "claimcheck"},
       "training": {"covtheory", "claimcheck"}, "publishing": {"covtheory", "claimcheck", "classroom"}}
"""What each may import, beside itself and what is installed."""

INNER = {"coverage": {"certificates", "bounds", "own_model", "instances", "learners"},
         "certificates": {"bounds", "own_model"},
         "policies": {"coverage", "certificates", "bounds", "own_model", "learners", "instances"}}
"""What a room of covtheory may not import: the data flows one way."""


def imported(path: Path) -> set[str]:
    """The dotted names that a module imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return found | {f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) and node.module
                    for alias in node.names}


def test_every_package_has_its_directions():
    assert {path.parent.name for path in LIB.glob("*/__init__.py")} == set(MAY)


@pytest.mark.parametrize("package", MAY)
def test_packages_import_only_what_they_may(package):
    for path in (LIB / package).rglob("*.py"):
        used = {name.split(".")[0] for name in imported(path)} & set(MAY) - {package}
        assert used <= MAY[package], f"{path.relative_to(LIB)} imports {sorted(used - MAY[package])}"


@pytest.mark.parametrize("room", INNER)
def test_rooms_of_the_theory_import_one_way(room):
    for path in (LIB / "covtheory" / room).rglob("*.py"):
        used = {name.split(".")[1] for name in imported(path) if name.startswith("covtheory.")} & INNER[room]
        assert not used, f"{path.relative_to(LIB)} imports {sorted(used)}"


def test_no_module_is_longer_than_one_noun_needs():
    long = {path.relative_to(LIB).as_posix(): lines for path in sorted(LIB.rglob("*.py"))
            if (lines := path.read_text(encoding="utf-8").count("\n")) > 250}
    assert long == {}

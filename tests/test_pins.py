"""Pins are exact, agree with each other, and satisfy what pyproject.toml promises."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
OLDEST = "requirements/oldest.txt"
"""The one file that is not what CI installs, but the oldest that pyproject.toml allows."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {f"requirements/{name}.txt": wanted for name, wanted in PROJECT["optional-dependencies"].items()
          if name != "verify"}
PINNED = ["requirements.txt", *EXTRAS]
APART = {"requirements/bench.txt": {"attrs"}}
"""Files for an environment of their own, and what they need in another version (requirements/renew.py)."""


def pins(name: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            found[requirement.name.lower().replace("_", "-")] = pin.version
    return found


def test_every_extra_has_a_file_and_every_file_an_extra():
    there = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("requirements*/*.txt")}
    assert there | {"requirements.txt"} == {*PINNED, OLDEST}
    assert not list(ROOT.glob("requirements-*"))


def test_every_extra_and_file_that_is_named_anywhere_exists():
    for path in (ROOT / "Makefile", ROOT / "README.md", *ROOT.glob("*.md"), *ROOT.glob("references/*.md"),
                 *ROOT.glob(".github/workflows/*.yml")):
        text = path.read_text(encoding="utf-8")
        named = {name for names in re.findall(r"(?:\.|covtheory)\[([a-z,-]+)\]", text) for name in names.split(",")}
        assert named <= {*PROJECT["optional-dependencies"]}, path.name
        assert all((ROOT / name).exists() for name in re.findall(r"requirements/[a-z-]+\.txt", text)), path.name


def test_every_extra_pins_what_it_asks_for():
    wanted = {**EXTRAS, "requirements.txt": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["verify"]}
    for name, texts in wanted.items():
        assert {Requirement(text).name.lower() for text in texts} <= set(pins(name)), name


def test_files_agree_on_what_they_share():
    seen = {}
    for name in PINNED:
        for key, version in pins(name).items():
            if key not in APART.get(name, ()):
                assert seen.setdefault(key, version) == version, f"{name}: {key}"


def test_pins_satisfy_the_ranges_of_pyproject():
    pinned = {k: v for name in PINNED for k, v in pins(name).items()}
    for text in [*PROJECT["dependencies"], *(r for extra in PROJECT["optional-dependencies"].values() for r in extra)]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[wanted.name.lower()]), text


def test_oldest_pins_are_the_lower_limits_of_pyproject():
    oldest, main = pins(OLDEST), pins("requirements.txt")
    limits = {}
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["verify"]]:
        (limit,) = (part for part in Requirement(text).specifier if part.operator == ">=")
        limits[Requirement(text).name.lower()] = Version(limit.version)
    assert {name: Version(oldest[name]) for name in limits} == limits
    brought = set(oldest) - set(limits)
    assert {name: oldest[name] for name in brought & set(main)} == {name: main[name] for name in brought & set(main)}


@pytest.mark.xdist_group("pins")
def test_a_group_of_tests_stays_on_one_worker(request):
    """By the name of its group at the end of its id, which a version of pytest may refuse without a word."""
    if "PYTEST_XDIST_WORKER" in os.environ and request.config.getoption("loadgroup"):
        assert request.node.nodeid.endswith("@pins")

"""Pins are exact, agree with each other, and satisfy what pyproject.toml promises."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
OLDEST = "requirements-oldest.txt"
"""The one file whose first block is not what CI installs, but the oldest that pyproject.toml allows."""

PINNED = [path.name for path in sorted(ROOT.glob("requirements*.txt")) if path.name != OLDEST]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(name: str) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    found = dict(re.fullmatch(r"([\w.\-]+)==([\w.]+)(?: *;.*)?", line).groups() for line in lines if line)
    return {key.lower().replace("_", "-"): version for key, version in found.items()}


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned_exactly_and_as_in_the_main_file(name):
    main = pins("requirements.txt")
    assert all(main.get(key, version) == version for key, version in pins(name).items())


def test_pins_satisfy_the_ranges_of_pyproject():
    pinned = {k: v for name in PINNED for k, v in pins(name).items()}
    for text in [*PROJECT["dependencies"], *(r for extra in PROJECT["optional-dependencies"].values() for r in extra)]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[wanted.name.lower()]), text


def test_oldest_pins_are_the_lower_limits_of_pyproject():
    oldest, main = pins(OLDEST), pins("requirements.txt")
    limits = {}
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["verify"]]:
        (limit,) = Requirement(text).specifier
        assert limit.operator == ">="
        limits[Requirement(text).name.lower()] = Version(limit.version)
    assert {name: Version(oldest[name]) for name in limits} == limits
    brought = set(oldest) - set(limits)
    assert {name: oldest[name] for name in brought & set(main)} == {name: main[name] for name in brought & set(main)}

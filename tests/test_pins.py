"""Pins are exact, agree with each other, and satisfy what pyproject.toml promises."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def pins(name: str) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    found = dict(re.fullmatch(r"([\w.\-]+)==([\w.]+)(?: *;.*)?", line).groups() for line in lines if line)
    return {key.lower().replace("_", "-"): version for key, version in found.items()}


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.txt")))
def test_every_requirement_is_pinned_exactly_and_as_in_the_main_file(name):
    main = pins("requirements.txt")
    assert all(main.get(key, version) == version for key, version in pins(name).items())


def test_pins_satisfy_the_ranges_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {k: v for path in ROOT.glob("requirements*.txt") for k, v in pins(path.name).items()}
    for text in [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[wanted.name.lower()]), text

"""Renew the pins: ``make requirements`` runs this; ``UPGRADE=1`` takes the newest versions instead of keeping pins.

Every file is compiled by uv from the ranges in pyproject.toml, for all platforms and Python 3.11 on:
``requirements.txt`` from the dependencies and the extra ``verify``, ``requirements/<extra>.txt`` from that extra alone,
with the same version of whatever two files share. ``tests/test_pins.py`` holds them to it without a network.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.11"
ALONE = ("train", "transformers")
"""Extras whose own dependencies are not pinned: PyTorch brings other ones on every kind of machine."""

OWN_ENVIRONMENT = {"bench": ("attrs",)}
"""Extras installed apart, together with the dependencies, and what they need in another version."""


def main(options: list[str]) -> None:
    """Write all files; options go to uv."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed, extras = project["dependencies"], project["optional-dependencies"]
    base = [*needed, *extras["verify"]]
    compiled(base, "requirements.txt", options)
    pins = pinned(ROOT / "requirements.txt")
    for name, wanted in sorted(extras.items()):
        if name != "verify":
            free = OWN_ENVIRONMENT.get(name, ())
            more = needed if name in OWN_ENVIRONMENT else []
            compiled([*more, *wanted], f"requirements/{name}.txt", [*options, *["--no-deps"] * (name in ALONE)],
                     {key: line for key, line in pins.items() if key not in free})
            pins = pinned(ROOT / "requirements" / f"{name}.txt") | pins if name not in OWN_ENVIRONMENT else pins
    direct = {Requirement(text).name.lower() for text in base}
    compiled(base, "requirements/oldest.txt", [*options, "--resolution", "lowest-direct"],
             {key: line for key, line in pins.items() if key not in direct})


def pinned(path: Path) -> dict[str, str]:
    """Return the pins of a file by package."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "==" in line and line[0] not in " #"]
    return {Requirement(line).name.lower(): line for line in lines}


def compiled(wanted: list[str], name: str, options: list[str], constraints: dict[str, str] | None = None) -> None:
    """Compile one file; its old pins stay where they still fit."""
    print(name, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        limits = Path(folder) / "constraints.txt"
        limits.write_text("\n".join((constraints or {}).values()), encoding="utf-8")
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", PYTHON,
            "--fork-strategy", "fewest", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate",
            "--constraint", str(limits), "--custom-compile-command", "make requirements",
            "--output-file", str(ROOT / name), *options]
        subprocess.run(command, input="\n".join(wanted), text=True, check=True, cwd=ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])

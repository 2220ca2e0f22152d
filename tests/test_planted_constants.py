"""The table of planted constants fits the library: each old text occurs once, each file of bounds has its mutants."""

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("replay", Path(__file__).parent / "mutants" / "replay.py")
replay = importlib.util.module_from_spec(spec)
spec.loader.exec_module(replay)


def test_every_planted_constant_has_its_place_and_compiles():
    for module, function, _, old, new, _ in replay.planted([]):
        source = replay.source_of(module)
        changed = replay.mutate(source, function, old, new)
        assert changed != source
        compile(changed, module, "exec")


def test_every_file_of_bounds_is_attacked():
    attacked = {module for module, *_ in replay.planted(["bounds"])}
    files = (replay.ROOT / "lib" / "covtheory" / "bounds").glob("[a-z]*.py")
    assert attacked == {f"bounds.{path.stem}" for path in files}


def test_a_text_that_is_not_there_once_is_refused():
    source = "def f(x):\n    \"\"\"x + 1\"\"\"\n    return x + 1\n"
    assert replay.mutate(source, "f", "+ 1", "+ 2").endswith("return x + 2\n")
    assert "x + 1\"" in replay.mutate(source, "f", "+ 1", "+ 2")
    for function, old in (("f", "+ 3"), ("f", "x"), ("g", "+ 1")):
        with pytest.raises(ValueError, match="expected on"):
            replay.mutate(source, function, old, "y")

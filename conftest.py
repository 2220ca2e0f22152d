"""Modules that need PyTorch are collected for their doctests only where it is installed."""

from importlib.util import find_spec

_TRAIN = ("transformer", "loop", "held_out")
collect_ignore = [f"lib/training/{name}.py" for name in _TRAIN if find_spec("torch") is None]

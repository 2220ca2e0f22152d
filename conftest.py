"""Modules that need an extra are collected for their doctests only where it is installed."""

from importlib.util import find_spec

_TRAIN = ("transformer", "loop", "held_out", "dyck/networks", "dyck/search")
collect_ignore = [f"lib/training/{name}.py" for name in _TRAIN if find_spec("torch") is None]
if find_spec("py_mini_racer") is None or find_spec("pylatexenc") is None:
    collect_ignore += [f"lib/publishing/{name}.py" for name in ("formulas", "bibliography", "slides/cells",
                                                                "slides/deck")]

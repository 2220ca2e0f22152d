"""What a run inherits from the shell that started it, and what is set: nothing inherited may change a verdict.

A list of what is kept, not of what is dropped: a variable that nobody has thought of does not reach a kernel. So
``PYTEST_ADDOPTS``, ``PYTEST_PLUGINS``, ``PYTHONSTARTUP``, ``PYTHONOPTIMIZE``, ``JUPYTER_*``, ``LD_PRELOAD`` and the
like are gone, and a verdict in the cache depends on none of them.
"""

import importlib.util
import os
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import claimcheck
from claimcheck.arithmetic import AS_IT_COMES, pins
from claimcheck.configuration import configuration
from claimcheck.kernel import preparation
from claimcheck.seed import VARIABLE

KEPT = {
    "PATH": "programs, and on Windows libraries, are found by it",
    "HOME": "matplotlib keeps its font cache below it",
    "USERPROFILE": "the same on Windows",
    "XDG_CACHE_HOME": "where the font cache is, if not below HOME",
    "XDG_CONFIG_HOME": "the same; the matplotlibrc there is not read, MATPLOTLIBRC is set",
    "MPLCONFIGDIR": "the same",
    "LD_LIBRARY_PATH": "some installations of Python do not start without it",
    "DYLD_LIBRARY_PATH": "the same on macOS",
    "DYLD_FALLBACK_LIBRARY_PATH": "the same on macOS",
    "SYSTEMROOT": "Windows opens no socket without it",
    "SYSTEMDRIVE": "Windows",
    "WINDIR": "Windows",
    "COMSPEC": "Windows",
    "PATHEXT": "Windows",
    "APPDATA": "Windows: packages installed for one user",
    "LOCALAPPDATA": "Windows",
    "PYTHONDONTWRITEBYTECODE": "whoever set it wants no __pycache__; the code that runs is the same",
}
"""Inherited variables that a run keeps, and why each may stay: none of them decides a verdict."""

ARITHMETIC = ("NPY_", "OPENBLAS_", "OMP_", "MKL_", "VECLIB_", "BLIS_", "GOTO_", "KMP_", "NVPL_", "GLIBC_TUNABLES",
              "LD_PRELOAD", "CLAIMCHECK_")
"""Beginnings of the variables that choose an arithmetic: kept only if it shall come as it comes."""


def environment(root: Path, seed: int, scratch: Path) -> dict[str, str]:
    """Return the environment of a run and its kernel.

    Parameters
    ----------
    root : pathlib.Path
        The collection.
    seed : int
        The number that seeds everything.
    scratch : pathlib.Path
        A folder of this run alone: temporary files, IPython's profile, the dependencies' warnings.

    Examples
    --------
    >>> environment(Path("no such folder"), 7, Path("scratch"))["CLAIMCHECK_SEED"]
    '7'
    """
    private = scratch.resolve()
    return {
        **{name: value for name, value in os.environ.items() if name in KEPT}, **decided(root, seed),
        **preparation.environment(private / "warnings.jsonl", opened=private / "opened.txt", root=root),
        "IPYTHONDIR": str(private / "ipython"), **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(private)),
    }


def decided(root: Path, seed: int, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that a run's verdict may depend on: all of them are set here, or asked for by name.

    With ``CLAIMCHECK_ARITHMETIC=as-it-comes`` nothing is pinned, the inherited variables that choose an
    arithmetic stay, and so does ``PYTHONPATH`` (behind the library), where a ``sitecustomize`` may lie.

    Examples
    --------
    >>> "OPENBLAS_VERBOSE" in decided(Path("."), 0, {"OPENBLAS_VERBOSE": "1"})
    False
    >>> decided(Path("."), 0, {"OPENBLAS_VERBOSE": "1", "CLAIMCHECK_ARITHMETIC": "as-it-comes"})["OPENBLAS_VERBOSE"]
    '1'
    """
    chosen, site = {}, Path(sysconfig.get_path("purelib")).resolve()
    path = [str(place) for place in dict.fromkeys((library(root), running())) if place != site]
    if as_it_comes(inherited):
        chosen = {name: value for name, value in inherited.items() if name.startswith(ARITHMETIC)}
        path += filter(None, [inherited.get("PYTHONPATH")])
    return {
        **(chosen or pins()), configuration(root).seed: str(seed), VARIABLE: str(seed),
        "PYTHONPATH": os.pathsep.join(path), "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "default", "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MATPLOTLIBRC": _default_style(),
    }


def as_it_comes(inherited: Mapping[str, str] = os.environ) -> bool:
    """Return whether runs shall compute with what the machine and the shell choose (``make platforms``)."""
    return inherited.get(AS_IT_COMES) == "as-it-comes"


def library(root: Path) -> Path:
    """Return the folder that runs import packages from: the collection's own, if they are there, or this module's."""
    settings = configuration(root)
    own = root / settings.library
    has = any((own / name / "__init__.py").is_file() for name in settings.packages)
    return (own if has else running()).resolve()


def running() -> Path:
    """Return the folder that this process has claimcheck from."""
    return Path(claimcheck.__file__).resolve().parents[1]


def foreign(root: Path) -> str:
    """Return one sentence if this process judges with another claimcheck than the collection's own, or nothing."""
    own = library(root)
    if own == running() or not (own / "claimcheck" / "__init__.py").is_file():
        return ""
    return (f"this command is the claimcheck of {running()}, but {root} has its own in {own}: use make there, "
            f"or set PYTHONPATH={own}")


def _default_style() -> str:
    """Return the style file that comes with matplotlib, so that no matplotlibrc of the user draws the figures."""
    (folder,) = importlib.util.find_spec("matplotlib").submodule_search_locations
    return str(Path(folder) / "mpl-data" / "matplotlibrc")

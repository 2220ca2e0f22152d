"""A pytest plugin: pytest and the kernel must have a collection's packages from the folder that is being verified.

Loaded with ``-p claimcheck.gate.same_library``; ``--library`` names the folder and ``--packages`` the packages, joined
by commas. Without it a checkout could be declared good by the library of another one, installed in the environment.
"""

import ast
import importlib.util
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

WAIT = 60
"""Seconds that a kernel has to say where its library is."""


def pytest_addoption(parser):
    group = parser.getgroup("claimcheck")
    group.addoption("--library", help="the folder that packages must be imported from")
    group.addoption("--packages", default="", help="their names, joined by commas")


def pytest_configure(config):
    if told := difference("pytest", config.getoption("--library"), {name: _here(name) for name in _packages(config)}):
        raise pytest.UsageError(told)
    config.stash[_ASKED] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    result = yield
    if isinstance(item, IPyNbCell) and item.parent not in item.config.stash[_ASKED]:
        item.config.stash[_ASKED].add(item.parent)
        found = _there(item.parent.kernel, _packages(item.config))
        if told := difference("the kernel", item.config.getoption("--library"), found):
            pytest.exit(told, returncode=1)
    return result


def difference(who: str, expected: str | None, found: dict[str, str]) -> str:
    """Return one sentence if a package lies elsewhere than expected, or nothing.

    Parameters
    ----------
    found : dict of str to str
        The file of every package's ``__init__``; whatever else stands there if it has none.

    Examples
    --------
    >>> difference("the kernel", "/a/lib", {"numbers": "/b/lib/numbers/__init__.py"}).split(",")[0]
    'the kernel imports numbers from /b/lib'
    >>> difference("the kernel", "/a/lib", {"numbers": "/a/lib/numbers/__init__.py"})
    ''
    """
    for name, file in found.items():
        folder = Path(file).parents[1] if len(Path(file).parents) > 1 else Path(file)
        if expected is not None and folder.resolve() != Path(expected).resolve():
            return (f"{who} imports {name} from {folder.as_posix()}, expected {expected}: this run would judge "
                    "another library than the checkout's")
    return ""


def _packages(config):
    return [name for name in config.getoption("--packages").split(",") if name]


def _here(name):
    found = importlib.util.find_spec(name)
    return str(found.origin) if found else "nowhere"


def _there(kernel, names) -> dict[str, str]:
    """Ask a kernel for the file of each package, without a trace in the notebook's outputs."""
    if not names:
        return {}
    ask = "{name: str(getattr(__import__('importlib.util').util.find_spec(name), 'origin', None)) for name in %r}"
    asked = kernel.kc.execute("", silent=True, user_expressions={"files": ask % (names,)})
    while (message := kernel.get_message("shell", timeout=WAIT))["parent_header"].get("msg_id") != asked:
        pass
    answer = message["content"]["user_expressions"]["files"]
    return ast.literal_eval(answer["data"]["text/plain"]) if answer["status"] == "ok" else {names[0]: answer["evalue"]}


_ASKED = pytest.StashKey[set]()

"""A pytest plugin: pytest and the kernel must have covtheory from the folder that is being verified.

Loaded with ``-p covtheory.collection.same_library``; ``--library`` names the folder. Without it a checkout could be
declared good by the library of another one, installed in the environment.
"""

import ast
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

import covtheory

WAIT = 60
"""Seconds that a kernel has to say where its library is."""


def pytest_addoption(parser):
    parser.getgroup("covtheory").addoption("--library", help="the folder that covtheory must be imported from")


def pytest_configure(config):
    if told := difference("pytest", config.getoption("--library"), covtheory.__file__):
        raise pytest.UsageError(told)
    config.stash[_ASKED] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    result = yield
    if isinstance(item, IPyNbCell) and item.parent not in item.config.stash[_ASKED]:
        item.config.stash[_ASKED].add(item.parent)
        if told := difference("the kernel", item.config.getoption("--library"), _library_of(item.parent.kernel)):
            pytest.exit(told, returncode=1)
    return result


def difference(who: str, expected: str | None, found: str) -> str:
    """Return one sentence if a file of covtheory lies elsewhere than expected, or nothing.

    Examples
    --------
    >>> difference("the kernel", "/a/lib", "/b/lib/covtheory/__init__.py").split(",")[0]
    'the kernel imports covtheory from /b/lib'
    >>> difference("the kernel", "/a/lib", "/a/lib/covtheory/__init__.py")
    ''
    """
    folder = Path(found).parents[1] if len(Path(found).parents) > 1 else Path(found)
    if expected is None or folder.resolve() == Path(expected).resolve():
        return ""
    return (f"{who} imports covtheory from {folder.as_posix()}, expected {expected}: this run would judge "
            "another library than the checkout's")


def _library_of(kernel) -> str:
    """Ask a kernel for the file of its covtheory, without a trace in the notebook's outputs."""
    asked = kernel.kc.execute("", silent=True, user_expressions={"file": "__import__('covtheory').__file__"})
    while (message := kernel.get_message("shell", timeout=WAIT))["parent_header"].get("msg_id") != asked:
        pass
    answer = message["content"]["user_expressions"]["file"]
    return ast.literal_eval(answer["data"]["text/plain"]) if answer["status"] == "ok" else answer["evalue"]


_ASKED = pytest.StashKey[set]()

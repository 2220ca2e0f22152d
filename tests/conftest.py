"""Fixtures that several files of tests share, and how property tests draw: the same examples every time."""

import functools
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser import watch
from hypothesis import settings

from claimcheck.register import find_root
from publishing.slides.check import browser as chromium

ROOT = find_root(Path(__file__))

settings.register_profile("covtheory", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("covtheory")


@pytest.fixture(scope="module")
def browser():
    """One headless Chromium a file; where there is none, the tests are skipped, but in CI they fail.

    Not one a session: while it runs, this process has a running event loop, and asyncio.run would fail in other files.
    """
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    with ExitStack() as stack:
        try:
            started = stack.enter_context(chromium())
        except RuntimeError as error:
            missing(str(error))
        yield started


@pytest.fixture
def page(browser):
    """A fresh page, 1280 pixels wide, which records what it must not do in ``page.problems``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    watch(opened)
    yield opened
    context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The whole site, built once as the command does it."""
    pytest.importorskip("myst_nb", reason="requirements/book.txt is not installed")
    target = tmp_path_factory.mktemp("book") / "book"
    run = subprocess.run([sys.executable, "-c", f"import sys; from pathlib import Path; from publishing.book "
                          f"import book; sys.exit(book(Path({str(ROOT)!r}), Path({str(target)!r})))"],
                         capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    return target


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served from, on this machine: from a subfolder, as a host may do it."""
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site.parent)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{site.name}"
        server.shutdown()

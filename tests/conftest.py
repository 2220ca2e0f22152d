"""Fixtures that several files of tests share, and how property tests draw: the same examples every time."""

import os
from contextlib import ExitStack

import pytest
from browser import watch
from hypothesis import settings

from publishing.slides.check import browser as chromium

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

"""Fixtures that several files of tests share, and how property tests draw: the same examples every time."""

import os

import pytest
from browser import ARGUMENTS, browser_path, watch
from hypothesis import settings

settings.register_profile("covtheory", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("covtheory")


@pytest.fixture(scope="module")
def browser():
    """One headless Chromium a file; where there is none, the tests are skipped, but in CI they fail.

    Not one a session: while it runs, this process has a running event loop, and asyncio.run would fail in other files.
    """
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: requirements/browser.txt")
    if (path := browser_path()) is None:
        missing("no Chromium on the search path: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """A fresh page, 1280 pixels wide, which records what it must not do in ``page.problems``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    watch(opened)
    yield opened
    context.close()

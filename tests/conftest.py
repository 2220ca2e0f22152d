"""Fixtures for tests in a browser."""

import pytest
from browser import ARGUMENTS, browser_path


@pytest.fixture(scope="session")
def browser():
    path = browser_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser):
    """A fresh page of desktop size; ``page.problems`` collects console messages, errors and failed requests."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    found = context.new_page()
    found.problems, found.requested = [], []
    found.on("console", lambda message: found.problems.append(message.text))
    found.on("pageerror", lambda error: found.problems.append(str(error)))
    found.on("request", lambda request: found.requested.append(request.url))
    yield found
    context.close()

"""The machine's own Chromium, driven by playwright, for tests that look at pages."""

import os
import shutil

import pytest

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def browser_path() -> str:
    """Return the path of Chromium; skip the test where there is none, but fail on CI."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        import playwright  # noqa: F401
    except ImportError:
        found, reason = None, "playwright is not installed (requirements-browser.txt)"
    else:
        reason = "no Chromium on this machine"
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return found

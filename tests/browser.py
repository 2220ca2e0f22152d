"""A headless Chromium for the tests of pages: where it is, how it is started, and what a page must not do."""

import os
import shutil
from pathlib import Path

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    """Return the browser that $CHROMIUM or the search path names, or None."""
    named = os.environ.get("CHROMIUM")
    return named if named and Path(named).exists() else next(filter(None, map(shutil.which, NAMES)), None)

"""Looks at every slide in a browser: nothing overflows, no letter is too small, nothing is asked of a network.

Needs Chromium and playwright (requirements/browser.txt); ``covtheory slides --check`` and the tests use it.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEAST = 14.0
"""Pixels: no letter on a slide of 720 lines is smaller, scripts of scripts and printed output included."""

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")
NAMES = ("chromium", "chromium-browser", "google-chrome",
         "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
MEASURE = Path(__file__).parents[1] / "assets" / "slides" / "check.js"


def browser_path() -> str | None:
    """Return the browser that $CHROMIUM or the search path names, or None."""
    named = os.environ.get("CHROMIUM", "")
    return named if Path(named).is_file() else next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator:
    """Start Chromium without a window, and close it.

    Raises
    ------
    RuntimeError
        If Chromium or playwright is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise RuntimeError("playwright is not installed: requirements/browser.txt") from None
    if (path := browser_path()) is None:
        raise RuntimeError("no Chromium on the search path: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


def look(page, path: Path) -> tuple[int, list[str], list[str]]:
    """Open a deck in a new page and return the number of slides, what is wrong with them, and what is worth a note:
    a slide that scrolls a little. A picture whose smallest letter is below 60 % of the text beside it is wrong.
    """
    said: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"script error: {error}"))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:", "about:"))
            or said.append(f"asks the network for {asked.url}"))
    page.goto(path.resolve().as_uri())
    page.wait_for_function("typeof deck !== 'undefined' && deck.isReady()")
    count, found, scrolling = page.evaluate(MEASURE.read_text(encoding="utf-8"), LEAST)
    return count, [*said, *found], scrolling


def check_files(paths: list[Path]) -> int:
    """Look at every slide of decks, print what is wrong and what scrolls; return the exit status."""
    faults = total = 0
    try:
        with browser() as running:
            for path in paths:
                page = running.new_page(viewport={"width": 1280, "height": 720})
                count, found, scrolling = look(page, path)
                page.close()
                total, faults = total + count, faults + len(found)
                for line in [*found, *(f"note: {line}" for line in scrolling)]:
                    print(f"{path.name}: {line}", file=sys.stderr)
    except RuntimeError as error:
        print(f"slides: {error}", file=sys.stderr)
        return 1
    print(f"{total} slides looked at" + (f", {faults} faults" if faults else ", no fault"))
    return int(faults > 0)

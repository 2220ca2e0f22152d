"""Looks at every slide in a browser: nothing overflows, nothing is too small, nothing is asked of a network.

Needs Chromium and playwright (requirements/browser.txt); ``covtheory slides --check`` and the tests use it.
"""

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

LEAST = 14.0
"""Pixels: no letter on a slide of 720 lines is smaller, scripts of scripts and printed output included."""

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")

MEASURE = """
async least => {
  await document.fonts.ready;
  const found = [], scrolling = [], slides = [...document.querySelectorAll(".slides > section > section")];
  for (const slide of slides) {
    const {h, v} = deck.getIndices(slide), name = `#/${slide.id} (${h + 1}.${(v || 0) + 1})`;
    deck.slide(h, v, 1000);
    for (const source of slide.querySelectorAll("details.source")) source.open = false;
    const scale = deck.getScale(), frame = slide.getBoundingClientRect(), body = slide.querySelector(".body");
    if (Math.abs(frame.height / scale - 720) > 1) found.push(`${name}: the slide is ${frame.height / scale} high`);
    if (body.getBoundingClientRect().height < 500 * scale) found.push(`${name}: its heading takes the room of its text`);
    const long = body.scrollHeight / body.clientHeight;
    if (long > 1 && body.scrollHeight > body.clientHeight + 1)
      (long > 2 ? found : scrolling).push(`${name}: scrolls, ${long.toFixed(2)} times its room`);
    for (const element of slide.querySelectorAll(".body *, h1, h2, h2 *, .crumb")) {
      if (!element.getClientRects().length || element.closest(".katex-mathml, svg")) continue;
      const box = element.getBoundingClientRect(), by = Math.max(box.right - frame.right, frame.left - box.left) / scale;
      if (by > 0.5) found.push(`${name}: ${element.tagName.toLowerCase()} ${element.textContent.slice(0, 30)} is too wide by ${by.toFixed(0)} px`);
    }
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
      const parent = node.parentElement;
      if (!node.data.replace(/[\\s\\u200b]/g, "") || parent.closest("aside, .katex-mathml")) continue;
      const size = parseFloat(getComputedStyle(parent).fontSize);
      if (size < least - 0.01) found.push(`${name}: ${size.toFixed(1)} px: ${node.data.trim().slice(0, 40)}`);
    }
    for (const note of slide.querySelectorAll("aside.notes"))
      if (note.getClientRects().length) found.push(`${name}: its notes are visible`);
    for (const image of slide.querySelectorAll("img"))
      if (!image.alt || image.naturalWidth === 0) found.push(`${name}: a picture lacks its text or its pixels`);
  }
  deck.slide(0, 0);
  return [slides.length, [...new Set(found)], scrolling];
}
"""


def browser_path() -> str | None:
    """Return where Chromium is installed, if it is."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


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
        raise RuntimeError("playwright is missing: pip install -r requirements/browser.txt") from None
    if (path := browser_path()) is None:
        raise RuntimeError("no Chromium found: install your system's package, for example apt-get install chromium")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


def look(page, path: Path) -> tuple[int, list[str], list[str]]:
    """Open a deck in a page and return the number of slides, what is wrong with them, and which scroll a little."""
    said: list[str] = []

    def hear(message):
        if message.type in ("error", "warning"):
            said.append(f"console: {message.text}")

    def ask(request):
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            said.append(f"asks the network for {request.url}")

    def fail(error):
        said.append(f"script error: {error}")

    listeners = {"console": hear, "request": ask, "pageerror": fail}
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        page.goto(path.resolve().as_uri())
        page.wait_for_function("typeof deck !== 'undefined' && deck.isReady()")
        count, found, scrolling = page.evaluate(MEASURE, LEAST)
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    return count, [*said, *found], scrolling


def check_files(paths: list[Path], sheets: Path | None = None) -> int:
    """Look at every slide of decks, print what is wrong, optionally write contact sheets; return the exit status."""
    status = total = 0
    try:
        with browser() as running:
            page = running.new_page(viewport={"width": 1280, "height": 720})
            for path in paths:
                if path.name == "index.html":
                    continue
                count, found, scrolling = look(page, path)
                total += count
                status |= bool(found)
                for line in [*found, *(f"note: {line}" for line in scrolling)]:
                    print(f"{path.name}: {line}", file=sys.stderr)
                if sheets is not None:
                    write_sheet(page, sheets / f"{path.stem}.png")
    except RuntimeError as error:
        print(f"slides: {error}", file=sys.stderr)
        return 1
    print(f"{total} slides looked at" + (", all fit" if not status else ""))
    return status


def write_sheet(page, target: Path, columns: int = 4, width: int = 640) -> None:
    """Write one picture of all slides of the deck that is open, in reading order."""
    slides = page.evaluate("""() => [...document.querySelectorAll(".slides > section > section")]
        .map(s => { const i = deck.getIndices(s); return [i.h, i.v || 0]; })""")
    pictures = []
    for h, v in slides:
        page.evaluate("([h, v]) => deck.slide(h, v, 1000)", [h, v])
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        pictures.append(shot.resize((width, width * shot.height // shot.width), Image.Resampling.LANCZOS))
    high, rows = pictures[0].height, -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + 8), rows * (high + 8)), "#888888")
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * (width + 8) + 4, i // columns * (high + 8) + 4))
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, optimize=True)

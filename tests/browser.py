"""What a page under test must not do."""

import importlib.util
import json
import os

import pytest

needs_reveal = pytest.mark.skipif(
    importlib.util.find_spec("sphinx_revealjs") is None and not os.environ.get("CI"),
    reason="reveal.js is not installed: requirements/slides.txt")
"""For tests of slides."""

LOCAL = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:")
ACCESSIBLE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
              "rules": {"heading-order": {"enabled": True}, "page-has-heading-one": {"enabled": True}},
              "resultTypes": ["violations"]}


def watch(page) -> None:
    """Record in ``page.problems`` what a page must not do: log errors, throw, fail to load, ask another host.

    All addresses that it asks for stand in ``page.requested``.
    """
    page.problems, page.requested = [], []
    page.on("request", lambda asked: page.requested.append(asked.url))
    page.on("console", lambda message: message.type == "error" and page.problems.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: page.problems.append(f"exception: {error}"))
    page.on("requestfailed", lambda asked: asked.failure == "net::ERR_ABORTED"  # by going on to the next page
            or page.problems.append(f"failed: {asked.url}"))
    page.on("response", lambda response: response.status >= 400 and page.problems.append(f"missing: {response.url}"))
    page.on("request", lambda asked: asked.url.startswith(LOCAL) or page.problems.append(f"external: {asked.url}"))


THIN = """() => {
  const few = (selector, kept, act) => [...document.querySelectorAll(selector)].slice(kept).forEach(act);
  few(".katex", 12, formula => formula.replaceWith("x"));
  few("div.highlight pre", 5, code => code.replaceChildren(code.textContent));
  few("section.claim.holds", 6, card => card.remove());
  few("section.claim.refuted_as_printed", 2, card => card.remove());
}"""
"""Thins out what repeats on a page (formulas, coloured code, cards) before axe-core looks at every element of it."""


def violations(page, only: str | None = None) -> list[str]:
    """Return what axe-core finds wrong with a page by WCAG 2 A and AA and in its order of headings, one line a node.

    ``only`` names one rule of axe-core.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    chosen = {**ACCESSIBLE, "runOnly": [only], "rules": {}} if only else ACCESSIBLE
    page.evaluate(THIN)
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT + "; null")
    found = page.evaluate(f"axe.run({json.dumps(chosen)})")["violations"]
    return [f"{rule['id']}: {node['html'][:160]} {(node.get('failureSummary') or '').splitlines()[-1:]}"
            for rule in found for node in rule["nodes"]]


def overflowing(page) -> list[str]:
    """Return what sticks out of the window sideways and lies in no box of its own that scrolls.

    A box that holds the whole article counts as the page: if it scrolls, the page does.
    """
    return page.evaluate("""() => {
      const found = [], width = document.documentElement.clientWidth, whole = document.documentElement.scrollWidth;
      const article = document.querySelector("article, main") || document.body;
      if (whole > width) found.push("the page is " + whole);
      for (const element of article.querySelectorAll("*")) {
        const box = element.getBoundingClientRect();
        if (box.width === 0 || box.right <= width + 1 || element.closest(".katex-mathml, svg")) continue;
        if (getComputedStyle(element).position === "absolute") continue;
        let inside = false;
        for (let outer = element; outer && !inside && !outer.contains(article); outer = outer.parentElement)
          inside = ["auto", "scroll"].includes(getComputedStyle(outer).overflowX) &&
            outer.getBoundingClientRect().right <= width + 1;
        if (!inside) found.push(Math.round(box.right) + " " + element.outerHTML.slice(0, 120));
      }
      return found;
    }""")


UNDRAWN = """known => {
  const pairs = new Map();
  const walk = element => {
    for (const child of element.childNodes)
      if (child.nodeType === 3) {
        const style = getComputedStyle(element), font = `${style.fontStyle} ${style.fontWeight} 32px `;
        for (const letter of child.data)
          if (!/[\\s\\u200b\\u2060]/.test(letter))
            pairs.set(letter + font + style.fontFamily, [letter, font, style.fontFamily]);
      } else if (child.nodeType === 1) walk(child);
  };
  document.querySelectorAll(".katex-html").forEach(walk);
  known.forEach(pair => pairs.delete(pair));
  const pen = Object.assign(document.createElement("canvas"), { width: 64, height: 64 })
    .getContext("2d", { willReadFrequently: true });
  const drawn = (letter, font) => {
    pen.clearRect(0, 0, 64, 64);
    pen.font = font;
    pen.fillText(letter, 16, 44);
    return pen.getImageData(0, 0, 64, 64).data.join();
  };
  const blank = drawn("", "32px serif"), found = [];
  for (const [letter, font, family] of pairs.values()) {
    const rest = family.replace(/KaTeX_\\w+/g, "no-such-font");
    const seen = drawn(letter, font + family);
    const none = drawn("\\ue123", font + family);  // what stands for a letter that no font has
    if ([blank, none, drawn(letter, font + rest)].includes(seen)) found.push([letter, family]);
  }
  return [found, [...pairs.keys()]];
}"""


def undrawn(page, known: set[str] | None = None) -> list[list[str]]:
    """Return every letter of a page's formulas that none of KaTeX's fonts draws, with the family that it asks for.

    What is ``known``, letters with their fonts, is passed over, and what was looked at is added to it.
    """
    known = set() if known is None else known
    found, looked_at = page.evaluate(UNDRAWN, sorted(known))
    known.update(looked_at)
    return found

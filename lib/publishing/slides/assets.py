"""The files that a deck carries: reveal.js and its fonts from the pinned package, the font of mathematics from here."""

import base64
import re
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = "sphinx-revealjs"
"""Ships reveal.js as static files; nothing of Sphinx is imported."""

_FACES = {"regular": ("400", "normal"), "italic": ("400", "italic"), "semibold": ("600", "normal"),
          "semibolditalic": ("600", "italic")}


def reveal_file(place: str) -> Path:
    """Return the path of one of reveal.js's files."""
    return Path(distribution(PACKAGE).locate_file(f"sphinx_revealjs/_static/revealjs/{place}"))


def font_file(face: str) -> Path:
    """Return the font of a face: regular, italic, semibold, semibolditalic, or math."""
    if face == "math":
        return Path(__file__).parents[1] / "assets" / "slides-math.woff"
    return reveal_file(f"dist/theme/fonts/source-sans-pro/source-sans-pro-{face}.woff")


@lru_cache(maxsize=1)
def fonts() -> str:
    """Return the style rules that carry the fonts inside the page."""
    rules = [_face("Slides Sans", font_file(face), *style) for face, style in _FACES.items()]
    return "\n".join([*rules, _face("Slides Math", font_file("math"), "400", "normal")])


@lru_cache(maxsize=1)
def reveal() -> dict[str, str]:
    """Return reveal.js's style, script and speaker view, free of references to other files."""
    places = {"css": "dist/reveal.css", "js": "dist/reveal.js", "notes": "plugin/notes/notes.js"}
    files = {name: reveal_file(place).read_text(encoding="utf-8") for name, place in places.items()}
    return {name: re.sub(r"//# sourceMappingURL=\S*", "", text) for name, text in files.items()}


def math_font() -> str:
    """Return the style rule that carries the font of mathematics alone, for the notes."""
    return _face("Slides Math", font_file("math"), "400", "normal")


def style() -> str:
    """Return the deck's own style sheet."""
    return (Path(__file__).parents[1] / "assets" / "slides.css").read_text(encoding="utf-8")


def _face(family, path, weight, slope):
    data = base64.b64encode(path.read_bytes()).decode()
    return (f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {slope}; '
            f'src: url(data:font/woff;base64,{data}) format("woff") }}')

"""How wide and high text and formulas come out, from the metrics of the fonts that the slides carry."""

import re
import xml.etree.ElementTree as ET
from functools import cache, lru_cache
from typing import NamedTuple

from fontTools.ttLib import TTFont

from publishing.mathml import CLOSING, OPENING, RELATIONS
from publishing.slides.assets import font_file

BASE, TABLE, CAPTION, MONO = 28, 23, 23, 17
"""Sizes of type in pixels of a slide 1280 wide and 720 high; nothing on a slide is smaller than 0.6 of the base."""

WIDTH = 1192
"""Pixels between the margins of a slide."""

SCRIPT = 0.75
"""Size of scripts against their base, on every level; set in the font."""

_LARGE = set("∑∏⋃⋂⋁⋀")
_LOW, _DEEP = set("acegmnopqrsuvwxyzαγεηικμνορσςτυχωϵ"), set("gjpqyQβγζημξρςφχψϕ,;()[]")
_AXIS, _RULE = 0.25, 0.055


class Box(NamedTuple):
    """Width, height above and depth below the baseline, in pixels."""

    width: float
    ascent: float
    descent: float


@cache
def _advances(face: str) -> tuple[dict[int, float], float]:
    with TTFont(font_file(face)) as font:
        widths, unit = font["hmtx"], font["head"].unitsPerEm
        table = {code: widths[name][0] / unit for code, name in font.getBestCmap().items()}
    return table, sum(table.get(ord(c), 0.5) for c in "etaoinshr") / 9


@lru_cache(maxsize=200_000)
def text_width(text: str, face: str = "regular") -> float:
    """Return the width of a run of text in em; letters that the face lacks come from the font of mathematics.

    Examples
    --------
    >>> text_width("mm") == 2 * text_width("m") > text_width("ii")
    True
    """
    table, _ = _advances(face)
    missing = _advances("math")[0]
    return sum(table.get(ord(c)) or missing.get(ord(c), 0.7) for c in text)


def math_box(element: ET.Element, size: float) -> Box:
    """Return the box of a ``math`` element in text of ``size`` pixels."""
    box = _box(element, element.get("display") == "block", False)
    return Box(*(value * size for value in box))


def _box(element, display, script):
    """Return a box in em of the element's own size; children in scripts are scaled by the caller."""
    tag, text = element.tag, (element.text or "").strip()
    if tag in ("mi", "mn", "mtext"):
        return _token(element)
    if tag == "mo":
        return _operator(element, text, display, script)
    if tag == "mspace":
        return Box(float(element.get("width", "0em")[:-2]), 0, 0)
    if tag == "mfrac":
        return _fraction(element, display, script)
    if tag == "msqrt":
        inner = _row(element, display, script)
        return Box(inner.width + 0.95, inner.ascent + 0.3, inner.descent + 0.1)
    if tag in ("msub", "msup", "msubsup"):
        return _scripts(element, display, script)
    if tag in ("munder", "mover", "munderover"):
        return _limits(element, display, script)
    if tag == "mtable":
        rows = [[_box(cell, False, script) for cell in row] for row in element]
        width = max(sum(cell.width + 0.8 for cell in row) for row in rows)
        height = sum(max(c.ascent + c.descent for c in row) + 0.5 for row in rows)
        return Box(width, height / 2 + _AXIS, height / 2 - _AXIS)
    if tag == "mstyle":
        display = {"true": True, "false": False}.get(element.get("displaystyle"), display)
    if tag == "mpadded" and element.get("width") == "0":
        return Box(0, *_row(element, display, script)[1:])
    box = _row(element, display, script)
    return Box(box.width + 0.6, box.ascent + 0.3, box.descent + 0.3) if tag == "menclose" else box


def _token(element):
    text = element.text or ""
    shown = _italic(text) if element.tag == "mi" and "mathvariant" not in element.attrib else text
    ascent = 0.45 if set(text) <= _LOW else 0.75
    return Box(text_width(shown, "math"), ascent, 0.22 if set(text) & _DEEP else 0.02)


def _row(element, display, script):
    boxes = [_box(child, display, script) for child in element]
    if not boxes:
        return Box(0, 0, 0)
    ascent, descent = max(b.ascent for b in boxes), max(b.descent for b in boxes)
    tall = max(ascent - _AXIS, descent + _AXIS)
    extra = sum(0.08 for child in element if _stretches(child) and tall > 0.65)
    if extra:
        ascent, descent = max(ascent, tall + _AXIS + 0.04), max(descent, tall - _AXIS + 0.04)
    return Box(sum(b.width for b in boxes) + extra, ascent, descent)


def _stretches(element):
    text = (element.text or "").strip()
    return (element.tag == "mo" and element.get("stretchy") != "false" and "minsize" not in element.attrib
            and text in OPENING | CLOSING | set("|‖"))


def _operator(element, text, display, script):
    if "minsize" in element.attrib:
        size = float(element.get("minsize")[:-2])
        return Box(text_width(text, "math") + 0.08, size / 2 + _AXIS, size / 2 - _AXIS)
    if text in _LARGE or text == "∫":
        if display:
            return Box(1.6 if text in _LARGE else 1.15, *((0.95, 0.45) if text in _LARGE else (1.36, 0.86)))
        return Box(1.25 if text in _LARGE else 0.75, 0.8, 0.31)
    width = sum(text_width(c, "math") for c in text)
    if "lspace" in element.attrib:
        return Box(width + float(element.get("lspace")[:-2]) + float(element.get("rspace")[:-2]), 0.75, 0.25)
    if element.get("form") == "prefix" or text in OPENING | CLOSING or element.get("stretchy") == "true":
        space = 0.0
    elif text in RELATIONS or text in set("∣∈∉⊂⊆∥"):
        space = 0.556
    elif text in set("+−±×·∘∩∪∧∨*⋆∖"):
        space = 0.444
    elif text in ",;":
        space = 0.167
    elif text in "|‖!′″.^¯ˉ˙¨ˆ˜→" or text in ("", "\u2061", "\u2062"):
        space = 0.05
    else:
        space = 0.556
    return Box(width + space, 0.75, 0.25)


def _scale(box, factor):
    return Box(*(value * factor for value in box))


def _small(element, script):
    """Return the box of a script: set smaller once, not again inside another."""
    return _scale(_box(element, False, True), 1 if script else SCRIPT)


def _fraction(element, display, script):
    factor = 1 if display or script else SCRIPT
    top, bottom = (_scale(_box(child, False, script or not display), factor) for child in list(element)[:2])
    up, down, gap = (0.677, 0.686, 0.14) if display else (0.394, 0.345, 0.09)
    up = max(up, _AXIS + _RULE / 2 + gap + top.descent)
    down = max(down, -_AXIS + _RULE / 2 + gap + bottom.ascent)
    return Box(max(top.width, bottom.width) + 0.1, up + top.ascent, down + bottom.descent)


def _scripts(element, display, script):
    base = _box(element[0], display, script)
    rest = [_small(child, script) for child in list(element)[1:]]
    width = base.width + max(b.width for b in rest) + 0.06
    ascent, descent = base.ascent, base.descent
    if element.tag in ("msup", "msubsup"):
        ascent = max(ascent, max(0.363, base.ascent - 0.25) + rest[-1].ascent, 0)
    if element.tag in ("msub", "msubsup"):
        descent = max(descent, max(0.247, base.descent + 0.1, rest[0].ascent - 0.344) + rest[0].descent)
    return Box(width, ascent, descent)


def _limits(element, display, script):
    base = _box(element[0], display, script)
    name = (element[0].text or "").strip()
    if name in _LARGE and not display:
        return _scripts(_renamed(element), display, script)
    ascent, descent, width = base.ascent, base.descent, base.width
    parts = list(element)[1:]
    if element.tag != "munder":
        over = parts[-1]
        if over.tag == "mo" and (over.text or "") in "^¯ˉ˙¨ˆ˜→~∼⏞―":
            ascent += 0.22
            width = max(width, 0.5)
        else:
            box = _small(over, script)
            ascent, width = ascent + 0.2 + box.ascent + box.descent, max(width, box.width)
    if element.tag != "mover":
        box = _small(parts[0], script)
        descent, width = descent + 0.17 + box.ascent + box.descent, max(width, box.width)
    return Box(width, ascent, descent)


def _renamed(element):
    names = {"munder": "msub", "mover": "msup", "munderover": "msubsup"}
    twin = ET.Element(names[element.tag])
    twin.extend(list(element))
    return twin


@lru_cache(maxsize=10_000)
def _italic(text: str) -> str:
    """Return the character that a one-letter identifier is drawn with."""
    if len(text) != 1:
        return text
    code = ord(text)
    if text == "h":
        return "ℎ"
    if re.fullmatch(r"[A-Z]", text):
        return chr(0x1D434 + code - 65)
    if re.fullmatch(r"[a-z]", text):
        return chr(0x1D44E + code - 97)
    if 0x3B1 <= code <= 0x3C9:
        return chr(0x1D6FC + code - 0x3B1)
    return text

"""Breaks formulas into lines where a mathematician would: at wide spaces, relations, words, then sums."""

import xml.etree.ElementTree as ET
from copy import deepcopy

from publishing.mathml import CLOSING, OPENING, RELATIONS


def break_lines(math: ET.Element, fits) -> list[ET.Element]:
    """Return a displayed formula as one or more: broken at wide spaces, relations, then sums, where it does not fit.

    Parameters
    ----------
    fits : callable
        Says of a ``math`` element whether its line is wide enough.
    """
    row = list(math[0]) if len(math) == 1 and math[0].tag == "mrow" else list(math)
    if fits(math) or len(row) < 3:
        return [math]
    breaks = _breaks(row)
    lines, start = [], 0
    while start < len(row):
        best, rest = len(row), _line(math, row[start:])
        if not fits(rest):
            able = [(level, cut) for cut, level in breaks if cut > start and fits(_line(math, row[start:cut]))]
            if able:
                longest = max(cut for _, cut in able)
                near = [(level, -cut) for level, cut in able if cut > start + (longest - start) * 0.45]
                best = -min(near)[1]
        lines.append(_line(math, row[start:best]))
        start = best
    return lines


def _breaks(row):
    """Return places before which a line may break, with a level: 0 wide space, 1 relation, 2 sum, +2 each bracket."""
    found, depth = [], 0
    for i, child in enumerate(row):
        text = (child.text or "").strip()
        if child.tag == "mo" and text in CLOSING:
            depth -= 1
        deep = 2 * max(depth, 0)
        if i and child.tag == "mo" and child.get("form") != "prefix":
            if text in RELATIONS:
                found.append((i, 1 + deep))
            elif text in "+−±":
                found.append((i, 2 + deep))
        if child.tag == "mspace" and float(child.get("width", "0em")[:-2]) >= 1 and i + 1 < len(row):
            found.append((i + 1, deep))
        elif i and child.tag == "mtext" and len(text) > 2 and row[i - 1].tag != "mtext":
            found.append((i, 1.2 + deep))
        elif child.tag == "mo" and text in ",;" and i + 1 < len(row):
            found.append((i + 1, 1.5 + deep))
        if child.tag == "mo" and text in OPENING:
            depth += 1
    return found


def _line(math, children):
    line = ET.Element("math", dict(math.attrib))
    row = ET.SubElement(line, "mrow")
    row.extend(deepcopy(children))
    while len(row) and row[0].tag == "mspace":
        row.remove(row[0])
    while len(row) and row[-1].tag == "mspace":
        row.remove(row[-1])
    if len(row) and row[0].tag == "mo" and row[0].text not in OPENING and "form" not in row[0].attrib:
        row[0].set("form", "infix")
    return line

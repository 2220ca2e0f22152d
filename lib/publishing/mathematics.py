"""Formulas of the site: MathML whose long lines may break, and plain text for search and titles."""

import re
import unicodedata
import xml.etree.ElementTree as ET

from publishing import mathml as conversion
from publishing.mathml import RELATIONS

_ROWS = {"math", "mrow", "mstyle", "mpadded", "menclose", "msqrt"}
LONG = 24
"""Characters from which on an inline formula may be broken after a relation."""

_BREAKS = RELATIONS | set("∈⊂⊆")
_SUPERSCRIPTS = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")


def mathml(tex: str, display: str = "inline") -> str:
    r"""Return a formula as MathML.

    Raises
    ------
    ValueError
        If part of the formula cannot be converted; the message quotes it.

    Examples
    --------
    >>> "‖" in mathml(r"\big\|x\big\|") and "\\" not in mathml(r"\Big\{\frac{1}{n}\Big\}")
    True
    """
    tree = conversion.mathml(tex, display)
    for row in [element for element in tree.iter() if element.tag in _ROWS]:
        _set_fences(row)
    return "<wbr>".join(map(conversion.html, _pieces(tree) if display == "inline" else [tree]))


def _set_fences(row: ET.Element) -> None:
    """Put an enlarged pair of brackets under its exponent as a whole, since each of the two stretches with its row."""
    for script in [child for child in row if child.tag in ("msup", "msub", "msubsup")]:
        if "minsize" not in script[0].attrib or script[0].text not in tuple(")]}|‖⟩⌉⌋"):
            continue
        children, depth = list(row), 1
        for start in range(children.index(script) - 1, -1, -1):
            if "minsize" in children[start].attrib:
                depth -= 1 if children[start].text in tuple("([{|‖⟨⌈⌊") else -1
            if depth == 0:
                whole = ET.Element("mrow")
                whole.extend([*children[start:children.index(script)], script[0]])
                for child in children[start:children.index(script)]:
                    row.remove(child)
                script[0] = whole
                break


def _pieces(tree: ET.Element) -> list[ET.Element]:
    """Return a long inline formula in parts, so that a line may end after a relation, as in TeX."""
    row = tree[0] if len(tree) == 1 and tree[0].tag == "mrow" else tree
    if len(_text(tree)) < LONG:
        return [tree]
    parts, depth = [[]], 0
    for element in row:
        parts[-1].append(element)
        scripted = element.tag in ("msup", "msub", "msubsup") and element[0].tag == "mo"
        text = element[0].text if scripted else element.text if element.tag == "mo" else None
        depth += (text in tuple("([{⟨⌈⌊")) - (text in tuple(")]}⟩⌉⌋"))
        if scripted:
            continue
        if depth == 0 and text in _BREAKS:
            element.attrib.update(form="infix", lspace="0.2778em", rspace="0.2778em")
            parts.append([])
        elif depth == 0 and text in (",", ";"):
            element.attrib.update(rspace="0.2em")
            parts.append([])
    made = []
    for part in filter(None, parts):
        made.append(ET.Element(tree.tag, tree.attrib))
        ET.SubElement(made[-1], "mrow").extend(part)
    return made


def plain(tex: str) -> str:
    r"""Return a formula as one line of text, for search, titles and places that show no mathematics.

    Examples
    --------
    >>> plain(r"1/\log N"), plain(r"\kappa^2"), plain(r"\mathrm{Cov}_N")
    ('1/log N', 'κ²', 'Cov_N')
    """
    return re.sub(r"\s+", " ", _text(conversion.mathml(tex))).strip()


def _text(element):
    parts = [_text(child) for child in element]
    match element.tag, parts:
        case "mspace", _:
            return " "
        case "msup", [base, digit] if digit.translate(_SUPERSCRIPTS) != digit and len(digit) == 1:
            return base + digit.translate(_SUPERSCRIPTS)
        case "msub" | "munder", [base, below]:
            return f"{base}_{below}"
        case "msup" | "mover", [base, above]:
            return base if element.tag == "mover" else f"{base}^{above}"
        case "msubsup" | "munderover", [base, below, above]:
            return f"{base}_{below}^{above}"
        case "mfrac", [above, below]:
            return f"{above}/{below}"
    return _letters((element.text or "").strip()) + "".join(parts)


def _letters(text):
    """Letters of mathematical alphabets as the letters that a reader types into a search."""
    return "".join(unicodedata.normalize("NFKC", c) if c.isalpha() and ord(c) > 0x20FF and c != "ℓ" else c
                   for c in text)

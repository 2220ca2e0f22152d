"""TeX as MathML and as plain text: formulas without a script, a picture or a network."""

import re
import xml.etree.ElementTree as ET

from latex2mathml.converter import convert

_BEFORE = ((r"\\tag\{[^}]*\}", ""), (r"\\arg(?![a-zA-Z])", r"\\operatorname{arg}"))
_DELIMITERS = {r"\{": "{", r"\}": "}", r"\|": "‖", r"\lceil": "⌈", r"\rceil": "⌉", r"\lfloor": "⌊", r"\rfloor": "⌋",
               r"\langle": "⟨", r"\rangle": "⟩"}
"""What the converter leaves as TeX after ``\\Big`` and its kin."""

_FUNCTIONS = {"arccos", "arg", "cos", "cosh", "cot", "det", "dim", "exp", "inf", "lim", "ln", "log", "max", "min", "sin",
              "sinh", "sup", "tan", "tanh", "Pr"}
_SPACE = "http://www.w3.org/1998/Math/MathML"
_ROWS = {"math", "mrow", "mstyle", "mpadded", "menclose", "msqrt"}
ET.register_namespace("", _SPACE)

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
    source = tex
    for pattern, replacement in _BEFORE:
        source = re.sub(pattern, replacement, source)
    try:
        converted = convert(source, display=display)
    except Exception as error:  # the converter raises many types; all mean that the formula is not TeX to it
        raise ValueError(f"formula {tex!r}: {type(error).__name__} {error}") from None
    for command, character in _DELIMITERS.items():
        converted = converted.replace(f">{command}<", f">{character}<")
    if left := re.search(r"\\[a-zA-Z{}|]+|<merror", converted):
        raise ValueError(f"formula {tex!r}: {left.group()} is not converted")
    tree = ET.fromstring(converted)
    _set_spacing(tree)
    return ET.tostring(tree, encoding="unicode")


def _set_spacing(tree: ET.Element) -> None:
    """Space names of functions from what follows and precedes them, and neither fractions in a line nor infinity."""
    for element in list(tree.iter()):
        if _name(element) == "mo" and element.text == "∞":
            element.tag = f"{{{_SPACE}}}mi"
        if _name(element) == "mo" and element.text == "/":
            element.attrib.update(lspace="0", rspace="0")
        if _name(element) not in _ROWS:
            continue
        children = list(element)
        for before, after in zip(children, children[1:], strict=False):
            apart = (_is_function(before) and _name(after) != "mo") or (_is_function(after) and _name(before) != "mo")
            if apart and "mspace" not in (_name(before), _name(after)):
                element.insert(list(element).index(after), ET.Element(f"{{{_SPACE}}}mspace", width="0.167em"))


def _is_function(element):
    base = element[0] if _name(element) in ("msub", "msup", "munder", "msubsup") and len(element) else element
    return _name(base) in ("mi", "mo") and base.text in _FUNCTIONS


def _name(element):
    return element.tag.rpartition("}")[2]


def plain(tex: str) -> str:
    r"""Return a formula as one line of text, for search, titles and places that show no mathematics.

    Examples
    --------
    >>> plain(r"1/\log N"), plain(r"\kappa^2"), plain(r"\mathrm{Cov}_N")
    ('1/log N', 'κ²', 'Cov_N')
    """
    return re.sub(r"\s+", " ", _text(ET.fromstring(mathml(tex)))).strip()


def _text(element):
    parts = [_text(child) for child in element]
    match _name(element), parts:
        case "mspace", _:
            return " "
        case "msup", [base, digit] if digit.translate(_SUPERSCRIPTS) != digit and len(digit) == 1:
            return base + digit.translate(_SUPERSCRIPTS)
        case "msub" | "munder", [base, below]:
            return f"{base}_{below}"
        case "msup" | "mover", [base, above]:
            return base if _name(element) == "mover" else f"{base}^{above}"
        case "msubsup" | "munderover", [base, below, above]:
            return f"{base}_{below}^{above}"
        case "mfrac", [above, below]:
            return f"{above}/{below}"
    return (element.text or "").strip() + "".join(parts)

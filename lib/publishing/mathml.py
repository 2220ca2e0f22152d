"""TeX to MathML that every current browser lays out alike: plain alphabets, limits, spaces around functions, lines."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

from latex2mathml.converter import convert

FUNCTIONS = {"log", "ln", "exp", "max", "min", "sup", "inf", "lim", "limsup", "liminf", "argmin", "argmax", "arg",
             "sin", "cos", "sinh", "cosh", "tanh", "arccos", "Pr", "det", "dim", "deg", "gcd", "poly"}
LIMITS = {"max", "min", "sup", "inf", "lim", "limsup", "liminf", "argmin", "argmax", *"∑∏⋃⋂⋁⋀"}
RELATIONS = set("=<>≤≥≪≫≈≡≠∝→↦⇔⇒⟺⟹⟸↔∼⪅≲≳≍⟶") | {":="}
OPENING, CLOSING = set("([{⟨⌈⌊"), set(")]}⟩⌉⌋")
_SYMBOLS = set("∞∂∇∅ℓ⊤⊥∀∃□◻℘′″")
_SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_ESCAPED = {r"\{": "{", r"\}": "}", r"\|": "‖", r"\lceil": "⌈", r"\rceil": "⌉", r"\lfloor": "⌊", r"\rfloor": "⌋",
            r"\langle": "⟨", r"\rangle": "⟩", r"\arg": "arg", r"\argmin": "argmin", r"\argmax": "argmax", "―": "¯",
            "~": "∼"}
_STARTS = {"bold": (0x1D400, 0x1D7CE), "script": (0x1D49C, None), "double-struck": (0x1D538, 0x1D7D8),
           "sans-serif": (0x1D5A0, 0x1D7E2), "italic": (0x1D434, None)}
_ODD = {"scriptB": "ℬ", "scriptE": "ℰ", "scriptF": "ℱ", "scriptH": "ℋ", "scriptI": "ℐ", "scriptL": "ℒ", "scriptM": "ℳ",
        "scriptR": "ℛ", "scripte": "ℯ", "scriptg": "ℊ", "scripto": "ℴ", "double-struckC": "ℂ", "double-struckH": "ℍ",
        "double-struckN": "ℕ", "double-struckP": "ℙ", "double-struckQ": "ℚ", "double-struckR": "ℝ",
        "double-struckZ": "ℤ", "italich": "ℎ"}


def mathml(tex: str, display: str = "inline") -> ET.Element:
    """Return the ``math`` element of a formula.

    Raises
    ------
    ValueError
        If the formula or a command in it was not understood; the message quotes the formula.

    Examples
    --------
    >>> ET.tostring(mathml("a^2"), encoding="unicode")
    '<math display="inline"><mrow><msup><mi>a</mi><mn class="s">2</mn></msup></mrow></math>'
    """
    source = re.sub(r"\\(tag|label)\{[^}]*\}", "", tex).strip()
    source = re.sub(r"\\([bB]igg?)[lrm](?![a-zA-Z])", r"\\\1", source)
    try:
        text = convert(source, display=display).replace('xmlns="http://www.w3.org/1998/Math/MathML" ', "")
    except Exception as error:  # the converter raises many types; all mean that the formula is not TeX to it
        raise ValueError(f"TeX not understood: {tex.strip()!r} ({type(error).__name__} {error})") from None
    root = ET.fromstring(text)
    for element in root.iter():
        if element.tag in ("mo", "mi", "mtext", "mn"):
            element.text = _ESCAPED.get(element.text, element.text)
        if element.get("width") == "negativethinmathspace":
            element.set("width", "-0.167em")
        _alphabet(element)
    _upright(root)
    _ordinary(root)
    _primes(root)
    if display == "block":
        _limits(root)
    _space(root)
    _fractions(root, display == "block")
    _scripts(root)
    if "\\" in "".join(root.itertext()) or root.find(".//merror") is not None:
        raise ValueError(f"TeX not understood: {tex.strip()!r}")
    return root


def html(element: ET.Element) -> str:
    """Return an element as text for an HTML document."""
    return ET.tostring(element, encoding="unicode", short_empty_elements=False)


def plain(element: ET.Element) -> str:
    """Return the characters of a formula, for headings and titles."""
    return "".join(element.itertext())


def _alphabet(element):
    variant = element.get("mathvariant")
    if variant is None or variant == "normal" or element.tag == "mtext":
        return
    del element.attrib["mathvariant"]
    if variant in _STARTS:
        element.text = "".join(_letter(variant, c) for c in element.text or "")
        if len(element.text) == 1 and element.tag == "mi" and element.text.isascii():
            element.set("mathvariant", "normal")


def _letter(variant, c):
    letters, digits = _STARTS[variant]
    if variant + c in _ODD:
        return _ODD[variant + c]
    if c.isascii() and c.isalpha():
        return chr(letters + (ord(c) - 65 if c.isupper() else ord(c) - 97 + 26))
    return chr(digits + int(c)) if digits and c.isdecimal() else c


def _upright(parent):
    """Join letters set upright one by one into words, and make named operators identifiers with their own spaces."""
    for child in list(parent):
        _upright(child)
        letters = [c for c in child if c.tag == "mi" and c.get("mathvariant") == "normal"]
        if child.tag == "mrow" and letters and len(letters) == len(child):
            word = "".join(c.text or "" for c in child)
            child.clear()
            child.tag, child.text = "mi", word
            if len(word) == 1:
                child.set("mathvariant", "normal")
        if child.tag in ("mo", "mi") and (child.text or "") in FUNCTIONS:
            child.tag = "mi"
            child.attrib.clear()


def _ordinary(root):
    """Make identifiers of symbols that came as operators, with an operator's spaces; set capital Greek upright."""
    for element in root.iter("mi"):
        if len(element.text or "") == 1 and "Α" <= element.text <= "Ω":
            element.set("mathvariant", "normal")
        elif element.text in RELATIONS or element.text in ("±", ";"):
            element.tag = "mo"
    for element in root.iter("mo"):
        if element.text in _SYMBOLS:
            element.tag = "mi"
            element.attrib.clear()
            element.set("mathvariant", "normal")


def _primes(parent):
    """Set primes beside their letter: the sign is raised already, a superscript would raise it twice."""
    for child in parent:
        _primes(child)
        if child.tag in ("msup", "msubsup") and (child[-1].text or "x") in "′″‴":
            base, prime = child[0], child[-1]
            pair = ET.Element("mrow")
            pair.extend([base, prime])
            if child.tag == "msup":
                child.clear()
                child.tag = "mrow"
                child.extend([base, prime])
            else:
                sub = child[1]
                child.clear()
                child.tag = "msub"
                child.extend([pair, sub])


def _limits(root):
    names = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
    for element in root.iter():
        if element.tag in names and len(element) and (element[0].text or "") in LIMITS:
            element.tag = names[element.tag]


def _space(parent):
    """Put thin spaces around named functions, and tell signs from binary operators."""
    for child in parent:
        _space(child)
    if parent.tag not in ("mrow", "math", "mstyle", "msqrt", "menclose"):
        return
    for colon, equals in pairwise(list(parent)):
        if (colon.text, equals.tag, equals.text) == (":", "mo", "="):
            colon.tag, colon.text = "mo", ":="
            parent.remove(equals)
    children = list(parent)
    _bars(children)
    for i, child in enumerate(children):
        before = children[i - 1] if i else None
        after = children[i + 1] if i + 1 < len(children) else None
        if child.tag == "mo" and child.text in "+−±∓" and (
                before is None or (before.tag == "mo" and before.text not in CLOSING | set("|‖!′"))):
            child.set("form", "prefix")
        if child.tag == "mo" and child.text in OPENING | CLOSING and "form" not in child.attrib:
            child.set("form", "prefix" if child.text in OPENING else "postfix")
        if child.tag == "mo" and child.text == "/":
            child.set("lspace", "0em")
            child.set("rspace", "0em")
        if not _is_function(child):
            continue
        if after is not None and after.tag not in ("mo", "mspace", "mtext") and not _is_fenced(after):
            parent.insert(list(parent).index(child) + 1, ET.Element("mspace", width="0.167em"))
        if before is not None and before.tag not in ("mo", "mspace", "mtext") and not _is_function(before):
            parent.insert(list(parent).index(child), ET.Element("mspace", width="0.167em"))


def _bars(row):
    """Say of vertical bars in a row whether they open, close or stand between: browsers take each for the last."""
    group, groups, stack = 0, [], []
    for child in row:
        text = child.text if child.tag == "mo" else ""
        if text in OPENING:
            stack.append(group)
            group = len(groups) + 1000 * len(stack)
        elif text in CLOSING and stack:
            group = stack.pop()
        groups.append(group)
    places = [i for i, child in enumerate(row) if child.tag == "mo" and child.text in ("|", "‖")
              and "form" not in child.attrib]
    opened = {}
    for i in places:
        text, key = row[i].text, (row[i].text, groups[i])
        if opened.get(key):
            row[i].set("form", "postfix")
            opened[key] = False
        elif any(row[j].text == text and groups[j] == groups[i] for j in places if j > i):
            row[i].set("form", "prefix")
            opened[key] = True
        else:
            row[i].set("form", "infix")
            row[i].set("stretchy", "false")
        for side in ("lspace", "rspace"):
            row[i].set(side, "0.167em" if row[i].get("form") == "infix" else "0em")


def _scripts(parent, level=0):
    """Mark what is set smaller: scripts and fractions in text, one step only however deep they nest."""
    for i, child in enumerate(parent):
        small = (parent.tag in _SCRIPTED and i > 0 and not _is_accent(parent, child)) or (
            parent.tag == "mfrac" and parent.get("class") == "text")
        if small and level == 0:
            child.set("class", (child.get("class", "") + " s").strip())
        _scripts(child, level + small)


def _fractions(element, display):
    """Mark fractions that are set in the size of text, as TeX would."""
    if element.tag == "mstyle":
        display = {"true": True, "false": False}.get(element.get("displaystyle"), display)
    if element.tag == "mfrac" and not display:
        element.set("class", "text")
    for i, child in enumerate(element):
        _fractions(child, display and element.tag != "mfrac" and not (element.tag in _SCRIPTED and i > 0))


def _is_accent(parent, child):
    return parent.tag in ("mover", "munder") and child.tag == "mo" and (child.text or "") in set("^¯ˉ˙¨ˆ˜→~∼⏞⏟―¯")


def _is_function(element):
    if element.tag in _SCRIPTED and len(element):
        element = element[0]
    return element.tag == "mi" and (element.text or "") in FUNCTIONS


def _is_fenced(element):
    return element.tag == "mrow" and len(element) > 0 and element[0].get("fence") == "true"

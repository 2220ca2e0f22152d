"""TeX as MathML and as plain text: formulas without a script, a picture or a network."""

import re
import xml.etree.ElementTree as ET

from latex2mathml.converter import convert

_BEFORE = ((r"\\tag\{[^}]*\}", ""), (r"\\arg(?![a-zA-Z])", r"\\operatorname{arg}"))
_DELIMITERS = {r"\{": "{", r"\}": "}", r"\|": "‖", r"\lceil": "⌈", r"\rceil": "⌉", r"\lfloor": "⌊", r"\rfloor": "⌋",
               r"\langle": "⟨", r"\rangle": "⟩"}
"""What the converter leaves as TeX after ``\\Big`` and its kin."""

_FUNCTIONS = {"arccos", "arg", "cos", "cosh", "cot", "det", "dim", "exp", "inf", "lim", "ln", "log", "max", "min",
              "sin", "sinh", "sup", "tan", "tanh", "Pr"}
_SPACE = "http://www.w3.org/1998/Math/MathML"
_ROWS = {"math", "mrow", "mstyle", "mpadded", "menclose", "msqrt"}
_RELATIONS = set("=<>≤≥≈∼∈→↦≪≫∝⊂⊆≠≡≍") | {":="}
LONG = 24
"""Characters from which on an inline formula may be broken after a relation."""

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
    tree = _tree(tex, display)
    parts = _pieces(tree) if display == "inline" else [tree]
    return "<wbr>".join(ET.tostring(part, encoding="unicode") for part in parts)


def _tree(tex: str, display: str) -> ET.Element:
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
    for element in list(tree.iter()):
        _set_operator(element)
        if _name(element) in _ROWS:
            _set_row(element)
            _set_fences(element)
    return tree


def _set_operator(element: ET.Element) -> None:
    """Names of functions, infinity and dots are no operators; a slash and bars keep close to their neighbours."""
    if _name(element) == "mo" and element.text in _FUNCTIONS | {"∞", "…", "⋯"}:
        element.tag, element.attrib = f"{{{_SPACE}}}mi", {}
    if _name(element) == "mi" and element.text == "±":
        element.tag = f"{{{_SPACE}}}mo"
    if _name(element) == "mo" and element.text in ("/", "|", "‖"):
        element.attrib.update(lspace="0", rspace="0")


def _set_row(row: ET.Element) -> None:
    """Space names of functions as TeX does; a sign after a bracket or a relation is no subtraction; := is one sign."""
    previous = None
    for element in list(row):
        after_operator = previous is None or (_name(previous) == "mo" and previous.text not in tuple(")]}|‖⟩⌉⌋′!"))
        if _name(element) == "mo" and element.text in ("−", "+", "±") and after_operator:
            element.attrib.update(form="prefix", lspace="0", rspace="0")
        if _name(element) == "mo" and element.text == "=" and previous is not None and previous.text == ":":
            row.remove(previous)
            element.text = ":="
        elif previous is not None and (
                (_is_function(previous) and _name(element) not in ("mo", "mspace"))
                or (_is_function(element) and _name(previous) not in ("mo", "mspace"))):
            row.insert(list(row).index(element), ET.Element(f"{{{_SPACE}}}mspace", width="0.167em"))
        previous = element


def _set_fences(row: ET.Element) -> None:
    """Put an enlarged pair of brackets under its exponent as a whole, since each of the two stretches with its row."""
    for script in [child for child in row if _name(child) in ("msup", "msub", "msubsup")]:
        if "minsize" not in script[0].attrib or script[0].text not in tuple(")]}|‖⟩⌉⌋"):
            continue
        children, depth = list(row), 1
        for start in range(children.index(script) - 1, -1, -1):
            if "minsize" in children[start].attrib:
                depth -= 1 if children[start].text in tuple("([{|‖⟨⌈⌊") else -1
            if depth == 0:
                whole = ET.Element(f"{{{_SPACE}}}mrow")
                whole.extend([*children[start:children.index(script)], script[0]])
                for child in children[start:children.index(script)]:
                    row.remove(child)
                script[0] = whole
                break


def _pieces(tree: ET.Element) -> list[ET.Element]:
    """Return a long inline formula in parts, so that a line may end after a relation, as in TeX."""
    row = tree[0] if len(tree) == 1 and _name(tree[0]) == "mrow" else tree
    if len(_text(tree)) < LONG:
        return [tree]
    parts, depth = [[]], 0
    for element in row:
        parts[-1].append(element)
        scripted = _name(element) in ("msup", "msub", "msubsup") and _name(element[0]) == "mo"
        text = element[0].text if scripted else element.text if _name(element) == "mo" else None
        depth += (text in tuple("([{⟨⌈⌊")) - (text in tuple(")]}⟩⌉⌋"))
        if scripted:
            continue
        if depth == 0 and text in _RELATIONS:
            element.attrib.update(form="infix", lspace="0.2778em", rspace="0.2778em")
            parts.append([])
        elif depth == 0 and text in (",", ";"):
            element.attrib.update(rspace="0.2em")
            parts.append([])
    made = []
    for part in filter(None, parts):
        made.append(ET.Element(tree.tag, tree.attrib))
        ET.SubElement(made[-1], f"{{{_SPACE}}}mrow").extend(part)
    return made


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
    return re.sub(r"\s+", " ", _text(_tree(tex, "inline"))).strip()


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

"""Runs of words: measured one by one, set in lines as a browser would, written back as HTML."""

import re
from dataclasses import dataclass, replace
from html import escape

from bs4 import NavigableString, Tag

from publishing import mathml
from publishing.slides.lines import break_lines
from publishing.slides.measure import math_box, text_width

ASCENT, DESCENT = 1.0, 0.34
"""A line of text takes this much above and below its baseline, in em: the style sheet's line height is 1.34."""

_TAGS = {"em": "em", "i": "em", "strong": "strong", "b": "strong", "code": "code", "a": "a"}
_ABBREVIATIONS = ("e.g.", "i.e.", "vs.", "cf.", "resp.", "Thm.", "Prop.", "Cor.", "App.", "Fig.", "Sec.", "Def.", "no.",
                  "al.", "Eq.", "approx.", "ed.")


@dataclass(frozen=True)
class Word:
    """What a line cannot break inside: parts of (style, HTML), a size in pixels, and the gap before it."""

    parts: tuple[tuple[tuple[str, ...], str], ...]
    text: str
    width: float
    ascent: float
    descent: float
    gap: str = " "

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence may end here."""
        bare = self.text.rstrip("\"”’)")
        return bare.endswith((".", "?", "!", "∎", "◻")) and not bare.endswith(_ABBREVIATIONS)


def scaled(word: Word, factor: float) -> Word:
    """Return a word as it measures in another size of type."""
    return replace(word, width=word.width * factor, ascent=word.ascent * factor, descent=word.descent * factor)


@dataclass(frozen=True)
class Formula:
    """A displayed formula: one line or several."""

    html: str
    height: float


def pieces(node: Tag, formulas: dict[str, str], size: float, width: float) -> list[Word | Formula]:
    """Return the content of an element as words and displayed formulas, measured at ``size`` pixels.

    Parameters
    ----------
    formulas : dict
        TeX by the number of its placeholder ``<x-math n=... display=...>``.
    width : float
        Pixels that a line has.
    """
    found: list[Word | Formula] = []
    _walk(node, (), formulas, size, width, found, [True])
    return found


def _walk(node, style, formulas, size, width, found, spaced):
    for child in node.children:
        if isinstance(child, NavigableString):
            _text(str(child), style, size, found, spaced)
        elif child.name == "x-math":
            _formula(formulas[child["n"]], child["display"], style, size, width, found, spaced)
        elif child.name == "br":
            spaced[0] = True
        else:
            name = _TAGS.get(child.name)
            opened = f'a href="{escape(child.get("href", ""), quote=True)}"' if name == "a" else name
            _walk(child, (*style, opened) if opened else style, formulas, size, width, found, spaced)


def _text(text, style, size, found, spaced):
    for part in re.split(r"(\s+)", text):
        if not part:
            continue
        if part.isspace():
            spaced[0] = True
            continue
        face = ("semibold" if "strong" in style else "regular") if "em" not in style else (
            "semibolditalic" if "strong" in style else "italic")
        wide = 0.55 * len(part) if "code" in style else text_width(part, face)
        shown = escape(part, quote=False)
        _add(Word(((style, shown),), part, wide * size, ASCENT * size, DESCENT * size), found, spaced)


def _formula(tex, display, style, size, width, found, spaced):
    element = mathml.mathml(tex, display)
    if display == "block":
        found.append(displayed(element, size, width))
        spaced[0] = True
        return
    limit = 0.5 * width if math_box(element, size).width > 0.6 * width else width
    for i, line in enumerate(break_lines(element, lambda e: math_box(e, size).width <= limit)):
        box = math_box(line, size)
        word = Word(((style, mathml.html(line)),), mathml.plain(line), box.width, max(box.ascent, ASCENT * size),
                    max(box.descent, DESCENT * size), gap="<wbr>" if i else " ")
        if i:
            found.append(word)
        else:
            _add(word, found, spaced)


def displayed(element, size, width) -> Formula:
    """Return a displayed formula in as many lines as it needs; what has no place to break is set smaller."""
    lines = break_lines(element, lambda e: math_box(e, size).width <= 0.96 * width)
    shown, height = [], 0.0
    for line in lines:
        box = math_box(line, size)
        factor = min(1.0, 0.97 * width / box.width)
        if factor < 1:
            line.set("style", f"font-size: {factor:.3f}em")
        shown.append(mathml.html(line))
        height += (max(box.ascent + box.descent, size) + 0.35 * size) * factor
    return Formula('<div class="eq">' + "".join(shown) + "</div>", height + 0.3 * size)


def _add(word, found, spaced):
    if spaced[0] or not found or isinstance(found[-1], Formula):
        found.append(word)
    else:
        last = found[-1]
        found[-1] = replace(last, parts=last.parts + word.parts, text=last.text + word.text,
                            width=last.width + word.width, ascent=max(last.ascent, word.ascent),
                            descent=max(last.descent, word.descent))
    spaced[0] = False


def height(words: list[Word], size: float, width: float) -> float:
    """Return the height of words set in lines of a width."""
    return sum(above + below for above, below in _lines(words, size, width))


def _lines(words, size, width):
    lines, used, above, below = [], None, 0.0, 0.0
    for word in words:
        gap = (0.2 * size if word.gap == " " else 0.0) if used is not None else 0.0
        if used is not None and used + gap + word.width > width:
            lines.append((above, below))
            used, above, below = None, 0.0, 0.0
            gap = 0.0
        used = (used or 0.0) + gap + word.width
        above, below = max(above, word.ascent), max(below, word.descent)
    return [*lines, (above, below)] if used is not None else lines


def longest(words: list[Word], size: float) -> float:
    """Return the width of the words on one line."""
    return sum(word.width + (0.2 * size if word.gap == " " else 0) for word in words)


def html(words: list[Word]) -> str:
    """Return words as HTML; a formula stays on one line with its punctuation."""
    out, open_style = [], ()
    for i, word in enumerate(words):
        gap = word.gap if i else ""
        tied = len(word.parts) > 1 and "<math" in "".join(part for _, part in word.parts)
        if tied:  # a span cannot cross the borders of emphasis
            out.append(_change(open_style, ()) + gap + '<span class="tied">')
            inner: tuple[str, ...] = ()
            for style, part in word.parts:
                out.append(_change(inner, style) + part)
                inner = style
            out.append(_change(inner, ()) + "</span>")
            open_style = ()
            continue
        for j, (style, part) in enumerate(word.parts):
            shared = _shared(open_style, style)
            out.append(_change(open_style, shared) + (gap if j == 0 else "") + _change(shared, style) + part)
            open_style = style
    return "".join(out) + _change(open_style, ())


def _shared(old, new):
    n = 0
    while n < min(len(old), len(new)) and old[n] == new[n]:
        n += 1
    return old[:n]


def _change(old, new):
    kept = len(_shared(old, new))
    return "".join(f"</{tag.split()[0]}>" for tag in reversed(old[kept:])) + "".join(f"<{tag}>" for tag in new[kept:])


def sentences(words: list[Word]) -> list[list[Word]]:
    """Return the words split where a sentence ends and another begins.

    Examples
    --------
    >>> make = lambda text: Word((((), text),), text, 10, 1, 1)
    >>> [len(s) for s in sentences([make(t) for t in "One is 1. Two, e.g. 2, is two. Three".split()])]
    [3, 5, 1]
    """
    found: list[list[Word]] = [[]]
    for i, word in enumerate(words):
        found[-1].append(word)
        after = words[i + 1] if i + 1 < len(words) else None
        if after is not None and word.ends_sentence and _begins(after) and not _is_label(found[-1]):
            found.append([])
    return [words for words in found if words]


def _is_label(words):
    """Say of words whether they only name what follows, like Theorem 1 or Proof."""
    return len(words) <= 3 and all({"strong", "em"} & set(word.parts[0][0]) for word in words)


def _begins(word):
    style, part = word.parts[0]
    if word.text[:1] in "□◻∎":
        return False
    return part.startswith("<math") or "strong" in style or not word.text[:1].islower()


def plain(html: str) -> str:
    """Return HTML without its tags."""
    text = re.sub(r"<[^>]+>", "", html)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

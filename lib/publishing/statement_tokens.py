"""A plain text in tokens, and what each of them is."""

import re

from publishing.statement_letters import CLOSING, FUNCTIONS, NAMES, RELATIONS, SIGNS, greek

_PRODUCTS = frozenset(
    "AB BC BH BHn ab na tL tl HB Kq NN TH TL VH aH aK cH cN ck dN du eK en gB mH ml mn np rL sL sm sn st".split())  # noqa: SIM905
"""Two letters that are no word: a product, or a differential."""
BREAKS = re.compile(r"(?:depth d < H|probability 1 [-−] (?:delta|δ))\Z")
"""Where one formula follows another with nothing between them but a space, and no rule sees it."""

_TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<prose>https?://\S+ | \d{4}\.\d{5}(?:v\d)? | \w+\.(?:toml|json|md|py|v|csv|npz)\b
      | [a-z]+(?:_[a-z]+){2,} | \b\d\d-[a-f]\b | \bv\d\b | \bpp?\.\ \d+ | \blog1p\b | \bA4\b | \bW&B\b
      | (?<=\d\s)(?:s|ms|min)\b(?=[,;.]|$|\s(?:a|of|and|under|for|to)\b) | (?<!\w)\((?:i{1,3}|iv)\) | (?:[A-Za-z]\.){2,}
      | (?:Lemmas?|Theorems?|Thm|Prop|Proposition|Remark|Fig|Figure|Section|Appendix|Equation)\b\.?
        (?:\ (?:[A-Z](?![A-Za-z])\.?)?\d*(?:\.\d+)*(?:\([a-z]\))?(?![\w(]))?
      | (?<![A-Za-z])[A-Z]\.\d+ | \bT\d\b(?!\d)
      | (?<=[\w)\]}])-(?=[A-Za-z]{2}) [A-Za-z]+(?:-[A-Za-z]+)* | (?<=[A-Za-z]{2})-(?=[^\W\d]|\()
      | (?<![A-Za-z]{2})['’]s\b
      | (?<=\d)(?:st|nd|rd|th)\b)
  | (?P<at>(?:pass|Pass|fail|failure|maj)@)
  | (?P<number>[¼½¾⅓⅔⅛⅜⅝⅞] | (?:\d+|(?<![\w.])(?=\.\d))(?:,\d{3})*(?:\.\d+)?(?:e[−+-]?\d+)?)
  | (?P<letters>[^\W\d_\u0370-\u03ff²³¹\u2070-\u209cᶜℓ]{2,}
      (?:[-’'][^\W\d_\u0370-\u03ff²³¹\u2070-\u209c]{2,})*(?![\u0302\u0303\u0304\u0332])(?:['’]s\b|(?<=[a-z]{3})['’](?!\w))?)
  | (?P<letter>[^\W\d_²³¹\u2070-\u209cᶜ][\u0302\u0303\u0304\u0332]?\d*)
  | (?P<root>√)
  | (?P<script>[_^])
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᶜ⋆′″]+ | (?<=[A-Za-z\u0370-\u03ff\u0302\u0304'’])[*'’] | (?<=[A-Z])∞)
  | (?P<lowered>[₀₁₂₃₄₅₆₇₈₉₊₋]+)
  | (?P<sign><=|>=|->|\+-|\.\.\.|\.\.|\|\||.)
""", re.VERBOSE | re.DOTALL)


def cut(text):
    """Return (kind, text) of every token; kinds: space, words, article or what _TOKEN names, refined."""
    found = []
    for match in _TOKEN.finditer(text):
        kind, said = match.lastgroup, match.group()
        primed = kind == "letters" and said[-1] in "'’" and greek(said[:-1])
        found += [(kind, said[:-1]), ("raised", said[-1])] if primed else [(kind, said)]
    made, gone = [], 0
    for at in range(len(found)):
        kind, said = _refined(found, at)
        made.append(("break" if kind == "space" and BREAKS.search(text, 0, gone) else kind, said))
        gone += len(found[at][1])
    return _brackets(made)


def _refined(found, at):
    kind, text = found[at]
    before, after = found[at - 1] if at else ("space", ""), found[at + 1] if at + 1 < len(found) else ("space", "")
    if kind == "prose":
        return "words", text
    if kind == "letters":
        if before[0] == "script" or (before[0] == "number" and len(text) <= 2) or text in _PRODUCTS:
            return "letters", text
        if before[0] in ("letter", "raised") or (text == "By" and found[at - 2][1] == "="):
            return "letters", text
        if text == "KL" and after[1] == ")" and [token[1] for token in found[at - 2:at]] == ["/", "("]:
            return "letters", text
        if text == "sqrt":
            return "root", text
        if greek(text):
            return "letter", text
        if after[0] in ("script", "raised", "lowered") and text not in NAMES | FUNCTIONS and len(text) == 2:
            return "letters", text
        return ("function" if text in FUNCTIONS else "name" if text in NAMES else "words"), text
    if kind == "letter" and text == "A" and before[1] in '“"' and at and after[0] == "space":
        return "words", text
    if kind == "letter" and text in "aAI" and (before[0] == "space" or before[1] in "(“\""):
        following = found[at + 2] if at + 2 < len(found) else ("sign", ".")
        if at > 1 and (found[at - 2][0] == "sign" and found[at - 2][1] in "−-+/=" ):
            return kind, text
        if text == "A" and at > 1 and found[at - 2][1] not in ".:?;\"”":
            return kind, text
        article = following[0] in ("number", "letter", "at", "prose") or following[1] in '"“' or (
            following[0] == "letters" and following[1] not in ("in", "and", "or", "is", "at", "if"))
        if after[0] == "space" and (at + 2 == len(found) or article):
            return "words", text
    if kind == "letter" and text == "x" and 1 < at < len(found) - 2 and (
            found[at - 2][0] == found[at + 2][0] == "number"):
        return "sign", text
    if kind == "raised" and text == "∞":
        return "lowered", text
    if (kind == "sign" and text in ".,;:?!\"“”") or (kind == "sign" and text not in SIGNS):
        return "stop", text
    if kind == "sign" and text in CLOSING:
        return "open", text
    if kind == "sign" and text in CLOSING.values():
        return "close", text
    return kind, text


def _brackets(tokens):
    """Make brackets around prose, and those without a partner, words; words in the argument of a letter are text."""
    partner, stack = {}, []
    for at, (kind, text) in enumerate(tokens):
        if kind == "open":
            stack.append(at)
        elif kind == "close":
            for place in reversed(stack):
                if text in CLOSING[tokens[place][1]] or {text, tokens[place][1]} <= set("([)]"):
                    partner[place] = at
                    del stack[stack.index(place):]
                    break
    ends = {*partner, *partner.values()}
    made = [("words", text) if kind in ("open", "close") and at not in ends else (kind, text)
            for at, (kind, text) in enumerate(tokens)]
    for start in sorted(partner, reverse=True):
        end = partner[start]
        inside = made[start + 1:end]
        if start and made[start - 1][0] in ("letter", "letters", "name", "raised", "lowered", "script", "function"):
            made[start + 1:end] = [("text" if kind == "words" else kind, text) for kind, text in inside]
        elif any(kind == "words" for kind, _ in inside) or not (
                any(map(real, inside)) or _touched(made, start, end)):
            made[start], made[end] = ("words", made[start][1]), ("words", made[end][1])
    return made


def _touched(tokens, start, end):
    """Whether something touches a bracket with numbers only, or stands before it, so that it is part of a formula."""
    around = [tokens[at][0] for at in (start - 1, end + 1) if 0 <= at < len(tokens)]
    before = tokens[start - 2] if start > 1 else ("words", "")
    touching = ("letter", "script", "number", "raised", "root", "sign", "close", "open")
    return any(kind in touching for kind in around) or (
        before[0] in ("sign", "letter") or before[1] == "in") or (
        end + 2 < len(tokens) and tokens[end + 2][0] in ("function", "letter", "sign"))


def real(token):
    """Whether a token makes a formula of what it stands in; numbers, names and strokes do not."""
    kind, text = token
    return kind in ("letter", "letters", "at", "script", "raised", "lowered", "root") or (
        kind == "number" and "e" in text) or (kind == "sign" and text not in "/-−–|x·")


def says(tokens, start):
    """Whether a bracket holds a relation, and so is a remark beside a formula and not a factor."""
    depth = 0
    for kind, text in tokens[start:]:
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if depth == 0:
            return False
        if depth == 1 and text in RELATIONS:
            return True
    return False

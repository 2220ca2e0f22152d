"""Texts of the register, which are plain, as one would print them: words, and between them TeX by a fixed grammar.

A text is cut into tokens, tokens that are mathematics and stand together make a formula, and every token has its TeX.
No character is lost but parentheses that an index, a power or a root makes needless; tests/test_statements.py counts.
"""

import re
import unicodedata
from functools import cache
from html import escape

from publishing import formulas

_words = re.compile(r"\w+").findall
_LETTERS = _words("alpha beta gamma delta epsilon eps zeta eta theta kappa lambda lam mu nu xi pi rho sigma tau phi "
                  "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega")
_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
_FUNCTIONS = frozenset(_words("log ln exp min max inf sup cos cosh sin sinh tanh mod"))
_NAMES = frozenset(_words("Cov KL TV Bin Ber Beta Gamma Reg kl rank"))
_PRODUCTS = frozenset(_words("AB BC BH HB Kq NN TH TL VH aH aK cH cN ck dN du eK en gB mH ml mn np rL sL sm sn st"))
"""Two letters that are no word: a product, or a differential."""
_BREAKS = re.compile(r"(?<=depth d < H) |(?<=probability 1 − delta) |(?<=probability 1 - δ) |(?<=probability 1 − δ) ")
"""Where one formula follows another with nothing between them but a space, and no rule sees it."""

_RELATIONS = frozenset(["<=", ">=", "<", ">", "=", "≤", "≥", "∈", "≡", "~", "∝", "↦"])
_SIGNS = {
    "<=": r"\le ", ">=": r"\ge ", "->": r"\to ", "...": r"\dots ", "..": r"\,\ldots\,", "||": r"\|", "≤": r"\le ",
    "≥": r"\ge ", "→": r"\to ", "↦": r"\mapsto ", "∝": r"\propto ", "∈": r"\in ", "∞": r"\infty ", "‖": r"\|",
    "Σ": r"\sum ", "∏": r"\prod ", "∫": r"\int ", "−": "-", "–": "-", "-": "-", "·": r"\cdot ", "×": r"\times ",
    "±": r"\pm ", "≡": r"\equiv ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "~": r"\sim ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "ℓ": r"\ell ", "∥": r"\|", "∼": r"\sim ", "<": "<", ">": ">", "=": "=",
    "+": "+", "/": "/", "|": "|",
    "x": r"\times ", "{": r"\{", "}": r"\}", "(": "(", ")": ")", "[": "[", "]": "]", ",": ",", ";": ";",
    ":": ":", "!": "!",
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᶜ*⋆'’′″", [*"0123456789+-c", "*", r"\star ", *[r"\prime "] * 3, r"\prime\prime "],
                   strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True)) | {"∞": r"\infty "}
_CLOSING = {"(": ")", "[": "]", "{": "}", "⌈": "⌉", "⌊": "⌋"}

_TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<prose>https?://\S+ | \d{4}\.\d{5}(?:v\d)? | \w+\.(?:toml|json|md|py)\b | (?:[A-Za-z]\.){2,}
      | (?:Lemmas?|Theorems?|Thm|Prop|Proposition|Remark|Fig|Figure|Section|Appendix|Equation)\b\.?
        (?:\ (?:[A-Z](?![A-Za-z])\.?)?\d*(?:\.\d+)*(?![\w(]))?
      | (?<![A-Za-z])[A-Z]\.\d+ | \bT\d\b(?!\d)
      | (?<=[\w)\]}])-(?=[A-Za-z]{2}) [A-Za-z]+(?:-[A-Za-z]+)* | (?<=[A-Za-z]{2})-(?=[A-Z(])
      | (?<=\b[A-Za-z])'s\b | (?<=\d)'s\b
      | (?<=\d)(?:st|nd|rd|th)\b)
  | (?P<at>(?:pass|Pass|fail|failure)@)
  | (?P<letters>[^\W\d_\u0370-\u03ff²³¹\u2070-\u209cᶜℓ]{2,}
      (?:[-’'][^\W\d_\u0370-\u03ff²³¹\u2070-\u209c]{2,})*(?:['’]s\b|(?<=[a-z]{3})['’](?!\w))?)
  | (?P<letter>[^\W\d_²³¹\u2070-\u209cᶜ][\u0302\u0303\u0304]?\d*)
  | (?P<number>[¼½¾⅓⅔⅛⅜⅝⅞] | (?:\d+|(?<![\w.])(?=\.\d))(?:,\d{3})*(?:\.\d+)?(?:e[−-]?\d+)?)
  | (?P<root>√)
  | (?P<script>[_^])
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᶜ⋆′″]+ | (?<=[A-Za-z\u0370-\u03ff\u0302\u0304'’])[*'’] | (?<=[A-Z])∞)
  | (?P<lowered>[₀₁₂₃₄₅₆₇₈₉₊₋]+)
  | (?P<sign><=|>=|->|\.\.\.|\.\.|\|\||.)
""", re.VERBOSE | re.DOTALL)


def pieces(text: str) -> list[tuple[bool, str]]:
    r"""Return a text in pieces: (False, words) as they are, (True, TeX of a formula).

    Examples
    --------
    >>> pieces("a KL of at most 2 N, hence Cov_N(pihat) <= x^(-1/2) log(K_eps/delta)")[1::2]
    [(True, '2N'), (True, '\\mathrm{Cov}_{N}(\\hat{\\pi})\\le x^{-1/2}\\log (K_{\\varepsilon}/\\delta )')]
    >>> pieces("Best-of-N, a two-point pair")
    [(False, 'Best-of-'), (True, 'N'), (False, ', a two-point pair')]
    """
    tokens = _tokens(text)
    made: list[tuple[bool, str]] = []
    at = 0
    while at < len(tokens):
        end = _extent(tokens, at)
        if end > at:
            made.append((True, _tex(tokens[at:end])))
        else:
            end = at + 1
            made.append((False, tokens[at][1]))
        at = end
    joined: list[tuple[bool, str]] = []
    for math, part in made:
        if joined and not math and not joined[-1][0]:
            joined[-1] = (False, joined[-1][1] + part)
        else:
            joined.append((math, part))
    return joined


@cache
def on_board(text: str) -> str:
    """Return a text of the register as HTML: words escaped, formulas set by KaTeX.

    Examples
    --------
    >>> on_board("a tail & its mean")
    'a tail &amp; its mean'
    """
    return "".join(f'<span class="math">{formulas.html(part)}</span>' if math else escape(part, quote=False)
                   for math, part in pieces(text))


def _tokens(text):
    """Return (kind, text) of every token; kinds: space, words, article or what _TOKEN names, refined."""
    found = [(match.lastgroup, match.group()) for match in _TOKEN.finditer(text)]
    made, gone = [], 0
    for at in range(len(found)):
        made.append(("break" if _BREAKS.match(text, gone) else _refined(found, at)[0], _refined(found, at)[1]))
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
        if _greek(text):
            return "letter", text
        if after[0] in ("script", "raised", "lowered") and text not in _NAMES | _FUNCTIONS and len(text) == 2:
            return "letters", text
        return ("function" if text in _FUNCTIONS else "name" if text in _NAMES else "words"), text
    if kind == "letter" and text in "aAI" and (before[0] == "space" or before[1] in "(“\""):
        following = found[at + 2] if at + 2 < len(found) else ("sign", ".")
        if at > 1 and (found[at - 2][0] == "sign" and found[at - 2][1] in "−-+/=" ):
            return kind, text
        if text == "A" and at and found[at - 2][1] not in ".:":
            return kind, text
        if after[0] == "space" and (at + 2 == len(found) or following[0] in ("number", "letter", "at", "prose") or (
                following[0] == "letters" and following[1] not in ("in", "and", "or", "is", "at", "if"))):
            return "words", text
    if kind == "letter" and text == "x" and 1 < at < len(found) - 2 and (
            found[at - 2][0] == found[at + 2][0] == "number"):
        return "sign", text
    if kind == "raised" and text == "∞":
        return "lowered", text
    if (kind == "sign" and text in ".,;:?!\"“”") or (kind == "sign" and text not in _SIGNS):
        return "stop", text
    if kind == "sign" and text in _CLOSING:
        return "open", text
    if kind == "sign" and text in _CLOSING.values():
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
                if text in _CLOSING[tokens[place][1]] or {text, tokens[place][1]} <= set("([)]"):
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
                any(map(_real, inside)) or _touched(made, start, end)):
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


def _real(token):
    """Whether a token makes a formula of what it stands in; numbers, names and strokes do not."""
    kind, text = token
    return kind in ("letter", "letters", "at", "script", "raised", "lowered", "root") or (
        kind == "number" and "e" in text) or (kind == "sign" and text not in "/-−–|x")


def _extent(tokens, start):
    """Return the end of the formula that starts at a token; the start itself if there is none."""
    if tokens[start][0] in ("space", "stop", "words", "close", "break"):
        return start
    depth, end, at = 0, start, start
    while at < len(tokens):
        kind = tokens[at][0]
        if kind == "open":
            if depth == 0 and at > start and tokens[at - 1][0] == "space" and _says(tokens, at):
                break
            depth += 1
        elif kind == "close":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0 and (kind in ("words", "stop", "break") or (kind == "space" and _ends(tokens, start, at))):
            break
        at += 1
        if depth == 0 and kind != "space" and (kind != "function" or tokens[at - 3][1] in _RELATIONS):
            end = at
    while end > start and tokens[end - 1] in (("sign", "-"), ("sign", "−"), ("sign", "–")):  # a dash
        end -= 1
        while end > start and tokens[end - 1][0] == "space":
            end -= 1
    run = tokens[start:end]
    real = any(map(_real, run)) or any(
        one[0] == "function" and two[0] == "number" for one, two in zip(run, run[2:], strict=False))
    return end if real else start


def _says(tokens, start):
    """Whether a bracket holds a relation, and so is a remark beside a formula and not a factor."""
    depth = 0
    for kind, text in tokens[start:]:
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if depth == 0:
            return False
        if depth == 1 and text in _RELATIONS:
            return True
    return False


def _ends(tokens, start, space):
    """Whether a formula ends at a space: before a second number, or before E after a number that something equals."""
    if tokens[space - 1][0] != "number" or space + 1 == len(tokens):
        return False
    return tokens[space + 1][0] == "number" or (tokens[space + 1][1] == "E" and _mean(tokens, space + 1) and (
        space - 1 == start or tokens[space - 3][1] == "="))


def _tex(tokens):
    """Return the TeX of tokens that are a formula."""
    made, at = [], 0
    while at < len(tokens):
        kind, text = tokens[at]
        if kind == "space":
            around = [tokens[place] for place in (at - 1, at + 1) if 0 <= place < len(tokens)]
            if len(around) == 2 and all(kind not in ("sign", "stop", "function", "text") for kind, _ in around) and (
                    any(kind in ("name", "at") for kind, _ in around) or _mean(tokens, at - 1)
                    or around[1][1][0] == "d"):
                made.append(r"\,")
            at += 1
        elif kind in ("script", "raised", "lowered"):
            at, scripts = _scripts(tokens, at)
            made.append(scripts)
        elif kind == "root":
            at, inside = _operand(tokens, at + 1)
            made.append(rf"\sqrt{{{inside}}}")
        elif kind == "text":
            end = at
            while end < len(tokens) and tokens[end][0] in ("text", "space"):
                end += 1
            words = "".join(word for _, word in tokens[at:end])
            made.append(rf"\text{{{' ' * (tokens[at - 1][0] == 'space')}{words}}}")
            at = end
        else:
            made.append(_atom(kind, text, at + 1 < len(tokens) and _mean(tokens, at)))
            at += 1
    return "".join(made).strip()


def _mean(tokens, at):
    """Whether a token is the sign of an expectation or a probability: what it is of follows at once, or in brackets."""
    kind, text = tokens[at]
    if kind != "letter" or text not in ("E", "P") or at + 1 >= len(tokens):
        return False
    end = at + 1
    if tokens[end] == ("script", "_"):
        end, _ = _operand(tokens, end + 1, script=True)
    after, beyond = (tokens[place] if place < len(tokens) else ("stop", "") for place in (end, end + 1))
    if text == "P":
        return after[1] == "[" or (after[1] == "(" and _says(tokens, end))
    return after[1] in ("[", "||", "‖") or (after[1] == "(" and end == at + 1) or (
        after[0] == "space" and (beyond[0] in ("letter", "name", "function", "open") or beyond[1] in ("Σ", "∏")))


def _atom(kind, text, mean=False):
    if kind == "function":
        return r"\bmod " if text == "mod" else rf"\{text} "
    if kind in ("name", "at"):
        return rf"\mathrm{{{text}}}"
    if kind == "letters":
        return text
    if kind == "number" and unicodedata.normalize("NFKD", text) != text:
        return rf"\tfrac{{{'}{'.join(unicodedata.normalize('NFKD', text).split(chr(0x2044)))}}}"
    if kind == "number":
        plain, _, power = text.partition("e")
        value = plain.replace(",", "{,}")
        if not power:
            return value
        return ("" if plain == "1" else rf"{value}\cdot ") + f"10^{{{power.replace('−', '-')}}}"
    if kind == "letter":
        return rf"\mathbb{{{text}}}" if mean else _letter(text)
    return _SIGNS.get(text, text)


def _letter(text):
    """Return a letter with its mark, and digits as its index."""
    if greek := _greek(text):
        return greek
    if text[0] in _SIGNS and text[0] != "x":
        return _SIGNS[text[0]]
    text = unicodedata.normalize("NFD", text)
    base, rest = text[0], text[1:]
    mark, digits = ("", rest) if not rest or rest[0] not in _MARKS else (_MARKS[rest[0]], rest[1:])
    if "GREEK" in unicodedata.name(base):
        name = unicodedata.name(base).rsplit(" ", 1)[1].replace("LAMDA", "LAMBDA")
        base = _named(name.capitalize() if "CAPITAL" in unicodedata.name(base) else name.lower())
    made = rf"\{mark}{{{base.strip()}}}" if mark else base
    return made + (f"_{{{digits}}}" if digits else "")


def _greek(text):
    """Return the TeX of a Greek letter that is spelt out, with its mark; empty if it is none."""
    match = re.fullmatch(rf"({'|'.join(_LETTERS)}|[A-Z])(hat|bar|tilde)?", text)
    if not match or (len(match[1]) == 1 and not match[2]) or text in ("Gamma", "That", "What"):
        return ""
    letter = _named(match[1]) if len(match[1]) > 1 else match[1]
    return rf"\{match[2]}{{{letter.strip()}}}" if match[2] else letter


def _named(name):
    name = {"eps": "varepsilon", "epsilon": "varepsilon", "lam": "lambda"}.get(name, name)
    return rf"\{name} "


def _scripts(tokens, at):
    """Return where indices and powers end, and their TeX: all lower ones, then all upper ones."""
    lower, upper = [], []
    while at < len(tokens) and tokens[at][0] in ("script", "raised", "lowered"):
        kind, text = tokens[at]
        if kind == "raised":
            upper += [_RAISED[character] for character in text]
            at += 1
        elif kind == "lowered":
            lower += [_LOWERED[character] for character in text]
            at += 1
        else:
            at, inside = _operand(tokens, at + 1, script=True)
            (lower if text == "_" else upper).append(inside)
    return at, "".join(f"{sign}{{{''.join(parts).strip()}}}" for sign, parts in (("_", lower), ("^", upper)) if parts)


def _operand(tokens, at, script=False):
    """Return where what an index, a power or a root takes ends, and its TeX, without brackets around it."""
    if at >= len(tokens):
        return at, ""
    kind, text = tokens[at]
    if kind == "open" and text in "({":
        depth, end = 1, at + 1
        while depth:
            depth += {"open": 1, "close": -1}.get(tokens[end][0], 0)
            end += 1
        return end, _tex(tokens[at + 1:end - 1])
    if kind == "sign" and script and text in "-−<+":
        if text == "+":
            return at + 1, "+"
        at, inside = _operand(tokens, at + 1, script)
        return at, _SIGNS[text] + inside
    made = ""
    if kind == "number":
        made, at = _atom(kind, text), at + 1
        if script and at < len(tokens) and tokens[at][0] in ("letter", "letters"):
            kind, text = tokens[at]
    if kind in ("letter", "letters", "name", "function", "words", "raised") or text in "∞ℓ":
        word = (kind in ("letters", "name", "words", "function") and len(text) > 2) or text == "ref"
        made += (r"\infty " if text == "inf" else _greek(text) or rf"\mathrm{{{text}}}" if word else
                 _RAISED[text] if kind == "raised" else _letter(text) if kind == "letter" else
                 _SIGNS.get(text) or text)
        at += 1
    while script and kind == "letter" and at < len(tokens) and tokens[at][0] in ("letter", "letters"):
        made, at = made + _atom(*tokens[at]), at + 1
    marks = ""
    while script and at < len(tokens) and tokens[at][0] == "raised" and tokens[at][1] in ("*", "⋆", "'", "’", "′", "″"):
        marks, at = marks + _RAISED[tokens[at][1]], at + 1
    if marks:
        made = f"{made.strip()}^{{{marks.strip()}}}"
    elif not script and at < len(tokens) and tokens[at][0] in ("script", "raised", "lowered") and kind != "number":
        at, scripts = _scripts(tokens, at)
        made += scripts
    return at, made

"""Letters, names and signs of a plain text, and their TeX."""

import re
import unicodedata

_words = re.compile(r"\w+").findall
LETTERS = _words("alpha beta gamma delta epsilon eps zeta eta theta kappa lambda lam mu nu xi pi rho sigma tau phi "
                  "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega")
_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0332": "underline"}
_VARIANTS = str.maketrans("ϵϕϑϱµ", "εφθρμ")
FUNCTIONS = frozenset(_words("log ln exp min max inf sup cos cosh sin sinh tanh mod"))
NAMES = frozenset(_words("Cov KL TV Bin Ber Beta Gamma Reg kl rank"))
RELATIONS = frozenset(["<=", ">=", "<", ">", "=", "≤", "≥", "∈", "≡", "≈", "~", "∝", "↦"])
SIGNS = {
    "<=": r"\le ", ">=": r"\ge ", "->": r"\to ", "...": r"\dots ", "..": r"\,\ldots\,", "||": r"\|", "≤": r"\le ",
    "≥": r"\ge ", "→": r"\to ", "↦": r"\mapsto ", "∝": r"\propto ", "∈": r"\in ", "∞": r"\infty ", "‖": r"\|",
    "Σ": r"\sum ", "∏": r"\prod ", "∫": r"\int ", "−": "-", "–": "-", "-": "-", "·": r"\cdot ", "×": r"\times ",
    "±": r"\pm ", "+-": r"\pm ", "≈": r"\approx ", "≡": r"\equiv ",
    "⌈": r"\lceil ", "⌉": r"\rceil ", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "~": r"\sim ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "ℓ": r"\ell ", "∥": r"\|", "∼": r"\sim ", "<": "<", ">": ">", "=": "=",
    "+": "+", "/": "/", "|": "|",
    "x": r"\times ", "{": r"\{", "}": r"\}", "(": "(", ")": ")", "[": "[", "]": "]", ",": ",", ";": ";",
    ":": ":", "!": "!",
}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᶜ*⋆'’′″", [*"0123456789+-c", "*", r"\star ", *[r"\prime "] * 3, r"\prime\prime "],
                   strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True)) | {"∞": r"\infty "}
CLOSING = {"(": ")", "[": "]", "{": "}", "⌈": "⌉", "⌊": "⌋"}


def atom(kind, text, mean=False):
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
        return ("" if plain == "1" else rf"{value}\cdot ") + f"10^{{{int(power.replace('−', '-'))}}}"
    if kind == "letter":
        return rf"\mathbb{{{text}}}" if mean else letter(text)
    return SIGNS.get(text, text)


def letter(text):
    """Return a letter with its mark, and digits as its index."""
    if spelt := greek(text):
        return spelt
    if text[0] in SIGNS and text[0] != "x":
        return SIGNS[text[0]]
    text = unicodedata.normalize("NFD", text.translate(_VARIANTS))
    base, rest = text[0], text[1:]
    mark, digits = ("", rest) if not rest or rest[0] not in _MARKS else (_MARKS[rest[0]], rest[1:])
    if "GREEK" in unicodedata.name(base):
        name = unicodedata.name(base).rsplit(" ", 1)[1].replace("LAMDA", "LAMBDA")
        base = _named(name.capitalize() if "CAPITAL" in unicodedata.name(base) else name.lower())
    made = rf"\{mark}{{{base.strip()}}}" if mark else base
    return made + (f"_{{{digits}}}" if digits else "")


def greek(text):
    """Return the TeX of a Greek letter that is spelt out, with its mark; empty if it is none."""
    match = re.fullmatch(rf"({'|'.join(LETTERS)}|[A-Z])(hat|bar|tilde)?", text)
    if not match or (len(match[1]) == 1 and not match[2]) or text in ("Gamma", "That", "What"):
        return ""
    letter = _named(match[1]) if len(match[1]) > 1 else match[1]
    return rf"\{match[2]}{{{letter.strip()}}}" if match[2] else letter


def _named(name):
    name = {"eps": "varepsilon", "epsilon": "varepsilon", "lam": "lambda"}.get(name, name)
    return rf"\{name} "

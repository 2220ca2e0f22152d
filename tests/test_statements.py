"""Registered texts as mathematics: every formula is rendered, no character is lost, what is prose stays prose."""

import json
import re
import unicodedata
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from claimcheck.register import find_root, load_register
from publishing import formulas
from publishing.statement_tokens import BREAKS
from publishing.statements import on_board, pieces

ROOT = find_root(Path(__file__))
REGISTER = load_register(ROOT)
TEXTS = {f"{entry.id} {field}": getattr(entry, field) for entry in REGISTER.values()
         for field in ("statement", "hypotheses", "does_not_say")}

GREEK = {name: unicodedata.lookup(f"GREEK {case} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
         for case, names in (("SMALL", "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho "
                                       "sigma tau phi chi psi omega"),
                             ("CAPITAL", "Delta Theta Lambda Xi Pi Sigma Phi Psi Omega")) for name in names.split()}
GREEK |= {"eps": "ε", "lam": "λ"}
SPELT = re.compile(rf"(?<![A-Za-z])({'|'.join(sorted(GREEK, key=len, reverse=True))})"
                   r"(hat|bar|tilde)?(?![A-Za-z]|-[a-z])")
SAME = str.maketrans({
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᶜ₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-c0123456789+-", strict=True)),
    "−": "-", "–": "-", "⋆": "*", "★": "*", "∗": "*", "ϵ": "ε", "ϕ": "φ", "ϱ": "ρ", "ϑ": "θ", "∑": "Σ",
    "∣": "|", "∥": "‖",
    "′": "'", "∼": "~", "⋅": "·", "√": None, "(": None, ")": None, "{": None, "}": None, "_": None, "^": None,
    "\u0302": None, "\u0304": None, "\u0303": None, "\u2061": None, "ˉ": None, "¯": None, "×": "x",
    "…": None, "⋯": None,
    "\u2009": None, "\u200b": None, ".": None, "⟨": "<", "⟩": ">", "“": '"', "”": '"'})


def plain(text):
    """Return the characters that a reader must find again, in one alphabet: of a registered text."""
    text = SPELT.sub(lambda match: GREEK[match[1]], text)
    text = re.sub(r"\b(?!That|What)([A-Z])(?:hat|bar|tilde)\b", r"\1", text).replace("_inf", "∞").replace("sqrt", "")
    text = re.sub(r"(?<![\d.])1e([−-]?\d)", r"10\1", text)
    text = re.sub(r"(?<=\d)e([−-]?\d)", r"·10\1", text)
    text = text.replace("<=", "≤").replace(">=", "≥").replace("->", "→").replace("||", "‖").replace("″", "''")
    return letters(text)


def letters(text):
    return Counter(re.sub(r"\s", "", unicodedata.normalize("NFD", text).translate(SAME)))


def seen(html):
    """Return the characters that stand in the rendered text: of MathML, that is what is heard, for a formula."""
    html = re.sub(r'<annotation.*?</annotation>|<span class="katex-html".*?(?=<span class="math">|\Z)', cut, html,
                  flags=re.DOTALL)
    return letters(unescape(re.sub(r"<[^>]+>", "", html)).replace("″", "''"))


def cut(match):
    """What the eye sees of a formula ends where its box does; the words after it stay."""
    if match[0].startswith("<annotation"):
        return ""
    depth = 0
    for tag in re.finditer(r"<(/?)(?:span|svg|path)\b[^>]*?(/?)>", match[0]):
        depth += 0 if tag[2] else -1 if tag[1] else 1
        if depth == 0:
            return match[0][tag.end():]
    raise AssertionError("a box is not closed")


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_rendered_and_no_character_is_lost(name):
    html = on_board(TEXTS[name])
    assert seen(html) == plain(TEXTS[name])


def test_what_is_mathematics_in_a_statement_is_no_prose():
    signs = re.compile(r"[≤≥=<>∞√Σ∫‖^_α-ωΑ-Ω²³₀-₉\u0302]|\b(?:pi|theta|[PpN])hat\b")
    left = {name: signs.findall(words) for name, text in TEXTS.items() if name.endswith("statement")
            for math, words in pieces(text) if not math and signs.search(words)}
    assert left == {}


def test_words_are_no_mathematics():
    """A word of three letters or more stands in a formula only upright: a name, a label or a remark."""
    for name, text in TEXTS.items():
        for math, tex in pieces(text):
            if math:
                bare = re.sub(r"\\(?:text|mathrm|mathbb)\{[^}]*\}|\\[a-zA-Z]+", " ", tex)
                assert not re.search(r"[A-Za-z]{4,}", bare), f"{name}: {tex}"


@pytest.mark.parametrize(("text", "tex"), [
    ("pi_D(y|x)", r"\pi _{D}(y|x)"),
    ("Cov_{N e^τ}(π_ref)", r"\mathrm{Cov}_{Ne^{\tau}}(\pi _{\mathrm{ref}})"),
    ("σ*²/(Kλ)^(2/3)", r"\sigma _{\star}^{2}/(K\lambda )^{2/3}"),
    ("E Cov_N ≥ 1 − K^(−1/n)", r"\mathbb{E}\,\mathrm{Cov}_{N}\ge 1-K^{-1/n}"),
    ("E_γ ≤ E_{π_D}[π/π⋆]", r"E_{\gamma}\le \mathbb{E}_{\pi _{D}}[\pi /\pi ^{\star}]"),
    ("√(n + 1/4) ≥ √n", r"\sqrt{n+1/4}\ge \sqrt{n}"),
    ("pass@(k+n) < 1e−4", r"\mathrm{pass@}(k+n)<10^{-4}"),
    ("H = 16..4096", r"H=16\,\ldots\,4096"),
    ("V̂(v) = B̄ V*(v)", r"\hat{V}(v)=\bar{B}V^{*}(v)"),
    ("N_inf(rho)/delta", r"N_{\infty}(\rho )/\delta"),
])
def test_the_grammar(text, tex):
    assert pieces(text) == [(True, tex)]


@pytest.mark.parametrize("text", ["a two-point pair", "Best-of-three, at 1/2", "A KL above 10 (2, 4) of 1 %",
                                  "the log ratio",
                                  "That it is so: What is not known", "(a pair), a "])
def test_prose_stays_prose(text):
    assert pieces(text) == [(False, text)]


def test_places_where_one_formula_follows_another_are_in_the_register():
    text = " ".join(TEXTS.values())
    for rule in BREAKS.pattern.removesuffix(r")\Z").removeprefix("(?:").split("|", 1):
        assert re.search(f"{rule} ", text), rule


@pytest.mark.parametrize("spelt", ["1 - delta", "1 − delta", "1 - δ", "1 − δ"])
def test_a_probability_ends_before_the_formula_that_it_is_of(spelt):
    assert pieces(f"with probability {spelt} P(A) ≤ v")[1::2] == [(True, r"1-\delta"), (True, r"P(A)\le v")]


def test_a_formula_that_cannot_be_set_is_an_error():
    with pytest.raises(ValueError, match="TeX not understood"):
        formulas.html(r"\frac{1}{")


@pytest.mark.parametrize(("text", "formulas"), [
    ("exercises 05-a and 05-b", []), ("v2, p. 40: printed", []), ("notebook 04's bound", []),
    ("3.3 s\nof CPU; 18 min; for a \"run\"", []), ("(i) the first, (ii) the second", []), ("draws · none", []),
    ("log1p, expm1", []), ("kl_two_point_attained is in draws.v", []), ("one sheet of A4", []),
    ("top-p, pass-at-k", ["p", "k"]), ("\"A larger N is harder.\" A fail@k", ["N", r"\mathrm{fail@}k"]),
    ("0.12 s a step", []), ("2 min Cov_N", [r"2\min \mathrm{Cov}_{N}"]), ("a = 1e-09", ["a=10^{-9}"]),
    ("at N = 1e+200", ["N=10^{200}"]),
    ("fair +-B tokens", [r"\pm B"]), ("½ of ϵ ≈ 2", [r"\varepsilon \approx 2"]),
    ("B̲² and r_- only", [r"\underline{B}^{2}", "r_{-}"]),
    ("r_-² + r_-(H-1)", ["r_{-}^{2}+r_{-}(H-1)"]),
    ("1.99 B |theta - theta'|", [r"1.99B|\theta -\theta ^{\prime}|"]), ("(1.1 - ¼) a", [r"(1.1-\tfrac{1}{4})a"]),
])
def test_what_guide_labels_and_errata_write_is_told_apart(text, formulas):
    assert [tex for math, tex in pieces(text) if math] == formulas


def test_every_label_twin_witness_and_note_of_the_ledger_can_be_set():
    for entry in json.loads((ROOT / "references" / "ledger.json").read_text(encoding="utf-8"))["claims"]:
        texts = [check["label"] for check in entry["checks"]] + [tooth["change"] for tooth in entry["teeth"]]
        for text in [*texts, entry["slack_note"], entry["worst"]["witness"] if entry["worst"] else ""]:
            assert on_board(text) or not text, f"{entry['id']}: {text}"

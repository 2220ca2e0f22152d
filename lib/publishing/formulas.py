"""Formulas as HTML, made by KaTeX when a page is built, and as plain text: one conversion for the site and the slides.

KaTeX's stored release (assets/vendor/katex) runs in V8, which ``mini-racer`` brings for every platform and version of
Python; pylatexenc makes the plain text. Both are imported inside: the rest of the library needs neither.
"""

import atexit
import base64
import re
from functools import cache
from pathlib import Path

KATEX = Path(__file__).parent / "assets" / "vendor" / "katex"
STYLES = (KATEX / "katex.min.css", Path(__file__).parent / "assets" / "formulas.css")

_MARKS = re.compile(r"\\[{}\\]|[{}]|\\(?:left|right|qquad|begin|end)(?![a-zA-Z])")
"""What opens and closes a group, and what separates formulas; an escaped brace or a new row does neither."""

_RENDER = """function render(tex, displayMode) {
  try { return [katex.renderToString(tex, {displayMode, strict: "error"}), ""]; }
  catch (error) { return ["", error.message]; }
}"""


@cache
def _engine():
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    engine.eval((KATEX / "katex.min.js").read_text(encoding="utf-8"))
    engine.eval(_RENDER)
    atexit.register(engine.close)  # left to the end of the interpreter, it may wait for ever
    return engine


@cache
def html(tex: str, display: bool = False) -> str:
    r"""Return a formula as HTML, with MathML inside for who listens to it.

    Parameters
    ----------
    display : bool, optional
        Whether the formula stands on a line of its own. What ``\qquad`` separates there are formulas of their own:
        where they do not fit side by side, they stand one below the other.

    Raises
    ------
    ValueError
        If KaTeX does not understand it, or LaTeX would not; the message quotes it.

    Examples
    --------
    >>> html(r"\frac{1}{n}").startswith('<span class="katex"><span class="katex-mathml"><math')
    True
    >>> html(r"\nosuch{x}")
    Traceback (most recent call last):
    ValueError: TeX not understood: '\\nosuch{x}': KaTeX parse error: Undefined control sequence: \nosuch ...
    """
    if display and len(beside := parts(tex)) > 1:
        return '<span class="formulas">' + " ".join(html(part, True) for part in beside) + "</span>"
    made, error = _engine().call("render", tex, display)
    if error:
        raise ValueError(f"TeX not understood: {tex!r}: {error}".replace("\u0332", ""))  # it underlines the place
    return made


def parts(tex: str) -> list[str]:
    r"""Return what ``\qquad`` separates in a displayed formula, outside of braces and environments.

    Examples
    --------
    >>> parts(r"a=1,\qquad b=\frac12"), parts(r"\boxed{a\qquad b}"), parts(r"\left(a\qquad b\right)")
    (['a=1,', 'b=\\frac12'], ['\\boxed{a\\qquad b}'], ['\\left(a\\qquad b\\right)'])
    """
    found, depth, start = [], 0, 0
    for mark in _MARKS.finditer(tex):
        depth += (mark[0] in ("{", r"\left") or mark[0].startswith(r"\begin")) - (
            mark[0] in ("}", r"\right") or mark[0].startswith(r"\end"))
        if mark[0] == r"\qquad" and not depth:
            found.append(tex[start:mark.start()].strip())
            start = mark.end()
    return [part for part in (*found, tex[start:].strip()) if part]


@cache
def _reader():
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", strict_latex_spaces="based-on-source")


def plain(tex: str) -> str:
    r"""Return a formula, or text with TeX accents, as one line of text, for titles and search.

    Examples
    --------
    >>> plain(r"1/\log N"), plain(r"\mathrm{Cov}_N"), plain(r"{B}ayes' $f$-divergence by Verd{\'u}")
    ('1/log N', 'Cov_N', "Bayes' f-divergence by Verdú")
    """
    return re.sub(r"\s+", " ", _reader().latex_to_text(re.sub(r"\s+", " ", tex))).strip()


@cache
def style() -> str:
    """Return the style of formulas with KaTeX's fonts inside, for a page that stands alone."""
    return "".join(map(embedded, STYLES))


def embedded(sheet: Path) -> str:
    """Return a style sheet with its WOFF fonts inside, and without other references to files."""
    def source(match):
        found = re.search(r"url\(['\"]?([\w./-]+\.(woff2?))", match.group())
        data = found and base64.b64encode((sheet.parent / found[1]).read_bytes()).decode()
        return f"src:url(data:font/{found[2]};base64,{data})" if found else ""

    return re.sub(r"src:[^;}]*", source, sheet.read_text(encoding="utf-8"))

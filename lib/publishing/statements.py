"""Registered statements, which are plain text, as one would write them on a board."""

import re
import unicodedata
from html import escape

_GREEK = "alpha|beta|gamma|delta|epsilon|eps|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega"
_CAPITAL = "Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega"
_HATS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}


def on_board(statement: str) -> str:
    """Return a registered statement as HTML, with Greek letters, indices and powers as on a board.

    Examples
    --------
    >>> on_board("Cov_N(pihat) <= x^2 log(K_eps/delta)")
    'Cov<sub>N</sub>(π̂) ≤ x<sup>2</sup> log(K<sub>ε</sub>/δ)'
    """
    text = statement.replace("<=", "≤").replace(">=", "≥").replace("->", "→")
    text = re.sub(rf"(?<![A-Za-z])({_GREEK}|{_CAPITAL})(hat|bar|tilde)?(?![A-Za-z])", _letter, text)
    text = re.sub(r"\b([A-Z])hat\b", "\\1\u0302", text)
    return _indices(escape(text, quote=False))


def _letter(match):
    name = {"eps": "epsilon", "lambda": "lamda"}.get(match[1].lower(), match[1])
    case = "SMALL" if match[1].islower() else "CAPITAL"
    return unicodedata.lookup(f"GREEK {case} LETTER {name}") + _HATS.get(match[2], "")


_ATOM = (r"(\((?:[^()]|\([^()]*\))*\)|\{(?:[^{}]|\{[^{}]*\})*\}|[−-]?\d+\.\d+|[+⋆*](?![\w])"
         r"|&lt;\w+|∞|[−-]?[^\W_²³⁰¹₀-₉]+[\u0302-\u0304]?[⋆*′]?)")


def _indices(text):
    text = re.sub(r"(?<=[^\s(])\^" + _ATOM, lambda m: f"<sup>{_indices(_bare(m.group(1)))}</sup>", text)
    return re.sub(r"(?<=[^\s_(])_" + _ATOM, lambda m: f"<sub>{_indices(_bare(m.group(1)))}</sub>", text)


def _bare(text):
    return text[1:-1] if text[0] + text[-1] in ("()", "{}") else text

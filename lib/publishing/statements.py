"""Texts of the register, which are plain, as one would print them: words, and between them TeX by a fixed grammar.

A text is cut into tokens, tokens that are mathematics and stand together make a formula, and every token has its TeX.
No character is lost but parentheses that an index, a power or a root makes needless; tests/test_statements.py counts.
"""

import re
from functools import cache
from html import escape

from publishing import formulas
from publishing.statement_letters import RELATIONS
from publishing.statement_tex import mean, tex
from publishing.statement_tokens import cut, real, says

_KEPT = re.compile(r"(```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|</?[a-z][^>]*>|\*+)", re.DOTALL)
"""What is no plain text in Markdown."""


def pieces(text: str) -> list[tuple[bool, str]]:
    r"""Return a text in pieces: (False, words) as they are, (True, TeX of a formula).

    Examples
    --------
    >>> pieces("a KL of at most 2 N, hence Cov_N(pihat) <= x^(-1/2) log(K_eps/delta)")[1::2]
    [(True, '2N'), (True, '\\mathrm{Cov}_{N}(\\hat{\\pi})\\le x^{-1/2}\\log (K_{\\varepsilon}/\\delta )')]
    >>> pieces("Best-of-N, a two-point pair")
    [(False, 'Best-of-'), (True, 'N'), (False, ', a two-point pair')]
    """
    tokens = cut(text)
    made: list[tuple[bool, str]] = []
    at = 0
    while at < len(tokens):
        end = _extent(tokens, at)
        if end > at:
            made.append((True, tex(tokens[at:end])))
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
    """Return a text of the register or the ledger as HTML: words escaped, formulas set by KaTeX.

    Examples
    --------
    >>> on_board("a tail & its mean")
    'a tail &amp; its mean'
    """
    return "".join(f'<span class="math">{formulas.html(part)}</span>' if math else escape(part, quote=False)
                   for math, part in pieces(text))


def in_markdown(text: str) -> str:
    r"""Return Markdown without TeX with its formulas as TeX; code, links and formulas stay.

    Examples
    --------
    >>> in_markdown("**Board:** `Cov_N`, E Cov_N at $N$ [of N](x_1)")
    '**Board:** `Cov_N`, $\\mathbb{E}\\,\\mathrm{Cov}_{N}$ at $N$ [of N](x_1)'
    """
    parts = _KEPT.split(text)
    parts[::2] = ["".join(f"${said}$" if math else said for math, said in pieces(part))
                  if all(understood(said) for math, said in pieces(part) if math) else part for part in parts[::2]]
    return "".join(parts)


@cache
def understood(tex: str) -> bool:
    """Whether KaTeX understands what the grammar made; a text for which it does not stays as it is."""
    try:
        return bool(formulas.html(tex))
    except ValueError:
        return False


def _extent(tokens, start):
    """Return the end of the formula that starts at a token; the start itself if there is none."""
    if tokens[start][0] in ("space", "stop", "words", "close", "break"):
        return start
    depth, end, at = 0, start, start
    while at < len(tokens):
        kind = tokens[at][0]
        if kind == "open":
            if depth == 0 and at > start and tokens[at - 1][0] == "space" and says(tokens, at):
                break
            depth += 1
        elif kind == "close":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0 and (kind in ("words", "stop", "break") or (kind == "space" and _ends(tokens, start, at))):
            break
        at += 1
        if depth == 0 and kind != "space" and (kind != "function" or tokens[at - 3][1] in RELATIONS):
            end = at
    while end > start and tokens[end - 1][0] == "sign" and tokens[end - 1][1] in "-−–·" and (
            tokens[end - 2][0] != "script"):  # a dash, a dot between two texts
        end -= 1
        while end > start and tokens[end - 1][0] == "space":
            end -= 1
    run = tokens[start:end]
    if any(map(real, run)):
        return end
    applied = any(one[0] == "function" and two[0] == "number" for one, two in zip(run, run[2:], strict=False))
    return end if applied else start


def _ends(tokens, start, space):
    """Whether a formula ends at a space: before a second number, or before E after a number that something equals."""
    if tokens[space - 1][0] != "number" or space + 1 == len(tokens):
        return False
    return tokens[space + 1][0] == "number" or (tokens[space + 1][1] == "E" and mean(tokens, space + 1) and (
        space - 1 == start or tokens[space - 3][1] == "="))

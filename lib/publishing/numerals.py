"""Numbers as print has them: 20,820 and 2.1 × 10⁻⁵ where a program writes 2.082e+04 and 2.1e-05."""

import re
from html import escape

SMALLEST = -3
"""The least power of ten for which a number is written as a decimal fraction."""

_POWER = re.compile(r"(?<![\w.])(-?)(\d+(?:\.\d+)?)e([+-]?\d+)(?![\w.])")


def number(value: float | str) -> str:
    """Return a number with four digits as HTML; text as it is, escaped.

    Examples
    --------
    >>> number(0.73), number(20820.4), number(8.264e-05), number("a < b")
    ('0.73', '20,820', '8.264&nbsp;×&nbsp;10<sup>−5</sup>', 'a &lt; b')
    """
    if not isinstance(value, (int, float)):
        return escape(str(value))
    return typeset(f"{value:.4g}")


def typeset(html: str) -> str:
    """Return HTML in words of which the numbers with a power of ten are set; for lines that we made, not for code.

    Examples
    --------
    >>> typeset("at most 9.6e-08, of 2.082e+04; 1e-9, 1.59e-01, 7.5e+05")
    'at most 9.6&nbsp;×&nbsp;10<sup>−8</sup>, of 20,820; 10<sup>−9</sup>, 0.159, 7.5&nbsp;×&nbsp;10<sup>5</sup>'
    """
    return _POWER.sub(_set, html)


def _set(found):
    sign, digits, power = found[1].replace("-", "−"), found[2], int(found[3])
    figures = len(digits.replace(".", ""))
    if 0 <= power <= figures and figures <= power + 1:
        return f"{sign}{round(float(f'{digits}e{power}')):,}"
    if SMALLEST <= power < figures:
        return f"{sign}{float(f'{digits}e{power}'):.{figures - 1 - power}f}"
    factor = "" if digits == "1" else f"{digits}&nbsp;×&nbsp;"
    return f"{sign}{factor}10<sup>{str(power).replace('-', '−')}</sup>"

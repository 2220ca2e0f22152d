"""What stands against a formula stays on its line: the comma after it, the bracket before it, the rest of a word.

A formula that KaTeX has set is a row of boxes, and a browser may begin a line before and after a box whatever stands
there. So the first box goes into a span that does not break with what stands right before it, the last box into one
with what stands right after it; between the boxes lines begin as before.
"""

import re
from html import escape, unescape

from publishing.formulas import plain

_FORMULA = '<span class="katex"><span class="katex-mathml">'
_HEAD, _BOX = '<span class="katex-html" aria-hidden="true">', '<span class="katex-base">'
_AROUND = '<span class="math">'
_SPAN = re.compile(r"<span\b|</span>")
_BEFORE = re.compile(r"(?:&(?:amp|lt|gt|quot|#\w+);|[^\s<>&;—–]){1,24}\Z")
_AFTER = re.compile(r"(?:&(?:amp|lt|gt|quot|#\w+);|[^\s<>&—–]){1,24}[—–-]?")
_LINK = re.compile(r"<a\b(?![^>]*aria-label)(?P<about>[^>]*)>(?P<inside>.*?)</a>", re.DOTALL)
_TEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
_LAST = re.compile(r'(?<=\d) (?=%)|(?<=\S)\s(?=(?:<span [^>]*>)*(?:<math[^>]*><semantics><mrow><mi [^>]*>)?□)')
_CLOSED = re.compile(r"</(?:em|strong|i|b)>(?=[.,;:!?)\]])")


def tied(html: str) -> str:
    r"""Return a page, or a part of one, in which no line begins between a formula and what touches it.

    Formulas on a line of their own, and what is not a formula, stay as they are.

    Examples
    --------
    >>> from publishing.formulas import html
    >>> page = tied(f"<p>for N ({html('N')}), then</p>")
    >>> page[:35], page[-25:]
    ('<p>for N <span class="tied">(<span ', '</span>),</span> then</p>')
    >>> tied(html("N", display=True)) == html("N", display=True)
    True
    """
    made, at = [], 0
    while (start := html.find(_FORMULA, at)) >= 0:
        end = _end(html, start)
        before = html[at:start]
        if before.endswith('<span class="katex-display">'):
            made.append(html[at:end])
            at = end
            continue
        around = _AROUND * before.endswith(_AROUND)
        before = before.removesuffix(around)
        after = end + len("</span>") * bool(around)
        touches = _BEFORE.search(before, max(0, len(before) - 200))
        opening = touches[0] if touches else ""
        closed = _CLOSED.match(html, after)
        found = _AFTER.match(html, closed.end() if closed else after)
        made += [before.removesuffix(opening), _set(html[start:end], opening, found[0] if found else "", around),
                 closed[0] if closed else ""]
        at = found.end() if found else closed.end() if closed else after
    return "".join([*made, html[at:]])


def unbroken(html: str) -> str:
    """Return a page, or a part of one, in which a per cent sign and the end of a proof stay with what they follow.

    Examples
    --------
    >>> unbroken("<p>9.5 % are <i>left</i>. □</p><pre>5 %</pre>").replace(chr(160), "~")
    '<p>9.5~% are <i>left</i>.~□</p><pre>5 %</pre>'
    """
    parts = re.split(r"(<pre\b.*?</pre>)", html, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre") else _LAST.sub("\u00a0", part) for part in parts)


def named(html: str) -> str:
    r"""Return a page, or a part of one, in which a link whose whole text is a formula has a name, for who listens.

    Examples
    --------
    >>> from publishing.formulas import html
    >>> named(f'<a href="x">{html("N>1")}</a>')[:31]
    '<a href="x" aria-label="N&gt;1"'
    >>> named(f'<a href="x">at {html("N")}</a>')[:15]
    '<a href="x">at '
    """
    def one(link):
        rest, at, inside = "", 0, link["inside"]
        while (start := inside.find(_FORMULA, at)) >= 0:
            rest, at = rest + inside[at:start], _end(inside, start)
        if not at or re.sub(r"<[^>]*>|\s", "", rest + inside[at:]):
            return link[0]
        name = " ".join(plain(unescape(tex)) for tex in _TEX.findall(inside))
        return f'<a{link["about"]} aria-label="{escape(name)}">{inside}</a>'

    return _LINK.sub(one, html)


def _end(html, start):
    """Where the span that begins at a place ends."""
    depth = 0
    for found in _SPAN.finditer(html, start):
        depth += 1 if found[0] == "<span" else -1
        if not depth:
            return found.end()
    raise ValueError(f"a formula has no end: {html[start:start + 200]!r}")


def _set(formula, opening, ending, around):
    """One formula with what stands against it, in the wrapper that it had."""
    close = "</span>" if around else ""
    if not opening and not ending:
        return around + formula + close
    mathml, _, rest = formula.partition(_HEAD)
    first, *boxes = re.split(f"(?={_BOX})", rest.removesuffix("</span></span>"))
    boxes = [first + boxes[0], *boxes[1:]] if boxes else [first]
    listened = mathml.removeprefix('<span class="katex">')
    head = tail = ""
    if opening:
        head, listened = f'<span class="tied">{opening}{_row(listened, boxes.pop(0))}', ""
        if boxes or not ending:
            head += "</span>"
    if ending and not boxes:  # one box, tied to both sides
        return f"{around}{head}{ending}</span>{close}"
    if ending:
        last = boxes.pop()
        if not boxes and listened:
            return f'{around}<span class="tied">{_row(listened, last)}{ending}</span>{close}'
        tail = f'<span class="tied">{_row("", last)}{ending}</span>'
    middle = _row(listened, "".join(boxes)) if boxes else ""
    return f"{around}{head}{middle}{tail}{close}"


def _row(listened, boxes):
    return f'<span class="katex">{listened}{_HEAD}{boxes}</span></span>'

"""What a panel of the explorer is made of: controls, charts of marks, numbers; all as plain JSON.

Nothing is computed in the browser. A value that depends on controls is a table over their positions, ``{"by": [ids],
"v": nested lists}``; the page looks up the entry at the current positions. The leading axes of the table belong to the
controls, what is left is a number, or a curve.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

DIGITS = 6
"""Significant digits of every embedded number; four are shown."""

UP = 1 + 2e-8
"""Numbers are raised by so much before they are rounded: round-off of another machine moves none over a tie."""


ZERO = 1e-9
"""Regrets and distances below this are round-off or as good as none: they become zero, the same on every machine."""


def plain(value):
    """Return a number, string, array or nested list as JSON that a browser reads: ``DIGITS`` digits, infinity as text.

    Examples
    --------
    >>> plain([1.0, 2 / 3, np.inf, np.int64(4)])
    [1, 0.666667, 'inf', 4]
    >>> plain(0.00390625) == plain(0.00390625 * (1 - 1e-12)) == 0.00390625
    True
    """
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in (value.tolist() if isinstance(value, np.ndarray) else value)]
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    number = float(value)
    if math.isnan(number):
        raise ValueError("an explorer table holds NaN, expected numbers")
    if math.isinf(number):
        return "inf" if number > 0 else "-inf"
    if number.is_integer() and abs(number) < 1e15:
        return int(number)
    number = float(f"{number * UP:.{DIGITS}g}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def control(id: str, label: str, keys: Sequence, start, *, texts: Sequence[str] | None = None,
            kind: str = "slider") -> dict:
    """A slider or select over the positions ``keys``; ``texts`` is what the reader sees, ``start`` the first key.

    Raises
    ------
    ValueError
        ``start`` is not among the keys, or texts and keys differ in number.
    """
    keys = [str(plain(key)) for key in keys]
    texts = list(texts) if texts is not None else [count(key) for key in keys]
    if str(plain(start)) not in keys or len(texts) != len(keys):
        raise ValueError(f"control {id}: start {start!r} or {len(texts)} texts do not fit the keys {keys}")
    return {"id": id, "label": label, "keys": keys, "texts": texts, "start": keys.index(str(plain(start))),
            "kind": kind}


def table(by: str, values: ArrayLike) -> dict:
    """A value that depends on the controls named in ``by`` (in the order of the array's leading axes).

    Examples
    --------
    >>> table("n N", [[1, 2], [3, 4]])
    {'by': ['n', 'N'], 'v': [[1, 2], [3, 4]]}
    """
    return {"by": by.split(), "v": plain(values)}


def mark(kind: str, name: str, x, y, style: str = "black", **options) -> dict:
    """One mark: ``line``, ``step``, ``points`` (line with dots), ``dot``, ``across``, ``down``, ``block``.

    Steps are left-continuous, as coverage is in N; with ``after=True`` right-continuous.
    ``across`` is a horizontal line at ``y``, ``down`` a vertical one at ``x``, ``block`` a rectangle from the origin to
    the point. ``style`` names colour and dash; ``name`` is written next to the mark, where the empty string means no
    label. Options: a ``down`` mark with ``control=`` an id can be dragged; a ``secret`` mark is drawn only when the
    reader has guessed, a ``wide`` one only where there is room; a ``quiet`` one's name is not written into the picture,
    that of one with a ``tag`` (x, y) left of that point.
    """
    if kind not in ("line", "step", "points", "dot", "across", "down", "block"):
        raise ValueError(f"mark {name!r}: unknown kind {kind!r}")
    put = {axis: v if isinstance(v, dict) else plain(v) for axis, v in (("x", x), ("y", y)) if v is not None}
    return {"kind": kind, "name": name, "style": style, **put, **options}


def axis(label: str, low: float, high: float, *, log: bool = False, scale: str = "linear",
         ticks: ArrayLike | None = None) -> dict:
    """An axis with its label, a fixed range (so that curves move, not axes), and its ticks; linear, log or sqrt."""
    scale = "log" if log else scale
    if not low < high or (scale == "log" and low <= 0) or scale not in ("linear", "log", "sqrt"):
        raise ValueError(f"axis {label!r}: range {low:g}..{high:g}, scale {scale}")
    return {"label": label, "domain": plain([low, high]), "scale": scale, "ticks": plain(ticks)}


def chart(title: str, alt: str, x: dict, y: dict, marks: list[dict], note: dict | None = None) -> dict:
    """A picture: title, what it shows in words, two axes, marks; ``note`` is a table of remarks written on top."""
    return {"title": title, "alt": alt, "x": x, "y": y, "marks": marks, "note": note}


def number(label: str, value, unit: str = "", style: str = "black", none: str = "", *, secret: bool = False,
           power: bool = False) -> dict:
    """One entry in the row of current numbers; ``none`` is what stands there when there is no number.

    ``secret``: shown only when the reader has guessed. ``power``: the value is a power of ten's exponent.
    """
    return {"label": label, "value": value if isinstance(value, dict) else plain(value), "unit": unit, "style": style,
            "none": none, "secret": secret, "power": power}


def choose(question: str, options: list[tuple[str, str]], right: int) -> dict:
    """What the reader guesses before the truth is drawn: one of the options, each with the reply that it gets."""
    if not 0 <= right < len(options):
        raise ValueError(f"guess {question!r}: no option {right}")
    return {"kind": "choose", "question": question, "options": [text for text, _ in options],
            "replies": [reply for _, reply in options], "right": right}


def choose_level(question: str, *, chart: int, x: float, levels: ArrayLike, start: float, truth: float,
                 unit: str) -> dict:
    """The reader drags a knob at ``x`` in a chart up or down, over ``levels``, before the truth is drawn."""
    levels = plain(levels)
    if start not in levels:
        raise ValueError(f"guess {question!r}: start {start} is not among the levels")
    return {"kind": "level", "question": question, "chart": chart, "x": plain(x), "levels": levels,
            "start": levels.index(start), "truth": plain(truth), "unit": unit}


def panel(id: str, question: str, intro: str, controls: list[dict], charts: list[dict], numbers: list[dict],
          see: str, proofs: list[tuple[str, str, str]], guess: dict) -> dict:
    """A panel; ``proofs`` lists ``(number of a notebook, what it proves, how the section's heading
    begins)``. Every table must fit the controls.

    Raises
    ------
    ValueError
        A table names an unknown control, or its shape does not fit.
    """
    sizes = {entry["id"]: len(entry["keys"]) for entry in controls}
    for where, found in _tables({"charts": charts, "numbers": numbers}, id):
        check(where, found, sizes)
    return {"id": id, "question": question, "intro": intro, "controls": controls, "charts": charts,
            "numbers": numbers, "see": see, "proofs": proofs, "guess": guess}


def check(where: str, found: dict, sizes: dict[str, int]) -> None:
    """Raise unless the leading axes of a table are as long as its controls have positions."""
    level = [found["v"]]
    for name in found["by"]:
        if name not in sizes:
            raise ValueError(f"{where}: no control {name!r}")
        if any(not isinstance(entry, list) or len(entry) != sizes[name] for entry in level):
            raise ValueError(f"{where}: the axis of {name!r} does not have its {sizes[name]} positions")
        level = [entry for entries in level for entry in entries]


def _tables(node, where: str):
    if isinstance(node, dict) and "by" in node:
        yield where, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _tables(value, f"{where}.{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _tables(value, f"{where}[{i}]")


def count(key: str) -> str:
    """A number as a reader writes it, with separators of thousands.

    Examples
    --------
    >>> count("98304"), count("0.5")
    ('98,304', '0.5')
    """
    return f"{int(key):,}" if key.lstrip("-").isdigit() else key

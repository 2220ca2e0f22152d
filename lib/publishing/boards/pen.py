"""A pen that draws like a hand on a board, into SVG: 100 units wide, 56 high, y upwards."""

import random
import re
from collections.abc import Callable
from html import escape
from itertools import pairwise

SCALE = 6
"""Pixels of a unit."""

WIDTH, HEIGHT = 100, 56
COLOURS = {"ink": "currentColor", "blue": "#2b7bba", "red": "#d9541e", "green": "#1a9a6c", "grey": "#8a8a8a"}
"""Each is legible on white and on black."""


class Board:
    """One drawing; ``title`` is its text for who does not see it."""

    STYLE = "<style>svg.board{color:#222}@media(prefers-color-scheme:dark){svg.board{color:#eee}}</style>"

    def __init__(self, title: str):
        self.title, self.parts, self.hand = title, [], random.Random(title)

    def line(self, *points: tuple[float, float], c="ink", dash=False, w=2.0, arrow=False, fill=None) -> "Board":
        """Draw through points, as straight as a hand can; ``fill`` names the colour of the closed shape."""
        path = " ".join(f"{'L' if n else 'M'}{x * SCALE:.1f} {(HEIGHT - y) * SCALE:.1f}"
                        for n, (x, y) in enumerate(self._by_hand(points)))
        inner = f'fill="{COLOURS[fill]}" fill-opacity=".22"' if fill else 'fill="none"'
        dashes = ' stroke-dasharray="9 7"' if dash else ""
        self.parts.append(f'<path d="{path}" stroke="{COLOURS[c]}" stroke-width="{w}" {inner}{dashes}/>')
        if arrow:
            (x, y), (u, v) = points[-1], points[-2]
            size = max(((x - u) ** 2 + (y - v) ** 2) ** 0.5, 1e-9)
            e, f = 2 * (x - u) / size, 2 * (y - v) / size
            self.line((x - e - f * .6, y - f + e * .6), (x, y), (x - e + f * .6, y - f - e * .6), c=c, w=w)
        return self

    def curve(self, f: Callable[[float], float], a: float, b: float, **style) -> "Board":
        """Draw the graph of a function between two places."""
        return self.line(*((a + (b - a) * k / 24, f(a + (b - a) * k / 24)) for k in range(25)), **style)

    def axes(self, x_label="", y_label="", x=8, y=8, to_x=96, to_y=52) -> "Board":
        """Draw two arrows with their names."""
        self.line((x, y), (to_x, y), arrow=True).line((x, y), (x, to_y), arrow=True)
        return self.text(to_x, y - 5, x_label, anchor="end").text(x + 2, to_y - 1.5, y_label)

    def box(self, x: float, y: float, w: float, h: float, **style) -> "Board":
        """Draw a rectangle from its lower left corner."""
        return self.line((x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y), **style)

    def ring(self, x: float, y: float, r: float, **style) -> "Board":
        """Draw a circle."""
        from math import cos, pi, sin

        return self.line(*((x + r * cos(pi * k / 12), y + r * sin(pi * k / 12)) for k in range(25)), **style)

    def dot(self, x: float, y: float, c="ink", r=.9) -> "Board":
        """Draw a full dot."""
        self.parts.append(f'<circle cx="{x * SCALE:.1f}" cy="{(HEIGHT - y) * SCALE:.1f}" r="{r * SCALE:.1f}" '
                          f'fill="{COLOURS[c]}"/>')
        return self

    def text(self, x: float, y: float, words: str, c="ink", size=3.4, anchor="start") -> "Board":
        """Write; ``_N`` and ``^{-a}`` stand lower and higher."""
        if words:
            self.parts.append(f'<text x="{x * SCALE:.1f}" y="{(HEIGHT - y) * SCALE:.1f}" fill="{COLOURS[c]}" '
                              f'font-size="{size * SCALE:.1f}" text-anchor="{anchor}">{_raised(words, size)}</text>')
        return self

    def table(self, x: float, y: float, columns: list[float], rows: list[list[str]], step=6.5, c="ink") -> "Board":
        """Write rows of a table downwards, a line under the first."""
        for number, row in enumerate(rows):
            for place, cell in zip(columns, row, strict=True):
                self.text(x + place, y - step * number, cell, c=c)
        return self.line((x - 1, y - 2), (x + columns[-1] + 14, y - 2), w=1.4)

    def svg(self) -> str:
        """Return the drawing."""
        body = "\n".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" class="board" width="420" '
                f'viewBox="0 0 {WIDTH * SCALE} {HEIGHT * SCALE}" '
                f'role="img" font-family="system-ui, sans-serif" stroke-linecap="round" stroke-linejoin="round">'
                f"<title>{escape(self.title)}</title>{self.STYLE}\n{body}\n</svg>\n")

    def _by_hand(self, points):
        """The points with more between them, each moved a little but the ends."""
        made = [points[0]]
        for (x, y), (u, v) in pairwise(points):
            steps = max(1, round(((u - x) ** 2 + (v - y) ** 2) ** 0.5 / 7))
            made += [(x + (u - x) * k / steps + self.hand.uniform(-.16, .16),
                      y + (v - y) * k / steps + self.hand.uniform(-.16, .16)) for k in range(1, steps + 1)]
        return made


def _raised(words, size):
    """Text with lower and raised parts as SVG."""
    made = ""
    for part in re.split(r"([_^](?:\{[^}]*\}|\w))", words):
        if re.match(r"[_^](\{|\w)", part) and len(part) > 1:
            by = size * SCALE * (0.25 if part[0] == "_" else -0.38)
            small = f'font-size="{size * SCALE * .7:.1f}"'
            made += (f'<tspan dy="{by:.1f}" {small}>{escape(part[1:].strip("{}"))}</tspan>'
                     f'<tspan dy="{-by:.1f}">\u200b</tspan>')
        else:
            made += escape(part)
    return made

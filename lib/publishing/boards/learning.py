"""Boards of notebooks 04 and 05: why maximum likelihood has coverage."""

from math import sqrt

from publishing.boards import DRAWN, board
from publishing.boards.pen import Board


@board("04", "The question, in a picture")
def _(b):
    """Many switches; one was never on in the sample, and the candidate that forgot it wins."""
    for row in range(3):
        for k in range(12):
            off = (row, k) == (1, 7)
            b.box(6 + 7 * k, 40 - 10 * row, 5, 6, c="red" if off else "ink")
            if not off:
                b.line((8.5 + 7 * k, 42 - 10 * row), (8.5 + 7 * k, 45 - 10 * row), c="blue", w=3)
    b.text(6, 49, "500 switches, each on with probability ε")
    b.text(6, 12, "never on in the sample: forget it, and be likelier", c="red").text(6, 5, "mass ε, at every N")


@board("04", "The smallest example: two candidates")
def _(b):
    """An event in a box; all n samples lie outside it, and exactly then the rival wins."""
    b.box(8, 10, 84, 36).box(70, 26, 18, 16, c="red", fill="red").text(79, 33, "A", anchor="middle")
    for x, y in ((14, 38), (22, 20), (31, 31), (40, 16), (48, 38), (56, 24), (63, 15), (18, 29), (36, 41)):
        b.dot(x, y)
    b.text(8, 49, "n samples, none in A: probability (1 − a)^n").text(
        8, 4, "rival: “A never happens”. KL = ∞, Cov_N = a", c="red"
    )


@board("04", "One exponential moment, and Hellinger distance")
def _(b):
    """Three lines under one another: the moment, its n-th power, and the rule that calls a candidate bad."""
    b.text(50, 44, "A_s = Σ P^{1-s} π^s", anchor="middle", size=4.4).line((50, 40), (50, 34), arrow=True)
    b.text(50, 28, "n samples: A_s^n", anchor="middle", size=4.4).line((50, 24), (50, 18), arrow=True)
    b.text(50, 11, "bad if A_s^n < δ / M", anchor="middle", size=4.4, c="red").text(
        50, 4, "M of them: together less than δ", anchor="middle"
    )


@board("04", "Coverage, with the best constant")
def _(b):
    """The constant against N falls towards one; the route by Hellinger distance stays above two."""
    b.axes("N", "constant")
    b.curve(lambda x: 14 + 200 / (x - 3), 9, 92, c="blue").text(94, 12, "1/φ*(N), towards 1", c="blue", anchor="end")
    b.curve(lambda x: 24 + 170 / (x - 2), 11, 92, c="red", dash=True).text(
        94, 30, "by Hellinger, towards 2", c="red", anchor="end"
    )
    b.text(14, 46, "23.2365 at N = 2", size=3).text(30, 23.5, "3.3872 at 16", size=3)


@board("05", "The question, in one picture")
def _(b):
    """Straight lines through one corner against the square root of n, steeper for larger N; the KL route stays flat."""
    b.axes("√n", "log E Cov_N")
    for slope, word, x in ((0.45, "N = 2", 86), (0.9, "4", 55), (1.7, "16", 33), (3.2, "256", 21), (6, "65536", 12.6)):
        end = min(88, 8 + 38 / slope)
        b.line((8, 48), (end, 48 - slope * (end - 8)), c="blue").text(
            x, 4 if slope > 0.5 else 15, word, c="blue", size=2.8, anchor="middle"
        )
    b.curve(lambda x: 50 - 2.2 * sqrt(x - 8), 9, 92, c="red", dash=True).text(60, 37, "by way of KL", c="red")


@board("05", "The smallest example: two samples")
def _(b):
    """Two alarm clocks on one time line: the miss is that the slow one is still silent log N after the fast one."""
    b.line((6, 26), (94, 26), arrow=True).text(94, 20, "time", anchor="end")
    for x, word, c in ((26, "Y, rate 2", "blue"), (82, "X, rate 1", "red")):
        b.ring(x, 36, 5, c=c).line((x, 36), (x, 40), c=c).line((x, 36), (x + 2.6, 36), c=c).line((x, 26), (x, 31), c=c)
        b.text(x, 44, word, c=c, anchor="middle")
    b.line((26, 22), (66, 22), arrow=True).text(46, 16, "log N", anchor="middle")
    b.text(6, 6, "P[X ≥ log N + Y] = 1/N · 2/(2 + 1)")


@board("05", "The golden-ratio law")
def _(b):
    """A rectangle of area n whose sides a and b differ by one."""
    b.box(10, 14, 38, 28, c="blue", fill="blue").text(29, 27, "ab = n", anchor="middle").text(
        29, 8, "b", anchor="middle"
    ).text(5, 27, "a")
    b.line((38, 46), (48, 46), c="red").text(43, 48.4, "1", c="red", anchor="middle")
    b.text(55, 42, "1 − t(t + 1)/n").text(57, 35, "= (1 − t/a)(1 + t/b)")
    b.text(55, 24, "E Cov_N = b/(a + b) N^{-a}", c="blue").text(55, 14, "n = 1: golden ratio", c="grey")


@board("05", "Why: overfitting is a budget of nats")
def _(b):
    """A purse of 0.811 nats with two price tags; beside it the profile over log N, its area shaded."""
    b.ring(16, 30, 10, c="green", fill="green").text(16, 29, "0.811", anchor="middle").text(
        16, 15, "nats earned", anchor="middle", size=3
    )
    b.text(32, 36, "N = 2: 0.693", c="blue").text(32, 28, "bought", c="blue", size=3)
    b.text(32, 20, "N = 4: 1.386", c="red").text(32, 12, "too dear", c="red", size=3)
    b.axes("log N", "Cov_N", x=60)
    b.line((60, 8), *((x, 8 + 200 / (x - 54)) for x in range(60, 94, 3)), (93, 8), c="blue", fill="blue").text(
        65, 9.4, "≤ budget", size=3
    )


@board("05", "A real learner beside the law")
def _(b):
    """Three straight lines with marks on them, for ranks 2, 4 and 5; a dotted one far above, for 13 weights."""
    b.axes("√n", "log E Cov_4")
    for d, top, slope, c in ((2, 40, 0.34, "blue"), (4, 44, 0.28, "green"), (5, 46.5, 0.24, "red")):
        b.line((12, top), (88, top - 76 * slope), c=c).text(89, top - 76 * slope - 1, f"d = {d}", c=c, size=3)
        for x in (20, 38, 56, 74):
            b.dot(x, top - slope * (x - 12), c=c)
    b.line((30, 48.9), (88, 42), c="grey", dash=True).text(62, 48, "13 weights: no", c="grey")


BOTH = Board(
    "Two blocks of equal area over log N: a miss by a factor N is wide and low, a miss by a small one narrow and high."
)
"""The plan tail-45 in one line."""
BOTH.axes("log N", "Cov_N", to_y=50)
BOTH.box(8, 8, 21, 32, c="blue", fill="blue").box(8, 8, 63, 10.7, c="red", fill="red")
BOTH.text(31, 34, "miss by 2: cheap, may be common", c="blue").text(
    31, 21, "miss by 65536: dear, so it is rare", c="red"
)
BOTH.text(23, 45, "equal areas (not to scale): what overfitting earns", size=3)
DRAWN["tail-in-one-line.svg"] = BOTH

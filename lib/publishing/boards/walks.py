"""Boards of notebooks 20 and 22: a walk on a tree of prefixes, its errors and its time."""

from publishing.boards import board


def tree(b, places, edges, **style):
    """Draw the edges of a tree, each with its own width."""
    for start, end, width in edges:
        b.line(places[start], places[end], w=width, **style)


@board("20", "The question in one picture")
def _(b):
    """Prefixes with the same last letter and no e so far are one box: a strip of boxes a level instead of a tree."""
    for x, word in ((6, "h = 1"), (38, "h = 2"), (70, "h = 3")):
        b.text(x + 8, 48, word, anchor="middle", size=3)
        for k, letter in enumerate(("a", "b", "z")):
            b.box(x, 34 - 12 * k, 16, 8).text(x + 8, 36.8 - 12 * k, f"last {letter}", anchor="middle", size=3)
    for x in (22, 54):
        for k in range(3):
            for j in range(3):
                b.line((x + 1, 38 - 12 * k), (x + 15, 38 - 12 * j), c="grey", w=1)
    b.text(6, 2.5, "no e so far: 27 H boxes, not 27^H prefixes")


@board("20", "The smallest example")
def _(b):
    """The four outcomes of two roll-outs with their probabilities and mean times; right values need 4."""
    rows = [["values of a, b", "how often", "moves"], ["1, 1", "4/9", "5"], ["1, ½", "2/9", "35/8"],
            ["½, 1", "2/9", "35/8"], ["½, ½", "1/9", "7/2"]]
    b.table(8, 47, [0, 36, 64], rows)
    b.text(8, 12, "mean 41/9 = 4.56; true values: 4", c="red")
    b.text(8, 4.6, "½, ½ is wrong and quicker: it goes back less", c="blue", size=3)


@board("20", "The law is right, and errors count on average")
def _(b):
    """Mean time is a resistance times a sum of voltages; the two factors and the averages that bound them."""
    b.text(50, 47, "time to the first response", anchor="middle")
    b.text(50, 38, "R  ×  Σ B u", anchor="middle", size=4.6)
    b.line((44, 35), (28, 27), arrow=True, c="blue").line((55, 35), (72, 27), arrow=True, c="red")
    b.text(26, 21, "R ≤ energy of π⋆", c="blue", anchor="middle").text(26, 14, "= Σ b_h / Z", c="blue", anchor="middle")
    b.text(74, 21, "ΣB, as u ≤ 1", c="red", anchor="middle").text(74, 14, "= Z (2 Σ a_h - 1)", c="red", anchor="middle")
    b.text(50, 4, "Z cancels; a, b are averages: both 1 for true values", anchor="middle", size=3)


@board("20", "Assumptions that do not suffice")
def _(b):
    """A fan of words with one needle; the values inside are equal down to a few letters before the end."""
    b.line((50, 50), (8, 10), (92, 10), (50, 50)).line((27, 28), (73, 28), c="grey", dash=True)
    b.text(5, 46, "values all equal:", size=3).text(5, 41, "blind", size=3)
    b.text(75, 29, "b letters", c="grey", size=2.8)
    b.line((50, 50), (47, 40), (58, 28), (62, 20), (66, 10), c="red", w=1.4).dot(66, 10, c="red", r=1.2)
    b.text(66, 3.6, "needle: 1 of d^H", c="red", anchor="middle").text(24, 16, "all others", c="grey", size=3)
    b.text(66, 46, "look at q nodes:", size=3).text(66, 40, "(q + 1)/d^b")


@board("22", "The question, in one picture")
def _(b):
    """Three ways to read a sample off one walk: the first response, a fixed time and again, response after response."""
    for y, word, c in ((44, "first response: biased", "blue"), (28, "fixed time, again and again", "red"),
                       (12, "response after response", "green")):
        b.text(8, y + 4.5, word, c=c, size=3).line((8, y), (94, y), c="grey", w=1.4)
    b.line((8, 44), (30, 44), c="blue", w=4, arrow=True).dot(32, 44, c="blue", r=1.4).text(64, 46, "H^2 κ^2", c="blue")
    for k in range(3):
        b.line((9 + 22 * k, 28), (29 + 22 * k, 28), c="red", w=4, arrow=True)
    b.text(30.5, 21.6, "no", anchor="middle", size=3).text(52.5, 21.6, "no", anchor="middle", size=3)
    b.text(74, 21.6, "yes", anchor="middle", size=3).text(84, 30, "κ^3", c="red")
    b.line((8, 12), (88, 12), c="green", w=4, arrow=True)
    for k in range(6):
        b.dot(32 + 10 * k, 12, c="green", r=1.4)
    b.text(91, 14.4, "κ^2", c="green")


@board("22", "The smallest example: two letters")
def _(b):
    """The tree with its conductances 1, a half and four quarters, and the time found by averaging."""
    at = {"": (26, 48), "a": (14, 32), "b": (38, 32), "aa": (8, 14), "ab": (20, 14), "ba": (32, 14), "bb": (44, 14)}
    tree(b, at, [("", "a", 7), ("", "b", 3.5), ("a", "aa", 2), ("a", "ab", 2), ("b", "ba", 2), ("b", "bb", 2)])
    b.text(15, 41, "1", c="red", anchor="end").text(35, 41, "½").text(9, 23, "¼", anchor="end").text(43, 23, "¼")
    for name, word in (("aa", "4/7"), ("ba", "3/7")):
        b.text(at[name][0] + 6, 7, word, c="blue", anchor="middle")
    b.text(54, 44, "average over the", size=3).text(54, 39.4, "first response:", size=3)
    b.text(54, 31, "2 + 2 (4/7·2 + 3/7·1)").text(54, 23, "= 36/7", c="red", size=4.2)
    b.text(54, 13, "true values: 4", c="grey")


@board("22", "Theorem 1: the time is an average over responses")
def _(b):
    """A path whose edges are wide above and narrow below is slow: each pair counts by the quotient of its widths."""
    for k, width in enumerate((8, 8, 8, 1.6, 1.6, 1.6)):
        b.line((10 + 13 * k, 36), (22 + 13 * k, 36), w=width, c="red" if width > 2 else "blue")
        b.text(16 + 13 * k, 28.6, f"ρ_{k + 1}", anchor="middle", size=3)
    for k in range(7):
        b.dot(9.4 + 13 * k, 36, r=1.2)
    b.text(28, 43, "overvalued", c="red", anchor="middle").text(67, 43, "undervalued", c="blue", anchor="middle")
    b.text(8, 17, "H + 2 Σ_{i<j} ρ_i / ρ_j", size=4.2)
    b.text(8, 7, "heavy above narrow is slow; narrow above heavy is quick", size=3)


@board("22", "Theorem 3: read off successive responses")
def _(b):
    """A time line: S c moves for the start, then c moves for each further response."""
    b.line((6, 30), (96, 30), arrow=True).text(96, 24, "moves", anchor="end")
    b.line((6, 34), (6, 37), (40, 37), (40, 34), c="red")
    b.text(23, 41, "S c: until it is warm", c="red", anchor="middle")
    for k in range(5):
        b.dot(40 + 11 * k, 30, c="green", r=1.3)
    b.line((51, 34), (51, 37), (62, 37), (62, 34), c="green").text(58, 41, "c each", c="green")
    b.text(6, 14, "c: by r_{+}, how much is overvalued", size=3)
    b.text(6, 8, "S: by r_{-} alone, how much is undervalued", size=3)


@board("22", "Theorem 4: the powers of $\\delta$ and $H$ under average errors")
def _(b):
    """Two ways from the root: an even one, and a ladder of wide rooms and narrow doors to a response of mass p."""
    b.dot(50, 48, r=1.4).line((50, 48), (24, 40), w=3).line((50, 48), (76, 40), c="red", w=1.4)
    b.line((24, 40), (24, 11), w=3)
    for y in (33, 22, 11):
        b.dot(24, y, r=1.2)
        b.box(66, y - 4, 20, 8, c="red", fill="red").line((76, y + 4), (76, y + 7), c="red", w=1.4)
    b.text(20, 5, "1 - p", anchor="middle").text(76, 2.2, "p", c="red", anchor="middle")
    b.text(62, 33, "room: κ", c="red", size=3, anchor="end")
    b.text(62, 26.4, "door: p^2/κ", c="red", size=3, anchor="end")

"""Boards of notebooks 01 to 03: what coverage is, and what it pays for."""

from math import exp

from publishing.boards import board


@board("01", "The question, in one picture")
def _(b):
    """Two coverage profiles with the same mean: the broad one starts high and ends early, the gappy one is flat."""
    b.axes("log N", "Cov_N")
    b.curve(lambda x: 8 + 40 * exp(-(((x - 8) / 14) ** 1.3)), 8, 60, c="blue").text(23, 36, "broad", c="blue")
    b.line((8, 15), (76, 15), (76, 8.4), (92, 8.4), c="red", dash=True).text(60, 17, "gappy: 9.5 %", c="red")
    b.dot(15, 8, c="green").text(13, 3, "KL 0.8211, both", c="green")
    b.dot(33.5, 15).text(36, 24, "crossing near N = 13").line((37, 23), (34.2, 16.2), c="grey", w=1.2)


@board("01", "The smallest example: the ages of three daughters")
def _(b):
    """The models A, B and C with their products 36, 36 and 0; the tie of B at 13/6 is ringed."""
    b.table(
        8,
        46,
        [0, 14, 36, 70],
        [
            ["", "π times 13", "ratios", "product"],
            ["A", "1, 6, 6", "13/3, 13/18 twice", "36"],
            ["B", "2, 2, 9", "13/6 twice, 13/27", "36"],
            ["C", "0, 4, 9", "∞, 13/12, 13/27", "0"],
        ],
    )
    b.ring(47.6, 34.3, 4.1, c="red").text(8, 13, "equal product = equal KL", c="blue")
    b.text(8, 6, "N = 13/6: ≥ gives 2/3, > gives 0", c="red")


@board("01", "1. The mean, the tail, and what the tail integrates to")
def _(b):
    """The profile over log N, its area to the right of zero shaded; a small area left of zero is what KL subtracts."""
    b.line((30, 6), (30, 52), arrow=True).line((4, 8), (96, 8), arrow=True).text(96, 3, "log N", anchor="end")
    points = [(x, 8 + 34 * exp(-(((x - 30) / 26) ** 1.5))) for x in range(30, 91, 4)]
    b.line((30, 8), *points, (90, 8), c="blue", fill="blue").text(38, 18, "E L_{+}", c="blue")
    b.line((30, 8), (30, 15), (22, 11), (12, 8), (30, 8), c="red", fill="red")
    b.text(2, 22, "KL takes this", c="red").text(2, 17, "off: ≤ 1/e", c="red").text(31.5, 48, "Cov at N = e^t")
    b.text(55, 40, "KL ≤ area ≤ KL + 1/e")


@board("01", "2. The hockey-stick sandwich")
def _(b):
    """Over r: the step at N; below it the hinge from N; above it a hinge from a smaller place, stretched."""
    b.axes("r", "counted as")
    b.line((8, 8), (50, 8), (50, 40), (92, 40), w=3).text(76, 42, "1 if r ≥ N")
    b.line((50, 8), *((x, 8 + 32 * (1 - 50 / x)) for x in range(50, 93, 6)), c="green").text(
        70, 14, "1 − N/r", c="green"
    )
    b.line((24, 8), *((x, 8 + 32 * (1 - 24 / x) / (1 - 24 / 50)) for x in range(24, 93, 4)), c="red", dash=True)
    b.text(13, 43.4, "(1 − γ/r)/(1 − γ/N)", c="red", size=3).text(49, 3, "N").text(23, 3, "γ")


@board("01", "Break it")
def _(b):
    """Four false sentences, each struck out, with the number that kills it."""
    said = [
        ("> is as good as ≥", "2/3 or 0"),
        ("leave out r = ∞", "1/3 or 0"),
        ("Cov_N ≤ KL / log N", "0.1 > 0.0480"),
        ("δ(ε) is Cov", "0.2974, not 0.3788"),
    ]
    for number, (words, truth) in enumerate(said):
        y = 46 - 12 * number
        b.text(6, y, words).text(58, y, truth, c="blue").line((5, y + 1), (44, y + 1.6), c="red", w=2.6)


@board("02", "The question, in symbols")
def _(b):
    """Two logarithmic axes: the exact regret, Theorem A to the right of it, then one threshold; KL flat on top."""
    b.axes("draws N", "regret")
    b.curve(lambda x: 48 - (x - 8) ** 2 / 78, 10, 58, w=3).text(34, 12, "exact and E_N")
    b.curve(lambda x: 48 - (x - 12) ** 2 / 78, 14, 64, c="blue").text(66, 12, "Theorem A: × 2", c="blue", size=3)
    b.curve(lambda x: 48 - (x - 26) ** 2 / 78, 30, 72, c="green", dash=True).text(
        74, 24, "one threshold", c="green", size=3
    )
    b.line((10, 48), (94, 41), c="red").text(94, 46, "all that KL promises", c="red", anchor="end", size=3)


@board("02", "The smallest example")
def _(b):
    """Two rows of three responses: for one draw the worst set is the first two, for four draws the second alone."""
    for y, word, left, width in ((38, "N = 1", 27, 40), (14, "N = 4", 48, 19)):
        b.text(4, y, word)
        for x, ratio, mass in ((30, "2", ".25"), (51, "50", ".01"), (72, "0", ".74")):
            b.box(x, y - 4, 13, 11).text(x + 6.5, y - 0.5, f"r = {ratio}", anchor="middle", size=3)
            b.text(x + 6.5, y - 8, f"model {mass}", anchor="middle", size=2.6, c="grey")
        b.box(left, y - 5.4, width, 14, c="red")
    b.text(98, 38, ".7400", c="red", anchor="end").text(98, 14, ".4606", c="red", anchor="end")


@board("02", "Enough draws: the upper bound")
def _(b):
    """A profile with two weights on it: one around N from below, one around N from above."""
    b.axes("log u", "Cov_u")
    b.curve(lambda x: 8 + 36 * exp(-(((x - 8) / 44) ** 2.4)), 8, 92, w=3)
    b.curve(lambda x: 8 + 17 * exp(-(((x - 42) / 9) ** 2)), 20, 66, c="blue").text(26, 3, "1/B : A_N", c="blue")
    b.curve(lambda x: 8 + 17 * exp(-(((x - 58) / 9) ** 2)), 36, 84, c="green", dash=True).text(
        56, 3, "N/U : E_N", c="green"
    )
    b.text(48, 46, "two averages of one profile").line((50, 8), (50, 40), c="grey", dash=True).text(
        51, 38, "N", c="grey"
    )


@board("02", "Too few draws: the lower bound")
def _(b):
    """Data mass C against model mass C over cN: N draws, each hits with that chance."""
    b.text(6, 46, "data").box(24, 42, 30, 9, c="blue", fill="blue").box(54, 42, 40, 9).text(34, 45.4, "C")
    b.text(6, 30, "model").box(24, 26, 5, 9, c="red", fill="red").box(29, 26, 65, 9).text(31, 29.4, "C / (cN)", c="red")
    for k in range(8):
        b.dot(30 + 8 * k, 18, c="grey")
    b.text(6, 17, "N draws").text(6, 6, "one of them hits with chance ≤ C/c: lose at least (1 − 1/c) C", size=3)


@board("02", "How many draws? A table to use")
def _(b):
    """The two-way table between coverage and draws."""
    b.box(4, 34, 38, 12, c="blue").text(23, 39, "Cov_M ≤ ε", anchor="middle")
    b.box(58, 34, 38, 12, c="blue").text(77, 39, "M log(1/ε) draws", anchor="middle").line(
        (43, 40), (57, 40), arrow=True
    )
    b.box(58, 10, 38, 12, c="red").text(77, 15, "N draws lose ≤ ε", anchor="middle")
    b.box(4, 10, 38, 12, c="red").text(23, 15, "Cov_{2N} ≤ 2ε", anchor="middle").line((57, 16), (43, 16), arrow=True)


@board("03", "The smallest example: two responses")
def _(b):
    """Two bars, data and model, cut in two; the log ratio is positive on the small part, negative on the large one."""
    b.text(4, 44, "data").box(20, 40, 22, 10, c="red", fill="red").box(42, 40, 52, 10).text(25, 44, "0.1").text(
        64, 44, "0.9"
    )
    b.text(4, 24, "model").box(20, 20, 7, 10, c="red", fill="red").box(27, 20, 67, 10)
    b.text(19.6, 15, "0.025", size=3).text(64, 24, "0.975").text(24, 34, "log 4 > 0", c="red").text(
        60, 34, "< 0: pays back", c="blue"
    )
    b.text(4, 5, "0.13863 − 0.07204 = 0.06659 nats")

"""Boards of notebooks 16 and 23: answers instead of responses, and what training and temperature do to the tail."""

from publishing.boards import board


@board("16", "The question in one picture")
def _(b):
    """Two steps over N: responses fall to .1 at 1.8, answers stay at 1 until 2 and then fall to 0."""
    b.axes("N", "uncovered")
    b.line((8, 44), (50, 44), (50, 14), (92, 14), c="blue", w=3)
    b.line((8, 45.4), (64, 45.4), (64, 8), c="red", dash=True, w=3)
    b.text(49, 3, "1.8", anchor="middle", size=3).text(64, 3, "2", anchor="middle", size=3)
    b.text(6, 43, "1", anchor="end").text(6.4, 13, ".1", anchor="end")
    b.text(68, 17, "responses", c="blue").text(67, 40, "answers", c="red")
    b.text(67, 34, "ratio exactly 2", c="red", size=3)


@board("16", "The smallest example: three responses, two answers")
def _(b):
    """A table of data, model and ratio; a brace joins the first two responses to an answer of ratio exactly 2."""
    b.table(8, 38, [0, 24, 42, 66], [["data", ".9", ".1", "0"], ["model", ".5", "0", ".5"], ["ratio", "1.8", "∞", "0"]])
    b.line((29, 43), (29, 45), (57, 45), (57, 43), c="red").text(43, 48.5, "one answer", c="red", anchor="middle")
    b.text(8, 15, "N = 2. Responses: only the ∞ is missed, .1", c="blue")
    b.text(8, 7, "Answers: (.9 + .1)/(.5 + 0) = 2 is missed, 1", c="red")


@board("16", "The best inequality: buffered coverage")
def _(b):
    """A convex curve beta of alpha from the corner and a straight line alpha over N cross at the buffered coverage."""
    b.axes("α: data mass", "model mass")
    b.curve(lambda x: 8 + 38 * ((x - 8) / 84) ** 2.2, 8, 90, c="blue", w=3).text(79, 43, "β(α)", c="blue", anchor="end")
    b.line((8, 8), (92, 30), c="red", dash=True).text(93, 22.5, "α/N", c="red", anchor="end")
    b.line((61.3, 8), (61.3, 22), c="grey", dash=True).dot(61.3, 22)
    b.text(44, 36, "the least model mass", size=3, anchor="end").text(44, 31, "that goes with α", size=3, anchor="end")
    b.text(59, 3, "worst grading", c="grey", anchor="end")


@board("16", "Early stopping")
def _(b):
    """Coverage over time: it falls to zero, stays there, and climbs to the missing mass; the KL minimum lies inside."""
    b.axes("time", "Cov_4")
    b.line((8, 40), (22, 40), (22, 8.6), (70, 8.6), (70, 22), (92, 22), c="blue", w=3)
    b.line((8, 22), (69, 22), c="grey", dash=True).text(73, 25, "missing mass .1", c="blue", size=3)
    b.line((34, 8), (34, 44), c="red", dash=True).text(35.5, 40, "KL is least, 8.6", c="red")
    b.text(22, 3, "2.5", anchor="middle", size=3).text(70, 3, "28.9", anchor="middle", size=3)


@board("23", "The question in one picture")
def _(b):
    """Uncovered prompts over N: rewards flatten the near part of the start's line; the log loss lowers all of it."""
    b.axes("log N", "log Cov_N")
    b.line((8, 48), (92, 20), w=3).text(60, 36, "start: slope −1/2")
    b.line((8, 35), (46, 35), (92, 19), c="red", dash=True).text(11, 31, "rewards: the near part", c="red", size=3)
    b.line((8, 26), (62, 8), c="blue", w=3).text(11, 13, "log loss: all of it", c="blue", size=3)


@board("23", "The smallest example: one step by hand")
def _(b):
    """A line for 1/p from 1 to 100: two short strokes that subtract, one long arrow that divides."""
    b.line((8, 24), (95, 24), arrow=True).text(96, 19, "1/p", anchor="end")
    b.dot(88, 24).text(88, 27, "100", anchor="middle").dot(8, 24).text(8, 27, "1", anchor="middle")
    b.curve(lambda x: 25 + 20 * (1 - ((x - 52.5) / 33.5) ** 2), 86, 19, c="blue", arrow=True).dot(19, 24, c="blue")
    b.text(52, 48, "log loss: divided, 14.67", c="blue", anchor="middle")
    b.line((88, 18), (84.9, 18), c="green", w=5).text(82, 17, "pass@2: 96.19", c="green", anchor="end")
    b.line((88, 12), (86.4, 12), c="red", w=5).text(82, 11, "rewards: 98.06", c="red", anchor="end")
    b.text(8, 3, "from a million these two still take off two and four", size=3)


@board("23", "Temperature, token by token")
def _(b):
    """A fork into one road of .4 and a wide road of .6 that forks again; the squares favour one or the other."""
    b.line((8, 28), (28, 40), (50, 40), c="blue", w=3).line((8, 28), (28, 16), c="red", w=3)
    b.line((28, 16), (50, 22), c="red").line((28, 16), (50, 10), c="red")
    b.text(13, 38, "a .4", c="blue").text(13, 15, "b .6", c="red").text(38, 42.4, "1", c="blue")
    b.text(38, 21.4, "½", c="red").text(38, 8.6, "½", c="red")
    b.text(53, 39, "aa .4", c="blue").text(53, 21, "ba .3", c="red").text(53, 9, "bb .3", c="red")
    b.text(53, 50.6, "T = ½: square everything", size=3)
    b.text(53, 45.4, "responses: .16/.34 = .471", size=3, c="blue")
    b.text(53, 33, "tokens: .16/.52 = .308", size=3, c="blue")

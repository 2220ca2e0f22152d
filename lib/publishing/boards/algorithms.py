"""Boards of notebooks 08 to 14, 24 and 25: what algorithms do with coverage."""

from math import cos, exp, log, radians, sin, sqrt

from publishing.boards import board


@board("08", "The question, in a picture")
def _(b):
    """Left, the time at the best step grows with H up to a wall at 1.88; right, walking and jumping in the disc."""
    b.axes("step", "visits", to_x=50)
    for k, word in enumerate(("3", "10", "40", "161", "641")):
        b.line((11, 20 + 7 * k), (36, 11 + 7 * k), c="blue").text(30, 14.4 + 7 * k, word, c="blue", size=2.6)
    b.line((37, 8), (37, 52), c="red").text(38, 28, "never", c="red").text(31, 3, "1.88", c="red", size=3)
    b.ring(76, 29, 20)
    up, down = ((76 + 20 * cos(radians(55)), 29 + y * 20 * sin(radians(55))) for y in (1, -1))
    b.line(up, down, c="red", arrow=True).line(down, up, c="red").dot(96, 29, c="green").text(84, 50, "v_1").text(
        84, 8, "v_{-1}"
    )
    b.line(up, (91, 40), (95, 31), c="green", dash=True, arrow=True).text(90, 24, "v_0", c="green")


@board("08", "The smallest example: one step by hand")
def _(b):
    """From one wrong token a long step lands beyond the ball and is projected on the other wrong token."""
    b.ring(30, 42, 6.6).dot(33.8, 47.4, c="red").dot(33.8, 36.6, c="red").dot(36.6, 42, c="green")
    b.text(34.8, 49, "v_1", c="red").text(25, 31.5, "v_{−1}", c="red").text(38.4, 41.4, "v_0", c="green")
    b.line((33.8, 47.4), (56.4, 4.1), c="blue", arrow=True).text(49, 26, "8 (v_0 − v_1)", c="blue").line(
        (55.6, 5.2), (34.6, 35.4), c="red", dash=True, arrow=True
    )
    b.text(50, 46, "v_1 + 8 (v_0 − v_1) = 7 v_{−1}").text(17, 14, "back to the disc", c="red")


@board("09", "The question, in a picture")
def _(b):
    """Left at the best step: vanilla grows with H, the others do not. Right at one small step: Adam grows too."""
    b.axes("H", "best step", to_x=46).line((10, 12), (24, 12), (44, 46), c="ink").text(25, 40, "vanilla", size=3)
    b.text(39, 49, "750", size=2.8).line((10, 13), (44, 16), c="blue").text(
        31, 19.4, "others: 3 to 7", c="blue", size=3
    )
    b.axes("H", "one step", x=56, to_x=96).line((58, 16), (94, 46), c="red").text(68, 40, "Adam 190", c="red", size=3)
    b.text(96, 49, "7890", c="red", size=2.8, anchor="end").line((58, 22), (94, 23), c="blue").text(
        62, 13, "normalising: 492 to 523", c="blue", size=3
    )


@board("10", "The question in one picture")
def _(b):
    """KL against the length: a steep line, a flatter line, a square root and a logarithm."""
    b.axes("H", "KL")
    b.line((8, 8), (52, 50), c="red").text(40, 48, "proper", c="red", anchor="end").line(
        (8, 9), (92, 42), c="grey"
    ).text(60, 42, "fixed step", c="grey")
    b.curve(lambda x: 8 + 2.2 * sqrt(x - 8), 8, 92, c="blue").text(84, 24, "√H", c="blue")
    b.curve(lambda x: 8 + 2 * log(x - 7), 8, 92, c="green").text(80, 12, "log H", c="green")


@board("10", "The smallest example: two tokens")
def _(b):
    """A tree: from zero up to one half after a plus, down to minus one half after a minus, with the costs."""
    b.dot(12, 28).text(8, 33, "θ = 0").text(6, 20, "0.32781", c="grey", size=3)
    for y, sign, theta, cost, share in ((44, "+", "1/2", "0.06713", "0.8808"), (12, "−", "−1/2", "0.82872", "0.1192")):
        b.line((14, 28), (50, y), arrow=True, c="blue" if y > 28 else "red")
        b.text(24, 41 if y > 28 else 13, f"{sign} {share}", size=3).text(53, y, f"θ = {theta}").text(
            74, y, f"costs {cost}", size=3
        )
    b.text(40, 26, "together 0.4857, frozen 0.65563")


@board("11", "The question in one picture")
def _(b):
    """Fifteen checkpoints: KL falls all the way, coverage jumps at checkpoint 3; two diamonds mark the picks."""
    b.axes("checkpoint", "")
    b.curve(lambda x: 16 + 30 * exp(-(x - 8) / 30), 8, 92, c="blue").text(60, 24, "KL", c="blue")
    b.line((8, 9), (25, 9), (25, 34), (92, 34), c="red", dash=True).text(58, 37, "Cov_{16}: jumps at 3", c="red")
    for x, word in ((20, "tournament"), (78, "cross-entropy")):
        y = 16 + 30 * exp(-(x - 8) / 30)
        b.line((x - 2, y), (x, y + 2.4), (x + 2, y), (x, y - 2.4), (x - 2, y)).text(
            x, y + 5 if x < 50 else y - 6, word, size=3, anchor="start" if x < 50 else "middle"
        )


@board("11", "The smallest example: three models, one hundred responses")
def _(b):
    """The table of three models with their probabilities and losses, and who is beaten how often at N = 8."""
    b.table(
        6,
        47,
        [0, 12, 27, 42, 57, 73],
        [
            ["", "60×", "36×", "4×", "loss", "beaten"],
            ["A", ".30", ".60", ".10", ".998", "0"],
            ["B", ".62", ".377", ".003", ".870", "4"],
            ["C", ".02", ".90", ".08", "2.486", "60"],
        ],
    )
    b.ring(67, 35, 4.4, c="red").ring(80.5, 41.4, 3.6, c="green")
    b.text(6, 13, "cross-entropy keeps B", c="red").text(6, 6, "the tournament keeps A (N = 8)", c="green")


@board("13", "The question in one picture")
def _(b):
    """Left pass@k: a tilt above for all k, another curve crossing. Right the profiles, crossing in the same way."""
    for x, up, name in ((8, 1, "pass@k"), (58, -1, "Cov_N")):
        b.axes("k" if up > 0 else "N", name, x=x, to_x=x + 38)
        for height, bend, c, dash in ((24, 12, "ink", False), (30, 12, "green", False), (17, 3.2, "red", True)):
            b.curve(
                lambda u, h=height, s=bend, o=x, d=up: (
                    9 + h * (1 - exp(-(u - o) / s))
                    if d > 0
                    else 9 + (h if h != 30 else 17) * exp(-(u - o) / (s if h != 17 else 30) * (1.6 if h == 30 else 1))
                ),
                x + 1,
                x + 36,
                c=c,
                dash=dash,
            )
    b.text(22, 44, "tilt: above for all k", c="green", size=2.8).text(20, 20, "sharpened: crosses", c="red", size=2.8)


@board("13", "The smallest example")
def _(b):
    """Odds of one to nine become one to one by the factor nine; the normalizer is 1.8, the right answer's ratio 5."""
    b.text(8, 44, "before").box(26, 40, 6.4, 9, c="blue", fill="blue").box(32.4, 40, 57.6, 9).text(
        26, 51, "right", c="blue", size=3
    )
    b.line((50, 37), (50, 27), arrow=True).text(53, 31, "odds 1/9 × 9 = 1")
    b.text(8, 18, "after").box(26, 14, 32, 9, c="blue", fill="blue").box(58, 14, 32, 9)
    b.text(8, 4, "wrong: 1/Z, Z = 1.8; right: 9/1.8 = 5")


@board("13", "Curves cross at most as often as profiles do")
def _(b):
    """Above, the difference of the profiles, one change of sign; below, the difference of pass@k, at most one."""
    b.line((8, 40), (94, 40), arrow=True).curve(lambda x: 40 - 9 * sin((x - 8) / 84 * 6.28), 8, 92, c="blue")
    b.text(12, 49, "G: profiles, one change of sign", c="blue", size=3)
    b.line((8, 14), (94, 14), arrow=True).curve(
        lambda x: 14 - 8 * sin((x - 8) / 84 * 4.2) * exp(-(x - 8) / 90), 8, 92, c="red"
    )
    b.text(12, 20, "D: pass@k, at most one", c="red", size=3).text(68, 9, "k*")


@board("14", "The question, in symbols")
def _(b):
    """Two trees: on the left arrows only downwards, on the right arrows both ways."""
    for x, both, word in ((25, False, "forward: errors multiply"), (75, True, "both ways: errors fade")):
        nodes = {
            0: (x, 48),
            1: (x - 12, 32),
            2: (x + 12, 32),
            3: (x - 18, 16),
            4: (x - 6, 16),
            5: (x + 6, 16),
            6: (x + 18, 16),
        }
        for child in range(1, 7):
            (u, v), (p, q) = nodes[(child - 1) // 2], nodes[child]
            b.line((u, v), (p, q), arrow=True, c="blue" if both else "red")
            if both:
                b.line((p + 1.6, q), (u + 1.6, v), arrow=True, c="green")
        for place in nodes.values():
            b.dot(*place)
        b.text(x, 7, word, anchor="middle", size=3)


@board("14", "The smallest example")
def _(b):
    """A tree of conductances 1 and 1/2 above, 1/4 at each leaf, with the masses of its seven nodes over 20."""
    nodes = {0: (50, 46), 1: (28, 30), 2: (72, 30), 3: (16, 12), 4: (40, 12), 5: (60, 12), 6: (84, 12)}
    for child in range(1, 7):
        (u, v), (p, q) = nodes[(child - 1) // 2], nodes[child]
        b.line((u, v), (p, q), w=4 if child == 1 else 2.6 if child == 2 else 1.6)
        b.text(
            (u + p) / 2 + (1.5 if p > u else -7),
            (v + q) / 2 + 1,
            {1: "1", 2: "1/2"}.get(child, "1/4"),
            size=3,
            c="blue",
        )
    for place, mass in zip(nodes.values(), (6, 6, 4, 1, 1, 1, 1), strict=True):
        b.dot(*place, r=1.2).text(
            place[0], place[1] - 6 if place[1] < 20 else place[1] + 3, str(mass), c="red", anchor="middle"
        )
    b.text(4, 50, "masses over 20", c="red")


@board("24", "The question in one picture")
def _(b):
    """Left, exact gradient: three laws of the time. Right, drawn responses: rollouts times p_0; all lines end flat."""
    b.axes("1/p_0", "steps", to_x=46)
    b.line((10, 12), (44, 50), w=2.4).text(25, 40, "1/(2p_0)", anchor="end", size=3)
    b.line((10, 11), (44, 30), c="blue", dash=True).text(37, 20.5, "1/√p_0", c="blue", size=3)
    b.curve(lambda x: 9.6 + 1.6 * log(1 + (x - 10) / 6), 10, 44, c="green").text(30, 9.2, "log", c="green", size=3)
    b.axes("1/p_0", "rollouts × p_0", x=56, to_x=98)
    for level, rise, word in ((22, 5, "groups of 2"), (29, 9, "groups of 16"), (37, 13, "groups of 256")):
        b.curve(lambda x, y=level, s=rise: y + s * exp(-(x - 57) / 6), 57, 95, c="red").text(
            95, level + 1.6, word, c="red", size=2.8, anchor="end"
        )
    b.line((57, 15), (95, 15), dash=True).text(95, 10.6, "no learner below", size=2.8, anchor="end")


@board("25", "The question in one picture")
def _(b):
    """The ratio of target to law against the length: forward bends up, the first response is straight, one is flat."""
    b.axes("length (log)", "ratio (log)")
    b.curve(lambda x: 9 + 0.0012 * (x - 8) ** 2.7, 9, 55, c="red").text(30, 46, "forward", c="red")
    b.line((10, 10), (92, 38), c="green").text(52, 34.5, "first response", c="green")
    b.line((10, 14), (92, 14), c="blue", dash=True).text(60, 16, "wait long enough", c="blue")


@board("25", "The smallest example: one letter undervalued")
def _(b):
    """A tree of conductances 1/2 and 1/6 above, 1/4 at each word; below, what flows through each side: 1/4 and 1/8."""
    nodes = {0: (50, 48), 1: (28, 34), 2: (72, 34), 3: (16, 18), 4: (40, 18), 5: (60, 18), 6: (84, 18)}
    for child in range(1, 7):
        (u, v), (p, q) = nodes[(child - 1) // 2], nodes[child]
        word = {1: "1/2", 2: "1/6"}.get(child, "1/4")
        b.line((u, v), (p, q), w={1: 4, 2: 1.4}.get(child, 2.4))
        b.text((u + p) / 2 + (2 if p > u else -7), (v + q) / 2 + 1, word, size=3, c="blue")
    for place in nodes.values():
        b.dot(*place)
    b.text(28, 8, "through a: 1/4", anchor="middle", c="green").text(72, 8, "through b: 1/8", anchor="middle", c="red")
    b.text(20, 34, "a").text(78, 34, "b")

"""Notebook 05: the golden-ratio law and the theorem on visited prompts."""

from mpmath import exp, gamma, gammainc, inf, log, mpf, quad, sqrt

from covtheory.bounds import golden_ratio, visited_prompts
from identities.table import Row, least, plus

ABOVE_ONE, POSITIVE = "(1, inf)", "(0, inf)"
WHOLE = (("d", {"d": 0}), ("d", {"d": 1.5}))


def rates(n):
    """The positive roots of ``a^2 + a = n`` and ``b^2 - b = n``."""
    root = sqrt(plus(n, mpf(1) / 4))
    return plus(root, -mpf(1) / 2), plus(root, mpf(1) / 2)


def race(n, N, d):
    """``P[G_a >= log N + G_b]`` by integrating over ``G_b``."""
    a, b = rates(n)
    k = d / 2

    def inner(x):
        return b * (b * x) ** (k - 1) * exp(-b * x) / gamma(k) * gammainc(k, a * plus(log(N), x), inf, regularized=True)

    return quad(inner, [0, 1 / b, 10 / b, 150 / b])


def chernoff(n, N, d):
    """The minimum over t, at the root of its derivative; ``t = 0`` gives one."""
    L = log(N)
    p = plus(mpf(1), d / L)  # t^2 + p t = n - d/(2L)
    t = -p / 2 + sqrt(plus(p**2 / 4, n, -d / (2 * L)))
    return exp(-t * L) * plus(mpf(1), -t * (t + 1) / n) ** (-d / 2) if t > 0 else mpf(1)


def power(t, N, c, s):
    """The bound after t visits."""
    return least(mpf(1), 2**s / (1 - s) * N ** -rates(s * t / c)[0]) if t else mpf(1)


def mixed(visits, N, c):
    """Bound over prompts, by the shares that the library tries."""
    shares = [mpf(float(s)) for s in visited_prompts._SHARES]
    mass = [*visits, 1 - sum(visits)]
    return sum(m * min(power(mpf(t), N, c, s) for s in shares) for t, m in enumerate(mass))


ROWS = [
    Row(golden_ratio.rates, "05 law, rates", rates, at={"n": [1.0, 0.3, 12.0, 2000.0]}, domain={"n": POSITIVE}),
    Row(golden_ratio.expected_coverage, "05 law", race,
        at={"n": [6.0, 0.4, 30.0, 3.0], "N": [10.0, 3.0, 1.2, 1e6], "d": [4, 1, 3, 8]},
        scalar=("d",), default={"d": 2}, domain={"n": POSITIVE, "N": ABOVE_ONE}, refused=WHOLE, rtol=1e-10),
    Row(golden_ratio.expected_kl, "05 law, KL", lambda n, d: d / (2 * n), at={"n": [5.0, 0.3], "d": [3, 4]},
        scalar=("d",), default={"d": 2}, domain={"n": POSITIVE}, refused=WHOLE),
    Row(golden_ratio.chernoff, "05 law, every d", chernoff,
        at={"n": [6.0, 0.9, 40.0, 2.0], "N": [10.0, 1e4, 1.3, 1.1], "d": [3, 1, 4, 6]}, scalar=("d",), default={"d": 2},
        domain={"n": POSITIVE, "N": ABOVE_ONE}, refused=WHOLE),
    Row(visited_prompts.visited_coverage, "05 visited prompts", power,
        at={"t": [24.0, 3.0, 400.0], "N": [100.0, 1.5, 1e3], "c": [2.0, 1.5, 3.0], "s": [0.5, 0.3, 0.9]}, scalar=("c",),
        default={"c": 1.0}, domain={"t": "[0, inf)", "N": ABOVE_ONE, "c": "[1, inf)", "s": "(0, 1)"}),
    Row(visited_prompts.expected_coverage, "05 visited prompts, mixed", mixed,
        at={"visits": [[0.05, 0.2, 0.3], [0.01, 0.04]], "N": [100.0, 3e4], "c": [2.0, 3.0]}, scalar=("visits", "c"),
        default={"c": 1.0}, domain={"N": ABOVE_ONE, "c": "[1, inf)"},
        refused=(("visits", {"visits": [0.9, 0.2]}), ("visits", {"visits": [-0.1, 0.2]}))),
]

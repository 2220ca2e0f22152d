"""Answers of notebook 12, computed by the library."""

from covtheory.instances.shortcut import BlindMixture, ForkedPaths

_TOY = BlindMixture([0.9, 0.1])
_FOUR = BlindMixture([0.5, 0.2, 0.15, 0.15])


def _draws(q: float) -> int:
    return next(N for N in range(1, 1000) if 1 - _TOY.pass_at([q, 1 - q], N) <= 0.001)


ENTRIES = {
    "12-a": (
        lambda: _draws(0.9),
        {
            "That is the model that gives both paths 1/2; the question is about the calibrated one.":
                lambda: _draws(0.5),
            "You asked for failure 1 %, not 0.1 %.":
                lambda: next(N for N in range(1, 1000) if 1 - _TOY.pass_at([0.9, 0.1], N) <= 0.01),
            "You took the failure of the minority class alone, 0.9^N; it has weight 0.1 among all prompts.":
                lambda: next(N for N in range(1, 1000) if 0.9**N <= 0.001),
        },
    ),
    "12-b": (
        lambda: float(BlindMixture([0.8, 0.2]).best(5)[0]),
        {
            "That is the calibrated model, which is best for two draws.": lambda: 0.8,
            "The exponent is 1/(N-1), not 1/N: differentiate (1-q)^N first.":
                lambda: 1 / (1 + 0.25 ** (1 / 5)),
            "That is the share of the minority path.": lambda: float(BlindMixture([0.8, 0.2]).best(5)[1]),
        },
    ),
    "12-c": (
        lambda: float(_FOUR.coverage(_FOUR.weights, 3)) - _FOUR.least_coverage(3),
        {
            "That is the coverage of the calibrated model; subtract the least one of all blind models.":
                lambda: float(_FOUR.coverage(_FOUR.weights, 3)),
            "That is the least coverage; the question is how much more the calibrated model misses.":
                lambda: _FOUR.least_coverage(3),
            "That is the bound (N-1)/N of Theorem 3, not the value.": lambda: 2 / 3,
        },
    ),
    "12-d": (
        lambda: ForkedPaths(0.05, 12, confidence=0.9).kl,
        {
            "That is for fair coins.": lambda: ForkedPaths(0.05, 12).kl,
            "That is for a model with memory: it pays at the first fork only.":
                lambda: ForkedPaths(0.05, 12, confidence=0.9, memory=True).kl,
            "You took the turns to be right with probability 0.9; half of the time the bit is the other one.":
                lambda: 0.05 * ForkedPaths(0.05, 12, confidence=0.9).log_ratios[0],
            "That is the KL on the class alone; the class has weight 0.05.":
                lambda: ForkedPaths(1.0, 12, confidence=0.9).kl,
        },
    ),
}

WORKED = {
    "12-a":
        r"Unsolved after $N$ draws: $0.9\cdot0.1^N+0.1\cdot0.9^N$; beyond a few draws only the second term counts. "
        r"It is at most 0.001 when $0.9^N\le0.01$, $N\ge\log0.01/\log0.9=43.7$: from 44.",
    "12-b":
        r"Theorem 1(iii) with $w=0.8$, $N=5$: $\rho=(0.2/0.8)^{1/(N-1)}=0.25^{1/4}=0.707107$, and the majority "
        r"path gets $1/(1+\rho)=1/1.707107=0.585786$.",
    "12-c":
        r"The calibrated model misses the classes with $w_k\le\frac13$: $0.2+0.15+0.15=0.5$. A blind model can "
        r"cover $\lceil3\rceil-1=2$ classes, at best the heaviest, and misses $0.15+0.15=0.3$. The difference is "
        r"0.2.",
    "12-d":
        r"Theorem 4(ii): the bit is 0 or 1 with probability $\frac12$, so a fork costs "
        r"$\frac12\log\frac1{0.9}+\frac12\log\frac1{0.1}=\frac12\log\frac1{0.09}=1.203973$ nats. Twelve forks, "
        r"weight 0.05: $0.05\cdot12\cdot1.203973=0.722384$.",
}
"""The steps of every solution, Markdown; they end with the value."""

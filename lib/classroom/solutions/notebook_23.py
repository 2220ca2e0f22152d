"""Answers to the exercises of notebook 23, computed."""

import math

import numpy as np

from classroom.exercises import Entries
from covtheory.policies.interventions import temper, temper_tokens
from covtheory.policies.losses import budget_teacher, budget_weight, reward_ascent


def _step(slope: float) -> float:
    """1/p of a prompt with two responses, p = 1/10, after one step of size 1/2."""
    return float(1 / reward_ascent([0.1, 0.9], [True, False], lambda _: slope, 0.5, 1)[-1, 0])


def _certain_road() -> tuple[float, float]:
    """Probability of the certain text at T = 1/2: tokens tempered, response tempered."""
    law = np.zeros((2,) * 5)
    law[0, 0, 0, 0, 0], law[1] = 0.5, 0.5 / 2**4
    return temper_tokens(law, 0.5)[0].flat[0], temper(law.ravel(), 0.5)[0][0]


_END = [0.75, 0.25]

ENTRIES: Entries = {
    "23-a": (
        lambda: 1000 - 2 * 50.0,
        {
            "A right response gains and a wrong one loses: the log odds grow twice as fast.": lambda: 1000 - 50.0,
            "That is the log loss, which divides; reinforcement learning subtracts.": lambda: 1
            + 999 * math.exp(-2 * 50),
            "You multiplied 1/p by exp(-2 eta S / 1000), which is a little more than the bound.": lambda: 1000
            * math.exp(-0.1),
        },
    ),
    "23-b": (
        lambda: _step(10.0),
        {
            "That is the bound of Theorem 1(b); for one step the exponent is 2η(1 − p), exactly.": lambda: 1
            + 9 / math.e,
            "That is reinforcement learning; the slope of the log loss is 1/p.": lambda: _step(1.0),
            "Both logits move: the exponent has a factor 2.": lambda: 1 + 9 * math.exp(-0.45),
        },
    ),
    "23-c": (
        lambda: float(budget_teacher(_END, 2)[0][0]),
        {
            "That is cross-entropy, K = 1: there the optimum is the data law.": lambda: _END[0],
            "The data law is proportional to pi/w, not to pi w.": lambda: float(
                np.multiply(_END, budget_weight(_END, 2))[0] / np.multiply(_END, budget_weight(_END, 2)).sum()
            ),
            "Divide by the sum over both responses.": lambda: float(_END[0] / budget_weight(_END[0], 2)),
        },
    ),
    "23-d": (
        lambda: float(np.divide(*_certain_road())),
        {
            "That is its probability token by token; divide by that in the tempered response.": lambda: float(
                _certain_road()[0]
            ),
            "That is its probability in the tempered response, the divisor.": lambda: float(_certain_road()[1]),
            "That is the other way round.": lambda: float(1 / np.divide(*_certain_road())),
            "2^(-4) is the limit when the certain road is rare; here both have probability 1/2.": lambda: 2.0**-4,
        },
    ),
}

WORKED = {
    "23-a":
        r"Theorem 1(a) with $L=1$, the largest slope of $J=p$, and $\eta S=50$: "
        r"$\frac1{p_S}\ge\frac1{p_0}-2\eta S=1000-2\cdot50=900$.",
    "23-b":
        r"The step multiplies the odds $\frac19$ by $e^{2\eta J'p(1-p)}$ with $J'=\frac1p$: the exponent is "
        r"$2\cdot\tfrac12\cdot0.9$. $\frac1p=1+9\,e^{-0.9}=4.65913$.",
    "23-c":
        r"Theorem 2(a): $\pi_D\propto\pi/w_2(\pi)$ with $w_2(q)=\frac{2q(1-q)}{1-(1-q)^2}=\frac{2(1-q)}{2-q}$. "
        r"$w_2(\tfrac34)=\tfrac25$, $w_2(\tfrac14)=\tfrac67$: $\frac34\cdot\frac52=1.875$ and "
        r"$\frac14\cdot\frac76=0.291667$. $\frac{1.875}{2.166667}=0.865385$.",
    "23-d":
        r"Tokens: $.25/(.25+.25)=\tfrac12$, and $b$'s four coins stay fair. Response: $.25$ against sixteen texts of "
        r"$(\tfrac12\cdot\tfrac1{16})^2$ each, $.25/16$ in all: $\tfrac{.25}{.25+.015625}=\tfrac{16}{17}$. "
        r"$\tfrac12\cdot\tfrac{17}{16}=0.53125$.",
}
"""The steps of every solution, Markdown; they end with the value."""

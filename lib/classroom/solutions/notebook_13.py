"""Notebook 13: pass@k after reinforcement learning."""

import numpy as np

from covtheory.bounds.policy_gradient import flow_time, success_seen
from covtheory.bounds.tilting import all_or_nothing_crossover, normaliser_log_factor, pass_at_k_of_rates
from covtheory.learners.policy_gradient import PairChain

_TILT = 1 / np.log(100.0)


def _seen(draws):
    return float(success_seen([0.001, 0.1], draws).mean())


ENTRIES = {
    "13-a": (
        lambda: float(np.exp(normaliser_log_factor(0.02, _TILT))),
        {
            "That is the most that any tilt could do; here Z = 1 + p (exp(1/beta) - 1).": lambda: 100.0,
            "That is what the right answer gains: exp(1/beta)/Z.":
                lambda: float(np.exp(1 / _TILT - normaliser_log_factor(0.02, _TILT))),
            "Z also contains the wrong answers, with weight 1: Z = p exp(1/beta) + (1 - p).": lambda: 0.02 * 100.0,
        },
    ),
    "13-b": (
        lambda: float(all_or_nothing_crossover(0.05, 0.4)),
        {
            "Swapped: the base fails k times with probability 0.95^k.":
                lambda: float(1 / all_or_nothing_crossover(0.05, 0.4)),
            "The base model must reach the share 0.4 of successes, not of failures: 0.95^k = 0.6.":
                lambda: float(all_or_nothing_crossover(0.05, 0.6)),
            "0.4/0.05 forgets that repeated successes on a prompt count once.": lambda: 0.4 / 0.05,
        },
    ),
    "13-c": (
        lambda: _seen(64),
        {
            "Average the chances, not the rates: 1 - (1 - p)^64 is concave in p.":
                lambda: float(success_seen(0.0505, 64)),
            "That is one draw per prompt.": lambda: float(pass_at_k_of_rates([0.001, 0.1], 1)),
            "The first half is not hopeless: 64 draws find its successes now and then.":
                lambda: float(success_seen(0.1, 64)) / 2,
        },
    ),
    "13-d": (
        lambda: float(flow_time(0.01, 0.5, "normalised")),
        {
            "That is the plain policy gradient.": lambda: float(flow_time(0.01, 0.5, "reward")),
            "That is the natural gradient: divide by the standard deviation, not by the variance.":
                lambda: float(flow_time(0.01, 0.5, "natural")),
            "1/sqrt(p0) is the leading term only.": lambda: 10.0,
        },
    ),
    "13-e": (
        lambda: PairChain(1 / 8, np.log(7)).mean_time(0.5),
        {
            "A group is mixed with probability 2 p (1 - p): right first or right second.":
                lambda: 2 * PairChain(1 / 8, np.log(7)).mean_time(0.5),
            "One success is not enough: two successes give no advantage.": lambda: 1 / float(success_seen(1 / 8, 2)),
            "That is the flow's time over the step; the chain waits longer.":
                lambda: float(flow_time(1 / 8, 0.5, "reward") / np.log(7)),
        },
    ),
}

WORKED = {
    "13-a":
        r"A tilt gives right responses the weight 100, wrong ones 1, and divides by $Z=1+p(e^{1/\beta}-1)$. Wrong "
        r"ones lose exactly the factor $Z=1+0.02\cdot99=2.98$.",
    "13-b":
        r"After training pass@$k$ is 0.4 for every $k$; before, $1-0.95^k$. They agree when $0.95^k=0.6$: "
        r"$k=\log0.6/\log0.95=0.510826/0.0512933=9.95892$.",
    "13-c":
        r"Theorem 7(a): a success is seen with probability $1-(1-p)^{64}$. That is 0.062025 at $p=0.001$ and "
        r"0.998821 at $p=0.1$. Average the chances over the prompts: 0.530423.",
    "13-d":
        r"Theorem 8, normalised, two responses: $[2\sinh\frac u2]$ from $u_0=\log\frac{0.01}{0.99}$ to 0. "
        r"$2\sinh(\frac12\log99)=\sqrt{99}-1/\sqrt{99}=98/9.949874=9.84937$.",
    "13-e":
        r"$u_0=\log\frac{1/8}{7/8}=-\log7$, so one mixed group leads to $u=0$, $p=\frac12$: $J=1$. A group of two "
        r"is mixed with probability $q=2\cdot\frac18\cdot\frac78=\frac7{32}$. The waiting time has mean "
        r"$32/7=4.57143$.",
}
"""The steps of every solution, Markdown; they end with the value."""

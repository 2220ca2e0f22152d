"""Notebook 24: how long policy gradients take."""

import numpy as np

from covtheory.bounds.policy_gradient import flow_time, success_seen
from covtheory.bounds.tilting import pass_at_k_of_rates
from covtheory.learners.policy_gradient import PairChain


def _seen(draws):
    return float(success_seen([0.001, 0.1], draws).mean())


ENTRIES = {
    "24-a": (
        lambda: _seen(64),
        {
            "Average the chances, not the rates: 1 - (1 - p)^64 is concave in p.":
                lambda: float(success_seen(0.0505, 64)),
            "That is one draw per prompt.": lambda: float(pass_at_k_of_rates([0.001, 0.1], 1)),
            "The first half is not hopeless: 64 draws find its successes now and then.":
                lambda: float(success_seen(0.1, 64)) / 2,
        },
    ),
    "24-b": (
        lambda: float(np.ceil(np.log(0.5) / np.log(0.99)) - 1),
        {
            "The draw after training counts too: n + 1 draws, not n.":
                lambda: float(np.ceil(np.log(0.5) / np.log(0.99))),
            "1/p is the mean wait for a success; half of the learners have one earlier.": lambda: 100.0,
            "1/(2p) - 1 would need every draw to find another success.": lambda: 49.0,
        },
    ),
    "24-c": (
        lambda: float(flow_time(0.01, 0.5, "normalised")),
        {
            "That is the plain policy gradient.": lambda: float(flow_time(0.01, 0.5, "reward")),
            "That is the natural gradient, which moves the log odds at speed one.":
                lambda: float(flow_time(0.01, 0.5, "natural")),
            "1/sqrt(p0) is the leading term only.": lambda: 10.0,
        },
    ),
    "24-d": (
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
    "24-a":
        r"Theorem 1(a): a success is seen with probability $1-(1-p)^{64}$. That is 0.062025 at $p=0.001$ and "
        r"0.998821 at $p=0.1$. Average the chances over the prompts: 0.530423.",
    "24-b":
        r"Theorem 1(c): $0.99^{n+1}\le\frac12$, so $n+1\ge\log2/(-\log0.99)=0.693147/0.0100503=68.9676$. "
        r"The least whole number is $n+1=69$, $n=68$.",
    "24-c":
        r"Theorem 2, normalised, two responses: $[2\sinh\frac u2]$ from $u_0=\log\frac{0.01}{0.99}$ to 0. "
        r"$2\sinh(\frac12\log99)=\sqrt{99}-1/\sqrt{99}=98/9.949874=9.84937$.",
    "24-d":
        r"$u_0=\log\frac{1/8}{7/8}=-\log7$, so one mixed group leads to $u=0$, $p=\frac12$: $J=1$. A group of two "
        r"is mixed with probability $q=2\cdot\frac18\cdot\frac78=\frac7{32}$. The waiting time has mean "
        r"$32/7=4.57143$.",
}
"""The steps of every solution, Markdown; they end with the value."""

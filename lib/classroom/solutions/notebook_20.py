"""Notebook 20: search with a learned verifier."""

import math

from covtheory.bounds import learned_verifiers as bounds
from covtheory.instances.learned_verifiers import abc, unseen_needle
from covtheory.instances.letters import avoiding
from covtheory.samplers.merged import average_errors, rejection_letters, wasted_letters


def _between(n):
    return float(bounds.learned_moves_between(n, 2, wasted_letters(abc(2))))


def _needle():
    return average_errors(unseen_needle(2, 10, 1.0, 9))[1]


def _enough(factor=1.0):
    """Least n with (H + 0)(2H - 1 + 2 w/(n + 1)) at most ``factor`` times the letters of rejection."""
    tree = avoiding(64)
    H, room = tree.H, factor * rejection_letters(tree)
    return math.ceil(2 * wasted_letters(tree) / (room / H - (2 * H - 1)) - 1)


ENTRIES = {
    "20-a": (
        lambda: _between(3),
        {
            "That is for true values: 2H.": lambda: 4.0,
            "That is n = 1, the example in the text.": lambda: _between(1),
            "Divide by n + 1, not by n.": lambda: 4 + 1 / 3,
        },
    ),
    "20-b": (
        lambda: 1 - 0.7**5,
        {
            "That is as if the mean of one over c + 1 were one over its mean.": lambda: 0.3 * 5 / (4 * 0.3 + 1),
            "The power is n + 1.": lambda: 1 - 0.7**4,
            "That is the mean of the value over p.": lambda: (4 * 0.3 + 1) / 5 / 0.3,
        },
    ),
    "20-c": (
        lambda: _enough(),
        {
            "Compare with all letters of a draw, 1/Z draws of 64 letters? A draw stops at its first e.":
                lambda: _enough(64 / avoiding(64).Z / rejection_letters(avoiding(64))),
            "n + 1 roll-outs is one too many.": lambda: _enough() + 1,
        },
    ),
    "20-d": (
        lambda: float(_needle().max()),
        {
            "That is the average under the reference policy, which sees nothing.": lambda: 2 - 2.0**-10,
            "The last blind depth is H - 1 = 9; look there.": lambda: float(_needle()[0]),
            "That is the error at the needle's prefix; weigh it with the target.":
                lambda: (0.5 * (1 - 2.0**-10) + 2.0**-10) * 2.0**10,
        },
    ),
}

WORKED = {
    "20-a":
        r"$A_1=\frac23$, $Z=\frac49$: $w=\frac{2/3}{4/9}-1=\frac12$. Theorem 2: $2H+\frac{2w}{n+1}=4+\frac14=4.25$.",
    "20-b":
        r"The mean of an inverse is more than the inverse of the mean, $\frac{0.3\cdot5}{2.2}=0.682$. By Step 1 of "
        r"Theorem 2, $\mathbb E[p/\hat V]=1-(1-p)^{n+1}=1-0.7^5=0.83193$.",
    "20-c":
        r"`tree = avoiding(64)`; solve $H\big(2H-1+\frac{2w}{n+1}\big)\le$ `rejection_letters(tree)` with "
        r"`wasted_letters(tree)` for $w$: $n+1\ge2w/(\text{letters}/H-(2H-1))$. (Figure 1 shows that fewer are "
        r"enough: the exact mean is below the bound.) Rounded up, $n=195$.",
    "20-d":
        r"At depth 9 one prefix leads to the needle, $V^\star=\frac12(1-\eta)+\eta$ with $\eta=2^{-10}$, so "
        r"$V^\star/\hat V=512.5$; under $\pi^\star$ it has probability $2^{-9}V^\star/Z=0.50073$, the others have "
        r"ratio 1: $\kappa_-=0.50073\cdot512.5+0.49927=257.125$.",
}
"""The steps of every solution, Markdown; they end with the value."""

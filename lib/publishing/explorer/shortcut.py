"""Panel 5: a shortcut lowers the cross-entropy and loses coverage (notebook 12): two answers, one rule too simple."""

import numpy as np

from covtheory.instances.shortcut import BlindMixture
from publishing.explorer.spec import axis, chart, choose, control, mark, number, panel, table

TOY = BlindMixture([0.9, 0.1])
"""Nine prompts in ten follow the majority rule; each has one right answer; the model cannot tell which."""

TRUSTS = np.round(np.arange(50, 99, 2) / 100, 2)
FINE = np.round(np.arange(500, 991, 5) / 1000, 3)
DRAWS = (2, 3, 4, 6, 8, 12, 16)


def shortcut() -> dict:
    """Return the panel."""
    kl_fine, cov_fine, missed_fine = numbers(FINE)
    kl, cov, missed = numbers(TRUSTS)
    best = FINE[missed_fine.argmin(axis=1)]
    trust, here = axis("q: trust in the shortcut", 0.5, 0.99, ticks=[0.5, 0.6, 0.7, 0.8, 0.9]), table("q", TRUSTS)
    return panel(
        "shortcut", "Can the cross-entropy fall while Best-of-N gets worse?",
        "Nine prompts in ten follow the majority rule, one in ten the opposite rule, and the model cannot tell which "
        "is which. It gives probability q to the majority's answer and 1 − q to the other. Training moves q up to 0.9.",
        [control("q", "Trust in the shortcut q", TRUSTS, 0.5), control("N", "Draws N", DRAWS, 8)],
        [chart("What training sees", "KL, which is the cross-entropy here, against q: it falls until q = 0.9.", trust,
               axis("KL = cross-entropy (nats)", 0.3, 0.72),
               [mark("line", "KL", FINE, kl_fine, "orange"), mark("down", "q", here, None, control="q"),
                mark("dot", "", here, table("q", kl), "orange")]),
         chart("What Best-of-N sees", "Coverage and the share of prompts that Best-of-N misses against q: the misses "
               "fall, turn well before q = 0.9, and rise; the uncovered mass jumps to the minority's share.", trust,
               axis("share of the prompts", 1e-5, 2, log=True),
               [mark("step", "Cov_N", FINE, table("N", cov_fine), "blue", after=True, secret=True),
                mark("line", "missed by Best-of-N", FINE, table("N", missed_fine), "black", secret=True),
                mark("down", "q", here, None, control="q"),
                mark("dot", "", here, table("N q", cov), "blue", secret=True),
                mark("dot", "", here, table("N q", missed), "black", secret=True)])],
        [number("KL", table("q", kl), "nats", "orange"), number("Cov_N", table("N q", cov), "", "blue", secret=True),
         number("Pass@N", table("N q", 1 - missed), secret=True), number("missed", table("N q", missed), secret=True),
         number("best q for Pass@N, on a grid of 0.005", table("N", best), secret=True)],
        "Move q from 0.5 to 0.9: the cross-entropy falls all the way, but with 8 draws the misses turn near q = 0.58, "
        "and from q = 0.875 on the minority's answers are uncovered. With 2 draws the picture is another one: for few "
        "draws, trusting the shortcut pays.",
        [("12", "the toy, and a trained transformer that does the same", "Theorem 1")],
        choose("While q goes from 0.5 to 0.9 the cross-entropy falls all the way. And the prompts that Best-of-8 "
               "misses?",
               [("they fall all the way too", "Only at first: the minority's prompts lose faster than the majority's "
                 "gain, and from q = 0.58 on the misses rise."),
                ("they fall, turn, and rise", "Yes: near q = 0.58, long before the cross-entropy is at its lowest."),
                ("they rise all the way", "Not at first: up to q = 0.58 the majority gains more than the minority "
                 "loses.")], right=1))


def numbers(trusts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """KL (q), ``Cov_N`` and what Best-of-N misses (N, q)."""
    models = np.stack([trusts, 1 - trusts], axis=1)
    return TOY.kl(models), TOY.coverage(models, DRAWS), TOY.missed_at(models, DRAWS)

"""Panel 2: KL grows with the length of the response, coverage does not (notebooks 03, 06)."""

import numpy as np

from covtheory.bounds.divergences import kl_to_coverage
from covtheory.instances.divergences import prop_3_2
from publishing.explorer.spec import axis, chart, choose, control, mark, number, panel, table

LENGTHS = 2 ** np.arange(3, 16)
SAMPLES = (1, 3, 10, 30, 100, 300, 1_000, 10_000)
DRAWS = (2, 4, 16, 64, 256, 1_024, 65_536, 1_048_576)


def length() -> dict:
    """Return the panel."""
    cases = [[prop_3_2(n, int(H)) for H in LENGTHS] for n in SAMPLES]
    kl = np.array([[case.kl for case in row] for row in cases])
    cov = np.array([[case.coverage(DRAWS) for case in row] for row in cases]).transpose(0, 2, 1)  # n, N, H
    unseen = np.array([row[0].mu for row in cases])
    by_kl = np.minimum(kl_to_coverage(kl[:, None, :], np.array(DRAWS, dtype=float)[:, None]), 1.0)
    budget = kl / unseen[:, None] / np.log(10)
    lengths = axis("length H (tokens)", 8, 32_768, log=True, ticks=LENGTHS[::2])
    here = table("H", LENGTHS)
    return panel(
        "length", "Does a longer answer need more data?",
        "After n training examples some prompts have never been seen. Here one rare prompt has probability 1/(2n) and "
        "a model that knows nothing about it answers with H fair coins, where the data have H biased ones. Every "
        "token adds to KL; coverage counts the prompt once.",
        [control("H", "Length H (tokens)", LENGTHS, 64), control("n", "Training examples n", SAMPLES, 100),
         control("N", "Draws N", DRAWS, 16)],
        [chart("KL grows with the length", "KL against the length on logarithmic axes: a straight line of slope one.",
               lengths, axis("KL (nats)", 1e-4, 1e4, log=True),
               [mark("points", "KL", LENGTHS, table("n", kl), "orange"), mark("down", "H", here, None, control="H"),
                mark("dot", "", here, table("n H", kl), "orange")]),
         chart("Coverage does not", "Coverage against the length: it never exceeds the mass 1/(2n) of the unseen "
               "prompt, while the bound that KL gives climbs to one.", lengths,
               axis("share of the data", 1e-6, 1, log=True),
               [mark("points", "bound from KL", LENGTHS, table("n N", by_kl), "pink"),
                mark("across", "1/(2n), any N", None, table("n", unseen), "black"),
                mark("points", "Cov_N, exact", LENGTHS, table("n N", cov), "blue", secret=True),
                mark("down", "H", here, None, control="H"),
                mark("dot", "", here, table("n N H", cov), "blue", secret=True),
                mark("dot", "", here, table("n N H", by_kl), "pink")])],
        [number("KL", table("n H", kl), "nats", style="orange"),
         number("Cov_N", table("n N H", cov), style="blue", secret=True),
         number("largest possible, 1/(2n)", table("n", unseen)),
         number("bound from KL", table("n N H", by_kl), style="pink"),
         number("draws that KL asks for", table("n H", budget), style="pink", power=True),
         number("draws that suffice", 1)],
        "Move H: KL grows in proportion, the uncovered mass stays below 1/(2n) at every N. Who only knows KL would "
        "ask for e<sup>KL/ε</sup> draws to lose at most ε = 1/(2n). One draw suffices.",
        [("03", "KL grows with H, coverage ignores it", "KL grows with the length"),
         ("06", "the same for autoregressive linear models", "Bound the coverage")],
        choose("Answers become a hundred times longer, and KL a hundred times larger. And the share of the data that "
               "is undervalued by N = 16 or more?",
               [("a hundred times larger too", "It cannot: only the prompt that was never seen is undervalued, and its "
                 "mass 1/(2n) is all that can be lost."),
                ("it stays below 1/(2n)", "Yes: coverage counts the unseen prompt once, however many tokens go wrong."),
                ("it falls", "Not here: at first it rises to 1/(2n), the mass of the unseen prompt, and stays there.")],
               right=1))

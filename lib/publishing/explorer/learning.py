"""Panel 3: the tail generalizes faster, exactly: the golden-ratio law of notebook 05."""

import numpy as np

from covtheory.bounds.divergences import kl_price
from covtheory.bounds.golden_ratio import expected_coverage, expected_kl
from publishing.explorer.spec import axis, chart, choose_level, control, mark, number, panel, table

SAMPLES = np.array([1, 2, 3, 5, 8, 13, 20, 30, 45, 65, 90, 120, 165, 200])
DRAWS = 2 ** np.arange(1, 21)
FOLDS = (10, 100, 1_000, 10_000)
FINE = np.unique(np.round(np.linspace(1, np.sqrt(200), 60) ** 2).astype(int))
REFERENCES = {2: None, 4: None, 16: (110, 5e-12), 256: None, 65_536: (9, 1.2e-11)}
"""Draws with a line of their own, and where its name stands if not at its right end."""

ALL = np.arange(1, 1_001)
LEVELS = np.unique(np.geomspace(1, 1_000, 61).round().astype(int))


def learning() -> dict:
    """Return the panel."""
    left = share(ALL)  # n, N
    fine, now = left[FINE - 1].T, left[SAMPLES - 1].T
    cov = expected_coverage(SAMPLES[:, None], DRAWS.astype(float)).T
    kl = expected_kl(SAMPLES)
    route = np.minimum(kl / kl_price(DRAWS.astype(float))[:, None], 1.0)
    # the smallest n; a share within 1e-9 of the level counts as reached
    needed = np.array([(left > (1 + 1e-9) / fold).sum(axis=0) + 1 for fold in FOLDS])
    root = axis("training examples n (square-root scale)", 0, 200, scale="sqrt", ticks=[1, 5, 20, 45, 90, 165])
    draws = axis("draws N", 2, 1_048_576, log=True, ticks=4.0 ** np.array([1, 4, 7, 10]))
    others = [mark("line", f"N = {N:,}", FINE, share(FINE, N), "grey", secret=True, tag=tag, wide=N > 200)
              for N, tag in REFERENCES.items()]
    folds = table("fold", FOLDS)
    return panel(
        "learn", "Which generalises faster, the mean or the tail?",
        "The simplest learner: a response is a point of the plane plus normal noise, the model is centred at the mean "
        "of n examples. Cov<sub>N</sub> falls with N by its definition, for every model; that says nothing about "
        "learning. So both pictures divide it out: they show which <em>share</em> of what one example leaves is left "
        "after n, at the same N. Expectations over all data sets, exact.",
        [control("n", "Training examples n", SAMPLES, 20), control("N", "Draws N", DRAWS, 256),
         control("fold", "Reduce it", FOLDS, 100, texts=[f"{fold:,}-fold" for fold in FOLDS])],
        [chart("What is left after n examples, of what one leaves", "Share of the expected uncovered mass after one "
               "example that is left after n, on a logarithmic axis, against the square root of n: straight lines, the "
               "steeper the larger N; by way of KL one curve for all N, one over n.", root,
               axis("E Cov_N after n / E Cov_N after 1", 1e-12, 1, log=True),
               [*others, mark("line", "by way of KL (1/n, any N)", FINE, 1 / FINE, "orange"),
                mark("line", "this N", FINE, table("N", fine), "blue", secret=True, quiet=True),
                mark("down", "n", table("n", SAMPLES), None, control="n"),
                mark("dot", "", table("n", SAMPLES), table("n", 1 / SAMPLES), "orange"),
                mark("dot", "", table("n", SAMPLES), table("N n", now), "blue", secret=True)]),
         chart("How many examples reduce it so much?", "Number of examples that reduce the expected uncovered mass by "
               "the chosen factor against the number of draws: it falls from dozens to two or three; by way of KL it "
               "is the factor itself, at every N.", draws, axis("training examples", 1, 2e4, log=True),
               [mark("line", "by way of KL", [2, 1_048_576], table("fold", [[f, f] for f in FOLDS]), "orange"),
                mark("points", "exact", DRAWS, table("fold", needed), "blue", secret=True),
                mark("down", "N", table("N", DRAWS), None, control="N"),
                mark("dot", "", table("N", DRAWS), table("fold N", needed), "blue", secret=True)])],
        [number("left by n examples, share", table("N n", now), "", "blue", secret=True),
         number("the same by way of KL", table("n", 1 / SAMPLES), "", "orange"),
         number("examples needed", table("fold N", needed), "", "blue", secret=True),
         number("examples needed, by way of KL", folds, "", "orange"),
         number("E Cov_N", table("N n", cov), "", "blue", secret=True),
         number("after one example (the fall by definition)", table("N", share_of_one())),
         number("E KL", table("n", kl), "nats", "orange"),
         number("what E KL promises for Cov_N", table("N n", route), "", "orange")],
        "Move N: the blue line tilts. After n examples the uncovered mass is b/(a+b) · N<sup>−a</sup> with a = √(n + "
        "¼) − ½ and b = a + 1, so log Cov<sub>N</sub> falls like −log N · √n: the further out, the faster. KL is one "
        "number and falls like 1/n, whatever it is asked about. At N = 2 it takes 54 examples to reduce the uncovered "
        "mass 100-fold; at N = 65,536 it takes 3; by way of KL 100, always. (At N = 2 the uncovered mass is behind 1/n "
        "at first and ahead from n = 33 on.)",
        [("05", "the golden-ratio law", "The golden-ratio law"),
         ("19", "the general theorem", "Theorem T1")],
        choose_level(
            "By way of KL it takes 100 examples to reduce the uncovered mass 100-fold, whatever N is. And in truth? "
            "Your guess for N = 65,536: drag the knob in the second picture, or the slider.",
            chart=1, x=65_536, levels=LEVELS, start=100, truth=int(needed[1][15]), unit="examples"))


def share(n: np.ndarray, N: float | None = None) -> np.ndarray:
    """``E Cov_N`` after n examples over the same after one; shape (n, N), or (n,) for one N."""
    at = DRAWS.astype(float) if N is None else np.array([float(N)])
    found = expected_coverage(n[:, None], at) / expected_coverage(1, at)
    return found if N is None else found[:, 0]


def share_of_one() -> np.ndarray:
    """``E Cov_N`` after one example, by N."""
    return expected_coverage(1, DRAWS.astype(float))

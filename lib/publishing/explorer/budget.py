"""Panel 4: overfitting is a budget of nats, and a miss by a factor N costs about log N of them (notebooks 05, 19)."""

import numpy as np

from covtheory.bounds.divergences import kl_price
from covtheory.instances.ladder import RUNGS, Ladder
from covtheory.instances.two_scale import OverfitBudget
from publishing.explorer.spec import ZERO, axis, chart, choose, control, mark, number, panel, table

N_SAMPLES, SIGNS, SHARE = 100_000, 400, 0.0688
"""The ladder of notebook 05: its rival is the MLE with probability 0.67."""

DRAWS = 2 ** np.arange(2, 42, 2)
MASSES = np.array([0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24, 0.32])
"""Mass of the rare event in units of d/n."""

FINE = np.geomspace(0.004, 0.6, 49)
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
REFERENCES = {4: ("4", (0.44, 0.6)), 1_024: ("1,024", (0.052, 0.4)), 2**38: ("2³⁸", (0.0105, 0.5))}


def budget() -> dict:
    """Return the panel."""
    game = OverfitBudget(N_SAMPLES, SIGNS)
    unit = SIGNS / N_SAMPLES
    price = kl_price(DRAWS.astype(float))
    wins = {int(N): missed(game, FINE * unit, N) for N in DRAWS}
    now = np.array([missed(game, MASSES * unit, N) for N in DRAWS])
    half = np.array([game.critical_p(float(N)) for N in DRAWS]) / unit
    ladder = Ladder(N_SAMPLES, SIGNS, SHARE)
    wide = np.linspace(0.9, 27, 120)
    area = MASSES[None, :] * price[:, None]  # N, m
    prices = axis("price log N − 1 + 1/N (nats)", 0, 27, ticks=[0, 5, 10, 15, 20, 25])
    mass = axis("mass of the rare event (units of d/n)", 0.004, 0.6, log=True, ticks=[0.005, 0.02, 0.1, 0.5])
    low, high = table("m", MASSES), table("N", price)
    return panel(
        "budget", "Why faster: what can overfitting pay for?",
        "A sample is a rare event, or else d = 400 fair signs; n = 100,000 samples. Rival models bet on the signs and "
        "give the rare event N times too little. By luck the best bet on the signs gains about d/π nats on the "
        "sample; each rare event in it costs the rival log N, less 1 − 1/N for the mass that it puts elsewhere. "
        "Maximum likelihood picks a rival when the gain exceeds the price.",
        [control("N", "The rivals undervalue by N", DRAWS, 64,
                 texts=[f"{N:,}" if N < 10**6 else f"2{str(int(np.log2(N))).translate(RAISED)}" for N in DRAWS]),
         control("m", "Mass of the rare event, in d/n", MASSES, 0.08)],
        [chart("A miss is a block: its mass times its price", "Mass against price. The block of the chosen mass and N, "
               "the curve of blocks of area one over pi, the largest mass that rivals miss for half of the data sets, "
               "and a single fitted model that misses at all N at once.", prices,
               axis("mass undervalued by N or more (units of d/n)", 0, 0.34),
               [mark("block", "", high, low, "blue"),
                mark("line", "area 1/π: the budget", wide, 1 / (np.pi * wide), "black", secret=True),
                mark("points", "missed by half of the fits", price, half, "blue", secret=True),
                mark("line", "one model, all N at once", *ladder_steps(ladder), "green", secret=True),
                mark("down", "N", high, None, control="N")]),
         chart("How often is the rare event missed?", "Exact probability that maximum likelihood undervalues the rare "
               "event by N, against its mass: a fall from one to zero, the further left the larger N.", mass,
               axis("probability that the fit is a rival", -0.02, 1),
               [*(mark("line", f"N = {label}", FINE, wins[N], "grey", secret=True, tag=tag)
                 for N, (label, tag) in REFERENCES.items()),
                mark("line", "this N", FINE, table("N", [wins[int(N)] for N in DRAWS]), "blue", secret=True,
                    quiet=True),
                mark("down", "m", low, None, control="m"),
                mark("dot", "", low, table("N m", now), "blue", secret=True)])],
        [number("budget d/π", SIGNS / np.pi, "nats"), number("net price of one rare sample", table("N", price), "nats"),
         number("rare samples, expected", table("m", MASSES * SIGNS)),
         number("net price of all of them", table("N m", area * SIGNS), "nats"),
         number("missed with probability", table("N m", now), "", "blue", secret=True),
         number("then Cov_N", table("m", MASSES * unit)),
         number("KL of the miss", table("N m", area * unit), "nats", "orange")],
        "Make the block wider at the same height: once its area is beyond the budget 1/π (in d/n nats a sample), the "
        "fit gets it right. So what is missed by N has mass at most about a constant over log N. KL is the area of "
        "the block and does not tell its width. The green steps are one class and one fitted model (with probability "
        "0.67) that misses at 24 thresholds at once: the law 1/log N is not made of different problems.",
        [("05", "budget and ladder", "Why: overfitting"), ("19", "the area of overfit, in general", "Lemma 2")],
        choose("A miss becomes twice as wide in log N (N becomes N²). How much mass can overfitting still miss?",
               [("as much as before", "Not so: each rare sample now costs about twice as many nats."),
                ("about half as much", "Yes: the budget of nats is the same, and the price has about doubled."),
                ("a power of N less", "Not so: the price is a logarithm, about 2 log N in place of log N, and "
                 "that halves it.")], right=1))


def missed(game: OverfitBudget, masses: np.ndarray, N: int) -> np.ndarray:
    """Probability that a rival wins, for each mass; what is below ``ZERO`` is zero."""
    chances = np.array([game.bad_probability(m, float(N)) for m in masses])
    return np.where(chances < ZERO, 0.0, chances)


def ladder_steps(ladder: Ladder) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the fitted model's profile over the price, in units of d/n."""
    rungs = 10.0 ** np.array([r for r in RUNGS if r <= 12])
    starts = np.concatenate([[1.01 * np.exp(ladder.radius)], rungs[:-1]])
    return kl_price(np.column_stack([starts, rungs]).ravel()), np.repeat(SHARE / np.log(rungs), 2)

"""Panel 1: two models of equal KL, their coverage profiles, and what Best-of-N makes of them (notebooks 01, 02)."""

import numpy as np

from covtheory.bounds.best_of_n import bon_average_bound, bon_by_kl
from covtheory.coverage import CoverageProfile, coverage_profile
from covtheory.instances.profile import gappy_and_broad
from covtheory.policies import Product
from covtheory.samplers.best_of_n import worst_case_regret
from publishing.explorer.spec import ZERO, axis, chart, choose, control, mark, number, panel, table

H = 60
DRAWS = np.unique([f * 2**k for k in range(17) for f in (2, 3)] + [1])
GAPS = (100, 1_000, 10_000, 100_000)
FINE = np.geomspace(1, 2e5, 321)
MODELS = ("gappy", "broad")


def tail() -> dict:
    """Return the panel."""
    profiles = [{name: profile(name, gap) for name in MODELS} for gap in GAPS]
    curves = {name: np.array([p[name](FINE) for p in profiles]) for name in MODELS}
    at = {name: np.array([p[name](DRAWS) for p in profiles]) for name in MODELS}
    kl = np.array([p["gappy"].kl for p in profiles])
    regret = np.array([[bracket(p[name]) for name in MODELS] for p in profiles])  # gap, model, quantity, N
    names = ("exact", "upper", "lower", "kl")
    fine = {name: table("gap model", regret[:, :, i]) for i, name in enumerate(names)}
    now = {name: table("gap model N", regret[:, :, i]) for i, name in enumerate(names)}
    draws, here = axis("draws N", 1, 2e5, log=True), table("N", DRAWS)
    return panel(
        "tail", "Two models have the same KL. Which one needs more draws?",
        "Both models write 60 tokens. <b>Broad</b> is slightly wrong about every token. <b>Gappy</b> is right except "
        "that one token in 600 is far too rare. They are tuned to the same KL, the <em>mean</em> of log "
        "π<sub>D</sub>/π. Cov<sub>N</sub> is its <em>tail</em>: the share of the data that the model makes at least N "
        "times too rare.",
        [control("N", "Draws N", DRAWS, 1_024),
         control("gap", "Gappy: how many times too rare is that token", GAPS, 10_000),
         control("model", "Best-of-N with the model", MODELS, "gappy", texts=MODELS, kind="select")],
        [chart("Coverage profile", "Coverage of the broad and of the gappy model against the number of draws. The "
               "broad model starts higher and falls steeply, the gappy one stays on a plateau.", draws,
               axis("Cov_N (share of the data)", 1e-7, 1, log=True),
               [mark("step", "broad", FINE, table("gap", curves["broad"]), "blue", secret=True),
                mark("step", "gappy", FINE, table("gap", curves["gappy"]), "orange", secret=True),
                mark("down", "eᴷᴸ", table("gap", np.exp(kl)), None, "grey"), mark("down", "N", here, None, control="N"),
                mark("dot", "", here, table("gap N", at["broad"]), "blue", secret=True),
                mark("dot", "", here, table("gap N", at["gappy"]), "orange", secret=True)]),
         chart("What Best-of-N still misses", "Worst-case regret of Best-of-N against the number of draws for the "
               "chosen model, between two averages of its coverage profile, E_N and A_N; the bound from KL alone is "
               "the same for both models.",
               draws, axis("regret (share of the reward)", -0.02, 1),
               [mark("line", "from KL alone", DRAWS, fine["kl"], "pink"),
                mark("line", "upper bound", DRAWS, fine["upper"], "blue", secret=True),
                mark("line", "exact", DRAWS, fine["exact"], "black", secret=True),
                mark("line", "lower bound", DRAWS, fine["lower"], "green", secret=True),
                mark("down", "N", here, None, control="N"),
                mark("dot", "", here, now["exact"], "black", secret=True)])],
        [number("KL of both", table("gap", kl), "nats"),
         number("Cov_N broad", table("gap N", at["broad"]), style="blue", secret=True),
         number("Cov_N gappy", table("gap N", at["gappy"]), style="orange", secret=True),
         number("regret, exact", now["exact"], secret=True),
         number("upper bound", now["upper"], style="blue", secret=True),
         number("lower bound", now["lower"], style="green", secret=True),
         number("from KL alone", now["kl"], style="pink")],
        "With the gap at 10,000: at N = 2 the gappy model is the better one; from N = 16 on it is the worse one, and "
        "further draws do not help before their number is about that of the gap: its regret stays where its profile "
        "stays. The KL of the two never differs. The regret is how far Best-of-N can fall behind one draw of the "
        "data, for the worst reward; two averages of the coverage profile follow it from both sides (Theorem A of "
        "notebook 02), the bound from KL alone is the same for both models.",
        [("01", "mean and tail", "The mean, the tail"),
         ("02", "both bounds, and that the exact curve is exact", "Enough draws")],
        choose("Both have the same KL. You may draw 1,024 times. Which model has more of the data out of reach?",
               [("broad", "It is the other one: the broad model's errors are many and small, 1,024 draws make up for "
                 "them."),
                ("gappy", "Yes: its errors are few and large, and 1,024 draws do not make up for a factor of 10,000."),
                ("the same, as KL is the same", "KL is the mean of the log ratio; how many draws are needed is a "
                 "question about its tail, and the gappy model's is heavy.")], right=1))


def profile(name: str, gap: float) -> CoverageProfile:
    """Exact profile of one of the two models."""
    tokens = gappy_and_broad(H=H, gap=gap)
    return coverage_profile(Product(tokens.pi_D, H=H), Product(getattr(tokens, name), H=H))


def bracket(model: CoverageProfile) -> np.ndarray:
    """Exact worst-case regret, the two averages of the profile that hold it (A_N and E_N), and what KL alone gives."""
    law, N = model.law, DRAWS.astype(float)
    exact = worst_case_regret(np.append(law.p, 0.0), np.append(law.q, law.q_only), N)[0]
    upper, lower = bon_average_bound(law.values, law.p, N), model.hockey_stick(N)
    exact, lower = (np.where(values < ZERO, 0.0, values) for values in (exact, lower))
    return np.array([exact, upper, lower, np.minimum(bon_by_kl(model.kl, np.log(N)), 1.0)])

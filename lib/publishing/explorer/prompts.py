"""Panel 5: maximum likelihood on many prompts, expected coverage and KL against two theorems (notebooks 04, 05, 19)."""

import numpy as np

from covtheory.bounds.classical import mle_hellinger_cover
from covtheory.bounds.divergences import hellinger_to_coverage
from covtheory.bounds.two_scale_tuned import tune
from covtheory.instances.prompt_coins import PromptCoins
from publishing.explorer.spec import axis, chart, choose, control, mark, number, panel, table

SAMPLES = 2 ** np.arange(3, 15)
DRAWS = 2 ** np.arange(2, 21, 2)
LENGTHS = (8, 64, 512)
SCALES = np.geomspace(1e-6, 10, 200)


def prompts() -> dict:
    """Return the panel."""
    families = [PromptCoins(H) for H in LENGTHS]
    found = [family.coverage(SAMPLES, DRAWS) for family in families]
    cov, fine = (np.array([getattr(c, part) for c in found]) for part in ("upper", "fine_upper"))  # H, n, N
    kl = np.array([family.kl(SAMPLES).upper for family in families])
    theorem = np.array([[[min(1.0, tune(float(N), int(n), None, family.log_cover).total) for N in DRAWS]
                         for n in SAMPLES] for family in families])
    old = np.array([classical(family) for family in families])
    samples, draws = axis("training examples n", 8, 16_384, log=True, ticks=SAMPLES[1::3]), axis(
        "draws N", 4, 1_048_576, log=True, ticks=4 ** np.arange(1, 11, 3))
    low, high = 1e-8, 200
    series = [("KL (nats)", "orange", kl, None), ("classical theorem", "pink", old, "H n N"),
              ("two-scale theorem", "black", theorem, "H n N"), ("Cov_N", "blue", cov, "H n N"),
              ("Cov_N, seen prompts", "green", fine, "H n N")]
    hidden = {"Cov_N", "Cov_N, seen prompts"}
    over_n = [table("H", v) if by is None else table("H N", v.transpose(0, 2, 1)) for _, _, v, by in series]
    against_n = [mark("points", name, SAMPLES, y, style, secret=name in hidden)
                 for (name, style, _, _), y in zip(series, over_n, strict=True)]
    wide = np.repeat(kl[:, :, None], len(DRAWS), axis=2)
    against_N = [mark("points", name, DRAWS, table("H n", wide if by is None else v), style,
                      secret=name in hidden)
                 for name, style, v, by in series]
    dots_n, dots_N = ([mark("dot", "", table(*here), table("H n" if by is None else by, v), style,
                            secret=name in hidden)
                       for name, style, v, by in series] for here in (("n", SAMPLES), ("N", DRAWS)))
    return panel(
        "prompts", "Many prompts, long answers: what carries over?",
        "Sixteen prompts, each half as frequent as the one before; the answer is H tosses of the prompt's own coin. A "
        "model is fitted to n examples by maximum likelihood. Shown are expectations over all data sets, certified (KL "
        "to 4 %, uncovered mass to 0.05 %, upper ends), and two theorems that know only the class.",
        [control("n", "Training examples n", SAMPLES, 1_024), control("N", "Draws N", DRAWS, 256),
         control("H", "Tosses H per answer", LENGTHS, 64)],
        [chart("Against the training examples, at this N", "Expected KL, expected uncovered mass, its part from "
               "prompts that were seen, and two upper bounds against the number of training examples, on "
               "logarithmic axes.",
               samples,
               axis("share of the data; nats for KL", low, high, log=True),
               [*against_n, mark("down", "n", table("n", SAMPLES), None, control="n"), *dots_n]),
         chart("Against the draws, at this n", "The same quantities against the number of draws: the part from seen "
               "prompts falls by decades, KL is flat.", draws,
               axis("share of the data; nats for KL", low, high, log=True),
               [*against_N, mark("down", "N", table("N", DRAWS), None, control="N"), *dots_N])],
        [number("expected KL", table("H n", kl), "nats", "orange"),
         number("expected Cov_N", table("H n N", cov), "", "blue", secret=True),
         number("of it from seen prompts", table("H n N", fine), "", "green", secret=True),
         number("two-scale theorem", table("H n N", theorem)),
         number("classical theorem", table("H n N", old), "", "pink")],
        "Raise N: the part from prompts that were seen falls by decades, at the same n. What stays is the plateau of "
        "prompts that no example showed (the second scale), and no rule that answers in the class can remove it. Move "
        "H: KL grows with the length, the uncovered mass hardly. The two-scale theorem keeps falling with N, the "
        "classical one (through Hellinger distance) soon stops. Where a theorem exceeds one it promises nothing, "
        "and is drawn at one.",
        [("05", "many prompts", "Many prompts"), ("04", "the classical theorem", "Infinite classes"),
         ("19", "the two-scale theorem", "Theorem T1")],
        choose("A thousand examples. Raise N from 4 to a million: what remains of the expected uncovered share?",
               [("nearly nothing: it falls by decades", "That is true of prompts that were seen. Prompts that no "
                 "example showed stay uncovered, and they make a plateau."),
                ("about 40 %: prompts that no example showed", "Yes: the part from seen prompts falls by decades, the "
                 "plateau stays (1.44/n against 3.61/n at N = 2, for 64 tosses)."),
                ("all of it, as with KL", "KL does not move with N; the uncovered mass does, down to the plateau of "
                 "prompts that no example showed.")], right=1))


def classical(family: PromptCoins) -> np.ndarray:
    """``E Cov_N`` by the Hellinger route, best scale of a net, at most one; shape (n, N).

    The theorem with ``delta = 1/e`` bounds the expectation: the squared distance is at most ``2 (1 - e^-X)`` with
    ``E X <= (log size + 1)/n + eps``, and that is concave in ``X``.
    """
    size = np.exp(family.log_cover(SCALES))
    D_H2 = mle_hellinger_cover(size, SAMPLES[:, None].astype(float), np.exp(-1.0), SCALES).min(axis=1)
    return np.minimum(hellinger_to_coverage(D_H2[:, None], DRAWS.astype(float)), 1.0)

"""Panel 4: one pass of SGD on the two texts where it loses coverage, and normalised SGD (notebooks 08, 09)."""

import numpy as np

from covtheory.instances.one_pass import Crawling, Oscillating
from covtheory.learners.normalized_sgd import normalized_sgd
from covtheory.learners.sequence_gradient import SequenceGradients
from covtheory.learners.sgd import sgd
from publishing.explorer.spec import axis, chart, choose, control, mark, number, panel, table

STEPS = np.array([0.0125, 0.05, 0.2, 0.5, 1, 2, 4, 8, 16, 64])
"""Step sizes in units of 1/(H B); the first is the safe one on the oscillating text, 1/(2 H B^2)."""

LENGTHS = 4 ** np.arange(2, 7)
N, LOUD, SLOW, SLOW_PLUS = 16.0, 40.0, 900.0, 30.0
MOST, MOST_SLOW, MOST_PATIENT = 4_000, 20_000, 80_000
TIMES = np.unique(np.geomspace(1, MOST, 90).astype(int))


def one_pass() -> dict:
    """Return the panel."""
    loud = [oscillating(int(H)) for H in LENGTHS]
    ratio = np.array([found[0] for found in loud])  # H, t, step
    normal = np.array([found[1] for found in loud])  # H, t
    needed = [until(r) for r in ratio]
    needed_normal = [until(r[:, None])[0] for r in normal]
    slow = [until(crawling(int(H))) for H in LENGTHS]
    slow_normal = [until(patient(int(H)))[0] for H in LENGTHS]
    lost = [[times[i] is None for times in needed] for i in range(len(STEPS))]
    by_step = [[[rows[h][i] for h in range(len(LENGTHS))] for i in range(len(STEPS))] for rows in (needed, slow)]
    last = ratio[:, -1, :].T
    steps, lengths = axis("steps, one sequence each", 1, MOST, log=True), axis(
        "length H (tokens)", 16, 4_096, log=True, ticks=LENGTHS)
    here, grey = table("H", LENGTHS), f"never covered in {MOST:,} steps"
    return panel(
        "step", "Which step size covers long texts?",
        "A model with two parameters starts badly, reads one sequence of H tokens at a time and takes one gradient "
        "step. The text that makes up nearly all data is covered when π<sub>D</sub>/π is below N = 16. The step size "
        "is η̄/(HB), B the size of the features; the normalised learner divides each gradient by a constant plus its "
        "length.",
        [control("step", "Step size η̄ = ηHB", STEPS, 0.2), control("H", "Length H (tokens)", LENGTHS, 256)],
        [chart("One run on the oscillating text, at this length",
               "Log ratio of the text 00...0 against the number of steps for plain and for "
               "normalised SGD; covered means below log 16.", steps,
               axis("log π_D/π of the text (nats)", 1e-3, 1e6, log=True),
               [mark("line", "SGD", TIMES, table("step H", ratio[:, TIMES].transpose(2, 0, 1)), "orange"),
                mark("line", "normalised SGD", TIMES, table("H", normal[:, TIMES]), "blue"),
                mark("across", "log 16: covered below", None, np.log(N), "grey")],
               note=table("step H", [[f"SGD: {grey}" if gone else "" for gone in row] for row in lost])),
         chart("Steps until covered, all lengths", "Steps until the text is covered against its length on logarithmic "
               "axes, for plain SGD at the chosen step and for normalised SGD, on two texts; normalised SGD is flat "
               "on both.", lengths,
               axis("steps (crawling text: visits) until covered", 0.8, 3e6, log=True),
               [mark("points", "SGD, oscillating text", LENGTHS, table("step", by_step[0]), "orange", secret=True),
                mark("points", "SGD, crawling text", LENGTHS, table("step", by_step[1]), "pink", secret=True),
                mark("points", "normalised, oscillating", LENGTHS, needed_normal, "blue", secret=True),
                mark("points", "normalised, crawling", LENGTHS, slow_normal, "green", secret=True),
                mark("down", "H", here, None, control="H"),
                mark("dot", "", here, table("H", needed_normal), "blue", secret=True)],
               note=table("step", [f"SGD on the oscillating text: {grey}" if all(row) else "" for row in lost]))],
        [number("SGD, oscillating text", table("step H", by_step[0]), "steps", "orange", none=grey, secret=True),
         number("SGD, crawling text", table("step H", by_step[1]), "visits", "pink", secret=True,
                none=f"not in {MOST_SLOW:,} visits"),
         number("normalised, oscillating text", table("H", needed_normal), "steps", "blue", secret=True),
         number("normalised, crawling text", table("H", slow_normal), "visits", "green", secret=True),
         number(f"log ratio after {MOST:,} steps, SGD", table("step H", last), "nats", "orange"),
         number("threshold log 16", np.log(N), "nats")],
        "From η̄ = 4 on SGD jumps between two wrong models for ever. Smaller steps end that, but then the time on a "
        "second text, of a rare prompt (crawling; a step counts when the prompt is visited), grows with the length: "
        "no constant step escapes both. Normalised SGD has one setting for all lengths and needs 839 to 962 steps on "
        "the first and 55,000 to 73,000 visits on the second text, whether they have 16 or 4,096 tokens: slower than "
        "a lucky step, but the length does not matter.",
        [("08", "both ways to fail", "Every step size"),
         ("09", "a bound without H for normalised SGD", "The theorem: no length")],
        choose("Two texts: one makes SGD jump past its aim, on the other it crawls. Which constant step size η̄ covers "
               "both, at every length, within some thousand steps?",
               [("a small one", "It ends the jumping, but on the second text the number of visits then grows with the "
                 "length."),
                ("a large one", "From η̄ = 4 on it jumps between two wrong models for ever."),
                ("none", "Yes: what is small enough for the first text is too slow on the second, the longer the "
                 "text, the slower.")], right=2))


def oscillating(H: int) -> tuple[np.ndarray, np.ndarray]:
    """Log ratio of the all-zero text after 0, 1, ... steps: of SGD, one column a step size, and of normalised SGD."""
    text = Oscillating(8.0, LOUD, H)
    data = SequenceGradients.repeated(text.features(), text.zero_counts(), H, MOST)
    plain = sgd(data, STEPS / (H * LOUD), text.start).thetas
    normal = normalized_sgd(data, 1 / (32 * LOUD), 2 * LOUD * np.log(N), text.start, N=N).thetas[:, 0]
    return H * text.log_ratios(plain)[..., 0], H * text.log_ratios(normal)[..., 0]


def crawling(H: int) -> np.ndarray:
    """Log ratio of the all-ones text of the rare prompt after 0, 1, ... visits; one column a step size."""
    text = Crawling(H, SLOW, SLOW_PLUS, 1, N)
    data = SequenceGradients.repeated(text.features(), [[0, H], [0, 0]], H, MOST_SLOW)
    return text.ones_log_ratio(sgd(data, STEPS / (H * SLOW), text.start).thetas[..., 0])


def patient(H: int) -> np.ndarray:
    """The same for normalised SGD, one column."""
    text = Crawling(H, SLOW, SLOW_PLUS, 1, N)
    data = SequenceGradients.repeated(text.features(), [[0, H], [0, 0]], H, MOST_PATIENT)
    path = normalized_sgd(data, 1 / (32 * SLOW), 2 * SLOW * np.log(N), text.start, N=N)
    return text.ones_log_ratio(path.thetas[..., 0])


def until(ratio: np.ndarray) -> list[int | None]:
    """Steps until the log ratio first falls below ``log N``, one entry a column; None if it does not."""
    covered = ratio < np.log(N)
    return [int(column.argmax()) if column.any() else None for column in covered.T]

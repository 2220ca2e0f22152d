"""What ``covtheory passk`` says: facts as plain values, and the same in words."""

import numpy as np

from covtheory.own_model.passk import PassEstimate, pass_estimate
from covtheory.own_model.report_forecast import forecast_text
from covtheory.own_model.report_profile import header
from covtheory.samplers.best_of_n import pass_at_k

WHOM = {"prompts": "for the mean over exactly these prompts, and for the law they came from",
        "prompt": "for this prompt alone, not for others"}


def pass_facts(estimate: PassEstimate, ks, method: str = "exact", N=(2.0, 4.0, 8.0, 16.0, 32.0, 64.0)) -> dict:
    """Everything that is reported about pass@k.

    A k above the fewest draws is taken on the prompts that have so many; ``prompts`` of the row says how many.
    """
    rows = []
    for k in ks:
        enough = estimate.n >= k
        if not enough.any():
            estimate.pass_at(k)  # says that no estimate exists
        part = estimate if enough.all() else pass_estimate(
            np.repeat(estimate.n[enough], estimate.prompts[enough]),
            np.repeat(estimate.c[enough], estimate.prompts[enough]), false_alarm=estimate.false_alarm)
        e = part.pass_at(k, method=method)
        rows.append({"k": k, "pass": float(e.value), "lower": e.lower, "upper": e.upper,
                     "all_right": all_right(part, k), "prompts": part.total, "method": e.method})
    limit = estimate.limit
    fewest, most = int(estimate.n.min()), int(estimate.n.max())
    facts = {"prompts": estimate.total, "draws": fewest, "most_draws": most,
             "draws_in_all": int(estimate.prompts @ estimate.n), "method": method,
             "speaks_for": WHOM["prompts" if estimate.total > 1 else "prompt"],
             "false_alarm": estimate.false_alarm, "largest_k": estimate.largest_k, "pass_at_k": rows,
             "limit": {"solved_share": limit.value, "lower": limit.lower, "upper": 1.0}}
    if fewest == most:
        a = estimate.answer_profile(N)
        facts["answer_profile"] = [{"N": n, "coverage_naive": float(v), "lower": float(x), "upper": float(y)}
                                   for n, v, x, y in zip(N, a.value, a.lower, a.upper, strict=True)]
    return facts


def drawn_until(n: np.ndarray, c: np.ndarray, least: int = 20) -> list[str]:
    """A warning if prompts look drawn until so many successes came: then no estimate of pass@k is unbiased.

    Examples
    --------
    >>> len(drawn_until(np.arange(1, 41), np.ones(40))), drawn_until(np.arange(1, 41), np.arange(40) % 2)
    (1, [])
    """
    short = n < n.max()
    if short.sum() < least or c[short].min() < 1 or np.ptp(c[short]) > 0 or (c > c[short][0]).any():
        return []
    return [f"all {int(short.sum()):,} prompts with fewer draws than the most have {int(c[short][0])} successes: drawn "
            "until they were right? Then pass@k is estimated too high, and its limits do not hold"]


def all_right(estimate: PassEstimate, k: int) -> float:
    """pass^k, unbiased: the probability that all of k draws are right, ``C(c, k) / C(n, k)``.

    Examples
    --------
    >>> round(all_right(pass_estimate([4, 4], [4, 2]), 2), 12)
    0.583333333333
    """
    each = 1.0 - pass_at_k(estimate.n, estimate.n - estimate.c, k)
    return float(estimate.prompts @ each / estimate.total)


def majority(answers: list[dict], k: int, rng: np.random.Generator, resamples: int = 200) -> float:
    """maj@k: probability that the most frequent of k answers is right, by seeded subsamples without replacement.

    A single answer needs no subsample.

    Parameters
    ----------
    answers : list of dict
        One a prompt: answer to ``[how often drawn, how often right]``. Ties share; prompts with fewer draws are left
        out.

    Examples
    --------
    >>> majority([{"7": [3, 3], "9": [1, 0]}], 4, np.random.default_rng(0))
    1.0
    """
    shares = []
    for held in answers:
        counts = np.array([entry[0] for entry in held.values()])
        right = np.array([entry[1] / entry[0] for entry in held.values()])
        if k == 1:
            shares.append(float(counts @ right / counts.sum()))
        elif counts.sum() >= k:
            drawn = rng.multivariate_hypergeometric(counts, k, size=resamples)
            best = drawn == drawn.max(axis=1, keepdims=True)
            shares.append(float(((best * right).sum(axis=1) / best.sum(axis=1)).mean()))
    return float(np.mean(shares)) if shares else float("nan")


def pass_text(facts: dict) -> str:
    """Tables of pass@k and of the answer-level profile."""
    level, boot = 1 - facts["false_alarm"], facts["method"] == "bootstrap"
    draws = f"{facts['draws']:,}" if facts["draws"] == facts["most_draws"] else \
        f"{facts['draws']:,} to {facts['most_draws']:,}"
    confidence = f"nominal {level:.4g}: measured misses are larger for few prompts" if boot else f"{level:.4g}"
    lines = [*header(facts), f"{facts['prompts']:,} prompt{'s' * (facts['prompts'] > 1)}, {draws} draws each; "
             f"{facts['method']} intervals, each with confidence {confidence},",
             facts["speaks_for"] if not boot else "for the law that the prompts came from", "",
             f"{'k':>8} {'pass@k':>9} {'lower':>9} {'upper':>9} {'pass^k':>9}"]
    for r in facts["pass_at_k"]:
        whom = f"{r['prompts']:,} prompts with so many draws" if r["prompts"] > 1 else \
            "one prompt with so many draws, and for it alone"
        few = f"   (the {whom})" if r["prompts"] < facts["prompts"] else ""
        few += f"   maj@k {r['majority']:.5f}" if r.get("majority") is not None else ""
        lines.append(f"{r['k']:8d} {r['pass']:9.5f} {r['lower']:9.5f} {r['upper']:9.5f} {r['all_right']:9.5f}{few}")
    lines += [f"{'limit':>8} {'':9} {facts['limit']['lower']:9.5f} {1:9.5f}   "
              f"({facts['limit']['solved_share']:.4g} of the prompts solved at least once)",
              f"No unbiased estimate exists beyond k = {facts['largest_k']}: the fewest draws of a prompt.",
              "pass^k: all of k draws are right."]
    if "forecast" in facts:
        lines += forecast_text(facts["forecast"], level)
    if "answer_profile" in facts:
        lines += ["", "answer-level coverage P[p_x <= 1/N] of the always-right comparator",
                  "(limits for all N together):",
                  f"{'N':>8} {'naive':>9} {'lower':>9} {'upper':>9}"]
        lines += [f"{r['N']:8g} {r['coverage_naive']:9.5f} {r['lower']:9.5f} {r['upper']:9.5f}"
                  for r in facts["answer_profile"]]
    else:
        lines += ["", "No answer-level profile: it needs the same number of draws for every prompt."]
    return "\n".join([*lines, "", *facts["notes"]] if facts.get("notes") else lines)

"""What ``covtheory passk --forecast`` says of pass@k beyond the draws: facts as plain values, and the same in words."""

import math

import numpy as np

from covtheory.own_model.forecast import EXPONENTS, forecast, published_power_law
from covtheory.own_model.passk import PassEstimate


def forecast_facts(estimate: PassEstimate, ks, tail_from: float | None = None, drift: float | None = None) -> dict:
    """One row for each k, the condition, and the forecast in print (``None`` where it cannot be fitted)."""
    answers = [forecast(estimate, k, tail_from=tail_from, drift=drift or 0.0) for k in ks]
    first = answers[0]
    seen = [2**i for i in range(first.draws.bit_length())]
    passed = np.array([estimate.pass_at(k).value for k in seen])
    fit = (passed > 0) & (passed < 1)
    line = published_power_law(passed[fit], np.array(seen)[fit], ks) if fit.sum() > 1 else [None] * len(ks)
    rows = [{"k": f.k, "pass": f.value, "lower": f.lower, "upper": f.upper, "free_lower": f.free_lower,
             "free_upper": f.free_upper, "least_squares": None if v is None else float(v), "method": f.method}
            for f, v in zip(answers, line, strict=True)]
    return {"rows": rows, "draws": first.draws, "tail_from": first.tail_from, "drift": first.drift,
            "least_exponent": first.exponent[0], "largest_exponent": first.exponent[1],
            "one_prompt": estimate.total == 1}


def forecast_text(facts: dict, level: float) -> list[str]:
    """The table, the condition in words, and what stands without it."""
    whom = "for this prompt alone" if facts["one_prompt"] else "for the law that the prompts came from"
    lines = ["", f"Forecast beyond {facts['draws']:,} draws, {whom};",
             f"limits for all k together, confidence {level:.4g}:",
             f"{'':8} {'if the tail is a power':^29}   {'whatever the tail':^19} {'least':>9}",
             f"{'k':>8} {'pass@k':>9} {'lower':>9} {'upper':>9}   {'lower':>9} {'upper':>9} {'squares':>9}"]
    for r in facts["rows"]:
        value, line = (f"{v:9.5f}" if v is not None and math.isfinite(v) else f"{'-':>9}"
                       for v in (r["pass"], r["least_squares"]))
        lines.append(f"{r['k']:8d} {value} {r['lower']:9.5f} {r['upper']:9.5f}   {r['free_lower']:9.5f} "
                     f"{r['free_upper']:9.5f} {line}")
    if facts["one_prompt"]:
        return [*lines, "One prompt: the limits are those of its success probability and need no condition."]
    largest = facts["largest_exponent"]
    ends = (f"is at least {facts['least_exponent']:.3f}" if largest > EXPONENTS[-1] else
            f"lies in {facts['least_exponent']:.3f} to {largest:.3f}")
    moves = f"moves by at most {facts['drift']:g}" if facts["drift"] else "does not move"
    return [*lines, f"The condition: from N = {facts['tail_from']:g} on P[p_x <= 1/N] falls as a power of N;",
            f"its local exponent {moves}; by these draws it {ends}.",
            f"No number of prompts can check it far below p = 1/{facts['draws']};",
            "the limits 'whatever the tail' do without it.",
            "Least squares of log(-log pass@k) on log k is the forecast in print: it has no limits."]

"""What the three commands say: text for people, JSON for programs, a picture as PNG or SVG."""

import io
import json
import math
import os
import tempfile
from pathlib import Path

import numpy as np

from covtheory.figures import BLUE, GREEN, ORANGE, SKY, STYLE, figure, label_line
from covtheory.own_model.passk import PassEstimate
from covtheory.own_model.profile_estimate import ProfileEstimate
from covtheory.own_model.tournament_estimate import TournamentEstimate

PICTURES = (".png", ".svg")


def profile_facts(estimate: ProfileEstimate, N, targets, largest: float | None = None) -> dict:
    """Everything ``covtheory profile`` reports, as plain values (nats; infinities stay floats here)."""
    cover, (kl_low, kl_high) = estimate(N), estimate.kl_limits(largest)
    facts = {
        "responses": estimate.draws, "false_alarm": estimate.false_alarm,
        "profile": [{"N": float(n), "coverage": float(v), "lower": float(a), "upper": float(b)}
                    for n, v, a, b in zip(N, cover.value, cover.lower, cover.upper, strict=True)],
        "kl": {"mean_log_ratio": estimate.kl, "lower": kl_low, "upper": kl_high,
               "largest_log_ratio_stated": largest, "largest_log_ratio_seen": float(estimate.values[-1])},
        "best_of_n": [{"target_regret": t, "draws_by_estimate": b.value, "draws_certified": b.upper,
                       "draws_needed": b.lower} for t in targets for b in [estimate.budget(t)]],
        "rounded_to_grid": estimate.rounded,
    }
    if estimate.stopped:
        facts["token_kl_mean"] = estimate.token_kl
        facts["stopped_kl"] = [
            {"N": n, "mean": s.value, "lower": s.lower, "upper": s.upper,
             "coverage_bound": min(1.0, 2 * s.upper / (math.log(n) - 1)) if n > math.e else 1.0}
            for n in sorted(estimate.stopped) for s in [estimate.stopped_kl(n)]]
    return facts


def profile_text(facts: dict) -> str:
    """The facts in words and two short tables."""
    level, kl = 1 - facts["false_alarm"], facts["kl"]
    lines = [f"{facts['responses']:,} responses; limits hold for all thresholds together with confidence {level:.4g}",
             "", f"{'N':>10} {'coverage':>11} {'lower':>11} {'upper':>11}"]
    lines += [f"{r['N']:10.6g} {r['coverage']:11.5g} {r['lower']:11.5g} {r['upper']:11.5g}" for r in facts["profile"]]
    lines += ["", f"KL: mean log ratio {kl['mean_log_ratio']:.6g} nats, certified to be at least {kl['lower']:.6g}"]
    if kl["largest_log_ratio_stated"] is None:
        lines.append("    no upper limit: ratios too rare to be in the data can make KL arbitrarily large")
        lines.append("    (state a bound on the log ratio with --max-log-ratio to get one)")
    else:
        lines.append(f"    at most {kl['upper']:.6g} if no log ratio exceeds {kl['largest_log_ratio_stated']:g} "
                     "(your statement)")
    if "stopped_kl" in facts:
        lines += [f"    sum of token KL, mean {facts['token_kl_mean']:.6g} nats", "",
                  f"{'N':>10} {'stopped KL':>11} {'lower':>11} {'upper':>11}   hence coverage at most"]
        lines += [f"{r['N']:10.6g} {r['mean']:11.5g} {r['lower']:11.5g} {r['upper']:11.5g}   {r['coverage_bound']:.4g}"
                  for r in facts["stopped_kl"]]
    lines += ["", "Best-of-N against the teacher, whatever the reward in [0, 1]:"]
    for row in facts["best_of_n"]:
        sure = f"{row['draws_certified']:,.0f} draws suffice (certified)" if math.isfinite(row["draws_certified"]) \
            else "no number of draws is certified"
        guess = f"{row['draws_by_estimate']:,.0f} by the estimate" if math.isfinite(row["draws_by_estimate"]) \
            else "none by the estimate"
        lines.append(f"    regret {row['target_regret']:g}: {sure}; {guess}; some reward needs "
                     f"{row['draws_needed']:,.0f} (certified)")
    if facts["rounded_to_grid"]:
        lines += ["", "Log ratios were rounded down to 1/1024 nat to bound memory; limits account for it."]
    return "\n".join(lines)


def profile_figure(estimate: ProfileEstimate):
    """Coverage against log N with its band, and the mean log ratio."""
    finite = estimate.values[(estimate.values > 0) & np.isfinite(estimate.values)]
    end = 1.1 * float(finite[-1]) if finite.size else 1.0
    log_N = np.linspace(0, end, 400)
    cover = estimate(np.exp(np.minimum(log_N, 700)))
    fig, ax = figure()
    ax.fill_between(log_N, cover.lower, cover.upper, color=SKY, alpha=0.35, linewidth=0, label="band")
    ax.plot(log_N, cover.value, color=BLUE, ls="-", drawstyle="steps-post", label="coverage")
    if 0 < estimate.kl < end:
        ax.axvline(estimate.kl, color=ORANGE, ls="--", lw=1)
        label_line(ax, "mean log ratio", estimate.kl, 0.95, colour=ORANGE)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("log N (nats)")
    ax.set_ylabel("coverage Cov_N")
    return fig


def tournament_facts(estimate: TournamentEstimate) -> dict:
    """Everything ``covtheory tournament`` reports."""
    lower, upper = estimate.limits
    threshold, additive = estimate.guarantee()
    rows = [{"name": name, "score": float(s), "lower": float(a), "upper": float(b), "mean_log_prob": float(m)}
            for name, s, a, b, m in zip(estimate.names, estimate.scores, lower, upper, estimate.mean_log_prob,
                                        strict=True)]
    return {"responses": estimate.draws, "N": estimate.N, "false_alarm": estimate.false_alarm,
            "pick": estimate.names[estimate.pick], "best_cross_entropy": estimate.names[estimate.likeliest],
            "guarantee": {"coverage_threshold": threshold, "additive": additive, "factor": 5}, "checkpoints": rows}


def tournament_text(facts: dict, most: int = 12) -> str:
    """The pick, its guarantee and the best few checkpoints."""
    promise = facts["guarantee"]
    lines = [f"pick: {facts['pick']}    (best cross-entropy: {facts['best_cross_entropy']})",
             f"{facts['responses']:,} responses, {len(facts['checkpoints'])} checkpoints, N = {facts['N']:g}", "",
             f"{'score':>9} {'lower':>9} {'upper':>9} {'mean log p':>12}  checkpoint"]
    ranked = sorted(facts["checkpoints"], key=lambda r: (r["score"], -r["mean_log_prob"]))
    lines += [f"{r['score']:9.4g} {r['lower']:9.4g} {r['upper']:9.4g} {r['mean_log_prob']:12.6g}  {r['name']}"
              for r in ranked[:most]]
    if len(ranked) > most:
        lines.append(f"    and {len(ranked) - most} more (--json lists all)")
    lines += ["", "score: largest share of responses that another checkpoint finds N times likelier; limits hold for",
              f"all together with confidence {1 - facts['false_alarm']:.4g}.",
              f"Cov at {promise['coverage_threshold']:g} of the pick is at most 5 x (best checkpoint's Cov at 1) + "
              f"{promise['additive']:.4g};", "the coverage itself needs the teacher's probabilities."]
    return "\n".join(lines)


def tournament_figure(estimate: TournamentEstimate):
    """Score against mean log-probability, the pick marked."""
    fig, ax = figure()
    ax.plot(estimate.mean_log_prob, estimate.scores, "o", ls="", color=BLUE, label="checkpoints")
    x, y = estimate.mean_log_prob[estimate.pick], estimate.scores[estimate.pick]
    ax.plot([x], [y], "D", ls="", color=ORANGE, markersize=10, markerfacecolor="none", label="pick")
    label_line(ax, "pick", x, y, colour=ORANGE, xytext=(8, 6))
    ax.set_xlabel("mean log-probability of a response (nats)")
    ax.set_ylabel(f"worst empirical coverage at N = {estimate.N:g}")
    return fig


def pass_facts(estimate: PassEstimate, ks, method: str = "exact", N=(2.0, 4.0, 8.0, 16.0, 32.0, 64.0)) -> dict:
    """Everything ``covtheory passk`` reports."""
    rows = [{"k": k, "pass": e.value, "lower": e.lower, "upper": e.upper}
            for k in ks for e in [estimate.pass_at(k, method=method)]]
    limit = estimate.limit
    facts = {"prompts": estimate.total, "draws": int(estimate.prompts @ estimate.n), "method": method,
             "false_alarm": estimate.false_alarm, "largest_k": estimate.largest_k, "pass_at_k": rows,
             "limit": {"solved_share": limit.value, "lower": limit.lower, "upper": 1.0}}
    if (estimate.n == estimate.n[0]).all():
        a = estimate.answer_profile(N)
        facts["answer_profile"] = [{"N": n, "coverage_naive": float(v), "lower": float(x), "upper": float(y)}
                                   for n, v, x, y in zip(N, a.value, a.lower, a.upper, strict=True)]
    return facts


def pass_text(facts: dict) -> str:
    """Tables of pass@k and of the answer-level profile."""
    level = 1 - facts["false_alarm"]
    lines = [f"{facts['prompts']:,} prompts, {facts['draws']:,} draws; {facts['method']} intervals, each with "
             f"confidence {level:.4g}", "", f"{'k':>8} {'pass@k':>9} {'lower':>9} {'upper':>9}"]
    lines += [f"{r['k']:8d} {r['pass']:9.5f} {r['lower']:9.5f} {r['upper']:9.5f}" for r in facts["pass_at_k"]]
    lines += [f"{'limit':>8} {'':9} {facts['limit']['lower']:9.5f} {1:9.5f}   "
              f"({facts['limit']['solved_share']:.4g} of the prompts solved at least once)",
              f"No unbiased estimate exists beyond k = {facts['largest_k']}: the fewest draws of a prompt."]
    if "answer_profile" in facts:
        lines += ["", "answer-level coverage P[p_x <= 1/N] of the always-right comparator (limits for all N together):",
                  f"{'N':>8} {'naive':>9} {'lower':>9} {'upper':>9}"]
        lines += [f"{r['N']:8g} {r['coverage_naive']:9.5f} {r['lower']:9.5f} {r['upper']:9.5f}"
                  for r in facts["answer_profile"]]
    else:
        lines += ["", "No answer-level profile: it needs the same number of draws for every prompt."]
    return "\n".join(lines)


def pass_figure(facts: dict):
    """pass@k against k with its intervals, and the lower limit of the large-k limit."""
    k, value, low, high = np.array([[r["k"], r["pass"], r["lower"], r["upper"]] for r in facts["pass_at_k"]]).T
    fig, ax = figure()
    ax.fill_between(k, low, high, color=SKY, alpha=0.35, linewidth=0, label=f"{facts['method']} interval")
    ax.plot(k, value, "o-", color=BLUE, label="pass@k")
    ax.axhline(facts["limit"]["lower"], color=GREEN, ls="--", lw=1)
    label_line(ax, "the limit is at least this", k[0], facts["limit"]["lower"], colour=GREEN)
    ax.set_xscale("log", base=2)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("draws k (log scale)")
    ax.set_ylabel("pass@k")
    return fig


def as_json(facts: dict) -> str:
    """Strict JSON; infinities become the strings "inf" and "-inf"."""
    return json.dumps(_plain(facts), indent=2, allow_nan=False)


def save_picture(fig, path: str | Path) -> None:
    """Write PNG or SVG by the ending: complete under its name, or not at all.

    Raises
    ------
    ValueError
        Another ending.
    OSError
        The folder does not exist or cannot be written.
    """
    import matplotlib

    path = Path(path)
    if path.suffix.lower() not in PICTURES:
        raise ValueError(f"picture: got ending {path.suffix!r}, expected one of {', '.join(PICTURES)}")
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        fig.savefig(buffer, format=path.suffix[1:].lower())
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getvalue())
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    finally:
        Path(partial).unlink(missing_ok=True)


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else str(float(value))
    return value

"""What ``covtheory profile`` says about one model: facts as plain values, and the same in words."""

import math

from covtheory.bounds.sequences import stopped_kl_to_coverage_best
from covtheory.own_model.problem import plain
from covtheory.own_model.profile_estimate import ProfileEstimate


def profile_facts(estimate: ProfileEstimate, N, targets, largest: float | None = None, *, prompts: int | None = None,
                  sanity: dict | None = None, whole: bool = True) -> dict:
    """Everything that is reported about a profile, as plain values (nats; infinities stay floats here).

    Parameters
    ----------
    prompts : int, optional
        How many different prompts there are, if the file tells.
    sanity : dict, optional
        See :meth:`covtheory.own_model.sanity.Sanity.facts`.
    whole : bool
        Whether all that the teacher may draw is there. Among responses of one kind ``E exp(-L)`` may exceed one: no
        lower limit for the mean log ratio then, and no budget.
    """
    cover, (kl_low, kl_high) = estimate(N), estimate.kl_limits(largest)
    kl_low, targets = (kl_low, targets) if whole else (-math.inf, ())
    clusters = estimate.by_prompt
    surplus = sanity["exp_minus_log_ratio"]["mean"] - 1 if sanity else math.nan
    facts = {
        "responses": estimate.draws, "clusters": len(clusters.responses) if clusters else None,
        "prompts": prompts, "limits_hold_over": "prompts" if clusters else "responses",
        "effective_prompts": clusters.effective if clusters else None, "false_alarm": estimate.false_alarm,
        "profile": [{"N": float(n), "coverage": float(v), "lower": float(a), "upper": float(b)}
                    for n, v, a, b in zip(N, cover.value, cover.lower, cover.upper, strict=True)],
        "kl": {"mean_log_ratio": estimate.kl, "k3": estimate.kl + surplus if sanity else None, "lower": kl_low,
               "upper": kl_high, "largest_log_ratio_stated": largest,
               "largest_log_ratio_seen": float(estimate.values[-1])},
        "best_of_n": [{"target_regret": t, "draws_by_estimate": b.value, "draws_certified": b.upper,
                       "draws_needed": b.lower} for t in targets for b in [estimate.budget(t)]],
        "rounded_to_grid": estimate.rounded,
    }
    if estimate.stopped:
        facts["token_kl_mean"] = estimate.token_kl
        facts["stopped_kl"] = [
            {"N": n, "mean": s.value, "lower": s.lower, "upper": s.upper,
             "coverage_bound": min(1.0, float(stopped_kl_to_coverage_best(s.upper, n)))}
            for n in sorted(estimate.stopped) for s in [estimate.stopped_kl(n)]]
    return facts | ({"sanity": sanity} if sanity else {})


def independence(facts: dict) -> str:
    """For whom the limits speak: independent prompts, or rows taken as independent."""
    if facts["clusters"]:
        if facts["clusters"] == 1:
            return "one prompt: limits speak for the law that prompts come from, of which it says almost nothing"
        return (f"{facts['clusters']:,} independent prompts (worth {facts['effective_prompts']:.4g} with equally many "
                "responses): limits hold over prompts")
    if facts["prompts"]:
        return "no prompt repeats: rows taken as independent"
    return "no column tells prompts apart: rows taken as independent"


def profile_text(facts: dict) -> str:
    """The facts in words and two short tables."""
    level, kl = 1 - facts["false_alarm"], facts["kl"]
    lines = [*header(facts),
             f"{facts['responses']:,} responses; limits hold for all thresholds together with confidence {level:.4g}",
             independence(facts), "", f"{'N':>10} {'coverage':>11} {'lower':>11} {'upper':>11}"]
    lines += [f"{r['N']:10.6g} {r['coverage']:11.5g} {r['lower']:11.5g} {r['upper']:11.5g}" for r in facts["profile"]]
    third = f" (k1; {kl['k3']:.6g} by k3)" if kl["k3"] is not None else ""
    lines += ["", f"KL: mean log ratio {kl['mean_log_ratio']:.6g} nats{third}, certified to be at least "
              f"{kl['lower']:.6g}"]
    if kl["largest_log_ratio_stated"] is None:
        lines.append("    no upper limit: ratios too rare to be in the data can make KL arbitrarily large")
        lines.append("    (state a bound on the log ratio with --max-log-ratio to get one)")
    else:
        lines.append(f"    at most {kl['upper']:.6g} if no log ratio exceeds {kl['largest_log_ratio_stated']:g} "
                     "(your statement)")
    if "stopped_kl" in facts:
        lines += [f"    sum of token KL, mean {facts['token_kl_mean']:.6g} nats", "", f"{'N':>10} {'stopped KL':>11} "
                  f"{'lower':>11} {'upper':>11}   hence coverage at most (each N by itself)"]
        lines += [f"{r['N']:10.6g} {r['mean']:11.5g} {r['lower']:11.5g} {r['upper']:11.5g}   {r['coverage_bound']:.4g}"
                  for r in facts["stopped_kl"]]
    lines += ["", "Best-of-N against the teacher, whatever the reward in [0, 1]:"]
    for row in facts["best_of_n"]:
        sure = f"{row['draws_certified']:,.0f} draws suffice (certified)" if math.isfinite(row["draws_certified"]) \
            else "no number of draws is certified"
        guess = f"{row['draws_by_estimate']:,.0f} by the estimate" if math.isfinite(row["draws_by_estimate"]) \
            else "none by the estimate"
        lines += [f"    regret {row['target_regret']:g}: {sure}; {guess};",
                  f"        some reward needs {row['draws_needed']:,.0f} (certified)"]
    if facts["rounded_to_grid"]:
        lines += ["", "Log ratios were rounded down to 1/1024 nat to bound memory; limits account for it."]
    return "\n".join(lines + (["", *sanity_lines(facts["sanity"])] if "sanity" in facts else []))


def header(facts: dict) -> list[str]:
    """Warnings first, then what the files were read as."""
    lines = [f"WARNING: {plain(text)}" for text in facts.get("warnings", ())]
    return lines + [f"{plain(name)}: {plain(kind)}" for name, kind in facts.get("read_as", {}).items()]


def sanity_lines(sanity: dict) -> list[str]:
    """The block of facts that should look familiar to whoever made the file."""
    tokens = "unknown" if sanity["median_tokens"] is None else f"{sanity['median_tokens']:g}"
    cut = "unknown" if sanity["truncated_share"] is None else f"{sanity['truncated_share']:.3g}"
    surplus = sanity["exp_minus_log_ratio"]
    lines = [f"Sanity: median tokens {tokens}, median log p of a response {sanity['median_log_prob']:.4g} nats,",
             f"    share truncated {cut}; under the model {sanity['model_zero']:,} of probability zero,",
             f"    {sanity['sentinels']:,} values that stand for missing ones",
             f"    E exp(-log ratio) {surplus['mean']:.4g}, at least {surplus['lower']:.4g} (cannot exceed 1)"]
    if sanity["first_tokens_dropped"]:
        lines.append(f"    {sanity['first_tokens_dropped']:,} first tokens without a log-probability (null) left out")
    if sanity["noise_floor"] is not None:
        lines.append(f"    noise floor {sanity['noise_floor']:.3g} nats")
    return lines

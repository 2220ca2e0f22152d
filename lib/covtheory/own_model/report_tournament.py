"""What ``covtheory tournament`` says: facts as plain values, and the same in words."""

from covtheory.own_model.problem import plain
from covtheory.own_model.report_profile import header
from covtheory.own_model.tournament_estimate import TournamentEstimate


def tournament_facts(estimate: TournamentEstimate) -> dict:
    """Everything that is reported about a tournament."""
    lower, upper = estimate.limits
    threshold, additive = estimate.guarantee()
    rows = [{"name": name, "score": float(s), "lower": float(a), "upper": float(b), "mean_log_prob": float(m)}
            for name, s, a, b, m in zip(estimate.names, estimate.scores, lower, upper, estimate.mean_log_prob,
                                        strict=True)]
    clusters = None if estimate.responses is None else len(estimate.responses)
    return {"responses": estimate.draws, "clusters": clusters,
            "limits_hold_over": "prompts" if clusters else "responses", "N": estimate.N,
            "false_alarm": estimate.false_alarm, "pick": estimate.names[estimate.pick],
            "best_cross_entropy": estimate.names[estimate.likeliest],
            "guarantee": {"coverage_threshold": threshold, "additive": additive, "factor": 5}, "checkpoints": rows}


def tournament_text(facts: dict, most: int = 12) -> str:
    """The pick, its guarantee and the best few checkpoints."""
    promise = facts["guarantee"]
    whom = f"over {facts['clusters']:,} independent prompts" if facts["clusters"] else "rows taken as independent"
    lines = [*header(facts),
             f"pick: {plain(facts['pick'])}    (best cross-entropy: {plain(facts['best_cross_entropy'])})",
             f"{facts['responses']:,} responses ({whom}), {len(facts['checkpoints'])} checkpoints, N = {facts['N']:g}",
             "",
             f"{'score':>9} {'lower':>9} {'upper':>9} {'mean log p':>12}  checkpoint"]
    ranked = sorted(facts["checkpoints"], key=lambda r: (r["score"], -r["mean_log_prob"]))
    lines += [f"{r['score']:9.4g} {r['lower']:9.4g} {r['upper']:9.4g} {r['mean_log_prob']:12.6g}  {plain(r['name'])}"
              for r in ranked[:most]]
    if len(ranked) > most:
        lines.append(f"    and {len(ranked) - most} more (--json lists all)")
    lines += ["", "score: largest share of responses that another checkpoint finds N times likelier; limits hold for",
              f"all together with confidence {1 - facts['false_alarm']:.4g}.",
              f"Cov at {promise['coverage_threshold']:g} of the pick is at most 5 x (best checkpoint's Cov at 1) + "
              f"{promise['additive']:.4g}" + (
                  " (above one: too few responses for it to say anything);" if promise["additive"] >= 1 else
                  f",\nso it says something only if that Cov is below {(1 - promise['additive']) / 5:.2g};"),
              "the coverage itself needs the teacher's probabilities."]
    return "\n".join(lines)

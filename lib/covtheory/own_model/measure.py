"""The three measurements, from the options of a command to ``(text, facts, rows, picture)``."""

from pathlib import Path

import numpy as np

from covtheory.own_model.cluster import cluster
from covtheory.own_model.formats.sources import by_numbers
from covtheory.own_model.problem import Problem, plain


def profile(options, bar) -> tuple:
    """``covtheory profile``."""
    from covtheory.own_model.measure_profile import profile

    return profile(options, bar)


def tournament(options, bar) -> tuple:
    """``covtheory tournament``."""
    from covtheory.own_model.checkpoints import CheckpointScores
    from covtheory.own_model.measure_profile import read_as
    from covtheory.own_model.report_tournament import tournament_facts, tournament_text

    wanted = [name.strip() for name in options.checkpoints.split(",")] if options.checkpoints else None
    scores = CheckpointScores(options.file, wanted=wanted, prompt=options.prompt, form=options.format, progress=bar)
    with cluster(options.scheduler) as client:
        wins = scores.wins(options.N, client)
    estimate = wins.estimate(false_alarm=1 - options.level, prompts=scores.prompts)
    facts = {"warnings": scores.warnings(estimate.draws, estimate.mean_log_prob), "read_as": read_as(scores),
             **tournament_facts(estimate)}

    def picture():
        from covtheory.own_model.pictures import tournament_figure

        return tournament_figure(estimate)

    return tournament_text, facts, facts["checkpoints"], picture


def passk(options, bar) -> tuple:
    """``covtheory passk``: one model, groups of prompts, or two models on the same prompts."""
    from covtheory.own_model.compare import difference_text, pass_differences
    from covtheory.own_model.counts import read_counts
    from covtheory.own_model.passk import pass_estimate
    from covtheory.own_model.report_passk import drawn_until, majority, pass_facts, pass_text

    ks, beyond = _whole("--k", options.k), _whole("--forecast", options.forecast)
    if beyond is None and (options.tail_from is not None or options.tail_drift is not None):
        raise ValueError("--tail-from, --tail-drift: they state the condition of --forecast, which is not asked for")
    if beyond and options.against:
        raise ValueError("--forecast: one model at a time, without --against")
    read = {"form": options.format, "chosen": options.filter, "by": options.by, "prompt": options.prompt,
            "verdict": options.verdict, "add_up": options.add_up, "answer": options.answer, "progress": bar}
    with cluster(options.scheduler) as client:
        counts = read_counts(options.file, **read, client=client)
        other = read_counts(options.against, **(read | {"by": None, "progress": None}), client=client) \
            if options.against else None
    estimate = pass_estimate(counts.n, counts.c, false_alarm=1 - options.level)
    powers = [2**j for j in range(estimate.largest_k.bit_length())]
    facts = pass_facts(estimate, ks or powers, options.interval)
    if counts.answers:
        for row in facts["pass_at_k"]:
            row["majority"] = majority(counts.answers, row["k"], np.random.default_rng(0))
    if beyond:
        from covtheory.own_model.report_forecast import forecast_facts

        facts["forecast"] = forecast_facts(estimate, beyond, options.tail_from, options.tail_drift)
    facts["notes"], facts["warnings"] = counts.notes, drawn_until(counts.n, counts.c)
    facts["read_as"] = {Path(str(options.file)).name: f"read as {counts.kind}"}
    rows, text = facts["pass_at_k"] + facts.get("forecast", {"rows": []})["rows"], pass_text
    if other:
        first, second, left = _same_prompts(counts, other, options)
        fewest = int(min(first[0].min(), second[0].min()))
        grid = [k for k in ks or powers if k <= fewest] or [fewest]
        facts["difference"] = {"prompts": len(first[0]), **pass_differences(first, second, grid, 1 - options.level)}
        facts["notes"] = facts["notes"] + left
        if all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)):
            facts["warnings"].append("both files have the same draws and successes: the same results twice?")
        rows, text = facts["difference"]["rows"], lambda f: "\n".join([pass_text(f), *difference_text(f["difference"])])
    if counts.groups:
        groups = np.array(counts.groups, dtype=object)
        facts["groups"] = [{"name": name, **pass_facts(pass_estimate(counts.n[groups == name], counts.c[groups == name],
                                                                      false_alarm=1 - options.level), ks or
                                                       [2**j for j in range(int(counts.n[groups == name].min())
                                                                            .bit_length())], options.interval)}
                           for name in sorted(dict.fromkeys(counts.groups), key=by_numbers)]
        whole = text

        def text(f):
            return "\n\n".join([whole(f), *(f"{options.by} = {plain(part['name'])}\n{pass_text(part)}"
                                            for part in f["groups"])])

    def picture():
        from covtheory.own_model.pictures import pass_figure

        if not beyond:
            return pass_figure(facts, options.log)
        between = {round(k) for k in np.geomspace(estimate.largest_k + 1, float(max(beyond)), 32).tolist()}
        curve = forecast_facts(estimate, sorted(between | set(beyond)), options.tail_from, options.tail_drift)
        return pass_figure(facts, options.log, curve["rows"])

    return text, facts, rows, picture


def _whole(name, ks):
    if ks is None:
        return None
    for k in ks:
        if not (np.isfinite(k) and k == int(k) and k >= 1):
            raise ValueError(f"{name}: got {k:g}, expected whole numbers of draws")
    return [int(k) for k in ks]


def _same_prompts(counts, other, options):
    """``(n, c)`` of both models on the prompts that both have, and what was left out."""
    if counts.tasks is None or other.tasks is None:
        if len(counts.n) != len(other.n):
            raise Problem(options.against, f"{len(other.n)} prompts, but {len(counts.n)} in the first file, and no "
                          "column names them")
        return (counts.n, counts.c), (other.n, other.c), ["prompts matched by their order"]
    place = {task: i for i, task in enumerate(other.tasks)}
    at = [(i, place[task]) for i, task in enumerate(counts.tasks) if task in place]
    if not at:
        raise Problem(options.against, "has none of the first file's prompts")
    left = [f"compared on {len(at)} common prompts of {len(counts.n)} and {len(other.n)}"] \
        if len(at) < max(len(counts.n), len(other.n)) else []
    i, j = np.array(at).T
    return (counts.n[i], counts.c[i]), (other.n[j], other.c[j]), left

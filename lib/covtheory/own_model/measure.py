"""The three measurements, from the options of a command to ``(text, facts, rows, picture)``."""

from pathlib import Path

import numpy as np

from covtheory.own_model.formats.sources import by_numbers
from covtheory.own_model.problem import Problem

MOST_GROUPS = 64


def profile(options, bar):
    """``covtheory profile``: one model, groups of its responses, or many models."""
    from covtheory.own_model.profile_estimate import DEFAULT_N

    N = options.N or list(DEFAULT_N)
    if not all(1 <= n < np.inf for n in N):
        raise ValueError("--N: expected finite thresholds of at least 1")
    largest = options.max_log_ratio
    if largest is not None and not 0 <= largest < np.inf:
        raise ValueError(f"--max-log-ratio: got {largest:g}, expected a finite number of nats, at least 0")
    models = _model_files(options.model)
    if len(models) > 1:
        return _many(options, bar, N, models)
    if options.by:
        return _groups(options, bar, N, models)
    return _one(options, bar, N, models)


def _scores(options, model, bar, by=None):
    from covtheory.own_model.scores import PairedScores

    return PairedScores(options.file, model, teacher_base=options.teacher_base, model_base=options.model_base,
                        kl_base=options.kl_base, prompt=options.prompt, by=by, match=options.match, form=options.format,
                        chosen=options.filter, progress=bar)


def _facts_of(scores, sample, options, N, false_alarm, check=True):
    from covtheory.own_model.report_profile import profile_facts

    estimate = sample.estimate(false_alarm)
    if options.max_log_ratio is not None and estimate.values[-1] > options.max_log_ratio * (1 + 1e-9):
        raise ValueError(f"--max-log-ratio: a log ratio is {estimate.values[-1]:.6g} nats, above the stated bound "
                         f"{options.max_log_ratio:.6g}")
    prompts = len(sample.prompts.responses) or None
    sanity = None
    if check:
        sanity = scores.sanity.facts(estimate.by_prompt and estimate.by_prompt.responses, false_alarm)
        sanity["warnings"] = [*scores.warnings, *sanity["warnings"]]
    facts = profile_facts(estimate, N, options.target, options.max_log_ratio, prompts=prompts, sanity=sanity)
    return estimate, facts


def _read_as(*tables):
    notes = {table.path.name: [f"{count:,} {what}" for what, count in table.tool.notes.items()] for table in tables}
    return {table.path.name: "; ".join([f"read as {table.kind}", *notes[table.path.name]]) for table in tables}


def _one(options, bar, N, models):
    from covtheory.own_model.profile_sample import ProfileSample
    from covtheory.own_model.report_profile import profile_text

    scores, sample = _scores(options, models[0] if models else None, bar), ProfileSample([n for n in N if n > 1])
    for part in scores:
        sample.add(*part)
    estimate, facts = _facts_of(scores, sample, options, N, 1 - options.level)
    tables = [scores.table] + ([scores.other] if scores.other else [])
    facts = {"warnings": facts["sanity"]["warnings"], "read_as": _read_as(*tables), **facts}

    def picture():
        from covtheory.own_model.pictures import profile_figure

        return profile_figure(estimate, options.log)

    return profile_text, facts, facts["profile"], picture


def _many(options, bar, N, models):
    from covtheory.own_model.compare import CoverageDifference
    from covtheory.own_model.profile_sample import ProfileSample
    from covtheory.own_model.report_many import many_facts, many_rows, many_text

    if options.by:
        raise ValueError("--by: one model at a time")
    false_alarm = (1 - options.level) / (len(models) + (len(models) == 2))
    streams = [_scores(options, model, bar if model is models[0] else None) for model in models]
    samples = [ProfileSample([n for n in N if n > 1], (1 << 24) // len(models)) for _ in models]
    losses = np.zeros(len(models))
    difference = CoverageDifference(N) if len(models) == 2 else None
    for parts in zip(*streams, strict=True):
        for i, part in enumerate(parts):
            samples[i].add(*part)
            losses[i] -= part[1].sum()
        if difference:
            difference.add(parts[0][0] - parts[0][1], parts[1][0] - parts[1][1], parts[0][3])
    facts = [_facts_of(scores, sample, options, N, false_alarm)[1] for scores, sample in zip(streams, samples, strict=True)]
    names = _names(models)
    facts = many_facts(names, facts, list(map(float, losses / samples[0].drawn)))
    facts["false_alarm"] = 1 - options.level
    facts["read_as"] = _read_as(streams[0].table, *(scores.other for scores in streams))
    if difference:
        unit = "prompts" if streams[0].prompt else "responses"
        facts["difference"] = {"first": names[0], "second": names[1], "unit": unit, "units": difference.units,
                               "rows": difference.rows(false_alarm)}
    return many_text, facts, many_rows(facts), _many_picture(facts, options)


def _groups(options, bar, N, models):
    from covtheory.own_model.profile_sample import ProfileSample
    from covtheory.own_model.report_many import many_facts, many_rows, many_text
    from covtheory.own_model.scores import LENGTHS

    scores = _scores(options, models[0] if models else None, bar, by=options.by)
    samples, losses = {}, {}
    for teacher, model, kl, prompts in scores:
        names = np.array([_octave(name) if options.by in LENGTHS else name for name in scores.groups], dtype=object)
        for name in dict.fromkeys(names.tolist()):
            if name not in samples and len(samples) == MOST_GROUPS:
                raise Problem(options.file, f"column {options.by!r} has more than {MOST_GROUPS} different values")
            sample, on = samples.setdefault(name, ProfileSample([n for n in N if n > 1])), np.flatnonzero(names == name)
            sample.add(teacher[on], model[on], None if kl is None else kl[on],
                       None if prompts is None else [prompts[i] for i in on])
            losses[name] = losses.get(name, 0.0) - model[on].sum()
    order = sorted(samples, key=by_numbers)
    parts = [_facts_of(scores, samples[name], options, N, (1 - options.level) / len(order), check=False)[1]
             for name in order]
    facts = many_facts(order, parts, [float(losses[name] / samples[name].drawn) for name in order], "groups")
    facts["false_alarm"], facts["by"] = 1 - options.level, options.by
    facts["warnings"] = scores.warnings
    facts["read_as"] = _read_as(scores.table, *([scores.other] if scores.other else []))
    return many_text, facts, many_rows(facts), _many_picture(facts, options)


def _many_picture(facts, options):
    def picture():
        from covtheory.own_model.pictures import many_figure

        return many_figure(facts, options.log)

    return picture


def _octave(text):
    """The power-of-two range of a length."""
    try:
        length = int(float(text))
    except (ValueError, OverflowError):
        return text
    low = 1 << max(length.bit_length() - 1, 0)
    return f"{low}-{2 * low - 1}" if length > 0 else text


def _model_files(named):
    """Model files in the order of their numbers: a pattern is many checkpoints, a folder is the shards of one."""
    import glob

    files = []
    for name in named or []:
        pattern = any(c in name for c in "*?[") and not Path(name).exists()
        found = sorted(glob.glob(name), key=by_numbers) if pattern else [name]
        if not found:
            raise Problem(name, "no such file")
        files += found
    return files


def _names(files):
    """Names that tell the files apart."""
    short = [Path(name).name for name in files]
    return short if len(set(short)) == len(short) else [str(name) for name in files]


def tournament(options, bar):
    """``covtheory tournament``."""
    from covtheory.own_model.checkpoints import CheckpointScores
    from covtheory.own_model.report_tournament import tournament_facts, tournament_text
    from covtheory.own_model.tournament_estimate import tournament_estimate

    wanted = options.checkpoints.split(",") if options.checkpoints else None
    scores = CheckpointScores(options.file, wanted=wanted, prompt=options.prompt, form=options.format, progress=bar)
    estimate = tournament_estimate(scores.names, scores, options.N, false_alarm=1 - options.level, prompts=scores.prompts)
    facts = {"warnings": [], "read_as": _read_as(scores.table), **tournament_facts(estimate)}

    def picture():
        from covtheory.own_model.pictures import tournament_figure

        return tournament_figure(estimate)

    return tournament_text, facts, facts["checkpoints"], picture


def passk(options, bar):
    """``covtheory passk``: one model, groups of prompts, or two models on the same prompts."""
    from covtheory.own_model.compare import difference_text, pass_differences
    from covtheory.own_model.counts import read_counts
    from covtheory.own_model.passk import pass_estimate
    from covtheory.own_model.report_passk import majority, pass_facts, pass_text

    ks = _whole(options.k)
    read = {"form": options.format, "chosen": options.filter, "by": options.by, "prompt": options.prompt,
            "add_up": options.add_up, "answer": options.answer, "progress": bar}
    counts = read_counts(options.file, **read)
    estimate = pass_estimate(counts.n, counts.c, false_alarm=1 - options.level)
    powers = [2**j for j in range(estimate.largest_k.bit_length())]
    facts = pass_facts(estimate, ks or powers, options.interval)
    if counts.answers:
        for row in facts["pass_at_k"]:
            row["majority"] = majority(counts.answers, row["k"], np.random.default_rng(0))
    facts["notes"], facts["warnings"] = counts.notes, []
    facts["read_as"] = {Path(str(options.file)).name: f"read as {counts.kind}"}
    rows, text = facts["pass_at_k"], pass_text
    if options.against:
        other = read_counts(options.against, **(read | {"by": None, "progress": None}))
        first, second, left = _same_prompts(counts, other, options)
        fewest = int(min(first[0].min(), second[0].min()))
        grid = [k for k in ks or powers if k <= fewest] or [fewest]
        facts["difference"] = {"prompts": len(first[0]), **pass_differences(first, second, grid, 1 - options.level)}
        facts["notes"] = facts["notes"] + left
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
            return "\n\n".join([whole(f), *(f"{options.by} = {_plain(part['name'])}\n{pass_text(part)}"
                                            for part in f["groups"])])

    def picture():
        from covtheory.own_model.pictures import pass_figure

        return pass_figure(facts, options.log)

    return text, facts, rows, picture


def _plain(name):
    from covtheory.own_model.problem import plain

    return plain(name)


def _whole(ks):
    if ks is None:
        return None
    for k in ks:
        if not (np.isfinite(k) and k == int(k) and k >= 1):
            raise ValueError(f"--k: got {k:g}, expected whole numbers of draws")
    return [int(k) for k in ks]


def _same_prompts(counts, other, options):
    """``(n, c)`` of both models on the prompts that both have, and what was left out."""
    if counts.tasks is None or other.tasks is None:
        if len(counts.n) != len(other.n):
            raise Problem(options.against, f"{len(other.n)} prompts, but {len(counts.n)} in the first file, and no column "
                          "names them")
        return (counts.n, counts.c), (other.n, other.c), ["prompts matched by their order"]
    place = {task: i for i, task in enumerate(other.tasks)}
    at = [(i, place[task]) for i, task in enumerate(counts.tasks) if task in place]
    if not at:
        raise Problem(options.against, "has none of the first file's prompts")
    left = [f"compared on {len(at)} common prompts of {len(counts.n)} and {len(other.n)}"] \
        if len(at) < max(len(counts.n), len(other.n)) else []
    i, j = np.array(at).T
    return (counts.n[i], counts.c[i]), (other.n[j], other.c[j]), left

"""``covtheory profile``, from its options to ``(text, facts, rows, picture)``: one model, groups, or many models."""

import glob
from pathlib import Path

import numpy as np

from covtheory.own_model.cluster import cluster
from covtheory.own_model.formats.sources import by_numbers
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_estimate import DEFAULT_N
from covtheory.own_model.reduction import ProfileReduction
from covtheory.own_model.report_many import many_facts, many_rows, many_text
from covtheory.own_model.report_profile import profile_facts, profile_text
from covtheory.own_model.scores import PairedScores


def profile(options, bar) -> tuple:
    """One model, groups of its responses, or many models."""
    N = options.N or list(DEFAULT_N)
    if not all(1 <= n < np.inf for n in N):
        raise ValueError("--N: expected finite thresholds of at least 1")
    largest = options.max_log_ratio
    if largest is not None and not 0 <= largest < np.inf:
        raise ValueError(f"--max-log-ratio: got {largest:g}, expected a finite number of nats, at least 0")
    models = _model_files(options.model, options.file)
    if len(models) > 1:
        return _many(options, bar, N, models)
    if options.by:
        return _groups(options, bar, N, models)
    return _one(options, bar, N, models)


def _scores(options, model, bar):
    return PairedScores(options.file, model, teacher_base=options.teacher_base, model_base=options.model_base,
                        kl_base=options.kl_base, prompt=options.prompt, by=options.by, match=options.match,
                        form=options.format, chosen=options.filter, progress=bar)


def _facts_of(scores, sample, options, N, false_alarm, check=True, of_responses=False):
    estimate = sample.estimate(false_alarm, scores.responses_of_prompts if of_responses else None)
    if options.max_log_ratio is not None and estimate.values[-1] > options.max_log_ratio * (1 + 1e-9):
        raise ValueError(f"--max-log-ratio: a log ratio is {estimate.values[-1]:.6g} nats, above the stated bound "
                         f"{options.max_log_ratio:.6g}")
    prompts = len(sample.prompts.responses) or None
    sanity = None
    if check:
        sanity = scores.sanity.facts(estimate.by_prompt and estimate.by_prompt.responses, false_alarm)
        sanity["warnings"] = [*scores.warnings, *sanity["warnings"]]
    facts = profile_facts(estimate, N, options.target, options.max_log_ratio, prompts=prompts, sanity=sanity,
                          whole=not of_responses)
    return estimate, facts


def read_as(*streams) -> dict[str, str]:
    """What the tables of the streams were recognised as, and what their readers left out, by file name."""
    said = {}
    for table in [streams[0].table, *(getattr(stream, "other", None) for stream in streams)]:
        if table is not None:
            notes = [f"{count:,} {what}" for what, count in table.tool.notes.items()]
            name = table.path.name
            while name in said:  # of the same name, in another folder
                name += "'"
            said[name] = "; ".join([f"read as {table.kind}", *notes])
    return said


def _reduced(options, bar, N, models):
    streams = [_scores(options, model, None if i else bar) for i, model in enumerate(models or [None])]
    reduction = ProfileReduction(streams, N)
    with cluster(options.scheduler) as client:
        if client is None:
            reduction.read()
        else:
            reduction.read_on(client, bar)
    return reduction


def _one(options, bar, N, models):
    reduction = _reduced(options, bar, N, models)
    scores = reduction.streams[0]
    estimate, facts = _facts_of(scores, reduction.samples[0][""], options, N, 1 - options.level)
    facts = {"warnings": facts["sanity"]["warnings"], "read_as": read_as(scores), **facts}

    def picture():
        from covtheory.own_model.pictures import profile_figure

        return profile_figure(estimate, options.log)

    return profile_text, facts, facts["profile"], picture


def _many(options, bar, N, models):
    if options.by:
        raise ValueError("--by: one model at a time")
    false_alarm = (1 - options.level) / (len(models) + (len(models) == 2))
    reduction, names = _reduced(options, bar, N, models), _names(models)
    samples = [held[""] for held in reduction.samples]
    facts = [_facts_of(scores, sample, options, N, false_alarm)[1]
             for scores, sample in zip(reduction.streams, samples, strict=True)]
    facts = many_facts(names, facts, [held[""] / sample.drawn for held, sample in
                                      zip(reduction.losses, samples, strict=True)])
    facts["false_alarm"] = 1 - options.level
    facts["read_as"] = read_as(*reduction.streams)
    if difference := reduction.difference:
        unit = "prompts" if reduction.streams[0].prompt else "responses"
        facts["difference"] = {"first": names[0], "second": names[1], "unit": unit, "units": difference.units,
                               "rows": difference.rows(false_alarm)}
    return many_text, facts, many_rows(facts), _many_picture(facts, options)


def _groups(options, bar, N, models):
    reduction = _reduced(options, bar, N, models)
    scores, samples, losses = reduction.streams[0], reduction.samples[0], reduction.losses[0]
    order = sorted(samples, key=by_numbers)
    parts = [_facts_of(scores, samples[name], options, N, (1 - options.level) / len(order), check=False,
                       of_responses=reduction.of_responses)[1]
             for name in order]
    facts = many_facts(order, parts, [losses[name] / samples[name].drawn for name in order], "groups")
    facts["false_alarm"], facts["by"] = 1 - options.level, options.by
    facts["groups_of"] = "responses" if reduction.of_responses else "prompts"
    facts["sanity"] = scores.sanity.facts(scores.responses_of_prompts, 1 - options.level)
    facts["warnings"] = [*scores.warnings, *facts["sanity"].pop("warnings")]
    facts["read_as"] = read_as(scores)
    return many_text, facts, many_rows(facts), _many_picture(facts, options)


def _many_picture(facts, options):
    def picture():
        from covtheory.own_model.pictures import many_figure

        return many_figure(facts, options.log)

    return picture


def _model_files(named, teacher):
    """Model files in the order of their numbers: a pattern is many checkpoints, a folder is the shards of one."""
    files = []
    for name in named or []:
        pattern = any(c in name for c in "*?[") and not Path(name).exists()
        found = sorted(glob.glob(name), key=by_numbers) if pattern else [name]
        if not found:
            raise Problem(name, "no such file")
        files += found
    if len({Path(file).resolve() for file in files}) < len(files):
        raise ValueError("--model: one file twice")
    if len(files) > 1 and Path(teacher).resolve() in {Path(file).resolve() for file in files}:
        raise Problem(teacher, "the teacher's file is among the models' too: a pattern that matches it?")
    return files


def _names(files):
    """Names that tell the files apart."""
    short = [Path(name).name for name in files]
    return short if len(set(short)) == len(short) else [str(name) for name in files]

"""``covtheory profile``, from its options to ``(text, facts, rows, picture)``: one model, groups, or many models."""

import glob
from pathlib import Path

import numpy as np

from covtheory.own_model.compare import CoverageDifference
from covtheory.own_model.formats.sources import by_numbers
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_estimate import DEFAULT_N
from covtheory.own_model.profile_sample import ProfileSample
from covtheory.own_model.report_many import many_facts, many_rows, many_text
from covtheory.own_model.report_profile import profile_facts, profile_text
from covtheory.own_model.scores import LENGTHS, PairedScores

MOST_GROUPS = 64


def profile(options, bar) -> tuple:
    """One model, groups of its responses, or many models."""
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
    return PairedScores(options.file, model, teacher_base=options.teacher_base, model_base=options.model_base,
                        kl_base=options.kl_base, prompt=options.prompt, by=by, match=options.match, form=options.format,
                        chosen=options.filter, progress=bar)


def _facts_of(scores, sample, options, N, false_alarm, check=True):
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


def read_as(*tables) -> dict[str, str]:
    """What each table was recognised as, and what its reader left out, by file name."""
    notes = {table.path.name: [f"{count:,} {what}" for what, count in table.tool.notes.items()] for table in tables}
    return {table.path.name: "; ".join([f"read as {table.kind}", *notes[table.path.name]]) for table in tables}


def _one(options, bar, N, models):
    scores, sample = _scores(options, models[0] if models else None, bar), ProfileSample([n for n in N if n > 1])
    for part in scores:
        sample.add(*part)
    estimate, facts = _facts_of(scores, sample, options, N, 1 - options.level)
    tables = [scores.table] + ([scores.other] if scores.other else [])
    facts = {"warnings": facts["sanity"]["warnings"], "read_as": read_as(*tables), **facts}

    def picture():
        from covtheory.own_model.pictures import profile_figure

        return profile_figure(estimate, options.log)

    return profile_text, facts, facts["profile"], picture


def _many(options, bar, N, models):
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
    facts = [_facts_of(scores, sample, options, N, false_alarm)[1]
             for scores, sample in zip(streams, samples, strict=True)]
    names = _names(models)
    facts = many_facts(names, facts, list(map(float, losses / samples[0].drawn)))
    facts["false_alarm"] = 1 - options.level
    facts["read_as"] = read_as(streams[0].table, *(scores.other for scores in streams))
    if difference:
        unit = "prompts" if streams[0].prompt else "responses"
        facts["difference"] = {"first": names[0], "second": names[1], "unit": unit, "units": difference.units,
                               "rows": difference.rows(false_alarm)}
    return many_text, facts, many_rows(facts), _many_picture(facts, options)


def _groups(options, bar, N, models):
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
    facts["read_as"] = read_as(scores.table, *([scores.other] if scores.other else []))
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

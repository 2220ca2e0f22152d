"""``covtheory profile | tournament | passk FILE``: they need no checkout, and import their libraries when run."""

import argparse
import sys
from pathlib import Path

COMMANDS = ("profile", "tournament", "passk")
BASES = ("nats", "bits", "log10")


def add_commands(commands) -> None:
    """Add the three commands to the parser's sub-commands."""
    profile = commands.add_parser("profile", help="coverage profile, KL and Best-of-N budget from log-probabilities")
    profile.add_argument("file", metavar="FILE",
                         help="JSONL, CSV, NPZ or Parquet: teacher_log_prob and model_log_prob of responses that the "
                         "teacher drew; optional token_kl")
    profile.add_argument("--model", metavar="FILE2",
                         help="the model's scores in a second file: id and log_prob in both")
    profile.add_argument("--teacher-base", choices=BASES, help="base of the teacher's logarithms (default nats)")
    profile.add_argument("--model-base", choices=BASES, help="base of the model's logarithms (default nats)")
    profile.add_argument("--N", type=_numbers, metavar="2,4,...", help="thresholds")
    profile.add_argument("--target", type=_numbers, default=[0.1, 0.05, 0.01], metavar="0.1,...",
                         help="target regrets for the Best-of-N budget")
    profile.add_argument("--max-log-ratio", type=float, metavar="W",
                         help="a bound on the log ratio that you can guarantee, in nats: gives KL an upper limit")
    tournament = commands.add_parser("tournament", help="pick a checkpoint from log-probabilities alone")
    tournament.add_argument("file", metavar="FILE", help="one row a response, one column a checkpoint")
    tournament.add_argument("--N", type=float, default=16.0, help="ratio that counts as uncovered (default 16)")
    passk = commands.add_parser("passk", help="pass@k, its limit and the answer-level profile from (n, c) pairs")
    passk.add_argument("file", metavar="FILE", help="columns n (draws) and c (successes), one row a prompt")
    passk.add_argument("--k", type=_numbers, metavar="1,2,...", help="default: powers of two up to the fewest draws")
    passk.add_argument("--interval", choices=("exact", "bootstrap"), default="exact")
    for command in (profile, tournament, passk):
        command.add_argument("--level", type=float, default=0.95, help="confidence of the limits (default 0.95)")
        command.add_argument("--json", action="store_true", help="print JSON instead of text")
        command.add_argument("--plot", metavar="OUT", help="also draw a picture: OUT.png or OUT.svg")


def run(options) -> int:
    """Run one of the commands; 2 if the input cannot be used, with the reason on stderr and nothing written."""
    bar = _Bar(sys.stderr)
    try:
        if options.plot and Path(options.plot).suffix.lower() not in (".png", ".svg"):
            raise ValueError(f"--plot: got {options.plot!r}, expected a name that ends in .png or .svg")
        if options.plot and not Path(options.plot).absolute().parent.is_dir():
            raise ValueError(f"--plot: no folder {Path(options.plot).parent}")
        if not 0 < options.level < 1:
            raise ValueError(f"--level: got {options.level:g}, expected a confidence in (0, 1)")
        text, facts, fig = {"profile": _profile, "tournament": _tournament, "passk": _passk}[options.command](
            options, bar)
        from covtheory.own_model import report

        if options.plot:
            report.save_picture(fig(), options.plot)
    except (ValueError, OSError) as error:
        bar.clear()
        print(f"covtheory {options.command}: {error}", file=sys.stderr)
        return 2
    finally:
        bar.clear()
    print(report.as_json(facts) if options.json else text(facts))
    return 0


def _profile(options, bar):
    from covtheory.own_model import report
    from covtheory.own_model.profile_estimate import DEFAULT_N, profile_estimate
    from covtheory.own_model.scores import paired_log_probs

    N = options.N or list(DEFAULT_N)
    chunks = paired_log_probs(options.file, options.model, teacher_base=options.teacher_base,
                              model_base=options.model_base, progress=bar)
    estimate = profile_estimate(chunks, false_alarm=1 - options.level, N=[n for n in N if n > 1])
    facts = report.profile_facts(estimate, N, options.target, options.max_log_ratio)
    return report.profile_text, facts, lambda: report.profile_figure(estimate)


def _tournament(options, bar):
    from covtheory.own_model import report
    from covtheory.own_model.scores import checkpoint_log_probs
    from covtheory.own_model.tournament_estimate import tournament_estimate

    names, chunks = checkpoint_log_probs(options.file, progress=bar)
    estimate = tournament_estimate(names, chunks, options.N, false_alarm=1 - options.level)
    return report.tournament_text, report.tournament_facts(estimate), lambda: report.tournament_figure(estimate)


def _passk(options, bar):
    from covtheory.own_model import report
    from covtheory.own_model.passk import pass_estimate
    from covtheory.own_model.scores import success_counts

    estimate = pass_estimate(*success_counts(options.file, progress=bar), false_alarm=1 - options.level)
    ks = options.k or [2**j for j in range(estimate.largest_k.bit_length())]
    facts = report.pass_facts(estimate, [int(k) if k == int(k) else k for k in ks], options.interval)
    return report.pass_text, facts, lambda: report.pass_figure(facts)


class _Bar:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self, stream, width: int = 40):
        self.stream, self.width, self.shown = stream, width, -1
        self.live = stream.isatty()

    def __call__(self, fraction: float) -> None:
        done = int(fraction * self.width)
        if self.live and done != self.shown:
            self.shown = done
            self.stream.write(f"\r[{'#' * done}{'.' * (self.width - done)}] {100 * fraction:3.0f}%")
            self.stream.flush()

    def clear(self) -> None:
        """Remove what was drawn."""
        if self.live and self.shown >= 0:
            self.stream.write("\r" + " " * (self.width + 8) + "\r")
            self.stream.flush()
            self.shown = -1


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: expected numbers separated by commas") from None

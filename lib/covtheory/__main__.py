"""``covtheory``: commands for your own model; in a checkout, those of the packages that are installed with it too.

A package adds a module of commands by an entry point of the group ``covtheory.commands``. The module has ``COMMANDS``,
``add_commands(parsers)`` and ``run(options)``.
"""

import argparse
import sys

from covtheory import __version__
from covtheory.own_model import command


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments, run one command, return its exit status (130 when interrupted)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own = bool(arguments) and arguments[0] in (*command.COMMANDS, "--version")  # other packages are slow to import
    modules = [command] if own else _installed() or [command]
    parser = argparse.ArgumentParser(prog="covtheory", formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description="\n".join(module.__doc__.splitlines()[0] for module in modules))
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parsers = parser.add_subparsers(dest="command", required=True)
    for module in modules:
        module.add_commands(parsers)
    options = parser.parse_args(arguments)
    try:
        return next(module for module in modules if options.command in module.COMMANDS).run(options)
    except KeyboardInterrupt:
        print("\ninterrupted; nothing half-written is left, run it again", file=sys.stderr)
        return 130


def _installed():
    from importlib.metadata import entry_points

    return [entry.load() for entry in entry_points(group="covtheory.commands")]


if __name__ == "__main__":
    sys.exit(main())

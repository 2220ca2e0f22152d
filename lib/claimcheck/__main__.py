"""``python -m claimcheck``: the commands of a collection of checked claims."""

import argparse
import sys

from claimcheck import commands


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="claimcheck", description=commands.__doc__)
    commands.add_commands(parser.add_subparsers(dest="command", required=True))
    return commands.run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m evals`: how good the answers are, against what, and what a change did."""

from __future__ import annotations

import argparse
import sys

from corpus.errors import AssistantError
from evals.commands import COMMANDS


def main(arguments: list[str] | None = None) -> int:
    """Parse, call. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=command.HELP))
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command].call(options)
    except AssistantError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

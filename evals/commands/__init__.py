"""The commands of `python -m evals`: each module has its HELP, its arguments, and the call, which prints."""

import argparse
from typing import Protocol, cast

from evals.commands import beir, compare, divergences, fit, gate, models, report, run, speed


class Command(Protocol):
    """A module of this package. `call` returns the exit status."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def call(self, options: argparse.Namespace) -> int: ...


COMMANDS: dict[str, Command] = {
    module.__name__.rpartition(".")[2]: cast("Command", module)
    for module in (run, compare, report, gate, models, beir, divergences, speed, fit)
}

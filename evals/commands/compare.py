"""`compare`: what got better between two runs, and what broke."""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.compare import compare, describe, only
from evals.run import read_rows

HELP = "what got better between two runs, and what broke; exit status 1 where a measure is significantly worse"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two files, and a system of each."""
    parser.add_argument("before", type=Path, help="a file that `run --out` wrote")
    parser.add_argument("after", type=Path, help="another one, or the same for two systems of one run")
    parser.add_argument("--systems", nargs=2, default=[None, None], metavar="SYSTEM", help="of each file which system")


def call(options: argparse.Namespace) -> int:
    """Exit status 1 where a measure is significantly worse."""
    before, after = (
        only(read_rows(path), system)
        for path, system in zip((options.before, options.after), options.systems, strict=True)
    )
    found = compare(before, after)
    print(describe(found))
    return int(found.is_worse)

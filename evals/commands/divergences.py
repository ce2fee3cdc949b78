"""`divergences`: what the divergence detector finds of labelled pairs, beside pofilter where it is installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.divergences import report

HELP = "what the divergence detector finds of labelled pairs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The data, and the split."""
    parser.add_argument("--data", type=Path, required=True, help="folder with divergences.jsonl.gz")
    parser.add_argument("--split", choices=["train", "dev"], default="dev", help="(default: %(default)s)")


def call(options: argparse.Namespace) -> int:
    """Print the tables."""
    print(report(options.data, split=options.split))
    return 0

"""`report`: one HTML page of runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.report import page
from evals.run import read_rows

HELP = "one self-contained HTML page of runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files of rows, and the page."""
    parser.add_argument("rows", nargs="+", type=Path, help="files that `run --out` wrote")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page (default: report.html)")


def call(options: argparse.Namespace) -> int:
    """Prints where the page is."""
    options.out.write_text(page([row for path in options.rows for row in read_rows(path)]), encoding="utf-8")
    print(options.out)
    return 0

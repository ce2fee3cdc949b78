"""`run`: ask the questions and print the figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

from evals.cases import Kind, bundled_cases
from evals.commands.asking import SCOPES, chosen, homes, kept, known_segments
from evals.report import markdown, page
from evals.run import TIMEOUT, Plan, sample
from evals.systems import SYSTEMS, check, installed
from evals.variants import VARIANTS, variants

HELP = "ask the evaluation questions and print the figures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Cases, systems, places, outputs."""
    parser.add_argument("--cases", nargs="*", type=Path, help="files of cases (default: those that ship)")
    parser.add_argument("--scope", choices=SCOPES, help="only cases asked over this collection")
    parser.add_argument("--split", choices=["dev", "test"], help="only this split")
    parser.add_argument("--kind", nargs="*", choices=get_args(Kind), help="only these kinds")
    parser.add_argument("--limit", type=int, help="about so many cases, drawn by the seed, twins together")
    parser.add_argument("--seed", type=int, default=0, help="for whatever is drawn (default: 0)")
    parser.add_argument("--variants", nargs="*", choices=VARIANTS, help="ask these rewritings too (none named: all)")
    parser.add_argument(
        "--systems",
        nargs="+",
        default=["ours"],
        metavar="SYSTEM",
        help=f"of {', '.join(SYSTEMS)}, NAME=MODEL, or package.module:function (default: ours)",
    )
    parser.add_argument(
        "--home", nargs="*", default=[], metavar="SCOPE=HOME", help="where each scope is indexed (default: SOC_HOME)"
    )
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help=f"seconds a question (default: {TIMEOUT:g})")
    parser.add_argument("--out", type=Path, help="keep one JSON row a case and system here, and go on from it")
    parser.add_argument("--html", type=Path, help="write the report here")


def call(options: argparse.Namespace) -> int:
    """Nothing is asked before every case is found sound."""
    check(options.systems)
    systems, absent = installed(options.systems)
    print(*absent, sep="\n", end="\n" if absent else "", file=sys.stderr)
    if not systems:
        return 1
    settings = homes(options.home, options.scope)
    files = options.cases or bundled_cases()
    cases = chosen(files, options.scope, options.split, known_segments(settings))
    cases = [case for case in cases if options.kind is None or case.kind in options.kind]
    cases = sample(cases, options.limit, seed=options.seed)
    if options.variants is not None:
        cases = [*cases, *variants(cases, options.variants or VARIANTS, seed=options.seed)]
    rows = kept(cases, Plan(tuple(systems), settings, options.seed, options.timeout), options.out)
    print(markdown(rows))
    if options.html:
        options.html.write_text(page(rows), encoding="utf-8")
    return 0

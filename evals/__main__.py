"""`python -m evals`: how good the answers are."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from assistant.answer import Assistant
from assistant.extract import ExtractiveWriter
from assistant.judgement import Judgement
from assistant.reader import Reader
from corpus.errors import AssistantError
from evals.cases import Case, bundled_cases, load_cases
from evals.divergences import report
from evals.fit import UNFITTED, fit, judged
from evals.report import agreement, by_kind, table
from evals.run import Row, run
from evals.speed import measure
from ingest.settings import load_settings


def main(arguments: list[str] | None = None) -> int:
    """Parse, run, print. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("run", help="ask the evaluation questions over the live index")
    ask.add_argument("--cases", nargs="*", type=Path, help="files of cases (default: those that ship)")
    ask.add_argument("--scope", choices=["soc", "collection"], help="only cases asked over this collection")
    ask.add_argument("--split", choices=["dev", "test"], help="only this split")
    ask.add_argument("--out", type=Path, help="write one JSON row a case to this file")
    speed = commands.add_parser("speed", help="time ingest and answers beside the LangChain tutorial pipeline")
    speed.add_argument("paths", nargs="*", type=Path, help="documents (default: SOC_DOCUMENTS, else the bundled page)")
    tune = commands.add_parser("fit", help="fit the judges' weights on the development questions")
    tune.add_argument(
        "home", nargs="+", metavar="SCOPE=HOME", help="e.g. soc=HOME collection=HOME: where each is indexed"
    )
    tune.add_argument("--out", type=Path, required=True, help="the file of fitted numbers to write")
    diverging = commands.add_parser("divergences", help="what the divergence detector finds of labelled pairs")
    diverging.add_argument("--data", type=Path, required=True, help="folder with divergences.jsonl.gz")
    diverging.add_argument("--split", choices=["train", "dev"], default="dev", help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        if options.command == "divergences":
            print(report(options.data, split=options.split))
            return 0
        if options.command == "speed":
            for line in measure(options.paths or load_settings().documents):
                print(line, flush=True)
            return 0
        if options.command == "fit":
            homes = dict(home.split("=", 1) for home in options.home)
            options.out.write_text(_fitted(homes).model_dump_json(indent=1) + "\n", encoding="utf-8")
            return 0
        rows = _run(_chosen(options.cases or bundled_cases(), options.scope, options.split), options.out)
    except AssistantError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(rows), "", by_kind(rows), "", f"Twins agree: {agreement(rows)}", sep="\n")
    return 0


def _fitted(homes: dict[str, str]) -> Judgement:
    settings = load_settings()
    start = Judgement.load() if settings.reader is None else UNFITTED
    writer = ExtractiveWriter(start, Reader(settings.reader) if settings.reader else None)
    samples = [
        sample
        for scope, home in homes.items()
        for sample in judged(
            Assistant.open(settings.model_copy(update={"home": Path(home)})),
            writer,
            _chosen(bundled_cases(), scope, "dev"),
        )
    ]
    return fit(samples, start)


def _chosen(paths: list[Path], scope: str | None, split: str | None) -> list[Case]:
    return [case for case in load_cases(paths) if scope in (None, case.scope) and split in (None, case.split)]


def _run(cases: list[Case], out: Path | None) -> list[Row]:
    with tqdm(None, total=len(cases), desc="questions", file=sys.stderr, leave=False) as bar:
        rows = run(Assistant.open(), cases, on_row=lambda _: bar.update())
    if out:
        out.write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")
    return rows


if __name__ == "__main__":
    sys.exit(main())

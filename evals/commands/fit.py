"""`fit`: fit the judges' weights on the development questions."""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.answer import Assistant
from assistant.extract import ExtractiveWriter
from assistant.judgement import Judgement
from assistant.reader import Reader, reader_folder
from evals.cases import bundled_cases
from evals.commands.asking import by_scope, chosen
from evals.fit import UNFITTED, fit, judged
from ingest.settings import load_settings

HELP = "fit the judges' weights on the development questions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The homes, and the file."""
    parser.add_argument(
        "home", nargs="+", metavar="SCOPE=HOME", help="e.g. soc=HOME collection=HOME: where each is indexed"
    )
    parser.add_argument("--out", type=Path, required=True, help="the file of fitted numbers to write")


def call(options: argparse.Namespace) -> int:
    """Write the fitted numbers."""
    settings = load_settings()
    folder = reader_folder(settings.reader)
    start = UNFITTED if folder else Judgement.load()
    reader = Reader(folder) if folder else None
    writer = ExtractiveWriter(start, reader)
    unread = settings.model_copy(update={"reader": "none"})  # a new reader has no numbers yet; only its readings count
    samples = [
        sample
        for scope, home in by_scope(options.home, "HOME").items()
        for sample in judged(
            Assistant.open(unread.model_copy(update={"home": Path(home)})),
            writer,
            chosen(bundled_cases(), scope, "dev"),
        )
    ]
    options.out.write_text(fit(samples, start, reader).model_dump_json(indent=1) + "\n", encoding="utf-8")
    return 0

"""`beir`: retrieval on public sets."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from evals.beir import MEASURES, RetrievalSet, load_beir, measure_beir
from evals.figures import Figure
from evals.report.markdown import as_table
from evals.systems.models import open_model, title
from ingest.embedder import Embedder
from ingest.settings import Settings, load_settings

HELP = "measure retrieval on public sets in BEIR's layout"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Folders, split, models."""
    parser.add_argument("folders", nargs="+", type=Path, help="each with corpus.jsonl, queries.jsonl and qrels/")
    parser.add_argument("--split", default="test", help="which file of qrels (default: test)")
    parser.add_argument("--models", nargs="*", default=[""], help="minilm, a sentence-transformers folder or name")


def call(options: argparse.Namespace) -> int:
    """All sets are read, and found sound, before the first is measured."""
    settings = load_settings()
    for one in [load_beir(folder, options.split) for folder in options.folders]:
        for model in options.models:
            embedder = open_model(model, settings)
            found = _measured(one, embedder, settings)
            lines = {arm: [measures[name] for name in MEASURES] for arm, measures in found.items()}
            print(
                f"## {one.name} ({options.split}), {title(model)}",
                as_table("", lines, MEASURES),
                sep="\n\n",
                end="\n\n",
            )
    return 0


def _measured(one: RetrievalSet, embedder: Embedder, settings: Settings) -> dict[str, dict[str, Figure]]:
    with tqdm(None, total=len(one.items), desc=one.name, file=sys.stderr, leave=False) as bar:

        def advance(count: int) -> None:
            bar.update(count)

        weight = settings.bm25_weight
        return measure_beir(one, embedder, settings.home / "cache", bm25_weight=weight, on_progress=advance)

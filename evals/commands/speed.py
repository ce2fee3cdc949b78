"""`speed`: how fast and how large, beside the LangChain tutorial pipeline."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from evals.speed import SIZES, Size, grown, growth_page, growth_table, measure
from ingest.embedder import open_embedder
from ingest.index import build_index
from ingest.settings import load_settings

HELP = "time ingest and answers beside the LangChain tutorial pipeline, under many users, and as documents grow"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Documents, and whether and how far they grow."""
    parser.add_argument("paths", nargs="*", type=Path, help="documents (default: SOC_DOCUMENTS, else the bundled page)")
    parser.add_argument(
        "--full", action="store_true", help=f"grow to {', '.join(f'{one:,}' for one in SIZES)} segments"
    )
    parser.add_argument("--sizes", nargs="+", type=int, help="grow to these sizes instead, and measure nothing else")
    parser.add_argument("--html", type=Path, help="write the curves of growth here")


def call(options: argparse.Namespace) -> int:
    """Print line by line: it takes minutes, and with --full an hour."""
    paths = options.paths or load_settings().documents
    if not options.sizes:
        for line in measure(paths):
            print(line, flush=True)
    if options.full or options.sizes:
        sizes = _grown(paths, options.sizes or SIZES)
        print(growth_table(sizes))
        if options.html:
            options.html.write_text(growth_page(sizes), encoding="utf-8")
    return 0


def _grown(paths: Sequence[Path], sizes: Sequence[int]) -> list[Size]:
    """Over a real index of the paths in a home of its own: its vectors are what the larger ones are drawn around."""
    settings = load_settings()
    real = settings.model_copy(update={"home": settings.home / "growth"})
    build_index(real.home, paths, open_embedder(real.embedding_model, real.embedding_backend))
    return list(grown(paths, real, sizes))

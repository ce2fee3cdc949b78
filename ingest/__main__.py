"""`python -m ingest`: documents in, an index out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Never

from tqdm import tqdm

from corpus.errors import AssistantError
from ingest.embedder import open_embedder
from ingest.index import BuildSummary, build_index
from ingest.settings import load_settings


def main(arguments: list[str] | None = None) -> int:
    """Parse, build, print. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Build the index from documents.")
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or folders of side-by-side Markdown "
        "(default: SOC_DOCUMENTS, else the bundled page, and what was added on the chat page)",
    )
    paths: list[Path] = parser.parse_args(arguments).paths
    try:
        settings = load_settings()
        with ProgressBar() as bar:
            summary = build_index(
                settings.home,
                paths or settings.sources,
                open_embedder(settings.embedding_model, settings.embedding_backend),
                on_progress=bar.show,
            )
    except AssistantError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(describe(summary))
    return 0


class ProgressBar:
    """A tqdm bar for each step of a build, on the error stream."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, step: str, done: int, total: int) -> None:
        bar = self._bar
        if bar is None or bar.desc != step:
            self.__exit__()
            bar = tqdm(None, desc=step, total=total, file=sys.stderr, leave=False, ascii=True)
            self._bar = bar
        bar.update(done - bar.n)


def describe(summary: BuildSummary) -> str:
    """The closing summary, and the problems one a line."""
    state = "new index" if summary.changed else "index unchanged"
    lines = [
        f"{state} {summary.generation}: {summary.documents} documents, {summary.segments} segments, "
        f"{summary.chunks} chunks; {summary.embedded} texts embedded, {summary.reused} reused; "
        f"{summary.seconds:.1f} s; {len(summary.problems)} problems",
        *(f"  problem: {problem}" for problem in summary.problems),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

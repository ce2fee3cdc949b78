"""`gate`: a fast slice, held against the committed baseline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from corpus.documents import bundled_path
from evals.cases import bundled_cases
from evals.commands.asking import chosen, kept, known_segments
from evals.gate import BASELINE, Baseline, described, faults, record
from evals.run import Plan, Row
from evals.systems import check
from ingest.embedder import open_embedder
from ingest.index import build_index
from ingest.settings import load_settings

HELP = "hold a fast slice against the committed baseline; exit status 1 where something is worse"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is held against which baseline; or a new one."""
    parser.add_argument("--record", metavar="WHY", help="make the present figures the baseline, and say why")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="its file (default: the committed one)")
    parser.add_argument("--system", default="ours", help="what is held against it (default: ours)")


def call(options: argparse.Namespace) -> int:
    """Exit status 1 where something is worse than the baseline."""
    check([options.system])
    baseline = Baseline.load(options.baseline) if options.baseline.exists() or options.record is None else None
    rows = _asked(options.system)
    if options.record is not None:
        record(rows, options.record, baseline).save(options.baseline)
        print(f"recorded {options.baseline}")
        return 0
    assert baseline  # noqa: S101  it was loaded: nothing is recorded
    print(described(rows, baseline))
    found = list(faults(rows, baseline))
    print(*(f"worse: {fault}" for fault in found), sep="\n", end="\n" if found else "", file=sys.stderr)
    return int(bool(found))


def _asked(system: str) -> list[Row]:
    """The development questions over the bundled page, which is indexed anew where it or the embedder changed."""
    settings = load_settings()
    settings = settings.model_copy(update={"home": settings.home / "gate", "documents": (bundled_path(),)})
    embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
    build_index(settings.home, settings.documents, embedder)
    cases = chosen(bundled_cases(), "soc", "dev", known_segments({"soc": settings}))
    return kept(cases, Plan((system,), {"soc": settings}), None)

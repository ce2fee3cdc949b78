"""Ingest, start and answers beside the tutorial pipeline, as ratios in one run: shared machines drift, ratios less."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from assistant.answer import Assistant
from evals.measures import percentile
from evals.speed.users import crowded, questions, timed
from ingest.embedder import open_embedder
from ingest.index import live_generation
from ingest.settings import Settings

STARTS = 3
_MEASURED = (
    "import runpy, sys; sys.argv = sys.argv[1:]; name = sys.argv[0]\n"
    "try: runpy.run_module(name, run_name='__main__', alter_sys=True)\n"
    "finally:\n from evals.memory import peak_mib\n print('peak', peak_mib(), file=sys.stderr)"
)


def measure(paths: Sequence[Path]) -> Iterator[str]:
    """Lines of a report; takes minutes for a large folder, most of them in embedding it twice."""
    files = [str(path.resolve()) for path in paths]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        ours, _ = _run("ingest", *files, home=home)
        theirs, _ = _run("evals.systems.tutorial", str(Path(scratch) / "tutorial"), *files, home=home)
        again, _ = _run("ingest", *files, home=home)
        yield f"full ingest              {ours:8.1f} s   tutorial {theirs:8.1f} s   ratio {ours / theirs:.2f}"
        segments = sum(1 for document in live_generation(home).documents() for _ in document.segments())
        yield f"ingest rate              {segments / ours:8.1f} segments a second   n={segments}"
        yield f"unchanged re-ingest      {again:8.1f} s   share of full {again / ours:.3f}"
        question = questions()[0]
        starts = [_run("assistant", "ask", question, home=home) for _ in range(STARTS)]
        yield f"start to first answer    {median(seconds for seconds, _ in starts):8.2f} s   n={STARTS}"
        yield f"peak memory of that      {max(peak for _, peak in starts):8.0f} MiB"
        yield from _warm(home)
        yield from crowded(home)


def _run(module: str, *arguments: str, home: Path) -> tuple[float, float]:
    """Run a module to its end: seconds, and peak memory in MiB."""
    environment = {**os.environ, "SOC_HOME": str(home)}
    began = time.perf_counter()
    command = [sys.executable, "-c", _MEASURED, module, *arguments]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return time.perf_counter() - began, float(finished.stderr.rsplit("peak", 1)[1])


def _warm(home: Path) -> Iterator[str]:
    settings = Settings(home=home)
    assistant = Assistant.open(settings)
    embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
    asked = questions()
    assistant.answer(asked[0])
    answering = timed(lambda question: assistant.answer(question), asked)
    embedding = timed(lambda question: embedder.embed_query(question), asked)
    alone, slow = median(embedding), percentile(answering, 0.95)
    yield (
        f"warm answer p50          {median(answering):8.1f} ms   p95 {slow:.1f}   question alone {alone:.1f} ms  "
        f"n={len(asked)}   (2x + 15 ms = {2 * alone + 15:.1f} ms)"
    )

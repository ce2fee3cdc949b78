"""What more documents cost: real text recombined into larger collections, with vectors drawn around the real ones."""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer import Assistant, open_writer
from corpus.documents import SUFFIXES
from evals.measures import percentile
from evals.memory import peak_mib
from evals.report import plots
from evals.report.html import plots_page
from evals.report.markdown import as_table
from evals.speed.users import questions, timed
from evals.systems.tutorial import files_as_they_are, index, split
from ingest.embedder import open_embedder
from ingest.index import build_index, live_generation

if TYPE_CHECKING:
    import numpy as np

    from ingest.embedder import Embedder
    from ingest.settings import Settings

SIZES = (12_000, 50_000, 200_000)
_NEARNESS = 0.9
_ID = re.compile(r'(data-(?:ttu|stu)-id=")([^"]+)"')
_PAIR = re.compile(r'data-stu-id="')
_BLOCKS = re.compile(r"\n\s*\n")


class Drawn:
    """An embedder whose document vectors are drawn near real ones, so that no time goes into embedding.

    The cosine between a drawn vector and the real one that its text's hash chose is .9, about that of neighbouring
    sentences. Questions are embedded in earnest.
    """

    def __init__(self, real: Embedder, vectors: np.ndarray) -> None:
        self.name = f"drawn:{real.name}"
        self.dimension = real.dimension
        self.sha256 = hashlib.sha256(f"drawn {real.sha256}".encode()).hexdigest()
        self._real = real
        self._vectors = vectors.reshape(-1, real.dimension)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._near(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._real.embed_query(text)

    def _near(self, text: str) -> list[float]:
        import numpy as np

        draw = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]))
        centre = self._vectors[draw.integers(len(self._vectors))].astype(np.float32)
        noise = draw.standard_normal(self.dimension, dtype=np.float32)
        noise -= (noise @ centre) * centre
        vector = _NEARNESS * centre + math.sqrt(1 - _NEARNESS**2) * noise / np.linalg.norm(noise)
        return [float(value) for value in vector / np.linalg.norm(vector)]


@dataclass(frozen=True, slots=True)
class Size:
    """What a collection of so many segments took: ours, and the tutorial pipeline beside it."""

    segments: int
    build: float
    bytes: int
    p50: float
    p99: float
    peak_mib: float
    tutorial_build: float
    tutorial_p50: float


def recombined(paths: Sequence[Path], folder: Path, segments: int, *, seed: int = 0) -> Path:
    """Write pages of about so many segments: the real ones, then shuffles of their blocks under new ids."""
    folder.mkdir(parents=True)
    pages = [
        file.read_text(encoding="utf-8", errors="replace")
        for path in paths
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if file.suffix in SUFFIXES
    ]
    written = copy = 0
    draw = random.Random(seed)  # noqa: S311  a mixture, not secrets
    while written < segments:
        for number, page in enumerate(_copy(pages, copy, draw)):
            (folder / f"{copy}-{number}.md").write_text(page, encoding="utf-8")
            written += len(_PAIR.findall(page))
            if written >= segments:
                break
        copy += 1
    return folder


def _copy(pages: Sequence[str], copy: int, draw: random.Random) -> Iterator[str]:
    """The pages as they are, or of the same lengths with everybody's blocks mixed and new ids."""
    if copy == 0:
        yield from pages
        return
    blocks = [block for page in pages for block in _BLOCKS.split(page)]
    draw.shuffle(blocks)
    ready = iter(blocks)
    for page in pages:
        mixed = "\n\n".join(next(ready) for _ in _BLOCKS.split(page))
        yield _ID.sub(lambda found: f'{found[1]}{copy}x{found[2]}"', mixed)


def grown(paths: Sequence[Path], settings: Settings, sizes: Sequence[int] = SIZES) -> Iterator[Size]:
    """Measure each size in a process of its own. `settings.home` must hold a real index of the paths."""
    context = multiprocessing.get_context("spawn")
    for segments in sizes:
        with context.Pool(1) as pool:
            yield pool.apply(_measured, (list(paths), settings, segments))


def _measured(paths: list[Path], settings: Settings, segments: int) -> Size:
    import numpy as np

    vectors = np.load(live_generation(settings.home).vectors, allow_pickle=False)
    embedder = Drawn(open_embedder(settings.embedding_model, settings.embedding_backend), vectors)
    asked = questions()
    with tempfile.TemporaryDirectory() as scratch:
        folder, home = recombined(paths, Path(scratch) / "pages", segments), Path(scratch) / "home"
        began = time.perf_counter()
        summary = build_index(home, [folder], embedder)
        built = time.perf_counter() - began
        chosen = settings.model_copy(update={"home": home})
        assistant = Assistant(chosen, embedder, open_writer(chosen))
        assistant.answer(asked[0])
        spent = timed(assistant.answer, asked)
        peak = peak_mib()
        began = time.perf_counter()
        store = index(split(files_as_they_are([folder])), Path(scratch) / "tutorial", embedder)
        theirs = time.perf_counter() - began
        store.similarity_search(asked[0])  # as ours, whose first answer is not timed either
        searching = timed(lambda question: store.similarity_search(question), asked)
        return Size(
            segments=summary.segments,
            build=built,
            bytes=sum(live_generation(home).sizes().values()),
            p50=percentile(spent, 0.5),
            p99=percentile(spent, 0.99),
            peak_mib=peak,
            tutorial_build=theirs,
            tutorial_p50=percentile(searching, 0.5),
        )


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """b of y = a * x ** b, by least squares over the logarithms; 0 of fewer than two points."""
    if len(points) < 2:
        return 0.0
    xs, ys = ([math.log(pair[place]) for pair in points] for place in (0, 1))
    middle, level = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle) ** 2 for x in xs)
    return sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0


def growth_table(sizes: Sequence[Size]) -> str:
    """One line a size, and the fitted exponents."""
    lines: dict[str, list[str]] = {
        f"{one.segments:,}": [
            f"{one.build:.0f} s ({one.build / one.tutorial_build:.2f}x)",
            f"{one.bytes / 2**20:.0f} MiB",
            f"{one.p50:.1f} ms ({one.p50 / one.tutorial_p50:.2f}x)",
            f"{one.p99:.1f} ms",
            f"{one.peak_mib:.0f} MiB",
        ]
        for one in sizes
    }
    curves = [[(one.segments, value) for one, value in zip(sizes, line, strict=True)] for line in _lines(sizes)]
    lines["exponent"] = [f"{exponent(curve):.2f}" for curve in curves]
    columns = ["build (tutorial's)", "index", "answer p50 (tutorial's search)", "p99", "peak memory"]
    return as_table("segments", lines, columns)


def _lines(sizes: Sequence[Size]) -> list[list[float]]:
    return [[float(getattr(one, name)) for one in sizes] for name in ("build", "bytes", "p50", "p99", "peak_mib")]


def growth_page(sizes: Sequence[Size]) -> str:
    """The curves, on logarithmic axes, as an HTML page."""

    def line(name: str) -> list[tuple[float, float]]:
        return [(one.segments, getattr(one, name)) for one in sizes]

    answers = {"answer p50": line("p50"), "answer p99": line("p99"), "tutorial's search p50": line("tutorial_p50")}
    builds = {"build": line("build"), "tutorial's build": line("tutorial_build")}
    drawn = {
        f"Milliseconds an answer: exponent {exponent(answers['answer p50']):.2f}": plots.curves(
            answers, x="segments", y="milliseconds", logarithmic=True, dots=True
        ),
        f"Seconds of a build: exponent {exponent(builds['build']):.2f}": plots.curves(
            builds, x="segments", y="seconds", logarithmic=True, dots=True
        ),
    }
    return plots_page("What more documents cost", drawn)

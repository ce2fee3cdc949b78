"""The judges one by one: what each arm of retrieval finds, with which model, in which language, and how fast."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from assistant.answer import Assistant, open_writer
from assistant.question import synonyms
from assistant.retrieve import fuse
from evals.figures import LANGUAGES, Figure, average
from evals.measures import RANKING, per_query
from evals.memory import peak_mib
from evals.systems.models import open_model, with_model
from ingest.embedder import open_embedder
from ingest.index import Hit, Index, SegmentScores, build_index

if TYPE_CHECKING:
    import numpy as np

    from corpus.documents import Segment
    from evals.cases import Case
    from ingest.embedder import Embedder
    from ingest.settings import Settings
    from ingest.training.retrieval import Encode

DEPTH = 50
_TIMED = 40
_EMBEDDED = 256

Scores = dict[str, float]
Arm = Callable[[Sequence[Hit], "Settings"], Scores]
"""Scores the segments, by id, of what the index proposes for a question."""


def _arm(score: Callable[[SegmentScores], float]) -> Arm:
    return lambda hits, _: _best((one.segment, score(one)) for hit in hits for one in hit.segments)


def _fusion(hits: Sequence[Hit], settings: Settings) -> Scores:
    fused = fuse(hits, bm25_weight=settings.bm25_weight)
    return _best((one.segment, score) for hit, scores in fused for one, score in zip(hit.segments, scores, strict=True))


ARMS: dict[str, Arm] = {
    "BM25": _arm(lambda scores: scores.bm25),
    "dense Korean": _arm(lambda scores: scores.dense_ko),
    "dense English": _arm(lambda scores: scores.dense_en),
    "dense, both": _arm(lambda scores: (scores.dense_ko + scores.dense_en) / 2),
    "fusion rule": _fusion,
}
"""What an arm makes of the index's proposals. With the question's language, the dense ones are the four directions."""
SHIPPED = "as it ships"


def _best(scored: Iterable[tuple[Segment, float]]) -> Scores:
    """Scores by segment id, the better of two pages' same id. A FAQ's question is no evidence, as for the writer."""
    found: Scores = {}
    for segment, score in scored:
        if segment.kind != "question":
            found[segment.id] = max(score, found.get(segment.id, score))
    return found


@dataclass(frozen=True, slots=True)
class Bench:
    """A model's index over some documents, and the assistant over it."""

    index: Index
    assistant: Assistant
    settings: Settings

    @classmethod
    def set_up(cls, model: str, documents: Sequence[Path], home: Path, settings: Settings) -> Bench:
        """Index the documents with the model, unless `home` has that already."""
        chosen = with_model(model, settings).model_copy(update={"home": home, "passages": DEPTH})
        embedder = open_embedder(chosen.embedding_model, chosen.embedding_backend)
        build_index(home, documents, embedder)
        return cls(Index.open(home, embedder), Assistant(chosen, embedder, open_writer(chosen)), chosen)

    def rankings(self, case: Case) -> dict[str, Scores]:
        """Scores by arm; a follow-up is asked as the whole question that it stands for."""
        asked = self.assistant.understand(case.standalone or case.question)
        hits = self.index.search(asked.text, k=self.settings.candidates, synonyms=synonyms(asked.text))
        shipped = self.assistant.passages(asked)
        return {
            **{name: arm(hits, self.settings) for name, arm in ARMS.items()},
            SHIPPED: _best((one.segment, one.score) for passage in shipped for one in passage.ranked),
        }


def retrieval(
    bench: Bench, cases: Sequence[Case], *, on_case: Callable[[Case], object] = lambda _: None
) -> dict[str, dict[str, dict[str, Figure]]]:
    """Figures by question language, arm and measure. Gold is every segment that states a vital fact."""
    gold = {case.id: _vital(case) for case in cases}
    runs: dict[str, dict[str, Scores]] = {}
    for case in cases:
        for arm, scores in bench.rankings(case).items():
            runs.setdefault(arm, {})[case.id] = scores
        on_case(case)
    found: dict[str, dict[str, dict[str, Figure]]] = {}
    for code, title in LANGUAGES.items():
        mine = {case.id: gold[case.id] for case in cases if case.language == code}
        if mine:
            found[title] = {
                arm: {name: average(list(values.values())) for name, values in per_query(mine, run).items()}
                for arm, run in runs.items()
            }
    return found


def _vital(case: Case) -> dict[str, int]:
    return {segment: 1 for nugget in case.nuggets if nugget.vital for segment in nugget.segments}


def askable(cases: Sequence[Case]) -> list[Case]:
    """The cases that retrieval can be right about: answerable, with a vital fact, and not answered from whole lists."""
    return [case for case in cases if case.answerable and case.kind != "coverage" and _vital(case)]


def retrieval_table(found: Mapping[str, Mapping[str, Mapping[str, Figure]]]) -> str:
    """One line a language and arm."""
    from evals.report.markdown import as_table

    lines = {
        f"{language}, {arm}": [_told(measures[name]) for name in RANKING]
        for language, arms in found.items()
        for arm, measures in arms.items()
    }
    n = {language: next(iter(arms.values()))["RR"].n for language, arms in found.items()}
    counts = ", ".join(f"{language} {count}" for language, count in n.items())
    return f"{as_table('question, arm', lines, list(RANKING))}\n\nn: {counts}"


def _told(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]"


def held_out(embedder: Embedder, folder: Path) -> str:
    """What a model finds in the held-out part of the recipe's data (`ingest.training`), as a table with counts.

    Questions on their own pages in the four language directions, headings of the repositories that training leaves
    alone (a model that forgets shows there), sentences among 3,000 for their translation.

    Raises:
        TrainingDataError: the folder does not hold the recipe's files.
    """
    from evals.report.markdown import as_table
    from ingest.training.data import load
    from ingest.training.figures import embedder_figures

    found = embedder_figures(_encoder(embedder), load(folder))
    lines = {
        f"{part}: {name}": [_ranked(figures, measure) for measure in ("R@1", "R@5", "MRR")]
        for part in ("questions", "guards")
        for name, figures in found[part].items()
    }
    lines |= {f"twins: {name}": [_ranked({"R@1": figure}, "R@1"), "", ""] for name, figure in found["twins"].items()}
    return as_table("held-out", lines, ["R@1", "R@5", "MRR"])


def _encoder(embedder: Embedder) -> Encode:
    """The embedder as the recipe's figures call it: by texts and their role."""
    import numpy as np

    def encode(texts: Sequence[str], role: str) -> np.ndarray:
        asked = role == "query"
        rows = [embedder.embed_query(text) for text in texts] if asked else embedder.embed_documents(list(texts))
        return np.asarray(rows, dtype=np.float32)

    return encode


def _ranked(figures: Mapping[str, Mapping[str, float]], measure: str) -> str:
    one = figures[measure]
    return f"{one['mean']:.3f} [{one['low']:.2f}, {one['high']:.2f}] n {one['n']}"


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one model in a process of its own: seconds to load, segments a second, milliseconds a question, MiB."""

    load: float
    segments: float
    question: float
    memory: float


def speed(model: str, settings: Settings, texts: Sequence[str], questions: Sequence[str]) -> Speed:
    """Load and time a model; `texts` are embedded by `len(texts)`, questions one by one."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_timed, (model, settings, list(texts)[:_EMBEDDED], list(questions)[:_TIMED]))


def _timed(model: str, settings: Settings, texts: list[str], questions: list[str]) -> Speed:
    began = time.perf_counter()
    embedder = open_model(model, settings)
    embedder.embed_query(questions[0])
    loaded = time.perf_counter() - began
    began = time.perf_counter()
    embedder.embed_documents(texts)
    segments = len(texts) / (time.perf_counter() - began)
    spent = []
    for question in questions:
        began = time.perf_counter()
        embedder.embed_query(question)
        spent.append(1000 * (time.perf_counter() - began))
    return Speed(loaded, segments, median(spent), peak_mib())


def speed_table(found: Mapping[str, Speed]) -> str:
    """One line a model, each beside the first."""
    from evals.report.markdown import as_table

    first = next(iter(found.values()))
    lines = {
        model: [
            f"{one.load:.1f} s",
            f"{one.segments:.0f} ({one.segments / first.segments:.2f}x)",
            f"{one.question:.1f} ms",
            f"{one.memory:.0f} MiB",
        ]
        for model, one in found.items()
    }
    return as_table("model", lines, ["load", "segments a second", "a question, p50", "peak memory"])

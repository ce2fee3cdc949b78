"""Fit the ranker: the weights of its signals, on questions with their evidence.

The pages of the training questions are indexed as users' documents are, and each question is searched for in both
languages, so that the signals are those that answering sees. The weights make the evidence the likeliest choice among
a question's candidates (a conditional logit, McFadden 1974; as a ranking loss ListNet's top one, Cao et al. 2007).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.documents import Corpus, Document, Section
from corpus.documents import Segment as DocumentSegment
from corpus.errors import TrainingDataError
from ingest.embedder import Embedder
from ingest.index import Hit, Index, index_corpus
from ingest.index.build import Progress
from ingest.onnx import write_manifest
from ingest.signals import SIGNALS, signals
from ingest.training.cards import ranker_card
from ingest.training.data import LANGUAGES, Question, Segment, TrainingData, is_guard, load, normalised
from ingest.training.retrieval import interval

CANDIDATES = 50
PENALTIES = (1e-4, 1e-3, 1e-2)
SAME = 0.8
"""Share of words above which two segments say the same: pages repeat one another, and a repetition is no mistake."""
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question's candidates: their signals (n, signals), and which are evidence (n,), at least one of them."""

    signals: Matrix
    gold: npt.NDArray[np.bool_]

    def rank(self, weights: Matrix) -> int:
        """The place of the first evidence, from 1."""
        scores = self.signals @ weights
        return 1 + int((scores[~self.gold] >= scores[self.gold].max()).sum())


def run(
    data: Path, out: Path, embedder: Embedder, *, work: Path, pages: int, seed: int = 0,
    on_progress: Progress = lambda *_: None,
) -> dict[str, Any]:  # fmt: skip
    """Fit and write `ranker.json`, its figures, card and manifest; returns the figures.

    `pages` of the training questions' pages are drawn; the indexes in `work` are kept for the next run.

    Raises:
        TrainingDataError: the data cannot be read, or no question's evidence is found among its candidates.
    """
    read = load(data)
    chosen = {split: _questions(read, split) for split in ("train", "dev")}
    chosen["train"] = _drawn(chosen["train"], pages, seed)
    examples = {
        split: _examples(read, some, embedder, work / split, on_progress) for split, some in chosen.items() if some
    }
    found = {split: [one for one in some if one is not None] for split, some in examples.items()}
    if not found.get("train") or not found.get("dev"):
        raise TrainingDataError(
            f"No evidence was found among the candidates of {sum(map(len, chosen.values()))} questions.",
            remedy="Compare the questions' evidence with the pairs' ids.",
        )
    trials = {penalty: fit(found["train"], penalty) for penalty in PENALTIES}
    best = max(PENALTIES, key=lambda penalty: _mrr(found["dev"], trials[penalty]))
    weights = trials[best]
    figures = {
        "pages": pages,
        "questions": {split: len(some) for split, some in chosen.items()},
        "candidates hold the evidence": len(found["dev"]) / len(examples["dev"]),
        "penalty": best,
        "dev": {name: _measures(examples["dev"], some) for name, some in _rankings(weights).items()},
        "worth": {name: round(_mrr(found["dev"], weights) - lost, 4) for name, lost in _without(found, best).items()},
    }
    _write(out, embedder, weights, figures)
    return figures


def fit(examples: Sequence[Example], penalty: float) -> Matrix:
    """The weights (signals,) under which the evidence is likeliest; `penalty` is on their squares."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    matrix = np.concatenate([example.signals for example in examples])
    gold = np.concatenate([example.gold for example in examples])
    counts = [len(example.gold) for example in examples]
    starts, owner = np.cumsum([0, *counts[:-1]]), np.repeat(np.arange(len(counts)), counts)

    def shares(scores: Matrix) -> Matrix:
        """Softmax within each question."""
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        return np.asarray(raised / np.add.reduceat(raised, starts)[owner])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        chances = shares(matrix @ weights)
        right = np.add.reduceat(chances * gold, starts)
        wanted = chances * gold / right[owner]
        gradient = matrix.T @ (chances - wanted) / len(counts) + 2 * penalty * weights
        return float(-np.log(right).mean() + penalty * weights @ weights), gradient

    return np.asarray(minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B").x)


def documents_of(data: TrainingData, paths: Sequence[str]) -> tuple[Document, ...]:
    """Pages of the training data as documents: what stands under one heading is one block of a section."""
    return tuple(_document(path, data.pages[path]) for path in paths)


def _document(path: str, segments: Sequence[Segment]) -> Document:
    title = segments[0].title
    sections = []
    for block, (heading, members) in enumerate(groupby(segments, key=lambda segment: segment.heading)):
        paths = [
            tuple(dict.fromkeys(filter(None, (title.of(language), heading.of(language))))) for language in ("ko", "en")
        ]
        own = tuple(DocumentSegment(one.id, one.text.ko, one.text.en, block=block) for one in members)
        sections.append(Section((), len(paths[1]), paths[0], paths[1], own))
    return Document(path, title.ko, title.en, tuple(sections))


def _questions(data: TrainingData, split: str) -> list[Question]:
    return [one for one in data.questions if one.split == split and one.evidence and not is_guard(one.repo)]


def _drawn(questions: list[Question], pages: int, seed: int) -> list[Question]:
    """The questions of so many pages."""
    paths = sorted({question.path for question in questions})
    Random(seed).shuffle(paths)  # noqa: S311
    kept = set(paths[:pages])
    return [question for question in questions if question.path in kept]


def _examples(
    data: TrainingData, questions: list[Question], embedder: Embedder, home: Path, on_progress: Progress
) -> list[Example | None]:
    """Both languages of each question over all the questions' pages; None where no candidate is evidence."""
    paths = sorted({question.path for question in questions})
    index_corpus(home, Corpus(documents_of(data, paths), ()), embedder, on_progress=on_progress)
    index = Index.open(home, embedder)
    examples = []
    try:
        for number, question in enumerate(questions, 1):
            for side in LANGUAGES:
                asked = question.text.of(side)
                examples.append(_example(data, question, asked, index.search(asked, k=CANDIDATES)))
            on_progress("questions", number, len(questions))
    finally:
        index.close()
    return examples


def _example(data: TrainingData, question: Question, asked: str, hits: Sequence[Hit]) -> Example | None:
    there = [(hit.chunk.document_id, scores.segment) for hit in hits for scores in hit.segments]
    gold = np.array([path == question.path and one.id in question.evidence for path, one in there])
    if not gold.any():
        return None
    known = data.segment(question.path)
    evidence = [_words(known[id_].text.en) for id_ in question.evidence]
    repeats = np.array([_repeats(_words(one.en), evidence) for _, one in there])
    kept = gold | ~repeats
    return Example(signals(asked, hits)[kept], gold[kept])


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, map(normalised, text.split())))


def _repeats(words: frozenset[str], evidence: Sequence[frozenset[str]]) -> bool:
    return any(len(words & own) >= SAME * len(words | own) for own in evidence if own)


def _rankings(weights: Matrix) -> dict[str, Matrix]:
    """The ranker, and what it is compared with: single signals."""
    alone = ("own cosine", "better cosine", "bm25", "coverage")
    return {"ranker": weights} | {name: np.eye(len(SIGNALS))[list(SIGNALS).index(name)] for name in alone}


def _without(found: dict[str, list[Example]], penalty: float) -> dict[str, float]:
    """The mean reciprocal rank on the development questions of a fit without each signal."""
    result = {}
    for number, name in enumerate(SIGNALS):
        some = {
            split: [Example(np.delete(one.signals, number, axis=1), one.gold) for one in examples]
            for split, examples in found.items()
        }
        result[name] = _mrr(some["dev"], fit(some["train"], penalty))
    return result


def _mrr(examples: Sequence[Example], weights: Matrix) -> float:
    return float(np.mean([1 / example.rank(weights) for example in examples]))


def _measures(examples: Sequence[Example | None], weights: Matrix) -> dict[str, Any]:
    """First, among the first three, five and twenty, mean reciprocal rank; what was not found counts as 0."""
    reciprocals = np.array([1 / one.rank(weights) if one else 0.0 for one in examples])
    measured: dict[str, Any] = {"n": len(reciprocals)}
    for name, values in {
        **{f"R@{depth}": (reciprocals >= 1 / depth).astype(float) for depth in (1, 3, 5, 20)},
        "MRR": reciprocals,
    }.items():
        low, high = interval(values)
        measured[name] = {"mean": float(values.mean()), "low": low, "high": high}
    return measured


def _write(out: Path, embedder: Embedder, weights: Matrix, figures: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    named = {name: round(float(weight), 4) for name, weight in zip(SIGNALS, weights, strict=True)}
    ranker = {"embedder": embedder.sha256, "weights": named}
    for name, content in (("ranker.json", ranker), ("figures.json", figures)):
        (out / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (out / "README.md").write_text(ranker_card(named, figures), encoding="utf-8")
    write_manifest(out)

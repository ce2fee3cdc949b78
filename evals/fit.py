"""Fit the numbers by which the judges' opinions are weighed, on the development questions alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from assistant.asked import strangers
from assistant.extract import Candidate, ExtractiveWriter
from assistant.judgement import Judgement, signals
from assistant.question import Question
from evals.measures import citation_precision, nugget_recall

if TYPE_CHECKING:
    from assistant.answer import Assistant
    from assistant.reader import Reader
    from evals.cases import Case

READING = (0.0, 0.15, 0.3, 0.5, 0.8, 1.2, 2.0)
MARGINS = (0.0, 0.15, 0.3, 0.5, 0.8, 1.2, 1.8)
SENTENCES = (1, 2, 3, 4)
FACTS = (0.0, 0.3, 0.6)
UNFITTED = Judgement(
    read=10, reading=0.5, fact=0.0, margin=0.5, sentences=3, weights={"intercept": 0.0}, threshold=0.0, verdict=0.9
)
"""Where a search begins for a reader that has no numbers yet."""
PRECISION_SHARE = 0.25
MAX_REFUSED = 0.07
SURETIES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
"""From never by itself to often: how sure the reader's verdict must be."""
WRONG_COST = 10.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A development case with what the judges said of its candidates."""

    case: Case
    question: Question
    candidates: tuple[Candidate, ...]
    strangers: int

    def rescored(self, judgement: Judgement) -> Sample:
        found = (replace(one, score=judgement.score(one.ranked, one.reading, fact=one.fact)) for one in self.candidates)
        return replace(self, candidates=tuple(sorted(found, key=lambda one: one.score, reverse=True)))

    def cited(self, writer: ExtractiveWriter) -> frozenset[str]:
        chosen = writer.select(self.question, self.candidates) if self.candidates else []
        return frozenset(segment.id for _, segments in chosen for segment in segments)


def judged(assistant: Assistant, writer: ExtractiveWriter, cases: Iterable[Case]) -> Iterator[Sample]:
    """The cases with the candidates that the writer's judges saw; coverage questions are answered elsewhere."""
    for case in cases:
        if case.kind != "coverage":
            question = assistant.understand(case.question, [turn.model_dump() for turn in case.history])
            passages = assistant.passages(question)
            candidates = tuple(writer.candidates(question, passages))
            yield Sample(case, question, candidates, len(strangers(question, passages)))


def fit(samples: Sequence[Sample], start: Judgement, reader: Reader | None) -> Judgement:
    """The numbers that serve the samples best: selection and verdict by grid search, confidence by regression."""
    answerable = [sample for sample in samples if sample.case.answerable]
    grid = (
        start.model_copy(update={"reading": reading, "fact": fact, "margin": margin, "sentences": sentences})
        for reading, fact, margin, sentences in product(READING, FACTS, MARGINS, SENTENCES)
        if start.reading or not reading
    )
    chosen = _best(grid, lambda judgement: _selection(answerable, judgement))
    rescored = [sample.rescored(chosen) for sample in samples]
    weights = _confidence(rescored, chosen)
    weighed = chosen.model_copy(update={"weights": weights})
    bound = weighed.model_copy(update={"threshold": _threshold(rescored, weighed)})
    if reader is None:
        return bound
    sure = (bound.model_copy(update={"verdict": surety}) for surety in SURETIES)
    return _best(sure, lambda judgement: _verdicts(rescored, ExtractiveWriter(judgement, reader)))


def _best(grid: Iterable[Judgement], value: Callable[[Judgement], float]) -> Judgement:
    return max(grid, key=value)


def _selection(samples: Sequence[Sample], judgement: Judgement) -> float:
    """How good the cited segments are: all vital facts there, and few others."""
    writer = ExtractiveWriter(judgement, reader=None)
    total = 0.0
    for sample in samples:
        cited = sample.rescored(judgement).cited(writer)
        complete = nugget_recall(sample.case, cited) == 1.0
        total += (1 - PRECISION_SHARE) * complete + PRECISION_SHARE * citation_precision(sample.case, cited)
    return total / len(samples)


def _verdicts(samples: Sequence[Sample], writer: ExtractiveWriter) -> float:
    """What the verdicts are worth: a wrong one costs what many right ones bring."""
    total = 0.0
    for sample in samples:
        if sample.case.verdict and sample.candidates:
            chosen = writer.select(sample.question, sample.candidates)
            if ruling := writer.ruling(sample.question, sample.candidates[0].segment, chosen):
                total += 1.0 if ruling.verdict == sample.case.verdict else -WRONG_COST
    return total


def _confidence(samples: Sequence[Sample], judgement: Judgement) -> dict[str, float]:
    """Logistic regression: do the cited segments state a vital fact of the answer?"""
    from sklearn.linear_model import LogisticRegression

    writer = ExtractiveWriter(judgement, reader=None)
    rows = [signals(sample.question, sample.candidates, sample.strangers) for sample in samples]
    labels = [nugget_recall(s.case, s.cited(writer)) > 0 if s.case.answerable else False for s in samples]
    names = list(rows[0])
    model = LogisticRegression(C=30.0, max_iter=1000).fit([[row[name] for name in names] for row in rows], labels)
    fitted = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {"intercept": round(float(model.intercept_[0]), 4), **fitted}


def _threshold(samples: Sequence[Sample], judgement: Judgement) -> float:
    """The confidence that refuses most unanswerable questions while refusing few answerable ones."""
    confidences = [(judgement.confidence(s.question, s.candidates, s.strangers), s.case.answerable) for s in samples]
    wanted = sorted(confidence for confidence, answerable in confidences if answerable)
    return round(wanted[int(MAX_REFUSED * len(wanted))], 4)

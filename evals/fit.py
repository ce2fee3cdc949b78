"""Fit the numbers by which the judges' opinions are weighed, on the development questions alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from assistant.asked import strangers
from assistant.extract import Candidate, ExtractiveWriter, answered_by_faq, best_first
from assistant.judgement import Judgement, signals
from assistant.question import Question
from assistant.verdict import reconcile
from evals.measures import citation_precision, nugget_recall, wilson

if TYPE_CHECKING:
    import numpy as np

    from assistant.answer import Assistant
    from assistant.reader import Reader, Reading
    from assistant.verdict import Ruling
    from corpus.documents import Segment
    from evals.cases import Case

READING = (0.0, 0.15, 0.3, 0.5, 0.8, 1.2, 2.0)
MARGINS = (0.0, 0.15, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.2, 1.8)
SENTENCES = (1, 2, 3, 4, 5)
FACTS = (0.0, 0.3, 0.6)
UNFITTED = Judgement(
    read=10,
    reading=0.5,
    fact=0.0,
    margin=0.5,
    sentences=3,
    weights={"intercept": 0.0},
    threshold=0.0,
    verdict=0.9,
    veto=0.9,
)
"""Where a search begins for a reader that has no numbers yet."""
PRECISION_SHARE = 0.25
MAX_REFUSED = 0.07
FOLDS = 5
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
SURETIES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
"""From never to often: how sure the reader's verdict must be, to count alone and to silence a rule."""
SURE = 0.9
"""What the precision of verdicts that the reader gives alone must reach with the lower bound of its 95% interval."""


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

    def read_again(self, writer: ExtractiveWriter) -> Sample:
        """With the best candidate read in both languages, which another choice of numbers may have changed."""
        return replace(self, candidates=tuple(writer.with_best_read_in_both(self.question, self.candidates)))

    def cited(self, writer: ExtractiveWriter) -> frozenset[str]:
        chosen = writer.select(self.question, self.candidates) if self.candidates else []
        return frozenset(segment.id for _, segments in chosen for segment in segments)


@dataclass(frozen=True, slots=True)
class VerdictSample:
    """A sample that asks for a verdict, the evidence that was chosen, and the reader's opinion of it."""

    sample: Sample
    evidence: list[Segment]
    reading: Reading | None
    answered: Ruling | None

    def ruled(self, judgement: Judgement) -> Ruling | None:
        """What the rules say by themselves."""
        return reconcile(self.sample.question, self.evidence, None, judgement, self.answered)

    def reconciled(self, judgement: Judgement) -> Ruling | None:
        """What is said with the reader."""
        return reconcile(self.sample.question, self.evidence, self.reading, judgement, self.answered)


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
    writer = ExtractiveWriter(chosen, reader)
    rescored = [sample.rescored(chosen).read_again(writer) for sample in samples]
    weights, unseen = _confidence(rescored, chosen)
    bound = chosen.model_copy(update={"weights": weights, "threshold": _threshold(rescored, unseen)})
    if reader is None:
        return bound
    read = _verdict_readings(rescored, bound, reader)
    alone = _best(_sure(bound, "verdict"), lambda judgement: _added(read, judgement))
    return _best(_sure(alone, "veto"), lambda judgement: _silenced(read, judgement))


def _sure(judgement: Judgement, name: str) -> Iterator[Judgement]:
    return (judgement.model_copy(update={name: surety}) for surety in SURETIES)


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


def _verdict_readings(samples: Sequence[Sample], judgement: Judgement, reader: Reader) -> list[VerdictSample]:
    """The samples that are answered and may get a verdict, with what both witnesses need to give one.

    Those without a right verdict are among them: any that they get is wrong.
    """
    writer = ExtractiveWriter(judgement, reader)
    return [
        VerdictSample(
            sample,
            best_first(best := sample.candidates[0], writer.select(sample.question, sample.candidates)),
            writer.verdict_reading(sample.question, best),
            answered_by_faq(sample.question, sample.candidates),
        )
        for sample in samples
        if sample.candidates
        and sample.question.kind == "yes_no"
        and judgement.confidence(sample.question, sample.candidates, sample.strangers) >= judgement.threshold
    ]


def _added(samples: Sequence[VerdictSample], judgement: Judgement) -> float:
    """How many right verdicts the reader adds where the rules are silent; none where that may be luck."""
    added = [
        ruling.verdict == one.sample.case.verdict
        for one in samples
        if not one.ruled(judgement) and (ruling := one.reconciled(judgement))
    ]
    return float(sum(added)) if wilson(sum(added), len(added))[0] >= SURE else 0.0


def _silenced(samples: Sequence[VerdictSample], judgement: Judgement) -> float:
    """How many more wrong verdicts of the rules than right ones the reader silences."""
    silenced = [
        ruled.verdict != one.sample.case.verdict
        for one in samples
        if (ruled := one.ruled(judgement)) and not one.reconciled(judgement)
    ]
    return float(2 * sum(silenced) - len(silenced))


def _confidence(samples: Sequence[Sample], judgement: Judgement) -> tuple[dict[str, float], np.ndarray]:
    """Logistic regression: do the cited segments state a vital fact of the answer?

    Returns its weights, and the confidence (samples,) that each sample gets from the others alone, twins kept
    together. The penalty is the one whose confidences on samples not seen are the most likely.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    writer = ExtractiveWriter(judgement, reader=None)
    found = [signals(sample.question, sample.candidates, sample.strangers) for sample in samples]
    names = list(found[0])
    rows = np.array([[row[name] for name in names] for row in found])
    labels = np.array([s.case.answerable and nugget_recall(s.case, s.cited(writer)) > 0 for s in samples])
    twins = [min(sample.case.id, sample.case.twin) for sample in samples]
    trials = []
    for penalty in PENALTIES:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / penalty, max_iter=1000))
        folds = GroupKFold(FOLDS)
        unseen = cross_val_predict(model, rows, labels, groups=twins, cv=folds, method="predict_proba")[:, 1]
        trials.append((log_loss(labels, unseen), model, unseen))
    _, model, unseen = min(trials, key=lambda trial: trial[0])
    scaler, regression = model.fit(rows, labels)
    slopes = regression.coef_[0] / scaler.scale_
    intercept = regression.intercept_[0] - slopes @ scaler.mean_
    fitted = {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}
    return {"intercept": round(float(intercept), 4), **fitted}, unseen


def _threshold(samples: Sequence[Sample], confidences: np.ndarray) -> float:
    """The confidence below which few answerable questions lie that the numbers were not fitted on."""
    wanted = sorted(float(confidence) for confidence, s in zip(confidences, samples, strict=True) if s.case.answerable)
    return round(wanted[int(MAX_REFUSED * len(wanted))], 4)

"""Answers made of the documents' own sentences, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile
from typing import TYPE_CHECKING

from assistant.asked import sorts, states, strangers, vouches
from assistant.draft import Draft, Statement
from assistant.messages import facts, messages
from assistant.reader import Reading, evidence_text
from assistant.verdict import reconcile, rule_of_faq, says_yes_or_no
from assistant.vocabulary import terms
from corpus.documents import LANGUAGES

if TYPE_CHECKING:
    from assistant.judgement import Judgement
    from assistant.question import Question
    from assistant.reader import Reader
    from assistant.retrieve import Passage, RankedSegment
    from assistant.verdict import Ruling
    from corpus.documents import Language, Segment


@dataclass(frozen=True, slots=True)
class Candidate:
    """A segment that may answer, its passage, and what the judges say of it. `score` joins them.

    `reading` is of its text in the question's language; the best candidate is read in `both` too. `fact` is whether it
    holds a fact of the sort that the question asks for by name.
    """

    passage: Passage
    ranked: RankedSegment
    reading: Reading | None
    fact: bool
    score: float
    both: Reading | None = None

    @property
    def segment(self) -> Segment:
        return self.ranked.segment


class ExtractiveWriter:
    """Chooses the segments that carry the answer and quotes them. Without a reader the ranking alone decides."""

    mode = "extractive"

    def __init__(self, judgement: Judgement, reader: Reader | None) -> None:
        self._judgement = judgement
        self._reader = reader

    def write(self, question: Question, passages: Sequence[Passage], history: Sequence[dict[str, str]]) -> Draft:  # noqa: ARG002
        """A draft of quoted statements; none where the passages do not state the answer."""
        candidates = self.candidates(question, passages)
        unknown = strangers(question, passages)
        confidence = self._judgement.confidence(question, candidates, len(unknown))
        if not candidates or confidence < self._judgement.threshold:
            return Draft((), None, confidence, _what_is_missing(question, candidates, unknown))
        chosen = self.select(question, candidates)
        ruling = self.ruling(question, candidates, chosen)
        if ruling:  # the sentence that gives the verdict is the answer
            passage = candidates[0].passage
            chosen = [
                (one, _completed(one, (ruling.segment,))) for one, segments in chosen if ruling.segment in segments
            ]
            chosen = chosen or [(passage, _completed(passage, (ruling.segment,)))]
        statements = tuple(
            Statement(segment.text(question.language), passage, (segment,), is_item=segment.kind in ("item", "cell"))
            for passage, segments in chosen
            for segment in segments
            if ruling or not says_yes_or_no(segment.en or segment.ko)  # a bare yes would pass for a verdict
        )
        return Draft(statements=statements, ruling=ruling, confidence=confidence)

    def candidates(self, question: Question, passages: Sequence[Passage]) -> list[Candidate]:
        """The segments that rank first, each read with the question; best first."""
        ranked = sorted(
            ((p, r) for p in passages for r in p.ranked if r.segment.kind != "question"),
            key=lambda pair: pair[1].score,
            reverse=True,
        )[: self._judgement.read]
        found = []
        for (passage, one), reading in zip(ranked, self._readings(question, ranked), strict=True):
            fact = states(one.segment, question)
            found.append(Candidate(passage, one, reading, fact, self._judgement.score(one, reading, fact=fact)))
        found.sort(key=lambda candidate: candidate.score, reverse=True)
        return self.with_best_read_in_both(question, found)

    def with_best_read_in_both(self, question: Question, found: Sequence[Candidate]) -> list[Candidate]:
        """The candidates, best first, with the best of them read in both languages."""
        return [
            replace(one, both=self._read_in_both(question, one.passage, (one.segment,)) if place == 0 else None)
            for place, one in enumerate(found)
        ]

    def _readings(
        self, question: Question, ranked: Sequence[tuple[Passage, RankedSegment]]
    ) -> Sequence[Reading | None]:
        if self._reader is None:
            return [None] * len(ranked)
        texts = [_evidence(passage, (one.segment,), question.language) for passage, one in ranked]
        return self._reader.read_texts(question.text, texts)

    def ruling(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        chosen: Sequence[tuple[Passage, tuple[Segment, ...]]],
    ) -> Ruling | None:
        """The verdict that the chosen segments give, the best of them first."""
        if question.kind != "yes_no":
            return None
        best = candidates[0]
        weighs = min(self._judgement.verdict, self._judgement.veto) < 1
        reading = self.verdict_reading(question, best) if weighs else None
        return reconcile(
            question, best_first(best, chosen), reading, self._judgement, answered_by_faq(question, candidates)
        )

    def verdict_reading(self, question: Question, best: Candidate) -> Reading | None:
        """What the reader makes of all of the best segment's chunk: what stands beside a sentence often limits it.

        None where the question names what is not there, or asks for the opposite.
        """
        if question.negated or not vouches(best.passage, best.segment, question):
            return None
        return self._read_in_both(question, best.passage, best.passage.chunk.segments)

    def _read_in_both(self, question: Question, passage: Passage, segments: tuple[Segment, ...]) -> Reading | None:
        """One reading of segments as one evidence, in each language that they have."""
        if self._reader is None:
            return None
        languages = [language for language in LANGUAGES if any(segment.text(language) for segment in segments)]
        texts = [_evidence(passage, segments, language) for language in languages]
        return Reading.pooled(self._reader.read_texts(question.text, texts)) if texts else None

    def select(self, question: Question, candidates: Sequence[Candidate]) -> list[tuple[Passage, tuple[Segment, ...]]]:
        """The smallest set of segments that carries the answer, by passage, in document order within each."""
        first = candidates[0]
        near = [one for one in candidates if one.score >= first.score - self._judgement.margin]
        near = near[: self._judgement.sentences]
        listing = _listing(question, near)
        chosen: dict[str, tuple[Passage, list[Segment]]] = {}
        for one in near:
            if not listing or (one is first and one.segment not in listing.segments):
                chosen.setdefault(one.passage.chunk.id, (one.passage, []))[1].append(one.segment)
        whole = [(passage, _completed(passage, segments)) for passage, segments in chosen.values()]
        return [*whole, (listing.passage, listing.segments)] if listing else whole


def best_first(best: Candidate, chosen: Sequence[tuple[Passage, tuple[Segment, ...]]]) -> list[Segment]:
    """The chosen segments as evidence of a verdict, which rests on the best of them where it can."""
    return sorted((one for _, segments in chosen for one in segments), key=lambda one: one is not best.segment)


def answered_by_faq(question: Question, candidates: Sequence[Candidate]) -> Ruling | None:
    """The verdict of the FAQ that the best segment belongs to, where no other FAQ's question is nearer."""
    chunk = candidates[0].passage.chunk
    faqs = {one.passage.chunk.id: cosine for one in candidates if (cosine := _question_cosine(one.passage)) is not None}
    answer = next((segment for segment in chunk.segments if segment.kind != "question"), None)
    if not answer or chunk.id not in faqs or faqs[chunk.id] < max(faqs.values()):
        return None
    return rule_of_faq(question, chunk.lead[0], answer)


def _question_cosine(passage: Passage) -> float | None:
    """How near the question of a FAQ's passage is to what was asked; None for other passages."""
    lead = passage.chunk.lead
    if not lead or lead[0].kind != "question":
        return None
    return max((one.cosine for one in passage.ranked if one.segment == lead[0]), default=0.0)


def _evidence(passage: Passage, segments: tuple[Segment, ...], language: Language) -> str:
    """Segments within their chunk's context, in one language."""
    lead = passage.chunk.lead_of(segments[0])
    text = " ".join(segment.text(language) for segment in (*lead, *segments))
    return evidence_text(passage.chunk.section.heading_path(language), text)


def _what_is_missing(question: Question, candidates: Sequence[Candidate], unknown: Sequence[str]) -> str | None:
    """What an answer that is not given would have needed, where that can be said."""
    says = messages(question.language)
    if unknown:
        return says["not_named"].format(names=", ".join(unknown))
    wanted = sorts(question)
    if wanted and not any(one.fact for one in candidates):
        return says["not_given"].format(fact=facts(question.language)[wanted[0]])
    return None


@dataclass(frozen=True, slots=True)
class _Listing:
    passage: Passage
    segments: tuple[Segment, ...]


def _listing(question: Question, near: Sequence[Candidate]) -> _Listing | None:
    """The whole list that the answer is: the one that the best segment introduces, or stands in where the question
    asks for a list, or of which several lines are near the answer at once.
    """
    if question.kind == "yes_no":
        return None
    first = near[0]
    if introduced := _introduced(question, first):
        return _Listing(first.passage, introduced)
    runs = [(one, run) for one in near if (run := _run_around(question, one))]
    for one, run in runs:
        several = sum(other.segment in run for other, _ in runs) > 1
        if several or (one is first and question.kind == "list"):
            return _Listing(one.passage, run)
    return None


def _introduced(question: Question, candidate: Candidate) -> tuple[Segment, ...]:
    """The list items after a segment that points at them, or that stands before them where a list is asked for."""
    stands_before = question.kind == "list" and candidate.segment.kind != "item"
    if not stands_before and not _points_on(candidate.segment):
        return ()
    return tuple(takewhile(lambda one: one.kind == "item", _after(candidate.passage, candidate.segment)))


def _points_on(segment: Segment) -> bool:
    """Whether a segment, in its source where it is there, points at what stands after it."""
    language: Language = "en" if segment.en else "ko"
    text = segment.text(language).rstrip()
    return text.endswith(":") or text in terms("pointing", language)


def _after(passage: Passage, segment: Segment) -> tuple[Segment, ...]:
    """What stands after a segment in its section, over the borders of chunks."""
    segments = passage.chunk.section.segments
    return segments[segments.index(segment) + 1 :]


def _run_around(question: Question, candidate: Candidate) -> tuple[Segment, ...]:
    """The unbroken run of list items that a segment stands in, over the borders of chunks; for one who asks for a list
    also the column of a table.
    """
    segments, kind = candidate.passage.chunk.section.segments, candidate.segment.kind
    if kind not in ("item", "cell") or (kind == "cell" and question.kind != "list"):
        return ()
    runs = (tuple(members) for _, members in groupby(segments, key=lambda segment: segment.kind))
    run = next(members for members in runs if candidate.segment in members)
    return run if kind == "item" else _column(run, candidate.segment)


def _column(cells: Sequence[Segment], cell: Segment) -> tuple[Segment, ...]:
    """The cells of a table below its header that stand in the same place of their row."""
    rows = [tuple(members) for _, members in groupby(cells, key=lambda segment: segment.block)]
    place = next(row.index(cell) for row in rows if cell in row)
    return tuple(row[place] for row in rows[1:] if len(row) > place)


def _completed(passage: Passage, chosen: Sequence[Segment]) -> tuple[Segment, ...]:
    """The chosen segments in document order; a bare yes or no brings the sentence that explains it, one that points on
    what it points at.
    """
    ids = {segment.id for segment in chosen}
    segments = passage.chunk.section.segments
    for segment, following in pairwise(segments):
        explained = says_yes_or_no(segment.en or segment.ko) or (_points_on(segment) and following.kind != "item")
        if segment.id in ids and explained:
            ids.update(one.id for one in segments if one.block == following.block)
    return tuple(segment for segment in segments if segment.id in ids)

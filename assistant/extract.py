"""Answers made of the documents' own sentences, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.draft import Draft, Statement
from assistant.verdict import rule, says_yes_or_no

if TYPE_CHECKING:
    from assistant.confidence import Confidence
    from assistant.question import Question
    from assistant.retrieve import Passage, RankedSegment
    from corpus.documents import Segment

MAX_SENTENCES = 3
SUPPORT_MARGIN = 0.35
"""How far below the best segment's score a further sentence of the answer may lie, in deviations."""


class ExtractiveWriter:
    """Chooses the segments that carry the answer and quotes them."""

    mode = "extractive"

    def __init__(self, confidence: Confidence) -> None:
        self._confidence = confidence

    def write(self, question: Question, passages: Sequence[Passage], history: Sequence[dict[str, str]]) -> Draft:  # noqa: ARG002
        """A draft of quoted statements; none where the passages do not state the answer."""
        confidence = self._confidence.of(question, passages)
        if not passages or confidence < self._confidence.threshold:
            return Draft(statements=(), ruling=None, confidence=confidence)
        chosen = select(question, passages)
        evidence = [segment for _, segments in chosen for segment in segments]
        ruling = rule(question, evidence)
        statements = tuple(
            Statement(segment.text(question.language), passage, (segment,), is_item=_is_listed(segment))
            for passage, segments in chosen
            for segment in segments
        )
        return Draft(statements=statements, ruling=ruling, confidence=confidence)


def select(question: Question, passages: Sequence[Passage]) -> list[tuple[Passage, tuple[Segment, ...]]]:
    """The smallest set of segments that carries the answer, by passage, in document order within each."""
    first = passages[0]
    if first.chunk.lead and first.chunk.lead[0].kind == "question" and _matches_lead(first):
        return [(first, _faq_answer(first))]
    if question.kind in ("list", "which") and _is_listed(first.best.segment):
        return [(first, first.chunk.segments)]
    floor = first.score - SUPPORT_MARGIN
    chosen = []
    room = MAX_SENTENCES
    for passage in passages:
        near = sorted((r for r in passage.ranked if _can_answer(r) and r.score >= floor), key=lambda r: -r.score)[:room]
        if near:
            chosen.append((passage, _with_neighbours(passage, near)))
            room -= len(near)
        if room <= 0:
            break
    return chosen or [(first, (first.best.segment,))]


def _matches_lead(passage: Passage) -> bool:
    return passage.best.segment in passage.chunk.lead


def _faq_answer(passage: Passage) -> tuple[Segment, ...]:
    """The answer under a FAQ's question: the paragraph or list that follows."""
    return tuple(s for s in passage.chunk.segments if s not in passage.chunk.lead)[:MAX_SENTENCES]


def _can_answer(ranked: RankedSegment) -> bool:
    return ranked.segment.kind != "question"


def _with_neighbours(passage: Passage, near: Sequence[RankedSegment]) -> tuple[Segment, ...]:
    """The chosen segments in document order; a bare yes or no brings the sentence that explains it."""
    chosen = {ranked.segment.id for ranked in near}
    segments = passage.chunk.segments
    for segment, following in pairwise(segments):
        if segment.id in chosen and says_yes_or_no(segment.en or segment.ko):
            chosen.add(following.id)
    return tuple(segment for segment in segments if segment.id in chosen)


def _is_listed(segment: Segment) -> bool:
    return segment.kind in ("item", "cell")

"""What an answer shows beside its statements where their document disagrees with itself: the other passage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.draft import Statement
from assistant.records import Citation, Conflict, ConflictSide

if TYPE_CHECKING:
    from assistant.question import Question
    from assistant.retrieve import Passage
    from corpus.conflicts import Conflict as Found
    from corpus.conflicts import Conflicts
    from corpus.coverage import Coverage
    from corpus.documents import Document, Language, Segment

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Beside:
    """The conflicts that an answer quotes a side of, each with its document, and statements for what it leaves out."""

    found: tuple[tuple[Document, Found], ...]
    statements: tuple[Statement, ...]

    def explanations(self, language: Language) -> Iterator[str]:
        """What the passages disagree about, each said once."""
        yield from dict.fromkeys(
            one.explanation_ko if language == "ko" else one.explanation_en for _, one in self.found
        )

    def records(self, citations: Sequence[Citation]) -> tuple[Conflict, ...]:
        """The conflicts as the answer keeps them, either side with the citation that quotes it."""
        numbers = {(one.document, name): one.number for one in citations for name in one.segment_ids}

        def side(document: Document, segment: Segment) -> ConflictSide:
            number = numbers[document.id, segment.id]
            return ConflictSide(citation=number, segment_id=segment.id, en=segment.en, ko=segment.ko)

        return tuple(
            Conflict(
                document=document.id, kind=one.kind, first=side(document, one.first), second=side(document, one.second),
                explanation_en=one.explanation_en, explanation_ko=one.explanation_ko,
            )
            for document, one in self.found
        )  # fmt: skip


class ConflictFinder:
    """Finds what stands against the statements of an answer. `locate` finds the passage that a segment stands in."""

    def __init__(self, conflicts: Conflicts, coverage: Coverage, locate: Callable[[Segment], Passage]) -> None:
        self._conflicts = conflicts
        self._coverage = coverage
        self._locate = locate

    def beside(self, question: Question, statements: Sequence[Statement]) -> Beside:
        """The conflicts of the segments that the statements quote; naming a list quotes none of its lines.

        A segment that disagrees about one of its services or standards may be quoted for another: such a conflict
        counts where the question names what it is about.
        """
        language = question.language
        named = {"", *self._coverage.services(question.text), *_WORD.findall(question.text.lower())}
        quoted = [
            (statement.passage.document, segment)
            for statement in statements
            for segment in statement.segments
            if segment.text(language) in statement.text
        ]
        shown = {(document.id, segment.id) for document, segment in quoted}
        found = dict.fromkeys(
            (document.id, one)
            for document, segment in quoted
            for one in self._conflicts.of(document, segment)
            if one.topic in named
        )
        documents = {document.id: document for document, _ in quoted}
        others = dict.fromkeys(
            side for name, one in found for side in (one.first, one.second) if (name, side.id) not in shown
        )
        return Beside(
            tuple((documents[name], one) for name, one in found),
            tuple(Statement(one.text(language), self._locate(one), (one,), is_item=True) for one in others),
        )

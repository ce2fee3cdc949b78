"""Answers of systems that only retrieve: the first segments, quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.compose import citation_of
from assistant.records import Answer
from corpus.documents import Document, Language, Segment
from ingest.chunks import Chunk, split

QUOTED = 3
"""Segments in an answer: about as many as our assistant quotes at the most, so that completeness has the same price."""


@dataclass(frozen=True, slots=True)
class Source:
    """A segment and where it stands."""

    document: Document
    chunk: Chunk
    segment: Segment


def sources_of(documents: Iterable[Document]) -> list[Source]:
    """Every segment that an index holds, in the order of its rows."""
    return [
        Source(document, chunk, segment)
        for document in documents
        for chunk in split(document)
        for segment in chunk.segments
    ]


def quoted(question: str, sources: Sequence[Source], *, confidence: float, mode: str) -> Answer:
    """An answer that quotes the segments, one citation each; it abstains where there are none."""
    language: Language = "ko" if re.search("[가-힣]", question) else "en"
    citations = tuple(
        citation_of(number, source.document, source.chunk.section, [source.segment])
        for number, source in enumerate(sources, 1)
    )
    return Answer(
        question=question,
        text="\n".join(f"{source.segment.text(language)} [{number}]" for number, source in enumerate(sources, 1)),
        language=language,
        abstained=not sources,
        confidence=confidence,
        citations=citations,
        mode=mode,
        index="",
    )

"""Answers of systems that only retrieve: the first segments, quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.records import Answer, Citation
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
    citations = tuple(_citation(number, source) for number, source in enumerate(sources, 1))
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


def _citation(number: int, source: Source) -> Citation:
    section, document, segment = source.chunk.section, source.document, source.segment
    return Citation(
        number=number,
        document=document.id,
        title=document.title_en or document.title_ko,
        source_url=document.source_url,
        heading_path_en=section.heading_path_en,
        heading_path_ko=section.heading_path_ko,
        segment_ids=(segment.id,),
        quote_en=segment.en,
        quote_ko=segment.ko,
    )

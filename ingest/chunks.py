"""What is embedded: consecutive segments of one section, kept together as the page keeps them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.documents import Document, Language, Section, Segment, in_context

MAX_CHARACTERS = 900
_BORDER = "\x1e"
_LISTED = frozenset({"item", "cell", "code", "image"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive segments of one section.

    `lead` is what the segments depend on to be understood: the FAQ question they answer, the sentence that
    introduces their list, the header row of their table. It is part of `segments` in the first chunk of a long
    group and repeated as context in the others.
    """

    id: str
    document_id: str
    section: Section
    lead: tuple[Segment, ...]
    segments: tuple[Segment, ...]

    def text(self, language: Language) -> str:
        """The whole chunk in one language, as the embedder reads it."""
        lead = self.lead_of(self.segments[0])
        return in_context(self.section.heading_path(language), join((*lead, *self.segments), language))

    def segment_text(self, segment: Segment, language: Language) -> str:
        """One segment of the chunk behind its headings and its lead."""
        return in_context(self.section.heading_path(language), join((*self.lead_of(segment), segment), language))

    def lead_of(self, segment: Segment) -> tuple[Segment, ...]:
        """What one segment depends on: the lead, unless it is part of it or stands before it."""
        return self.lead if self.lead and segment.block > self.lead[-1].block else ()


def join(segments: Sequence[Segment], language: Language) -> str:
    """The segments' text in one language, as running text."""
    return " ".join(segment.text(language) for segment in segments)


def split(document: Document) -> list[Chunk]:
    """The chunks of a document, in order. Every segment but headings and includes stands in exactly one."""
    return [
        Chunk(
            id=f"{document.id}#{piece[0].id}",
            document_id=document.id,
            section=section,
            lead=group.lead,
            segments=piece,
        )
        for section in document.sections
        for group in _groups(section.segments)
        for piece in _pieces(group.segments)
    ]


@dataclass(slots=True)
class _Group:
    """Blocks that the page keeps together. `opening` is the block that the others may depend on."""

    opening: tuple[Segment, ...]
    segments: tuple[Segment, ...]

    @property
    def lead(self) -> tuple[Segment, ...]:
        if self.segments == self.opening or self.opening[0].kind == "item":
            return ()
        return self.opening[-1:] if self.opening[0].kind == "paragraph" else self.opening

    def holds(self, block: tuple[Segment, ...]) -> bool:
        """Whether the next block still belongs to this group."""
        if block[0].kind == "question":
            return False
        return self.opening[0].kind == "question" or block[0].kind in _LISTED


def _groups(segments: Sequence[Segment]) -> Iterator[_Group]:
    """A paragraph alone; a question with all that follows; a list or table with its lead-in or header row."""
    current: _Group | None = None
    readable = (segment for segment in segments if segment.kind != "include")
    for _, members in groupby(readable, key=lambda segment: segment.block):
        block = tuple(members)
        if current and current.holds(block):
            current.segments += block
            continue
        if current:
            yield current
        current = _Group(opening=block, segments=block)
    if current:
        yield current


def _pieces(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, ...]]:
    """Cut a long group at segment borders, never inside a segment."""
    longest = [max(segment.ko, segment.en, key=len).replace(_BORDER, " ") or "-" for segment in segments]
    text = _BORDER.join(longest)
    if len(text) <= MAX_CHARACTERS:
        yield segments
        return
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=[_BORDER],
        keep_separator=False,
        strip_whitespace=False,
        chunk_size=MAX_CHARACTERS,
        chunk_overlap=0,
    )
    start = 0
    for piece in splitter.split_text(text):
        end = start + piece.count(_BORDER) + 1
        yield segments[start:end]
        start = end

"""Documents as frameworks read them: plain text, each page once in each language. Which segments stand where in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.documents import LANGUAGES, Document, Language
from evals.systems.quoting import Source, sources_of

_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Page:
    """One document's text in one language, its segments with a blank line between."""

    document: str
    language: Language
    text: str


class Pages:
    """The pages of some documents, and the way back from a place in them to segments."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {document.id: document for document in documents}
        self._sources = {
            (source.document.id, source.segment.block, source.segment.id): source for source in sources_of(documents)
        }

    def __iter__(self) -> Iterator[Page]:
        for document in self._documents.values():
            for language in LANGUAGES:
                yield Page(
                    document.id, language, _BREAK.join(segment.text(language) for segment in document.segments())
                )

    def within(self, document: str, language: Language, start: int, end: int) -> list[Source]:
        """The segments of which at least half stands between two places of a page."""
        found, place = [], 0
        for segment in self._documents[document].segments():
            text = segment.text(language)
            shared = min(end, place + len(text)) - max(start, place)
            source = self._sources.get((document, segment.block, segment.id))
            if source and text and shared >= len(text) / 2:
                found.append(source)
            place += len(text) + len(_BREAK)
        return found

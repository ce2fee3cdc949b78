"""Our assistant as it ships, and without one of its parts each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answer import Assistant, open_writer
from assistant.coverage import CoverageWriter
from assistant.extract import ExtractiveWriter
from assistant.retrieve import locate
from corpus.coverage import Coverage
from corpus.documents import Corpus, Document
from ingest.embedder import open_embedder
from ingest.index import index_corpus

if TYPE_CHECKING:
    from assistant.conflicts import ConflictFinder
    from assistant.extract import Candidate
    from assistant.question import Question
    from assistant.retrieve import Passage
    from corpus.documents import Segment
    from evals.systems.protocol import Place, System
    from ingest.index import Index


def as_it_ships(place: Place) -> System:
    """The assistant of these settings."""
    return Assistant.open(place.settings)


def without_fusion(place: Place) -> System:
    """The dense scores alone rank: BM25 still proposes candidates, and weighs nothing."""
    return Assistant.open(place.settings.model_copy(update={"bm25_weight": 0.0}))


def without_reader(place: Place) -> System:
    """The ranking alone judges the evidence."""
    return Assistant.open(place.settings.model_copy(update={"reader": "none"}))


def without_headings(place: Place) -> System:
    """Segments are indexed and read without the headings that they stand under, in an index of its own."""
    documents = place.documents()
    settings = place.settings
    embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
    home = place.scratch("without headings")
    index_corpus(home, Corpus(tuple(map(_bare, documents)), ()), embedder)
    chosen = settings.model_copy(update={"home": home})

    whole = {document.id: document for document in documents}

    class WithoutHeadings(Assistant):
        def _facts_of(self, index: Index, documents: Sequence[Document]) -> tuple[CoverageWriter, ConflictFinder]:
            """Lists and conflicts are known by their headings: what is left out here is another part."""
            return super()._facts_of(index, [_headed(document, whole[document.id]) for document in documents])

    return WithoutHeadings(chosen, embedder, open_writer(chosen))


def _bare(document: Document) -> Document:
    sections = (replace(section, heading_path_ko=(), heading_path_en=()) for section in document.sections)
    return replace(document, sections=tuple(sections))


def _headed(bare: Document, whole: Document) -> Document:
    """The bare document's own segments, under the whole one's headings."""
    sections = (
        replace(one, heading_path_ko=other.heading_path_ko, heading_path_en=other.heading_path_en)
        for one, other in zip(bare.sections, whole.sections, strict=True)
    )
    return replace(bare, sections=tuple(sections))


def without_coverage(place: Place) -> System:
    """Questions about in-scope lists are answered as any others."""
    settings = place.settings
    embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
    return _WithoutCoverage(settings, embedder, open_writer(settings))


def without_verdicts(place: Place) -> System:
    """No answer says yes, no or under which condition; the lists' answers still do."""
    settings = place.settings
    embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
    return Assistant(settings, embedder, open_writer(settings, _WithoutVerdicts))


class _WithoutCoverage(Assistant):
    def _facts_of(self, index: Index, documents: Sequence[Document]) -> tuple[CoverageWriter, ConflictFinder]:
        """With a writer that knows of no list."""
        _, conflicts = super()._facts_of(index, documents)
        return CoverageWriter(Coverage(()), lambda segment: locate(index, segment)), conflicts


class _WithoutVerdicts(ExtractiveWriter):
    """Weighs whether rules speak, as ever, and keeps what they say to itself."""

    def ruling(
        self,
        question: Question,  # noqa: ARG002
        candidates: Sequence[Candidate],  # noqa: ARG002
        chosen: Sequence[tuple[Passage, tuple[Segment, ...]]],  # noqa: ARG002
    ) -> None:
        return None

"""The plain Haystack pipeline (deepset's haystack-ai): split by words, keep in memory, retrieve; no chat model."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from corpus.errors import MissingExtraError
from evals.systems.models import open_model
from evals.systems.pages import Pages
from evals.systems.quoting import quoted
from ingest.cache import EmbeddingCache

if TYPE_CHECKING:
    from assistant.records import Answer
    from evals.systems.protocol import Place


class Haystack:
    """Answers with the chunk that its retriever ranks first, whole, as the tutorial pipeline does with its nearest.

    Splitting, store and retrievers have Haystack's defaults. `query` makes the retriever's input of a question.
    """

    def __init__(self, pages: Pages, pipeline: Any, query: Callable[[str], dict[str, Any]], mode: str) -> None:  # noqa: ANN401
        self._pages = pages
        self._pipeline = pipeline
        self._query = query
        self._mode = mode

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer:  # noqa: ARG002
        found = self._pipeline.run({"retriever": self._query(question)})["retriever"]["documents"]
        if not found:
            return quoted(question, [], confidence=0.0, mode=self._mode)
        chunk = found[0]
        start = chunk.meta["split_idx_start"]
        sources = self._pages.within(chunk.meta["document"], chunk.meta["language"], start, start + len(chunk.content))
        return quoted(question, sources, confidence=min(1.0, max(0.0, float(chunk.score))), mode=self._mode)


def lexical(place: Place) -> Haystack:
    """With its BM25; the confidence is its score, which it scales to between 0 and 1."""
    _require()
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    pages, store = Pages(place.documents()), InMemoryDocumentStore()
    store.write_documents(_chunks(pages))
    retriever = InMemoryBM25Retriever(store, top_k=1, scale_score=True)
    return Haystack(pages, _pipeline(retriever), lambda question: {"query": question}, "haystack")


def dense(place: Place) -> Haystack:
    """With an embedder, the settings' or the one that the place's argument names; the confidence is the cosine."""
    _require()
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = open_model(place.argument, place.settings)
    pages, store = Pages(place.documents()), InMemoryDocumentStore(embedding_similarity_function="cosine")
    chunks = _chunks(pages)
    cache = EmbeddingCache(place.settings.home / "cache" / "embeddings.sqlite3")
    try:
        vectors, _ = cache.embed([chunk.content for chunk in chunks], embedder)
    finally:
        cache.close()
    store.write_documents(
        [replace(chunk, embedding=vector.tolist()) for chunk, vector in zip(chunks, vectors, strict=True)]
    )
    pipeline = _pipeline(InMemoryEmbeddingRetriever(store, top_k=1))
    mode = f"haystack:{embedder.name}"
    return Haystack(pages, pipeline, lambda question: {"query_embedding": embedder.embed_query(question)}, mode)


def _chunks(pages: Pages) -> list[Any]:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter

    whole = [Document(content=page.text, meta={"document": page.document, "language": page.language}) for page in pages]
    chunks: list[Any] = DocumentSplitter().run(documents=whole)["documents"]
    return chunks


def _pipeline(retriever: object) -> Any:  # noqa: ANN401
    from haystack import Pipeline

    pipeline = Pipeline()
    pipeline.add_component("retriever", retriever)
    return pipeline


def _require() -> None:
    """See that Haystack is there, and that it tells nobody that it runs.

    Raises:
        MissingExtraError: it is not installed.
    """
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    try:
        import haystack  # noqa: F401
    except ImportError:
        raise MissingExtraError("haystack-ai", extra="rivals") from None

"""The plain LangChain tutorial pipeline on the same packages: split by characters, embed, similarity search.

Run as a script it indexes files as they lie on disk, for the speed benchmark.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, cast

from evals.systems.models import open_model
from evals.systems.pages import Pages
from evals.systems.quoting import quoted
from ingest.embedder import Embedder, open_embedder
from ingest.settings import load_settings

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.embeddings import Embeddings

    from assistant.records import Answer
    from evals.systems.protocol import Place

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200


class Tutorial:
    """Answers with the nearest chunk, whole: the passage that the tutorial's model would write its answer from.

    It reads clean text, each page once in each language, which is more than the tutorial does for it. The place's
    argument names the model.
    """

    def __init__(self, place: Place) -> None:
        self._embedder = open_model(place.argument, place.settings)
        documents = place.documents()
        self._pages = Pages(documents)
        state = hashlib.sha256(f"{self._embedder.sha256} {[d.sha256 for d in documents]}".encode()).hexdigest()[:12]
        folder = place.scratch(f"tutorial {state}")
        done = folder / "complete"
        if done.exists():
            self._store = _open(folder, self._embedder)
        else:
            rmtree(folder, ignore_errors=True)  # what an interrupted run left
            self._store = index(split(_pages(self._pages)), folder, self._embedder)
            done.touch()

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer:  # noqa: ARG002
        (chunk, distance), *_ = self._store.similarity_search_with_score(question, k=1)
        confidence = max(0.0, 1.0 - distance / 2)  # squared distance of unit vectors -> cosine
        start, place = chunk.metadata["start_index"], (chunk.metadata["document"], chunk.metadata["language"])
        sources = self._pages.within(*place, start, start + len(chunk.page_content))
        return quoted(question, sources, confidence=confidence, mode=f"tutorial:{self._embedder.name}")


def _pages(pages: Pages) -> list[LangChainDocument]:
    from langchain_core.documents import Document as LangChainDocument

    return [
        LangChainDocument(page_content=page.text, metadata={"document": page.document, "language": page.language})
        for page in pages
    ]


def split(pages: Sequence[LangChainDocument]) -> list[LangChainDocument]:
    """The pages' chunks, each with its `start_index`."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS, add_start_index=True
    )
    return splitter.split_documents(pages)


def index(chunks: Sequence[LangChainDocument], folder: Path, embedder: Embedder) -> Chroma:
    """Embed and store the chunks; returns the vector store."""
    from langchain_chroma import Chroma

    return Chroma.from_documents(list(chunks), cast("Embeddings", embedder), persist_directory=str(folder))


def _open(folder: Path, embedder: Embedder) -> Chroma:
    from langchain_chroma import Chroma

    return Chroma(persist_directory=str(folder), embedding_function=cast("Embeddings", embedder))


def files_as_they_are(paths: Sequence[Path]) -> list[LangChainDocument]:
    """The files' raw text, as the tutorial loads it."""
    from langchain_core.documents import Document as LangChainDocument

    return [
        LangChainDocument(page_content=file.read_text(encoding="utf-8"), metadata={"source": str(file)})
        for path in paths
        for file in (sorted(path.rglob("*.md")) if path.is_dir() else [path])
    ]


if __name__ == "__main__":
    pages = files_as_they_are([Path(path) for path in sys.argv[2:]])
    settings = load_settings()
    index(split(pages), Path(sys.argv[1]), open_embedder(settings.embedding_model, settings.embedding_backend))

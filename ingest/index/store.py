"""The dense index: Chroma, embedded. Its exceptions are translated here and go no further."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from corpus.documents import Language
from corpus.errors import IndexCorruptError, StorageError
from ingest.index.generations import REBUILD

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

LANGUAGES: tuple[Language, Language] = ("ko", "en")
_BATCH = 2000
_HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 128, "max_neighbors": 24, "ef_search": 128}
}


class DenseStore:
    """One Chroma collection a language; row n of each is segment n. Use as a context manager, or close it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _translated(folder):
            self._client = _open_client(folder)
            self._collections = {
                language: self._client.get_or_create_collection(
                    f"segments_{language}",
                    configuration=_HNSW,
                    embedding_function=None,
                )
                for language in LANGUAGES
            }

    def __enter__(self) -> DenseStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def add(self, language: Language, chunk_ids: Sequence[str], texts: Sequence[str], vectors: np.ndarray) -> None:
        """Add rows 0.. in order; `vectors` has the shape (rows, dimension)."""
        collection = self._collections[language]
        with _translated(self._folder):
            for start in range(0, len(chunk_ids), _BATCH):
                part = slice(start, start + _BATCH)
                collection.add(
                    ids=[str(row) for row in range(start, min(start + _BATCH, len(chunk_ids)))],
                    embeddings=vectors[part],
                    documents=list(texts[part]),
                    metadatas=[{"chunk": chunk_id} for chunk_id in chunk_ids[part]],
                )

    def count(self, language: Language) -> int:
        with _translated(self._folder):
            return self._collections[language].count()

    def nearest(self, language: Language, vector: np.ndarray, *, k: int) -> list[int]:
        """Rows of the k nearest segments by cosine, best first."""
        with _translated(self._folder):
            found = self._collections[language].query(query_embeddings=[vector], n_results=k, include=[])
        return [int(row) for row in found["ids"][0]]


def _open_client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error, ValueError, KeyError) as error:
        if _means_full_disk(error):
            raise StorageError(
                f"The dense index {folder} cannot be written: {error}.",
                remedy="Free some disk space; the index in use is unchanged.",
            ) from error
        raise IndexCorruptError(f"The dense index {folder} cannot be used: {error}.", remedy=REBUILD) from error


def _means_full_disk(error: Exception) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in ("disk is full", "no space left", "file too large", "disk i/o error"))


def quick_check(folder: Path) -> str:
    """SQLite's own opinion of the store's database: "ok", or what is wrong."""
    path = folder / "chroma.sqlite3"
    if not path.exists():
        return f"{path.name} is missing"
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows: list[tuple[Any, ...]] = connection.execute("PRAGMA quick_check").fetchall()
        return "; ".join(str(row[0]) for row in rows[:3])
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()

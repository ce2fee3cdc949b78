"""The dense index: Chroma, embedded. Its exceptions are translated here and go no further."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from corpus.documents import LANGUAGES, Language
from corpus.errors import IndexCorruptError, StorageError
from ingest.index.generations import REBUILD

if TYPE_CHECKING:
    import numpy as np
    from chromadb import Collection
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

_DATABASE = "chroma.sqlite3"
_BATCH = 2000
_HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 128, "max_neighbors": 24, "ef_search": 128}
}


class DenseStore:
    """One Chroma collection a language; row n of each is segment n. Use as a context manager, or close it.

    With `create` it begins empty; otherwise the folder must hold a store, and is not written to but for what Chroma
    itself writes whenever it opens one: on a disk that is full or read-only that is a StorageError.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._folder = folder
        if not create and not (folder / _DATABASE).is_file():
            raise IndexCorruptError(f"The dense index {folder} has no {_DATABASE}.", remedy=REBUILD)
        with translated(folder, writing=create):
            self._client = _open_client(folder)
            try:
                self._collections = {language: self._collection(language, create=create) for language in LANGUAGES}
            except BaseException:
                self._client.close()
                raise

    def __enter__(self) -> DenseStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def _collection(self, language: Language, *, create: bool) -> Collection:
        name = f"segments_{language}"
        if create:
            return self._client.create_collection(name, configuration=_HNSW, embedding_function=None)
        return self._client.get_collection(name, embedding_function=None)

    def add(self, language: Language, chunk_ids: Sequence[str], texts: Sequence[str], vectors: np.ndarray) -> None:
        """Add rows 0.. in order; `vectors` has the shape (rows, dimension)."""
        collection = self._collections[language]
        with translated(self._folder, writing=True):
            for start in range(0, len(chunk_ids), _BATCH):
                part = slice(start, start + _BATCH)
                collection.add(
                    ids=[str(row) for row in range(start, min(start + _BATCH, len(chunk_ids)))],
                    embeddings=vectors[part],
                    documents=list(texts[part]),
                    metadatas=[{"chunk": chunk_id} for chunk_id in chunk_ids[part]],
                )

    def count(self, language: Language) -> int:
        with translated(self._folder):
            return self._collections[language].count()

    def nearest(self, language: Language, vector: np.ndarray, *, k: int) -> list[int]:
        """Rows of the k nearest segments by cosine, best first."""
        with translated(self._folder):
            found = self._collections[language].query(query_embeddings=[vector], n_results=k, include=[])
        return [int(row) for row in found["ids"][0]]


def _open_client(folder: Path) -> Client:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    except BaseException:
        SharedSystemClient._identifier_to_system.pop(str(folder), None)  # else the next call gets what half started
        raise
    return cast("Client", client)


@contextmanager
def translated(folder: Path, *, writing: bool = False) -> Iterator[None]:
    """Turn what Chroma raises into errors of our tree. A new store that fails inside has only the disk to blame."""
    from chromadb.errors import ChromaError, InternalError

    try:
        yield
    except (ChromaError, sqlite3.Error, OSError, RuntimeError, TypeError, ValueError, KeyError) as error:
        if _means_unwritable(error) or (writing and isinstance(error, InternalError | sqlite3.Error | OSError)):
            raise StorageError(
                f"The dense index {folder} cannot be written: {error}.",
                remedy="Free some disk space, or make the folder writable; the index in use is unchanged.",
            ) from error
        raise IndexCorruptError(f"The dense index {folder} cannot be used: {error}.", remedy=REBUILD) from error


def _means_unwritable(error: Exception) -> bool:
    signs = ("disk is full", "no space left", "file too large", "disk i/o error", "readonly", "read-only")
    text = str(error).lower()
    return isinstance(error, PermissionError) or any(sign in text for sign in signs)


def quick_check(folder: Path) -> str:
    """SQLite's own opinion of the store's database: "ok", or what is wrong."""
    path = (folder / _DATABASE).absolute()
    if not path.exists():
        return f"{path.name} is missing"
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        rows: list[tuple[Any, ...]] = connection.execute("PRAGMA quick_check").fetchall()
        return "; ".join(str(row[0]) for row in rows[:3])
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()

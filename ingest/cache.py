"""Embeddings kept across builds, by the embedder's SHA-256 and the text's."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import StorageError

if TYPE_CHECKING:
    import numpy as np

    from ingest.embedder import Embedder

_BATCH = 64
_LOOKUP = 500


class EmbeddingCache:
    """A SQLite file of vectors (float32). A damaged file is set aside and begun anew: it only costs time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._storage_errors():
            try:
                self._connection = self._connect()
            except sqlite3.OperationalError:  # the disk's fault, not the file's
                raise
            except sqlite3.DatabaseError:
                path.replace(path.with_suffix(".damaged"))
                self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors "
                "(model TEXT, text TEXT, vector BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"
            )
            connection.commit()
            (checked,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if checked != "ok":
                raise sqlite3.DatabaseError(checked)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        self._connection.close()

    def embed(
        self, texts: Sequence[str], embedder: Embedder, *, on_progress: Callable[[int], None] = lambda _: None
    ) -> tuple[np.ndarray, int]:
        """Vectors of the texts, shape (len(texts), dimension), and how many had to be embedded now.

        `on_progress` receives the number of texts newly done at each step. What was embedded is kept batch by
        batch, so that an interrupted build goes on where it was.
        """
        import numpy as np

        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        known = self._read(embedder.sha256, sorted(set(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        todo = sorted(missing, key=lambda key: len(missing[key]))
        on_progress(sum(key in known for key in keys))
        for start in range(0, len(todo), _BATCH):
            batch = todo[start : start + _BATCH]
            vectors = np.asarray(embedder.embed_documents([missing[key] for key in batch]), dtype=np.float32)
            fresh = dict(zip(batch, vectors, strict=True))
            self._write(embedder.sha256, fresh)
            known.update(fresh)
            on_progress(len(batch))
        rows = [known[key] for key in keys]
        return np.stack(rows) if rows else np.empty((0, embedder.dimension), np.float32), len(todo)

    def _read(self, model: str, keys: Sequence[str]) -> dict[str, np.ndarray]:
        import numpy as np

        found: dict[str, np.ndarray] = {}
        for start in range(0, len(keys), _LOOKUP):
            part = keys[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            query = f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})"  # noqa: S608
            with self._storage_errors():
                rows = self._connection.execute(query, (model, *part)).fetchall()
            found.update((key, np.frombuffer(blob, dtype=np.float32)) for key, blob in rows)
        return found

    def _write(self, model: str, vectors: dict[str, np.ndarray]) -> None:
        rows = [(model, key, vector.tobytes()) for key, vector in vectors.items()]
        with self._storage_errors(), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(
                f"The embedding cache {self._path} cannot be read or written: {error}.",
                remedy="Free some disk space, or point SOC_HOME at another disk; the index in use is unchanged.",
            ) from error

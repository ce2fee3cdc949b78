"""Open a generation and search it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.divergence import Divergence
from corpus.documents import LANGUAGES, Document, Language, Segment
from corpus.errors import IndexCorruptError, IndexingError, IndexMismatchError, StorageError
from ingest import lexical
from ingest.chunks import Chunk, split
from ingest.index.generations import REBUILD, Generation, Manifest, live_generation
from ingest.index.store import DenseStore
from ingest.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np

    from ingest.embedder import Embedder


@dataclass(frozen=True, slots=True)
class SegmentScores:
    """How near one segment is to the query: cosine of its Korean and its English, BM25 of both together.

    `coverage` is the share of the query's terms, weighed by rarity, that the segment holds within its context.
    """

    segment: Segment
    dense_ko: float
    dense_en: float
    bm25: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk of which at least one arm proposed a segment, with the scores of all arms for all its segments."""

    chunk: Chunk
    segments: tuple[SegmentScores, ...]


def layout_of(chunks: Sequence[Chunk]) -> str:
    """A SHA-256 over the ids of chunks and their segments, in order: which row of the index is what."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update("\n".join((chunk.id, *(segment.id for segment in chunk.segments), "")).encode())
    return digest.hexdigest()


class Index:
    """A generation, open for searching. Safe to share between threads."""

    def __init__(self, generation: Generation, embedder: Embedder) -> None:
        self.generation = generation
        self.manifest = generation.manifest()
        _check_embedder(self.manifest, embedder)
        self._embedder = embedder
        import numpy  # noqa: F401  before the threads: an import that several of them begin at once may fail

        with ThreadPoolExecutor(2) as pool:
            warming = pool.submit(lexical.warm_up)
            opening = pool.submit(_open_dense, generation, self.manifest)
            try:
                self._load()
            except BaseException:
                with suppress(IndexingError):
                    _close(opening.result())
                raise
            warming.result()
            self._dense = opening.result()

    def _load(self) -> None:
        self.documents: tuple[Document, ...] = self.generation.documents()
        self.documents_by_id = {document.id: document for document in self.documents}
        self.chunks: list[Chunk] = list(chain.from_iterable(split(document) for document in self.documents))
        if layout_of(self.chunks) != self.manifest.layout:
            raise IndexCorruptError(
                f"The index {self.generation.id} was laid out by another version of the chunker.", remedy=REBUILD
            )
        known = self.generation.divergences()
        self._divergences = {(name, one.segment_id): one for name, found in known.items() for one in found}
        self._lexical = LexicalIndex.load(self.generation.lexical)
        _check_rows("lexical", self._lexical.rows, self.generation, self.manifest)
        self._vectors = load_vectors(self.generation, self.manifest)
        self._chunk_by_segment = {id(segment): chunk for chunk in self.chunks for segment in chunk.segments}
        self._first_row: list[int] = []
        self._chunk_of_row: list[int] = []
        for number, chunk in enumerate(self.chunks):
            self._first_row.append(len(self._chunk_of_row))
            self._chunk_of_row.extend([number] * len(chunk.segments))

    def chunk_of(self, segment: Segment) -> Chunk:
        """The chunk that a segment of this index's documents stands in."""
        return self._chunk_by_segment[id(segment)]

    def divergence_of(self, document: Document, segment: Segment) -> Divergence | None:
        """Where the two languages of a segment disagree, as it was found at ingest."""
        return self._divergences.get((document.id, segment.id))

    @classmethod
    def open(cls, home: Path, embedder: Embedder) -> Index:
        """The live index of a home.

        Raises:
            IndexMissingError, IndexMismatchError, IndexCorruptError: each names the remedy.
        """
        return cls(live_generation(home), embedder)

    def close(self) -> None:
        _close(self._dense)

    def search(self, query: str, *, k: int, synonyms: str = "") -> list[Hit]:
        """Chunks of the k segments that each arm proposes (Korean, English, BM25), in document order.

        `synonyms` are further words for BM25, which knows no meaning; the dense arms read the query alone.
        """
        import numpy as np

        vector = np.asarray(self._embedder.embed_query(query), dtype=np.float32)
        bm25 = self._lexical.scores(f"{query} {synonyms}")
        k = min(k, len(self._chunk_of_row))
        rows = {row for language in LANGUAGES for row in self._nearest(language, vector, k)}
        rows.update(int(row) for row in np.argsort(-bm25, kind="stable")[:k] if bm25[row] > 0)
        coverage = self._lexical.coverage(f"{query} {synonyms}")
        return [
            self._hit(number, vector, bm25, coverage) for number in sorted({self._chunk_of_row[row] for row in rows})
        ]

    def _nearest(self, language: Language, vector: np.ndarray, k: int) -> list[int]:
        import numpy as np

        if self._dense:
            return self._dense.nearest(language, vector, k=k)
        cosines = self._vectors[:, LANGUAGES.index(language)].astype("float32") @ vector
        return [int(row) for row in np.argsort(-cosines, kind="stable")[:k]]

    def _hit(self, number: int, vector: np.ndarray, bm25: np.ndarray, coverage: np.ndarray) -> Hit:
        chunk = self.chunks[number]
        first = self._first_row[number]
        rows = slice(first, first + len(chunk.segments))
        cosines = self._vectors[rows].astype("float32") @ vector
        return Hit(
            chunk=chunk,
            segments=tuple(
                SegmentScores(segment, float(ko), float(en), float(score), float(share))
                for segment, (ko, en), score, share in zip(
                    chunk.segments, cosines, bm25[rows], coverage[rows], strict=True
                )
            ),
        )


def _open_dense(generation: Generation, manifest: Manifest) -> DenseStore | None:
    """The dense index. None on a full or read-only disk, where Chroma opens nothing: the vectors answer then."""
    try:
        store = DenseStore(generation.chroma)
    except StorageError:
        return None
    try:
        for language in LANGUAGES:
            _check_rows(f"dense ({language})", store.count(language), generation, manifest)
    except BaseException:
        store.close()
        raise
    return store


def _close(store: DenseStore | None) -> None:
    if store:
        store.close()


def _check_rows(part: str, rows: int, generation: Generation, manifest: Manifest) -> None:
    if rows != manifest.segments:
        raise IndexCorruptError(
            f"The {part} index of {generation.id} has {rows} rows instead of {manifest.segments}.", remedy=REBUILD
        )


def load_vectors(generation: Generation, manifest: Manifest) -> np.ndarray:
    """All vectors, shape (segments, languages, dimension), float16, memory-mapped."""
    import numpy as np

    try:
        vectors: np.ndarray = np.load(generation.vectors, mmap_mode="r", allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise IndexCorruptError(f"{generation.vectors} cannot be read: {error}.", remedy=REBUILD) from error
    expected = (manifest.segments, len(LANGUAGES), manifest.dimension)
    if vectors.shape != expected:
        raise IndexCorruptError(
            f"{generation.vectors} has the shape {vectors.shape} instead of {expected}.", remedy=REBUILD
        )
    return vectors


def _check_embedder(manifest: Manifest, embedder: Embedder) -> None:
    if (manifest.embedder_sha256, manifest.dimension) != (embedder.sha256, embedder.dimension):
        raise IndexMismatchError(
            f"The index {manifest.generation} was built by {manifest.embedder_name} "
            f"({manifest.dimension} dimensions, {manifest.embedder_sha256[:12]}), "
            f"but the embedder in use is {embedder.name} ({embedder.dimension} dimensions, {embedder.sha256[:12]}).",
            remedy="Rebuild it with this embedder: python -m ingest.",
        )

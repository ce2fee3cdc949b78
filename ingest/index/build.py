"""Build a generation beside the live one, have it verified, swap it in."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from corpus.documents import Corpus, Problem, load_corpus
from corpus.errors import CorpusError, IndexCorruptError, IndexingError
from ingest.cache import EmbeddingCache
from ingest.chunks import Chunk, split
from ingest.index.generations import (
    Generation,
    Manifest,
    live_generation,
    new_generation,
    publish,
    remove_old,
    storage_errors,
    writing,
)
from ingest.index.search import layout_of
from ingest.index.store import LANGUAGES, DenseStore
from ingest.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np

    from ingest.embedder import Embedder

Progress = Callable[[str, int, int], None]
"""Called with the step's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build did. `embedded` and `reused` count texts; `changed` is False when the live index was current."""

    generation: str
    documents: int
    segments: int
    chunks: int
    embedded: int
    reused: int
    seconds: float
    changed: bool
    problems: tuple[Problem, ...]


def build_index(
    home: Path, documents: Sequence[Path], embedder: Embedder, *, on_progress: Progress = lambda *_: None
) -> BuildSummary:
    """Ingest files and folders into the home's index; the index then holds exactly these documents.

    Raises:
        CorpusError: nothing can be read. One bad file among others is only a problem in the summary.
        IndexLockedError, StorageError, IndexCorruptError: the live generation goes on answering.
    """
    began = time.monotonic()
    corpus = _read(documents)
    chunks = list(chain.from_iterable(split(document) for document in corpus.documents))
    with writing(home), storage_errors(home):
        manifest = _live_manifest(home)
        changed = manifest is None or not _is_current(manifest, corpus, chunks, embedder)
        embedded = 0
        if manifest is None or changed:
            manifest, embedded = _build(home, corpus, chunks, embedder, on_progress)
        remove_old(home)
    return BuildSummary(
        generation=manifest.generation,
        documents=len(corpus.documents),
        segments=sum(1 for document in corpus.documents for _ in document.segments()),
        chunks=len(chunks),
        embedded=embedded,
        reused=len(set(_texts(chunks))) - embedded,
        seconds=time.monotonic() - began,
        changed=changed,
        problems=corpus.problems,
    )


def _read(paths: Sequence[Path]) -> Corpus:
    corpus = load_corpus(paths)
    if not corpus.documents:
        reason = f": {corpus.problems[0]}" if corpus.problems else ""
        raise CorpusError(
            f"No document could be read from {', '.join(map(str, paths))}{reason}.",
            remedy="Name files or folders of side-by-side Markdown.",
        )
    return corpus


def _live_manifest(home: Path) -> Manifest | None:
    try:
        return live_generation(home).manifest()
    except IndexingError:
        return None


def _is_current(manifest: Manifest, corpus: Corpus, chunks: Sequence[Chunk], embedder: Embedder) -> bool:
    return (manifest.embedder_sha256, manifest.sources, manifest.layout) == (
        embedder.sha256,
        _sources(corpus),
        layout_of(chunks),
    )


def _sources(corpus: Corpus) -> dict[str, str]:
    return {document.id: document.sha256 for document in corpus.documents}


def _build(
    home: Path, corpus: Corpus, chunks: Sequence[Chunk], embedder: Embedder, on_progress: Progress
) -> tuple[Manifest, int]:
    """Write a generation, have it verified and publish it. A failure leaves nothing behind."""
    vectors, embedded = _embed(home, chunks, embedder, on_progress)
    generation = new_generation(home)
    manifest = Manifest(
        generation=generation.id,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        embedder_name=embedder.name,
        embedder_sha256=embedder.sha256,
        dimension=embedder.dimension,
        sources=_sources(corpus),
        layout=layout_of(chunks),
        segments=sum(len(chunk.segments) for chunk in chunks),
        chunks=len(chunks),
        problems=corpus.problems,
    )
    try:
        on_progress("index", 0, 2)
        _write(generation, manifest, corpus, chunks, vectors)
        on_progress("index", 1, 2)
        _verify_in_child(generation)
        on_progress("index", 2, 2)
        publish(home, generation)
    except BaseException:
        rmtree(generation.folder, ignore_errors=True)
        raise
    return manifest, embedded


def _texts(chunks: Sequence[Chunk]) -> list[str]:
    """What is embedded: every segment within its chunk's context, in Korean and in English."""
    return [
        chunk.segment_text(segment, language)
        for chunk in chunks
        for segment in chunk.segments
        for language in LANGUAGES
    ]


def _embed(home: Path, chunks: Sequence[Chunk], embedder: Embedder, on_progress: Progress) -> tuple[np.ndarray, int]:
    """Vectors, shape (segments, languages, dimension), and how many texts were embedded anew."""
    texts = _texts(chunks)
    unique = list(dict.fromkeys(texts))
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        on_progress("embed", done, len(unique))

    cache = EmbeddingCache(home / "cache" / "embeddings.sqlite3")
    try:
        vectors, embedded = cache.embed(unique, embedder, on_progress=advance)
    finally:
        cache.close()
    row = {text: number for number, text in enumerate(unique)}
    ordered = vectors[[row[text] for text in texts]]
    return ordered.reshape(-1, len(LANGUAGES), embedder.dimension), embedded


def _write(
    generation: Generation, manifest: Manifest, corpus: Corpus, chunks: Sequence[Chunk], vectors: np.ndarray
) -> None:
    import numpy as np

    generation.write_documents(corpus.documents)
    np.save(generation.vectors, vectors.astype(np.float16), allow_pickle=False)
    rows = [(chunk, segment) for chunk in chunks for segment in chunk.segments]
    texts = {language: [chunk.segment_text(segment, language) for chunk, segment in rows] for language in LANGUAGES}
    LexicalIndex.build(list(zip(texts["ko"], texts["en"], strict=True))).save(generation.lexical)
    with DenseStore(generation.chroma) as store:
        for number, language in enumerate(LANGUAGES):
            store.add(language, [chunk.id for chunk, _ in rows], texts[language], vectors[:, number])
    generation.write_manifest(manifest)


def _verify_in_child(generation: Generation) -> None:
    """Open and probe the new generation in a process of its own, as a reader will."""
    command = [sys.executable, "-m", "ingest.index.verify", str(generation.folder)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if finished.returncode != 0:
        reason = (
            finished.stdout.strip() or finished.stderr.strip() or f"exit status {finished.returncode}"
        ).splitlines()
        raise IndexCorruptError(
            f"The new index {generation.id} failed its verification: {reason[-1]}.",
            remedy="The index in use is unchanged. Check the disk, then run python -m ingest again.",
        )

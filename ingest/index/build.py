"""Build a generation beside the live one, have it verified, swap it in."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from corpus.divergence import Divergence, divergences, fingerprint
from corpus.documents import LANGUAGES, Corpus, Problem, load_corpus
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
from ingest.index.store import DenseStore
from ingest.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np

    from ingest.embedder import Embedder

_NOTHING = Corpus((), ())

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


@dataclass(frozen=True, slots=True)
class _Material:
    """What goes into an index. `texts` is what is embedded: of each segment in its context the Korean, the English."""

    corpus: Corpus
    chunks: Sequence[Chunk]
    texts: Sequence[str]

    @property
    def sources(self) -> dict[str, str]:
        return {document.id: document.sha256 for document in self.corpus.documents}

    @property
    def texts_sha256(self) -> str:
        return hashlib.sha256("\0".join(self.texts).encode("utf-8", "surrogatepass")).hexdigest()


def build_index(
    home: Path, documents: Sequence[Path], embedder: Embedder, *, on_progress: Progress = lambda *_: None
) -> BuildSummary:
    """Ingest files and folders into the home's index; the index then holds exactly these documents.

    Raises:
        CorpusError: nothing can be read. One bad file among others is only a problem in the summary.
        IndexLockedError, StorageError, IndexCorruptError: the live generation goes on answering.
    """
    named = ", ".join(map(str, documents))
    return index_corpus(home, _read(documents, named), embedder, on_progress=on_progress, named=named)


def index_corpus(
    home: Path,
    corpus: Corpus,
    embedder: Embedder,
    *,
    on_progress: Progress = lambda *_: None,
    named: str = "the documents",
) -> BuildSummary:
    """The same for documents already read; `named` is what an error calls them."""
    began = time.monotonic()
    material = _material(corpus, named)
    with writing(home), storage_errors(home):
        return _bring(home, material, embedder, on_progress, began)


def update_index(
    home: Path,
    embedder: Embedder,
    *,
    add: Corpus = _NOTHING,
    remove: Collection[str] = (),
    on_progress: Progress = lambda *_: None,
) -> BuildSummary:
    """Ingest what the live index holds, without the documents `remove` names and with those to `add`.

    A document that has the id of one to add gives way to it. Nothing is read from disk but the live index itself.

    Raises:
        CorpusError: nothing would be left.
        IndexMissingError: there is no live index yet.
        IndexLockedError, StorageError, IndexCorruptError: the live generation goes on answering.
    """
    began = time.monotonic()
    with writing(home), storage_errors(home):
        held = {document.id: document for document in live_generation(home).documents()}
        kept = {name: document for name, document in held.items() if name not in remove}
        kept |= {document.id: document for document in add.documents}
        problems = dict.fromkeys(chain(add.problems, *(document.problems for document in kept.values())))
        material = _material(Corpus(tuple(kept.values()), tuple(problems)), "what would be left")
        return _bring(home, material, embedder, on_progress, began)


def _bring(home: Path, material: _Material, embedder: Embedder, on_progress: Progress, began: float) -> BuildSummary:
    """Make the live index hold just this material. The caller holds the lock."""
    current = _current(home, material, embedder)
    if current:
        manifest, embedded = current, 0
    else:
        manifest, embedded = _build(home, material, embedder, on_progress)
    remove_old(home)
    return BuildSummary(
        generation=manifest.generation,
        documents=len(material.corpus.documents),
        segments=sum(1 for document in material.corpus.documents for _ in document.segments()),
        chunks=len(material.chunks),
        embedded=embedded,
        reused=len(set(material.texts)) - embedded,
        seconds=time.monotonic() - began,
        changed=current is None,
        problems=material.corpus.problems,
    )


def _read(paths: Sequence[Path], named: str) -> Corpus:
    corpus = load_corpus(paths)
    if not corpus.documents:
        reason = f": {corpus.problems[0]}" if corpus.problems else ""
        raise CorpusError(
            f"No document could be read from {named}{reason}.", remedy="Name files or folders of side-by-side Markdown."
        )
    return corpus


def _material(corpus: Corpus, named: str) -> _Material:
    chunks = list(chain.from_iterable(split(document) for document in corpus.documents))
    if not chunks:
        raise CorpusError(f"There is no text but headings in {named}.", remedy="Name documents that have text.")
    texts = [
        chunk.segment_text(segment, language)
        for chunk in chunks
        for segment in chunk.segments
        for language in LANGUAGES
    ]
    return _Material(corpus, chunks, texts)


def _current(home: Path, material: _Material, embedder: Embedder) -> Manifest | None:
    """The live generation's manifest, if it was built from just this and is still whole."""
    try:
        live = live_generation(home)
        manifest = live.manifest()
    except IndexingError:
        return None
    built_from = manifest.embedder_sha256, manifest.sources, manifest.layout, manifest.texts, manifest.divergences
    wanted = embedder.sha256, material.sources, layout_of(material.chunks), material.texts_sha256, fingerprint()
    return manifest if built_from == wanted and not _fault(live) else None


def _build(home: Path, material: _Material, embedder: Embedder, on_progress: Progress) -> tuple[Manifest, int]:
    """Write a generation, have it verified and publish it. A failure leaves nothing behind."""
    vectors, embedded = _embed(home, material.texts, embedder, on_progress)
    generation = new_generation(home)
    manifest = Manifest(
        generation=generation.id,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        embedder_name=embedder.name,
        embedder_sha256=embedder.sha256,
        dimension=embedder.dimension,
        sources=material.sources,
        layout=layout_of(material.chunks),
        texts=material.texts_sha256,
        segments=sum(len(chunk.segments) for chunk in material.chunks),
        chunks=len(material.chunks),
        divergences=fingerprint(),
    )
    try:
        generation.write_divergences(_diverging(home, material, on_progress))
        on_progress("index", 0, 2)
        _write(generation, manifest, material, vectors)
        on_progress("index", 1, 2)
        if fault := _fault(generation):
            raise IndexCorruptError(
                f"The new index {generation.id} failed its verification: {fault}.",
                remedy="The index in use is unchanged. Check the disk, then run python -m ingest again.",
            )
        on_progress("index", 2, 2)
        publish(home, generation)
    except BaseException:
        rmtree(generation.folder, ignore_errors=True)
        raise
    return manifest, embedded


def _embed(home: Path, texts: Sequence[str], embedder: Embedder, on_progress: Progress) -> tuple[np.ndarray, int]:
    """Vectors, shape (segments, languages, dimension), and how many texts were embedded anew."""
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


def _diverging(home: Path, material: _Material, on_progress: Progress) -> dict[str, tuple[Divergence, ...]]:
    """The divergences of every document by its id; those of a document that the live index has unchanged are kept."""
    known = _known_divergences(home)
    documents = material.corpus.documents
    found = {}
    for number, document in enumerate(documents):
        on_progress("compare", number, len(documents))
        kept = known.get((document.id, document.sha256))
        found[document.id] = divergences(document) if kept is None else kept
    on_progress("compare", len(documents), len(documents))
    return found


def _known_divergences(home: Path) -> dict[tuple[str, str], tuple[Divergence, ...]]:
    """What the live index knows, by the documents' ids and SHA-256, if the same signals and weights found it."""
    try:
        live = live_generation(home)
        manifest = live.manifest()
        known = live.divergences() if manifest.divergences == fingerprint() else {}
    except IndexingError:
        return {}
    return {(name, manifest.sources[name]): found for name, found in known.items() if name in manifest.sources}


def _write(generation: Generation, manifest: Manifest, material: _Material, vectors: np.ndarray) -> None:
    import numpy as np

    generation.write_documents(material.corpus.documents)
    np.save(generation.vectors, vectors.astype(np.float16), allow_pickle=False)
    columns = [material.texts[number :: len(LANGUAGES)] for number in range(len(LANGUAGES))]
    LexicalIndex.build(list(zip(*columns, strict=True))).save(generation.lexical)
    ids = [chunk.id for chunk in material.chunks for _ in chunk.segments]
    with DenseStore(generation.chroma, create=True) as store:
        for number, language in enumerate(LANGUAGES):
            store.add(language, ids, columns[number], vectors[:, number])
    generation.write_manifest(manifest.model_copy(update={"sizes": generation.sizes()}))


def _fault(generation: Generation) -> str:
    """What is wrong with a generation, as a process of its own finds that opens and probes it like a reader."""
    search_path = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    finished = subprocess.run(  # noqa: S603
        [sys.executable, "-P", "-m", "ingest.index.verify", str(generation.folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(search_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode == 0:
        return ""
    reason = finished.stdout.strip() or finished.stderr.strip() or f"exit status {finished.returncode}"
    return reason.splitlines()[-1]

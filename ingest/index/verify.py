"""Verify one generation from a fresh process: `python -m ingest.index.verify FOLDER` prints what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.documents import LANGUAGES, Language
from corpus.errors import IndexingError
from ingest.chunks import split
from ingest.index.generations import Generation
from ingest.index.search import layout_of, load_vectors
from ingest.index.store import DenseStore, quick_check
from ingest.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np

PROBES = 12
MAX_LOST = 0.25  # of the probes: Chroma's search is approximate, all the more where many texts are equal


def faults(generation: Generation) -> Iterator[str]:
    """Everything wrong with a generation, one line each."""
    checked = quick_check(generation.chroma)
    if checked != "ok":
        yield f"SQLite quick_check: {checked}"
        return
    manifest = generation.manifest()
    chunks = list(chain.from_iterable(split(document) for document in generation.documents()))
    if (layout_of(chunks), len(chunks)) != (manifest.layout, manifest.chunks):
        yield f"the documents' {len(chunks)} chunks are not the manifest's {manifest.chunks}, or not in its layout"
        return
    rows = LexicalIndex.load(generation.lexical).rows
    if rows != manifest.segments:
        yield f"the lexical index has {rows} rows instead of {manifest.segments}"
    vectors = load_vectors(generation, manifest)
    present = generation.sizes()
    changed = [name for name, size in manifest.sizes.items() if present.get(name) != size]
    if changed:  # a graph cut short would take the process down with it
        yield f"files are missing or of another size: {', '.join(sorted(changed)[:3])}"
        return
    if manifest.divergences and set(generation.divergences()) != set(manifest.sources):
        yield "the divergences are not those of the manifest's documents"
    with DenseStore(generation.chroma) as store:
        for number, language in enumerate(LANGUAGES):
            count = store.count(language)
            if count != manifest.segments:
                yield f"{count} {language} segments in the dense index instead of {manifest.segments}"
                continue
            probes = vectors[:: max(1, manifest.segments // PROBES), number].astype("float32")
            lost = sum(not _finds(store, language, vector, vectors[:, number]) for vector in probes)
            if lost > MAX_LOST * len(probes):
                yield f"{lost} of {len(probes)} {language} vectors do not find themselves"


def _finds(store: DenseStore, language: Language, vector: np.ndarray, vectors: np.ndarray) -> bool:
    """Whether the nearest segment has this very vector, by its cosine."""
    return any(vectors[row].astype("float32") @ vector > 0.999 for row in store.nearest(language, vector, k=1))


def main() -> int:
    """Exit status 0 if the generation is whole."""
    try:
        found = list(faults(Generation(Path(sys.argv[1]))))
    except IndexingError as error:
        found = [str(error)]
    for fault in found:
        print(fault)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

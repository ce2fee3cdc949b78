"""Verify one generation from a fresh process: `python -m ingest.index.verify FOLDER` prints what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from corpus.errors import IndexingError
from ingest.chunks import split
from ingest.index.generations import Generation
from ingest.index.search import layout_of, load_vectors
from ingest.index.store import LANGUAGES, DenseStore, quick_check
from ingest.lexical import LexicalIndex

PROBES = 12
PROBE_DEPTH = 10


def faults(generation: Generation) -> Iterator[str]:
    """Everything wrong with a generation, one line each."""
    checked = quick_check(generation.chroma)
    if checked != "ok":
        yield f"SQLite quick_check: {checked}"
        return
    manifest = generation.manifest()
    chunks = list(chain.from_iterable(split(document) for document in generation.documents()))
    if (layout_of(chunks), len(chunks)) != (manifest.layout, manifest.chunks):
        yield f"{len(chunks)} chunks do not match the manifest's {manifest.chunks}"
        return
    rows = LexicalIndex.load(generation.lexical).rows
    if rows != manifest.segments:
        yield f"the lexical index has {rows} rows instead of {manifest.segments}"
    vectors = load_vectors(generation, manifest)
    with DenseStore(generation.chroma) as store:
        for number, language in enumerate(LANGUAGES):
            count = store.count(language)
            if count != manifest.segments:
                yield f"{count} {language} segments in the dense index instead of {manifest.segments}"
                continue
            step = max(1, manifest.segments // PROBES)
            for row in range(0, manifest.segments, step):
                vector = vectors[row, number].astype("float32")
                found = store.nearest(language, vector, k=min(PROBE_DEPTH, manifest.segments))
                twins = [other for other in found if vectors[other, number].astype("float32") @ vector > 0.999]
                if row not in found and not twins:
                    yield f"the {language} vector of segment {row} does not find itself"


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

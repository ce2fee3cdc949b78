"""One arm of retrieval alone: the first segments are the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.documents import LANGUAGES
from evals.systems.models import open_model
from evals.systems.quoting import QUOTED, quoted, sources_of
from ingest.cache import EmbeddingCache
from ingest.index import live_generation
from ingest.lexical import LexicalIndex, warm_up

if TYPE_CHECKING:
    import numpy as np

    from assistant.records import Answer
    from evals.systems.protocol import Place


class Bm25:
    """BM25 over both languages. Its confidence is the share of the question's terms that the best segment holds."""

    def __init__(self, place: Place) -> None:
        generation = live_generation(place.settings.home)
        self._sources = sources_of(generation.documents())
        self._lexical = LexicalIndex.load(generation.lexical)
        warm_up()

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer:  # noqa: ARG002
        scores = self._lexical.scores(question)
        best = _best(scores)
        found = [self._sources[row] for row in best if scores[row] > 0]
        confidence = float(self._lexical.coverage(question)[best[0]]) if found else 0.0
        return quoted(question, found, confidence=confidence, mode="bm25")


class Dense:
    """The nearest segments by the better language's cosine, which is also the confidence.

    The place's argument names the model (`evals.systems.models`); without one it is the settings'.
    """

    def __init__(self, place: Place) -> None:
        import numpy as np

        self._embedder = open_model(place.argument, place.settings)
        self._sources = sources_of(place.documents())
        self._mode = f"dense:{self._embedder.name}"
        texts = [one.chunk.segment_text(one.segment, language) for one in self._sources for language in LANGUAGES]
        cache = EmbeddingCache(place.settings.home / "cache" / "embeddings.sqlite3")
        try:
            vectors, _ = cache.embed(texts, self._embedder)
        finally:
            cache.close()
        self._vectors = np.asarray(vectors).reshape(len(self._sources), len(LANGUAGES), -1)

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer:  # noqa: ARG002
        cosines = (self._vectors @ self._query(question)).max(axis=1)
        best = _best(cosines)
        confidence = min(1.0, max(0.0, float(cosines[best[0]])))
        return quoted(question, [self._sources[row] for row in best], confidence=confidence, mode=self._mode)

    def _query(self, question: str) -> np.ndarray:
        import numpy as np

        return np.asarray(self._embedder.embed_query(question), dtype=np.float32)


def _best(scores: np.ndarray) -> list[int]:
    import numpy as np

    return [int(row) for row in np.argsort(-scores, kind="stable")[:QUOTED]]

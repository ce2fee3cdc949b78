"""What the ranker knows of each candidate: every signal, by name, in this one place.

No signal depends on how large the collection is: scores are standardised within the question's candidates (mean 0,
deviation 1), the others are shares or facts about the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.entities import entities

if TYPE_CHECKING:
    import numpy as np

    from corpus.documents import Segment
    from ingest.index import Hit

SIGNALS = {
    "own cosine": "cosine of question and segment, in the question's language",
    "other cosine": "the same in the other language",
    "better cosine": "the higher of the two",
    "chunk cosine": "mean over the segments of the chunk, both languages: what stands around an answer speaks for it",
    "bm25": "BM25 of Korean and English together",
    "chunk bm25": "mean over the segments of the chunk",
    "coverage": "share of the question's terms, weighed by rarity, that the segment holds within its context",
    "document": "the highest mean cosine among the document's candidates",
    "numbers": "share of the question's numbers that the segment's own text holds",
    "names": "share of the question's numbered names (SOC 2) that the segment holds within its context",
    "other names": "1 where the segment's own text has namesakes of those (SOC 3), and none of those",
    "asks": "1 where the segment asks a question itself",
    "introduces": "1 where the segment ends with a colon, before a list",
    "length": "logarithm of its characters in English, standardised",
}
_HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def signals(question: str, hits: Sequence[Hit]) -> np.ndarray:
    """The signals of all segments of the hits, in order: shape (segments, len(SIGNALS)), columns as in `SIGNALS`."""
    import numpy as np

    scored = [scores for hit in hits for scores in hit.segments]
    if not scored:
        return np.zeros((0, len(SIGNALS)))
    cosine = np.array([(scores.dense_ko, scores.dense_en) for scores in scored])
    bm25 = np.array([scores.bm25 for scores in scored])
    chunk = np.repeat(np.arange(len(hits)), [len(hit.segments) for hit in hits])
    documents = {hit.chunk.document_id: number for number, hit in enumerate(hits)}
    document = np.array([documents[hit.chunk.document_id] for hit in hits])[chunk]
    own = 0 if _HANGUL.search(question) else 1
    both = cosine.mean(axis=1)
    columns = {
        "own cosine": standardised(cosine[:, own]),
        "other cosine": standardised(cosine[:, 1 - own]),
        "better cosine": standardised(cosine.max(axis=1)),
        "chunk cosine": standardised(_mean_of(both, chunk)),
        "bm25": standardised(bm25),
        "chunk bm25": standardised(_mean_of(bm25, chunk)),
        "coverage": np.array([scores.coverage for scores in scored]),
        "document": _best_of(standardised(both), document),
        "asks": np.array([scores.segment.text("en").rstrip().endswith("?") for scores in scored], float),
        "introduces": np.array([scores.segment.text("en").rstrip().endswith(":") for scores in scored], float),
        "length": standardised(np.array([np.log1p(len(scores.segment.text("en"))) for scores in scored])),
        **_shared(question, hits),
    }
    return np.column_stack([columns[name] for name in SIGNALS])


def standardised(values: np.ndarray) -> np.ndarray:
    """Mean 0, deviation 1; all 0 where there is no difference."""
    deviation = values.std()
    result: np.ndarray = (values - values.mean()) / deviation if deviation > 1e-9 else values * 0.0
    return result


def _mean_of(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each segment the mean over its group."""
    import numpy as np

    result: np.ndarray = (np.bincount(group, values) / np.maximum(np.bincount(group), 1))[group]
    return result


def _best_of(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each segment the highest value in its group."""
    import numpy as np

    best = np.full(int(group.max()) + 1, -np.inf)
    np.maximum.at(best, group, values)
    return np.asarray(best[group])


def _shared(question: str, hits: Sequence[Hit]) -> dict[str, np.ndarray]:
    """What numbers and numbered names a segment shares with the question."""
    import numpy as np

    asked, named = frozenset(_NUMBER.findall(question)), entities(question)
    numbers, names, others = [], [], []
    for hit in hits:
        section = hit.chunk.section
        around = " ".join((*section.heading_path("en"), *map(_text, hit.chunk.lead))) if named else ""
        for scores in hit.segments:
            text = _text(scores.segment) if asked or named else ""
            own = entities(text) if named else frozenset()
            numbers.append(_share(asked, frozenset(_NUMBER.findall(text))))
            names.append(_share(named, own | entities(around)))
            others.append(float(not own & named and not _families(own).isdisjoint(_families(named))))
    return {"numbers": np.array(numbers), "names": np.array(names), "other names": np.array(others)}


def _families(names: frozenset[str]) -> frozenset[str]:
    """Numbered names without their numbers."""
    return frozenset(name.rsplit(" ", 1)[0] for name in names)


def _text(segment: Segment) -> str:
    return f"{segment.en} {segment.ko}"


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 0.0

"""Hybrid retrieval: what the dense arms and BM25 propose, fused into ranked passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from corpus.documents import Document, Segment
from ingest.chunks import Chunk

if TYPE_CHECKING:
    from assistant.ranker import Ranker
    from ingest.index import Hit, Index

_CHUNK_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class RankedSegment:
    """A segment of a passage. `score` compares within one question; `cosine` is the better language's."""

    segment: Segment
    score: float
    cosine: float
    bm25: float
    coverage: float


@dataclass(frozen=True)
class Passage:
    """A chunk that retrieval returned, with its segments in document order. `score` is its best segment's."""

    chunk: Chunk
    document: Document
    ranked: tuple[RankedSegment, ...]

    @cached_property
    def best(self) -> RankedSegment:
        return max(self.ranked, key=lambda ranked: ranked.score)

    @property
    def score(self) -> float:
        return self.best.score


def fuse(hits: Sequence[Hit], *, bm25_weight: float) -> list[tuple[Hit, list[float]]]:
    """The fused score of every segment of every hit.

    Each arm is standardised over the candidate segments (mean 0, deviation 1) and the arms are added by weight,
    which beat reciprocal rank fusion (Cormack et al. 2009) here. The dense arm of a segment is the mean of its
    two languages, joined with the mean of its chunk's segments: what stands around an answer speaks for it.
    """
    dense: list[float] = []
    for hit in hits:
        own = [(scores.dense_ko + scores.dense_en) / 2 for scores in hit.segments]
        dense += [_CHUNK_SHARE * fmean(own) + (1 - _CHUNK_SHARE) * cosine for cosine in own]
    bm25 = [scores.bm25 for hit in hits for scores in hit.segments]
    fused = iter(
        (1 - bm25_weight) * near + bm25_weight * lexical
        for near, lexical in zip(_standardised(dense), _standardised(bm25), strict=True)
    )
    return [(hit, [next(fused) for _ in hit.segments]) for hit in hits]


def rank(ranker: Ranker, query: str, hits: Sequence[Hit]) -> list[tuple[Hit, list[float]]]:
    """The ranker's score of every segment of every hit."""
    scores = iter(ranker.scores(query, hits))
    return [(hit, [next(scores) for _ in hit.segments]) for hit in hits]


def _standardised(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    mean, deviation = fmean(scores), pstdev(scores)
    return [(score - mean) / deviation if deviation else 0.0 for score in scores]


def retrieve(
    index: Index,
    query: str,
    *,
    candidates: int,
    bm25_weight: float,
    limit: int,
    synonyms: str = "",
    ranker: Ranker | None = None,
) -> list[Passage]:
    """The `limit` best passages for a query, best first: by the ranker, or by the fusion rule without one."""
    documents = index.documents_by_id
    hits = index.search(query, k=candidates, synonyms=synonyms)
    ranked = rank(ranker, query, hits) if ranker else fuse(hits, bm25_weight=bm25_weight)
    passages = [
        Passage(
            chunk=hit.chunk,
            document=documents[hit.chunk.document_id],
            ranked=tuple(
                RankedSegment(
                    scores.segment, score, max(scores.dense_ko, scores.dense_en), scores.bm25, scores.coverage
                )
                for scores, score in zip(hit.segments, own, strict=True)
            ),
        )
        for hit, own in ranked
    ]
    return sorted(passages, key=lambda passage: passage.score, reverse=True)[:limit]


def locate(index: Index, segment: Segment) -> Passage:
    """The passage that a segment stands in, without scores."""
    chunk = index.chunk_of(segment)
    unscored = tuple(RankedSegment(one, 0.0, 0.0, 0.0, 0.0) for one in chunk.segments)
    return Passage(chunk, index.documents_by_id[chunk.document_id], unscored)

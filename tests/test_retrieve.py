"""Fusion on numbers that can be checked by hand, and retrieval as LangChain sees it."""

from dataclasses import fields
from math import sqrt

import pytest
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from assistant.ranker import Ranker
from assistant.retrieve import Passage, fuse, locate, retrieve
from assistant.retriever import HybridRetriever
from corpus.documents import Document, Section, Segment
from ingest.chunks import Chunk, split
from ingest.index import Hit, SegmentScores


def hit(name, *scores, heading=("Title", "Heading")):
    """A chunk whose segments `<name>-1`, `<name>-2` ... have the given (Korean cosine, English cosine, BM25)."""
    others = {field.name: 0.0 for field in fields(SegmentScores)}
    segments = tuple(
        Segment(f"{name}-{number}", f"{name} 한{number}", f"{name} en{number}") for number in positions(scores)
    )
    section = Section((), 2, ("제목", "머리글"), heading, segments)
    chunk = Chunk(f"doc#{name}-1", "doc", section, (), segments)
    return Hit(
        chunk,
        tuple(
            SegmentScores(**{**others, "segment": segment, "dense_ko": ko, "dense_en": en, "bm25": bm25})
            for segment, (ko, en, bm25) in zip(segments, scores, strict=True)
        ),
    )


def positions(scores):
    return range(1, len(scores) + 1)


class ScriptedIndex:
    """An index that proposes the same hits whatever is asked, and remembers what was asked."""

    def __init__(self, *hits):
        self.hits = list(hits)
        self.asked = []
        sections = tuple(one.chunk.section for one in hits)
        self.documents_by_id = {"doc": Document("doc", "제목", "Title", sections)}

    def search(self, query, *, k, **options):
        self.asked.append((query, k))
        return self.hits


def ranking(*hits, weight):
    """Ids of all segments, best first."""
    scored = [
        (score, scores.segment.id)
        for one, fused in fuse(hits, bm25_weight=weight)
        for scores, score in zip(one.segments, fused, strict=True)
    ]
    return [name for _, name in sorted(scored, reverse=True)]


# Three chunks of one segment. Dense means: a .9, b .5, c .1. BM25: a 0, b 2, c 10.
A, B, C = hit("a", (1.0, 0.8, 0.0)), hit("b", (0.3, 0.7, 2.0)), hit("c", (0.1, 0.1, 10.0))


def test_weight_0_is_the_dense_arm_alone_standardised():
    # mean .5, deviation sqrt((.16 + 0 + .16) / 3)
    step = 0.4 / sqrt(0.32 / 3)
    assert [fused for _, fused in fuse([A, B, C], bm25_weight=0)] == [
        [pytest.approx(step)],
        [pytest.approx(0, abs=1e-9)],
        [pytest.approx(-step)],
    ]
    assert ranking(A, B, C, weight=0) == ["a-1", "b-1", "c-1"]


def test_weight_1_is_bm25_alone_standardised():
    # mean 4, deviation sqrt((16 + 4 + 36) / 3)
    deviation = sqrt(56 / 3)
    assert [fused for _, fused in fuse([A, B, C], bm25_weight=1)] == [
        [pytest.approx(-4 / deviation)],
        [pytest.approx(-2 / deviation)],
        [pytest.approx(6 / deviation)],
    ]
    assert ranking(A, B, C, weight=1) == ["c-1", "b-1", "a-1"]


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        # dense z: a 1.225, b 0, c -1.225; BM25 z: a -.926, b -.463, c 1.389
        (0.3, ["a-1", "b-1", "c-1"]),  # .580, -.139, -.441
        (0.5, ["a-1", "c-1", "b-1"]),  # .150, .082, -.231
        (0.6, ["c-1", "a-1", "b-1"]),  # .343, -.066, -.278
    ],
)
def test_arms_are_added_by_weight(weight, expected):
    assert ranking(A, B, C, weight=weight) == expected


def test_arms_count_by_their_spread_not_by_their_scale():
    tenfold = [
        hit(name, (ko, en, 10 * bm25))
        for name, (ko, en, bm25) in zip("abc", [(1, 0.8, 0), (0.3, 0.7, 2), (0.1, 0.1, 10)], strict=True)
    ]
    plain, scaled = (fuse(hits, bm25_weight=0.5) for hits in ([A, B, C], tenfold))
    assert [score for _, fused in plain for score in fused] == pytest.approx(
        [score for _, fused in scaled for score in fused]
    )


def test_both_languages_count_alike():
    korean, english = hit("k", (0.8, 0.2, 0.0)), hit("e", (0.2, 0.8, 0.0))
    (_, (first,)), (_, (second,)) = fuse([korean, english], bm25_weight=0)
    assert first == pytest.approx(second)


def test_what_stands_around_a_segment_speaks_for_it():
    alone = hit("a", (0.5, 0.5, 0.0))
    in_company = hit("c", (0.5, 0.5, 0.0), (0.9, 0.9, 0.0))
    among_strangers = hit("s", (0.5, 0.5, 0.0), (0.0, 0.0, 0.0))
    order = ranking(alone, in_company, among_strangers, weight=0)
    assert order.index("c-1") < order.index("a-1") < order.index("s-1")


def test_arm_that_says_nothing_changes_nothing():
    silent = [hit(name, (cosine, cosine, 0.0)) for name, cosine in (("a", 0.9), ("b", 0.1))]
    assert [fused for _, fused in fuse(silent, bm25_weight=0.5)] == [[pytest.approx(0.5)], [pytest.approx(-0.5)]]


def test_one_candidate_and_none():
    assert [fused for _, fused in fuse([A], bm25_weight=0.3)] == [[0.0]]
    assert fuse([], bm25_weight=0.3) == []


# Passages


def test_passages_come_best_first_and_not_more_than_the_limit():
    index = ScriptedIndex(C, A, B)
    found = retrieve(index, "q", candidates=7, bm25_weight=0, limit=2)
    assert [passage.chunk.id for passage in found] == ["doc#a-1", "doc#b-1"]
    assert index.asked == [("q", 7)]
    assert found[0].score > found[1].score


def test_passage_keeps_its_segments_in_document_order_and_knows_the_best():
    (passage,) = retrieve(
        ScriptedIndex(hit("a", (0.1, 0.1, 0.0), (0.2, 0.9, 3.0))), "q", candidates=5, bm25_weight=0.3, limit=8
    )
    assert [ranked.segment.id for ranked in passage.ranked] == ["a-1", "a-2"]
    assert passage.best.segment.id == "a-2"
    assert passage.score == passage.best.score
    assert (passage.best.cosine, passage.best.bm25) == (0.9, 3.0)


def test_no_hits_no_passages():
    assert retrieve(ScriptedIndex(), "q", candidates=5, bm25_weight=0.3, limit=8) == []


def test_locate_finds_the_passage_of_a_segment_without_scores():
    segments = (Segment("d-1", "하나", "one", block=0), Segment("d-2", "둘", "two", block=1))
    document = Document("d", "제목", "Title", (Section((), 1, ("제목",), ("Title",), segments),))
    chunks = {id(segment): chunk for chunk in split(document) for segment in chunk.segments}

    class OneDocument:
        documents_by_id = {"d": document}  # noqa: RUF012

        def chunk_of(self, segment):
            return chunks[id(segment)]

    found = locate(OneDocument(), segments[1])
    assert isinstance(found, Passage)
    assert segments[1] in found.chunk.segments
    assert found.document is document
    assert found.score == 0


# LangChain


@pytest.fixture
def retriever():
    index = ScriptedIndex(A, hit("b", (0.3, 0.7, 2.0), (0.1, 0.1, 0.0)))
    return HybridRetriever(search=lambda query: retrieve(index, query, candidates=9, bm25_weight=0.3, limit=8))


def test_retriever_is_langchains(retriever):
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke("what")
    assert all(isinstance(document, LangChainDocument) for document in found)
    assert [document.id for document in found] == ["doc#a-1", "doc#b-1"]


def test_retrieved_document_has_both_languages_and_says_where_it_stands(retriever):
    found = retriever.invoke("what")[1]
    assert found.page_content == "Title > Heading: b en1 b en2"
    assert found.metadata["text_ko"] == "제목 > 머리글: b 한1 b 한2"
    assert found.metadata["document"] == "doc"
    assert found.metadata["segment_ids"] == ["b-1", "b-2"]
    assert isinstance(found.metadata["score"], float)


def test_retriever_works_in_a_batch(retriever):
    assert [[document.id for document in found] for found in retriever.batch(["a", "b"])] == [
        ["doc#a-1", "doc#b-1"],
        ["doc#a-1", "doc#b-1"],
    ]


# The ranker


def test_ranker_ranks_instead_of_the_rule():
    index = ScriptedIndex(A, B, C)
    options = {"candidates": 9, "bm25_weight": 0.0, "limit": 8}
    by_rule, by_ranker = (
        retrieve(index, "q", ranker=ranker, **options) for ranker in (None, Ranker(embedder="", weights={"bm25": 1.0}))
    )
    assert [passage.chunk.id for passage in by_rule] == ["doc#a-1", "doc#b-1", "doc#c-1"]
    assert [passage.chunk.id for passage in by_ranker] == ["doc#c-1", "doc#b-1", "doc#a-1"]
    # BM25 standardised: mean 4, deviation sqrt((16 + 4 + 36) / 3)
    expected = [difference / sqrt(56 / 3) for difference in (6, -2, -4)]
    assert [passage.score for passage in by_ranker] == pytest.approx(expected)
    assert (by_ranker[0].best.cosine, by_ranker[0].best.bm25) == (0.1, 10.0)


def test_ranker_with_no_hits_finds_no_passages():
    ranker = Ranker(embedder="", weights={"bm25": 1.0})
    assert retrieve(ScriptedIndex(), "q", candidates=5, bm25_weight=0.3, limit=8, ranker=ranker) == []

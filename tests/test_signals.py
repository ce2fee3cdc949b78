"""Every signal on candidates that can be checked by hand."""

import numpy as np
import pytest

from corpus.documents import Section, Segment
from ingest.chunks import Chunk
from ingest.index import Hit, SegmentScores
from ingest.signals import SIGNALS, signals


def scored(name, en="text", ko="글", *, cosine=(0.0, 0.0), bm25=0.0, coverage=0.0):
    return SegmentScores(Segment(name, ko, en), *cosine, bm25, coverage)


def hit(*segments, document="doc", heading="Heading", lead=()):
    own = tuple(one.segment for one in segments)
    section = Section((), 1, ("머리글",), (heading,), own)
    return Hit(Chunk(f"{document}#{own[0].id}", document, section, lead, own), segments)


def column(name, question, *hits):
    return signals(question, hits)[:, list(SIGNALS).index(name)].tolist()


THREE = (
    hit(scored("a", cosine=(0.1, 0.9)), scored("b", cosine=(0.5, 0.5))),
    hit(scored("c", cosine=(0.9, 0.1))),
)


def test_signals_own_language_is_the_questions():
    high, none = pytest.approx(1.2247, abs=1e-3), pytest.approx(0, abs=1e-9)
    assert column("own cosine", "what", *THREE) == [high, none, pytest.approx(-1.2247, abs=1e-3)]
    assert column("own cosine", "무엇", *THREE)[2] == high
    assert column("other cosine", "what", *THREE) == column("own cosine", "무엇", *THREE)


def test_signals_better_language_counts():
    better = column("better cosine", "what", *THREE)
    assert better[0] == better[2] > better[1]


def test_signals_what_stands_around_a_segment_counts():
    near, nearest = scored("a", cosine=(0.9, 0.9), bm25=4.0), scored("d", cosine=(1.0, 1.0), bm25=5.0)
    hits = (hit(near, scored("b")), hit(scored("c")), hit(nearest))
    for name in ("chunk cosine", "chunk bm25"):
        chunk = column(name, "what", *hits)
        assert chunk[0] == chunk[1]
        assert chunk[2] < chunk[0] < chunk[3]


def test_signals_best_of_the_document_counts_for_all_of_it():
    hits = (
        hit(scored("a", cosine=(0.2, 0.2)), scored("b", cosine=(0.8, 0.8))),
        hit(scored("c", cosine=(0.5, 0.5)), document="other"),
        hit(scored("d", cosine=(0.1, 0.1))),
    )
    found = column("document", "what", *hits)
    assert found[0] == found[1] == found[3] > found[2]


def test_signals_numbers_and_names():
    question = "How long are SOC 2 reports kept, 90 days?"
    hits = (
        hit(scored("a", "SOC 2 reports are kept for 90 days.")),
        hit(scored("b", "SOC 3 reports are public.")),
        hit(scored("c", "They are kept for 90 days."), heading="SOC 2"),
    )
    assert column("numbers", question, *hits) == [1.0, 0.0, 0.5]
    assert column("names", question, *hits) == [1.0, 0.0, 1.0]
    assert column("other names", question, *hits) == [0.0, 1.0, 0.0]
    assert column("numbers", "How long?", *hits) == column("other names", "How long?", *hits) == [0.0, 0.0, 0.0]


def test_signals_names_of_the_lead_count():
    lead = (Segment("q", "SOC 2 보고서", "Is there a SOC 2 report?"),)
    assert column("names", "SOC 2 보고서가 있나요?", hit(scored("a", "Yes.", "예."), lead=lead)) == [1.0]


def test_signals_what_a_segment_is():
    hits = hit(scored("a", "Is it?"), scored("b", "These are:"), scored("c", "A long sentence about it all."))
    assert column("asks", "what", hits) == [1, 0, 0]
    assert column("introduces", "what", hits) == [0, 1, 0]
    assert np.argmax(column("length", "what", hits)) == 2


def test_signals_have_a_column_each_for_any_text():
    odd = hit(scored("a", "", "글"), scored("b", "text", ""), scored("c", "\x00", "\x00"))
    for question in ("", " ", "what", "무엇", "9" * 5000, "SOC 2 " * 900):
        found = signals(question, [odd])
        assert found.shape == (3, len(SIGNALS))
        assert np.isfinite(found).all()
    assert signals("what", []).shape == (0, len(SIGNALS))
    assert np.isfinite(signals("what", [hit(scored("a"))])).all()


def test_signals_do_not_depend_on_the_scale_of_bm25():
    plain, scaled = (
        [hit(scored("a", bm25=times * 1.0), scored("b", bm25=times * 4.0)), hit(scored("c", bm25=times * 2.0))]
        for times in (1, 10)
    )
    np.testing.assert_allclose(signals("what", plain), signals("what", scaled))

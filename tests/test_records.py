"""The records of the front door: frozen, strict, and the same after a journey through JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.records import Answer, Citation, CitedLink, Conflict, ConflictSide, Divergence

DIVERGENCE = Divergence(
    segment_id="0abcd-1",
    kind="number",
    severity="major",
    en="quarterly",
    ko="1년에 두 번",
    explanation_en="four times against two",
    explanation_ko="네 번과 두 번",
)
CONFLICT = Conflict(
    document="page",
    kind="quantity",
    first=ConflictSide(citation=1, segment_id="0abcd-1", en="30 days", ko="30일"),
    second=ConflictSide(citation=2, segment_id="0abcd-9", en="60 days", ko=""),
    explanation_en="30 against 60",
    explanation_ko="30과 60",
)
CITATION = Citation(
    number=1,
    document="page",
    title="Title",
    source_url=None,
    heading_path_en=("Title", "Heading"),
    heading_path_ko=("제목", "머리글"),
    segment_ids=("0abcd-1", "0abcd-p2"),
    quote_en="It’s “quoted” — byte for byte.",
    quote_ko="바이트까지 같습니다.",
    links=(CitedLink(text="link", url="https://example.com"),),
    divergences=(DIVERGENCE,),
)
ANSWER = Answer(
    question="무엇인가요?",
    text="예. 바이트까지 같습니다. [1]",
    language="ko",
    verdict="conditional",
    condition="계약을 맺으면",
    confidence=0.75,
    citations=(CITATION,),
    divergences=(DIVERGENCE,),
    conflicts=(CONFLICT,),
    suggestions=("또?",),
    notice="안내",
    mode="extractive",
    index="20261124T000000Z-abcdef",
)


def test_conflict_reads_in_either_language():
    assert (CONFLICT.explanation("ko"), CONFLICT.second.text("ko"), CONFLICT.first.text("en")) == (
        "30과 60", "60 days", "30 days",
    )  # fmt: skip


def test_answer_has_the_fields_of_the_front_door():
    assert {
        "text", "language", "verdict", "condition", "abstained", "confidence",
        "citations", "divergences", "conflicts", "suggestions", "mode", "index",
    } <= set(Answer.model_fields)  # fmt: skip
    assert {
        "number", "document", "title", "source_url", "heading_path_en", "heading_path_ko",
        "segment_ids", "quote_en", "quote_ko", "links", "divergences",
    } <= set(Citation.model_fields)  # fmt: skip
    assert {"text", "url"} <= set(CitedLink.model_fields)
    assert {"segment_id", "kind", "severity", "en", "ko", "explanation_en", "explanation_ko"} <= set(
        Divergence.model_fields
    )


def test_answer_survives_json():
    assert Answer.model_validate_json(ANSWER.model_dump_json()) == ANSWER
    assert Answer.model_validate(ANSWER.model_dump()) == ANSWER


@given(st.text(), st.text(), st.floats(0, 1))
def test_any_text_survives_json(text, quote, confidence):
    found = ANSWER.model_copy(
        update={"text": text, "confidence": confidence, "citations": (CITATION.model_copy(update={"quote_ko": quote}),)}
    )
    assert Answer.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(("record", "field"), [(ANSWER, "text"), (CITATION, "quote_en"), (DIVERGENCE, "en")])
def test_records_are_frozen(record, field):
    with pytest.raises(ValidationError, match="frozen"):
        setattr(record, field, "other")


@pytest.mark.parametrize(
    "wrong",
    [{"verdict": "maybe"}, {"language": "de"}, {"unknown": 1}, {"citations": ("x",)}, {"text": None}],
)
def test_answer_refuses_what_it_is_not(wrong):
    with pytest.raises(ValidationError):
        Answer.model_validate({**ANSWER.model_dump(), **wrong})


def test_bare_answer_claims_nothing():
    bare = Answer(question="q", text="t", language="en", confidence=0.0, mode="m", index="i")
    assert (bare.verdict, bare.condition, bare.abstained, bare.notice) == (None, None, False, None)
    assert bare.citations == bare.divergences == bare.suggestions == ()

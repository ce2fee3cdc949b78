"""Answers made of the documents' own sentences: which are chosen, and that they are quoted as they stand."""

from dataclasses import fields

import pytest
from fakes import Page, health_page, reports_page
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.extract import ExtractiveWriter
from assistant.judgement import Judgement, signals
from assistant.question import understand
from assistant.reader import SHIPPED, Reading
from assistant.retrieve import Passage, RankedSegment
from corpus.sidebyside import parse
from evals.fit import UNFITTED
from ingest.chunks import split

JUDGEMENT = UNFITTED.model_copy(
    update={
        "read": 20,
        "reading": 1.0,
        "margin": 0.5,
        "sentences": 2,
        "weights": {"intercept": 0.0},
        "threshold": 0.4,
        "verdict": 0.75,
    }
)


class WordReader:
    """Says that an evidence answers with 90% if it holds one of the words, else with 10%; its verdict is fixed."""

    def __init__(self, *words, verdict="yes", sure=0.9):
        self.words, self.asked = words, []
        others = {"yes": (1 - sure) / 2, "no": (1 - sure) / 2, "conditional": (1 - sure) / 2}
        self.verdicts = {**others, verdict: sure}

    def read_texts(self, question, evidences):
        self.asked.append(list(evidences))
        return [Reading(0.9 if any(word in text for word in self.words) else 0.1, self.verdicts) for text in evidences]


def passages(page, **scores):
    """The chunks of a page with a segment in `scores` (as s2=1.0), best first; their other segments score -9."""
    document = parse(page.text, id=page.name, path=f"{page.name}.md")
    zeros = {field.name: 0.0 for field in fields(RankedSegment)}
    scored = {f"{page.name}-{name[1:]}": score for name, score in scores.items()}
    found = [
        Passage(
            chunk,
            document,
            tuple(
                RankedSegment(**{**zeros, "segment": segment, "score": scored.get(segment.id, -9.0)})
                for segment in chunk.segments
            ),
        )
        for chunk in split(document)
        if any(segment.id in scored for segment in chunk.segments)
    ]
    return sorted(found, key=lambda passage: passage.score, reverse=True)


def write(question, found, *, reader=None, **changes):
    writer = ExtractiveWriter(JUDGEMENT.model_copy(update=changes), reader)
    return writer.write(understand(question, max_characters=1000), found, ())


@pytest.mark.parametrize("reader", [SHIPPED, None])
def test_judgement_weighs_every_signal_and_no_other(reader):
    question = understand("how often is the report issued", max_characters=1000)
    candidates = ExtractiveWriter(JUDGEMENT, None).candidates(question, passages(reports_page(), s2=1.0))
    assert Judgement.load(reader).weights.keys() == {"intercept", *signals(question, candidates, 0)}


def cited(draft):
    return [segment.id for statement in draft.statements for segment in statement.segments]


# Whether


def test_no_passages_no_answer():
    draft = write("Where are the reports?", [])
    assert (draft.statements, draft.ruling, draft.confidence) == ((), None, 0.0)


def test_low_confidence_abstains_and_says_how_low():
    draft = write("Where are the reports?", passages(reports_page(), s2=1.0), weights={"intercept": -2.0})
    assert draft.statements == ()
    assert draft.ruling is None
    assert draft.confidence == pytest.approx(0.1192, abs=1e-4)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Does Contoso publish the reports?", "Contoso"),
        ("보고서를 Contoso가 발행하나요?", "Contoso"),
        ("how much does the report cost", "an amount of money"),
        ("보고서 가격이 얼마인가요", "금액"),
    ],
)
def test_an_answer_that_is_not_given_says_what_is_missing(question, missing):
    draft = write(question, passages(reports_page(), s2=1.0), weights={"intercept": -2.0})
    assert draft.statements == ()
    assert missing in draft.remark


def test_readers_doubt_makes_it_abstain():
    weights = {"intercept": 0.0, "answers": 1.0}
    found = passages(reports_page(), s2=1.0)
    assert write("When do reports appear?", found, reader=WordReader("storage"), weights=weights).statements == ()
    sure = write("When do reports appear?", found, reader=WordReader("every year", "매년"), weights=weights)
    assert cited(sure)
    assert sure.confidence == pytest.approx(0.9)
    one_language = write("When do reports appear?", found, reader=WordReader("every year"), weights=weights)
    assert one_language.confidence == pytest.approx(0.5)


@pytest.mark.parametrize("intercept", [-1000.0, 1000.0])
def test_confidence_stays_between_0_and_1(intercept):
    draft = write("Where?", passages(reports_page(), s2=1.0), weights={"intercept": intercept})
    assert 0 <= draft.confidence <= 1


# Which


def test_best_segment_is_quoted_in_the_questions_language():
    found = passages(reports_page(), s2=1.0)
    assert [one.text for one in write("When do audit reports appear?", found).statements] == [
        "Audit reports appear every year."
    ]
    assert [one.text for one in write("감사 보고서는 언제 나오나요?", found).statements] == [
        "감사 보고서는 매년 나옵니다."
    ]


def test_other_language_is_quoted_where_the_questions_is_missing():
    page = Page("one").heading("제목", "Title").paragraph(("", "Only English."))
    assert [one.text for one in write("제목이 뭔가요?", passages(page, s2=1.0)).statements] == ["Only English."]


def test_question_of_a_faq_is_never_its_answer():
    found = passages(reports_page(), s7=3.0, s8=1.0)
    assert cited(write("Where are the reports?", found)) == ["reports-8"]


def test_bare_no_brings_the_sentence_that_explains_it():
    found = passages(reports_page(), s9=2.0, s10=1.0)
    for question in ("Is there a fee?", "요금이 있나요?"):
        draft = write(question, found, sentences=1)
        assert cited(draft) == ["reports-10", "reports-11"]
        assert draft.statements[0].text in ("No.", "아니요.")


def test_sentences_far_below_the_best_are_left_out():
    assert cited(write("Who signs?", passages(reports_page(), s2=1.0, s3=0.4))) == ["reports-2"]
    assert cited(write("Who signs?", passages(reports_page(), s2=1.0, s3=0.6))) == ["reports-2", "reports-3"]


def test_not_more_sentences_than_an_answer_may_have():
    found = passages(health_page(), s2=1.0, s3=1.0, s4=1.0, s5=1.0)
    assert len(cited(write("What is private?", found, sentences=3))) == 3


def test_sentences_of_a_passage_stand_in_the_documents_order():
    assert cited(write("Who signs?", passages(reports_page(), s2=0.9, s3=1.0))) == ["reports-2", "reports-3"]


def test_list_question_gets_the_whole_list_and_no_lead():
    draft = write("What are the things to send?", passages(reports_page(), s4=0.3, s5=1.0))
    assert cited(draft) == ["reports-4", "reports-5"]
    assert all(statement.is_item for statement in draft.statements)


def test_sentence_that_introduces_a_list_brings_the_list():
    page = (
        Page("intro")
        .heading("제목", "Title")
        .paragraph(("다음이 필요합니다:", "You need the following:"))
        .items(("열쇠", "A key"), ("서명", "A signature"))
    )
    assert {"intro-3", "intro-4"} <= set(cited(write("What do I need?", passages(page, s2=1.0))))


def test_items_are_marked_as_such_and_sentences_are_not():
    draft = write("Which letters?", passages(reports_page(), s3=0.9, s4=1.0))
    marks = {statement.segments[0].id: statement.is_item for statement in draft.statements}
    assert marks["reports-4"] is True
    assert marks.get("reports-3", False) is False


# The reader


def test_reader_prefers_what_answers_to_what_ranks_first():
    found = passages(health_page(), s2=1.0, s3=0.9)
    draft = write("Who goes to school?", found, reader=WordReader("School"), sentences=1)
    assert cited(draft) == ["health-3"]
    assert cited(write("Who goes to school?", found, sentences=1)) == ["health-2"]


def test_reader_reads_each_candidate_under_its_headings_in_the_questions_language():
    for question, heading, sentence in (
        ("When do reports appear?", "Reports", "Audit reports appear every year."),
        ("보고서는 언제 나오나요?", "보고서", "감사 보고서는 매년 나옵니다."),
    ):
        reader = WordReader("x")
        write(question, passages(reports_page(), s2=1.0), reader=reader)
        first = reader.asked[0][0]
        assert heading in first
        assert first.endswith(sentence)


def test_reader_sees_the_question_that_an_answer_stands_under():
    reader = WordReader("storage")
    write("Where do I find them?", passages(reports_page(), s8=1.0), reader=reader)
    assert any("Where are the reports?" in text and "They are in the storage." in text for text in reader.asked[0])


def test_reader_reads_only_as_many_as_it_is_given():
    reader = WordReader("x")
    write("Where?", passages(reports_page(), s2=1.0, s3=0.9, s8=0.8), reader=reader, read=2)
    assert len(reader.asked[0]) == 2


# The verdict


def test_verdict_of_a_sure_reader():
    found = passages(health_page(), s2=1.0)
    draft = write("Is it private?", found, reader=WordReader("private", verdict="no"))
    assert draft.ruling.verdict == "no"
    assert draft.ruling.segment.id in cited(draft)


def test_verdict_is_read_off_the_whole_chunk_in_both_languages():
    found = passages(reports_page(), s2=1.0)
    reader = WordReader("every year", verdict="yes")
    write("Do reports appear?", found, reader=reader, sentences=1)
    english, korean = sorted(reader.asked[-1])
    assert "appear every year. Customers enter" in english
    assert "매년 나옵니다. 고객은" in korean


def test_unsure_reader_gives_no_verdict():
    found = passages(health_page(), s2=1.0)
    assert write("Is it private?", found, reader=WordReader("private", sure=0.5)).ruling is None


def test_open_question_gets_no_verdict():
    found = passages(health_page(), s2=1.0)
    assert write("What is private?", found, reader=WordReader("private")).ruling is None


def test_without_a_reader_the_rules_alone_give_the_verdict():
    page = (
        Page("rule")
        .heading("제목", "Title")
        .paragraph(("백서는 공개됩니다.", "The white paper is publicly available."))
    )
    draft = write("Is the white paper public?", passages(page, s2=1.0))
    assert (draft.ruling.verdict, draft.ruling.segment.id) == ("yes", "rule-2")
    assert draft.confidence == 0.5


# Whatever the scores


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=10, max_size=10),
    st.sampled_from(
        ["Where are the reports?", "Is there a fee?", "list all the letters", "요금이 있나요?", "목록을 알려줘"]
    ),
    st.sampled_from([None, WordReader("year", "매년"), WordReader("No.", verdict="no")]),
)
def test_statements_are_the_segments_texts_byte_for_byte(scores, question, reader):
    found = passages(reports_page(), **{f"s{number}": score for number, score in enumerate(scores, 2)})
    draft = write(question, found, reader=reader)
    language = understand(question, max_characters=100).language
    assert draft.statements
    for statement in draft.statements:
        (segment,) = statement.segments
        assert statement.text.encode() == segment.text(language).encode()
        assert segment in statement.passage.chunk.segments
        assert segment.kind != "question"
    assert len(set(cited(draft))) == len(cited(draft))


# What a sentence points at


def pointing_page():
    return (
        Page("steps")
        .heading("단계", "Steps")
        .paragraph(("세 가지 단계가 있습니다.", "There are three steps."))
        .items(("탐지", "Detect"), ("평가", "Assess"), ("종료", "Close"))
        .heading("계산", "Calculation", level=2)
        .paragraph(("다음과 같이 계산합니다.", "It is calculated by the following formula."))
        .paragraph(("용량 / 속도", "Capacity / rate"))
        .paragraph(("끝입니다.", "That is all."))
    )


def test_list_that_stands_behind_the_best_sentence_is_cited_whole():
    draft = write("List all the steps", passages(pointing_page(), s2=1.0), sentences=1)
    assert cited(draft) == ["steps-2", "steps-3", "steps-4", "steps-5"]


def test_item_in_the_middle_of_a_list_brings_the_whole_list():
    draft = write("List all the steps", passages(pointing_page(), s4=1.0), sentences=1)
    assert cited(draft) == ["steps-3", "steps-4", "steps-5"]


def test_sentence_that_points_on_brings_what_it_points_at_and_no_more():
    draft = write("How is it calculated?", passages(pointing_page(), s7=1.0), sentences=1)
    assert cited(draft) == ["steps-7", "steps-8"]

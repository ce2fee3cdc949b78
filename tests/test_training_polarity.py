import pytest

from ingest.training.data import Bilingual, Segment, TrainingData
from ingest.training.examples import NO_VERDICT, VERDICTS
from ingest.training.polarity import polar_examples, question_of

YES, NO, CONDITIONAL = VERDICTS


@pytest.mark.parametrize(
    ("statement", "language", "question", "verdict"),
    [
        ("You can share the report with auditors.", "en", "Can I share the report with auditors?", YES),
        ("You can't share the report with anyone.", "en", "Can I share the report with anyone?", NO),
        ("You don't need to sign anything first.", "en", "Do I need to sign anything first?", NO),
        ("You can share the report only if it is old.", "en", "Can I share the report?", CONDITIONAL),
        ("The report is not open to the public.", "en", "Is The report open to the public?", NO),
        ("The service doesn't keep any copies of it.", "en", "Does The service keep any copies of it?", NO),
        ("보고서는 누구나 다운로드하여 볼 수 있습니다.", "ko", "보고서는 누구나 다운로드하여 볼 수 있나요?", YES),
        ("보고서는 다른 사람과 함께 공유할 수 없습니다.", "ko", "보고서는 다른 사람과 함께 공유할 수 있나요?", NO),
        ("이 보고서는 고객에게 제공되지 않습니다. ".strip(), "ko", "이 보고서는 고객에게 제공되나요?", NO),
        ("계약이 있는 경우 보고서를 함께 공유할 수 있습니다.", "ko", "보고서를 함께 공유할 수 있나요?", CONDITIONAL),
    ],
)
def test_polarity_turns_a_statement_into_the_question_it_answers(statement, language, question, verdict):
    assert question_of(statement, language) == (question, verdict)


@pytest.mark.parametrize(
    ("statement", "language"),
    [("Select the report and open it.", "en"), ("보고서를 선택하여 여십시오.", "ko"), ("Yes.", "en"), ("", "ko")],
)
def test_polarity_leaves_other_sentences_alone(statement, language):
    assert question_of(statement, language) is None


def pages(count):
    """`count` pages of three sentences, of which the middle one can be asked."""
    rows = [
        ("The first sentence stands here.", "첫 문장이 여기에 있음"),
        ("You can't share the report with anyone.", "보고서는 다른 사람과 함께 공유할 수 없습니다."),
        ("The last sentence stands here.", "마지막 문장이 여기에 있음"),
    ]
    return [
        Segment("repo", f"page{page}.md", f"{page}-{line}", Bilingual(f"{page}: {en}" if line != 1 else en, ko))
        for page in range(count)
        for line, (en, ko) in enumerate(rows)
    ]


def test_polarity_examples_hold_the_statement_or_only_what_stands_around_it():
    data = TrainingData((), {}, (), tuple(pages(40)), tally=None)
    examples = polar_examples(data, seed=0)
    drawn = [next(examples) for _ in range(200)]
    for example in drawn:
        stated = "share the report" in example.evidence or "공유할 수 없습니다" in example.evidence
        assert stated is example.answers
        assert example.verdict == (VERDICTS.index(NO) if example.answers else NO_VERDICT)
    assert {example.answers for example in drawn} == {True, False}


def test_polarity_has_no_examples_where_no_statement_can_be_asked():
    assert list(polar_examples(TrainingData((), {}, (), (), tally=None), seed=0)) == []

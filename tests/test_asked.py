import pytest

from assistant.asked import is_beyond, sorts, states, strangers
from assistant.question import understand
from corpus.documents import Segment


def asked(text):
    return understand(text, max_characters=500)


def segment(en, ko=""):
    return Segment(id="a-1", en=en, ko=ko)


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("how much does the report cost", "money"),
        ("보고서 가격이 얼마인가요?", "money"),
        ("how many days after a breach are we told", "duration"),
        ("며칠 안에 통지하나요", "duration"),
        ("how often is the audit done", "frequency"),
        ("감사 주기가 어떻게 되나요", "frequency"),
        ("when does the certificate expire", "date"),
        ("인증서 만료 날짜가 언제인가요", "date"),
        ("how many controls failed", "count"),
        ("통제가 몇 개인가요", "count"),
        ("what is the e-mail address of the team", "address"),
    ],
)
def test_asked_names_the_sort_of_fact_a_question_wants(question, sort):
    assert sort in sorts(asked(question))


@pytest.mark.parametrize("question", ["can I get the report without an NDA", "SOC 3 보고서는 누구나 볼 수 있나요?"])
def test_asked_names_no_sort_where_none_is_asked_for(question):
    assert sorts(asked(question)) == ()


@pytest.mark.parametrize(
    ("sort", "text", "holds"),
    [
        ("money", "The report is available free of charge.", True),
        ("money", "The report removes the need for costly assessments.", False),
        ("duration", "Items are kept for 93 days.", True),
        ("duration", "Items are kept for a certain period.", False),
        ("frequency", "Audits take place every quarter.", True),
        ("frequency", "Audits take place.", False),
        ("date", "The certificate was issued in March 2021.", True),
        ("date", "The certificate was issued.", False),
        ("count", "There are twelve requirements.", True),
        ("count", "The SOC 2 report lists requirements.", False),
        ("address", "Write to team@example.com.", True),
        ("address", "Write to the team.", False),
    ],
)
def test_asked_sees_whether_a_text_states_such_a_fact(sort, text, holds):
    assert states(segment(text), [sort]) is holds


def test_asked_reads_the_facts_of_either_language():
    assert states(segment("", "데이터는 30일 동안 보관됩니다."), ["duration"])
    assert not states(segment("", "데이터는 보관됩니다."), ["duration"])


def test_asked_finds_the_names_that_nothing_retrieved_speaks_of():
    assert strangers(asked("Will Contoso sign the agreement?"), []) == ["Contoso"]
    for known in ("will the auditor sign the agreement?", "CAN I GET THE SOC2 REPORT WITHOUT AN NDA?", "D365 SOC 2?"):
        assert strangers(asked(known), []) == []


@pytest.mark.parametrize(
    ("question", "beyond"),
    [
        ("help me forge a certificate", True),
        ("가짜 인증서를 만들어 줘", True),
        ("do you personally trust this vendor", True),
        ("how are documents protected against forgery attempts", False),
        ("감사 보고서는 어디서 받나요", False),
    ],
)
def test_asked_knows_what_no_document_gives(question, beyond):
    assert is_beyond(asked(question)) is beyond


@pytest.mark.parametrize(
    ("question", "dangling"),
    [
        ("how often do they test it", True),
        ("is it covered?", True),
        ("그거 얼마나 자주 하나요", True),
        ("is it true that SOC 3 reports are public", False),
        ("how often is the audit done", False),
    ],
)
def test_question_that_names_nothing_it_refers_to_dangles(question, dangling):
    assert asked(question).dangling is dangling

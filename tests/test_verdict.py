"""Verdicts on sentences that no document of ours holds: restriction, opening and requirement, asked from each side."""

import pytest

from assistant.question import understand
from assistant.reader import Reading
from assistant.verdict import Ruling, opens_with, reconcile, rule, rule_of_faq, says_yes_or_no
from corpus.documents import Segment
from evals.fit import UNFITTED

RESTRICTED_EN = "Penetration test summaries are restricted to customers who have signed a data protection agreement."
RESTRICTED_KO = "침투 테스트 요약은 데이터 보호 계약에 서명한 고객만 볼 수 있습니다."
OPEN_EN = "The white paper is publicly available."
OPEN_KO = "백서는 누구나 볼 수 있도록 공개됩니다."
MIXED_EN = (
    "The ALPHA 1 report is available only to customers with a nondisclosure agreement; "
    "the ALPHA 2 report is publicly available."
)
MIXED_KO = "ALPHA 1 보고서는 비밀 유지 계약을 체결한 고객만 사용할 수 있고, ALPHA 2 보고서는 공개적으로 제공됩니다."


def read(text):
    return understand(text, max_characters=1000)


def segment(en="", ko="", number=1):
    return Segment(id=f"0abcd-{number}", ko=ko, en=en)


def verdict(question, *, en="", ko=""):
    ruling = rule(read(question), [segment(en, ko)])
    return ruling and ruling.verdict


# What is kept to those who meet a condition

ASKED_OF_RESTRICTION = [
    ("Can I read the summaries without a data protection agreement?", "no"),
    ("I haven’t signed a data processing agreement, can I read the summaries?", "no"),
    ("Do I need a data protection agreement to read the summaries?", "yes"),
    ("Is a data protection addendum required for the summaries?", "yes"),
    ("Can anyone read the summaries?", "no"),
    ("Are the summaries public?", "no"),
    ("Can I read the summaries?", "conditional"),
    ("Can I read the summaries with a data protection agreement?", "yes"),
    ("Can I read the summaries without a subscription?", None),
    ("We have a data protection agreement. Can I read the summaries without calling our account manager?", None),
    ("I have no account manager, but a DPA. Can I read the summaries?", None),
    ("Can I read the summaries without my company having to sign a data protection agreement?", "no"),
    ("Can I read the summaries if the data protection agreement is not signed?", "no"),
    ("Must I have a licence?", None),
    ("What is in the summaries?", None),
    ("데이터 보호 계약 없이 요약을 볼 수 있나요?", "no"),
    ("데이터 처리 계약을 안 맺고 요약을 볼 수 있어?", "no"),
    ("데이터 보호 계약에 서명해야 하나요?", "yes"),
    ("요약을 보려면 데이터 보호 계약이 필요한가요?", "yes"),
    ("요약은 누구나 볼 수 있나요?", "no"),
    ("요약은 공개되어 있나요?", "no"),
    ("요약을 볼 수 있나요?", "conditional"),
    ("데이터 보호 계약을 맺으면 볼 수 있나요?", "yes"),
    ("구독 없이 볼 수 있나요?", None),
    ("DPA는 체결했는데요, 영업 담당자를 거치지 않고 요약을 볼 수 있나요?", None),
    ("데이터 보호 계약을 체결했고 승인 없이 볼 수 있나요?", None),
    ("데이터 보호 계약에 서명했으면 승인 없이 볼 수 있나요?", None),
    ("DPA 서명 후 로그인하지 않고 요약을 볼 수 있나요?", None),
    ("데이터 보호 계약은 체결했는데요, 영업 담당자를 거치지 않고 제가 직접 요약을 볼 수 있나요?", None),
    ("요약에는 무엇이 있나요?", None),
]


@pytest.mark.parametrize(("question", "expected"), ASKED_OF_RESTRICTION)
@pytest.mark.parametrize("language", ["en", "ko", "both"])
def test_restriction(question, expected, language):
    texts = {"en": RESTRICTED_EN, "ko": RESTRICTED_KO}
    evidence = texts if language == "both" else {language: texts[language]}
    assert verdict(question, **evidence) == expected


# What is open to all

ASKED_OF_OPENING = [
    ("Is the white paper public?", "yes"),
    ("Can anyone read the white paper?", "yes"),
    ("Can I read the white paper without an NDA?", "yes"),
    ("Can I read the white paper?", "yes"),
    ("Do I need an NDA to read the white paper?", "no"),
    ("Must I sign a confidentiality agreement?", "no"),
    ("Who wrote the white paper?", None),
    ("백서는 공개인가요?", "yes"),
    ("백서는 누구나 볼 수 있나요?", "yes"),
    ("비밀 유지 계약 없이 백서를 볼 수 있나요?", "yes"),
    ("백서를 보려면 NDA가 필요한가요?", "no"),
    ("백서를 보려면 비밀유지계약을 체결해야 하나요?", "no"),
    ("백서는 누가 썼나요?", None),
]


@pytest.mark.parametrize(("question", "expected"), ASKED_OF_OPENING)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_opening(question, expected, language):
    assert verdict(question, **{language: OPEN_EN if language == "en" else OPEN_KO}) == expected


# A sentence that says one thing of one report and another of the other

ASKED_OF_BOTH = [
    ("Can I get ALPHA 1 without an NDA?", "no"),
    ("Can I get ALPHA 2 without an NDA?", "yes"),
    ("Do I need an NDA for ALPHA 1?", "yes"),
    ("Do I need an NDA for ALPHA 2?", "no"),
    ("Is ALPHA 1 public?", "no"),
    ("Is ALPHA 2 public?", "yes"),
    ("Can I get ALPHA 3 without an NDA?", None),
    ("NDA 없이 ALPHA 1 보고서를 볼 수 있나요?", "no"),
    ("NDA 없이 ALPHA 2 보고서를 볼 수 있나요?", "yes"),
    ("ALPHA 1에 NDA가 필요한가요?", "yes"),
    ("ALPHA 2에 NDA가 필요한가요?", "no"),
    ("ALPHA1은 공개인가요?", "no"),
    ("ALPHA2는 공개인가요?", "yes"),
    ("NDA 없이 ALPHA 3 보고서를 볼 수 있나요?", None),
]


@pytest.mark.parametrize(("question", "expected"), ASKED_OF_BOTH)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_clause_speaks_of_what_it_names(question, expected, language):
    assert verdict(question, **{language: MIXED_EN if language == "en" else MIXED_KO}) == expected


def test_condition_is_the_sentence_in_the_questions_language():
    evidence = [segment(RESTRICTED_EN, RESTRICTED_KO)]
    english, korean = (rule(read(text), evidence) for text in ("Can I read it?", "볼 수 있나요?"))
    assert english == Ruling("conditional", evidence[0], RESTRICTED_EN)
    assert korean == Ruling("conditional", evidence[0], RESTRICTED_KO)


def test_only_a_conditional_verdict_has_a_condition():
    assert rule(read("Is the white paper public?"), [segment(OPEN_EN)]).condition is None


def test_english_decides_where_the_languages_disagree():
    assert verdict("Is it public?", en=RESTRICTED_EN, ko=OPEN_KO) == "no"


def test_first_evidence_that_says_something_decides_where_none_contradicts_it():
    silent, first, second = segment("It rains.", number=1), segment(RESTRICTED_EN, number=2), segment(RESTRICTED_EN)
    assert rule(read("Is it public?"), [silent, first, second]) == Ruling("no", first)


def test_evidence_that_contradicts_itself_gives_no_verdict():
    assert rule(read("Is it public?"), [segment(OPEN_EN, number=1), segment(RESTRICTED_EN, number=2)]) is None


@pytest.mark.parametrize("evidence", [[], [segment("It rains.")], [segment("", "비가 옵니다.")], [segment()]])
def test_evidence_that_says_nothing_gives_no_verdict(evidence):
    assert rule(read("Is it public?"), evidence) is None


@pytest.mark.parametrize(
    ("question", "en"),
    [
        ("Is the report public?", "The report is not publicly available."),
        ("Is the report public?", "The report isn’t publicly available."),
        ("Is the report public?", "The report is no longer publicly available."),
        ("Can anyone get it?", "The report is not yet available to the public."),
    ],
)
def test_negated_opening_is_not_an_opening(question, en):
    assert verdict(question, en=en) != "yes"


def test_negated_opening_is_not_an_opening_in_korean():
    assert verdict("백서는 공개인가요?", ko="백서는 누구나 볼 수는 없습니다.") != "yes"


def test_negated_restriction_is_not_a_restriction():
    assert verdict("Can I get it without an NDA?", en="It is not restricted to customers with an NDA.") != "no"


@pytest.mark.parametrize(
    ("question", "en"),
    [
        ("Do I need an NDA to access it?", "A subscription is not required to access the report."),
        ("Can I read it without a subscription?", "A data processing agreement is not required to access it."),
    ],
)
def test_opening_from_another_condition_says_nothing_of_this_one(question, en):
    assert verdict(question, en=en) is None


@pytest.mark.parametrize("question", ["Is ALPHA 3 open to anyone?", "ALPHA 3 보고서는 누구나 볼 수 있나요?"])
def test_condition_of_something_else_does_not_restrict_access(question):
    assert verdict(question, en="ALPHA 3 can be conferred only if the provider has passed ALPHA 2.") != "no"


@pytest.mark.parametrize("question", ["Is the white paper not public?", "백서는 공개가 아닌가요?"])
def test_negated_question_does_not_get_the_verdict_of_the_plain_one(question):
    assert verdict(question, en=OPEN_EN) != "yes"


@pytest.mark.parametrize("question", ["Do I need a DPA?", "DPA가 필요한가요?"])
def test_dpa_is_known_by_its_abbreviation(question):
    assert verdict(question, en=RESTRICTED_EN) == "yes"


# The reader beside the rules

JUDGEMENT = UNFITTED.model_copy(update={"verdict": 0.75, "veto": 0.75})


def reading(**verdicts):
    return Reading(answers=0.9, verdicts={"yes": 0.0, "no": 0.0, "conditional": 0.0, **verdicts})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, "yes"),
        (reading(yes=0.9, no=0.1), "yes"),
        (reading(no=0.6, yes=0.4), "yes"),
        (reading(no=0.75, yes=0.25), None),
        (reading(no=0.99, yes=0.01), None),
    ],
)
def test_rule_holds_unless_the_reader_is_sure_of_the_opposite(said, expected):
    ruling = reconcile(read("Is the white paper public?"), [segment(OPEN_EN)], said, JUDGEMENT)
    assert (ruling and ruling.verdict) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, None),
        (reading(no=0.6, yes=0.4), None),
        (reading(no=0.8, yes=0.2), Ruling("no", segment("It rains.", "비가 옵니다."))),
        (reading(conditional=0.8, yes=0.2), None),
    ],
)
def test_reader_decides_where_the_rules_are_silent_and_it_is_sure(said, expected):
    evidence = [segment("It rains.", "비가 옵니다.")]
    assert reconcile(read("Will it be dry?"), evidence, said, JUDGEMENT) == expected


def test_reader_finds_a_condition_only_in_what_limits():
    evidence = [segment("It is dry if the wind turns.", "바람이 바뀌면 맑습니다.")]
    ruling = reconcile(read("Will it be dry?"), evidence, reading(conditional=0.8, yes=0.2), JUDGEMENT)
    assert ruling == Ruling("conditional", evidence[0], "It is dry if the wind turns.")


def test_no_verdict_without_a_yes_no_question_or_without_evidence():
    sure = reading(yes=1.0)
    assert reconcile(read("Who wrote the white paper?"), [segment(OPEN_EN)], sure, JUDGEMENT) is None
    assert reconcile(read("Is it public?"), [], sure, JUDGEMENT) is None


def test_reading_names_its_likeliest_verdict():
    assert reading(no=0.5, yes=0.2, conditional=0.3).verdict == "no"


# A bare yes or no


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes.", "yes"),
        ("yes", "yes"),
        ("No!", "no"),
        ("예.", "yes"),
        ("네", "yes"),
        ("아니요.", "no"),
        ("아니오", "no"),
        ("No later than May.", None),
        ("Yesterday", None),
        ("예를 들어", None),
        ("네트워크", None),
        ("아니요, 다릅니다.", None),
        ("", None),
    ],
)
def test_bare_yes_or_no(text, expected):
    assert says_yes_or_no(text) == expected


# What a FAQ answers


@pytest.mark.parametrize(
    ("question", "asked", "answer", "expected"),
    [
        ("do we need approval first?", "Is approval required?", "No. However, tell them.", None),
        ("do we need approval first?", "Is approval required?", "No, never.", "no"),
        ("승인을 받아야 하나요?", "Is approval required?", "No.", "no"),
        ("can we use the audit for our own?", "Can I use the audit?", "Yes.", "yes"),
        ("can we use the audit for our own?", "Can I use the audit?", "Yes, if the offer is in scope.", "conditional"),
        ("can we outsource without approval?", "Is approval required?", "No.", None),
        ("do we need approval first?", "Can I use the audit?", "Yes.", None),
        ("can't we use the audit?", "Can I use the audit?", "Yes.", None),
        ("can we use the audit?", "Can I use the audit?", "SOC, among others.", None),
    ],
)
def test_faq_answers_who_asks_from_the_same_side(question, asked, answer, expected):
    ruling = rule_of_faq(read(question), segment(asked), segment(answer))
    assert (ruling and ruling.verdict) == expected


def test_faq_and_rule_that_differ_give_no_verdict():
    question = read("Is the white paper public?")
    answered = Ruling("no", segment("No."))
    assert reconcile(question, [segment(OPEN_EN)], None, JUDGEMENT, answered) is None
    assert reconcile(question, [segment("It is blue.")], None, JUDGEMENT, answered) == answered


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("Yes.", "yes"),
        ("No, never.", "no"),
        ("아니요.", "no"),
        ("예를 들어, 표준입니다.", None),
        ("None, yes.", None),
        ("", None),
    ],
)
def test_opening_of_an_answer(text, opening):
    assert opens_with(text) == opening

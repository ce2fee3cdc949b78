"""Divergences: what differs is found with its kind, what is only said another way stays silent."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.divergence import divergences
from corpus.divergence.glossary import glossary
from corpus.divergence.lexicon import Lexicon
from corpus.divergence.quantities import quantities
from corpus.divergence.signals import NAMES, Pair, signals
from corpus.divergence.weights import features, judge
from corpus.documents import bundled_path, load_documents
from corpus.model import Document, Link, Section, Segment
from ingest.training.divergence import READ, choose_threshold, fit_logistic, measure, prior
from ingest.training.divergence import Labelled as Pairing
from ingest.training.lexicon import learn_lexicon

NOTHING_KNOWN = Lexicon({}, {})


def document(*segments):
    return Document("d", "제목", "Title", (Section((), 0, (), (), tuple(segments)),))


def pair(en, ko, *, links=(), block=0, name="1", kind="paragraph"):
    return Segment(name, ko, en, links, kind=kind, block=block)


def found(en, ko):
    return {(signal.name, signal.kind) for signal in signals(Pair(en, ko), NOTHING_KNOWN)}


DIFFERENT = [
    ("New reports are issued quarterly.", "새 보고서는 1년에 두 번 발행됩니다.", "frequency_changed", "frequency"),
    ("Access is reviewed monthly.", "액세스는 매년 검토됩니다.", "frequency_changed", "frequency"),
    ("The letter covers 4/1 to 6/30.", "이 문서는 4/16부터 6/30까지를 다룹니다.", "date_changed", "date"),
    ("Support ended on April 11, 2017.", "지원은 2017년 5월 11일에 종료되었습니다.", "date_changed", "date"),
    ("Logs are kept for 30 days.", "로그는 90일 동안 보관됩니다.", "number_changed", "number"),
    ("Logs are kept for 5 days.", "로그는 15일 동안 보관됩니다.", "number_changed", "number"),
    ("Up to 3.5 million users.", "최대 35만 명의 사용자.", "number_changed", "number"),
    ("The window is 12 months.", "이 기간은 12일입니다.", "span_changed", "date"),
    ("They reply within five working days.", "그들은 5일 이내에 회신합니다.", "span_changed", "date"),
    ("At most 30 days after deletion.", "삭제 후 30일 이상.", "bound_changed", "bound"),
    ("Invoices arrive no later than the 8th.", "송장은 8일 이후에 도착합니다.", "bound_changed", "bound"),
    ("The auditor gave an unqualified opinion.", "감사자는 부적격 의견을 제시했습니다.", "polarity", "negation"),
    ("Inbound traffic is inspected.", "아웃바운드 트래픽을 검사합니다.", "polarity", "negation"),
    ("Engineers do not have access.", "엔지니어는 액세스할 수 있으며 기록됩니다.", "negation_missing", "negation"),
    ("The result is predictable.", "결과를 예측할 수 없습니다.", "negation_added", "negation"),
    ("Only auditors see the report.", "감사자가 보고서를 봅니다.", "only_missing", "scope"),
    ("The customer must keep the key.", "고객이 키를 보관합니다.", "must_missing", "obligation"),
    ("The customer must keep the key.", "고객이 키를 보관할 수 있습니다.", "must_became_may", "obligation"),
    ("They may contact the owner.", "그들은 소유자에게 연락해야 합니다.", "may_became_must", "obligation"),
    ("The service stores the key.", "이 서비스에 키를 저장하는 것이 좋습니다.", "advice_added", "obligation"),
    ("Demonstrate that scans are run.", "검사가 수행됩니다.", "evidence_missing", "obligation"),
    ("The regulator approves the plan.", "고객이 계획을 승인합니다.", "party_changed", "party"),
    ("The senders are listed.", "받는 사람이 나열됩니다.", "party_changed", "party"),
    ("Run the Set-MailboxPlan cmdlet.", "Get-MailboxPlan cmdlet을 실행합니다.", "command_changed", "entity"),
    ("Run the Set-MailboxPlan cmdlet.", "Get-mailboxplan cmdlet을 실행합니다.", "command_changed", "entity"),
    ("(Required) The name of the room.", "않아도 방의 이름입니다.", "polarity", "negation"),
    ("More than 100K users.", "사용자 1만 명 이상.", "number_changed", "number"),
    ("Files are smaller than 100 KB.", "파일은 100MB보다 작습니다.", "unit_missing", "number"),
    ("The users are not behind a firewall.", "사용자는 방화벽 뒤에 있습니다.", "negation_missing", "negation"),
    ("The report covers FedRAMP.", "이 보고서는 HITRUST를 다룹니다.", "name_changed", "entity"),
    ("It is covered by SOC 2.", "SOC 3에서 다룹니다.", "named_number_changed", "entity"),
    ("Check it before you sign.", "서명하고 확인합니다.", "before_missing", "condition"),
    ("Does it change the approach?", "접근 방식을 변경합니다.", "question", "other"),
]  # fmt: skip

ALIKE = [
    ("New reports are issued quarterly.", "새 보고서는 분기마다 발행됩니다."),
    ("Reports are issued twice a year.", "보고서는 1년에 두 번 발행됩니다."),
    ("Reports are issued twice a year.", "보고서는 연 2회 발행됩니다."),
    ("It is renewed every two years.", "2년마다 갱신됩니다."),
    ("The letter covers 10/1 – 12/31.", "이 문서는 10월 1일부터 12월 31일까지를 다룹니다."),
    ("Support ended on April 11, 2017.", "지원은 2017 년 4 월 11 일에 종료 되었습니다."),
    ("Support ended on 04.11.2017.", "지원은 2017년 4월 11일에 종료되었습니다."),
    ("The window is 12 months.", "이 기간은 1년입니다."),
    ("One week after that", "그로부터 7일 후"),
    ("Up to 3.5 million users.", "최대 350만 명의 사용자."),
    ("Fines of up to €20m.", "최대 €2천만의 벌금."),
    ("In the Office 365 group only.", "Office 365만 해당합니다."),
    ("Each hub has 2,000 workers.", "각 허브에는 2, 000명의 작업자가 있습니다."),
    ("It takes three steps.", "세 단계가 있습니다."),
    ("Two digits", "숫자 2개"),
    ("24x7 support by a third party", "타사의 연중무휴 지원"),
    ("In May 2021", "2021년 5월에"),
    ("At most 30 days after deletion.", "삭제 후 최대 30일."),
    ("Do not list more than five fields.", "필드는 5개 이하로 지정합니다."),
    ("The auditor gave an unqualified opinion.", "감사자는 적정 의견을 제시했습니다."),
    ("The service is non-compliant.", "이 서비스는 규정을 준수하지 않습니다."),
    ("Engineers do not have access.", "엔지니어는 액세스할 수 없습니다."),
    ("You do not have to sign.", "서명하지 않아도 됩니다."),
    ("Only auditors see the report.", "감사자만 보고서를 볼 수 있습니다."),
    ("The customer must keep the key.", "고객은 키를 보관해야 합니다."),
    ("We recommend that you store the key.", "키를 저장하는 것이 좋습니다."),
    ("They may contact the owner.", "소유자에게 연락할 수 있습니다."),
    ("Run the Set-MailboxPlan cmdlet.", "Set-mailboxplan cmdlet을 실행 합니다."),
    ("The SLAs are public.", "SLA는 공개되어 있습니다."),
    ("Part II", "2부"),
    ("Reviews are run every six months.", "검토는 6개월마다 실행됩니다."),
    ("It ends at 9:00.", "9시에 종료됩니다."),
    ("You hear one second of music.", "음악 1초가 들립니다."),
    ("A key may be used 1 may be refused.", "1은 거부될 수 있고 키는 사용할 수 있습니다."),
    ("It takes up to five business days.", "영업일은 최대 5일이 걸립니다."),
    ("Version 16.0.9126", "버전 16 . 0 . 9126"),
    ("Compliance boundaries are set.", "이미 준수 경계를 설정했습니다."),
    ("The installer uploads the data.", "설치 관리자가 데이터를 업로드합니다."),
    ("Characteristics of private rooms", "개인실의 일반 특성"),
    ("They can only hear the call.", "통화만 들을 수 있습니다."),
    ("Only the video appears.", "비디오만 나타납니다."),
    ("Advisories are listed.", "권고가 나열됩니다."),
    ("If you don't know the name, ask.", "이름을 모르는 경우 문의하세요."),
    ("You might not be the owner.", "소유자가 아닐 수 있습니다."),
    ("Select No Function in the list.", "목록에서 No Function을 선택합니다."),
    ("Set whether it is signed or not.", "서명되었는지 설정합니다."),
    ("The payment method is shown.", "요금 지불 방법이 표시됩니다."),
    ("You cannot use it until the copy is complete.", "복사가 완료되어야 사용할 수 있습니다."),
    ("Services include, but are not limited to, mail.", "서비스에는 메일이 포함됩니다."),
    ("More than 100K mailboxes", "10만 개 이상의 사서함"),
    ("The fourth button", "넷째 단추"),
    ("1,160,000", "116만"),
    ("It is strongly discouraged.", "이것은 권장되지 않습니다."),
    ("A maximum of two copies", "최대 두 개의 복사본"),
    ("The value is in hexadecimal notation.", "값은 16진수로 표기합니다."),
    ("It is the only step left.", "남은 단계입니다."),
    ("Move it to the PROXY1 server.", "PORXY1 서버로 이동합니다."),
    ("You must be an Admin agent to get keys.", "관리자 에이전트만 키를 받을 수 있습니다."),
]
SOFT = {"negation_rephrased", "negation_weakened", "bound_added", "frequency_added", "must_added", "word_number_added"}
FORM = {"length", "spacing", "shorter", "longer", "sentences_more", "sentences_fewer"}


@pytest.mark.parametrize(("en", "ko", "name", "kind"), DIFFERENT)
def test_divergence_signals_name_what_differs(en, ko, name, kind):
    assert (name, kind) in found(en, ko)


@pytest.mark.parametrize(("en", "ko"), ALIKE)
def test_divergence_signals_accept_other_ways_of_saying_it(en, ko):
    assert {name for name, _ in found(en, ko)} - FORM - SOFT == set()


@pytest.mark.parametrize(("en", "ko"), ALIKE)
def test_divergence_other_ways_of_saying_it_are_never_major(en, ko):
    assert [one for one in divergences(document(pair(en, ko))) if one.severity == "major"] == []


def test_divergence_links():
    here = (Link("r", "https://a.example/ko-kr/x/", "ko"), Link("r", "http://www.a.example/en-us/x", "en"))
    assert divergences(document(pair("See the report.", "보고서를 참조하세요.", links=here))) == ()
    elsewhere = (Link("r", "https://a.example/x", "ko"), Link("r", "https://a.example/y", "en"))
    (one,) = divergences(document(pair("See the report.", "보고서를 참조하세요.", links=elsewhere)))
    assert (one.kind, one.severity) == ("link", "minor")
    assert "https://a.example/y" in one.explanation_en
    assert "https://a.example/x" in one.explanation_ko


def test_divergence_explains_in_both_languages_with_the_words_of_the_text():
    (one,) = divergences(
        document(pair("New audit reports are issued quarterly.", "새 감사 보고서는 1년에 두 번 발행됩니다."))
    )
    assert (one.segment_id, one.severity, one.kind) == ("1", "major", "frequency")
    assert one.explanation_en.startswith('Frequency: English says "quarterly", Korean says "1년에 두 번".')
    assert one.explanation_ko.startswith('빈도: 영어는 "quarterly", 한국어는 "1년에 두 번"입니다.')
    assert 0.5 < one.probability <= 1


def test_divergence_a_sentence_cut_at_another_place_is_silent():
    first = pair("The standards are SSAE 18 and ISAE No.", "표준은 SSAE 18 및 ISAE 3402(국제 표준", name="1")
    second = pair("3402 (ISAE 3402) and they apply.", "번호 3402)이며 적용됩니다.", name="2")
    assert divergences(document(first, second)) == ()


def test_divergence_cells_of_a_row_do_not_explain_each_other():
    row = [
        pair("At most 30 days", "30일 이상", name="1", kind="cell"),
        pair("At least 60 days", "60일 이하", name="2", kind="cell"),
    ]
    assert [one.segment_id for one in divergences(document(*row))] == ["1", "2"]


@pytest.mark.parametrize("segment", [pair("", "한국어"), pair("English", ""), pair("x = 1", "y = 2", kind="code")])
def test_divergence_needs_two_texts(segment):
    assert divergences(document(segment)) == ()


def test_divergence_soc_page():
    (page,) = load_documents(bundled_path()).documents
    shown = {one.segment_id.removeprefix("0fdff-"): one for one in divergences(page)}
    assert {"118", "173", "174"} <= {place for place, one in shown.items() if one.severity == "major"}
    assert "unqualified" in shown["118"].explanation_en
    assert "부적격" in shown["118"].explanation_en
    assert '"quarterly"' in shown["173"].explanation_ko
    assert '"4/16"' in shown["174"].explanation_en
    # 110 is real too: "a CSP's internal controls" became "CPA 내부 통제".
    assert set(shown) <= {"110", "118", "124", "142", "168", "173", "174", "182"}


@pytest.mark.parametrize(
    ("text", "language", "field", "expected"),
    [
        ("1억 2천만 명", "ko", "scaled", {"120000000"}),
        ("2.50 million", "en", "scaled", {"2500000"}),
        ("Version 2.0 and 1.2.3", "en", "numbers", {"2", "1.2.3"}),
        ("영업일 기준 3일", "ko", "numbers", {"3"}),
        ("31 December 2018", "en", "dates", {"12/31"}),
        ("between 1/2 and 13/45", "en", "dates", {"1/2"}),
        ("매월 또는 반기", "ko", "frequencies", {"12", "2"}),
        ("두 번", "ko", "words", {"2"}),
    ],
)
def test_divergence_quantities(text, language, field, expected):
    assert set(getattr(quantities(text, language), field)) == expected


def test_divergence_glossary_names_no_page():
    text = (files("corpus") / "data" / "glossary.toml").read_text(encoding="utf-8").lower()
    assert not any(name in text for name in ("0fdff", "azure", "soc 2", "soc_"))
    assert len(glossary().frequencies) >= 8
    assert len(glossary().parties) >= 10


def test_divergence_data_file():
    data = json.loads((files("corpus") / "data" / "divergence.json").read_text(encoding="utf-8"))
    for severity in ("major", "minor"):
        assert set(data[severity]["weights"]) == NAMES
        assert all(weight >= 0 for name, weight in data[severity]["weights"].items() if name != "length")
        assert 0 < data[severity]["threshold"] < 1
        assert data["figures"][severity]["dev"]["n"] == 969
    assert judge().lexicon.in_korean("Audit", "감사").missing == ()
    assert [word.word for word in judge().lexicon.in_korean("Audit", "보고서").missing] == ["Audit"]


def test_divergence_fit_keeps_the_prior_where_nothing_speaks_and_never_goes_below_zero():
    matrix = np.array([[1.0, 0.0], [0.0, 0.0]] * 40)
    names = ("number_changed", "date_changed")
    model = fit_logistic(matrix, np.array([0.0, 1.0] * 40), names, [prior(name, "major") for name in names])
    assert model.weights[0] == 0
    assert model.weights[1] == pytest.approx(5.0)


def test_divergence_fit_priors_follow_what_reading_found():
    found, kind = prior("command_changed", "major"), prior("command_changed", "minor")
    assert found.mean > kind.mean
    assert found.variance < kind.variance
    assert prior("upper_bound_missing", "major").mean < prior("only_missing", "major").mean
    assert READ.keys() <= NAMES


def test_divergence_fit_threshold_and_measures():
    probabilities, target = np.array([0.9, 0.8, 0.7, 0.1]), np.array([1.0, 0.0, 1.0, 0.0])
    assert choose_threshold(probabilities, target, 0.6) == 0.7
    assert choose_threshold(probabilities, target, 0.9) == 0.9
    pairs = [Pairing("e", "k", label, "date", "p", "random", "train") for label in ("major", "minor", "major", "none")]
    figures = measure(pairs, probabilities, 0.7, {"major"})
    assert (figures["precision"], figures["recall"], figures["alarms_per_1000_random"]) == (0.667, 1.0, 750.0)
    assert figures["by_kind"] == {"date": [2, 2]}


def test_divergence_fit_lexicon_learns_counterparts():
    sentences = [("Audit number", "감사 번호")] * 20 + [("Report name", "보고서 이름")] * 200
    assert learn_lexicon(sentences)["en"]["audit"][0] in {"감사", "사번", "번호"}


texts = st.text(max_size=60) | st.lists(
    st.sampled_from(["SOC 2", "10/1", "12월", "3월 31일", "1.2.3", "만", "억", "not", "않", "²", "½", "٣", "٣월"]),
    max_size=12,
).map(" ".join)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(texts, texts, texts, texts)
def test_divergence_arbitrary_text_never_raises(en, ko, other_en, other_ko):
    for one in divergences(document(pair(en, ko), pair(other_en, other_ko, name="2"))):
        assert one.severity in {"minor", "major"}
        assert one.explanation_en
        assert one.explanation_ko
    names = {signal.name for signal in signals(Pair(en, ko), judge().lexicon)}
    assert names <= NAMES
    assert features(signals(Pair(en, ko), judge().lexicon)).keys() == names

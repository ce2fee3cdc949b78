"""The words of the page, in both languages. Words about one answer are in that answer's language."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.verdict import Verdict
from corpus.documents import Language

TITLE = "SOC Assistant"
PURPOSE: dict[Language, str] = {
    "en": "Ask about Korean and English compliance documents. Every answer cites the sentences it rests on.",
    "ko": "한국어·영어 규정 준수 문서에 대해 물어보세요. 모든 답변은 근거 문장을 함께 보여 줍니다.",
}
WELCOME: dict[Language, str] = {
    "en": "Ask in English or Korean, or start with one of these questions.",
    "ko": "한국어나 영어로 질문하거나, 아래 질문으로 시작해 보세요.",
}
NO_SOURCES: dict[Language, str] = {
    "en": "The sentences an answer rests on appear here, in both languages.",
    "ko": "답변의 근거 문장이 두 언어로 여기에 표시됩니다.",
}

CONVERSATION = "Conversation · 대화"
QUESTION = "Question · 질문"
QUESTION_HINT = "Your question · 질문을 입력하세요"
ASK = "Ask · 질문"
STOP = "Stop · 중지"
CLEAR = "Clear · 지우기"
SOURCES = "Sources · 출처"
WAITING = "Reading the documents · 문서를 읽고 있습니다"
STOPPED = "Stopped before the answer was complete. · 답변이 완료되기 전에 중지되었습니다."

UNEXPECTED_PROBLEM = (
    "This question could not be answered because of an internal error. · 내부 오류로 답변하지 못했습니다."
)
UNEXPECTED_REMEDY = (
    "Please try again; whoever runs this page finds the details in its log. · "
    "다시 시도해 주세요. 자세한 내용은 이 페이지를 실행한 곳의 로그에 있습니다."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is said around one answer, in its language."""

    verdicts: dict[Verdict, str]
    not_stated: str
    condition: str
    notice: str
    ask_next: str
    nearest: str
    source: str
    sources_of: str
    no_citations: str
    missing_text: str
    source_page: str
    links: str
    segments: str


WORDS: dict[Language, Words] = {
    "en": Words(
        verdicts={"yes": "Yes", "no": "No", "conditional": "Depends"},
        not_stated="Not stated",
        condition="Condition",
        notice="Note",
        ask_next="Ask next",
        nearest="Nearest sections",
        source="Source",
        sources_of="Sources for",
        no_citations="This answer cites no sentence.",
        missing_text="The document has no text in this language here.",
        source_page="Source page",
        links="Links",
        segments="Segments",
    ),
    "ko": Words(
        verdicts={"yes": "예", "no": "아니요", "conditional": "조건부"},
        not_stated="문서에 없음",
        condition="조건",
        notice="알림",
        ask_next="이어서 물어보기",
        nearest="가장 가까운 절",
        source="출처",
        sources_of="질문의 출처",
        no_citations="이 답변에는 인용한 문장이 없습니다.",
        missing_text="이 부분에는 이 언어의 문장이 문서에 없습니다.",
        source_page="원본 페이지",
        links="링크",
        segments="세그먼트",
    ),
}
LANGUAGE_NAMES: dict[Language, str] = {"ko": "한국어", "en": "English"}

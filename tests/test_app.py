"""The chat page's rendering and conversation, without a browser."""

from __future__ import annotations

import asyncio
import copy
import logging
import socket
import threading
from html.parser import HTMLParser

import pytest

from assistant.app import Turn, build_page, serve, wording
from assistant.app.render import question_html, reply_html, safe_url, sources_html
from assistant.app.turns import Conversation, history_of, stopped, take_turn
from assistant.records import Answer, Citation, CitedLink
from corpus.errors import ConfigurationError, EmptyQuestionError

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>"\'</div>&amp; ![a](http://example.com/x.png)'

CITATION = Citation(
    number=1,
    document="offering-soc",
    title="SOC reports",
    source_url="https://example.com/soc",
    heading_path_en=("SOC reports", "Access", "Who may read them"),
    heading_path_ko=("SOC 보고서", "접근", "누가 읽을 수 있는지"),
    segment_ids=("0fdff-123", "0fdff-p105"),
    quote_en="Reports are restricted.",
    quote_ko="보고서는 제한됩니다.",
    links=(CitedLink(text="Portal", url="https://example.com/portal"), CitedLink(text="Ask", url="mailto:a@b.example")),
)
ANSWER = Answer(
    question="Is it open?",
    text="No. Reports are restricted. [1]",
    language="en",
    verdict="no",
    confidence=0.9,
    citations=(CITATION,),
    suggestions=("What is restricted?",),
    mode="extractive",
    index="g1",
)


class Elements(HTMLParser):
    """The elements and the text that a browser would make of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def reply(answer: Answer, *, state="done", latest=True) -> Elements:
    turn = Turn(question=answer.question, answer=answer, state=state)
    return Elements(reply_html(turn, position=0, latest=latest))


def sources(answer: Answer, *, state="done") -> Elements:
    return Elements(sources_html([Turn(question=answer.question, answer=answer, state=state)]))


def with_verdict(verdict, language, **changes) -> Answer:
    return ANSWER.model_copy(update={"verdict": verdict, "language": language, **changes})


def in_event_loop(function, *args, **kwargs):
    """Call where a loop runs: outside of one, Gradio makes loops that it never closes, and warnings are errors here."""

    async def call():
        return function(*args, **kwargs)

    return asyncio.run(call())


class Scripted:
    """Yields the steps it was given, then raises the error it was given."""

    def __init__(self, *steps: Answer, error: Exception | None = None) -> None:
        self.steps, self.error, self.histories = steps, error, []

    def stream(self, question, history):
        self.histories.append(history)
        yield from self.steps
        if self.error:
            raise self.error

    def answer(self, question, history):
        return list(self.stream(question, history))[-1]


# What is shown


@pytest.mark.parametrize(
    ("verdict", "language", "label"),
    [
        ("yes", "en", "Yes"),
        ("no", "en", "No"),
        ("conditional", "en", "Depends"),
        ("yes", "ko", "예"),
        ("no", "ko", "아니요"),
        ("conditional", "ko", "조건부"),
    ],
)
def test_verdict_is_named_in_the_answers_language(verdict, language, label):
    html = reply_html(Turn(question="?", answer=with_verdict(verdict, language)), position=0, latest=True)
    assert f'<span class="verdict {verdict}">{label}</span>' in html


def test_condition_stands_with_its_verdict():
    assert "Condition an NDA is signed" in reply(with_verdict("conditional", "en", condition="an NDA is signed")).text
    assert "조건 계약 체결" in reply(with_verdict("conditional", "ko", condition="계약 체결")).text


@pytest.mark.parametrize(("language", "label"), [("en", "Not stated"), ("ko", "문서에 없음")])
def test_abstention_looks_different_from_an_answer(language, label):
    shown = reply(with_verdict(None, language, abstained=True, citations=()))
    assert label in shown.text
    assert shown.with_class("abstained")
    assert shown.with_class("not-stated")
    assert not reply(ANSWER).with_class("abstained")


def test_answer_to_an_open_question_has_no_badge():
    assert not reply(with_verdict(None, "en")).with_class("verdict")


def test_notice_is_shown():
    shown = reply(ANSWER.model_copy(update={"notice": "Answered from the English text."}))
    assert "Note Answered from the English text." in shown.text
    assert not reply(ANSWER).with_class("notice")


def test_citation_numbers_lead_to_their_sources():
    anchors = reply(ANSWER.model_copy(update={"text": "One [1], two [2], and [x]."})).with_class("cite")
    assert [anchor["href"] for anchor in anchors] == ["#source-0-1"]
    assert [attrs["id"] for attrs in sources(ANSWER).with_class("source")] == ["source-0-1"]


def test_lines_led_by_a_dash_become_a_list():
    shown = reply(ANSWER.model_copy(update={"text": "Services:\n- Azure [1]\n- Intune\n\nThat is all."}))
    assert [tag for tag, _ in shown.tags if tag in {"p", "ul", "li"}][1:6] == ["p", "ul", "li", "li", "p"]
    assert shown.open == []


def test_source_shows_both_languages_path_segments_and_links():
    shown = sources(ANSWER)
    for part in ("SOC reports", "Access › Who may read them", "Reports are restricted.", "보고서는 제한됩니다."):
        assert part in shown.text
    assert shown.text.index("한국어") < shown.text.index("English")
    assert "0fdff-123 0fdff-p105" in shown.text
    links = [attrs for tag, attrs in shown.tags if tag == "a"]
    assert [link["href"] for link in links] == [
        "https://example.com/portal",
        "mailto:a@b.example",
        "https://example.com/soc",
    ]
    assert {(link["target"], link["rel"]) for link in links} == {("_blank", "noopener noreferrer")}


def test_source_follows_the_language_of_the_answer():
    shown = sources(with_verdict("no", "ko"))
    assert "접근 › 누가 읽을 수 있는지" in shown.text
    assert "원본 페이지" in shown.text


def test_quote_missing_in_one_language_is_said():
    one_sided = CITATION.model_copy(update={"quote_ko": "", "heading_path_en": ()})
    shown = sources(ANSWER.model_copy(update={"citations": (one_sided,)}))
    assert "The document has no text in this language here." in shown.text
    assert "누가 읽을 수 있는지" in shown.text


def test_only_the_latest_answers_sources_are_in_view():
    turns = [Turn(question=f"q{number}", answer=ANSWER, state="done") for number in range(3)]
    sections = [attrs for tag, attrs in Elements(sources_html(turns)).tags if tag == "section"]
    assert ["hidden" in attrs for attrs in sections] == [True, True, False]


def test_before_any_answer_the_panel_says_what_it_is_for():
    shown = sources_html([Turn(question="q")])
    assert wording.NO_SOURCES["en"] in shown
    assert wording.NO_SOURCES["ko"] in shown


def test_no_citations_is_said_only_when_the_answer_is_complete():
    bare = ANSWER.model_copy(update={"citations": ()})
    assert "cites no sentence" in sources(bare).text
    assert "cites no sentence" not in sources(bare, state="running").text


def test_suggestions_are_announced_where_their_buttons_are():
    assert "Ask next" in reply(ANSWER).text
    assert "Ask next" not in reply(ANSWER, latest=False).text
    assert "Ask next" not in reply(ANSWER, state="running").text
    abstained = with_verdict(None, "en", abstained=True)
    assert "Nearest sections" in reply(abstained).text
    assert "What is restricted?" not in reply(abstained).text
    assert "Nearest sectionsWhat is restricted?" in reply(abstained, latest=False).text


# What must never be more than text


def test_hostile_question_is_text():
    shown = Elements(question_html(Turn(question=HOSTILE)))
    assert [tag for tag, _ in shown.tags] == ["div"]
    assert shown.text == HOSTILE


def test_hostile_document_is_text():
    citation = CITATION.model_copy(
        update={
            "title": HOSTILE,
            "heading_path_en": (HOSTILE, HOSTILE),
            "segment_ids": (HOSTILE,),
            "quote_en": HOSTILE,
            "quote_ko": HOSTILE,
            "links": (CitedLink(text=HOSTILE, url='https://example.com/"onmouseover="alert(1)'),),
        }
    )
    answer = ANSWER.model_copy(
        update={
            "question": HOSTILE,
            "text": f"{HOSTILE} [1]\n- {HOSTILE}",
            "condition": HOSTILE,
            "notice": HOSTILE,
            "citations": (citation,),
            "suggestions": (HOSTILE,),
        }
    )
    for shown in (reply(answer), sources(answer)):
        assert shown.open == []
        assert HOSTILE in shown.text
        assert {tag for tag, _ in shown.tags}.isdisjoint({"img", "script"})
        assert not [name for _, attrs in shown.tags for name in attrs if name.startswith("on")]


def test_hostile_error_is_text():
    [*_, turn] = take_turn(Scripted(error=EmptyQuestionError(HOSTILE, remedy=HOSTILE)), "q", [])
    shown = Elements(reply_html(turn, position=0, latest=True))
    assert shown.text == HOSTILE * 2
    assert "img" not in {tag for tag, _ in shown.tags}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.com/x",
        "/relative",
        "#source-0-1",
        "https:no-host",
        "https://[bad",
        "https://exa mple.com",
        "https:\\\\example.com",
        "",
    ],
)
def test_other_addresses_are_dropped(url):
    assert safe_url(url) is None
    citation = CITATION.model_copy(update={"links": (CitedLink(text="x", url=url),), "source_url": url})
    assert "a" not in {tag for tag, _ in sources(ANSWER.model_copy(update={"citations": (citation,)})).tags}


@pytest.mark.parametrize("url", ["https://example.com/a?b=c&d", "HTTP://example.com", "mailto:a@b.example"])
def test_web_and_mail_addresses_are_kept(url):
    assert safe_url(f" {url} ") == url


# The conversation


def test_turn_waits_streams_and_is_done():
    steps = [ANSWER.model_copy(update={"text": text}) for text in ("No.", "No. Reports.")]
    turns = list(take_turn(Scripted(*steps), "q", []))
    assert [(turn.answer and turn.answer.text, turn.state) for turn in turns] == [
        (None, "running"),
        ("No.", "running"),
        ("No. Reports.", "running"),
        ("No. Reports.", "done"),
    ]


def test_history_holds_completed_answers_only():
    answered = Turn(question="first", answer=ANSWER, state="done")
    [*_, failed] = take_turn(Scripted(error=EmptyQuestionError("Empty.", remedy="Type.")), "second", [answered])
    cut_off = stopped(Turn(question="third", answer=ANSWER))
    assistant = Scripted(ANSWER)
    list(take_turn(assistant, "fourth", [answered, failed, cut_off]))
    expected = [{"role": "user", "content": "first"}, {"role": "assistant", "content": ANSWER.text}]
    assert assistant.histories == [expected]
    assert history_of([failed, cut_off]) == []


def test_error_of_the_tree_takes_the_answers_place():
    [*_, turn] = take_turn(Scripted(ANSWER, error=EmptyQuestionError("It is empty.", remedy="Type it.")), "q", [])
    assert turn.answer is None
    shown = Elements(reply_html(turn, position=0, latest=True))
    assert shown.text == "It is empty.Type it."
    assert shown.tags[0][1]["role"] == "alert"


def test_unexpected_error_is_logged_and_not_shown(caplog):
    with caplog.at_level(logging.ERROR):
        [*_, turn] = take_turn(Scripted(error=RuntimeError("secret path")), "q", [])
    html = reply_html(turn, position=0, latest=True)
    assert "secret" not in html
    assert wording.UNEXPECTED_PROBLEM in html
    assert "secret path" in caplog.text


def test_stopping_keeps_what_was_said():
    turn = stopped(Turn(question="q", answer=ANSWER))
    html = reply_html(turn, position=0, latest=True)
    assert "Reports are restricted." in html
    assert wording.STOPPED in html
    waiting = stopped(Turn(question="q"))
    assert wording.STOPPED in reply_html(waiting, position=0, latest=True)


def test_waiting_is_announced():
    assert wording.WAITING in reply_html(Turn(question="q"), position=0, latest=True)


class Gated:
    """Says something, and then is in one long step until its gate opens."""

    def __init__(self) -> None:
        self.gate, self.left = threading.Event(), threading.Event()

    def stream(self, question, history):
        try:
            yield ANSWER
            self.gate.wait(timeout=30)
            yield ANSWER.model_copy(update={"text": "Too late."})
        finally:
            self.left.set()


def told(conversation) -> list[tuple[str, str | None, str]]:
    return [(turn.question, turn.answer and turn.answer.text, turn.state) for turn in conversation.turns]


def test_conversation_shows_an_answer_in_the_making_and_then_remembers_it():
    conversation = Conversation()
    shown = list(conversation.ask(Scripted(ANSWER), "first"))
    assert {turn.state for turns in shown for turn in turns} == {"running"}
    assert told(conversation) == [("first", ANSWER.text, "done")]
    assistant = Scripted(ANSWER)
    list(conversation.ask(assistant, "second"))
    assert [question for question, *_ in told(conversation)] == ["first", "second"]
    assert [line["content"] for line in assistant.histories[0]] == ["first", ANSWER.text]


@pytest.mark.parametrize("end", [Conversation.stop, Conversation.clear])
def test_stop_and_clear_take_effect_within_a_long_step(end):
    conversation, slow = Conversation(), Gated()
    shown = conversation.ask(slow, "slow")
    while next(shown)[-1].answer is None:
        pass
    end(conversation)
    assert list(shown) == []
    kept = [] if end is Conversation.clear else [("slow", ANSWER.text, "stopped")]
    assert told(conversation) == kept
    list(conversation.ask(Scripted(ANSWER), "next"))
    slow.gate.set()
    assert slow.left.wait(timeout=30)
    assert told(conversation) == [*kept, ("next", ANSWER.text, "done")]


def test_stop_after_the_answer_changes_nothing():
    conversation = Conversation()
    list(conversation.ask(Scripted(ANSWER), "first"))
    conversation.stop()
    assert told(conversation) == [("first", ANSWER.text, "done")]


def test_answer_is_stopped_when_its_visitor_leaves():
    conversation, slow = Conversation(), Gated()
    shown = conversation.ask(slow, "slow")
    next(shown)
    shown.close()
    assert [state for *_, state in told(conversation)] == ["stopped"]
    slow.gate.set()
    assert slow.left.wait(timeout=30)


def test_each_visitor_gets_a_conversation_of_their_own():
    first = Conversation()
    list(first.ask(Scripted(ANSWER), "first"))
    assert copy.deepcopy(first).turns == []


# The address


def test_page_is_built_with_its_examples():
    page = in_event_loop(build_page, Scripted(), examples=["Is it open?", "열려 있나요?"])
    [chat] = [block for block in page.blocks.values() if block.elem_id == "chat"]
    assert [example["text"] for example in chat.examples] == ["Is it open?", "열려 있나요?"]
    assert not page.analytics_enabled


def test_port_in_use_is_said_with_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"Port {port} is in use.*SOC_PORT"):
            in_event_loop(serve, Scripted(), host="127.0.0.1", port=port)


def test_unusable_host_is_said_with_the_remedy():
    with pytest.raises(ConfigurationError, match=r"'192\.0\.2\.1'.*SOC_HOST"):
        in_event_loop(serve, Scripted(), host="192.0.2.1", port=0)

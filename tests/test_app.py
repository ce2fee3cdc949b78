"""The chat page's rendering and conversation, without a browser."""

from __future__ import annotations

import asyncio
import copy
import logging
import re
import socket
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fakes import WordCounter

from assistant.app import Turn, build_page, serve
from assistant.app.export import markdown, printable
from assistant.app.markup import marked, safe_url
from assistant.app.render import citation_text, question_html, reply_html, sources_html
from assistant.app.turns import Conversation, Rating, history_of, stopped, take_turn
from assistant.app.wording import LANGUAGES, failure_of, interface_language, words
from assistant.feedback import Feedback
from assistant.library import Library
from assistant.records import Answer, Citation, CitedLink, Conflict, ConflictSide, Divergence
from corpus.errors import AssistantError, ConfigurationError, EmptyQuestionError
from ingest.settings import Settings

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
        if tag not in {"input", "meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def reply(answer: Answer, *, state="done", latest=True, language="en", rating=None) -> Elements:
    turn = Turn(question=answer.question, answer=answer, state=state, rating=rating)
    return Elements(reply_html(turn, language, position=0, latest=latest))


def sources(answer: Answer, *, state="done") -> Elements:
    return Elements(sources_html([Turn(question=answer.question, answer=answer, state=state)], "en"))


def with_verdict(verdict, language, **changes) -> Answer:
    return ANSWER.model_copy(update={"verdict": verdict, "language": language, **changes})


def subclasses(kind):
    return [kind, *(one for child in kind.__subclasses__() for one in subclasses(child))]


def in_event_loop(function, *args, **kwargs):
    """Call where a loop runs: outside of one, Gradio makes loops that it never closes, and warnings are errors here."""

    async def call():
        return function(*args, **kwargs)

    return asyncio.run(call())


class Scripted:
    """Yields the steps it was given, then raises the error it was given."""

    def __init__(self, *steps: Answer, error: Exception | None = None, home: Path = Path("no-home")) -> None:
        self.steps, self.error, self.histories = steps, error, []
        self.library = Library(Settings(home=home), WordCounter())
        self.feedback = Feedback(home / "feedback.sqlite3")

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
    html = reply_html(Turn(question="?", answer=with_verdict(verdict, language)), "en", position=0, latest=True)
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
    sections = [attrs for tag, attrs in Elements(sources_html(turns, "en")).tags if tag == "section"]
    assert ["hidden" in attrs for attrs in sections] == [True, True, False]


def test_before_any_answer_the_panel_says_what_it_is_for():
    for language in LANGUAGES:
        assert words(language)["no_sources"] in sources_html([Turn(question="q")], language)


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
    shown = Elements(question_html(Turn(question=HOSTILE), "en", position=0))
    assert [tag for tag, _ in shown.tags] == ["div", "div", "button"]
    assert shown.text == f"{HOSTILE}Edit"


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
    [*_, turn] = take_turn(Scripted(error=EmptyQuestionError(HOSTILE, remedy=HOSTILE)), Turn(question="q"), [])
    shown = Elements(reply_html(turn, "en", position=0, latest=True))
    assert shown.text == f"{HOSTILE * 2}Ask again"
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
    turns = list(take_turn(Scripted(*steps), Turn(question="q"), []))
    assert [(turn.answer and turn.answer.text, turn.state) for turn in turns] == [
        ("No.", "running"),
        ("No. Reports.", "running"),
        ("No. Reports.", "done"),
    ]


def test_history_holds_completed_answers_only():
    answered = Turn(question="first", answer=ANSWER, state="done")
    [*_, failed] = take_turn(
        Scripted(error=EmptyQuestionError("Empty.", remedy="Type.")), Turn(question="second"), [answered]
    )
    cut_off = stopped(Turn(question="third", answer=ANSWER))
    assistant = Scripted(ANSWER)
    list(take_turn(assistant, Turn(question="fourth"), [answered, failed, cut_off]))
    expected = [{"role": "user", "content": "first"}, {"role": "assistant", "content": ANSWER.text}]
    assert assistant.histories == [expected]
    assert history_of([failed, cut_off]) == []


def test_error_of_the_tree_takes_the_answers_place():
    [*_, turn] = take_turn(
        Scripted(ANSWER, error=EmptyQuestionError("It is empty.", remedy="Type it.")), Turn(question="q"), []
    )
    assert turn.answer is None
    shown = Elements(reply_html(turn, "en", position=0, latest=True))
    assert shown.text == "It is empty.Type it.Ask again"
    assert shown.tags[0][1]["role"] == "alert"


def test_unexpected_error_is_logged_and_not_shown(caplog):
    with caplog.at_level(logging.ERROR):
        [*_, turn] = take_turn(Scripted(error=RuntimeError("secret path")), Turn(question="q"), [])
    html = reply_html(turn, "en", position=0, latest=True)
    assert "secret" not in html
    assert words("en")["unexpected_problem"] in html
    assert "secret path" in caplog.text


def test_stopping_keeps_what_was_said():
    turn = stopped(Turn(question="q", answer=ANSWER))
    html = reply_html(turn, "en", position=0, latest=True)
    assert "Reports are restricted." in html
    assert words("en")["stopped"] in html
    waiting = stopped(Turn(question="q"))
    assert words("en")["stopped"] in reply_html(waiting, "en", position=0, latest=True)


def test_waiting_is_announced():
    assert words("en")["waiting"] in reply_html(Turn(question="q"), "en", position=0, latest=True)


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


# What outlives a reload, and what readers think


def test_conversation_outlives_a_reload_with_its_citations():
    conversation = Conversation()
    list(conversation.ask(Scripted(ANSWER), "first"))
    conversation.rate(0, Rating(liked=False, reason="wrong"))
    again = Conversation()
    again.restore(conversation.dump())
    assert again.turns == conversation.turns
    assert again.turns[0].answer.citations == (CITATION,)


def test_answer_in_the_making_is_stopped_by_a_reload():
    conversation, slow = Conversation(), Gated()
    shown = conversation.ask(slow, "slow")
    next(shown)
    again = Conversation()
    again.restore(conversation.dump())
    assert [(turn.question, turn.state) for turn in again.turns] == [("slow", "stopped")]
    shown.close()
    slow.gate.set()


@pytest.mark.parametrize("text", ["", "x", "[{}]", '[{"question": 1}]', "null", "[" * 10_000, '{"a": "\\ud800"}'])
def test_what_a_browser_brings_back_broken_is_ignored(text):
    conversation = Conversation()
    conversation.restore(text)
    assert conversation.turns == []


def test_what_a_browser_brings_back_late_does_not_replace_what_began():
    old, new = Conversation(), Conversation()
    list(old.ask(Scripted(ANSWER), "old"))
    list(new.ask(Scripted(ANSWER), "new"))
    new.restore(old.dump())
    assert [turn.question for turn in new.turns] == ["new"]


def test_question_asked_in_the_place_of_another_drops_what_came_after():
    conversation = Conversation()
    for question in ("first", "second", "third"):
        list(conversation.ask(Scripted(ANSWER), question))
    assistant = Scripted(ANSWER)
    list(conversation.ask(assistant, "changed", at=1))
    assert [turn.question for turn in conversation.turns] == ["first", "changed"]
    assert [line["content"] for line in assistant.histories[0]] == ["first", ANSWER.text]


def test_only_a_complete_answer_can_be_judged():
    conversation = Conversation()
    assert conversation.rate(0, Rating(liked=True)) is None
    list(conversation.ask(Scripted(error=EmptyQuestionError("Empty.", remedy="Type.")), "failed"))
    assert conversation.rate(0, Rating(liked=True)) is None
    list(conversation.ask(Scripted(ANSWER), "good"))
    rated = conversation.rate(1, Rating(liked=True))
    assert rated.rating == Rating(liked=True)
    assert rated.id == conversation.turns[1].id


def test_judgement_asks_for_its_reason():
    assert "Why?" not in reply(ANSWER).text
    liked = reply(ANSWER, rating=Rating(liked=True))
    assert words("en")["rated"] in liked.text
    assert words("en")["reason_wrong"] not in liked.text
    disliked = reply(ANSWER, language="ko", rating=Rating(liked=False, reason=HOSTILE))
    assert words("ko")["reason_wrong"] in disliked.text
    [field] = [attrs for tag, attrs in disliked.tags if tag == "input"]
    assert field["value"] == HOSTILE


def test_citation_to_paste_says_where_it_stands():
    assert citation_text(CITATION, "en") == (
        "“Reports are restricted.” — SOC reports, Access › Who may read them, 0fdff-123 0fdff-p105, "
        "https://example.com/soc"
    )
    assert citation_text(CITATION, "ko").startswith("“보고서는 제한됩니다.”")


DIVERGENCE = Divergence(
    segment_id="0fdff-123",
    kind="number",
    severity="major",
    en="Within 30 days <b>",
    ko="60일 이내 <b>",
    explanation_en='Number: English says "30", Korean says "60".',
    explanation_ko='숫자: 영어는 "30", 한국어는 "60"입니다.',
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_divergence_is_told_with_both_readings(language):
    shown = reply(ANSWER.model_copy(update={"divergences": (DIVERGENCE,), "language": language}))
    for part in (words(language)["divergence_title"], "Within 30 days <b>", "60일 이내 <b>", "0fdff-123"):
        assert part in shown.text
    assert [tag for tag, _ in shown.tags].count("mark") == 2
    assert not reply(ANSWER).with_class("divergence")


CONFLICT = Conflict(
    document="soc",
    kind="quantity",
    first=ConflictSide(citation=1, segment_id="0fdff-123", en="Within 30 days <b>", ko="30일 이내 <b>"),
    second=ConflictSide(citation=7, segment_id="0fdff-150", en="Within 60 days", ko="60일 이내"),
    explanation_en='They differ: "30 days" and "60 days".',
    explanation_ko='다릅니다: "30일", "60일".',
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_conflict_is_told_with_both_passages_and_their_citations(language):
    answer = ANSWER.model_copy(update={"conflicts": (CONFLICT,), "language": language})
    shown = reply(answer)
    texts = ("30일 이내 <b>", "60일 이내") if language == "ko" else ("Within 30 days <b>", "Within 60 days")
    for part in (words(language)["conflict_title"], *texts, "[7]", "0fdff-123", "0fdff-150"):
        assert part in shown.text
    assert [tag for tag, _ in shown.tags].count("mark") == 2
    assert not reply(ANSWER).with_class("conflict")
    turn = Turn(question="?", state="done", answer=answer)
    saved, printed = markdown([turn], language), printable([turn], language)
    for text in (words(language)["conflict_title"], texts[1], "[7]"):
        assert text in saved
        assert text in printed
    assert "<b>" not in saved.replace("\\<", "")
    assert "30 days <b>" not in printed
    assert "30일 이내 <b>" not in printed


def test_mark_stands_around_the_words_that_differ():
    assert marked("<30> days", 'says "30", "x"') == "&lt;<mark>30</mark>&gt; days"
    assert marked("a, b", 'says "a, b"') == "<mark>a, b</mark>"
    assert marked("b then a", 'says "a, b"') == "<mark>b</mark> then <mark>a</mark>"
    assert marked("30", "") == "30"


# The language of the page


@pytest.mark.parametrize(
    ("cookies", "headers", "language"),
    [
        ({}, {}, "en"),
        ({}, {"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"}, "ko"),
        ({}, {"accept-language": "en-US,ko;q=0.9"}, "en"),
        ({}, {"accept-language": "de"}, "en"),
        ({"soc_language": "ko"}, {"accept-language": "en"}, "ko"),
        ({"soc_language": "en"}, {"accept-language": "ko"}, "en"),
        ({"soc_language": "<script>"}, {"accept-language": "ko"}, "ko"),
    ],
)
def test_page_follows_the_choice_else_the_browser(cookies, headers, language):
    assert interface_language(cookies, headers) == language


def test_words_are_the_same_in_both_languages():
    english, korean = words("en"), words("ko")
    extra = {name for name in korean if name not in english}
    assert set(english) <= set(korean)
    assert all(re.fullmatch(r"\w*Error_(problem|remedy)", name) for name in extra)
    for name, text in english.items():
        assert text.strip(), name
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", korean[name])), name


@pytest.mark.parametrize("error", subclasses(AssistantError), ids=lambda error: error.__name__)
def test_every_error_is_told_in_korean_with_its_own_words_below(error):
    raised = error.__new__(error)
    AssistantError.__init__(raised, "It failed.", remedy="Mend it.")
    failure = failure_of(raised)
    assert words("ko")[f"{failure.name}_problem"]
    assert words("ko")[f"{failure.name}_remedy"]


def test_error_is_told_in_the_language_of_the_page():
    [*_, turn] = take_turn(Scripted(error=EmptyQuestionError("It is empty.", remedy="Type.")), Turn(question="q"), [])
    korean = reply_html(turn, "ko", position=0, latest=True)
    assert "질문에 글자나 숫자가 없습니다." in korean
    assert '<p class="detail" lang="en">It is empty. Type.</p>' in korean


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

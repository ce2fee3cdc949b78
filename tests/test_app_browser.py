"""The chat page as a user has it: in a real Chromium, over loopback."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from assistant import Assistant
from assistant.app import build_page, wording
from assistant.app.server import launch
from assistant.records import Answer, Citation, CitedLink
from corpus.errors import QuestionTooLongError
from ingest.settings import Settings

# Gradio's queue computes statistics with two options of pandas that pandas has deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1360, "height": 800}, {"width": 360, "height": 740}
PATIENCE = 20_000  # milliseconds, for a busy machine

ENGLISH, KOREAN = "Is the report open?", "보고서를 볼 수 있나요?"
UNKNOWN, REFUSED, CRASHING, SLOW, STUCK = "Who is the cook?", "Too much?", "Crash?", "Slow?", "Stuck?"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> ![a](http://example.com/x.png) <b>bold</b>"


def citation(number: int, **changes) -> Citation:
    fields = {
        "number": number,
        "document": "guide",
        "title": "Guide to reports",
        "source_url": "https://example.com/guide",
        "heading_path_en": ("Guide to reports", f"Part {number}"),
        "heading_path_ko": ("보고서 안내", f"{number}부"),
        "segment_ids": (f"abcde-10{number}",),
        "quote_en": f"English sentence {number}.",
        "quote_ko": f"한국어 문장 {number}.",
        "links": (CitedLink(text="Portal", url="https://example.com/portal"),),
    }
    return Citation(**{**fields, **changes})


def answer(question: str, text: str, **changes) -> Answer:
    fields = {"language": "en", "confidence": 0.9, "mode": "extractive", "index": "g1"}
    return Answer(**{**fields, "question": question, "text": text, **changes})


class PlainAssistant:
    """Answers each question above in its own way, and any other by repeating it, in quotes and sources too."""

    def __init__(self) -> None:
        self.histories: list[list[dict[str, str]]] = []
        self.gate = threading.Event()  # holds up the one step of the answer to STUCK

    def answer(self, question, history):
        return list(self.stream(question, history))[-1]

    def stream(self, question, history):
        self.histories.append(history)
        cited = (citation(1), citation(2))
        if question == ENGLISH:
            whole = answer(
                question, "Only under an agreement. [1]\n- See the guide. [2]", verdict="no", citations=cited
            )
            yield whole.model_copy(update={"text": "Only under", "citations": ()})
            yield whole.model_copy(update={"suggestions": (KOREAN,)})
        elif question == KOREAN:
            yield answer(
                question,
                "계약이 있으면 됩니다. [1]",
                language="ko",
                verdict="conditional",
                condition="계약",
                citations=cited,
            )
        elif question == UNKNOWN:
            yield answer(question, "The documents do not state it.", abstained=True, suggestions=("Part 2",))
        elif question == REFUSED:
            raise QuestionTooLongError("The question is too long.", remedy="Ask less at once.")
        elif question == CRASHING:
            raise RuntimeError("secret internals")
        elif question == SLOW:
            for count in range(1, 300):
                yield answer(question, "word " * count)
                time.sleep(0.05)
        elif question == STUCK:
            self.gate.wait(timeout=60)
            yield answer(question, "Too late.")
        else:
            said = (citation(1, title=question, quote_en=question, quote_ko=question, segment_ids=(question,)),)
            yield answer(question, f"{question} [1]", notice=question, citations=said, suggestions=(question,))


def served(assistant):
    """The page on a free port of this machine, and its address.

    Built where an event loop runs, as Gradio otherwise makes loops that it never closes; in a thread of its own, as
    Playwright's loop runs in this one.
    """

    async def start():
        page = build_page(assistant, examples=[ENGLISH, KOREAN])
        return page, launch(page, host="127.0.0.1", port=0)

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(start())).result()


@pytest.fixture(scope="module")
def assistant():
    return PlainAssistant()


@pytest.fixture(scope="module")
def address(assistant):
    page, address = served(assistant)
    yield address
    page.close(verbose=False)


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    absent = pytest.fail if os.environ.get("SOC_REQUIRE_BROWSER") == "1" else pytest.skip
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed")
    if chromium is None:
        absent("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


class Tab:
    """One visitor's page, and what a user does with it."""

    def __init__(self, page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requested: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self.requested.append(request.url))

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.box.wait_for()

    @property
    def box(self):
        return self.page.locator("#question textarea")

    @property
    def latest(self):
        return self.page.locator("#chat .answer, #chat .failure").last

    def send(self, question: str) -> None:
        self.box.fill(question)
        self.box.press("Enter")

    def ask(self, question: str):
        """Ask and wait for the end of the answer; gives its element."""
        replies = self.page.locator("#chat .answer, #chat .failure")
        before = replies.count()
        self.send(question)
        replies.nth(before).wait_for()
        self.wait_until_idle()
        return self.latest

    def wait_until_idle(self) -> None:
        self.page.locator("#ask").wait_for(state="visible")
        self.page.locator("#chat .waiting").wait_for(state="detached")

    def foreign_requests(self) -> list[str]:
        local = ("127.0.0.1", "localhost", None)
        return [url for url in self.requested if urlsplit(url).hostname not in local]


@pytest.fixture
def open_tab(browser, address):
    """Opens a page; afterwards no console error may have come up and no request may have left this machine."""
    tabs, contexts = [], []

    def open_(viewport=DESKTOP, at=address, **options) -> Tab:
        context = browser.new_context(viewport=viewport, **options)
        context.set_default_timeout(PATIENCE)
        tab = Tab(context.new_page())
        contexts.append(context)
        tabs.append(tab)
        tab.open(at)
        return tab

    yield open_
    for context in contexts:
        context.close()
    for tab in tabs:
        assert tab.complaints == []
        assert tab.foreign_requests() == []


@pytest.fixture
def tab(open_tab):
    return open_tab()


def text_of(locator) -> str:
    return re.sub(r"\s+", " ", locator.inner_text()).strip()


def test_app_browser_answers_in_english(tab):
    reply = tab.ask(ENGLISH)
    assert text_of(reply.locator(".verdict")) == "No"
    assert reply.get_attribute("lang") == "en"
    assert "Only under an agreement. [1]" in text_of(reply)
    assert tab.box.input_value() == ""
    source = tab.page.locator("#source-0-1")
    for part in ("Guide to reports", "Part 1", "한국어 문장 1.", "English sentence 1.", "abcde-101", "Source page"):
        assert part in source.inner_text()


def test_app_browser_answers_in_korean(tab):
    reply = tab.ask(KOREAN)
    assert text_of(reply.locator(".verdict")) == "조건부"
    assert text_of(reply.locator(".condition")) == "조건 계약"
    source = tab.page.locator("#source-0-1")
    for part in ("1부", "한국어 문장 1.", "English sentence 1.", "원본 페이지"):
        assert part in source.inner_text()


def test_app_browser_says_what_is_not_stated(tab):
    reply = tab.ask(UNKNOWN)
    assert text_of(reply.locator(".verdict")) == "Not stated"
    assert "abstained" in reply.get_attribute("class")
    assert "cites no sentence" in tab.page.locator("#sources").inner_text()


def test_app_browser_citation_brings_up_its_source(tab):
    first = tab.ask(ENGLISH)
    first.locator("a.cite", has_text="[2]").click()
    assert "shown" in tab.page.locator("#source-0-2").get_attribute("class")
    tab.ask(KOREAN)
    old, new = tab.page.locator("#source-0-1"), tab.page.locator("#source-1-1")
    assert (old.is_visible(), new.is_visible()) == (False, True)
    tab.page.locator("#chat .answer").first.locator("a.cite", has_text="[1]").click()
    assert (old.is_visible(), new.is_visible()) == (True, False)
    assert "shown" in old.get_attribute("class")
    assert tab.page.evaluate("document.activeElement.id") == "source-0-1"
    assert tab.page.locator(".source.shown").count() == 1


def test_app_browser_example_and_suggestion_ask(tab, assistant):
    tab.box.fill("a draft")
    tab.page.locator("#chat button", has_text=ENGLISH).click()
    tab.page.locator("#chat .option", has_text=KOREAN).click()
    tab.page.locator("#chat .answer[lang=ko]").wait_for()
    tab.wait_until_idle()
    assert tab.page.locator("#chat .question").all_inner_texts() == [ENGLISH, KOREAN]
    assert tab.box.input_value() == "a draft"
    assert [turn["content"].split(".")[0] for turn in assistant.histories[-1]] == [ENGLISH, "Only under an agreement"]


def test_app_browser_shows_hostile_text_as_text(tab):
    reply = tab.ask(HOSTILE)
    assert tab.page.locator("#chat .question").inner_text() == HOSTILE
    assert HOSTILE in reply.locator(".text").inner_text()
    assert HOSTILE in tab.page.locator("#source-0-1 .quote.en").inner_text()
    tab.page.locator("#chat .option").click()
    tab.page.locator("#chat .answer").nth(1).wait_for()
    tab.wait_until_idle()
    assert tab.page.locator("#chat img, #sources img, #chat b:text('bold')").count() == 0
    assert tab.page.title() == wording.TITLE
    assert not [url for url in tab.requested if url.endswith("/x")]


def test_app_browser_error_keeps_the_question(tab):
    reply = tab.ask(REFUSED)
    assert text_of(reply) == "The question is too long. Ask less at once."
    tab.page.wait_for_function("document.querySelector('#question textarea').value !== ''")
    assert tab.box.input_value() == REFUSED
    assert text_of(tab.ask(ENGLISH).locator(".verdict")) == "No"


def test_app_browser_hides_unexpected_errors(tab):
    reply = tab.ask(CRASHING)
    assert wording.UNEXPECTED_PROBLEM in text_of(reply)
    assert "secret" not in tab.page.content()
    assert "Traceback" not in tab.page.content()


def test_app_browser_stops_and_clears(tab):
    tab.send(SLOW)
    tab.page.locator("#chat .answer", has_text="word word").wait_for()
    tab.page.locator("#stop").click()
    tab.page.locator("#chat .stopped").wait_for()
    tab.wait_until_idle()
    said = tab.latest.inner_text()
    assert text_of(tab.ask(ENGLISH).locator(".verdict")) == "No"
    assert tab.page.locator("#chat .answer").first.inner_text() == said
    tab.page.locator("#clear").click()
    tab.page.locator("#chat .answer").first.wait_for(state="detached")
    assert wording.NO_SOURCES["en"] in tab.page.locator("#sources").inner_text()
    tab.page.locator("#chat button", has_text=ENGLISH).wait_for()


def test_app_browser_stops_within_a_long_step_and_loses_no_question(tab, assistant):
    asked = []
    for number in range(3):
        assistant.gate.clear()
        tab.send(STUCK)
        tab.page.locator("#chat .waiting").wait_for()
        tab.page.locator("#stop").click()
        tab.page.locator("#chat .stopped").nth(number).wait_for()
        tab.wait_until_idle()
        tab.send(f"{number}?")
        tab.page.locator("#chat .answer", has_text=f"{number}? [1]").wait_for()
        assistant.gate.set()
        tab.wait_until_idle()
        asked += [STUCK, f"{number}?"]
    assert tab.page.locator("#chat .question").all_inner_texts() == asked
    assert tab.page.locator("#chat .answer, #chat .stopped").count() == len(asked)
    assert "Too late." not in tab.page.locator("#chat").inner_text()


def test_app_browser_clears_within_a_long_step(tab, assistant):
    assistant.gate.clear()
    tab.send(STUCK)
    tab.page.locator("#chat .waiting").wait_for()
    tab.page.locator("#clear").click()
    tab.page.locator("#chat .question").wait_for(state="detached")
    tab.wait_until_idle()
    tab.ask(UNKNOWN)
    assistant.gate.set()
    assert tab.page.locator("#chat .question").all_inner_texts() == [UNKNOWN]


def test_app_browser_serves_visitors_at_once(open_tab):
    slow, quick = open_tab(), open_tab()
    slow.send(SLOW)
    slow.page.locator("#chat .answer").wait_for()
    assert text_of(quick.ask(ENGLISH).locator(".verdict")) == "No"
    assert slow.page.locator("#stop").is_visible()
    slow.page.locator("#stop").click()
    slow.wait_until_idle()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_app_browser_fits_a_phone(open_tab, scheme):
    tab = open_tab(PHONE, color_scheme=scheme)
    reply = tab.ask(ENGLISH)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    chat, sources = tab.page.locator("#chat").bounding_box(), tab.page.locator("#sources").bounding_box()
    assert sources["y"] > chat["y"] + chat["height"]
    sizes = (
        "[...document.querySelectorAll('.answer .text, blockquote')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(tab.page.evaluate(sizes)) >= 15
    reply.locator("a.cite", has_text="[2]").click()
    in_view = "({ top, bottom }) => top >= 0 && bottom <= innerHeight"
    tab.page.wait_for_function(f"({in_view})(document.getElementById('source-0-2').getBoundingClientRect())")


def test_app_browser_page_lets_nothing_load_from_elsewhere(address):
    with urlopen(address) as response:
        policy = response.headers["content-security-policy"]
        assert response.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_app_browser_answers_the_nda_question(open_tab, tmp_path):
    page, address = served(Assistant.open(Settings(home=tmp_path)))
    try:
        tab = open_tab(at=address)
        asked = [
            ("can I get the SOC 2 report without an NDA", "No"),
            ("NDA 없이 SOC 2 보고서를 받을 수 있나요?", "아니요"),
        ]
        for question, verdict in asked:
            reply = tab.ask(question)
            assert text_of(reply.locator(".verdict")) == verdict
            source = tab.page.locator(".source:visible", has=tab.page.locator("code", has_text="0fdff-123"))
            reply.locator(f"a.cite[href='#{source.get_attribute('id')}']").first.click()
            assert "shown" in source.get_attribute("class")
            assert "비밀 유지 계약" in source.locator(".quote.ko").inner_text()
            assert "nondisclosure" in source.locator(".quote.en").inner_text()
    finally:
        page.close(verbose=False)

"""What browser tests share: a page over a predictable assistant, a real Chromium, and what a user does with a tab."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import PATIENCE, chromium
from fakes import Page, WordCounter, health_page, reports_page

from assistant.app import build_page
from assistant.app.server import launch
from assistant.feedback import Feedback
from assistant.library import Library
from assistant.records import Answer, Citation, CitedLink, Divergence
from corpus.errors import QuestionTooLongError
from ingest.index import build_index
from ingest.settings import Settings

# Gradio's queue computes statistics with two options of pandas that pandas has deprecated.
QUIET_QUEUE = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

DESKTOP, PHONE = {"width": 1360, "height": 800}, {"width": 360, "height": 740}

ENGLISH, KOREAN = "Is the report open?", "보고서를 볼 수 있나요?"
UNKNOWN, REFUSED, CRASHING, SLOW, STUCK = "Who is the cook?", "Too much?", "Crash?", "Slow?", "Stuck?"
DIVERGING = "How many days?"
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"> ${document.title='owned'} {{this}} "
    "![a](http://example.com/x.png) <b>bold</b>"
)


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


DIVERGENCE = Divergence(
    segment_id="abcde-101",
    kind="number",
    severity="major",
    en="Within 30 days.",
    ko="60일 이내.",
    explanation_en='Number: English says "30", Korean says "60".',
    explanation_ko='숫자: 영어는 "30", 한국어는 "60"입니다.',
)


def coverage_page() -> Page:
    """A page whose list names two services, one of them with a condition, and a segment whose languages disagree."""
    return (
        Page("iso")
        .heading("ISO 27001 표준", "ISO 27001 Standard")
        .heading("적용 범위", "In-scope services", level=2)
        .items(("Azure", "Azure"), ("묶음의 일부인 Intune", "Intune as part of a bundle"))
        .heading("기간", "Term", level=2)
        .paragraph(("인증서는 60일 안에 갱신합니다.", "Certificates are renewed within 30 days."))
    )


def soc_page() -> Page:
    """A page whose list leaves out what the other one names."""
    page = Page("soc").heading("SOC 2 보고서", "SOC 2 Report").heading("적용 범위", "In-scope services", level=2)
    return page.items(("Azure", "Azure"))


class PlainAssistant:
    """Answers each question above in its own way, and any other by repeating it, in quotes and sources too."""

    def __init__(self, home) -> None:
        self.library = Library(Settings(home=home), WordCounter())
        self.feedback = Feedback(home / "feedback.sqlite3")
        self.histories: list[list[dict[str, str]]] = []
        self.broken_off = threading.Event()  # an answer to SLOW was
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
        elif question == DIVERGING:
            yield answer(question, "Thirty days. [1]", citations=cited[:1], divergences=(DIVERGENCE,))
        elif question == UNKNOWN:
            yield answer(question, "The documents do not state it.", abstained=True, suggestions=("Part 2",))
        elif question == REFUSED:
            raise QuestionTooLongError(
                "The question has 5000 characters; at most 4000 are read.", remedy="Ask in a sentence or two."
            )
        elif question == CRASHING:
            raise RuntimeError("secret internals")
        elif question == SLOW:
            yield from self._slowly(question)
        elif question == STUCK:
            self.gate.wait(timeout=60)
            yield answer(question, "Too late.")
        else:
            said = (citation(1, title=question, quote_en=question, quote_ko=question, segment_ids=(question,)),)
            yield answer(question, f"{question} [1]", notice=question, citations=said, suggestions=(question,))

    def _slowly(self, question):
        try:
            for count in range(1, 300):
                yield answer(question, "word " * count)
                time.sleep(0.05)
        except GeneratorExit:
            self.broken_off.set()
            raise


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
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browsed")
    for page in (reports_page(), health_page(), coverage_page(), soc_page()):
        page.write(folder / "pages")
    build_index(folder / "home", [folder / "pages"], WordCounter())
    return PlainAssistant(folder / "home")


@pytest.fixture(scope="module")
def address(assistant):
    page, address = served(assistant)
    yield address
    page.close(verbose=False)


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


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

    def to(self, name: str) -> None:
        """Turn to a tab, by the words on it."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def reload(self) -> None:
        """Reload, and wait for the conversation. What the page that goes away says of its cut connection is ignored."""
        known = len(self.complaints)
        self.page.reload()
        del self.complaints[known:]
        self.page.locator("#chat .answer, #chat .stopped, #chat .failure").first.wait_for()
        self.wait_until_idle()

    def saved(self, button: str) -> bytes:
        """What the file holds that a press on a button saves."""
        with self.page.expect_download() as download:
            self.page.locator(button).click()
        return Path(download.value.path()).read_bytes()

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

"""The chat as a user has it: in a real Chromium, over loopback."""

from __future__ import annotations

from urllib.request import urlopen

import pytest
from browsing import (
    CRASHING,
    DIVERGING,
    ENGLISH,
    HOSTILE,
    KOREAN,
    PHONE,
    QUIET_QUEUE,
    REFUSED,
    SLOW,
    STUCK,
    UNKNOWN,
    address,
    assistant,
    browser,
    open_tab,
    served,
    tab,
    text_of,
)

from assistant import Assistant
from assistant.app.wording import TITLE, words
from ingest.settings import Settings

__all__ = ["address", "assistant", "browser", "open_tab", "tab"]  # fixtures

pytestmark = QUIET_QUEUE


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
    assert tab.page.title() == TITLE
    assert not [url for url in tab.requested if url.endswith("/x")]


def test_app_browser_error_keeps_the_question(tab):
    reply = tab.ask(REFUSED)
    assert text_of(reply) == "The question has 5000 characters; at most 4000 are read. Ask in a sentence or two."
    tab.page.wait_for_function("document.querySelector('#question textarea').value !== ''")
    assert tab.box.input_value() == REFUSED
    assert text_of(tab.ask(ENGLISH).locator(".verdict")) == "No"


def test_app_browser_hides_unexpected_errors(tab):
    reply = tab.ask(CRASHING)
    assert words("en")["unexpected_problem"] in text_of(reply)
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
    assert words("en")["no_sources"] in tab.page.locator("#sources").inner_text()
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


def test_app_browser_page_is_in_the_browsers_language_and_can_be_switched(open_tab):
    tab = open_tab(locale="ko-KR")
    assert tab.page.evaluate("document.documentElement.lang") == "ko"
    for part in (words("ko")["purpose"], words("ko")["welcome"], words("ko")["no_sources"]):
        assert part in tab.page.locator("main").inner_text()
    assert tab.box.get_attribute("placeholder") == words("ko")["question_hint"]
    tab.ask(ENGLISH)
    tab.page.get_by_role("button", name="English").click()
    tab.page.get_by_role("tab", name=words("en")["tab_coverage"]).wait_for()
    tab.page.locator("#chat .answer").wait_for()
    assert tab.page.evaluate("document.documentElement.lang") == "en"
    assert tab.page.locator("#ask").inner_text() == words("en")["ask"]
    assert tab.page.locator("#chat .question").all_inner_texts() == [ENGLISH]
    assert tab.page.get_by_role("button", name="English").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_app_browser_looks_as_the_browser_does_until_it_is_switched_and_remembers(open_tab, scheme):
    tab, is_dark = open_tab(color_scheme=scheme), "document.body.classList.contains('dark')"
    switch = tab.page.get_by_role("button", name=words("en")["dark"])
    switch.wait_for()
    assert tab.page.evaluate(is_dark) is (scheme == "dark")
    tab.page.locator(f"#header [aria-pressed={str(scheme == 'dark').lower()}][data-theme]").wait_for()
    switch.click()
    assert tab.page.evaluate(is_dark) is (scheme != "dark")
    tab.page.reload()
    tab.page.locator(f"#header [aria-pressed={str(scheme != 'dark').lower()}][data-theme]").wait_for()
    assert tab.page.evaluate(is_dark) is (scheme != "dark")
    assert "theme" not in tab.page.url
    switch.click()
    assert tab.page.evaluate("localStorage.getItem('soc-theme')") is None


def test_app_browser_error_is_told_in_korean(open_tab):
    reply = open_tab(locale="ko-KR").ask(REFUSED)
    assert text_of(reply) == "질문이 5000자입니다. 최대 4000자까지 읽을 수 있습니다. 한두 문장으로 질문해 주세요."


def test_app_browser_conversation_outlives_a_reload_with_its_citations(tab):
    tab.ask(ENGLISH)
    tab.ask(KOREAN)
    tab.reload()
    assert tab.page.locator("#chat .question").all_inner_texts() == [ENGLISH, KOREAN]
    tab.page.locator("#chat .answer").first.locator("a.cite", has_text="[2]").click()
    assert "English sentence 2." in tab.page.locator("#source-0-2:visible").inner_text()
    tab.page.locator("#clear").click()
    tab.page.locator("#chat .question").first.wait_for(state="detached")
    tab.page.wait_for_function("!sessionStorage.getItem('soc-conversation')")


def test_app_browser_reload_in_the_middle_of_an_answer_keeps_the_question(tab, assistant):
    assistant.gate.clear()
    tab.send(STUCK)
    tab.page.locator("#chat .waiting").wait_for()
    tab.page.wait_for_function("sessionStorage.getItem('soc-conversation')")
    tab.reload()
    assistant.gate.set()
    assert tab.page.locator("#chat .question").all_inner_texts() == [STUCK]
    assert tab.page.locator("#chat .stopped").is_visible()
    tab.page.get_by_role("button", name=words("en")["retry"]).click()
    tab.page.locator("#chat .answer", has_text="Too late.").wait_for()
    tab.wait_until_idle()


def test_app_browser_two_tabs_do_not_mix(open_tab, address):
    first = open_tab()
    first.ask(ENGLISH)
    second = first.page.context.new_page()
    second.goto(address)
    second.locator("#question textarea").fill(UNKNOWN)
    second.locator("#question textarea").press("Enter")
    second.locator("#chat .abstained").wait_for()
    first.reload()
    assert first.page.locator("#chat .question").all_inner_texts() == [ENGLISH]


def test_app_browser_answer_of_one_who_left_is_broken_off_and_others_go_on(open_tab, assistant):
    leaving, staying = open_tab(), open_tab()
    assistant.broken_off.clear()
    leaving.send(SLOW)
    leaving.page.locator("#chat .answer", has_text="word word").wait_for()
    leaving.page.close()
    assert text_of(staying.ask(ENGLISH).locator(".verdict")) == "No"
    assert assistant.broken_off.wait(timeout=60)


def test_app_browser_link_asks_its_question_once(open_tab, address):
    tab = open_tab(at=f"{address}?q=Is+the+report+open%3F")
    tab.page.locator("#chat .answer .verdict").wait_for()
    tab.wait_until_idle()
    assert tab.page.locator("#chat .question").all_inner_texts() == [ENGLISH]
    assert "q=" not in tab.page.url
    tab.reload()
    assert tab.page.locator("#chat .question").all_inner_texts() == [ENGLISH]


def test_app_browser_edits_an_earlier_question(tab, assistant):
    tab.ask(ENGLISH)
    tab.ask(UNKNOWN)
    edit = tab.page.locator("#chat [data-do=edit]").first
    edit.click()
    tab.page.wait_for_function("document.querySelector('#question textarea').value !== ''")
    assert tab.box.input_value() == ENGLISH
    tab.page.locator("#cancel").click()
    tab.page.locator("#editing").wait_for(state="hidden")
    assert tab.box.input_value() == ""
    edit.click()
    tab.page.locator("#editing").wait_for()
    tab.send(KOREAN)
    tab.page.locator("#chat .answer[lang=ko]").wait_for()
    tab.wait_until_idle()
    assert tab.page.locator("#chat .question").all_inner_texts() == [KOREAN]
    assert assistant.histories[-1] == []
    assert tab.page.locator("#editing").is_hidden()


def test_app_browser_judgement_is_stored_with_what_replays_it(tab, assistant):
    tab.ask(ENGLISH)
    tab.page.locator("#chat [data-liked='0']").click()
    tab.page.get_by_role("button", name=words("en")["reason_source"]).click()
    tab.page.locator("#chat [aria-pressed=true]", has_text=words("en")["reason_source"]).wait_for()
    tab.page.locator("form.why input").fill("page 3 <b>")
    tab.page.locator("form.why button").click()
    tab.page.wait_for_function("document.querySelector('form.why input').getAttribute('value') === 'page 3 <b>'")
    [rated] = assistant.feedback.ratings()
    assert (rated.liked, rated.reason, rated.question) == (False, "page 3 <b>", ENGLISH)
    assert rated.answer.citations[0].segment_ids == ("abcde-101",)
    tab.reload()
    assert tab.page.locator("#chat [data-liked='0']").first.get_attribute("aria-pressed") == "true"


def test_app_browser_copies_a_citation(open_tab):
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.ask(KOREAN)
    tab.page.locator("#source-0-1").get_by_role("button", name=words("ko")["copy_citation"]).click()
    tab.page.locator("#said", has_text=words("ko")["copied"]).wait_for()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == "“한국어 문장 1.” — Guide to reports, 보고서 안내 › 1부, abcde-101, https://example.com/guide"


def test_app_browser_shows_both_readings_of_a_divergence(tab):
    notice = tab.ask(DIVERGING).locator(".divergence")
    assert words("en")["divergence_title"] in text_of(notice)
    assert notice.locator("mark").all_inner_texts() == ["60", "30"]
    assert notice.evaluate("element => getComputedStyle(element).borderTopWidth") == "1px"


def test_app_browser_saves_the_conversation(tab):
    tab.ask(ENGLISH)
    tab.ask(HOSTILE)
    text = tab.saved("#save-markdown").decode()
    assert f"## {ENGLISH}" in text
    assert "한국어 문장 1." in text
    printed = tab.page.context.new_page()
    printed.set_content(tab.saved("#save-html").decode())
    assert "English sentence 2." in printed.inner_text("body")
    assert HOSTILE in printed.inner_text("body")
    assert printed.locator("img").count() == 0


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

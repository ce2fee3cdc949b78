"""The other tabs as a user has them: in a real Chromium, over loopback, in both languages, on a phone and a desk."""

from __future__ import annotations

import csv
import io
import threading

import pytest
from browsing import (
    DESKTOP,
    DIVERGING,
    ENGLISH,
    PHONE,
    QUIET_QUEUE,
    address,
    assistant,
    browser,
    open_tab,
    tab,
    text_of,
)
from fakes import Page
from openpyxl import load_workbook

from assistant.app.wording import words
from corpus.documents import MAX_BYTES

__all__ = ["address", "assistant", "browser", "open_tab", "tab"]  # fixtures

pytestmark = QUIET_QUEUE
VISITORS = [("en", "en-US", DESKTOP), ("ko", "ko-KR", PHONE)]
SAYS = words("en")


@pytest.mark.parametrize(("language", "locale", "viewport"), VISITORS)
def test_tabs_coverage_cell_opens_its_evidence_and_the_document(open_tab, language, locale, viewport):
    says, tab = words(language), open_tab(viewport, locale=locale)
    tab.to(says["tab_coverage"])
    tab.page.locator("table.matrix").wait_for()
    tab.page.get_by_role("button", name=f"Intune, ISO 27001 Standard: {says['qualified']}").click()
    evidence = tab.page.locator("#coverage-evidence .cell-evidence")
    evidence.wait_for()
    assert "Intune as part of a bundle" in evidence.inner_text()
    assert "묶음의 일부인 Intune" in evidence.inner_text()
    evidence.get_by_role("button", name=says["open_in_document"]).click()
    shown = tab.page.locator("#reader .pair.shown:visible")
    shown.wait_for()
    assert shown.get_attribute("data-segment") == "iso-4"
    tab.page.wait_for_function("document.activeElement.dataset.segment === 'iso-4'")
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_tabs_coverage_filters_and_saves_what_is_left(tab):
    tab.to(SAYS["tab_coverage"])
    table = tab.page.locator("table.matrix")
    table.wait_for()
    assert table.locator("tbody th").all_inner_texts() == ["Azure", "Intune"]
    tab.page.locator("#coverage-search textarea").fill("tune")
    tab.page.wait_for_function("document.querySelectorAll('table.matrix tbody th').length === 1")
    lines = list(csv.reader(io.StringIO(tab.saved("#coverage-csv").decode("utf-8-sig"))))
    assert lines[1] == ["Intune", SAYS["qualified"], SAYS["not_listed"]]
    sheet = load_workbook(io.BytesIO(tab.saved("#coverage-xlsx"))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == lines
    tab.page.locator("#coverage-search textarea").fill("nothing like it")
    tab.page.locator("#coverage-table .empty", has_text=SAYS["coverage_empty"]).wait_for()


@pytest.mark.parametrize(("language", "locale", "viewport"), VISITORS)
def test_tabs_divergence_is_judged_and_saved(open_tab, assistant, language, locale, viewport):
    says, tab = words(language), open_tab(viewport, locale=locale)
    tab.to(says["tab_divergences"])
    finding = tab.page.locator(".finding", has_text="iso-6")
    finding.wait_for()
    korean, english = finding.locator("mark").all_inner_texts()
    assert ("60" in korean, "30" in english) == (True, True)
    finding.get_by_role("button", name=says["false_alarm"]).click()
    tab.page.locator(".finding.false_alarm", has_text="iso-6").wait_for()
    assert list(assistant.feedback.reviews().values()) == ["false_alarm"]
    lines = list(csv.DictReader(io.StringIO(tab.saved("#divergences-csv").decode("utf-8-sig"))))
    assert says["false_alarm"] in {line["status"] for line in lines}
    finding.get_by_role("button", name=says["false_alarm"]).click()
    tab.page.locator(".finding.open", has_text="iso-6").wait_for()
    assert assistant.feedback.reviews() == {}
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def manage(tab, says) -> None:
    tab.to(says["tab_documents"])
    tab.page.locator("#reader .pair").first.wait_for()
    tab.page.get_by_role("button", name=says["manage"]).click()
    tab.page.locator("#upload input[type=file]").wait_for(state="attached")


def upload(tab, *paths) -> None:
    tab.page.locator("#upload input[type=file]").set_input_files([str(path) for path in paths])
    tab.page.locator("#upload", has_text=paths[0].name[:5]).wait_for()
    tab.page.locator("#add").click()


def test_tabs_document_is_added_read_and_removed_while_others_ask(open_tab, assistant, tmp_path):
    path = Page("tax").heading("세금", "Taxes").paragraph(("매년 냅니다.", "They are paid every year.")).write(tmp_path)
    tab, other = open_tab(), open_tab()
    manage(tab, SAYS)
    upload(tab, path)
    assert text_of(other.ask(ENGLISH).locator(".verdict")) == "No"
    tab.page.locator("#outcome .done", has_text="tax").wait_for()
    assert tab.page.locator("#reader h2").first.inner_text() == "세금"
    assert "They are paid every year." in tab.page.locator("#reader").inner_text()
    assert [one.id for one in assistant.library.holdings().documents] == ["health", "iso", "reports", "soc", "tax"]
    tab.page.locator("#remove").click()
    tab.page.locator("#remove-yes").click()
    tab.page.locator("#outcome .done", has_text=SAYS["removed"].split(":")[0]).wait_for()
    assert "tax" not in assistant.library.holdings().by_id


def test_tabs_folder_is_added_with_its_subfolders(open_tab, assistant, tmp_path):
    for place, title in (("law", "Law"), ("law/old", "Old law"), ("tax", "Tax")):
        (tmp_path / "all" / place).mkdir(parents=True)
        Page("page").heading(f"{title} 문서", title).paragraph((f"{title} 글", title)).write(tmp_path / "all" / place)
    (tmp_path / "all" / "photo.png").write_bytes(b"x")
    tab = open_tab()
    manage(tab, SAYS)
    tab.page.locator("#upload-folder input[type=file]").set_input_files(str(tmp_path / "all"))
    tab.page.locator("#upload-folder", has_text="page").first.wait_for()
    try:
        tab.page.locator("#add").click()
        tab.page.locator("#outcome .done", has_text="law/old/page").wait_for()
        held = assistant.library.holdings().by_id
        titles = [held[name].title_en for name in ("law/page", "law/old/page", "tax/page")]
        assert titles == ["Law", "Old law", "Tax"]
    finally:
        assistant.library.remove(["law/page", "law/old/page", "tax/page"])


def test_tabs_upload_that_cannot_be_read_is_told_in_korean_and_changes_nothing(open_tab, assistant, tmp_path):
    generation = assistant.library.holdings().generation
    path = tmp_path / "<img src=x onerror=alert(1)>.md"
    path.write_bytes("세금".encode("euc-kr"))
    tab = open_tab(locale="ko-KR")
    manage(tab, words("ko"))
    upload(tab, path)
    failure = tab.page.locator("#outcome .failure")
    failure.wait_for()
    assert "추가한 문서가 없습니다." in failure.inner_text()
    assert "1행: 0번째 위치의 바이트 0xbc: UTF-8이 아닙니다." in failure.inner_text()
    assert "UTF-8로 저장한 한국어·영어 병렬 Markdown" in failure.inner_text()
    assert tab.page.locator("img[src=x]").count() == 0
    assert assistant.library.holdings().generation == generation


@pytest.mark.parametrize(("name", "size"), [("big.md", MAX_BYTES + 1), ("run.exe", 10)])
def test_tabs_upload_over_the_limit_or_of_another_kind_is_told_in_korean(open_tab, tmp_path, name, size):
    tab = open_tab(locale="ko-KR")
    manage(tab, words("ko"))
    (tmp_path / name).write_bytes(b"x" * size)
    tab.page.locator("#upload input[type=file]").set_input_files(str(tmp_path / name))
    tab.page.locator("#said", has_text=name).wait_for()
    assert "파일당 최대 20MB" in tab.page.locator("#said").inner_text()
    assert name not in tab.page.locator("#upload").inner_text()


def test_tabs_documents_of_hostile_text_run_nothing(open_tab, assistant, tmp_path):
    hostile = "&lt;img src=x onerror=\"document.title='owned'\"&gt; ![a](http://example.com/x.png) javascript:alert(1)"
    path = Page("evil").heading(hostile, hostile).paragraph((hostile, hostile)).write(tmp_path)
    assistant.library.add({path.name: path})
    try:
        tab = open_tab()
        tab.to(SAYS["tab_documents"])
        tab.page.locator("#reader .pair").first.wait_for()
        tab.page.locator("#documents-choice input").click()
        tab.page.locator("[role=option]", has_text="evil").click()
        tab.page.locator("#reader .pair", has_text="owned").first.wait_for()
        assert tab.page.locator("#reader img").count() == 0
        assert tab.page.title() != "owned"
    finally:
        assistant.library.remove(["evil"])


def test_tabs_source_opens_in_its_document_or_says_that_it_is_gone(tab):
    tab.ask(DIVERGING)
    tab.page.locator("#source-0-1").get_by_role("button", name=SAYS["open_in_document"]).click()
    gone = tab.page.locator("#reader .empty")
    gone.wait_for()
    assert gone.inner_text() == SAYS["gone_document"]
    assert tab.page.get_by_role("tab", name=SAYS["tab_documents"]).get_attribute("aria-selected") == "true"
    assert tab.page.locator("#documents-choice input").input_value() == ""


def serious_faults(tab) -> dict[str, list[str]]:
    """What axe-core finds that keeps people out, by rule."""
    from axe_playwright_python.sync_playwright import Axe

    # A colour on its way to another one has no contrast to judge.
    tab.page.wait_for_function(
        "document.getAnimations().every((one) => one.playState !== 'running' || "
        "one.effect.getComputedTiming().endTime === Infinity)"
    )
    return {
        violation["id"]: [node["html"][:200] for node in violation["nodes"][:3]]
        for violation in Axe().run(tab.page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    }


@pytest.mark.parametrize(("language", "locale", "viewport"), VISITORS)
def test_tabs_are_accessible(open_tab, language, locale, viewport):
    scheme = "dark" if viewport == PHONE else "light"
    says, tab = words(language), open_tab(viewport, locale=locale, color_scheme=scheme)
    tab.page.locator("#chat .examples[role=group]").wait_for()
    found = {"start": serious_faults(tab)}
    tab.ask(DIVERGING)
    tab.page.locator("#chat [data-liked='0']").click()
    tab.page.locator("form.why").wait_for()
    for name, ready in (
        ("chat", "#chat .divergence"),
        ("coverage", "table.matrix"),
        ("documents", "#reader h2"),
        ("divergences", ".finding"),
    ):
        tab.to(says[f"tab_{name}"])
        tab.page.locator(f"{ready}:visible").first.wait_for()
        found[name] = serious_faults(tab)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_tabs_error_while_saving_is_told_in_korean(open_tab, assistant):
    tab, pointer = open_tab(locale="ko-KR"), assistant.library.home / "current"
    tab.to(words("ko")["tab_coverage"])
    tab.page.locator("table.matrix").wait_for()
    kept = pointer.read_text(encoding="utf-8")
    pointer.write_text("<img src=x onerror=alert(1)>", encoding="utf-8")
    try:
        tab.page.locator("#coverage-csv").click()
        tab.page.locator(".toast-body", has_text="다음 명령으로 다시 만드세요: python -m ingest.").wait_for()
        assert tab.page.locator("img[src=x]").count() == 0
    finally:
        pointer.write_text(kept, encoding="utf-8")


def test_tabs_answers_keep_coming_while_documents_change(assistant, tab, tmp_path):
    path = Page("tax").heading("세금", "Taxes").paragraph(("매년 냅니다.", "They are paid every year.")).write(tmp_path)
    changing = threading.Thread(target=lambda: assistant.library.add({path.name: path}))
    changing.start()
    try:
        while changing.is_alive():
            tab.ask(ENGLISH)
    finally:
        changing.join()
        assistant.library.remove(["tax"])
    assert tab.page.locator("#chat .failure").count() == 0

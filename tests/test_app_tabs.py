"""What the tabs show and save, without a browser."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

import pytest
from fakes import Page, WordCounter
from openpyxl import load_workbook
from test_app import ANSWER, CITATION, DIVERGENCE, HOSTILE, Elements

from assistant.app import coverage, divergences, documents
from assistant.app.export import markdown, printable
from assistant.app.parts import file_to_save
from assistant.app.turns import Turn
from assistant.app.wording import LANGUAGES, words
from assistant.library import Holdings, Library
from corpus.divergence import Divergence
from corpus.documents import load_documents
from corpus.matrix import Matrix
from ingest.index import build_index
from ingest.settings import Settings

BLANK = " ".join(HOSTILE.split())


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "standards"
    for name, title, services in (
        ("iso", "ISO 27001 Standard", ("Azure", "=Evil", "Intune as part of a bundle")),
        ("soc", "SOC 2 Report", ("Azure",)),
    ):
        page = Page(name).heading(f"{title} 표준", title).heading("적용 범위", "In-scope services", level=2)
        page.items(*((service, service) for service in services)).write(folder)
    return folder


@pytest.fixture
def matrix(folder):
    return Matrix(load_documents(folder).documents)


def view(matrix, search="", chosen=(), standing="all"):
    return coverage.View.of(matrix, search, chosen, standing)


def shown(matrix, **filters):
    chosen = view(matrix, **filters)
    return [matrix.shown[service] for service in chosen.services], [one.label for one in chosen.standards]


def test_coverage_filters_by_text_standard_and_standing(matrix):
    everything = (["=Evil", "Azure", "Intune"], ["ISO 27001 Standard", "SOC 2 Report"])
    assert shown(matrix) == everything
    assert shown(matrix, search="  aZuRe ") == (["Azure"], everything[1])
    assert shown(matrix, search="인튠") == (["Intune"], everything[1])
    assert shown(matrix, chosen=["soc"]) == (everything[0], ["SOC 2 Report"])
    assert shown(matrix, standing="qualified") == (["Intune"], ["ISO 27001 Standard"])
    assert shown(matrix, search="nothing") == ([], everything[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_coverage_cell_is_named_for_those_who_do_not_see_it(matrix, language):
    table = Elements(coverage.table_html(view(matrix), language, limit=40))
    labels = [attrs["aria-label"] for tag, attrs in table.tags if tag == "button"]
    assert f"Azure, SOC 2 Report: {words(language)['in_scope']}" in labels
    assert f"Intune, SOC 2 Report: {words(language)['not_listed']}" in labels
    assert len(labels) == 6
    assert table.open == []


def test_coverage_shows_no_more_services_than_asked(matrix):
    table = Elements(coverage.table_html(view(matrix), "en", limit=1))
    assert len([tag for tag, _ in table.tags if tag == "button"]) == 2
    assert "1 of 3 services" in table.text


def test_coverage_says_when_nothing_is_left(matrix, tmp_path):
    assert words("en")["coverage_empty"] in coverage.table_html(view(matrix, search="zzz"), "en", limit=9)
    Page("x").heading("가", "A").paragraph(("나", "B")).write(tmp_path / "none")
    empty = Matrix(load_documents(tmp_path / "none").documents)
    assert words("ko")["coverage_none"] in coverage.table_html(view(empty), "ko", limit=9)


def test_coverage_evidence_leads_to_its_segment(matrix):
    found = Elements(coverage.evidence_html(matrix, "iso", "intune", "en"))
    assert "Intune as part of a bundle" in found.text
    assert words("en")["qualified_means"] in found.text
    [opening] = [attrs for tag, attrs in found.tags if tag == "button"]
    assert (opening["data-do"], opening["data-document"], opening["data-segment"]) == ("select", "iso", "iso-5")


@pytest.mark.parametrize(("standard", "service"), [("", ""), ("iso", ""), ("", "azure"), ("gone", "azure")])
def test_coverage_evidence_of_no_cell_is_the_hint(matrix, standard, service):
    assert words("en")["evidence_hint"] in coverage.evidence_html(matrix, standard, service, "en")


def test_coverage_csv_and_excel_hold_the_view_and_no_formula(matrix):
    lines = list(csv.reader(io.StringIO(coverage.as_csv(view(matrix), "en"))))
    assert lines == [
        ["Service", "ISO 27001 Standard", "SOC 2 Report"],
        ["'=Evil", "In scope", "Not listed"],
        ["Azure", "In scope", "In scope"],
        ["Intune", "In scope, with a condition", "Not listed"],
    ]
    sheet = load_workbook(io.BytesIO(coverage.as_xlsx(view(matrix), "en"))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == lines
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    korean = list(csv.reader(io.StringIO(coverage.as_csv(view(matrix), "ko"))))
    assert korean[0] == ["서비스", "ISO 27001 Standard 표준", "SOC 2 Report 표준"]


def held(folder):
    return Holdings("g1", "2026-01-02T03:04:05+00:00", load_documents(folder).documents, {})


def test_documents_reader_shows_both_languages_and_points_one_segment_out(folder):
    found = held(folder)
    page = Elements(documents.document_html(found.by_id["iso"], found, "en", segment="iso-3"))
    [pointed] = page.with_class("shown")
    assert (pointed["data-segment"], pointed["tabindex"]) == ("iso-3", "-1")
    for part in ("ISO 27001 Standard 표준", "적용 범위", "In-scope services", "g1", "not stated"):
        assert part in page.text
    assert page.open == []


def test_documents_reader_shows_hostile_documents_as_text(tmp_path):
    hostile = HOSTILE.replace("<", "&lt;").replace(">", "&gt;").replace("&amp;", "&amp;amp;")
    Page("x").heading(hostile, hostile).paragraph((hostile, hostile)).write(tmp_path / "x")
    found = held(tmp_path / "x")
    page = Elements(documents.document_html(found.documents[0], found, "en"))
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "script"})
    assert "onerror" in page.text


def test_documents_problems_name_the_file_and_not_where_it_lies(tmp_path):
    (tmp_path / "odd.md").write_text('# A\n\n<span data-ttu-id="a">가</span>\n', encoding="utf-8")
    problems = load_documents(tmp_path).problems
    told = documents.problems_html(problems, "ko")
    assert problems
    assert "odd.md" in told
    assert str(tmp_path) not in told
    assert words("en")["no_problems"] in documents.problems_html((), "en")


@pytest.mark.parametrize(
    ("host", "refused"), [("127.0.0.1", False), ("::1", False), ("192.168.1.5", True), ("8.8.8.8", True), ("?", True)]
)
def test_documents_change_only_from_this_machine(host, refused):
    request = SimpleNamespace(client=SimpleNamespace(host=host))
    assert bool(documents._refusal(request, "ko")) is refused


def test_documents_of_a_folder_keep_their_place_in_it():
    uploads = documents._uploads([], ["/u/1/a.md", "/u/2/sub∕deep∕a.md"])
    assert {name: str(path) for name, path in uploads.items()} == {
        "a.md": "/u/1/a.md",
        "sub/deep/a.md": "/u/2/sub∕deep∕a.md",
    }


def test_documents_namesakes_out_of_several_folders_are_numbered():
    uploads = documents._uploads(["/u/1/a.md"], ["/u/2/a.md", "/u/3/a.md", "/u/4/photo.png", "/u/1/a.md"])
    assert {name: str(path) for name, path in uploads.items()} == {
        "a.md": "/u/1/a.md",
        "a-2.md": "/u/2/a.md",
        "a-3.md": "/u/3/a.md",
    }


ONE = Divergence("a-1", "number", "major", "Within 30 days", "60일 이내", 'says "30", "60"', '"30", "60"', 0.9)
TWO = Divergence("a-2", "term", "minor", "=x", HOSTILE, "", "", 0.5)


def rows(folder):
    document = held(folder).by_id["iso"]
    return [divergences.Row(document, ONE, None), divergences.Row(document, TWO, "reviewed")]


@pytest.mark.parametrize(
    ("severity", "kinds", "status", "left"),
    [
        ("all", [], "all", ["a-1", "a-2"]),
        ("major", [], "all", ["a-1"]),
        ("all", ["term"], "all", ["a-2"]),
        ("all", [], "open", ["a-1"]),
        ("all", [], "reviewed", ["a-2"]),
        ("major", [], "false_alarm", []),
    ],
)
def test_divergences_filter(folder, severity, kinds, status, left):
    kept = divergences.filtered(rows(folder), severity, kinds, status)
    assert [row.divergence.segment_id for row in kept] == left


def test_divergences_mark_what_differs_and_offer_a_judgement(folder):
    table = Elements(divergences.table_html(rows(folder), rows(folder), "en", limit=9))
    assert [tag for tag, _ in table.tags].count("mark") == 2
    assert "2 of 2: 1 major, 1 minor" in table.text
    deeds = [(attrs["data-do"], attrs.get("data-status"), attrs.get("aria-pressed")) for tag, attrs in table.tags
             if tag == "button"]  # fmt: skip
    assert deeds == [
        ("select", None, None),
        ("apply", "reviewed", "false"),
        ("apply", "false_alarm", "false"),
        ("select", None, None),
        ("apply", "", "true"),
        ("apply", "false_alarm", "false"),
    ]
    assert {tag for tag, _ in table.tags}.isdisjoint({"img", "script"})


def test_divergences_csv_holds_the_status_and_no_formula(folder):
    lines = list(csv.DictReader(io.StringIO(divergences.as_csv(rows(folder), "ko"))))
    assert [(line["segment_id"], line["severity"], line["status"]) for line in lines] == [
        ("a-1", "중대", "미검토"),
        ("a-2", "경미", "검토함"),
    ]
    assert lines[1]["en"] == "'=x"


TURNS = [
    Turn(question=HOSTILE, answer=ANSWER.model_copy(update={"divergences": (DIVERGENCE,)}), state="done"),
    Turn(
        question="q",
        answer=ANSWER.model_copy(
            update={"text": f"{HOSTILE} [1]\n- x", "citations": (CITATION.model_copy(update={"quote_en": HOSTILE}),)}
        ),
        state="stopped",
    ),
    Turn(question="unanswered", state="stopped"),
]


def test_export_to_print_holds_everything_and_loads_nothing():
    page = Elements(printable(TURNS, "ko").removeprefix("<!doctype html>"))
    for part in ("No. Reports are restricted. [1]", "보고서는 제한됩니다.", "0fdff-123 0fdff-p105", "60일 이내"):
        assert part in page.text
    assert BLANK in " ".join(page.text.split())
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "script", "link"})


def test_export_as_markdown_holds_everything_and_nothing_else_speaks():
    from markdown_it import MarkdownIt

    text = markdown(TURNS, "en")
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    assert "<img" not in html
    assert "<script" not in html
    assert "<strong>No</strong>" in html
    for part in (
        "Reports are restricted. [1]",
        "보고서는 제한됩니다.",
        "https://example.com/soc",
        "0fdff-p105",
        "unanswered",
    ):
        assert part in html


def test_file_to_save_is_a_new_value_each_time():
    first, second = (file_to_save("a.csv", "가", type="text/csv") for _ in range(2))
    assert first["content"] == second["content"] == "6rCA"
    assert first != second


def test_holdings_matrix_follows_a_change(home, folder, tmp_path):
    build_index(home, [folder], WordCounter())
    library = Library(Settings(home=home), WordCounter())
    assert len(library.holdings().matrix.standards) == 2
    library.remove(["soc"])
    assert [one.id for one in library.holdings().matrix.standards] == ["iso"]

"""Standards against services."""

from __future__ import annotations

import pytest
from fakes import Page

from corpus.documents import bundled_path, load_documents
from corpus.matrix import Matrix


def load(tmp_path, *pages):
    for page in pages:
        page.write(tmp_path)
    return load_documents(tmp_path).documents


def listing(name, title, *services):
    pairs = [(service, service) for service in services]
    return Page(name).heading(title, title).heading("범위", "In-scope services", level=2).items(*pairs)


@pytest.fixture
def matrix(tmp_path):
    first = listing("iso", "ISO 27001 Standard", "Azure", "Office 365", "Intune as part of a bundle")
    second = listing("fed", "Federal Risk and Authorization Management Program (FedRAMP)", "Azure", "Power BI")
    second.heading("참고", "Notes", level=2).paragraph(("메모", "FedRAMP once looked at Intune."))
    return Matrix(load(tmp_path, first, second))


def standing(matrix, label, service):
    [standard] = [one for one in matrix.standards if one.label == label]
    return matrix.cell(standard, service)


def test_matrix_has_a_column_a_standard_and_a_row_a_service(matrix):
    assert sorted(one.label for one in matrix.standards) == ["FedRAMP", "ISO 27001 Standard"]
    assert matrix.services == ("azure", "intune", "office 365", "power bi")
    assert [matrix.shown[service] for service in matrix.services] == ["Azure", "Intune", "Office 365", "Power BI"]


def test_matrix_listed_service_is_in_scope_by_its_line(matrix):
    cell = standing(matrix, "FedRAMP", "azure")
    assert (cell.standing, [segment.en for segment in cell.evidence]) == ("in_scope", ["Azure"])


def test_matrix_line_with_a_condition_is_qualified(matrix):
    assert standing(matrix, "ISO 27001 Standard", "intune").standing == "qualified"


def test_matrix_service_that_the_list_leaves_out_is_not_listed(matrix):
    cell = standing(matrix, "FedRAMP", "office 365")
    assert (cell.standing, [segment.en for segment in cell.evidence]) == ("not_listed", ["In-scope services"])


def test_matrix_service_joined_elsewhere_is_not_stated(matrix):
    cell = standing(matrix, "FedRAMP", "intune")
    assert (cell.standing, [segment.en for segment in cell.evidence]) == (
        "not_stated",
        ["FedRAMP once looked at Intune."],
    )


def test_matrix_shows_a_service_as_most_lists_write_it_and_knows_its_other_names(tmp_path):
    lines = ("Microsoft Stream", "Stream", "Microsoft Stream", "Power BI cloud service: as part of a plan", "Power BI.")
    pages = [listing(f"p{number}", f"ISO {number}", line) for number, line in enumerate(lines)]
    matrix = Matrix(load(tmp_path, *pages))
    assert [matrix.shown[service] for service in matrix.services] == ["Microsoft Stream", "Power BI"]
    assert matrix.called("stream")[:2] == ("microsoft stream", "stream")
    assert "파워 bi" in matrix.called("power bi")


def test_matrix_standard_is_found_by_its_id(matrix):
    for standard in matrix.standards:
        assert matrix.standard(standard.id) is standard
    assert matrix.standard("unknown") is None


def test_matrix_of_no_lists_is_empty(tmp_path):
    matrix = Matrix(load(tmp_path, Page("x").heading("가", "A").paragraph(("나", "B"))))
    assert (matrix.standards, matrix.services) == ((), ())


def test_matrix_of_the_bundled_page_tells_its_reports_apart():
    matrix = Matrix(load_documents(bundled_path()).documents)
    assert [one.label for one in matrix.standards] == ["SOC 1, SOC 2", "SOC 3"]
    assert len({one.id for one in matrix.standards}) == 2
    standings = {matrix.cell(one, service).standing for one in matrix.standards for service in matrix.services}
    assert {"in_scope", "qualified", "not_listed"} <= standings


def test_matrix_of_the_collection_has_evidence_for_every_cell(collection):
    matrix = Matrix(load_documents(collection).documents)
    assert len(matrix.standards) > 50
    assert len({one.id for one in matrix.standards}) == len(matrix.standards)
    for one in matrix.standards:
        for service in matrix.services[::10]:
            assert matrix.cell(one, service).evidence

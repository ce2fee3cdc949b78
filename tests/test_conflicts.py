"""Conflicts: two passages of one document that cannot both be right are found, what context explains stays silent."""

import time
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.conflicts import Conflicts, conflicts
from corpus.conflicts.reports import _typed
from corpus.conflicts.vocabulary import vocabulary
from corpus.coverage import Coverage
from corpus.documents import bundled_path, load_corpus, load_documents
from corpus.model import Document, Section, Segment


def section(name, *texts, kind="paragraph", korean=False):
    """A section of one heading; its segments are `<name>-0`, `<name>-1` ..., in one language."""

    def segment(number, text, kind):
        return Segment(f"{name}-{number}", text if korean else "", "" if korean else text, kind=kind)

    path = ("Title", name)
    heading = (segment("h", name, "heading"),)
    return Section(heading, 2, path, path, tuple(segment(n, text, kind) for n, text in enumerate(texts)))


def found(*sections):
    document = Document("d", "제목", "Title", sections)
    return conflicts(document, Coverage([document]))


def sides(*sections):
    return [(one.kind, one.first.id, one.second.id) for one in found(*sections)]


# Reports of a service, editions of a standard

ACHIEVED = "Yammer has achieved a SOC 1 Type 1 report"


def test_conflicts_of_the_bundled_page():
    (document,) = load_documents(bundled_path()).documents
    named = {(one.kind, one.first.id, one.second.id): one for one in conflicts(document, Coverage([document]))}
    assert list(named) == [
        ("report", "0fdff-133", "0fdff-163"), ("report", "0fdff-133", "0fdff-164"),
        ("edition", "0fdff-150", "0fdff-160"), ("edition", "0fdff-150", "0fdff-162"),
    ]  # fmt: skip
    yammer = named["report", "0fdff-133", "0fdff-164"]
    assert yammer.explanation_en == 'Yammer: one section names "SOC 1 Type 1", another "SOC 2 Type 1, SOC 2 Type 2".'
    assert yammer.explanation_ko.startswith('Yammer: 한 절에는 "SOC 1 유형 1", 다른 절에는 "SOC 2 유형 1, ')
    assert {(one.kind, one.topic) for one in named.values()} == {("report", "yammer"), ("edition", "ssae")}
    assert not any("Azure" in one.explanation_en for one in named.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (section("Services", ACHIEVED), section("Reports", "Yammer SOC 1 Type I Report")),  # the same
        (section("Services", ACHIEVED), section("Reports", "Yammer SOC 1 Type 1, SOC 2 Type 2")),  # one is shared
        (section("SOC 1", ACHIEVED), section("SOC 2", "Yammer SOC 2 Type 2 Report")),  # each heading asks for its own
        (section("Services", ACHIEVED), section("Reports", "Yammer SOC 2 Report")),  # no type
        (section("Services", ACHIEVED), section("Reports", "Teams SOC 2 Type 2 Report")),  # another service
        (section("Services", ACHIEVED), section("Reports", "Teams SOC 2 Type 2 Report; see Yammer")),  # another clause
        (section("Services", ACHIEVED, "Yammer SOC 2 Type 2 Report"), section("Reports", "Nothing")),  # one section
    ],
)
def test_conflicts_reports_that_context_explains_are_silent(one, other):
    assert sides(one, other) == []


def test_conflicts_reports_in_either_notation_and_in_korean_where_english_is_missing():
    english = section("Services", ACHIEVED)
    assert sides(english, section("Reports", "Yammer SOC 2 AT 101 Type II Audit Report")) == [
        ("report", "Services-0", "Reports-0")
    ]
    korean = section("보고서", "야머 SOC 2 유형 II 감사 보고서", korean=True)
    assert sides(english, korean) == [("report", "Services-0", "보고서-0")]


def test_conflicts_editions_but_not_where_the_document_explains_them():
    new, old = section("Cycle", "Audits follow SOC 1 (SSAE 18)."), section("Reports", "Office 365 SOC 1 SSAE 16 Report")
    assert sides(new, old) == [("edition", "Cycle-0", "Reports-0")]
    assert sides(new, old, section("History", "SSAE 18 replaced SSAE 16.")) == []
    assert sides(section("Cycle", "See ISO 100 NEN 7510."), section("Reports", "ISO 100 NEN 7510-2011 report")) == []
    assert sides(section("Cycle", "See SOC 1 Part 2."), section("Reports", "See SOC 1 Part 3.")) == []


def test_conflicts_typed_reports_share_a_type():
    assert _typed("SOC 1 and SOC 2 Type II, SOC 3") == {("soc 1", "2"), ("soc 2", "2")}
    assert _typed("a Type 2 report") == _typed("SOC 1 Type 2008") == set()


# Nearly the same sentence


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("frequency", "New SOC reports are issued quarterly.", "New SOC reports are issued twice a year."),
        ("quantity", "Audit logs are kept for 30 days.", "The audit logs are kept for 90 days."),
        ("quantity", "The assessment covers 113 cloud services.", "The assessment covers 98 cloud services."),
        ("quantity", "Deleted mailboxes are kept within 30 days.", "Deleted mailboxes are kept within 60 days."),
        ("date", "The audit period ends on March 31.", "The audit period ends on September 30."),
        ("bound", "Old backups are removed within 30 days.", "Old backups are removed after 30 days."),
        ("negation", "Customers can download the bridge letters.", "Customers cannot download the bridge letters."),
        (
            "obligation",
            "Customers must sign a nondisclosure agreement.",
            "Customers may sign a nondisclosure agreement.",
        ),
        ("quantity", "감사 로그는 30일 동안 보관됩니다.", "감사 로그는 90일 동안 보관됩니다."),
        ("negation", "고객은 브리지 레터를 다운로드할 수 있습니다.", "고객은 브리지 레터를 다운로드할 수 없습니다."),
    ],
)
def test_conflicts_nearly_the_same_sentence(kind, one, other):
    korean = one > "가"
    first, second = section("Overview", one, korean=korean), section("Questions", other, korean=korean)
    assert sides(first, second) == [(kind, "Overview-0", "Questions-0")]
    (only,) = found(first, second)
    for words in (only.explanation_en, only.explanation_ko):
        assert '""' not in words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Audit logs are kept for 30 days.", "Audit logs are kept for 30 days."),
        ("Audit logs are kept for 12 months.", "Audit logs are kept for 1 year."),
        ("Audit logs are kept for 30 days.", "Mailbox logs are kept for 90 days."),  # another subject
        ("Audit logs are kept for at least 30 days.", "Audit logs are kept for 90 days."),  # both may be right
        ("Use this key in step 11 to download the search results.", "Use this key in step 10 to download the search "
         "results."),
        ("The following logs are kept for 30 days.", "The following logs are kept for 90 days."),  # points elsewhere
        ("SOC 1 reports are issued quarterly.", "SOC 2 reports are issued annually."),
        ("Office 365 keeps audit logs for 30 days.", "Dynamics 365 keeps audit logs for 90 days."),
        ("Audit reports are issued annually.", "Audit reports are issued."),
        ("Logs: 30 days", "Logs: 90 days"),  # no sentence
    ],
)  # fmt: skip
def test_conflicts_compatible_sentences_are_silent(one, other):
    assert sides(section("Overview", one), section("Questions", other)) == []


def test_conflicts_cells_and_headings_that_name_the_subject_are_silent():
    one, other = "Deleted audit logs are kept for 30 days.", "Deleted audit logs are kept for 90 days."
    assert sides(section("Overview", one, kind="cell"), section("Questions", other, kind="cell")) == []
    assert sides(section("Yammer", one), section("Teams", other)) == []


def test_conflicts_sections_of_one_template_are_silent():
    same, twice = "Logs are deleted with the account.", "Customers may export the audit records."
    one = section("Basic plan", "Audit logs are kept for 30 days.", "Data is encrypted within 2 days.", same, twice)
    other = section("Full plan", "Audit logs are kept for 90 days.", "Data is encrypted within 1 day.", same, twice)
    assert sides(one, other) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 300), st.integers(2, 300))
def test_conflicts_two_numbers_conflict_exactly_when_they_differ(one, other):
    pages = (
        section("A", f"Audit logs are kept for {one} days."),
        section("B", f"Audit logs are kept for {other} days."),
    )
    expected = [("quantity", "A-0", "B-0")] if one != other else []
    assert sides(*pages) == expected
    assert [kind for kind, *_ in sides(*reversed(pages))] == [kind for kind, *_ in expected]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_conflicts_any_text_is_read(texts):
    for one in found(section("A", *texts), section("B", *texts[::-1])):
        assert one.first != one.second


# The collection


def test_conflicts_by_either_side():
    (document,) = load_documents(bundled_path()).documents
    known = Conflicts(Coverage([document]))
    segments = {segment.id: segment for segment in document.segments()}

    def sides(name):
        return [(one.first.id, one.second.id) for one in known.of(document, segments[name])]

    assert sides("0fdff-133") == [("0fdff-133", "0fdff-163"), ("0fdff-133", "0fdff-164")]
    assert ("0fdff-133", "0fdff-164") in sides("0fdff-164")
    assert known.of(document, segments["0fdff-152"]) == ()


def test_conflicts_of_the_collection_are_few_and_found_fast(collection):
    documents = load_corpus([collection, bundled_path()]).documents
    coverage = Coverage(documents)
    conflicts(documents[0], coverage)  # reads the vocabulary
    start = time.process_time()
    holding = [document.id for document in documents if conflicts(document, coverage)]
    assert time.process_time() - start < 2
    assert holding == ["offering-soc"]


def test_conflicts_explanations_fill_every_place():
    for says in vocabulary().explanations.values():
        places = [{name for _, name, _, _ in Formatter().parse(says[language]) if name} for language in ("en", "ko")]
        assert places[0] == places[1] <= {"subject", "first", "second", "word"}

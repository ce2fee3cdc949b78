from itertools import count

import pytest
from fakes import Page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.documents import Document, Section, Segment, bundled_path, load_documents
from corpus.sidebyside import parse
from ingest.chunks import MAX_CHARACTERS, join, split

LONG = ("word " * 60).strip()  # 299 characters: three of these, and no more, fit into a chunk


def read(page):
    return parse(page.text, id=page.name, path=f"{page.name}.md")


def numbers(chunks):
    """For every chunk the numbers of its segments, in the order of the page."""
    return [[int(segment.id.rsplit("-", 1)[1]) for segment in chunk.segments] for chunk in chunks]


def readable(document):
    """The segments that must stand in chunks."""
    return [segment for section in document.sections for segment in section.segments if segment.kind != "include"]


def size(segments):
    """The characters of segments in the longer language of each, with one border between any two."""
    return sum(max(len(segment.ko), len(segment.en), 1) for segment in segments) + len(segments) - 1


def check(document):
    """What holds for the chunks of any document."""
    chunks = split(document)
    assert [segment for chunk in chunks for segment in chunk.segments] == readable(document)
    for chunk in chunks:
        assert chunk.document_id == document.id
        assert set(chunk.segments) <= set(chunk.section.segments)
        assert len(chunk.segments) == 1 or size(chunk.segments) <= MAX_CHARACTERS
        assert set(chunk.lead) <= set(chunk.section.segments)
        for language in ("ko", "en"):
            text = chunk.text(language)
            assert all(heading in text for heading in chunk.section.heading_path(language))
            assert all(segment.text(language) in text for segment in chunk.segments)
            if chunk.lead and chunk.segments[0].block > chunk.lead[-1].block:
                assert all(segment.text(language) in text for segment in chunk.lead)
            for segment in chunk.segments:
                text = chunk.segment_text(segment, language)
                assert all(heading in text for heading in chunk.section.heading_path(language))
                assert segment.text(language) in text
    return chunks


# what stays together


def test_chunks_keep_a_question_with_its_answer():
    page = (
        Page("faq")
        .heading("질문", "Questions")
        .question("첫째?", "First?")
        .paragraph(("예.", "Yes."), ("참고.", "See below."))
        .items(("하나", "one"), ("둘", "two"))
        .paragraph(("끝.", "The end."))
        .question("둘째?", "Second?")
        .paragraph(("아니요.", "No."))
    )
    chunks = check(read(page))
    assert numbers(chunks) == [[2, 3, 4, 5, 6, 7], [8, 9]]
    assert [[segment.en for segment in chunk.lead] for chunk in chunks] == [["First?"], ["Second?"]]


def test_chunks_keep_paragraphs_apart():
    page = Page("p").heading("제목", "Title").paragraph(("가", "a"), ("나", "b")).paragraph(("다", "c"))
    chunks = check(read(page))
    assert numbers(chunks) == [[2, 3], [4]]
    assert [chunk.lead for chunk in chunks] == [(), ()]


def test_chunks_keep_a_list_with_the_sentence_that_introduces_it():
    page = (
        Page("list")
        .heading("제목", "Title")
        .paragraph(("앞.", "Before."), ("목록:", "The list:"))
        .items(("하나", "one"), ("둘", "two"))
        .paragraph(("뒤.", "After."))
    )
    chunks = check(read(page))
    assert numbers(chunks) == [[2, 3, 4, 5], [6]]
    assert [segment.en for segment in chunks[0].lead] == ["The list:"]


def test_chunks_keep_a_list_without_an_introduction_together():
    chunks = check(read(Page("list").heading("제목", "Title").items(("하나", "one"), ("둘", "two"))))
    assert numbers(chunks) == [[2, 3]]
    assert chunks[0].lead == ()


def test_chunks_keep_table_rows_with_the_header():
    page = (
        Page("table")
        .heading("제목", "Title")
        .table([("이름", "Name"), ("값", "Value")], [("가", "a"), ("1", "1")], [("나", "b"), ("2", "2")])
    )
    chunks = check(read(page))
    assert numbers(chunks) == [[2, 3, 4, 5, 6, 7]]
    assert [segment.en for segment in chunks[0].lead] == ["Name", "Value"]


def test_chunks_keep_sections_apart():
    page = (
        Page("s")
        .heading("하나", "One")
        .paragraph(("가:", "a:"))
        .heading("둘", "Two", level=2)
        .items(("나", "b"), ("다", "c"))
    )
    chunks = check(read(page))
    assert numbers(chunks) == [[2], [4, 5]]
    assert [chunk.section.heading_path_en for chunk in chunks] == [("One",), ("One", "Two")]


def test_chunks_leave_includes_out():
    page = Page("i").heading("제목", "Title").include("note").paragraph(("가", "a")).include("end")
    assert numbers(check(read(page))) == [[2]]


def test_chunks_of_headings_alone_are_none():
    assert split(read(Page("h").heading("제목", "Title").heading("소제목", "Subtitle", level=2))) == []


# what is too long


def test_chunks_cut_long_lists_between_items_and_repeat_the_introduction():
    items = [(f"항목 {n} {LONG}", f"Item {n} {LONG}") for n in range(7)]
    page = Page("long").heading("제목", "Title").paragraph(("목록:", "The list:")).items(*items)
    chunks = check(read(page))
    assert numbers(chunks) == [[2, 3, 4], [5, 6], [7, 8], [9]]
    assert all("The list:" in chunk.text("en") and "목록:" in chunk.text("ko") for chunk in chunks)
    assert [chunk.text("en").count("The list:") for chunk in chunks] == [1, 1, 1, 1]


def test_chunks_cut_long_tables_between_cells_and_repeat_the_header():
    rows = [[(f"줄 {n}", f"Row {n}"), (LONG, LONG)] for n in range(6)]
    page = Page("long").heading("제목", "Title").table([("이름", "Name"), ("설명", "Meaning")], *rows)
    chunks = check(read(page))
    assert len(chunks) > 1
    assert all("Name Meaning" in chunk.text("en") and "이름 설명" in chunk.text("ko") for chunk in chunks)


def test_chunks_cut_long_answers_and_repeat_the_question():
    answers = [(LONG, LONG)] * 5
    page = Page("long").heading("제목", "Title").question("왜?", "Why so?").paragraph(*answers)
    chunks = check(read(page))
    assert numbers(chunks) == [[2, 3, 4], [5, 6, 7]]
    assert all("Why so?" in chunk.text("en") for chunk in chunks)


def test_chunks_never_cut_a_segment():
    huge = "sentence, " * 400
    page = Page("huge").heading("제목", "Title").paragraph(("짧다.", "Short."), (huge, huge), ("끝.", "End."))
    chunks = check(read(page))
    assert numbers(chunks) == [[2], [3], [4]]


def test_chunks_measure_the_longer_language():
    page = Page("ko").heading("제목", "Title").paragraph(*[("가나다라 " * 100, "short")] * 3)
    assert numbers(check(read(page))) == [[2], [3], [4]]


# what is read


def test_chunks_text_has_the_headings_and_each_language_alone():
    page = Page("t").heading("큰 제목", "Title").heading("작은 제목", "Subtitle", level=2).paragraph(("가나", "ab"))
    (chunk,) = split(read(page))
    english, korean = chunk.text("en"), chunk.text("ko")
    assert english.index("Title") < english.index("Subtitle") < english.index("ab")
    assert korean.index("큰 제목") < korean.index("작은 제목") < korean.index("가나")
    assert "가나" not in english
    assert "ab" not in korean


def test_chunks_text_of_a_segment_has_its_headings_and_its_lead():
    page = Page("t").heading("제목", "Title").paragraph(("목록:", "The list:")).items(("하나", "one"), ("둘", "two"))
    (chunk,) = split(read(page))
    text = chunk.segment_text(chunk.segments[2], "en")
    assert all(part in text for part in ("Title", "The list:", "two"))
    assert chunk.segment_text(chunk.segments[0], "en").count("The list:") == 1


def test_chunks_text_falls_back_to_the_other_language():
    segment = Segment(id="s-1", ko="한국어만", en="")
    section = Section(heading=(), level=0, heading_path_ko=(), heading_path_en=(), segments=(segment,))
    (chunk,) = split(Document(id="d", title_ko="", title_en="", sections=(section,)))
    assert chunk.text("en") == chunk.text("ko") == join([segment], "en") == "한국어만"


# any document

BLOCKS = ("question", "paragraph", "item", "cell", "code", "image", "include")


@st.composite
def documents(draw):
    """A document of random blocks: texts of any characters, short and long, one language missing now and then."""
    ids, blocks = count(1), count(1)
    short = st.text(max_size=30)
    texts = st.one_of(short, st.builds(str.__mul__, short, st.integers(0, 60)), st.just("\x1e" * 5), st.just(LONG))

    def segments(kind, level):
        block = next(blocks)
        return [
            Segment(id=f"s-{next(ids)}", ko=draw(texts), en=draw(texts), kind=kind, block=block, level=level)
            for _ in range(draw(st.integers(1, 4)))
        ]

    sections = []
    for level in draw(st.lists(st.integers(1, 6), max_size=4)):
        path = tuple(draw(st.lists(short, min_size=1, max_size=3)))
        body = [
            segment
            for kind in draw(st.lists(st.sampled_from(BLOCKS), max_size=8))
            for segment in segments(kind, draw(st.integers(0, 2)))
        ]
        sections.append(
            Section(
                heading=tuple(segments("heading", 0)),
                level=level,
                heading_path_ko=path,
                heading_path_en=path,
                segments=tuple(body),
            )
        )
    return Document(id="any", title_ko="", title_en="", sections=tuple(sections))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_chunks_hold_every_segment_of_any_document_once_and_in_order(document):
    chunks = check(document)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    for chunk in chunks:
        first = chunk.segments[0].block
        assert all(segment.block == first for segment in chunk.segments if segment.kind == "question")


# real pages


@pytest.fixture(scope="module")
def bundled():
    (document,) = load_documents(bundled_path()).documents
    return check(document)


def test_chunks_of_the_bundled_page(bundled):
    by_first = {chunk[0]: chunk for chunk in numbers(bundled)}
    assert by_first[106] == [106, 107, 108]
    assert by_first[122] == [122, 123]
    assert by_first[127] == list(range(127, 139))
    assert by_first[152] == [152, 153, 154]
    assert [by_first[n] for n in (167, 172, 176, 179, 183)] == [
        [167, 168, 169, 170, 171],
        [172, 173, 174, 175],
        [176, 177, 178],
        [179, 180, 181, 182],
        [183, 184],
    ]
    assert len(bundled) == 22


def test_chunks_of_the_bundled_page_carry_their_headings(bundled):
    (chunk,) = [chunk for chunk in bundled if chunk.id == "offering-soc#0fdff-140"]
    assert chunk.section.heading_path_en[1:] == ("Microsoft in-scope cloud services", "Covered services for SOC 3")
    assert "Covered services for SOC 3" in chunk.text("en")
    assert "SOC 3에 대해 적용되는 서비스" in chunk.text("ko")


def test_chunks_of_the_bundled_page_know_their_question(bundled):
    leads = [chunk.lead[0].id for chunk in bundled if chunk.lead and chunk.lead[0].kind == "question"]
    assert leads == ["0fdff-167", "0fdff-172", "0fdff-176", "0fdff-179", "0fdff-183"]


def test_chunks_hold_every_segment_of_the_collection_once_and_in_order(collection):
    documents = load_documents(collection).documents
    assert documents
    for document in documents:
        check(document)

import html
import os
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpus
from corpus.documents import bundled_path
from corpus.sidebyside import parse

REPOSITORY = Path(corpus.__file__).resolve().parent.parent
BUNDLED = bundled_path() / "offering-soc.ko-kr.md"
COLLECTION = Path(os.environ.get("SOC_COLLECTION", REPOSITORY.parent / "shared" / "data" / "compliance-ko"))


def read(text):
    return parse(text, id="page", path="page.md")


def pair(name, ko, en):
    return (
        f'<span data-ttu-id="{name}">{ko}</span><span class="sxs-lookup"><span data-stu-id="{name}">{en}</span></span>'
    )


def segments(text):
    return list(read(text).segments())


def only(text):
    (segment,) = segments(text)
    return segment


def problems(text):
    return [(problem.line, problem.message) for problem in read(text).problems]


# the bundled page


@pytest.fixture(scope="module")
def page():
    return read(BUNDLED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def by_id(page):
    return {segment.id: segment for segment in page.segments()}


def test_sidebyside_reads_all_segments_of_the_bundled_page(page):
    assert [segment.id for segment in page.segments()] == [f"0fdff-{number}" for number in range(104, 197)]
    assert page.problems == ()
    assert all(segment.aligned and segment.missing is None for segment in page.segments())


def test_sidebyside_reads_both_texts(by_id):
    segment = by_id["0fdff-123"]
    assert segment.ko == (
        "일반적으로 SOC 1 및 SOC 2 보고서는 Microsoft와 비밀 유지 계약을 체결한 고객만 사용할 수 있고, "
        "SOC 3 보고서는 공개적으로 제공됩니다."
    )
    assert segment.en == (
        "In general, the availability of SOC 1 and SOC 2 reports is restricted to customers who have signed "
        "nondisclosure agreements with Microsoft; the SOC 3 report is publicly available."
    )


def test_sidebyside_keeps_links_with_their_language(by_id):
    platform = "https://www.microsoft.com/trustcenter/STP/default.aspx"
    mail = "mailto:AzureDevOpsSOCReport@microsoft.com"
    assert [(link.language, link.text, link.url) for link in by_id["0fdff-170"].links] == [
        ("ko", "서비스 트러스트 플랫폼", platform),
        ("ko", "Azure DevOps", mail),
        ("en", "Service Trust Platform", platform),
        ("en", "Azure DevOps", mail),
    ]


def test_sidebyside_gives_a_link_around_a_pair_to_both_languages(by_id):
    assert [(link.language, link.text, link.url) for link in by_id["0fdff-153"].links] == [
        ("ko", "Azure 및 Azure Government SOC 2 유형 2 보고서", "https://aka.ms/azuresoc2auditreport"),
        ("en", "Azure and Azure Government SOC 2 Type 2 Report", "https://aka.ms/azuresoc2auditreport"),
    ]


def test_sidebyside_finds_the_questions_of_the_faq(page):
    questions = [segment.id for segment in page.segments() if segment.kind == "question"]
    assert questions == [f"0fdff-{number}" for number in (167, 172, 176, 179, 183)]


def test_sidebyside_numbers_blocks(by_id):
    assert by_id["0fdff-177"].block == by_id["0fdff-178"].block == by_id["0fdff-176"].block + 1


def test_sidebyside_knows_items(page, by_id):
    assert {by_id[f"0fdff-{number}"].kind for number in range(127, 139)} == {"item"}
    assert Counter(segment.kind for segment in page.segments()) == {
        "heading": 14,
        "item": 43,
        "paragraph": 31,
        "question": 5,
    }


def test_sidebyside_nests_heading_paths(page):
    section = next(s for s in page.sections if any(segment.id == "0fdff-160" for segment in s.segments))
    assert section.heading_path("en") == (
        "Service Organization Controls (SOC)",
        "Audits, reports, and certificates",
        "Audit cycle",
        "Office 365",
    )
    assert section.heading_path("ko") == (
        "SOC(서비스 조직 컨트롤)",
        "감사, 보고서 및 인증서",
        "감사 주기",
        "Office 365",
    )
    assert section.level == 4


def test_sidebyside_reads_title_and_front_matter(page):
    assert page.title_ko == "SOC(서비스 조직 컨트롤)"
    assert page.title_en == "Service Organization Controls (SOC)"
    assert page.metadata["title"] == "SOC(서비스 조직 컨트롤)"
    assert page.metadata["ms.locfileid"] == "40804261"
    assert page.metadata["ms.lasthandoff"] == "12/19/2019"


# the text of a segment


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        ("**굵게** *기울임* `코드`", "굵게 기울임 코드"),
        ("**텍스트(abc)**는", "텍스트(abc)는"),
        ("**가(a)**는 **나(b)**도", "가(a)는 나(b)도"),
        ("[링크](https://a.example/b?c=d&e) 뒤", "링크 뒤"),
        ("앞<br>뒤<br/>끝", "앞 뒤 끝"),
        ('<a name="x"></a>제목', "제목"),
        (r"\*별표\* \[대괄호\] a\_b", "*별표* [대괄호] a_b"),
        ("R&amp;D &lt;x&gt; &quot;y&quot;", 'R&D <x> "y"'),
        ("  여러\n  줄  ", "여러 줄"),
        ("m<sup>2</sup>", "m2"),
        ("<https://a.example/>", "https://a.example/"),
        ("<DateTime> 이후", "<DateTime> 이후"),
        (r"<이름\>", "<이름>"),
        ("`**`와 `a|b`", "**와 a|b"),
        ("2 ** 3", "2 ** 3"),
        ("끝\\", "끝\\"),
        ("앞<!-- 숨김 -->뒤", "앞뒤"),
        ("~~지움~~", "지움"),
        ("![그림](a.png) 설명", "그림 설명"),
    ],
)
def test_sidebyside_keeps_the_visible_text(source, visible):
    segment = only(pair("a-1", source, "x"))
    assert (segment.ko, segment.en) == (visible, "x")


def test_sidebyside_keeps_urls_as_they_stand():
    segment = only(pair("a-1", "[가](/ko-kr/문서?a=%20b&amp;c)", "[a](javascript:alert(1)) [b](<x y>)"))
    assert [(link.text, link.url) for link in segment.links] == [
        ("가", "/ko-kr/문서?a=%20b&c"),
        ("a", "javascript:alert(1)"),
        ("b", "x y"),
    ]
    assert segment.links[1].absolute("https://a.example") is None


@pytest.mark.parametrize("ko", ["[가</a>나](/x)", "[가<a name='y'>나](/x)"])
def test_sidebyside_keeps_a_link_around_a_broken_anchor(ko):
    assert [(link.text, link.url) for link in only(pair("a-1", ko, "a")).links] == [("가나", "/x")]


def test_sidebyside_reads_html_and_reference_links():
    text = pair("a-1", '<a href="https://a.example">가</a>', "[b][ref]") + "\n\n[ref]: https://b.example"
    assert [(link.text, link.url) for link in only(text).links] == [
        ("가", "https://a.example"),
        ("b", "https://b.example"),
    ]


# kinds and blocks


def test_sidebyside_counts_the_nesting_of_items():
    text = f"- {pair('a-1', '가', 'a')}\n    - {pair('a-2', '나', 'b')}\n      1. {pair('a-3', '다', 'c')}"
    assert [(s.kind, s.level) for s in segments(text)] == [("item", 0), ("item", 1), ("item", 2)]


def test_sidebyside_reads_tables_by_row():
    text = (
        f"|{pair('a-1', '가', 'a')}|{pair('a-2', '나', 'b')}|\n|---|---|\n"
        f"|{pair('a-3', '다', 'c')}<br>{pair('a-4', '라', 'd')}|`code`|\n"
    )
    assert [(s.id, s.kind, s.block) for s in segments(text)] == [
        ("a-1", "cell", 1),
        ("a-2", "cell", 1),
        ("a-3", "cell", 2),
        ("a-4", "cell", 2),
        ("a-4~1", "cell", 2),
    ]


def test_sidebyside_keeps_cells_beyond_the_header():
    text = f"|a|\n|-|\n|x|{pair('a-1', '가', 'g')}|last|"
    assert [s.en for s in segments(text)] == ["a", "x", "g", "last"]


def test_sidebyside_joins_a_span_that_a_table_cuts():
    text = f"|x|y|\n|-|-|\n|{pair('a-1', '편집 | 필터', 'Edit')}|"
    segment = segments(text)[-1]
    assert (segment.id, segment.ko, segment.en) == ("a-1", "편집 | 필터", "Edit")
    assert problems(text) == []


def test_sidebyside_keeps_lines_that_are_no_table():
    text = f"| {pair('a-1', '가', 'a')} | {pair('a-2', '나', 'b')} |"
    assert [(s.id, s.kind) for s in segments(text)] == [("a-1", "paragraph"), ("a-2", "paragraph")]


def test_sidebyside_reads_a_table_in_a_list():
    text = f"1. {pair('a-1', '가', 'a')}\n\n   |x|y|\n   |---|---|\n   |{pair('a-2', '나', 'b')}|z|\n"
    assert [(s.id, s.kind) for s in segments(text)][-2:] == [("a-2", "cell"), ("a-2~1", "cell")]


@pytest.mark.parametrize("marker", ["[!NOTE]", "[!Note]", "[!note]"])
@pytest.mark.parametrize("gap", ["\n> ", "\n>\n> ", "<br>"])
def test_sidebyside_marks_alerts(marker, gap):
    text = f"> {marker}{gap}{pair('a-1', '가', 'a')}\n\n{pair('a-2', '나', 'b')}"
    assert [(s.id, s.alert) for s in segments(text)] == [("a-1", "note"), ("a-2", None)]


def test_sidebyside_quotes_without_marker_are_paragraphs():
    assert only(f"> {pair('a-1', '가', 'a')}").alert is None


@pytest.mark.parametrize(
    ("ko", "en", "kind"),
    [
        ("**왜요?**", "**Why?**", "question"),
        ("**왜요.**", "**Why?**", "question"),
        ("**왜요？**", "**Why.**", "question"),
        ("**왜요?** 그래서", "**Why?** So", "paragraph"),
        ("왜요?", "Why?", "paragraph"),
        ("**왜요.**", "**Why.**", "paragraph"),
        ("<strong>왜요?</strong>", "<b>Why?</b>", "question"),
        ("***왜요?***", "***Why?***", "question"),
    ],
)
def test_sidebyside_tells_questions(ko, en, kind):
    assert only(pair("a-1", ko, en)).kind == kind
    assert only(f"- {pair('a-1', ko, en)}").kind == kind.replace("paragraph", "item")


def test_sidebyside_finds_a_question_with_bold_around_the_pair():
    assert only(f"**{pair('a-1', '왜요?', 'Why?')}**").kind == "question"


def test_sidebyside_reads_pairs_in_indented_code_and_html_blocks():
    text = (
        f"{pair('a-1', '가', 'a')}\n\n        {pair('a-2', '**나**', 'b')}\n\n"
        f"<div>\n{pair('a-3', '다', 'c')}\n</div>\n\n<p>{pair('a-4', '라', 'd')}</p>\n\n"
        f"```\n{pair('a-5', '마', 'e')}\n```\n"
    )
    assert [(s.id, s.ko, s.kind) for s in segments(text)] == [
        ("a-1", "가", "paragraph"),
        ("a-2", "나", "paragraph"),
        ("a-3", "다", "paragraph"),
        ("a-4", "라", "paragraph"),
        ("a-5", "마", "paragraph"),
    ]


# text outside spans


def test_sidebyside_keeps_code_with_its_lines():
    segment = segments(f"{pair('a-1', '가', 'a')}\n\n```powershell\nGet-Item `\n    -Path x\n```\n")[1]
    assert (segment.id, segment.kind, segment.aligned) == ("a-1~1", "code", False)
    assert segment.ko == segment.en == "Get-Item `\n    -Path x"


def test_sidebyside_keeps_images_and_includes():
    text = f"![데이터 흐름](../media/a.png)\n\n[!INCLUDE [Office intro](../includes/a.md)]\n\n{pair('a-1', '가', 'a')}"
    image, include, _ = segments(text)
    assert (image.kind, image.ko, image.en, image.links[0].url) == ("image", "데이터 흐름", "", "../media/a.png")
    assert (include.kind, include.ko, include.en) == ("include", "Office intro", "Office intro")
    assert [(link.language, link.url) for link in include.links] == [
        ("ko", "../includes/a.md"),
        ("en", "../includes/a.md"),
    ]


def test_sidebyside_reads_pairs_in_an_image_caption():
    segment = only(f"![{pair('a-1', '그림', 'picture')}](a.png)")
    assert (segment.id, segment.kind, segment.ko, segment.en, segment.aligned) == (
        "a-1",
        "image",
        "그림",
        "picture",
        True,
    )


def test_sidebyside_keeps_stray_words_and_drops_stray_punctuation():
    text = f"앞말 {pair('a-1', '가', 'a')} | ; {pair('a-2', '나', 'b')} after [all](x)"
    before, first, second, after = segments(text)
    assert (before.id, before.ko, before.en, before.aligned) == ("~1", "앞말", "", False)
    assert (first.id, second.id) == ("a-1", "a-2")
    assert (after.id, after.ko, after.en, after.block) == ("a-2~1", "after all", "after all", before.block)


def test_sidebyside_drops_comments_scripts_and_styles():
    text = f"<!-- 숨김\n\n더 -->\n\n<script>\nlet a = 1\n</script>\n\n<style>b {{}}</style>\n\n{pair('a-1', '가', 'a')}"
    assert [s.id for s in segments(text)] == ["a-1"]


# sections and titles


def test_sidebyside_keeps_heading_paths_by_level():
    text = "\n\n".join(f"{'#' * level} h{number}" for number, level in enumerate([1, 3, 2, 3, 1, 2]))
    assert [section.heading_path_en for section in read(text).sections] == [
        ("h0",),
        ("h0", "h1"),
        ("h0", "h2"),
        ("h0", "h2", "h3"),
        ("h4",),
        ("h4", "h5"),
    ]


def test_sidebyside_keeps_text_before_the_first_heading():
    document = read("intro\n\n# h")
    assert next((s.level, s.heading, s.heading_path_en) for s in document.sections) == (0, (), ())
    assert [s.en for s in document.segments()] == ["intro", "h"]


def test_sidebyside_title_falls_back_to_front_matter_then_file_name():
    assert read("---\ntitle: 제목\n---\n## h").title_ko == "제목"
    assert read("---\ntitle: 제목\n---\n## h").sections[0].heading_path_ko == ("제목", "h")
    assert read("text").title_en == "page"


def test_sidebyside_reads_front_matter():
    text = (
        "---\ntitle: '따옴표: ''안'''\nitems:\n- a\n- b\nempty:\nfolded: >\n  one\n  two\nlist: [x, \"y\"]\n---\ntext"
    )
    assert read(text).metadata == {
        "title": "따옴표: '안'",
        "items": "a, b",
        "empty": "",
        "folded": "one two",
        "list": "x, y",
    }


# malformed pages


def test_sidebyside_reports_an_unclosed_span():
    text = f'x\n\n<span data-ttu-id="a-1">가\n\n{pair("a-2", "나", "b")}'
    assert [(s.id, s.ko, s.en) for s in segments(text)][1:] == [("a-1", "가", ""), ("a-2", "나", "b")]
    assert problems(text) == [
        (3, "The span a-1 is not closed. Add </span> after its text."),
        (3, "The Korean span a-1 has no English one. Add the English, or remove the span."),
    ]


def test_sidebyside_reports_an_unclosed_korean_span_in_a_pair():
    text = '<span data-ttu-id="a-1">가<span class="sxs-lookup"><span data-stu-id="a-1">a</span></span>'
    assert (only(text).ko, only(text).en) == ("가", "a")
    assert problems(text) == [(1, "The span a-1 is not closed. Add </span> after its text.")]


def test_sidebyside_reports_ids_that_differ():
    text = pair("a-1", "가", "a").replace('stu-id="a-1"', 'stu-id="a-2"')
    assert [(s.id, s.ko, s.en, s.missing) for s in segments(text)] == [("a-1", "가", "", "en"), ("a-2", "", "a", "ko")]
    (problem,) = problems(text)
    assert problem[0] == 1
    assert "a-1 (Korean) and a-2 (English)" in problem[1]


def test_sidebyside_reports_a_missing_language():
    text = '<span data-ttu-id="a-1">가</span>\n\n<span class="sxs-lookup"><span data-stu-id="a-2">b</span></span>'
    assert [(s.id, s.missing, s.aligned) for s in segments(text)] == [("a-1", "en", True), ("a-2", "ko", True)]
    assert [line for line, _ in problems(text)] == [1, 3]


def test_sidebyside_reports_an_id_that_stands_twice():
    text = f"{pair('a-1', '가', 'a')}\n\n{pair('a-1', '나', 'b')}"
    assert [s.ko for s in segments(text)] == ["가", "나"]
    assert problems(text) == [(3, "The id a-1 stands for a second time. Give each pair its own id.")]


def test_sidebyside_keeps_and_reports_spans_with_damaged_quotes():
    text = pair("a-1", "가", "a").replace('"', "&quot;")
    segment = only(text)
    assert (segment.id, segment.ko, segment.en, segment.aligned) == ("a-1", "가", "a", False)
    assert problems(text)[0] == (1, "The span a-1 has &quot; in place of quotes. Correct the quotes.")


def test_sidebyside_reports_unclosed_front_matter():
    text = f"---\ntitle: x\n\n{pair('a-1', '가', 'a')}"
    assert problems(text) == [(1, "The front matter has no closing line. Add a line of --- after it.")]
    assert segments(text)[-1].id == "a-1"


def test_sidebyside_reports_a_page_without_text():
    assert problems("---\ntitle: x\n---\n\n<!-- x -->\n")[0][0] is None


def test_sidebyside_reports_nesting_that_is_too_deep():
    assert any("nested too deeply" in message for _, message in problems("> " * 300 + "word"))


def test_sidebyside_counts_lines_from_the_top_of_the_file():
    text = '---\r\ntitle: x\r\n---\r\n\r\na\r\nb <span data-ttu-id="a-1">가\r\n'
    assert {line for line, _ in problems(text)} == {6}


@pytest.mark.parametrize(
    "piece",
    [
        *["[", "![", "<span", "<!--", ">", "`", "*_", "<a a=", "|", "- ", "[!INCLUDE [", "<script>\n", "[a]: b\n"],
        *["a <a href=x>", "a<span>", '<span data-stu-id="b">y', '<span data-ttu-id="a">x<span data-stu-id="b">y'],
    ],
)
def test_sidebyside_ends_on_long_runs_of_one_mark(piece):
    assert read(piece * (100_000 // len(piece))).id == "page"


# the whole family of pages

PAIR = re.compile(
    r'<span data-ttu-id="([^"]+)">(.*?)</span><span class="sxs-lookup"><span data-stu-id="\1">(.*?)</span></span>', re.S
)
UNMARKED = str.maketrans("", "", "*_`\\")


def collection():
    return [BUNDLED, *sorted(COLLECTION.rglob("*.md"))]


def words(text):
    return re.findall(r"\w+", text.translate(UNMARKED))


def stripped(text):
    """The visible text of a raw span, found without a Markdown parser. Marks of emphasis are left to `plain`."""
    text = re.sub(r"`([^`]*)`", lambda match: html.escape(match[1]), text)
    text = re.sub(r"\\([<>\[\]])", lambda match: f"&#{ord(match[1])};", text)
    text = re.sub(r"<((?:https?|mailto):[^<>\s]*|[^<>\s@]+@[^<>\s]+)>", r"\1", text)
    text = re.sub(r"<br\s*/?>|</?p>", " ", text)
    text = re.sub(r"</?(?:a|b|sup|strong)\b[^<>]*>", "", text)
    for _ in range(2):  # an image in a link
        text = re.sub(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*\s*\)", r"\1", text)
    return html.unescape(text)


def plain(text):
    return " ".join(text.translate(UNMARKED).split())


def outside(raw):
    """What is visible outside the pairs of a raw page, found without a Markdown parser."""
    raw = re.sub(r"\A---\n.*?\n---\n", "", raw, flags=re.S)
    raw = PAIR.sub(" ", raw)
    parts = re.split(r"^ *```[^\n]*\n(.*?)^ *```", raw, flags=re.S | re.M)
    for index in range(0, len(parts), 2):
        text = re.sub(r"<!--.*?-->", "", parts[index], flags=re.S)
        text = re.sub(r'<a name="[^<>]*>|</?(?:a|br|p|span)\b[^<>]*>', " ", text)
        text = re.sub(r"\[!INCLUDE \[([^\]]*)\]\([^)]*\)\]", r"\1", text)
        text = re.sub(r"^[ >]*\[!\w+\]", "", text, flags=re.M)
        text = re.sub(r"^ *\d+\. ", "", text, flags=re.M)
        parts[index] = html.unescape(re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", text))
    return " ".join(parts)


@pytest.fixture(scope="module")
def family():
    if not COLLECTION.is_dir():
        pytest.skip(f"the collection is not at {COLLECTION}; set SOC_COLLECTION to its folder")
    pages = {}
    for path in collection():
        raw = path.read_text(encoding="utf-8")
        pages[path] = raw, parse(raw, id=path.stem, path=path.name)
    return pages


def test_sidebyside_collection_is_whole(family):
    aligned = [s for _, document in family.values() for s in document.segments() if s.aligned]
    assert len(family) == 168
    assert len(aligned) == 12_179 + 93
    assert all(segment.missing is None for segment in aligned)


def test_sidebyside_collection_rebuilds_ids_and_texts(family):
    for path, (raw, document) in family.items():
        aligned = [s for s in document.segments() if s.aligned]
        assert [s.id for s in aligned] == re.findall(r'data-ttu-id="([^"]+)"', raw), path
        pairs = [(match[1], plain(stripped(match[2])), plain(stripped(match[3]))) for match in PAIR.finditer(raw)]
        assert [(s.id, plain(s.ko), plain(s.en)) for s in aligned] == pairs, path


def test_sidebyside_collection_loses_no_word_outside_spans(family):
    for path, (raw, document) in family.items():
        kept = [
            word
            for s in document.segments()
            if not s.aligned
            for word in words(s.ko if s.ko == s.en else f"{s.ko} {s.en}")
        ]
        assert kept == words(outside(raw)), path


def test_sidebyside_collection_has_no_markup_left(family):
    markup = re.compile(r"\*\*\S|</?(?:span|a name|br|p)\b|&(?:amp|quot|lt|gt|nbsp);")
    escaped = re.compile(r"\\\*\\\*")
    for path, (raw, document) in family.items():
        left = [s.id for s in document.segments() if s.kind != "code" and markup.search(f"{s.ko} {s.en}")]
        literal = {match[1] for match in PAIR.finditer(raw) if escaped.search(match[0])}
        assert set(left) <= literal, path


def test_sidebyside_collection_reports_only_what_is_damaged(family):
    found = [problem.message for _, document in family.values() for problem in document.problems]
    assert len(found) == 2
    assert all("&quot;" in message for message in found)


def test_sidebyside_collection_blocks_and_sections_are_in_order(family):
    for _, document in family.values():
        blocks = [segment.block for segment in document.segments()]
        assert all(0 <= after - before <= 1 for before, after in pairwise(blocks))
        assert all(section.heading_path_en[0] == document.title_en for section in document.sections if section.level)


# random pages

WORDS = st.lists(
    st.sampled_from(["보고서", "SOC 2", "감사", "report", "R&D", "a_b", "100%", "(AICPA)", "예"]), min_size=1
)
TEXTS = WORDS.map(lambda found: " ".join(found[:6]))


def escape(text):
    return re.sub(r"([\\`*_\[\]<>|&])", r"\\\1", text)


@st.composite
def sides(draw):
    """(Markdown, visible text, links as (text, url))."""
    text = draw(TEXTS)
    style = draw(st.sampled_from(["plain", "bold", "link", "anchor", "line break"]))
    if style == "link":
        linked, url = draw(TEXTS), draw(st.sampled_from(["https://a.example/x", "mailto:a@b.example", "/ko-kr/a?b=c"]))
        return f"{escape(text)} [{escape(linked)}]({url})", f"{text} {linked}", [(linked, url)]
    if style == "line break":
        return f"{escape(text)} <br> {escape(text)}", f"{text} {text}", []
    marks = {"plain": ("", ""), "bold": ("**", "**"), "anchor": ('<a name="x"></a>', "")}[style]
    return f"{marks[0]}{escape(text)}{marks[1]}", text, []


@st.composite
def pages(draw):
    """(Markdown, what is expected of each segment), from a random structure."""
    numbers = iter(range(100, 10_000))
    blocks, expected = [], []

    def cell(kind, *, level=0, alert=None):
        name = f"a1b2c-{'p' * draw(st.booleans())}{next(numbers)}"
        (ko, ko_text, ko_links), (en, en_text, en_links) = draw(sides()), draw(sides())
        links = [("ko", *link) for link in ko_links] + [("en", *link) for link in en_links]
        expected.append((name, ko_text, en_text, links, kind, level, alert))
        return pair(name, ko, en)

    for _ in range(draw(st.integers(1, 6))):
        block = draw(st.sampled_from(["heading", "paragraph", "items", "table", "alert"]))
        if block == "heading":
            blocks.append(f"{'#' * draw(st.integers(1, 6))} {cell('heading')}")
        elif block == "paragraph":
            blocks.append(" ".join(cell("paragraph") for _ in range(draw(st.integers(1, 3)))))
        elif block == "items":
            blocks.append(f"- {cell('item')}\n    - {cell('item', level=1)}\n- {cell('item')}\n\n<!-- end -->")
        elif block == "table":
            rows = [f"| {cell('cell')} | {cell('cell')} |" for _ in range(draw(st.integers(1, 3)))]
            blocks.append("\n".join([rows[0], "|---|---|", *rows[1:]]))
        else:
            blocks.append(f"> [!TIP]\n> {cell('paragraph', alert='tip')}")
    return "\n\n".join(blocks), expected


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(pages())
def test_sidebyside_random_pages_come_back_as_they_were_made(made):
    text, expected = made
    document = read(text)
    found = [
        (s.id, s.ko, s.en, [(link.language, link.text, link.url) for link in s.links], s.kind, s.level, s.alert)
        for s in document.segments()
    ]
    assert found == expected
    assert document.problems == ()


FRAGMENTS = st.sampled_from(
    [
        '<span data-ttu-id="a-1">',
        '<span data-stu-id="a-1">',
        '<span class="sxs-lookup">',
        "<span data-ttu-id=&quot;a-2&quot;>",
        "</span>",
        pair("b-1", "가", "b"),
        *["**", "*", "_", "`", "```\n", "[", "](x)", "![", "|", "|-|\n", "\n", "\n\n", "    ", "> ", "- ", "1. "],
        *[
            "# ",
            "---\n",
            "<!--",
            "-->",
            "<p>",
            "<a href='x'>",
            "</a>",
            "<br>",
            "&amp;",
            "\\",
            "[!NOTE]",
            "word",
            "낱말",
        ],
        *["[!INCLUDE [a](b)]", "[a]: b\n", "<script>", "\x00", "\u2028", "\ufeff"],
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=40).map("".join)))
def test_sidebyside_reads_any_text(text):
    document = read(text)
    for segment in document.segments():
        assert segment.id
        assert segment.ko or segment.en or segment.aligned or segment.id.startswith("a-2")
        if segment.kind != "code":
            assert segment.ko == " ".join(segment.ko.split())
            assert segment.en == " ".join(segment.en.split())
        assert all(link.text and link.url for link in segment.links)
    assert read(text) == document

import contextlib
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus.documents
from corpus.documents import (
    MAX_BYTES,
    Link,
    Segment,
    bundled_path,
    in_context,
    load_corpus,
    load_documents,
)
from corpus.errors import CorpusError, DocumentError, ManifestError

PAGE = (
    '# <span data-ttu-id="a-1">제목</span><span class="sxs-lookup"><span data-stu-id="a-1">Title</span></span>\n\n'
    '<span data-ttu-id="a-2">본문</span><span class="sxs-lookup"><span data-stu-id="a-2">Text</span></span>\n'
)
ROOT = Path(corpus.documents.__file__).resolve().parent.parent

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def write(path, content=PAGE):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def ids(loaded):
    return [document.id for document in loaded.documents]


# the bundled page


def test_documents_bundled_page_loads_with_its_manifest():
    loaded = load_documents(bundled_path())
    (document,) = loaded.documents
    assert loaded.problems == ()
    assert document.id == "offering-soc"
    assert document.sha256 == "fac0a4ec0086d2224bbd9e8f234289152f761eb1af23e59430b61168732996c5"
    assert document.source_url == "https://learn.microsoft.com/ko-kr/compliance/regulatory/offering-soc"
    assert (document.licence, document.attribution) == ("CC-BY-4.0", "Microsoft and contributors")
    assert document.link_base == "https://learn.microsoft.com"


def test_documents_bundled_page_loads_as_a_file():
    (document,) = load_documents(bundled_path() / "offering-soc.ko-kr.md").documents
    assert document.id == "offering-soc"
    assert document.licence == "CC-BY-4.0"


def test_documents_collection_loads_through_the_same_path():
    collection = Path(os.environ.get("SOC_COLLECTION", ROOT.parent / "shared" / "data" / "compliance-ko"))
    if not collection.is_dir():
        pytest.skip(f"the collection is not at {collection}; set SOC_COLLECTION to its folder")
    loaded = load_corpus([bundled_path(), collection])
    assert len(loaded.documents) == 168
    assert len({document.id for document in loaded.documents}) == 168
    assert "regulatory/gdpr" in ids(loaded)
    assert {document.link_base for document in loaded.documents} == {"https://learn.microsoft.com"}
    assert sum(segment.aligned for document in loaded.documents for segment in document.segments()) == 12_179 + 93
    assert [problem.line for problem in loaded.problems] == [211, 213]


# folders


def test_documents_folder_is_read_in_order_with_ids_from_paths(tmp_path):
    for name in ("b.md", "sub/c.ko-kr.md", "a.MARKDOWN", "sub/d.ko.md", "e.v2.md", ".hidden.md", ".git/x.md", "n.txt"):
        write(tmp_path / name)
    loaded = load_documents(tmp_path)
    assert ids(loaded) == ["a", "b", "e.v2", "sub/c", "sub/d"]
    assert loaded.problems == ()


def test_documents_bad_files_never_stop_a_folder(tmp_path):
    write(tmp_path / "a.md")
    write(tmp_path / "empty.md", "")
    write(tmp_path / "binary.md", b"\x89PNG\r\n\x00\x00")
    write(tmp_path / "latin.md", "# caf\u00e9\n".encode("latin-1"))
    write(tmp_path / "z.md", PAGE.replace("a-", "z-"))
    loaded = load_documents(tmp_path)
    assert ids(loaded) == ["a", "z"]
    assert [(Path(problem.path).name, problem.line) for problem in loaded.problems] == [
        ("binary.md", 2),
        ("empty.md", None),
        ("latin.md", 1),
    ]
    assert str(loaded.problems[1]) == f"{tmp_path / 'empty.md'}: The file is empty. Remove it, or add its text."
    assert "The byte 0xe9 at offset 5 is not UTF-8. Save the file in UTF-8." in str(loaded.problems[2])


def test_documents_problems_of_pages_reach_the_corpus(tmp_path):
    path = write(tmp_path / "a.md", '\n<span data-ttu-id="a-1">가</span>')
    (problem,) = load_documents(tmp_path).problems
    assert (problem.path, problem.line) == (str(path), 2)


def test_documents_same_ids_are_told_apart_and_reported(tmp_path):
    for name in ("one/a.md", "one/a.ko-kr.md", "two/a.md", "two/a-2.md"):
        write(tmp_path / name)
    loaded = load_corpus([tmp_path / "one", tmp_path / "two"])
    assert len(set(ids(loaded))) == 4
    assert [str(problem).split(":")[1].split(";")[0].strip() for problem in loaded.problems] == [
        "Another document has the id a too",
        "Another document has the id a too",
    ]


def test_documents_load_a_file_once(tmp_path):
    path = write(tmp_path / "a.md")
    loaded = load_corpus([tmp_path, path, tmp_path / "." / "a.md"])
    assert (ids(loaded), loaded.problems) == (["a"], ())


def test_documents_same_segment_id_in_two_documents_is_fine(tmp_path):
    write(tmp_path / "a.md")
    write(tmp_path / "b.md")
    assert load_documents(tmp_path).problems == ()


def test_documents_links_out_of_the_folder_are_not_followed(tmp_path):
    outside = write(tmp_path / "outside" / "secret.md")
    folder = tmp_path / "folder"
    inside = write(folder / "a.md")
    (folder / "link.md").symlink_to(outside)
    (folder / "sub").symlink_to(outside.parent)
    (folder / "same.md").symlink_to(inside)
    loaded = load_documents(folder)
    assert ids(loaded) == ["a"]
    assert sorted(Path(problem.path).name for problem in loaded.problems) == ["link.md", "sub"]
    assert all("leads out of the folder" in problem.message for problem in loaded.problems)


@needs_pipes
def test_documents_broken_links_and_odd_files_are_reported(tmp_path):
    write(tmp_path / "a.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nothing.md")
    os.mkfifo(tmp_path / "pipe.md")
    loaded = load_documents(tmp_path)
    assert ids(loaded) == ["a"]
    assert [Path(problem.path).name for problem in loaded.problems] == ["gone.md", "pipe.md"]


def test_documents_folder_without_documents(tmp_path):
    with pytest.raises(CorpusError, match="There are no documents in"):
        load_documents(tmp_path)


def test_documents_nothing_to_load():
    with pytest.raises(CorpusError, match="No documents were named"):
        load_corpus([])


# one file


def test_documents_missing_path(tmp_path):
    with pytest.raises(CorpusError, match=r"nothing\.md does not exist\. Check the path"):
        load_documents(tmp_path / "nothing.md")


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", None, "is empty"),
        (b" \n\n", None, "is empty"),
        (b"\xff\xfe#\x00", 1, "UTF-16"),
        ("\ufeff# x".encode("utf-16-be"), 1, "UTF-16"),
        (b"# x\n\nab\x00", 3, "NUL byte at offset 7"),
        (b"# x\n\xc0\xff", 2, "byte 0xc0 at offset 4 is not UTF-8"),
        (b"\xef\xbb\xbf# x\n\n\xff", 3, "byte 0xff at offset 8 is not UTF-8"),
        ("# 제목\n".encode("cp949"), 1, "is not UTF-8"),
    ],
)
def test_documents_unreadable_content(tmp_path, content, line, message):
    path = write(tmp_path / "a.md", content)
    with pytest.raises(DocumentError, match=message) as caught:
        load_documents(path)
    assert (caught.value.path, caught.value.line) == (path, line)
    assert caught.value.remedy


def test_documents_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    path = write(tmp_path / "a.md", b"\xef\xbb\xbf" + ("---\ntitle: t\n---\n" + PAGE).replace("\n", "\r\n").encode())
    (document,) = load_documents(path).documents
    assert (document.metadata["title"], document.title_en) == ("t", "Title")


def test_documents_too_large_a_file(tmp_path):
    path = tmp_path / "a.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(DocumentError, match=f"50,000,000 bytes; the limit is {MAX_BYTES:,}"):
        load_documents(path)


def test_documents_other_kinds_of_file(tmp_path):
    with pytest.raises(DocumentError, match="not a Markdown file"):
        load_documents(write(tmp_path / "a.docx"))


def test_documents_unreadable_file(tmp_path):
    path = write(tmp_path / "a.md")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(DocumentError, match="cannot be opened"):
        load_documents(path)


@needs_pipes
def test_documents_pipe(tmp_path):
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(DocumentError, match="not a file"):
        load_documents(tmp_path / "a.md")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_documents_impossible_path(name):
    with pytest.raises(CorpusError):
        load_documents(Path(name))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_documents_any_bytes_give_a_document_or_our_error(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("any") / "a.md", content)
    with contextlib.suppress(DocumentError):
        (document,) = load_documents(path).documents
        assert document.sha256 == hashlib.sha256(content).hexdigest()


# manifests


def test_documents_manifest_fills_what_pages_do_not_say(tmp_path):
    write(tmp_path / "sub" / "a.md")
    write(tmp_path / "b.md")
    write(tmp_path / "NOTES.md")
    digest = hashlib.sha256(PAGE.encode()).hexdigest()
    write(
        tmp_path / "manifest.toml",
        'exclude = ["NOTES.md"]\n[defaults]\nlicence = "MIT"\nattribution = "Us"\nlink_base = "https://a.example"\n'
        f'[documents."sub/a.md"]\nlicence = "CC0-1.0"\nsource_url = "https://b.example/a"\nsha256 = "{digest}"\n',
    )
    b, a = load_documents(tmp_path).documents
    assert (a.id, a.licence, a.attribution, a.source_url) == ("sub/a", "CC0-1.0", "Us", "https://b.example/a")
    assert (b.id, b.licence, b.source_url, b.link_base) == ("b", "MIT", None, "https://a.example")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[documents", "cannot be read"),
        (b"\xff", "cannot be read"),
        ("[default]\n", "unknown key default"),
        ("[defaults]\nlicense = 'x'\n", "unknown key license"),
        ("[defaults]\nlicence = 1\n", "licence in defaults is 1"),
        ("defaults = 1\n", "defaults is 1"),
        ("exclude = 'a.md'\n", "exclude is 'a.md'"),
        ("[documents.'gone.md']\n", r"lists gone\.md, which is not there"),
        ("[documents.'a.md']\nsha256 = 'x'\n", r"the sha256 of a\.md is 'x'"),
        (f"[documents.'a.md']\nsha256 = '{'0' * 64}'\n", f"the manifest says {'0' * 64}"),
    ],
)
def test_documents_wrong_manifest(tmp_path, content, message):
    write(tmp_path / "a.md")
    write(tmp_path / "manifest.toml", content)
    with pytest.raises(ManifestError, match=message) as caught:
        load_documents(tmp_path)
    assert str(tmp_path / "manifest.toml") in str(caught.value)


def test_documents_link_base_of_the_page_family(tmp_path):
    write(tmp_path / "a.md", "---\nms.topic: article\n---\n" + PAGE)
    write(tmp_path / "b.md", "---\ntitle: x\n---\n" + PAGE)
    assert [d.link_base for d in load_documents(tmp_path).documents] == ["https://learn.microsoft.com", None]


# the model


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("https://a.example/b", None, "https://a.example/b"),
        ("/ko-kr/x", "https://a.example", "https://a.example/ko-kr/x"),
        ("/ko-kr/x", None, None),
        ("mailto:a@b.example", "https://a.example", "mailto:a@b.example"),
        ("javascript:alert(1)", "https://a.example", None),
        ("data:text/html,x", None, None),
        ("https://[broken", None, None),
    ],
)
def test_documents_link_absolute(url, base, expected):
    assert Link("x", url, "en").absolute(base) == expected


def test_documents_segment_falls_back_to_the_language_it_has():
    segment = Segment("a-1", "가", "")
    assert (segment.text("en"), segment.text("ko"), segment.missing) == ("가", "가", "en")
    assert Segment("a-1", "", "a").missing == "ko"
    assert Segment("a-1", "가", "a").missing is None


def test_documents_text_in_context():
    assert in_context(("Title", "Part"), "text") == "Title > Part: text"
    assert in_context((), "text") == "text"

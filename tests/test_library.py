"""The documents behind the answers, and changes to them, over a real index."""

from __future__ import annotations

import shutil

import pytest
from fakes import Page, WordCounter, health_page, write_pages

from assistant.library import Library, safe_name
from corpus.errors import CorpusError, IndexLockedError, StorageError
from ingest.index import build_index, live_generation
from ingest.index.generations import writing
from ingest.settings import Settings


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A home whose index holds the two small pages."""
    folder = tmp_path_factory.mktemp("library")
    build_index(folder / "home", [write_pages(folder / "pages")], WordCounter())
    return folder / "home"


@pytest.fixture
def library(built, home, embedder):
    shutil.copytree(built, home)
    return Library(Settings(home=home), embedder)


def page(folder, name="tax", text=("세금은 매년 냅니다.", "Taxes are paid every year.")):
    return Page(name).heading("세금", "Taxes").paragraph(text).write(folder)


def ids(library):
    return [document.id for document in library.holdings().documents]


def test_library_holds_what_the_live_index_holds(library):
    held = library.holdings()
    assert ids(library) == ["health", "reports"]
    assert held.generation == live_generation(library.home).id
    assert held.segments == sum(1 for document in held.documents for _ in document.segments())
    assert library.holdings() is held


def test_library_adds_beside_what_it_holds(library, tmp_path):
    seen = []
    change = library.add({"tax.ko-kr.md": page(tmp_path)}, on_progress=lambda *step: seen.append(step))
    assert change.documents == ("tax",)
    assert (change.summary.documents, change.problems) == (3, ())
    assert ids(library) == ["health", "reports", "tax"]
    assert {step for step, *_ in seen} == {"embed", "compare", "index"}
    assert (library.home / "added" / "tax.ko-kr.md").is_file()
    assert not list(library.home.glob("adding-*"))


def test_library_document_of_the_same_name_is_replaced_and_nothing_else_embedded(library, tmp_path, embedder):
    library.add({"tax.md": page(tmp_path)})
    before = len(embedder.embedded)
    text = ("세금은 매월 냅니다.", "Taxes are paid every month.")
    change = library.add({"tax.md": page(tmp_path, text=text)})
    assert change.summary.documents == 3
    assert "every month" in library.holdings().by_id["tax"].sections[0].segments[0].en
    assert len(embedder.embedded) - before == change.summary.embedded == 2
    generation = library.holdings().generation
    assert not library.add({"tax.md": page(tmp_path, text=text)}).summary.changed
    assert library.holdings().generation == generation


def test_library_removes_with_the_file_that_was_added(library, tmp_path):
    library.add({"sub/tax.md": page(tmp_path)})
    assert ids(library) == ["health", "reports", "sub/tax"]
    change = library.remove(["sub/tax", "unknown"])
    assert change.documents == ("sub/tax",)
    assert ids(library) == ["health", "reports"]
    assert [path for path in (library.home / "added").rglob("*") if path.is_file()] == []


def test_library_keeps_at_least_one_document(library):
    with pytest.raises(CorpusError, match="no text"):
        library.remove(["health", "reports"])
    assert ids(library) == ["health", "reports"]
    with pytest.raises(CorpusError, match="holds no document unknown"):
        library.remove(["unknown"])


def test_library_leaves_out_what_cannot_be_read_and_says_so(library, tmp_path):
    (tmp_path / "euckr.md").write_bytes("세금".encode("euc-kr"))
    (tmp_path / "run.exe").write_bytes(b"MZ")
    files = {"tax.md": page(tmp_path), "euckr.md": tmp_path / "euckr.md", "run.exe": tmp_path / "run.exe"}
    change = library.add(files)
    assert change.documents == ("tax",)
    told = [str(problem) for problem in change.problems]
    assert len(told) == 2
    assert told[0].startswith("run.exe: This is not a Markdown file")
    assert told[1].startswith("euckr.md, line 1: The byte 0xbc")
    assert [path.name for path in (library.home / "added").iterdir()] == ["tax.md"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", "세금".encode("euc-kr"), b"\0"])
def test_library_refuses_when_nothing_can_be_read(library, tmp_path, content):
    (tmp_path / "bad.md").write_bytes(content)
    with pytest.raises(CorpusError, match=r"Nothing could be added\. bad\.md.*UTF-8"):
        library.add({"bad.md": tmp_path / "bad.md"})
    assert ids(library) == ["health", "reports"]


def test_library_refuses_while_another_changes(library, tmp_path):
    with writing(library.home), pytest.raises(IndexLockedError):
        library.add({"tax.md": page(tmp_path)})
    assert not (library.home / "added").exists()


def test_library_full_disk_leaves_everything_as_it_was(home, tmp_path, library):
    class Full(WordCounter):
        def embed_documents(self, texts):
            raise OSError(28, "No space left on device")

    generation = library.holdings().generation
    with pytest.raises(StorageError, match="No space left"):
        Library(Settings(home=home), Full()).add({"tax.md": page(tmp_path)})
    assert library.holdings().generation == generation
    assert not (home / "added").exists()


def test_library_next_ingest_finds_what_was_added(library, tmp_path, home, pages, embedder):
    settings = Settings(home=home, documents=(pages,))
    assert settings.sources == (pages,)
    library.add({"tax.md": page(tmp_path)})
    assert settings.sources == (pages, home / "added")
    assert not build_index(home, settings.sources, embedder).changed


def test_library_knows_where_the_languages_of_an_added_document_disagree(library, tmp_path):
    assert library.divergences() == ()
    library.add({"tax.md": page(tmp_path, text=("세금은 30일 안에 냅니다.", "Taxes are paid within 60 days."))})
    found = library.divergences()
    assert [(document.id, one.segment_id, one.severity) for document, one in found] == [("tax", "tax-2", "major")]


def test_library_start_leaves_what_was_removed_and_what_was_ingested(library):
    library.remove(["reports"])
    generation = library.holdings().generation
    library.bring_up_to_date()  # the settings name the bundled page
    assert (ids(library), library.holdings().generation) == (["health"], generation)


def test_library_start_makes_an_index_of_another_model_anew(library, home):
    before, another = library.holdings(), WordCounter("another")
    newer = Library(Settings(home=home), another)
    newer.bring_up_to_date()
    assert newer.holdings().generation != before.generation
    assert live_generation(home).manifest().embedder_sha256 == another.sha256
    assert ids(newer) == ["health", "reports"]


@pytest.mark.parametrize("damage", ["missing", "unreadable"])
def test_library_start_builds_from_the_documents_where_no_index_can_be_read(library, home, pages, damage):
    if damage == "missing":
        shutil.rmtree(home)
    else:
        (live_generation(home).folder / "documents.json").write_text("{}", encoding="utf-8")
    again = Library(Settings(home=home, documents=(pages / "reports.ko-kr.md",)), WordCounter())
    again.bring_up_to_date()
    assert ids(again) == ["reports"]


def test_library_start_while_another_changes_goes_on_with_what_is_there(library):
    with writing(library.home):
        library.bring_up_to_date()
    assert ids(library) == ["health", "reports"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.md", "a.md"),
        ("folder/a.md", "folder/a.md"),
        ("../../etc/a.md", "etc/a.md"),
        ("..\\..\\windows\\a.md", "windows/a.md"),
        ("/etc/passwd.md", "etc/passwd.md"),
        (".hidden.md", "hidden.md"),
        ("a\0b\n.md", "ab.md"),
        ("<img src=x onerror=alert(1)>.md", "img src=x onerror=alert(1).md"),
        ("보고서.md", "보고서.md"),  # typed on a Mac: letters apart
        ("가" * 100 + ".md", "가" * 39 + ".md"),
        ("..", None),
        ("/", None),
        ("", None),
    ],
)
def test_library_names_are_made_safe(name, safe):
    assert safe_name(name) == safe


def test_library_stores_hostile_names_inside(library, tmp_path):
    change = library.add({"../../../tax.md": health_page().write(tmp_path), "..": tmp_path})
    assert change.documents == ("tax",)
    assert [path.relative_to(library.home).as_posix() for path in library.home.rglob("tax.md")] == ["added/tax.md"]

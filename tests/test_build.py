import re
import shutil
from itertools import chain

import pytest
from fakes import BrokenCounter, InterruptedCounter, Page, WordCounter, reports_page, write_pages

from corpus.divergence import divergences
from corpus.documents import load_documents
from corpus.errors import CorpusError, IndexCorruptError, IndexLockedError
from ingest.chunks import split
from ingest.index import Index, build_index, live_generation
from ingest.index.generations import writing


def texts_of(folder):
    """Every text that a build of the folder has to have embedded."""
    chunks = chain.from_iterable(split(document) for document in load_documents(folder).documents)
    return {
        chunk.segment_text(segment, language)
        for chunk in chunks
        for segment in chunk.segments
        for language in ("ko", "en")
    }


def found(home, query):
    """The ids of the segments that the live index finds."""
    index = Index.open(home, WordCounter())
    try:
        return {segment.segment.id for hit in index.search(query, k=50) for segment in hit.segments}
    finally:
        index.close()


def folders(home):
    return {path.name for path in (home / "generations").iterdir()}


class Built:
    """A folder with the pages `reports` and `health`, and a home with an index of them."""

    def __init__(self, folder):
        self.home = folder / "home"
        self.pages = folder / "pages"
        self.embedder = WordCounter()

    def build(self, embedder=None, **options):
        return build_index(self.home, [self.pages], embedder or self.embedder, **options)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first build, to be looked at only, its summary and the steps that it reported."""
    built, steps = Built(tmp_path_factory.mktemp("first")), []
    write_pages(built.pages)
    summary = built.build(on_progress=lambda *step: steps.append(step))
    return built, summary, steps


@pytest.fixture
def built(first, tmp_path):
    """A copy of the first build, to build on."""
    shutil.copytree(first[0].home.parent, tmp_path, dirs_exist_ok=True)
    return Built(tmp_path)


# what a build does


def test_build_summary_counts_what_was_done(first):
    built, summary, _ = first
    assert (summary.documents, summary.segments, summary.chunks) == (2, 16, 5)
    assert summary.changed
    assert summary.embedded == len(texts_of(built.pages))
    assert summary.reused == 0
    assert summary.problems == ()
    assert summary.seconds > 0
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", summary.generation)


def test_build_manifest_says_what_built_it(built):
    manifest = live_generation(built.home).manifest()
    assert manifest.generation == live_generation(built.home).id
    assert (manifest.embedder_name, manifest.dimension) == ("word-counter", 64)
    assert manifest.embedder_sha256 == WordCounter().sha256
    assert manifest.sources == {document.id: document.sha256 for document in load_documents(built.pages).documents}
    assert (manifest.chunks, manifest.segments) == (5, 13)


def test_build_reports_its_steps(first):
    _, summary, steps = first
    assert steps[-3:] == [("index", 0, 2), ("index", 1, 2), ("index", 2, 2)]
    assert steps[-6:-3] == [("compare", 0, 2), ("compare", 1, 2), ("compare", 2, 2)]
    embedding = [(done, total) for name, done, total in steps[:-6] if name == "embed"]
    assert len(embedding) == len(steps) - 6
    assert embedding == sorted(embedding)
    assert {total for _, total in embedding} == {summary.embedded}
    assert embedding[-1][0] == summary.embedded


def test_build_index_holds_what_was_read(built):
    ids = {segment.id for document in load_documents(built.pages).documents for segment in document.segments()}
    headings = {"reports-1", "reports-6", "health-1"}
    assert found(built.home, "report") | found(built.home, "병원") == ids - headings


def test_build_works_from_any_folder_into_a_home_of_any_name(tmp_path, pages, embedder, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "집 #1?mode=rw%20" / "deeper"
    build_index(home, [pages], embedder)
    assert "reports-2" in found(home, "audit")


# what changed


def test_build_of_unchanged_documents_embeds_nothing_and_keeps_the_generation(built):
    before = live_generation(built.home)
    summary = built.build()
    assert not summary.changed
    assert (summary.embedded, summary.reused) == (0, len(texts_of(built.pages)))
    assert summary.generation == before.id == live_generation(built.home).id
    assert built.embedder.embedded == []
    assert (summary.documents, summary.segments, summary.chunks) == (2, 16, 5)


def test_build_embeds_only_the_changed_texts_of_an_edited_file(built):
    before, generation = texts_of(built.pages), live_generation(built.home).id
    reports_page(agreement=("회원은 요금을 냅니다.", "Members pay a fee.")).write(built.pages)
    summary = built.build()
    assert set(built.embedder.embedded) == texts_of(built.pages) - before
    assert all("회원은 요금을 냅니다." in text or "Members pay a fee." in text for text in built.embedder.embedded)
    assert summary.changed
    assert 0 < summary.embedded == len(built.embedder.embedded)
    assert summary.reused == len(texts_of(built.pages)) - summary.embedded > summary.embedded
    assert folders(built.home) == {generation, summary.generation}


def test_build_drops_a_removed_file_and_embeds_nothing(built):
    (built.pages / "health.ko-kr.md").unlink()
    summary = built.build()
    assert (summary.documents, summary.embedded) == (1, 0)
    assert built.embedder.embedded == []
    assert not any(name.startswith("health") for name in found(built.home, "hospital patient 병원"))
    assert set(live_generation(built.home).manifest().sources) == {"reports"}


def test_build_with_another_embedder_is_a_new_index_and_reuses_nothing(built):
    other = WordCounter("another-model")
    summary = built.build(other)
    assert summary.changed
    assert (summary.embedded, summary.reused) == (len(texts_of(built.pages)), 0)
    assert live_generation(built.home).manifest().embedder_name == "another-model"


# where the languages disagree

DISAGREEMENT = ("감사 보고서에는 부적격 의견이 있습니다.", "The audit report has an unqualified opinion.")


def diverging(home):
    """What the live generation holds: per document, the segments whose languages disagree."""
    return {name: [one.segment_id for one in found] for name, found in live_generation(home).divergences().items()}


def test_build_keeps_where_the_languages_of_each_document_disagree(built):
    assert diverging(built.home) == {"reports": [], "health": []}
    reports_page(agreement=DISAGREEMENT).write(built.pages)
    built.build()
    assert diverging(built.home) == {"reports": ["reports-3"], "health": []}
    index = Index.open(built.home, WordCounter())
    document = index.documents_by_id["reports"]
    found = {one.id: index.divergence_of(document, one) for one in document.segments()}
    index.close()
    assert [name for name, one in found.items() if one] == ["reports-3"]
    assert (found["reports-3"].ko, found["reports-3"].en) == DISAGREEMENT
    assert found["reports-3"].severity == "major"


def test_build_compares_only_changed_documents_again(built):
    live = live_generation(built.home)
    (other,) = divergences(load_documents(reports_page(agreement=DISAGREEMENT).write(built.home)).documents[0])
    live.write_divergences({"reports": (other,), "health": (other,)})  # a mark that only keeping can carry over
    reports_page(agreement=("회원은 요금을 냅니다.", "Members pay a fee.")).write(built.pages)
    built.build()
    assert diverging(built.home) == {"reports": [], "health": ["reports-3"]}


def test_build_compares_all_again_once_the_signals_or_weights_are_others(built):
    live = live_generation(built.home)
    live.write_divergences({"reports": (), "health": ()})
    reports_page(agreement=DISAGREEMENT).write(built.pages)
    edit_manifest(live, divergences="0" * 64, sources={d.id: d.sha256 for d in load_documents(built.pages).documents})
    summary = built.build()
    assert summary.changed
    assert diverging(built.home) == {"reports": ["reports-3"], "health": []}
    assert not built.build().changed


# what is wrong with the documents


def test_build_lists_a_bad_file_and_takes_the_good_ones(built):
    (built.pages / "bad.md").write_bytes(b"caf\xe9 \xff")
    summary = built.build()
    assert summary.documents == 2
    (problem,) = summary.problems
    assert "bad.md" in problem.path
    assert "UTF-8" in problem.message


@pytest.mark.parametrize("content", [b"", b"\x00\x01binary", b"# Only a heading\n"], ids=["empty", "binary", "heading"])
def test_build_of_no_text_is_an_error_and_leaves_the_index_alone(built, tmp_path, content):
    before = live_generation(built.home)
    (tmp_path / "page.md").write_bytes(content)
    with pytest.raises(CorpusError, match=r"page\.md"):
        build_index(built.home, [tmp_path / "page.md"], built.embedder)
    assert live_generation(built.home) == before


def test_build_of_documents_that_are_not_there_makes_no_home(tmp_path, home, embedder):
    with pytest.raises(CorpusError, match="nowhere"):
        build_index(home, [tmp_path / "nowhere"], embedder)
    assert not home.exists()


# what goes wrong on the way


def test_build_that_is_interrupted_leaves_the_index_alone_and_goes_on_later(built):
    before, known = live_generation(built.home), texts_of(built.pages)
    Page("long").heading("제목", "Title").items(*((f"항목 {n}", f"item {n}") for n in range(80))).write(built.pages)
    needed = len(texts_of(built.pages) - known)
    interrupted = InterruptedCounter(after=64)
    with pytest.raises(KeyboardInterrupt):
        built.build(interrupted)
    assert live_generation(built.home) == before
    assert before.id in folders(built.home)
    assert len(folders(built.home)) <= 2
    summary = built.build()
    assert summary.embedded == len(built.embedder.embedded) == needed - len(interrupted.embedded) > 0
    assert "long-81" in found(built.home, "item 79")


def test_build_that_fails_its_verification_is_not_published(built):
    before, kept = live_generation(built.home), folders(built.home)
    with pytest.raises(IndexCorruptError, match="failed its verification") as caught:
        built.build(BrokenCounter("broken"))
    assert "do not find themselves" in caught.value.problem
    assert "unchanged" in caught.value.remedy
    assert live_generation(built.home) == before
    assert folders(built.home) == kept
    assert "reports-2" in found(built.home, "audit")


def test_build_while_another_one_runs_is_told_so(built):
    with writing(built.home), pytest.raises(IndexLockedError):
        built.build()


def edit_manifest(generation, **changes):
    generation.write_manifest(generation.manifest().model_copy(update=changes))


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    "damage",
    [
        lambda home: cut_short(live_generation(home).vectors),
        lambda home: (home / "current").write_bytes(b"\xff\x00"),
        lambda home: edit_manifest(live_generation(home), texts="0" * 64),
        lambda home: edit_manifest(live_generation(home), divergences=""),
    ],
    ids=["vectors", "pointer", "texts composed by another version", "built before divergences were kept"],
)
def test_build_replaces_an_index_that_cannot_serve_though_the_documents_are_unchanged(built, damage):
    before = live_generation(built.home).id
    damage(built.home)
    summary = built.build()
    assert summary.changed
    assert summary.embedded == 0
    assert live_generation(built.home).id == summary.generation != before
    assert "reports-2" in found(built.home, "audit")

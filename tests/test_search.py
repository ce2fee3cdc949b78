import resource
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from fakes import WordCounter, health_page, write_pages

from corpus.documents import load_documents
from corpus.errors import IndexCorruptError, IndexMismatchError, IndexMissingError
from ingest.index import Index, build_index, live_generation
from ingest.index.store import DenseStore
from ingest.lexical import LexicalIndex


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home with an index of the pages `reports` and `health`, to be read only, and the pages' folder beside it."""
    folder = tmp_path_factory.mktemp("first")
    build_index(folder / "home", [write_pages(folder / "pages")], WordCounter())
    return folder / "home"


@pytest.fixture(scope="module")
def index(first):
    index = Index.open(first, WordCounter())
    yield index
    index.close()


@pytest.fixture
def copied(first, tmp_path):
    """A copy of the home and the pages, to change."""
    shutil.copytree(first.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "home"


def answers(index, query, k=50):
    """(segment id, its scores) of everything that is found."""
    return [
        (scores.segment.id, scores.dense_ko, scores.dense_en, scores.bm25)
        for hit in index.search(query, k=k)
        for scores in hit.segments
    ]


def scores_of(index, query, name, k=50):
    (scores,) = [s for hit in index.search(query, k=k) for s in hit.segments if s.segment.id == name]
    return scores


# what is found


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("query", ["audit report", "감사 보고서", "bank", "사생활"])
def test_search_dense_scores_are_the_cosines_of_each_language(index, query, language):
    embedder = WordCounter()
    for hit in index.search(query, k=50):
        for scores in hit.segments:
            (vector,) = embedder.embed_documents([hit.chunk.segment_text(scores.segment, language)])
            expected = float(np.dot(embedder.embed_query(query), vector))
            assert getattr(scores, f"dense_{language}") == pytest.approx(expected, abs=2e-3)


def test_search_bm25_scores_are_those_of_the_words(index):
    assert scores_of(index, "appear", "reports-2").bm25 > 0
    assert scores_of(index, "나옵니다", "reports-2").bm25 > 0
    assert scores_of(index, "appear", "health-2").bm25 == 0


def test_search_synonyms_are_read_by_bm25_alone(index):
    plain = {found[0]: found for found in answers(index, "zebra")}
    widened = {
        scores.segment.id: scores for hit in index.search("zebra", k=50, synonyms="appear") for scores in hit.segments
    }
    assert plain["reports-2"][3] == 0
    assert widened["reports-2"].bm25 == scores_of(index, "appear", "reports-2").bm25 > 0
    assert all((widened[name].dense_ko, widened[name].dense_en) == plain[name][1:3] for name in plain)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Which audits are there?", "reports-2"),
        ("감사가 있나요?", "reports-2"),
        ("taxes", "reports-5"),
        ("환자의 기록", "health-2"),
    ],
)
def test_search_finds_the_segment_that_shares_most_words(index, query, name):
    best = max(answers(index, query, k=3), key=lambda found: found[1] + found[2])
    assert best[0] == name


def test_search_finds_by_words_what_no_vector_knows(index):
    """`appear` is no word of the embedder's: only BM25 can propose the first chunk of the page about reports."""
    ids = [hit.chunk.id for hit in index.search("appear", k=1)]
    assert "reports#reports-2" in ids


def test_search_hits_are_whole_chunks_in_document_order(index):
    hits = index.search("report record fee", k=4)
    numbers = [index.chunks.index(hit.chunk) for hit in hits]
    assert numbers == sorted(set(numbers))
    assert all(tuple(scores.segment for scores in hit.segments) == hit.chunk.segments for hit in hits)


def test_search_arms_propose_k_segments_each(index):
    assert 1 <= len(index.search("report", k=1)) <= 3
    assert len(index.search("report", k=10**6)) == len(index.chunks) == 5


@pytest.mark.parametrize("query", ["", " ", "?!", "\x00", "zebra", "word " * 5000])
def test_search_takes_any_text(index, query):
    assert len(index.search(query, k=3)) >= 1


def test_search_index_has_the_documents_and_their_chunks(first, index):
    assert index.documents == load_documents(first.parent / "pages").documents
    assert index.documents_by_id["health"].title_en == "Hospitals"
    for chunk in index.chunks:
        assert all(index.chunk_of(segment) is chunk for segment in chunk.segments)


def test_search_is_the_same_from_any_thread(index):
    queries = ["audit report", "감사 보고서", "bank letter", "환자 기록"] * 10
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda query: answers(index, query), queries))
    assert found == [answers(index, query) for query in queries]


# which generation answers


def test_search_picks_up_a_new_generation_without_a_restart(copied):
    before = Index.open(copied, WordCounter())
    old = answers(before, "school teacher")
    health_page().paragraph(("교사", "Teachers")).write(copied.parent / "pages")
    built = build_index(copied, [copied.parent / "pages"], WordCounter())
    after = Index.open(copied, WordCounter())
    try:
        assert live_generation(copied).id == built.generation == after.generation.id != before.generation.id
        assert "health-6" in [found[0] for found in answers(after, "school teacher")]
        assert answers(before, "school teacher") == old
        assert "health-6" not in [found[0] for found in old]
    finally:
        before.close()
        after.close()


def test_search_without_an_index_names_the_command(home, embedder):
    with pytest.raises(IndexMissingError, match="python -m ingest"):
        Index.open(home, embedder)


def test_search_with_another_embedder_names_both_and_the_command(first):
    with pytest.raises(IndexMismatchError, match="python -m ingest") as caught:
        Index.open(first, WordCounter("another-model"))
    assert "built by word-counter (64 dimensions" in caught.value.problem
    assert "the embedder in use is another-model (64 dimensions" in caught.value.problem


def test_search_with_an_embedder_of_another_dimension_is_a_mismatch(first, embedder):
    embedder.dimension = 32
    with pytest.raises(IndexMismatchError, match="32 dimensions"):
        Index.open(first, embedder)


# a damaged generation


def edit_manifest(generation, **changes):
    generation.write_manifest(generation.manifest().model_copy(update=changes))


def fewer_rows(generation):
    shutil.rmtree(generation.lexical)
    LexicalIndex.build([("가", "a")]).save(generation.lexical)


def empty_store(generation):
    shutil.rmtree(generation.chroma)
    DenseStore(generation.chroma, create=True).close()


DAMAGE = {
    "vectors missing": lambda generation: generation.vectors.unlink(),
    "vectors empty": lambda generation: generation.vectors.write_bytes(b""),
    "vectors of another shape": lambda generation: np.save(generation.vectors, np.zeros((3, 2, 64), np.float16)),
    "documents missing": lambda generation: (generation.folder / "documents.json").unlink(),
    "manifest cut short": lambda generation: (generation.folder / "manifest.json").write_text('{"format": 1,'),
    "another layout": lambda generation: edit_manifest(generation, layout="0" * 64),
    "lexical index missing": lambda generation: shutil.rmtree(generation.lexical),
    "lexical index too small": fewer_rows,
    "dense index missing": lambda generation: shutil.rmtree(generation.chroma),
    "dense index without database": lambda generation: (generation.chroma / "chroma.sqlite3").unlink(),
    "dense index overwritten": lambda generation: (generation.chroma / "chroma.sqlite3").write_bytes(b"?" * 9999),
    "dense index empty": empty_store,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_search_in_a_damaged_generation_is_an_error_that_names_the_command(copied, embedder, damage):
    damage(live_generation(copied))
    for _ in range(2):
        with pytest.raises(IndexCorruptError, match="python -m ingest"):
            Index.open(copied, embedder)


# a disk that takes no more


@contextmanager
def full_disk():
    """No file of this process may grow."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("query", ["audit report", "환자 기록", "appear"])
def test_search_on_a_full_disk_finds_the_same(copied, index, query):
    with full_disk():
        opened = Index.open(copied, WordCounter())
        try:
            found = answers(opened, query)
        finally:
            opened.close()
    assert found == answers(index, query)


def test_search_goes_on_when_the_disk_fills_up(copied, index):
    opened = Index.open(copied, WordCounter())
    try:
        with full_disk():
            found = answers(opened, "audit report")
    finally:
        opened.close()
    assert found == answers(index, "audit report")

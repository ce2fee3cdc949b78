import sqlite3

import numpy as np
import pytest
from fakes import InterruptedCounter, WordCounter

from corpus.errors import StorageError
from ingest.cache import EmbeddingCache

TEXTS = ["audit report", "bank letter", "school fee"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "embeddings.sqlite3"


@pytest.fixture
def open_cache(path):
    """Opens the cache, as often as asked; closes what it opened."""
    opened = []

    def open_():
        opened.append(EmbeddingCache(path))
        return opened[-1]

    yield open_
    for cache in opened:
        cache.close()


def fill(path, texts):
    cache = EmbeddingCache(path)
    cache.embed(texts, WordCounter())
    cache.close()


def test_cache_returns_the_embedders_vectors_in_order(open_cache, embedder):
    vectors, embedded = open_cache().embed(TEXTS, embedder)
    assert embedded == 3
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, WordCounter().embed_documents(TEXTS), rtol=1e-6)


def test_cache_embeds_a_text_once_however_often_it_comes(open_cache, embedder):
    vectors, embedded = open_cache().embed(["audit", "bank", "audit"], embedder)
    assert embedded == 2
    assert sorted(embedder.embedded) == ["audit", "bank"]
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_cache_embeds_nothing_twice(open_cache, embedder):
    first, _ = open_cache().embed(TEXTS, embedder)
    again, embedded = open_cache().embed([*TEXTS[::-1], "tax"], embedder)
    assert embedded == 1
    assert sorted(embedder.embedded) == sorted([*TEXTS, "tax"])
    np.testing.assert_array_equal(again[:3], first[::-1])


def test_cache_tells_nearly_equal_texts_apart(open_cache, embedder):
    texts = ["a", "a ", "A", "a\x00", "\ud800", "가", "\u1100\u1161"]
    assert open_cache().embed(texts, embedder)[1] == len(texts)


def test_cache_keeps_models_apart(open_cache, embedder):
    cache, other = open_cache(), WordCounter("another-model")
    cache.embed(TEXTS, embedder)
    assert cache.embed(TEXTS, other)[1] == 3
    assert other.embedded
    assert cache.embed(TEXTS, embedder)[1] == 0


def test_cache_of_no_texts_has_the_embedders_dimension(open_cache, embedder):
    vectors, embedded = open_cache().embed([], embedder)
    assert vectors.shape == (0, embedder.dimension)
    assert embedded == 0


def test_cache_reports_every_text_as_progress(open_cache, embedder):
    cache, steps = open_cache(), []
    cache.embed(TEXTS, embedder)
    texts = [*TEXTS, *(f"text {n}" for n in range(200))]
    cache.embed(texts, embedder, on_progress=steps.append)
    assert steps[0] == len(TEXTS)
    assert sum(steps) == len(texts)
    assert len(steps) > 2


def test_cache_goes_on_after_an_interruption(open_cache):
    texts = [f"text {n:03}" for n in range(200)]
    interrupted, resumed = InterruptedCounter(after=100), WordCounter()
    with pytest.raises(KeyboardInterrupt):
        open_cache().embed(texts, interrupted)
    kept = interrupted.embedded
    assert 100 <= len(kept) < 200
    vectors, embedded = open_cache().embed(texts, resumed)
    assert embedded == 200 - len(kept)
    assert sorted([*kept, *resumed.embedded]) == texts
    np.testing.assert_allclose(vectors, WordCounter().embed_documents(texts), rtol=1e-6)


# damage

DAMAGE = {
    "no database": lambda content: b"not a database" * 100,
    "header overwritten": lambda content: bytes(100) + content[100:],
    "cut short": lambda content: content[: len(content) // 2],
    "pages overwritten": lambda content: content[:4096] + b"\xff" * (len(content) - 4096),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_cache_sets_a_damaged_file_aside_and_begins_anew(path, open_cache, embedder, damage):
    texts = [f"text {n}" for n in range(300)]
    fill(path, texts)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    vectors, embedded = open_cache().embed(texts, embedder)
    assert embedded == len(texts)
    np.testing.assert_allclose(vectors, WordCounter().embed_documents(texts), rtol=1e-6)
    assert path.with_suffix(".damaged").read_bytes() == damaged
    assert open_cache().embed(texts, embedder)[1] == 0


def test_cache_does_not_play_a_damaged_files_log_into_the_new_one(path, open_cache, embedder):
    fill(path, ["audit"])
    writer = sqlite3.connect(path)
    writer.execute("UPDATE vectors SET vector = x'00'")
    writer.commit()
    log = path.with_name(path.name + "-wal")
    unwritten = log.read_bytes()
    writer.close()
    assert unwritten
    path.write_bytes(b"no database" * 1000)
    log.write_bytes(unwritten)
    vectors, _ = open_cache().embed(["audit"], embedder)
    np.testing.assert_allclose(vectors, WordCounter().embed_documents(["audit"]))


def test_cache_that_cannot_be_opened_is_a_storage_error_and_stays(path):
    path.mkdir(parents=True)
    with pytest.raises(StorageError, match="SOC_HOME") as caught:
        EmbeddingCache(path)
    assert str(path) in str(caught.value)
    assert path.is_dir()


def test_cache_that_cannot_be_written_is_a_storage_error(path, open_cache, embedder):
    cache = open_cache()
    vandal = sqlite3.connect(path)
    vandal.execute("DROP TABLE vectors")
    vandal.close()
    with pytest.raises(StorageError, match="no such table"):
        cache.embed(TEXTS, embedder)

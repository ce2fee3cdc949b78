import inspect
import sqlite3

import chromadb.errors
import numpy as np
import pytest

from corpus.documents import LANGUAGES
from corpus.errors import IndexCorruptError, IndexingError, StorageError
from ingest.index.store import DenseStore, quick_check, translated

AXES = np.eye(4, dtype=np.float32)
VENDORS = [
    vendor for _, vendor in inspect.getmembers(chromadb.errors, inspect.isclass) if issubclass(vendor, Exception)
]


def write(folder, rows=AXES):
    """A store with the same rows in both languages."""
    with DenseStore(folder, create=True) as store:
        for language in LANGUAGES:
            ids = [f"page#{number}" for number in range(len(rows))]
            store.add(language, ids, ["text"] * len(rows), rows)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("store") / "chroma")


@pytest.fixture(scope="module")
def store(folder):
    with DenseStore(folder) as store:
        yield store


def test_store_finds_the_nearest_rows_first(store):
    query = np.array([0.1, 0.8, 0.5, 0], dtype=np.float32)
    assert store.nearest("en", query, k=3) == [1, 2, 0]
    assert store.nearest("ko", -query, k=4) == [3, 0, 2, 1]


def test_store_counts_rows(store):
    assert [store.count(language) for language in LANGUAGES] == [4, 4]


def test_store_keeps_the_languages_apart(tmp_path):
    with DenseStore(tmp_path, create=True) as store:
        store.add("ko", ["a"], ["text"], AXES[:1])
        store.add("en", ["a", "b"], ["text", "text"], AXES[1:3])
    with DenseStore(tmp_path) as store:
        assert (store.count("ko"), store.count("en")) == (1, 2)
        assert store.nearest("ko", AXES[2], k=1) == [0]
        assert store.nearest("en", AXES[2], k=1) == [1]


def test_store_takes_more_rows_than_one_batch(tmp_path):
    angles = np.linspace(0, np.pi / 2, 2100, dtype=np.float32)
    with DenseStore(write(tmp_path, np.stack([np.cos(angles), np.sin(angles)], axis=1))) as store:
        assert store.count("ko") == store.count("en") == 2100
        for row in (0, 1999, 2000, 2099):
            query = np.array([np.cos(angles[row]), np.sin(angles[row])])
            assert min(abs(found - row) for found in store.nearest("ko", query, k=10)) <= 2


def test_store_works_in_a_folder_of_any_name(tmp_path):
    folder = write(tmp_path / "색인 #1?mode=rw%20&x" / "chroma")
    assert quick_check(folder) == "ok"
    with DenseStore(folder) as store:
        assert store.nearest("ko", AXES[2], k=1) == [2]


# what is not there or damaged


def test_store_that_is_not_there_is_corrupt_and_is_not_created(tmp_path):
    with pytest.raises(IndexCorruptError, match="python -m ingest"):
        DenseStore(tmp_path / "chroma")
    assert list(tmp_path.iterdir()) == []


def test_store_without_its_collections_is_corrupt(tmp_path):
    chromadb.PersistentClient(str(tmp_path), settings=chromadb.Settings(anonymized_telemetry=False)).close()
    with pytest.raises(IndexCorruptError, match="segments_ko"):
        DenseStore(tmp_path)


def test_store_that_is_no_database_is_corrupt_however_often_it_is_opened(tmp_path):
    whole = (write(tmp_path) / "chroma.sqlite3").read_bytes()
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    for _ in range(2):
        with pytest.raises(IndexCorruptError, match="not a database") as caught:
            DenseStore(tmp_path)
        assert isinstance(caught.value.__cause__, chromadb.errors.ChromaError)
    (tmp_path / "chroma.sqlite3").write_bytes(whole)
    with DenseStore(tmp_path) as store:
        assert store.count("ko") == 4


def test_store_quick_check_is_ok_for_a_whole_store(folder):
    assert quick_check(folder) == "ok"


def test_store_quick_check_names_the_missing_database(tmp_path):
    assert quick_check(tmp_path) == "chroma.sqlite3 is missing"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"no database" * 1000,
        lambda content: content[: len(content) // 2],
        lambda content: content[:4096] + b"\xff" * (len(content) - 4096),
    ],
    ids=["no database", "cut short", "pages overwritten"],
)
def test_store_quick_check_says_what_is_damaged(folder, tmp_path, damage):
    (tmp_path / "chroma.sqlite3").write_bytes(damage((folder / "chroma.sqlite3").read_bytes()))
    assert quick_check(tmp_path) not in {"", "ok"}


# what Chroma raises


def test_store_vendors_errors_are_known():
    assert len(VENDORS) > 10
    assert chromadb.errors.InternalError in VENDORS


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.__name__)
def test_store_translates_each_of_the_vendors_errors(tmp_path, vendor, writing):
    error = vendor("as the vendor says")
    with pytest.raises(IndexingError, match="as the vendor says") as caught, translated(tmp_path, writing=writing):
        raise error
    assert caught.value.__cause__ is error
    assert str(tmp_path) in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        (lambda store: store.nearest("ko", AXES[0], k=0), TypeError),
        (lambda store: store.nearest("ko", np.ones(5, np.float32), k=1), chromadb.errors.InvalidArgumentError),
        (lambda store: store.nearest("ko", np.array(["a"]), k=1), ValueError),
        (lambda store: store.add("ko", ["page#0"], ["text"], np.ones((1, 5), np.float32)), chromadb.errors.ChromaError),
    ],
    ids=["no results wanted", "another dimension", "no numbers", "a row of another dimension"],
)
def test_store_translates_what_really_happens(store, call, cause):
    with pytest.raises(IndexingError) as caught:
        call(store)
    assert isinstance(caught.value.__cause__, cause)


@pytest.mark.parametrize(
    "error",
    [
        chromadb.errors.InternalError("error returned from database: (code: 13) database or disk is full"),
        chromadb.errors.InternalError("error returned from database: (code: 778) disk I/O error"),
        chromadb.errors.InternalError("error returned from database: (code: 8) attempt to write a readonly database"),
        sqlite3.OperationalError("database or disk is full"),
        OSError(28, "No space left on device"),
        PermissionError(13, "Permission denied"),
    ],
    ids=str,
)
def test_store_errors_of_a_full_or_read_only_disk_are_storage_errors(tmp_path, error):
    with pytest.raises(StorageError, match="cannot be written"), translated(tmp_path):
        raise error


def test_store_errors_inside_chroma_while_it_writes_are_storage_errors(tmp_path):
    error = chromadb.errors.InternalError("Failed to apply logs to the metadata segment")
    with pytest.raises(StorageError), translated(tmp_path, writing=True):
        raise error
    with pytest.raises(IndexCorruptError), translated(tmp_path):
        raise error


def test_store_lets_other_errors_through(tmp_path):
    with pytest.raises(ZeroDivisionError), translated(tmp_path):
        raise ZeroDivisionError

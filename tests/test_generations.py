import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import ingest
from corpus.documents import bundled_path, load_documents
from corpus.errors import IndexCorruptError, IndexLockedError, IndexMissingError, StorageError
from ingest.index.generations import (
    Generation,
    Manifest,
    live_generation,
    new_generation,
    publish,
    remove_old,
    storage_errors,
    writing,
)

ROOT = Path(ingest.__file__).resolve().parent.parent
HOLD_THE_LOCK = """
import sys
from pathlib import Path
from ingest.index.generations import writing

with writing(Path(sys.argv[1])):
    print("holding", flush=True)
    sys.stdin.read()
"""


def manifest(name, **changes):
    fields = {
        "generation": name,
        "created": "2026-01-01T00:00:00+00:00",
        "embedder_name": "word-counter",
        "embedder_sha256": "0" * 64,
        "dimension": 64,
        "sources": {"page": "1" * 64},
        "layout": "2" * 64,
        "texts": "3" * 64,
        "segments": 2,
        "chunks": 1,
    }
    return Manifest(**{**fields, **changes})


def complete(home):
    """A generation with a manifest, not live yet."""
    generation = new_generation(home)
    generation.write_manifest(manifest(generation.id))
    return generation


def published(home):
    generation = complete(home)
    publish(home, generation)
    return generation


def folders(home):
    return {path.name for path in (home / "generations").iterdir()}


@pytest.fixture
def written(home):
    """A home that may be written to."""
    with writing(home):
        yield home


# the pointer


def test_generations_none_is_live_in_a_new_home(home):
    with pytest.raises(IndexMissingError, match="python -m ingest") as caught:
        live_generation(home)
    assert str(home) in str(caught.value)


def test_generations_the_published_one_is_live(written):
    first = published(written)
    assert live_generation(written) == first
    second = published(written)
    assert live_generation(written) == second
    assert not (written / "current.new").exists()


def test_generations_an_unpublished_one_is_not_live(written):
    first = published(written)
    complete(written)
    assert live_generation(written) == first


def test_generations_ids_are_distinct_and_begin_with_the_time(written):
    names = [new_generation(written).id for _ in range(50)]
    assert len(set(names)) == 50
    assert [name.split("-")[0] for name in names] == sorted(name.split("-")[0] for name in names)


@pytest.mark.parametrize("content", [b"", b"\n", b"gone", b"gone\nolder", b"\xff\xfe\x00"])
def test_generations_a_pointer_to_nothing_is_corrupt(written, content):
    (written / "current").write_bytes(content)
    with pytest.raises(IndexCorruptError, match="python -m ingest"):
        live_generation(written)


def test_generations_a_pointer_that_cannot_be_read_is_corrupt(written):
    (written / "current").mkdir()
    with pytest.raises(IndexCorruptError, match="cannot be read"):
        live_generation(written)


def test_generations_a_damaged_pointer_is_replaced_by_the_next_publication(written):
    (written / "current").write_bytes(b"\xff")
    generation = published(written)
    assert live_generation(written) == generation


# what is kept


def test_generations_the_previous_one_is_kept_and_older_ones_go(written):
    first, second, third = (published(written) for _ in range(3))
    assert folders(written) == {first.id, second.id, third.id}
    remove_old(written)
    assert folders(written) == {second.id, third.id}


def test_generations_what_a_killed_build_left_goes(written):
    live = published(written)
    new_generation(written)
    (new_generation(written).chroma).mkdir()
    remove_old(written)
    assert folders(written) == {live.id}


def test_generations_a_complete_one_that_never_was_live_does_not_displace_the_previous_one(written):
    previous = published(written)
    complete(written)
    live = published(written)
    remove_old(written)
    assert folders(written) == {previous.id, live.id}


def test_generations_are_kept_whatever_the_clock_said(written):
    """A clock that was set back gives the live generation an id that sorts before the previous one's."""
    previous = Generation(written / "generations" / "29990101T000000Z-000000")
    previous.folder.mkdir()
    publish(written, previous)
    live = published(written)
    remove_old(written)
    assert live_generation(written) == live
    assert folders(written) == {previous.id, live.id}


# the manifest and the documents


def test_generations_manifest_comes_back(written):
    generation = new_generation(written)
    generation.write_manifest(manifest(generation.id, sizes={"vectors.npy": 5}, sources={"쪽": "3" * 64}))
    assert generation.manifest() == manifest(generation.id, sizes={"vectors.npy": 5}, sources={"쪽": "3" * 64})


def test_generations_documents_come_back(written):
    generation = new_generation(written)
    documents = load_documents(bundled_path()).documents
    generation.write_documents(documents)
    assert generation.documents() == documents


def test_generations_manifest_of_another_format_is_corrupt(written):
    generation = new_generation(written)
    generation.write_manifest(manifest(generation.id, format=999))
    with pytest.raises(IndexCorruptError, match="999"):
        generation.manifest()


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b"\xff", b'{"format": "x"}'])
def test_generations_files_that_cannot_be_read_are_corrupt(written, content):
    generation = new_generation(written)
    for name, read in (("manifest.json", generation.manifest), ("documents.json", generation.documents)):
        if content is not None:
            (generation.folder / name).write_bytes(content)
        with pytest.raises(IndexCorruptError, match="python -m ingest") as caught:
            read()
        assert name in caught.value.problem


# the lock


@pytest.fixture
def holder(home):
    """Another process that holds the home's lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"holding\n"
    yield process
    process.kill()
    process.communicate()


def test_generations_a_second_process_is_told_at_once_that_another_one_writes(home, holder):
    with pytest.raises(IndexLockedError, match="has finished") as caught, writing(home):
        pass
    assert str(home) in caught.value.problem
    assert holder.poll() is None


def test_generations_a_killed_process_holds_no_lock(home, holder):
    holder.kill()
    holder.wait()
    with writing(home):
        assert published(home) == live_generation(home)


def test_generations_a_process_that_has_finished_holds_no_lock(home, holder):
    holder.communicate()
    with writing(home):
        assert (home / "generations").is_dir()


def test_generations_a_second_thread_is_told_at_once_that_another_one_writes(written):
    raised = []

    def write():
        try:
            with writing(written):
                pass
        except IndexLockedError as error:
            raised.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert len(raised) == 1


def test_generations_the_lock_is_released_after_an_error(home):
    with pytest.raises(ZeroDivisionError), writing(home):
        raise ZeroDivisionError
    with writing(home):
        assert folders(home) == set()


# the disk


def test_generations_a_home_that_is_a_file_is_a_storage_error(tmp_path):
    home = tmp_path / "file"
    home.write_text("in the way")
    with pytest.raises(StorageError, match="SOC_HOME"), writing(home):
        pass
    assert home.read_text() == "in the way"


def test_generations_a_full_disk_is_a_storage_error(home):
    with pytest.raises(StorageError, match="No space left on device") as caught, storage_errors(home):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert isinstance(caught.value.__cause__, OSError)
    assert "unchanged" in caught.value.remedy

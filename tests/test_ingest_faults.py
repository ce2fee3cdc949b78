import os
import random
import shutil
from contextlib import contextmanager

import pytest
from fakes import Page, WordCounter, answers, health_page, ingester, write_pages

from ingest.index import build_index, live_generation
from ingest.index.generations import writing

KILLS = 20
QUESTIONS = ("Which audits are there?", "환자의 기록", "appear")


# Root may write anywhere; the rights of files shall bind the process all the same.
POWERLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]


@pytest.fixture(scope="module")
def process():
    prefix = POWERLESS if os.geteuid() == 0 and shutil.which("setpriv") else []
    with ingester(*prefix) as process:
        yield process


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder with two folders of pages, `pages` and `others`, and a home with an index of `pages`."""
    folder = tmp_path_factory.mktemp("first")
    write_pages(folder / "pages")
    write_pages(folder / "others")
    health_page().paragraph(("보고서 교사", "Reports of teachers")).write(folder / "others")
    texts = [(f"항목 {number} 보고서", f"Report item {number}") for number in range(100)]
    Page("long").heading("목록", "List").items(*texts).write(folder / "others")
    build_index(folder / "home", [folder / "pages"], WordCounter())
    return folder


@pytest.fixture
def folder(first, tmp_path):
    """A copy of it, to change."""
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    return tmp_path


def generations(home):
    return sorted(path.name for path in (home / "generations").iterdir())


# killed


@pytest.fixture(scope="module")
def cycle(first, process, tmp_path_factory):
    """An index that is ingested into again and again, from two folders in turn, each with its known answers."""
    folder = tmp_path_factory.mktemp("cycle")
    shutil.copytree(first, folder, dirs_exist_ok=True)
    return Cycle(folder, process)


class Cycle:
    def __init__(self, folder, process):
        self.home = folder / "home"
        self._process = process
        self._folders = [folder / "pages", folder / "others"]
        self._expected = {"pages": answers(self.home, QUESTIONS)}
        self.seconds = self.ingest()["seconds"]
        self._expected["others"] = answers(self.home, QUESTIONS)

    def ingest(self, **how):
        """Ingest the folder that is not live, uncached, as `how` says; then it is that folder's turn again or not."""
        self.before = live_generation(self.home).id
        shutil.rmtree(self.home / "cache", ignore_errors=True)
        result = self._process.ask(home=self.home, documents=self._folders[1], **how)
        if live_generation(self.home).id != self.before:
            self._folders.reverse()
        return result

    def check(self):
        """The live index, whichever of the two it is, gives its answers."""
        assert answers(self.home, QUESTIONS) == self._expected[self._folders[0].name]

    def check_clean(self):
        """Beside the live index there is only the one before it."""
        assert generations(self.home) == sorted({self.before, live_generation(self.home).id})
        assert not (self.home / "current.new").exists()


def test_ingest_faults_a_kill_at_any_moment_loses_no_index(cycle):
    moments = random.Random(20)
    killed = 0
    for number in range(KILLS):
        result = cycle.ingest(kill_after=(number + moments.random()) / KILLS * cycle.seconds)
        killed += "generation" not in result
        assert "error" not in result
        cycle.check()
        if number % 7 == 6 or number == KILLS - 1:
            assert cycle.ingest()["changed"]
            cycle.check()
            cycle.check_clean()
    assert killed >= KILLS / 2


@pytest.mark.parametrize(
    "step",
    [("embed", 0), ("embed", 128), ("index", 0), ("index", 1)],
    ids=["before it embeds", "while it embeds", "before it writes", "before it verifies"],
)
def test_ingest_faults_a_kill_at_each_step_loses_no_index(folder, process, step):
    home, others = folder / "home", folder / "others"
    before = live_generation(home).id, answers(home, QUESTIONS)
    shutil.rmtree(home / "cache")
    assert process.ask(home=home, documents=others, kill_at=step).keys() == {"seconds"}
    assert (live_generation(home).id, answers(home, QUESTIONS)) == before
    with writing(home):
        assert not (home / "current.new").exists()


def test_ingest_faults_a_build_killed_before_it_publishes_does_not_count_as_the_previous_index(folder, process):
    """What it left is complete, but no reader ever used it; the index that was live must be kept for its readers."""
    home, others = folder / "home", folder / "others"
    before = live_generation(home).id, answers(home, QUESTIONS)
    assert process.ask(home=home, documents=others, kill_at=("index", 2)).keys() == {"seconds"}
    assert len(generations(home)) == 2
    assert (live_generation(home).id, answers(home, QUESTIONS)) == before
    result = process.ask(home=home, documents=others)
    assert generations(home) == sorted([before[0], result["generation"]])


# a full disk


@pytest.mark.parametrize(
    ("limit", "cached"), [(0, False), (40_000, False), (5_000, True), (150_000, True), (300_000, True)]
)
def test_ingest_faults_a_full_disk_is_a_storage_error_and_loses_no_index(folder, process, limit, cached):
    """However far the build comes: to the cache, if nothing is `cached`; to the files of the new index, if all is."""
    home, others = folder / "home", folder / "others"
    if cached:
        process.ask(home=home, documents=others, kill_at=("index", 0))
        shutil.rmtree(home / "generations" / generations(home)[-1])
    before = live_generation(home).id, answers(home, QUESTIONS)
    result = process.ask(home=home, documents=others, file_limit=limit)
    assert result.get("error") == "StorageError", result
    assert "Free some disk space" in result["message"]
    assert (live_generation(home).id, answers(home, QUESTIONS)) == before
    assert generations(home) == [before[0]]


def test_ingest_faults_what_was_embedded_is_kept_through_a_kill_and_a_full_disk(folder, process):
    home, others = folder / "home", folder / "others"
    process.ask(home=home, documents=others, kill_at=("index", 0))
    assert process.ask(home=home, documents=others, file_limit=5_000)["error"] == "StorageError"
    embedder = WordCounter()
    summary = build_index(home, [others], embedder)
    assert summary.changed
    assert (summary.embedded, embedder.embedded) == (0, [])


# a home that may not be written to


@contextmanager
def read_only(folder):
    """The folder and all below it, without the right to write."""
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


needs_rights = pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"),
    reason="root may write anywhere, and there is no setpriv to take that power away",
)


@needs_rights
def test_ingest_faults_a_read_only_home_is_a_storage_error_and_answers(folder, process):
    home, others = folder / "home", folder / "others"
    before = live_generation(home).id, answers(home, QUESTIONS)
    with read_only(home):
        result = process.ask(home=home, documents=others)
        assert process.ask(home=home, questions=QUESTIONS)["answers"] == before[1]
    assert result["error"] == "StorageError"
    assert "SOC_HOME" in result["message"]
    assert str(home) in result["message"]
    assert (live_generation(home).id, answers(home, QUESTIONS)) == before


@needs_rights
def test_ingest_faults_a_home_that_cannot_be_made_is_a_storage_error(folder, process):
    with read_only(folder):
        result = process.ask(home=folder / "another" / "home", documents=folder / "pages")
    assert result["error"] == "StorageError"
    assert not (folder / "another").exists()

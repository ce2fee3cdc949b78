"""Readers' judgements: what is kept, and what happens when it cannot be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.feedback import MAX_REASON_CHARACTERS, Feedback, Finding
from assistant.records import Answer
from corpus.errors import StorageError

ROOT = Path(__file__).resolve().parent.parent
ANSWER = Answer(question="Is it open?", text="No.", language="en", confidence=0.5, mode="extractive", index="g1")
HISTORY = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}]
FINDING = Finding("guide", "a-1", "thirty", "서른")


@pytest.fixture
def feedback(tmp_path):
    return Feedback(tmp_path / "home" / "feedback.sqlite3")


def rate(feedback, name="t1", *, liked=True, reason="", answer=ANSWER):
    feedback.rate(name, liked=liked, reason=reason, question="open?", history=HISTORY, answer=answer)


def test_feedback_keeps_what_replays_the_answer(feedback):
    rate(feedback, liked=False, reason="틀림")
    [rated] = feedback.ratings()
    assert (rated.id, rated.liked, rated.reason) == ("t1", False, "틀림")
    assert (rated.question, list(rated.history), rated.answer) == ("open?", HISTORY, ANSWER)


def test_feedback_later_judgement_takes_the_place_of_the_earlier(feedback):
    rate(feedback)
    rate(feedback, "t2")
    rate(feedback, liked=False, reason="No." * MAX_REASON_CHARACTERS)
    assert [(rated.id, rated.liked) for rated in feedback.ratings()] == [("t2", True), ("t1", False)]
    assert len(feedback.ratings()[1].reason) == MAX_REASON_CHARACTERS


def test_feedback_keeps_hostile_text_as_it_is(feedback):
    hostile = "'; DROP TABLE ratings; -- <script>\0"
    rate(feedback, reason=hostile)
    assert feedback.ratings()[0].reason == hostile
    rate(feedback, "t2", reason="\ud800")
    assert feedback.ratings()[1].reason == "?"


def test_feedback_reviews_belong_to_the_texts_that_were_read(feedback):
    feedback.review(FINDING, "reviewed")
    feedback.review(Finding("guide", "a-2", "x", "y"), "false_alarm")
    changed = Finding("guide", "a-1", "thirty-one", "서른")
    assert feedback.reviews() == {
        ("guide", "a-1", FINDING.texts): "reviewed",
        ("guide", "a-2", Finding("guide", "a-2", "x", "y").texts): "false_alarm",
    }
    assert ("guide", "a-1", changed.texts) not in feedback.reviews()
    feedback.review(FINDING, "false_alarm")
    assert feedback.reviews()["guide", "a-1", FINDING.texts] == "false_alarm"
    feedback.review(FINDING, None)
    assert ("guide", "a-1", FINDING.texts) not in feedback.reviews()


def test_feedback_loses_nothing_between_threads(feedback):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: rate(feedback, f"t{number}"), range(40)))
    assert {rated.id for rated in feedback.ratings()} == {f"t{number}" for number in range(40)}


def test_feedback_loses_nothing_between_processes(feedback, tmp_path):
    script = (
        "import sys; from pathlib import Path; from assistant.feedback import Feedback, Finding\n"
        "kept = Feedback(Path(sys.argv[1]))\n"
        "for n in range(10): kept.review(Finding(sys.argv[2], str(n), 'en', 'ko'), 'reviewed')\n"
    )
    path = str(tmp_path / "home" / "feedback.sqlite3")
    writers = [subprocess.Popen([sys.executable, "-c", script, path, name], cwd=ROOT) for name in ("a", "b", "c")]
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0, 0]
    assert len(feedback.reviews()) == 30


def test_feedback_failure_within_a_step_changes_nothing(feedback, tmp_path):
    rate(feedback)
    with sqlite3.connect(tmp_path / "home" / "feedback.sqlite3") as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON ratings BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    database.close()
    with pytest.raises(StorageError, match=r"disk is full.*Free some disk space"):
        rate(feedback, liked=False)
    assert [rated.liked for rated in feedback.ratings()] == [True]


def test_feedback_damaged_file_is_said_and_kept(tmp_path):
    path = tmp_path / "feedback.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match="move a damaged one away"):
        rate(Feedback(path))
    assert path.read_bytes().startswith(b"this is no database")


def test_feedback_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StorageError, match="make the file writable"):
        Feedback(tmp_path / "home" / "feedback.sqlite3").reviews()

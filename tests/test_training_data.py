import gzip
import json

import pytest

from corpus.errors import ModelError, TrainingDataError
from ingest.training.body import refuse_code
from ingest.training.data import is_guard, load
from ingest.training.toy import write_toy_data


@pytest.fixture
def folder(tmp_path):
    write_toy_data(tmp_path)
    return tmp_path


def append(folder, name, *lines):
    with gzip.open(folder / f"{name}.jsonl.gz", "ab") as file:
        file.writelines(line + b"\n" for line in lines)


def encoded(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


def test_everything_is_read_and_joined(folder):
    data = load(folder)
    assert data.tally.used == {"heading_passages": 144, "pairs": 144, "questions": 168}
    assert not data.tally.skipped
    question = data.questions[0]
    assert data.segment(question.path)[question.evidence[0]].text.en.startswith("Backup copies stay")


def test_a_segment_is_given_under_its_title_and_heading(folder):
    segment = load(folder).pages["service3.md"][0]
    assert segment.in_context("en", depth=0) == segment.text.en
    assert segment.in_context("en", depth=1) == f"service 3: {segment.text.en}"
    assert segment.in_context("ko", depth=1) == f"서비스 3: {segment.text.ko}"


def test_unusable_lines_are_counted_and_skipped(folder):
    place = {"repo": "r", "path": "service0.md"}
    append(
        folder,
        "pairs",
        b"{not json",
        b"\xff\xfe",
        b"[1, 2]",
        encoded(**place, id="a", en="Only English", ko=" "),
        encoded(**place, id="b", en="Azure", ko="Azure "),
        encoded(**place, id="c", en=3, ko="셋"),
        encoded(**place, en="no id", ko="없음"),
    )
    data = load(folder)
    reasons = {reason: count for (name, reason), count in data.tally.skipped.items() if name == "pairs"}
    assert reasons == {"broken": 2, "incomplete": 2, "empty": 1, "equal": 1, "not text": 1}
    assert data.tally.used["pairs"] == 144
    assert "pairs: 144 used, skipped: 2 broken" in str(data.tally)


def test_a_question_without_its_segments_is_counted(folder):
    fields = {"split": "train", "repo": "r", "path": "gone.md", "slice": ["x"], "kind": "lookup", "verdict": None}
    append(folder, "questions", encoded(**fields, id="q", q_en="Where?", q_ko="어디?", evidence=["x"], near=[]))
    assert load(folder).tally.skipped["questions", "without their segments"] == 1


def test_a_missing_file_is_named(folder):
    (folder / "questions.jsonl.gz").unlink()
    with pytest.raises(TrainingDataError, match=r"no questions\.jsonl"):
        load(folder)


def test_a_file_without_a_usable_line_is_an_error(folder):
    (folder / "pairs.jsonl.gz").unlink()
    (folder / "pairs.jsonl").write_text("nothing\nto read\n", encoding="utf-8")
    with pytest.raises(TrainingDataError, match=r"(?s)pairs\.jsonl holds no usable line .*2 broken"):
        load(folder)


def test_guard_repositories_are_known_by_their_name():
    assert is_guard("someone/mixed-reality-docs")
    assert is_guard("someone/mdop-docs")
    assert not is_guard("someone/enterprise-docs")


def test_a_model_folder_with_a_pickle_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin"):
        refuse_code(tmp_path)

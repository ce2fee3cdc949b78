import gzip
import json
import re
from random import Random

import pytest

from corpus.errors import ModelError, TrainingDataError
from ingest.training.body import refuse_code
from ingest.training.data import OWN, is_guard, load
from ingest.training.examples import NO_VERDICT, Example, with_number_exchanged
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
    assert data.tally.used == {"heading_passages": 144, "pairs": 144, "questions": 168, "own_questions": 0}
    assert set(data.tally.skipped) == {("own_questions", "without their segments")}  # of other pages than the toy's
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


def test_the_projects_own_questions_join_the_pages_that_they_are_about(tmp_path):
    write_toy_data(tmp_path)
    with gzip.open(OWN / "own_questions.jsonl.gz", "rt", encoding="utf-8") as file:
        own = json.loads(file.readline())
    place = {"repo": own["repo"], "path": own["path"], "flags": []}
    rows = [{**place, "id": id_, "en": f"Sentence {id_}.", "ko": f"문장 {id_}."} for id_ in own["slice"]]
    with gzip.open(tmp_path / "pairs.jsonl.gz", "at", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    joined = [question for question in load(tmp_path).questions if question.path == own["path"]]
    assert own["id"] in {question.id for question in joined}
    assert all(question.split == "train" for question in joined)


@pytest.mark.parametrize(
    ("question", "evidence", "answers", "verdict", "changes"),
    [
        ("Are 30 days enough?", "Items are kept for 30 days.", True, NO_VERDICT, True),
        ("30일 안에 되나요?", "항목은 30 일 동안 보관됩니다.", True, NO_VERDICT, True),
        ("Which rule came in 2018?", "The rule came in 2018.", True, NO_VERDICT, True),
        ("Which rule came in 2018?", "The rule came in 2016.", True, NO_VERDICT, False),
        ("Is it 30 days?", "Items are kept for 30 days.", True, 0, False),
        ("Are 30 days enough?", "Items are kept for 30 days.", False, NO_VERDICT, False),
        ("Was it on 2024-11-05?", "It was on 2024-11-05.", True, NO_VERDICT, False),
    ],
)
def test_a_number_that_question_and_evidence_share_can_be_exchanged(question, evidence, answers, verdict, changes):
    example = Example(question, evidence, answers, verdict)
    for seed in range(20):
        changed = with_number_exchanged(example, Random(seed))
        assert bool(changed) is changes
        if changed:
            assert not changed.answers
            assert (changed.evidence, changed.verdict) == (evidence, NO_VERDICT)
            (number,) = re.findall(r"\d+", changed.question)
            assert number not in evidence
            assert changed.question.replace(number, "") == re.sub(r"\d+", "", question)

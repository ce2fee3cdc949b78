"""The reader's calibration by hand, its errors, and what the model that ships makes of plain evidence."""

from math import exp

import pytest

from assistant.judgement import log_odds
from assistant.reader import BUILT_IN, Reader, Reading, evidence_text
from corpus.documents import Segment
from corpus.errors import ModelError


@pytest.fixture(scope="module")
def reader():
    if not BUILT_IN.is_dir():
        pytest.skip(f"the reader's weights are not at {BUILT_IN}")
    return Reader()


def test_likeliest_verdict_is_the_readings():
    assert Reading(0.9, {"yes": 0.2, "no": 0.7, "conditional": 0.1}).verdict == "no"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "It rains."),
        (("Title",), "Title: It rains."),
        (("Title", "Heading"), "Title > Heading: It rains."),
        (("Title", "Part", "Heading"), "Title > Heading: It rains."),
    ],
)
def test_evidence_stands_behind_its_title_and_nearest_heading(path, expected):
    assert evidence_text(path, "It rains.") == expected


def test_missing_weights_are_a_model_error_that_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="Restore"):
        Reader(tmp_path / "nowhere")


def test_damaged_weights_are_a_model_error(tmp_path):
    (tmp_path / "manifest.json").write_text('{"model_int8.onnx": "00"}', encoding="utf-8")
    (tmp_path / "model_int8.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"model_int8\.onnx"):
        Reader(tmp_path)


def test_readings_are_probabilities(reader):
    readings = reader.read_texts("Is the report public?", ["Report: It is public.", "Report: It rains.", ""])
    assert len(readings) == 3
    for reading in readings:
        assert 0 <= reading.answers <= 1
        assert set(reading.verdicts) == {"yes", "no", "conditional"}
        assert sum(reading.verdicts.values()) == pytest.approx(1)


def test_no_evidence_no_readings(reader):
    assert reader.read_texts("Is the report public?", []) == []


def test_reading_does_not_depend_on_what_is_read_beside_it(reader):
    question, texts = "Is the report public?", ["A: It is public.", "A: It rains. " * 30, "A: 공개됩니다."]
    together = reader.read_texts(question, texts)
    for text, reading in zip(texts, together, strict=True):
        (alone,) = reader.read_texts(question, [text])
        assert alone.answers == pytest.approx(reading.answers, abs=0.05)


@pytest.mark.parametrize("text", ["word " * 5000, "가나다 " * 5000, "\x00\ufffd🙂", " "])
def test_any_evidence_can_be_read(reader, text):
    assert len(reader.read_texts("질문" * 2000, [text])) == 1


def test_segments_are_read_in_order_as_one_evidence(reader):
    segments = [Segment("a-1", "아니요.", "No."), Segment("a-2", "비가 옵니다.", "It rains.")]
    reading = reader.read("Will it be dry?", segments, language="en", heading_path=("Weather",))
    (same,) = reader.read_texts("Will it be dry?", ["Weather: No. It rains."])
    assert reading == same


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "how often are the audits performed",
            "Audits: The audits are performed twice a year by an independent firm.",
            "Resources: Download the white paper from the portal.",
        ),
        (
            "감사는 얼마나 자주 하나요?",
            "감사: 감사는 독립 회사가 1년에 두 번 수행합니다.",
            "리소스: 포털에서 백서를 다운로드하세요.",
        ),
    ],
)
def test_evidence_that_answers_reads_higher(reader, question, right, wrong):
    answering, other = reader.read_texts(question, [right, wrong])
    assert answering.answers > other.answers


def test_log_odds_are_kept_from_infinity():
    assert log_odds(0.5) == 0
    assert log_odds(1 / (1 + exp(-2))) == pytest.approx(2)
    assert log_odds(1.0) == pytest.approx(-log_odds(0.0))
    assert log_odds(1.0) < 20

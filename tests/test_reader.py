"""The reader's calibration by hand, its errors, and what the model that ships makes of plain evidence."""

from math import exp

import pytest

from assistant.reader import Reader, Reading, evidence_text, log_odds
from corpus.errors import ModelError


def test_likeliest_verdict_is_the_readings():
    assert Reading(0.9, {"yes": 0.2, "no": 0.7, "conditional": 0.1}).verdict == "no"


def test_pooled_readings_lie_between_them_and_sum_to_one():
    sure, unsure = Reading(0.9, {"yes": 0.8, "no": 0.2}), Reading(0.5, {"yes": 0.5, "no": 0.5})
    pooled = Reading.pooled([sure, unsure])
    assert 0.5 < pooled.answers < 0.9
    assert pooled.verdicts["yes"] == pytest.approx(2 / 3)
    assert sum(pooled.verdicts.values()) == pytest.approx(1.0)


def test_pool_of_one_reading_is_that_reading():
    pooled = Reading.pooled([Reading(0.7, {"yes": 0.6, "no": 0.4})])
    assert (pooled.answers, pooled.verdicts["yes"]) == (pytest.approx(0.7), pytest.approx(0.6))


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


def test_log_odds_are_kept_from_infinity():
    assert log_odds(0.5) == 0
    assert log_odds(1 / (1 + exp(-2))) == pytest.approx(2)
    assert log_odds(1.0) == pytest.approx(-log_odds(0.0))
    assert log_odds(1.0) < 20

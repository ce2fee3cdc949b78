"""The reader's figures, with one that believes any evidence about reports."""

from types import SimpleNamespace

import pytest
from test_models import CASES, bench  # noqa: F401
from test_run import case

from evals.readers import Reading, reader_figures, reader_table, readings


class Believer:
    """Sure of evidence that names reports; reads "no" from it."""

    def __init__(self):
        self.read_texts = []

    def read(self, question, segments, *, language, heading_path=()):
        text = " ".join(segment.text(language) for segment in segments)
        self.read_texts.append((question, language, tuple(heading_path), text))
        sure = 0.9 if "eport" in text else 0.2
        return SimpleNamespace(answers=sure, verdict="no", verdicts={"yes": 1 - sure, "no": sure})


def test_reader_reads_gold_evidence_or_what_ranks_first(bench):  # noqa: F811
    reader = Believer()
    unknown = case("How much is a phone call?")
    found = readings(reader, bench, [CASES[0], unknown])
    question, language, path, text = reader.read_texts[0]
    assert (question, language, path) == (CASES[0].question, "en", ("Reports",))
    assert text == "Audit reports appear every year."
    assert [(one.truth, one.verdict) for one in found] == [(True, None), (False, None)]
    assert reader.read_texts[1][3] == "Phone fees"


def by_hand():
    yes, no = (case(f"{verdict}?", "s", verdict=verdict) for verdict in ("yes", "no"))
    korean = no.model_copy(update={"language": "ko"})
    return [
        Reading(no, 0.9, True, "no", 0.95),
        Reading(yes, 0.8, True, "no", 0.9),
        Reading(yes, 0.3, True, "yes", 0.6),
        Reading(korean, 0.7, True, "yes", 0.5),
        Reading(case("refuse"), 0.5, False, None, 0.7),
    ]


def test_reader_figures_by_hand():
    found = reader_figures(by_hand())
    assert found.answerability.value == 0.75
    assert (found.verdicts.value, found.verdicts.n) == (0.5, 4)
    assert (found.surest_half.value, found.surest_half.n) == (0.5, 2)
    assert found.confusion["yes", "no"] == 1
    assert found.calibration_error == pytest.approx((0.1 + 0.2 + 0.7 + 0.3 + 0.5) / 5)
    assert found.verdict_error == pytest.approx((abs(1.85 - 1) + 0.4 + 0.5) / 4)  # .95 and .9 fall into one bin
    assert [(one.confidence, one.truth, one.count) for one in found.verdict_reliability] == [
        (0.5, 0.0, 1), (0.6, 1.0, 1), (pytest.approx(0.925), 0.5, 2),
    ]  # fmt: skip


def test_reader_table_tells_languages_confusion_and_curves():
    lines = reader_table(by_hand()).split("\n")
    assert lines[0] == "| reader | English | Korean | both |"
    assert lines[4].startswith("| verdicts right, given the evidence | 0.667 [")
    assert "| 0.000 [0.00, 0.79] n 1 | 0.500 [" in lines[4]
    assert "| yes | 1 | 1 | 0 |" in lines
    assert lines[-2].endswith("| 0.85 -> 1.00 (n 2) |")
    assert lines[-1] == "| verdict |  |  | 0.50 -> 0.00 (n 1) | 0.60 -> 1.00 (n 1) | 0.93 -> 0.50 (n 2) |"

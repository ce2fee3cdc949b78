"""The measure of divergences: on pairs whose outcome can be counted by hand, and through the command."""

import gzip
import json

import pytest

from evals.__main__ import main
from evals.divergences import Detector, by_kind, ours, table, telling_checks, told_kinds
from ingest.training.divergence import Labelled

PAIRS = [
    ("Reports are issued quarterly.", "보고서는 1년에 두 번 발행됩니다.", "major", "frequency"),
    ("The opinion of the audit is unqualified.", "감사 의견은 부적격입니다.", "major", "negation"),
    ("The tenant opens the door.", "세입자가 문을 엽니다.", "major", "party"),
    ("The audit report is public.", "감사 보고서는 공개됩니다.", "none", "none"),
]


def labelled(row, *, split="dev", stratum="random"):
    en, ko, label, kind = row
    return Labelled(en, ko, label, kind, "repo/page", stratum, split)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture
def folder(tmp_path):
    """A folder of the four pairs, once in each split."""
    rows = [
        {
            "en": en,
            "ko": ko,
            "label": label,
            "kind": kind,
            "repo": "r",
            "path": "p",
            "stratum": "random",
            "split": split,
        }
        for split in ("train", "dev")
        for en, ko, label, kind in PAIRS
    ]
    with gzip.open(tmp_path / "divergences.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_evals_divergences_shows_what_the_detector_calls_major():
    major, some = ours([labelled(row) for row in PAIRS])
    assert (major.target, some.target) == ("material", "any")
    assert major.shown == (True, True, False, False)


def test_evals_divergences_counts_precision_recall_f1_and_alarms():
    pairs = [labelled(row) for row in PAIRS]
    (row,) = list(table([Detector("d", "material", (True, False, False, True))], pairs))[2:]
    name, target, precision, recall, f1, alarms = cells(row)
    assert (name, target) == ("d", "material")
    assert precision.startswith("0.500 [")
    assert precision.endswith("n 2")
    assert recall.startswith("0.333 [")
    assert recall.endswith("n 3")
    assert f1.startswith("0.400 [")
    assert alarms == "500.0 (n 4)"


def test_evals_divergences_counts_alarms_among_random_pairs_alone():
    pairs = [labelled(row, stratum="digits" if number else "random") for number, row in enumerate(PAIRS)]
    (row,) = list(table([Detector("d", "material", (False, True, True, True))], pairs))[2:]
    assert cells(row)[-1] == "0.0 (n 1)"


def test_evals_divergences_without_an_alarm_is_no_division_by_zero():
    (row,) = list(table([Detector("d", "any", (False,))], [labelled(PAIRS[3])]))[2:]
    assert cells(row)[2:5] == ["0.000 [0.00, 1.00] n 0", "0.000 [0.00, 1.00] n 0", "0.000 [0.00, 0.00]"]


def test_evals_divergences_lists_recall_by_kind():
    lines = list(by_kind([Detector("d", "material", (True, False, False, True))], [labelled(row) for row in PAIRS]))
    assert [cells(line) for line in lines[2:]] == [
        ["frequency", "1 of 1"], ["negation", "0 of 1"], ["party", "0 of 1"],
    ]  # fmt: skip


def test_evals_divergences_tells_precision_and_recall_of_each_kind():
    lines = {cells(line)[0]: cells(line)[1:] for line in told_kinds([labelled(row) for row in PAIRS])}
    assert lines["negation"][2] == "1.000"
    assert lines["party"] == ["0.000 [0.00, 1.00] n 0", "0.000 [0.00, 0.79] n 1", ""]


def test_evals_divergences_lets_in_the_rivals_checks_that_tell_something():
    failed = [frozenset({"numbers", "endpunc"}), frozenset({"endpunc"}), frozenset({"endpunc"}), frozenset()]
    assert telling_checks(failed, [True, False, False, False]) == {"numbers"}


def test_evals_divergences_command_prints_both_tables(folder, capsys):
    assert main(["divergences", "--data", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "| ours, major | material | 1.000 [0.34, 1.00] n 2 | 0.667 [0.21, 0.94] n 3 |" in printed
    assert "| frequency | 1 of 1 |" in printed
    assert "| negation | 1.000 [0.21, 1.00] n 1 | 1.000 [0.21, 1.00] n 1 | 1.000 |" in printed
    assert "| no full stop in English | 0.000 [" in printed


@pytest.mark.parametrize(
    "content",
    [None, b"no gzip", gzip.compress(b"{not json\n"), gzip.compress(b'{"en": "a"}\n'), gzip.compress(b"[1]\n")],
    ids=["missing", "not gzip", "broken line", "fields missing", "no object"],
)
def test_evals_divergences_of_a_broken_file_is_one_line_that_names_it(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "divergences.jsonl.gz").write_bytes(content)
    assert main(["divergences", "--data", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert "divergences.jsonl.gz" in printed.err

"""The gate: holds what is as good as the baseline, catches what is worse."""

import pytest
from fake_systems import answer
from test_figures import row
from test_run import case

from corpus.errors import RunError
from evals.gate import Baseline, described, faults, record


def rows(*wrong, count=40, found=None):
    """Rows of questions 0 to `count`, right but for those that `wrong` names, which have `found` in place."""
    return [
        row(
            case(f"q{n}", "s", verdict="no", language="ko" if n % 2 else "en"),
            (found or answer("x")) if n in wrong else answer("s", verdict="no"),
            quotes=(2, 2),
        )
        for n in range(count)
    ]


@pytest.fixture
def baseline():
    return record(rows(0, 1), "first figures", None)


def test_gate_lets_the_same_through(baseline):
    assert list(faults(rows(0, 1), baseline)) == []


def test_gate_lets_chance_through(baseline):
    assert list(faults(rows(2, 3), baseline)) == []


def test_gate_lets_the_better_through(baseline):
    assert list(faults(rows(), baseline)) == []


def test_gate_catches_a_figure_beyond_its_interval(baseline):
    found = list(faults(rows(*range(0, 40, 2)), baseline))
    assert any(fault.startswith("fully right answers, English is 0.000, beyond 0.7") for fault in found)
    assert not any("Korean" in fault for fault in found)


def test_gate_catches_many_small_losses_that_no_share_s_interval_shows(baseline):
    """Six more wrong of forty leave every share within its interval; that none was mended is not chance."""
    found = list(faults(rows(0, 1, *range(10, 16)), baseline))
    assert "6 answers that were right no longer are (p 0.031): q10, q11, q12, q13, q14, q15" in found
    assert not any(fault.startswith("fully right") for fault in found)


def test_gate_catches_one_failure(baseline):
    found = list(faults(rows(0, found="ValueError: boom"), baseline))
    assert found == ["q0 failed: ValueError: boom"]


def test_gate_catches_one_unfaithful_quote(baseline):
    lying = rows(0, 1)
    lying[5] = lying[5].model_copy(update={"quotes": (1, 2)})
    assert list(faults(lying, baseline)) == ["q5 has 1 quotes that are not what their segments say"]


def test_gate_catches_wrong_verdicts(baseline):
    wrong = [one.model_copy(update={"answer": answer("s", verdict="yes")}) for one in rows()]
    assert any(fault.startswith("wrong verdicts, English is 1.000, beyond 0.") for fault in faults(wrong, baseline))


def test_gate_refuses_other_questions(baseline):
    with pytest.raises(RunError, match="recorded on other questions"):
        list(faults(rows(count=39), baseline))


def test_baseline_moves_only_with_a_reason_and_keeps_its_history(baseline, tmp_path):
    path = tmp_path / "baseline.json"
    moved = record(rows(), "the ranker", baseline)
    moved.save(path)
    assert Baseline.load(path) == moved
    assert [entry.why for entry in moved.history] == ["first figures", "the ranker"]
    assert moved.history[-1].values["fully right answers, English"] == 1.0
    assert list(faults(rows(0, 1, 2), moved)) == []
    with pytest.raises(RunError, match="not moved without a reason"):
        record(rows(), "  ", baseline)
    with pytest.raises(RunError, match="1 questions failed: q3"):
        record(rows(3, found="ValueError: boom"), "why", baseline)
    with pytest.raises(RunError, match="cannot be read"):
        Baseline.load(tmp_path / "missing.json")


def test_gate_shows_both_sides(baseline):
    lines = described(rows(0, 1), baseline).split("\n")
    assert lines[0] == "|  | baseline | now |"
    assert lines[2] == "| fully right answers, English | 0.950 [0.76, 0.99] n 20 | 0.950 |"

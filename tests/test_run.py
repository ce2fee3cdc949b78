"""Asking every case: one row each, failures included, and figures that leave nobody out."""

import pytest

from assistant.records import Answer, Citation
from evals.__main__ import main
from evals.cases import Case, Nugget, Turn
from evals.report import agreement, by_kind, figures, table
from evals.run import Row, run


def case(name, *segments, verdict=None, history=(), language="en"):
    """A case whose one vital fact the segments state; without any it is unanswerable."""
    return Case(
        id=name,
        twin=name,
        split="dev",
        scope="soc",
        kind="lookup",
        language=language,
        question=f"{name}?",
        history=history,
        nuggets=(Nugget(fact="f", vital=True, segments=segments),) if segments else (),
        verdict=verdict,
        unanswerable=None if segments else "not stated",
    )


def answer(*segments, verdict=None, confidence=0.8):
    citation = Citation(
        number=1, document="d", title="D", source_url=None, heading_path_en=(), heading_path_ko=(),
        segment_ids=segments, quote_en="", quote_ko="",
    )  # fmt: skip
    return Answer(
        question="?", text="t", language="en", verdict=verdict, abstained=not segments, confidence=confidence,
        citations=(citation,) if segments else (), mode="scripted", index="i",
    )  # fmt: skip


class Scripted:
    """Answers each question with what it was given for it; what is an exception is raised."""

    def __init__(self, **answers):
        self.answers = answers
        self.histories = []

    def answer(self, question, history=()):
        self.histories.append(history)
        found = self.answers[question.rstrip("?")]
        if isinstance(found, Exception):
            raise found
        return found


def test_one_row_a_case_in_order(tmp_path):
    seen = []
    cases = [case("b", "s"), case("a", "s")]
    rows = run(Scripted(a=answer("s"), b=answer("t")), iter(cases), on_row=seen.append)
    assert [row.case.id for row in rows] == ["b", "a"]
    assert rows == seen
    assert [row.right for row in rows] == [False, True]
    assert [row.cited for row in rows] == [{"t"}, {"s"}]
    assert all(row.seconds >= 0 for row in rows)


def test_history_is_handed_over_as_turns():
    system = Scripted(a=answer("s"))
    history = (Turn(role="user", content="q"), Turn(role="assistant", content="r"))
    run(system, [case("a", "s", history=history)])
    assert system.histories == [[{"role": "user", "content": "q"}, {"role": "assistant", "content": "r"}]]


@pytest.mark.parametrize("error", [ValueError("boom"), RuntimeError(), RecursionError("deep"), MemoryError()])
def test_system_that_raises_is_a_failure_row_and_the_run_goes_on(error):
    rows = run(Scripted(a=error, b=answer("s")), [case("a", "s"), case("b", "s")])
    assert [row.error is None for row in rows] == [False, True]
    assert rows[0].error.startswith(type(error).__name__)
    assert (rows[0].answer, rows[0].right, rows[0].cited) == (None, False, frozenset())
    assert rows[1].right


@pytest.mark.parametrize("nonsense", [None, "text", 5, {"text": "t"}])
def test_system_that_answers_with_something_else_is_a_failure_row(nonsense):
    (row,) = run(Scripted(a=nonsense), [case("a", "s")])
    assert "instead of an Answer" in row.error
    assert not row.right


def test_failure_on_an_unanswerable_case_is_no_abstention():
    (row,) = run(Scripted(a=ValueError("boom")), [case("a")])
    assert not row.right
    assert figures([row])["unanswerable refused"].startswith("0.000")


def test_user_can_still_interrupt():
    class Interrupted:
        def answer(self, question, history=()):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(), [case("a", "s")])


def test_row_survives_json():
    (row,) = run(Scripted(a=answer("s", verdict="no")), [case("a", "s", verdict="no")])
    assert Row.model_validate_json(row.model_dump_json()) == row


def test_summary_by_hand():
    rows = run(
        Scripted(
            right=answer("s", verdict="no", confidence=0.9),
            wrong=answer("s", "x", verdict="yes", confidence=0.6),
            silent=answer("s", confidence=0.5),
            refused=answer(confidence=0.2),
            broken=ValueError("boom"),
            refuses=answer(confidence=0.1),
            answers=answer("x", confidence=0.7),
        ),
        [
            case("right", "s", verdict="no"),
            case("wrong", "s", verdict="no"),
            case("silent", "s", verdict="yes"),
            case("refused", "s"),
            case("broken", "s", verdict="yes"),
            case("refuses"),
            case("answers"),
        ],
    )
    found = figures(rows)
    assert found["fully right answers"].startswith("0.429 ")  # right, silent, refuses of 7
    assert found["fully right answers"].endswith("n 7")
    assert found["of the answerable"].startswith("0.400 ")  # right, silent of 5
    assert found["wrong verdicts"].startswith("0.250 ")  # wrong of 4
    assert found["verdicts given"].startswith("0.500 ")  # right, wrong of 4
    assert found["unanswerable refused"].startswith("0.500 ")  # refuses of 2
    assert found["answerable refused"].startswith("0.400 ")  # refused and broken of 5
    assert found["citation precision"].startswith("0.833 ")  # 1, 1/2, 1
    # positives .9 .6 .5 .2 against .1 .7: 4 + 1 of 8 pairs
    assert found["AUROC of the confidence"] == "0.625"
    assert found["failures"] == "1"


def test_citation_recall_counts_refusals_and_failures_as_zero():
    cases = [case("a", "s"), case("b", "s"), case("c", "s"), case("d", "s")]
    rows = run(Scripted(a=answer("s"), b=answer("s"), c=answer(), d=ValueError("boom")), cases)
    assert figures(rows)["citation recall"].startswith("0.500 ")


def test_summary_of_nothing():
    found = figures([])
    assert found["fully right answers"] == "n 0"
    assert found["failures"] == "0"


def test_tables_have_a_row_a_figure_and_a_column_a_language():
    rows = run(
        Scripted(a=answer("s"), b=answer("x"), c=ValueError("boom")),
        [case("a", "s"), case("b", "s", language="ko"), case("c", language="ko")],
    )
    lines = table(rows).split("\n")
    assert lines[:2] == ["| | English | Korean |", "|---|---|---|"]
    assert lines[2].startswith("| fully right answers | 1.000 [")
    assert "| 0.000 [" in lines[2]
    assert lines[-1] == "| failures | 0 | 1 |"
    assert all(line.count("|") == 4 for line in lines)
    kinds = by_kind(rows).split("\n")
    assert kinds[2].startswith("| lookup | 1.000 [")
    assert len(kinds) == 3


def test_twins_agree_when_both_are_right_or_wrong_with_the_same_verdict():
    def pair(twin, first, second):
        asked = [case(f"{twin}{code}", "s", language=code).model_copy(update={"twin": twin}) for code in ("en", "ko")]
        return run(Scripted(**{f"{twin}en": first, f"{twin}ko": second}), asked)

    both_right = pair("a", answer("s", verdict="yes"), answer("s", verdict="yes"))
    other_verdict = pair("b", answer("s", verdict="yes"), answer("s"))
    one_wrong = pair("c", answer("s"), answer("x"))
    both_fail = pair("d", ValueError(), ValueError())
    alone = run(Scripted(e=answer("s")), [case("e", "s")])
    assert agreement([*both_right, *other_verdict, *one_wrong, *both_fail, *alone]).startswith("0.500 ")
    assert agreement([]) == "n 0"


def test_faulty_cases_end_the_command_with_a_message(tmp_path, capsys):
    path = tmp_path / "cases.jsonl"
    path.write_text("not json\n", encoding="utf-8")
    assert main(["run", "--cases", str(path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: 1 faults")
    assert "line 1" in printed.err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["run", "--split", "train"], ["run", "--scope", "world"]])
def test_wrong_arguments_end_with_usage(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m evals" in capsys.readouterr().err

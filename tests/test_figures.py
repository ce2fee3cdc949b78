"""Figures that leave nobody out, tables of them, and comparisons of two runs."""

import pytest
from fake_systems import answer
from test_run import case

from corpus.errors import RunError
from evals.compare import compare, describe, only
from evals.figures import figures, performance, robustness, twins_agree
from evals.report.markdown import by_kind, markdown, systems_table, table
from evals.run import Identity, Row

WHO = Identity(code="c", documents="d", embedder="e", settings={})


def row(asked, found, *, system="ours", seconds=0.01, **more):
    """A row; what is a text in place of an answer is an error."""
    failed = isinstance(found, str)
    return Row(
        system=system, seed=0, identity=WHO, case=asked, answer=None if failed else found,
        error=found if failed else None, seconds=seconds, **more,
    )  # fmt: skip


def by_hand():
    return [
        row(case("right", "s", verdict="no"), answer("s", verdict="no", confidence=0.9), quotes=(2, 2)),
        row(case("wrong", "s", verdict="no"), answer("s", "x", verdict="yes", confidence=0.6), quotes=(1, 2)),
        row(case("silent", "s", verdict="yes"), answer("s", confidence=0.5)),
        row(case("refused", "s"), answer(confidence=0.2)),
        row(case("broken", "s", verdict="yes"), "ValueError: boom"),
        row(case("refuses"), answer(confidence=0.1)),
        row(case("answers"), answer("x", confidence=0.7)),
    ]


def test_figures_by_hand():
    found = {name: (round(figure.value, 3), figure.n) for name, figure in figures(by_hand()).items()}
    assert found["fully right answers"] == (0.429, 7)  # right, silent, refuses
    assert found["of the answerable"] == (0.4, 5)  # right, silent
    assert found["citation recall"] == (0.6, 5)
    assert found["citation precision"] == (0.833, 3)  # 1, 1/2, 1
    assert found["citation F1"] == (0.533, 5)  # 1, 2/3, 1, 0, 0
    assert found["quotes byte for byte"] == (0.75, 4)
    assert found["verdicts right"] == (0.25, 4)
    assert found["wrong verdicts"] == (0.25, 4)
    assert found["verdicts missing"] == (0.5, 4)  # silent, broken
    assert found["unanswerable refused"] == (0.5, 2)
    assert found["answerable refused"] == (0.4, 5)  # refused and broken
    assert found["failures"] == (0.143, 7)
    # positives .9 .6 .5 .2 and 0 of the failure, against .1 .7: 4 + 1 of 10 pairs
    assert found["AUROC of the confidence"] == (0.5, 7)
    # given .9 right, .7 wrong, .6 wrong, .5 right; cites a vital fact: yes, no, yes, yes
    assert found["calibration error"] == (pytest.approx((0.1 + 0.7 + 0.4 + 0.5) / 4), 4)


def test_figures_of_divergences_count_what_is_shown_and_what_is_shown_in_error():
    page, real = "offering-soc", "0fdff-118"
    asked = case("q", real).model_copy(update={"kind": "divergence", "divergent": (real,)})
    rows = [
        row(asked, answer(real, document=page, diverging=[real])),
        row(asked, answer(real, document=page)),
        row(asked, answer("x", document=page, diverging=[real])),  # beside no citation of it
        row(asked, "ValueError: boom"),
        row(case("other", "0fdff-123"), answer("0fdff-123", document=page, diverging=["0fdff-123"])),
        row(case("elsewhere", "s"), answer("s", document="unread", diverging=["s"])),
        row(case("slight", "0fdff-142"), answer("0fdff-142", document=page, diverging=["0fdff-142"])),
    ]
    found = {name: (round(figure.value, 3), figure.n) for name, figure in figures(rows).items()}
    assert found["divergences shown"] == (0.25, 4)
    assert found["divergences shown in error"] == (0.2, 5)
    assert [one.right for one in rows] == [True, False, False, False, True, True, True]


def test_figures_of_nothing():
    assert {str(figure) for figure in figures([]).values()} == {"n 0"}
    assert markdown([]) == ""


def test_performance_leaves_failures_out_of_the_times():
    rows = [row(case(f"q{n}", "s"), answer("s"), seconds=n / 1000, peak_mib=100 + n) for n in range(1, 101)]
    rows.append(row(case("hangs", "s"), "No answer within 60 seconds.", seconds=60.0, start_seconds=2.0))
    found = {name: figure.value for name, figure in performance(rows).items()}
    assert found == {"p50": 50, "p95": 95, "p99": 99, "start": 2000, "peak memory": 200}


def test_tables_have_a_row_a_figure_and_a_column_a_language():
    rows = [
        row(case("a", "s"), answer("s")),
        row(case("b", "s", language="ko"), answer("x")),
        row(case("c", language="ko"), "ValueError: boom"),
    ]
    lines = table(rows).split("\n")
    assert lines[:2] == ["|  | English | Korean |", "|---|---|---|"]
    assert lines[2].startswith("| fully right answers | 1.000 [")
    assert "| 0.000 [" in lines[2]
    assert lines[-1].startswith("| failures | 0.000 [0.00, 0.79] n 1 | 0.500 ")
    assert all(line.count("|") == 4 for line in lines)
    kinds = by_kind(rows).split("\n")
    assert kinds[2].startswith("| lookup | 1.000 [")
    assert len(kinds) == 3


def test_unanswerable_kinds_are_told_by_why():
    asked = case("a").model_copy(update={"kind": "unanswerable"})
    lines = by_kind([row(asked, answer())]).split("\n")
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| unanswerable", "| - out_of_database"]


def test_systems_stand_side_by_side_in_the_order_asked():
    rows = [row(one.case, one.answer or one.error, system=name) for name in ("ours", "rival") for one in by_hand()]
    lines = systems_table(rows).split("\n")
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| ours", "| rival"]
    assert lines[0].startswith("| system | fully right answers | ours is ahead by | citation recall |")
    assert lines[3].split(" | ")[2] == "+0.000 [0.00, 0.00] p 1.000"
    assert "## Over the SOC page, ours" in markdown(rows)
    assert "| rival | 0.429 [" in markdown(rows)


def twins(name, first, second):
    return [
        row(case(f"{name}-{code}", "s", twin=name, language=code), found)
        for code, found in (("en", first), ("ko", second))
    ]


def test_twins_agree_when_both_are_right_or_wrong_with_the_same_verdict():
    rows = [
        *twins("a", answer("s", verdict="yes"), answer("s", verdict="yes")),
        *twins("b", answer("s", verdict="yes"), answer("s")),
        *twins("c", answer("s"), answer("x")),
        *twins("d", "ValueError", "ValueError"),
        row(case("alone", "s"), answer("s")),
    ]
    assert str(twins_agree(rows)).startswith("0.500 ")
    assert twins_agree(rows).n == 4


def test_robustness_compares_a_variant_with_its_origin():
    rows = []
    for number in range(8):
        asked = case(f"q{number}", "s")
        typed = asked.model_copy(update={"id": f"q{number}~typos", "variant": "typos", "origin": asked.id})
        rows += [row(asked, answer("s")), row(typed, answer("s" if number < 2 else "x"))]
    orphan = case("o", "s").model_copy(update={"variant": "typos", "origin": "nobody"})
    (drop,) = robustness([*rows, row(orphan, answer("s"))]).values()
    assert (drop.before, drop.after, drop.difference.value) == (1.0, 0.25, -0.75)
    assert drop.difference.n == 8
    assert drop.p == pytest.approx(2 / 64)
    assert figures([one for one in rows if one.case.variant is None])["fully right answers"].value == 1.0


def test_comparison_names_what_was_mended_and_broken_and_says_how_sure():
    before = [row(case(f"q{n}", "s"), answer("s" if n else "x")) for n in range(12)]
    after = [row(one.case, answer("s" if n < 3 else "x")) for n, one in enumerate(before)]
    found = compare(before, [*after, row(case("new", "s"), answer("s"))])
    assert found.cases == 12
    assert found.mended == ("q0",)
    assert found.broken == tuple(f"q{n}" for n in range(3, 12))
    change = found.changes["fully right answers"]
    assert (change.before, change.after) == (pytest.approx(11 / 12), pytest.approx(3 / 12))
    assert change.p == pytest.approx(22 / 1024)  # 0 or 1 of ten signs differ: 2 * (1 + 10)
    assert found.is_worse
    assert not compare(after, before).is_worse
    assert "broken (9): q3, q4" in describe(found)


def test_comparison_of_equal_runs_is_no_change():
    rows = by_hand()
    found = compare(rows, rows)
    assert not found.is_worse
    assert {change.p for change in found.changes.values()} == {1.0}


def test_comparison_counts_twins_once():
    """Five pairs of twins that broke together are five units, which chance may break: p = 2/32."""
    before = [one for n in range(5) for one in twins(str(n), answer("s"), answer("s"))]
    after = [row(one.case, answer("x")) for one in before]
    assert compare(before, after).changes["fully right answers"].p == pytest.approx(2 / 32)


def test_comparison_needs_common_questions_and_one_system_each():
    rows = by_hand()
    with pytest.raises(RunError, match="no question in common"):
        compare(rows, [row(case("new", "s"), answer("s"))])
    both = [*rows, row(case("q", "s"), answer("s"), system="rival")]
    assert only(rows, None) == rows
    assert only(both, "rival") == both[-1:]
    with pytest.raises(RunError, match="No system was named; the run has ours, rival"):
        only(both, None)
    with pytest.raises(RunError, match="no system 'nobody'"):
        only(both, "nobody")

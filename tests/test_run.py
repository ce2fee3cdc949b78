"""Asking every case: one row each, failures included, resumable; and the command around it."""

import json

import pytest
from fake_systems import answer
from fakes import WordCounter, write_pages

from corpus.errors import RunError
from evals.__main__ import main
from evals.cases import Case, Nugget, Turn
from evals.run import Plan, Row, read_rows, run, sample, write_rows
from ingest.index import build_index
from ingest.settings import Settings

OBEDIENT, CLOSED = "fake_systems:Obedient", "fake_systems:closed"


def case(question, *gold, name=None, verdict=None, history=(), language="en", twin=None):
    """A case whose one vital fact the segments `gold` state; without any it must be refused."""
    return Case(
        id=name or question,
        twin=twin or name or question,
        split="dev",
        scope="soc",
        kind="lookup",
        language=language,
        question=question,
        history=history,
        nuggets=(Nugget(fact="f", vital=True, segments=gold),) if gold else (),
        verdict=verdict,
        condition="if" if verdict == "conditional" else None,
        unanswerable=None if gold else "out_of_database",
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluated")
    build_index(folder / "home", [write_pages(folder / "pages")], WordCounter())
    return Settings(home=folder / "home")


def asked(settings, *cases, system=OBEDIENT, timeout=60.0, **more):
    return run(cases, Plan((system,), {"soc": settings}, timeout=timeout), **more)


def test_run_gives_one_row_a_case_in_order(settings):
    seen = []
    rows = asked(settings, case("cite b", "a"), case("cite a", "a"), on_row=seen.append)
    assert rows == seen
    assert [row.case.id for row in rows] == ["cite b", "cite a"]
    assert [row.right for row in rows] == [False, True]
    assert [row.cited for row in rows] == [{"b"}, {"a"}]
    assert all(row.seconds >= 0 and row.peak_mib > 0 and row.start_seconds > 0 for row in rows)
    assert {row.system for row in rows} == {OBEDIENT}


def test_run_goes_on_after_whatever_a_system_does(settings):
    """It raises, dies of a signal, leaves, hangs, answers nonsense: each is a failure row, and the next is asked."""
    words = ["raise", "die", "leave", "hang", "jest", "doubt"]
    rows = asked(settings, *(case(word, "s") for word in words), case("cite s", "s"), timeout=3.0)
    faults = dict(zip(words, (row.error for row in rows), strict=False))
    assert faults == {
        "raise": "ValueError: boom",
        "die": "The system's process ended with status -6.",
        "leave": "The system's process ended with status 3.",
        "hang": "No answer within 3 seconds.",
        "jest": "TypeError: answered with a str instead of an Answer",
        "doubt": faults["doubt"],
    }
    assert faults["doubt"].startswith("The answer is no answer: ")
    assert [(row.answer, row.right, row.cited) for row in rows[:-1]] == [(None, False, frozenset())] * 6
    assert rows[-1].right


def test_run_fails_every_case_of_a_system_that_cannot_be_opened(settings):
    rows = asked(settings, case("cite a", "a"), case("cite b", "b"), system=CLOSED)
    assert [row.error for row in rows] == ["RuntimeError: closed at 0"] * 2


def test_run_hands_over_the_history_and_the_seed(settings):
    history = (Turn(role="user", content="q"), Turn(role="assistant", content="r"))
    (row,) = run([case("recall", history=history)], Plan((OBEDIENT,), {"soc": settings}, seed=7))
    assert row.answer.text == "2 turns, seed 7"
    assert row.seed == 7


def test_run_asks_only_what_no_row_of_the_same_state_answers(settings):
    first = asked(settings, case("cite a", "a"), case("raise", "a"))
    changed = first[0].case.model_copy(update={"question": "cite b"})
    unchanged = asked(settings, first[0].case, first[1].case, done=first)
    assert unchanged[0] is first[0]  # kept
    assert unchanged[1] is not first[1]  # a failure is asked again
    assert asked(settings, changed, done=first)[0].cited == {"b"}
    other = settings.model_copy(update={"passages": 3})
    assert asked(other, first[0].case, done=first)[0] is not first[0]


def test_run_row_says_all_that_a_replay_needs(settings):
    (row,) = asked(settings, case("cite a", "a"))
    again = Row.model_validate_json(row.model_dump_json())
    assert again == row
    place = Settings.model_validate(again.identity.settings)
    (replayed,) = asked(place, again.case, system=again.system)
    assert replayed.answer == row.answer
    assert replayed.identity == row.identity


def test_run_asks_each_scope_over_its_own_home(settings, tmp_path):
    elsewhere = settings.model_copy(update={"home": tmp_path / "other"})
    build_index(elsewhere.home, [write_pages(tmp_path / "pages")], WordCounter("another"))
    there = case("cite a", "a").model_copy(update={"scope": "collection", "id": "there"})
    here, over_there = run([case("cite a", "a"), there], Plan((OBEDIENT,), {"soc": settings, "collection": elsewhere}))
    assert (here.case.id, over_there.case.id) == ("cite a", "there")
    assert here.identity.embedder != over_there.identity.embedder


def test_rows_file_survives_a_kill_within_its_last_line(settings, tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = asked(settings, case("cite a", "a"), case("cite b", "b"))
    write_rows(path, rows)
    assert read_rows(path) == rows
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    assert read_rows(path) == rows[:1]
    path.write_bytes(whole[30:])
    with pytest.raises(RunError, match="line 1 is no row"):
        read_rows(path)
    with pytest.raises(RunError, match="cannot be read"):
        read_rows(tmp_path / "missing")


def test_sample_keeps_twins_together_and_depends_on_the_seed_alone():
    cases = [case("q", "s", name=f"{n}-{code}", twin=str(n), language=code) for n in range(20) for code in ("en", "ko")]
    chosen = sample(cases, 10)
    assert chosen == sample(list(cases), 10)
    assert len(chosen) == 10
    assert {one.twin for one in chosen if one.language == "en"} == {one.twin for one in chosen if one.language == "ko"}
    assert chosen == sorted(chosen, key=cases.index)
    assert chosen != sample(cases, 10, seed=1)
    assert sample(cases, None) == sample(cases, 40) == cases


# The command


def write_cases(path, *cases):
    path.write_text("".join(f"{one.model_dump_json()}\n" for one in cases), encoding="utf-8")
    return str(path)


def test_command_runs_goes_on_and_compares(settings, tmp_path, capsys):
    gold = ("reports-3",)
    cases = write_cases(
        tmp_path / "cases.jsonl",
        *(case("cite reports-3", *gold, name=f"c{n}-en", twin=f"c{n}") for n in range(6)),
        case("refuse", name="d-en", twin="d"),
    )
    out, page = tmp_path / "rows.jsonl", tmp_path / "page.html"
    arguments = ["run", "--cases", cases, "--scope", "soc", "--home", f"soc={settings.home}", "--out", str(out)]
    assert main([*arguments, "--systems", OBEDIENT, "--html", str(page)]) == 0
    printed = capsys.readouterr().out
    assert "| fully right answers | 1.000 [0.65, 1.00] n 7 | n 0 |" in printed
    rows = read_rows(out)
    assert len(rows) == 7
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")

    stamp = out.read_bytes()
    assert main([*arguments, "--systems", OBEDIENT]) == 0
    assert out.read_bytes() == stamp  # nothing was asked again: times are the old ones
    assert main(["compare", str(out), str(out)]) == 0
    assert main([*arguments, "--systems", OBEDIENT, "--variants", "casing", "polite"]) == 0
    assert [row.case.variant for row in read_rows(out)] == [None] * 7 + ["casing", "polite"] * 7
    assert "| casing | 1.000 |" in capsys.readouterr().out
    write_rows(out, rows)
    worse = tmp_path / "worse.jsonl"
    write_rows(worse, [row.model_copy(update={"answer": answer("x"), "quotes": (0, 0)}) for row in rows])
    capsys.readouterr()
    assert main(["compare", str(out), str(worse)]) == 1
    assert "broken (7): c0-en, c1-en" in capsys.readouterr().out
    assert main(["compare", str(worse), str(out)]) == 0


def test_command_reports_every_fault_before_it_asks_anything(settings, tmp_path, capsys):
    path = tmp_path / "cases.jsonl"
    unknown = case("cite a", "nowhere").model_dump_json()
    path.write_text(f"{unknown}\nnot json\n{unknown}\n", encoding="utf-8")
    out = tmp_path / "rows.jsonl"
    arguments = ["--cases", str(path), "--scope", "soc", "--home", f"soc={settings.home}", "--out", str(out)]
    assert main(["run", *arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: 4 faults")
    for fault in ("line 1: cite a names segments", "line 2: ", "line 3: the id cite a occurs twice", "line 3: cite a"):
        assert fault in printed.err
    assert not out.exists()


def test_command_keeps_old_rows_of_other_questions_out_of_the_figures(settings, tmp_path, capsys):
    out = tmp_path / "rows.jsonl"
    arguments = ["--systems", OBEDIENT, "--scope", "soc", "--home", f"soc={settings.home}", "--out", str(out)]
    first = write_cases(tmp_path / "a.jsonl", case("cite reports-3", "reports-3"))
    second = write_cases(tmp_path / "b.jsonl", case("refuse"))
    assert main(["run", "--cases", first, *arguments]) == 0
    assert main(["run", "--cases", second, *arguments]) == 0
    assert [json.loads(line)["case"]["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["refuse"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--systems", "nobody"], "There is no system 'nobody'"),
        (["run", "--home", "moon=x"], "'moon=x' is not SCOPE=HOME"),
        (["compare", "missing.jsonl", "missing.jsonl"], "missing.jsonl cannot be read"),
    ],
)
def test_command_ends_with_a_message(arguments, said, capsys):
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["run", "--split", "train"], ["run", "--scope", "world"]])
def test_command_wrong_arguments_end_with_usage(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m evals" in capsys.readouterr().err

"""`python -m assistant ask`, with the embedder that ships over the bundled page."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from assistant.__main__ import describe, main
from assistant.feedback import Feedback, RatedAnswer
from assistant.records import Answer, Citation, CitedLink, Conflict, ConflictSide
from ingest.embedder import BUILT_IN
from ingest.settings import load_settings

NDA_EN = "can I get the SOC 2 report without an NDA"
NDA_KO = "비밀 유지 계약 없이 SOC 2 보고서를 받을 수 있나요?"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The settings of these tests as variables; nothing is in the home yet."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SOC_")]:
            patch.delenv(name)
        patch.setenv("SOC_HOME", str(tmp_path_factory.mktemp("terminal") / "home"))
        load_settings.cache_clear()
        yield patch
    load_settings.cache_clear()


@pytest.fixture(scope="module")
def first(environment):
    """What the very first question prints, before which nothing was ingested: (status, output)."""
    if not BUILT_IN.is_dir():
        pytest.skip(f"the embedder's weights are not at {BUILT_IN}")
    output = io.StringIO()
    with redirect_stdout(output):
        status = main(["ask", NDA_EN])
    return status, output.getvalue()


@pytest.fixture
def variable(environment, first):
    """Sets variables for one test."""
    with pytest.MonkeyPatch.context() as patch:

        def put(name, value):
            patch.setenv(name, value)
            load_settings.cache_clear()

        yield put
    load_settings.cache_clear()


def test_first_question_builds_the_index_says_so_and_is_answered(first):
    status, output = first
    assert status == 0
    assert output.startswith("(There was no index yet")
    assert "\nNo. In general, the availability of SOC 1 and SOC 2 reports is restricted to customers" in output
    assert "[1] Service Organization Controls (SOC)" in output or "[1] SOC" in output
    assert "0fdff-123" in output


def test_sources_are_printed_in_both_languages(first):
    _, output = first
    assert "en: In general, the availability of SOC 1 and SOC 2 reports is restricted" in output
    assert "ko: 일반적으로 SOC 1 및 SOC 2 보고서는" in output


@pytest.mark.parametrize(
    ("question", "how"),
    [
        ("When can a SOC 3 report be conferred?", 'English says "unqualified", Korean says "부적격"'),
        ("SOC 3 보고서는 어떤 경우에 제공될 수 있나요?", '영어는 "unqualified", 한국어는 "부적격"입니다'),
    ],
)
def test_divergent_evidence_is_printed_with_both_readings(first, capsys, question, how):
    assert main(["ask", question]) == 0
    output = capsys.readouterr().out
    assert how in output.split("\n\n")[0], "the answer's text says so"
    assert (
        "    en: A SOC 3 report can be conferred only if the CSP has an unqualified audit opinion for SOC 2." in output
    )
    assert (
        "    ko: 단, CSP에 SOC 2에 대해 부적격 감사 의견이 있는 경우에만 SOC 3 보고서를 제공할 수 있습니다." in output
    )
    (line,) = [line for line in output.splitlines() if line.startswith("    ! 0fdff-118: ")]
    assert how in line


def test_conflict_is_printed_with_both_passages():
    sides = [ConflictSide(citation=n, segment_id=f"a-{n}", en=f"{n} days", ko="") for n in (1, 2)]
    one = Conflict(
        document="a", kind="quantity", first=sides[0], second=sides[1], explanation_en="1, 2", explanation_ko="둘"
    )
    found = Answer(question="?", text="1 days [1]", language="ko", confidence=1, conflicts=(one,), mode="m", index="i")
    assert describe(found).endswith("\n\n  ! 둘\n    [1] a-1: 1 days\n    [2] a-2: 2 days")


def test_korean_question_gets_a_korean_answer(first, capsys):
    assert main(["ask", NDA_KO]) == 0
    output = capsys.readouterr().out
    assert output.startswith("아니요. 일반적으로 SOC 1 및 SOC 2 보고서는")
    assert "0fdff-123" in output
    assert "index" not in output.splitlines()[0]


@pytest.mark.parametrize("question", [NDA_EN, NDA_KO])
def test_json_is_the_whole_answer_and_nothing_else(first, capsys, question):
    assert main(["ask", question, "--json"]) == 0
    found = Answer.model_validate_json(capsys.readouterr().out)
    assert found.verdict == "no"
    assert "0fdff-123" in found.citations[0].segment_ids


@pytest.mark.parametrize("question", ["", "  ", "???", "a" * 100_000])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_question_that_cannot_be_answered_is_an_error_on_stderr(first, capsys, question, more):
    assert main(["ask", question, *more]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: The question ")
    assert "Traceback" not in printed.err


def test_wrong_setting_is_an_error_that_names_it(variable, capsys):
    variable("SOC_BM25_WEIGHT", "7")
    assert main(["ask", NDA_EN]) == 1
    assert "SOC_BM25_WEIGHT" in capsys.readouterr().err


def test_missing_documents_are_an_error_that_names_them(variable, tmp_path, capsys):
    variable("SOC_HOME", str(tmp_path / "home"))
    variable("SOC_DOCUMENTS", f'["{tmp_path}/nowhere"]')
    assert main(["ask", NDA_EN]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_home_that_cannot_be_made_is_an_error(variable, tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    variable("SOC_HOME", str(tmp_path / "file" / "home"))
    assert main(["ask", NDA_EN]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert str(tmp_path / "file" / "home") in printed.err


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["ask"], ["ask", "a", "b"], ["ask", "q", "--yaml"], ["chat", "--port", "high"]]
)
def test_wrong_arguments_end_with_usage(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m assistant" in capsys.readouterr().err


def test_help_names_both_commands(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    output = capsys.readouterr().out
    assert "ask" in output
    assert "chat" in output


def test_process_ends_with_status_1_and_one_line(first, environment):
    command = [sys.executable, "-m", "assistant", "ask", "?"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.splitlines() == ["error: The question is empty. Type a question about the documents."]


# How an answer is written out

CITATION = Citation(
    number=1,
    document="page",
    title="Title",
    source_url=None,
    heading_path_en=("Title", "Heading"),
    heading_path_ko=("제목", "머리글"),
    segment_ids=("p-1", "p-2"),
    quote_en="One.",
    quote_ko="하나.",
    links=(CitedLink(text="portal", url="https://example.com"),),
)
ANSWER = Answer(
    question="q", text="Yes. One. [1]", language="en", confidence=0.5, citations=(CITATION,), mode="m", index="i"
)


def test_answer_is_written_with_its_sources_below():
    assert describe(ANSWER).splitlines() == [
        "Yes. One. [1]",
        "",
        "[1] Title | Title > Heading | p-1, p-2",
        "    en: One.",
        "    ko: 하나.",
        "    portal: https://example.com",
    ]


def test_answer_is_written_in_its_language_with_notice_and_suggestions():
    changed = ANSWER.model_copy(
        update={"language": "ko", "notice": "안내", "suggestions": ("또?", "더?"), "citations": (CITATION,)}
    )
    lines = describe(changed).splitlines()
    assert lines[:2] == ["(안내)", ""]
    assert "[1] Title | 제목 > 머리글 | p-1, p-2" in lines
    assert lines[-2:] == ["  > 또?", "  > 더?"]


def test_abstention_is_written_without_sources():
    bare = ANSWER.model_copy(update={"text": "The documents do not state this.", "citations": ()})
    assert describe(bare) == "The documents do not state this."


def test_feedback_prints_the_judged_answers_one_a_line(monkeypatch, tmp_path, capsys):
    answer = Answer(question="q", text="아니요.", language="ko", confidence=0.5, mode="extractive", index="g")
    Feedback.of(tmp_path).rate("t1", liked=False, reason="틀림", question="열려 있나요?", history=[], answer=answer)
    monkeypatch.setenv("SOC_HOME", str(tmp_path))
    load_settings.cache_clear()
    try:
        assert main(["feedback"]) == 0
    finally:
        load_settings.cache_clear()
    [line] = capsys.readouterr().out.splitlines()
    assert RatedAnswer.model_validate_json(line) == Feedback.of(tmp_path).ratings()[0]

"""Retrieval arm by arm, over two small pages and an embedder that counts words."""

import pytest
from fakes import WordCounter, write_pages
from test_run import case

from assistant.answer import Assistant, open_writer
from corpus.errors import TrainingDataError
from evals.models import ARMS, SHIPPED, Bench, Speed, askable, held_out, retrieval, retrieval_table, speed_table
from ingest.index import Index, build_index
from ingest.settings import Settings
from ingest.training.toy import write_toy_data


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    build_index(folder / "home", [write_pages(folder / "pages")], WordCounter())
    settings = Settings(home=folder / "home", passages=50)
    embedder = WordCounter()
    return Bench(Index.open(settings.home, embedder), Assistant(settings, embedder, open_writer(settings)), settings)


CASES = [
    case("When do audit reports appear?", "reports-2", name="a-en", twin="a"),
    case("감사 보고서는 언제 나오나요?", "reports-2", name="a-ko", twin="a", language="ko"),
    case("Are patient records private?", "health-2", name="b-en", twin="b"),
]


def test_retrieval_is_measured_by_language_arm_and_measure(bench):
    seen = []
    found = retrieval(bench, CASES, on_case=seen.append)
    assert seen == CASES
    assert set(found) == {"English", "Korean"}
    assert set(found["English"]) == {*ARMS, SHIPPED}
    assert found["English"]["dense English"]["Success@1"].value == 1.0
    assert found["English"]["BM25"]["RR"].n == 2
    assert found["Korean"]["dense English"]["RR"].value == 1.0  # the counter knows both words
    lines = retrieval_table(found).split("\n")
    assert lines[0].startswith("| question, arm | Success@1 |")
    assert lines[-1] == "n: English 2, Korean 1"


def test_arm_that_finds_nothing_counts_as_zero(bench):
    (missed,) = retrieval(bench, [case("When do audit reports appear?", "nowhere")]).values()
    assert {figures["RR"].value for figures in missed.values()} == {0.0}


def test_question_of_a_faq_is_no_evidence(bench):
    rankings = bench.rankings(case("Where are the reports?", "reports-8"))
    assert all("reports-7" not in scores for scores in rankings.values())  # the FAQ's own question
    assert max(rankings["fusion rule"], key=rankings["fusion rule"].get) == "reports-8"


def test_follow_up_is_asked_as_the_question_it_stands_for(bench):
    short = CASES[0].model_copy(update={"question": "When?", "standalone": CASES[0].question})
    assert bench.rankings(short) == bench.rankings(CASES[0])


def test_askable_cases_have_a_vital_fact_that_retrieval_can_find():
    coverage = CASES[0].model_copy(update={"kind": "coverage"})
    assert askable([*CASES, coverage, case("unanswerable")]) == CASES


def test_held_out_data_is_measured_by_direction_and_as_twins(tmp_path):
    write_toy_data(tmp_path)
    lines = held_out(WordCounter(), tmp_path).split("\n")
    names = [line.split(" | ")[0].strip("| ") for line in lines[2:]]
    assert {"questions: en>en", "questions: en>ko", "questions: ko>en", "questions: ko>ko"} <= set(names)
    assert all(" n " in line for line in lines[2:])
    with pytest.raises(TrainingDataError):
        held_out(WordCounter(), tmp_path / "nowhere")


def test_speeds_stand_beside_the_first():
    lines = speed_table({"ours": Speed(0.5, 300, 3, 200), "theirs": Speed(5, 100, 14, 900)}).split("\n")
    assert lines[2:] == [
        "| ours | 0.5 s | 300 (1.00x) | 3.0 ms | 200 MiB |",
        "| theirs | 5.0 s | 100 (0.33x) | 14.0 ms | 900 MiB |",
    ]

"""Public retrieval sets: read, or every fault named; measured by arm."""

import json

import pytest
from fakes import WordCounter

from corpus.errors import CaseError
from evals.beir import load_beir, measure_beir

CORPUS = {"d1": "Patient records.", "d2": "Bank letters.", "d3": "Tax records of the bank."}
QUERIES = {"q1": "patient record", "q2": "bank letter", "q3": "not judged"}
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq2\td3\t0\n"


def write(folder, *, corpus=None, queries=None, qrels=QRELS):
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": name, "title": "", "text": text} for name, text in CORPUS.items()]
    asked = [{"_id": name, "text": text} for name, text in QUERIES.items()]
    for name, lines in (("corpus", corpus or rows), ("queries", queries or asked)):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text(text + "\n", encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_beir_set_is_read_with_its_judged_queries(tmp_path):
    found = load_beir(write(tmp_path / "tiny"))
    assert found.name == "tiny"
    assert dict(found.items) == CORPUS
    assert set(found.queries) == {"q1", "q2"}
    assert found.gold["q2"] == {"d2": 2, "d3": 0}


def test_beir_title_stands_before_the_text(tmp_path):
    found = load_beir(write(tmp_path, corpus=[{"_id": f"d{n}", "title": "T", "text": "x"} for n in (1, 2, 3)]))
    assert found.items["d1"] == "T x"


def test_beir_faults_are_named_all_at_once(tmp_path):
    folder = write(
        tmp_path,
        corpus=[{"_id": "d1", "text": "x"}, "not json", {"_id": "d1", "text": "x"}, {"text": "x"}],
        qrels="q1\td1\t1\nq1\tnowhere\t1\nq9\td1\t1\nq1\td1\n",
    )
    (folder / "queries.jsonl").unlink()
    with pytest.raises(CaseError) as caught:
        load_beir(folder)
    message = str(caught.value)
    for fault in (
        "corpus.jsonl, line 2: ",
        "corpus.jsonl, line 3: the id 'd1' occurs twice",
        "corpus.jsonl, line 4: it has no _id and text",
        "queries.jsonl: ",
        "test.tsv, line 1: there is no query 'q1'",
        "test.tsv, line 4: it is not query, item and a whole number",
    ):
        assert fault in message
    assert message.startswith("8 faults")


def test_beir_without_judgements_is_a_fault(tmp_path):
    with pytest.raises(CaseError, match="there is no judgement in it"):
        load_beir(write(tmp_path, qrels="query-id\tcorpus-id\tscore\n"))


def test_beir_arms_are_measured(tmp_path):
    seen = []
    found = measure_beir(
        load_beir(write(tmp_path / "set")), WordCounter(), tmp_path / "cache", bm25_weight=0.3, on_progress=seen.append
    )
    assert set(found) == {"BM25", "dense", "both"}
    assert sum(seen) == 3
    for measures in found.values():
        assert measures["nDCG@10"].value == 1.0
        assert measures["R@10"].n == 2
